# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What of a file counts as code, and what is left out."""

import contextlib
import time

import pytest

from audit.code.files import decode
from audit.code.tokens import NotPythonError, class_prefix, read_source


def texts(source: str) -> list[str]:
    return [token.text for token in read_source(source).tokens]


def test_comments_docstrings_and_layout_do_not_count() -> None:
    bare = "def f(a, b):\n    return a + b\n"
    dressed = (
        '# Copyright 2020 A\n"""Module."""\n\n\ndef f(\n    a,\n    b,\n):  # why\n'
        '    """Doc."""\n\n    return (\n        a + b\n    )\n'
    )
    without_brackets = texts(dressed)
    del without_brackets[9], without_brackets[-1]
    assert (
        texts(bare)
        == without_brackets
        == ["def", "f", "(", "a", ",", "b", ")", ":", "return", "a", "+", "b"]
    )


def test_literals_are_one_sign_each() -> None:
    assert texts("x = 'a' 'b' + f'{y}!' + 0x1F\n") == ["x", "=", '"', "+", '"', "+", "0"]


def test_a_string_that_goes_on_is_no_docstring() -> None:
    assert texts("'%s' % x\n'lost'\n") == ['"', "%", "x"]


def test_the_header_is_what_stands_before_the_code() -> None:
    source = read_source('# Copyright 2020 A\n"""By B."""\nimport os  # not this\n# nor this\n')
    assert "Copyright 2020 A" in source.header
    assert "By B." in source.header
    assert "this" not in source.header


def test_functions_have_names_and_lines() -> None:
    source = read_source(
        "class A:\n    def one(self): return 1\n    async def two(self):\n        def inner():\n"
        "            pass\n        return inner\n\n\ndef three():\n    pass\nx = 1\n"
    )
    assert [(f.name, f.first, f.last) for f in source.functions] == [
        ("A.one", 2, 2),
        ("A.two", 3, 6),
        ("A.two.inner", 4, 5),
        ("three", 9, 10),
    ]


@pytest.mark.parametrize(
    ("classes", "prefix"),
    [
        (["ToyMLP", "ToyAttention", "Helper"], "Toy"),
        (["Toy2MoeMLP", "Toy2MoeAttention"], "Toy2Moe"),
        (["TOYAttention", "TOYLayer"], "TOY"),
        (["Attention", "MLP"], ""),
        ([], ""),
    ],
)
def test_the_prefix_that_most_classes_share(classes: list[str], prefix: str) -> None:
    assert class_prefix(classes) == prefix


@pytest.mark.parametrize(
    "text",
    ["x = '''never ends", "f(((", "a$b\n", "if x:\n        y\n    z\n", '"open\n', "?"],
)
def test_what_is_not_python_is_a_reason(text: str) -> None:
    with pytest.raises(NotPythonError, match="not Python"):
        read_source(text)


@pytest.mark.parametrize("data", [b"# -*- coding: no-such -*-\nx\n", b"x = 1\0\n"])
def test_bytes_that_are_no_text(data: bytes) -> None:
    if b"\0" in data:
        with pytest.raises(NotPythonError, match="null"):
            decode(data)
    else:
        assert decode(data).endswith("x\n")


def test_a_line_that_nobody_writes_is_a_reason() -> None:
    with pytest.raises(NotPythonError, match="longer than 50,000 characters"):
        read_source("x = [" + "1, " * 20_000 + "]\n")
    assert len(texts("x = [" + "1, " * 10_000 + "]\n")) == 20_003


def test_latin_1_is_read(tmp_path: object) -> None:
    assert texts(decode(b"# caf\xe9\nx = 'caf\xe9'\n")) == ["x", "=", '"']


@pytest.mark.parametrize(
    "text",
    [
        "(" * 200_000,
        "x = '''" + "a\n" * 500_000,
        "x = [" + "1, " * 200_000 + "]\n",
        '"\\' * 300_000,
        "-" * 400_000 + "1\n",
        "".join(" " * n + "if x:\n" for n in range(900)) + " " * 900 + "y\n",
    ],
    ids=["brackets", "string", "one-line", "quotes", "signs", "deep"],
)
def test_hostile_files_cost_no_more_than_honest_ones(text: str) -> None:
    started = time.process_time()
    with contextlib.suppress(NotPythonError):
        read_source(text)
    assert time.process_time() - started < 8
