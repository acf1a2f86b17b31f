# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Three forms of a list say the same; a line that is wrong is named by its number."""

from pathlib import Path

import pytest

from audit.errors import UsageError
from audit.fleets.targets import Target, read_targets

FORMS = {
    "list.txt": "# bases\nacme/one\n\n  x=./two \nacme/one\n",
    "list.csv": "target,released\r\nacme/one,\r\nx=./two,\r\nacme/one,\r\n",
    "list.jsonl": '{"target": "acme/one"}\n\n{"target": "x=./two"}\n',
}


def written(tmp_path: Path, name: str, text: str | bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize("name", FORMS)
def test_three_forms_say_the_same(tmp_path: Path, name: str) -> None:
    found = read_targets(written(tmp_path, name, FORMS[name]))
    assert found == (Target(target="acme/one"), Target(target="x=./two"))
    marked = written(tmp_path, name, b"\xef\xbb\xbf" + FORMS[name].replace("# bases", "").encode())
    assert read_targets(marked) == found


def test_days_and_references_are_read(tmp_path: Path) -> None:
    line = '{"target": "a", "released": "2026-01-31", "against": ["b", "c"]}'
    (one,) = read_targets(written(tmp_path, "l.jsonl", line))
    assert (str(one.released), one.against) == ("2026-01-31", ("b", "c"))
    (two,) = read_targets(written(tmp_path, "l.csv", "target,released\na,2026-01-31\n"))
    assert str(two.released) == "2026-01-31"


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("l.jsonl", '{"target": "a"}\n{"target": 3}\n', "line 2"),
        ("l.jsonl", '{"target": "a"}\n{"aganist": ["b"]}\n', "line 2"),
        ("l.jsonl", '{"target": "a"}\n{"target": "b"\n', "line 2: not valid JSON"),
        ("l.jsonl", '{"target": "a", "target": "b"}\n', "line 1"),
        ("l.jsonl", '{"target": "a", "released": "31.1.2026"}\n', "line 1: released"),
        ("l.csv", "model\na\n", "line 2"),
        ("l.csv", "target\na\nb,c\n", "line 3"),
        ("l.csv", 'target\na\n"b', "line 3"),
        ("l.txt", b"a\n\xff\n", "line 2: it is not UTF-8"),
        ("l.txt", "# nothing\n", "names 0 models"),
        ("l.csv", "", "names 0 models"),
        ("l.txt", "a" * 5000, "line 1"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, name: str, text: str | bytes, why: str) -> None:
    with pytest.raises(UsageError) as found:
        read_targets(written(tmp_path, name, text))
    assert why in found.value.message


def test_no_list_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_targets(tmp_path / "none.txt")
