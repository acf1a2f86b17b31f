# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Licences are read wherever a release declares them, and keep their place."""

import json
import struct
from contextlib import suppress
from pathlib import Path

import pytest

from audit.inventory.model_card import parse_card
from audit.licenses.conclude import voices
from audit.licenses.declared.names import one_name as understood
from audit.licenses.declared.prose import prose_claims
from audit.licenses.declared.reuse import map_claims
from audit.licenses.evidence import license_evidence
from audit.licenses.release_files import is_translation, scope_of_name
from audit.record.licenses import NOASSERTION, ClaimOrigin, LicenseClaim
from audit.unreadable import NotReadableError
from tests.unit.checks.cases import inventory, release
from tests.unit.checks.mutations import OPERATIONS


def said(prose: str) -> list[tuple[str, str, str | None, int | None]]:
    claims = prose_claims(parse_card("README.md", prose.encode()))
    return [(c.origin, c.expression, c.scope, c.line) for c in claims]


@pytest.mark.parametrize(
    ("prose", "expression", "scope"),
    [
        ("This project is licensed under the [Apache License 2.0](LICENSE).", "Apache-2.0", None),
        ("Our model is released under the **MIT** license (see LICENSE).", "MIT", "weights"),
        ("The code is under MIT.", "MIT", "code"),
        ("The weights are available under the terms of the CC BY-NC 4.0 license.",
         "CC-BY-NC-4.0", "weights"),
        ("The code in this repository is licensed under Apache 2.0.", "Apache-2.0", "code"),
        ("All models are distributed under GPL-3.0-or-later", "GPL-3.0-or-later", "weights"),
        ("代码采用 MIT 许可证。", "MIT", "code"),
        ("本模型遵循 Apache-2.0 协议", "Apache-2.0", "weights"),
    ],
)  # fmt: skip
def test_sentences_about_the_release(prose: str, expression: str, scope: str | None) -> None:
    assert [(e, s) for _, e, s, _ in said(prose)][:1] == [(expression, scope)]
    assert {origin for origin, *_ in said(prose)} == {ClaimOrigin.CARD_STATEMENT}


@pytest.mark.parametrize(
    "prose",
    [
        "The base model is released under the MIT License.",
        "Qwen2 is licensed under Apache-2.0.",
        "We thank the authors of Sorter, MIT.",
        "This model is released under a permissive license.",
        "This model is released under embargo.",
        "submit under MIT",
        "The original code is licensed under MIT.",
        "",
    ],
)
def test_sentences_about_others_or_nothing(prose: str) -> None:
    assert said(prose) == []


@pytest.mark.parametrize(
    ("badge", "expression", "scope"),
    [
        ("license-MIT-blue.svg", "MIT", None),
        ("License-Apache_2.0-green", "Apache-2.0", None),
        ("license-CC_BY--NC_4.0-lightgrey", "CC-BY-NC-4.0", None),
        ("Code%20License-Apache_2.0-green.svg", "Apache-2.0", "code"),
        ("Model_License-Llama3.1-green.svg", "LicenseRef-scancode-llama-3.1-license-2024",
         "weights"),
    ],
)  # fmt: skip
def test_badges(badge: str, expression: str, scope: str | None) -> None:
    prose = f"# A\n\n[![x](https://img.shields.io/badge/{badge})](LICENSE)\n"
    assert said(prose) == [(ClaimOrigin.CARD_BADGE, expression, scope, 3)]


@pytest.mark.parametrize("badge", ["build-passing-green", "license-ours-blue", "license--MIT", "x"])
def test_badges_that_name_no_licence(badge: str) -> None:
    assert said(f"![x](https://img.shields.io/badge/{badge})") == []


def test_a_name_is_understood_whole_or_not_at_all() -> None:
    assert understood("MIT License") == "MIT"
    assert understood("terms that permit everything") == NOASSERTION


def test_a_very_long_line_costs_little() -> None:
    assert said("the code is licensed under " * 200_000 + "MIT") == []


def scopes(claims: list[LicenseClaim]) -> list[tuple[str, str | None, int | None]]:
    return [(c.expression, c.scope, c.line) for c in claims]


def test_reuse_toml_is_a_map() -> None:
    text = (
        'version = 1\n[[annotations]]\npath = "**"\nSPDX-License-Identifier = "MIT"\n'
        '[[annotations]]\npath = ["a/*", "b.bin"]\nSPDX-License-Identifier = "CC-BY-4.0"\n'
    )
    assert scopes(list(map_claims(ClaimOrigin.REUSE_TOML, text))) == [
        ("MIT", None, 2), ("CC-BY-4.0", "a/*", 5), ("CC-BY-4.0", "b.bin", 5),
    ]  # fmt: skip


