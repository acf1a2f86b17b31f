# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Each worst case of the text functions, four times as long, takes four times as long.

``_RATIO`` is that of two doublings of at most 2.6 each; what is quadratic takes 16 times as long.
"""

import gc
import time
from collections.abc import Callable
from typing import Any

import pytest

from audit.code.files import decode
from audit.formats.onnx_graph import Constant, Node, named
from audit.formats.tensors import Stored
from audit.inventory.model_card import parse_card
from audit.licenses.attribution import _ATTRIBUTION, _AUTHOR
from audit.licenses.declared.metadata import metadata_fields
from audit.licenses.declared.reuse import map_claims
from audit.licenses.detected import basic
from audit.licenses.holders import named as holders_named
from audit.licenses.holders import parties, statement_holder
from audit.licenses.legal_text import without_front_matter
from audit.provenance.release import _HEADING, _LONGEST_HEADING, _MARKUP, without_comments
from audit.text import find, fold
from audit.text.sentences import sentences
from audit.text.strict_toml import line_of, parse_toml
from tests.hostile.parsers import REFUSALS

pytestmark = pytest.mark.sampled(3)

_RATIO = 2.6**2
_LEAST = 0.02
"""Seconds of the larger run below which a clock of this kind says nothing about growth."""

Made = Callable[[int], Any]


def _fields(name: str) -> Callable[[str], object]:
    return lambda text: metadata_fields(name, text)


def _map(path: str) -> Callable[[str], object]:
    return lambda text: list(map_claims(path, text))


def _stored(dtype: str = "F32") -> Stored:
    return Stored(file="a", offset=0, nbytes=4, dtype=dtype, shape=(2, 2))


def _scopes(count: int) -> list[object]:
    constants = [Constant(name=f"layer.{i}.weight", stored=_stored()) for i in range(count)]
    constants += [Constant(name=f"onnx::MatMul_{i}", stored=_stored()) for i in range(count)]
    nodes = [
        Node(op="MatMul", name=f"/m/layer.{i}/MatMul", inputs=("x", f"onnx::MatMul_{i}"),
             outputs=(f"o{i}",))
        for i in range(count)
    ]  # fmt: skip
    return [constants, nodes]


def _products(count: int) -> list[object]:
    constants = [Constant(name="codes", stored=_stored("I8"))]
    casts = [Node(op="Cast", name="", inputs=("codes",), outputs=("cast",)) for _ in range(count)]
    readers = [Node(op="Mul", name="", inputs=("cast", "none"), outputs=("o",))] * count
    return [constants, casts + readers]


def _graph(parts: list[Any]) -> object:
    return list(named(*parts, "a.onnx"))


WORST: dict[str, tuple[Callable[[Any], object], Made, int]] = {
    "comments": (without_comments, lambda n: "<!--" * n, 400_000),
    "closed comments": (without_comments, lambda n: "<!---->" * n, 60_000),
    "a heading of spaces": (_HEADING.search, lambda n: "# a" + " " * n + "b", 2_000_000),
    "half headings": (_HEADING.search, lambda n: "# " * n, 1_000_000),
    "empty headings": (_HEADING.search, lambda n: "#  \n" * n, 100_000),
    "mark-up of a heading": (
        lambda text: _MARKUP.sub("", text[:_LONGEST_HEADING]), lambda n: "<" * n, 1_000_000),
    "brackets of a heading": (
        lambda text: _MARKUP.sub("", text[:_LONGEST_HEADING]), lambda n: "](" * n, 1_000_000),
    "sentences of a paragraph": (lambda t: list(sentences(t)), lambda n: "a. b\n" * n, 6_000),
    "sentences of dots": (lambda t: list(sentences(t)), lambda n: "a.b" * n, 500_000),
    "paragraphs": (lambda t: list(sentences(t)), lambda n: "# a\n" * n, 10_000),
    "authors in blank lines": (_AUTHOR.findall, lambda n: "\n" * n, 200_000),
    "authors in spaces": (_AUTHOR.findall, lambda n: " " * n, 500_000),
    "credits": (_ATTRIBUTION.search, lambda n: "base up" * n, 10_000),
    "classifiers of PKG-INFO": (
        _fields("PKG-INFO"), lambda n: "Classifier: License :: X\n" * n, 6_000),
    "a folded field": (_fields("PKG-INFO"), lambda n: "License: " + " a\n" * n, 20_000),
    "classifiers of setup.cfg": (
        _fields("setup.cfg"),
        lambda n: "[metadata]\nclassifiers=\n" + " License :: X\n" * n, 2_000),
    "blank lines of setup.cfg": (
        _fields("setup.cfg"), lambda n: "[metadata]\nlicense=\n" + "\n" * n, 20_000),
    "calls of setup": (_fields("setup.py"), lambda n: "setup();" * n, 2_000),
    "patterns of dep5": (
        _map(".reuse/dep5"), lambda n: f"Files: {'a ' * n}\nLicense: MIT\n", 1_000),
    "a word of dep5": (_map(".reuse/dep5"), lambda n: "a" * n, 500_000),
    "a folded field of dep5": (_map(".reuse/dep5"), lambda n: "a:" + "\n b" * n, 200_000),
    "blank lines of dep5": (_map(".reuse/dep5"), lambda n: "\n \t" * n, 20_000),
    "annotations of REUSE.toml": (
        _map("REUSE.toml"), lambda n: "[[annotations]]\npath = 'a'\n" * n, 2_000),
    "a long key": (lambda t: parse_toml(t.encode()), lambda n: "a." * n, 50_000),
    "a long word": (lambda t: parse_toml(t.encode()), lambda n: "a" * n, 100_000),
    "quotes": (lambda t: parse_toml(t.encode()), lambda n: '"' * n, 100_000),
    "keys": (
        lambda t: parse_toml(t.encode()), lambda n: "".join(f"a{i}=1\n" for i in range(n)), 4_000),
    "a list": (lambda t: parse_toml(t.encode()), lambda n: f"x=[{'1,' * n}]", 10_000),
    "a place in TOML": (lambda t: line_of(t, ("x", 3, "y")), lambda n: "[[x]]\na=1\n" * n, 20_000),
    "words of a licence": (fold.words, lambda n: "(a) " * n, 10_000),
    "hyphens": (fold.phrase, lambda n: "a-\n" * n, 5_000),
    "prefixes": (fold.plain, lambda n: "pre-" * n, 10_000),
    "a wording": (
        lambda t: find.find("built with llama and more", t), lambda n: "built with " * n, 3_000),
    "a wording word for word": (
        lambda t: find.contains("built with built with llama", t),
        lambda n: "built with " * n, 3_000),
    "a holder": (lambda t: statement_holder(t, ""), lambda n: "copyright " * n, 200_000),
    "names": (lambda t: holders_named([t], ["a b c"]), lambda n: "a b " * n, 10_000),
    "parties": (parties, lambda n: ", " * n, 10_000),
    "an open card": (lambda t: parse_card("a", t), lambda n: b"---\n" + b" " * n, 300_000),
    "a card of dashes": (lambda t: parse_card("a", t), lambda n: b"---\n" + b"\n---x" * n, 30_000),
    "keys of a card": (
        lambda t: parse_card("a", t),
        lambda n: ("---\n" + "".join(f"k{i}: b\n" for i in range(n)) + "---\n").encode(), 150),
    "front matter": (without_front_matter, lambda n: "---\n" + "a\n" * n, 50_000),
    "tags": (basic.scan, lambda n: "SPDX-License-Identifier: MIT\n" * n, 2_000),
    "a punycode file": (decode, lambda n: b"# coding: punycode\n" + b"a" * n, 1_000_000),
    "scopes of ONNX": (_graph, _scopes, 500),
    "products of ONNX": (_graph, _products, 2_000),
}  # fmt: skip


def seconds(use: Callable[[Any], object], value: Any) -> float:
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        try:
            use(value)
        except (*REFUSALS, Exception) as error:  # noqa: BLE001 - what is raised is tested elsewhere
            del error
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.parametrize("name", WORST)
def test_the_time_grows_as_the_text_does(name: str) -> None:
    use, make, count = WORST[name]
    use_once = make(8)
    seconds(use, use_once)
    gc.disable()
    try:
        for attempt in range(8):
            time.sleep(attempt)  # a busy machine is slow now and then; a quadratic function always
            small, large = seconds(use, make(count)), seconds(use, make(4 * count))
            if large < _LEAST or large < _RATIO * small:
                return
    finally:
        gc.enable()
    pytest.fail(f"{small:.3f} s, four times as much {large:.3f} s")
