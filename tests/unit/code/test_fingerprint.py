# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Fingerprints follow the paper, and see through what they promise to see through."""

import json.decoder
from pathlib import Path

import numpy as np
import pytest

from audit.code.fingerprint import View, neutral, prints, winnow
from audit.code.index import Document, FileKeys, Index, build
from audit.code.similarity import hits, query, score
from audit.code.tokens import read_source
from tests.unit.code.mutations import ORIGINAL, disguised, rename_identifiers, strip_comments

STDLIB = Path(json.__file__).parents[1]
INDEPENDENT = (
    "json/decoder.py", "json/scanner.py", "tomllib/_parser.py", "csv.py", "configparser.py",
    "textwrap.py", "shlex.py", "html/parser.py", "heapq.py", "bisect.py", "calendar.py",
    "fractions.py", "statistics.py", "string.py", "sched.py", "queue.py", "glob.py",
    "fnmatch.py", "tarfile.py", "zipfile.py", "argparse.py", "inspect.py", "pprint.py",
    "difflib.py", "ipaddress.py", "colorsys.py", "mailbox.py", "plistlib.py", "locale.py",
)  # fmt: skip
"""Modules that were written separately; some are absent from some versions of Python."""


def index(files: dict[str, str], project: str = "known") -> Index:
    entries = []
    for path, text in files.items():
        source = read_source(text)
        document = Document(path=path, license="MIT", holders=())
        keys = {view: prints(source, view).keys for view in View}
        entries.append(FileKeys(document=document, version=0, keys=keys))
    return build(project, ("1",), entries)


def against(text: str, known: Index, view: View) -> tuple[float, float]:
    found = prints(read_source(text), view)
    wanted = query(found.keys, view, [known])
    result = score(wanted, hits(wanted, known), len(known.documents), family_share=0.8)
    return result.best, result.union


def test_winnowing_as_in_the_paper() -> None:
    """Figure 2 of Schleimer, Wilkerson and Aiken (2003): w = 4."""
    hashes = [77, 74, 42, 17, 98, 50, 17, 98, 8, 88, 67, 39, 77, 74, 42, 17, 98]
    chosen = winnow(np.array(hashes, dtype=np.uint64), 4)
    assert [hashes[i] for i in chosen] == [17, 17, 8, 39, 17]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_few_hashes_are_one_window(count: int) -> None:
    assert len(winnow(np.arange(count, dtype=np.uint64), 6)) == min(count, 1)


def test_a_shared_run_of_w_plus_k_minus_1_is_always_found() -> None:
    run = " ".join(f"a{i} +" for i in range(8)) + " z"  # 17 tokens = 12 + 6 - 1
    one = prints(
        read_source("".join(f"b{i} = {i}\n" for i in range(40)) + f"x = ({run})\n"), View.L1
    )
    two = prints(read_source(f"y = ({run})\n" + "c.d(e)\n" * 30), View.L1)
    assert set(one.keys) & set(two.keys)


def test_the_prefix_is_neutral_in_every_spelling() -> None:
    assert neutral("ToyConfig", "Toy") == neutral("BoxConfig", "Box") == "~Config"
    assert neutral("toy_loss", "Toy") == neutral("BOX_loss", "Box")
    assert neutral("toying", "Toy") == "toying"


@pytest.mark.parametrize("view", View)
def test_header_comments_and_docstrings_change_nothing(view: View) -> None:
    whole = prints(read_source(ORIGINAL), view)
    bare = prints(read_source(strip_comments(ORIGINAL)), view)
    assert whole.keys.tolist() == bare.keys.tolist()


def test_another_class_prefix_changes_nothing() -> None:
    renamed = ORIGINAL.replace("Meridian", "Quince")
    one, two = (prints(read_source(text), View.L1) for text in (ORIGINAL, renamed))
    assert one.keys.tolist() == two.keys.tolist()


def test_lines_are_those_of_the_file() -> None:
    found = prints(read_source(ORIGINAL), View.L1)
    assert found.first.min() >= 9
    assert found.last.max() <= len(ORIGINAL.splitlines())
    assert (found.first <= found.last).all()


def test_a_disguised_copy_is_found() -> None:
    """Prefix renamed, comments gone, half of the functions deleted."""
    known = index({"modeling_meridian.py": ORIGINAL, **_stdlib()})
    text = disguised(ORIGINAL)
    assert "Meridian" not in text
    assert len(text.splitlines()) < len(ORIGINAL.splitlines()) * 0.75
    assert against(text, known, View.L1)[0] > 0.7
    assert against(text, known, View.L2)[0] > 0.7


@pytest.mark.slow
def test_renaming_everything_hides_from_one_view_and_not_from_the_other() -> None:
    known = index({"modeling_meridian.py": ORIGINAL, **_stdlib()})
    text = rename_identifiers(ORIGINAL, "x")
    assert against(text, known, View.L1)[0] < 0.15
    assert against(text, known, View.L2)[0] == 1.0


@pytest.mark.slow
def test_what_was_written_separately_stays_below_the_thresholds() -> None:
    files = _stdlib()
    known = index(files)
    worst = dict.fromkeys(View, 0.0)
    union = 0.0
    for number, document in enumerate(known.documents):
        others = np.arange(len(known.documents)) != number
        for view in View:
            found = prints(read_source(files[document.path]), view)
            if found.distinct >= (60 if view is View.L1 else 40):
                wanted = query(found.keys, view, [known])
                here = hits(wanted, known).only(others)
                result = score(wanted, here, len(others), family_share=0.8)
                worst[view] = max(worst[view], result.best)
                union = max(union, result.union if view is View.L1 else 0.0)
    assert worst[View.L1] < 0.15
    assert union < 0.35
    assert worst[View.L2] < 0.25


def _stdlib() -> dict[str, str]:
    found = {p: STDLIB / p for p in INDEPENDENT if (STDLIB / p).is_file()}
    assert len(found) > 20
    return {path: file.read_text(encoding="utf-8") for path, file in found.items()}
