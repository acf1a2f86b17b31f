# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Package metadata is read as text; broken files have no fields, and say why."""

from contextlib import suppress

import pytest

from audit.licenses.declared.metadata import Field, metadata_fields
from audit.unreadable import NotReadableError


def fields(name: str, text: str) -> list[tuple[str, str]]:
    return [(field.name, field.value) for field in metadata_fields(name, text)]


def test_core_metadata() -> None:
    text = (
        "Metadata-Version: 2.4\nName: x\nLicense: MIT\nLicense-Expression: Apache-2.0\n"
        "Classifier: License :: OSI Approved :: MIT License\nClassifier: License :: OSI Approved\n"
        "Classifier: Programming Language :: Python\n\nLicense: GPL-3.0-only\n"
    )
    assert fields("METADATA", text) == [
        ("License-Expression", "Apache-2.0"),
        ("License", "MIT"),
        ("classifier", "classifier: MIT License"),
    ]


def test_a_whole_text_in_the_field_is_shown_by_its_first_line() -> None:
    text = "License: My licence\n        " + "word " * 100 + "\n\n"
    assert fields("PKG-INFO", text) == [("License", "My licence")]


def test_unknown_is_no_license() -> None:
    assert fields("METADATA", "License: UNKNOWN\n\n") == []


@pytest.mark.parametrize("name", ["LICENSE", "license.txt", "./LICENCE.md", "COPYING"])
def test_the_name_of_a_file_is_no_licence(name: str) -> None:
    assert metadata_fields("pyproject.toml", f'[project]\nname = "x"\nlicense = "{name}"\n') == ()


def test_pyproject() -> None:
    assert fields("pyproject.toml", '[project]\nlicense = "MIT"\n') == [("project.license", "MIT")]
    assert fields("pyproject.toml", '[project]\nlicense = {text = "BSD"}\n') == [
        ("project.license", "BSD")
    ]
    assert fields("pyproject.toml", '[project]\nlicense = {file = "LICENSE"}\n') == []
    classified = '[project]\nclassifiers = ["License :: OSI Approved :: MIT License"]\n'
    assert fields("pyproject.toml", classified) == [("classifier", "classifier: MIT License")]


def test_poetrys_own_table() -> None:
    poetry = '[tool.poetry]\nname = "t"\nlicense = "MIT"\n'
    assert fields("pyproject.toml", poetry) == [("tool.poetry.license", "MIT")]
    both = f'[project]\nlicense = "Apache-2.0"\n{poetry}'
    assert fields("pyproject.toml", both) == [
        ("project.license", "Apache-2.0"),
        ("tool.poetry.license", "MIT"),
    ]
    assert fields("pyproject.toml", 'tool = "x"\n') == []


def test_setup_files() -> None:
    cfg = "[metadata]\nlicense = MIT\nclassifiers =\n  License :: OSI Approved :: MIT License\n"
    assert fields("setup.cfg", cfg) == [
        ("license", "MIT"),
        ("classifier", "classifier: MIT License"),
    ]
    code = "from setuptools import setup\nraise SystemExit\nsetup(name='x', license='MIT')\n"
    assert fields("setup.py", code) == [("license", "MIT")]
    assert fields("setup.py", "setup(license=compute())") == []


@pytest.mark.parametrize("name", ["METADATA", "pyproject.toml", "setup.cfg", "setup.py", "other"])
@pytest.mark.parametrize(
    "text",
    ["", "\x00", "[[[", "(" * 5000, "license = = 1\n", "[project]\nlicense = 3\n", "[metadata"],
)
def test_broken_files_have_no_fields_or_say_why(name: str, text: str) -> None:
    with suppress(NotReadableError):
        assert metadata_fields(name, text) == ()


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("setup.py", "x" + ".y" * 2500 + "(license='MIT')", None),
        ("setup.py", "setup()" + "()" * 400, None),
        ("setup.py", "(" * 5000, "SyntaxError|MemoryError|RecursionError"),
        ("pyproject.toml", "x = " + "9" * 5000, "line 1: a number of more than 400 digits"),
        ("pyproject.toml", "\n" + "a." * 40_000 + "a = 1", "line 2: a key of more than 32 parts"),
        ("pyproject.toml", "x = " + "[" * 5000, "RecursionError"),
        ("pyproject.toml", "x = " + "[" * 150 + "]" * 150, "nested too deeply"),
        ("pyproject.toml", "x = \n[project", "not valid TOML: .*at line 1"),
        ("pyproject.toml", "x = 1\n" * 100_000, "more than 512 KiB"),
        ("setup.cfg", "license = 1\n", "MissingSectionHeaderError"),
    ],
)
def test_what_defeats_a_reader_is_a_reason(name: str, text: str, why: str | None) -> None:
    if why is None:
        assert metadata_fields(name, text) == ()
        return
    with pytest.raises(NotReadableError, match=why):
        metadata_fields(name, text)


def test_half_a_surrogate_pair_stays_outside() -> None:
    code = "setup(license='MIT \\ud800', classifiers=['License :: X \\udfff'])"
    assert [value.encode() for _, value in fields("setup.py", code)]


def test_fields_are_values() -> None:
    assert Field(name="a", value="b") == Field(name="a", value="b")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"name": "x", "license": "MIT"}', [("license", "MIT")]),
        ('{"license": {"type": "BSD-3-Clause", "url": "x"}}', [("license", "BSD-3-Clause")]),
        ('{"licenses": [{"type": "MIT"}, {"type": "Apache-2.0"}]}',
         [("license", "MIT"), ("license", "Apache-2.0")]),
        ('{"license": "SEE LICENSE IN LICENSE.md"}', []),
        ('{"license": "UNLICENSED"}', []),
        ('{"private": true, "license": "ISC"}', []),
        ('{"name": "x"}', []),
    ],
)  # fmt: skip
def test_package_json(text: str, found: list[tuple[str, str]]) -> None:
    assert fields("package.json", text) == found


def test_a_manifest_of_cargo() -> None:
    assert fields("Cargo.toml", '[package]\nname = "x"\nlicense = "MIT OR Apache-2.0"\n') == [
        ("package.license", "MIT OR Apache-2.0")
    ]
    assert fields("Cargo.toml", '[workspace.package]\nlicense = "MIT"\n') == [
        ("package.license", "MIT")
    ]
    assert fields("Cargo.toml", "[package]\nlicense.workspace = true\n") == []