def test_dep5_is_a_map() -> None:
    text = (
        "Format: https://example.com\n\nFiles: *\nCopyright: 2026 A\nLicense: MIT\n\n"
        "Files: data/*\n x.bin\nLicense: CC0-1.0\n"
    )
    assert scopes(list(map_claims(ClaimOrigin.DEP5, text))) == [
        ("MIT", None, 3), ("CC0-1.0", "data/*", 7), ("CC0-1.0", "x.bin", 7),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text", ["", "annotations = 3", "[[annotations]]\npath = 3", "[", "[[annotations]]\n"]
)
def test_a_broken_map_is_none(text: str) -> None:
    with suppress(NotReadableError):
        assert list(map_claims(ClaimOrigin.REUSE_TOML, text)) == []


def test_headers_of_weights_declare(tmp_path: Path) -> None:
    folder = release(tmp_path / "r", {"README.md": "# x\n"})
    for name in ("a-00001", "a-00002"):
        OPERATIONS["weights"](folder / f"{name}.safetensors", metadata={"license": "apache-2.0"})
    found = license_evidence(inventory(folder))
    (claim,) = [c for c in found.claims if c.origin.startswith("weights metadata")]
    assert (claim.expression, claim.path) == ("Apache-2.0", "a-00001.safetensors")


def test_the_header_of_a_gguf_file_declares(tmp_path: Path) -> None:
    def text(words: str) -> bytes:
        return struct.pack("<Q", len(words)) + words.encode()

    field = text("general.license") + struct.pack("<I", 8) + text("cc-by-nc-4.0")
    header = b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + field
    folder = release(tmp_path / "r", {"README.md": "# x\n", "a.gguf": header + bytes(32)})
    found = license_evidence(inventory(folder))
    (claim,) = [c for c in found.claims if c.path == "a.gguf"]
    assert claim.stated_in == "weights metadata: general.license"
    assert claim.expression == "CC-BY-NC-4.0"


def test_a_notebook_is_reported_by_cell(tmp_path: Path) -> None:
    cells = [
        {"source": []},
        {"source": "# Title\n\nText\n"},
        {"source": ["x = 1\n", "# SPDX-License-Identifier: MIT\n", "# Copyright 2020 Jane Doe\n"]},
    ]
    folder = release(tmp_path / "r", {"a.ipynb": json.dumps({"cells": cells})})
    found = license_evidence(inventory(folder))
    (claim,) = [c for c in found.claims if c.path == "a.ipynb"]
    assert (claim.cell, claim.line, claim.expression) == (3, None, "MIT")
    (holder,) = found.copyrights
    assert (holder.cell, holder.line, holder.holder) == (3, 3, "Jane Doe")


def test_names_say_what_a_licence_covers() -> None:
    names = ("LICENSE", "LICENSE-CODE", "MODEL_LICENSE", "LICENSE.weights", "DATA-LICENSE.txt",
             "LICENSE-DOCS", "LICENSE-MIT", "LICENSE.md")  # fmt: skip
    assert [scope_of_name(name) for name in names] == [
        None, "code", "weights", "weights", "data", "docs", None, None,
    ]  # fmt: skip


def test_translations_need_their_original() -> None:
    paths = frozenset({"LICENSE", "a/LICENSE.txt"})
    assert is_translation("LICENSE.zh", paths)
    assert is_translation("LICENSE_zh-CN.md", paths)
    assert is_translation("a/LICENSE_CN.txt", paths)
    assert not is_translation("b/LICENSE.zh", paths)
    assert not is_translation("LICENSE-MIT", paths)


def test_what_has_a_scope_is_no_voice_of_the_release(tmp_path: Path) -> None:
    prose = "---\nlicense: mit\n---\nThe weights are under CC-BY-NC-4.0.\n"
    found = license_evidence(inventory(release(tmp_path / "r", {"README.md": prose})))
    assert [voice.ids for voice in voices(found.claims)] == [frozenset({"MIT"})]


@pytest.mark.parametrize(
    ("name", "read"),
    [("MODEL_CARD.md", True), ("model-card.md", True), ("modelcard.txt", True),
     ("model_card_template.md", False), ("docs/model_card.md", False)],
)  # fmt: skip
def test_a_model_card_beside_the_readme_is_read_and_its_template_is_not(
    tmp_path: Path, name: str, read: bool
) -> None:
    files = {"README.md": "# x\n", name: "# x\n\nThe weights are released under the MIT License.\n"}
    found = license_evidence(inventory(release(tmp_path / "r", files)))
    said_there = [c.expression for c in found.claims if c.path == name and c.scope == "weights"]
    assert said_there == (["MIT"] if read else [])
