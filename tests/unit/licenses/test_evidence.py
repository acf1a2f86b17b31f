# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The whole stage on real folders, with the real scanner and without it."""

import errno
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from diskcache import Cache

from audit.inventory import Inventory, take_inventory
from audit.kept import Kept
from audit.licenses import evidence as stage
from audit.licenses.detected import scan, scanner
from audit.licenses.detected.reply import Reply
from audit.licenses.evidence import license_evidence
from audit.licenses.known.difference import installed_text
from audit.licenses.legal_text import decode, without_front_matter
from audit.progress import Advance
from audit.record.absent import Absent
from audit.record.licenses import NOASSERTION, ClaimSource, Copyright
from audit.rules.known_texts import text_list
from audit.sources.folder import Folder

REPOS = Path(__file__).parents[2] / "repos"
PLANTED = REPOS / "planted-faults" / "repo"


def inventory(root: Path) -> Inventory:
    return take_inventory(Folder(root, "subject"))


def write(root: Path, files: dict[str, str | bytes]) -> Inventory:
    for path, content in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())
    return inventory(root)


def no_scanner(*_arguments: object) -> None:
    raise AssertionError("the scanner was started")


def test_three_voices_with_lines(tmp_path: Path) -> None:
    found = license_evidence(inventory(PLANTED))
    declared = [
        (c.stated_in, c.expression, c.path, c.line) for c in found.of_source(ClaimSource.DECLARED)
    ]
    assert declared == [("card: license", "MIT", "README.md", 2)]
    detected = {(c.stated_in, c.expression, c.path) for c in found.of_source(ClaimSource.DETECTED)}
    assert {
        ("license file", "MIT", "LICENSE"),
        ("header", "Apache-2.0", "modeling_toy.py"),
        ("header", "GPL-3.0-or-later", "sort_helper.py"),
    } <= detected
    assert found.concluded is not None
    assert found.concluded.expression == "MIT"
    holders = {c.holder for c in found.copyrights if c.path == "modeling_toy.py"}
    assert holders == {"EleutherAI and the HuggingFace Inc. team"}
    assert found.scanner.startswith("scancode-toolkit ")
    assert found.unscanned == ()
    assert (found.scanned, found.skipped) == (4, 2)
    assert found.acknowledged == ("Example Lab",)


def test_cached_or_not_it_is_the_same_and_nothing_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = inventory(PLANTED)
    first = license_evidence(subject, cache=tmp_path)
    monkeypatch.setattr(scanner.Scanner, "_start", no_scanner)
    assert license_evidence(subject, cache=tmp_path) == first


def test_moving_the_folder_changes_nothing(tmp_path: Path) -> None:
    files = {"LICENSE": (PLANTED / "LICENSE").read_bytes(), "a.py": "# Copyright 2020 A B\n"}
    assert license_evidence(write(tmp_path / "one", dict(files))) == license_evidence(
        write(tmp_path / "two", dict(files))
    )


@pytest.mark.parametrize("place", ["file", "missing-parent-is-a-file"])
def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path, place: str) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("not a folder")
    target = blocked if place == "file" else blocked / "deeper"
    subject = inventory(PLANTED)
    assert license_evidence(subject, cache=target) == license_evidence(subject)


def test_a_damaged_cache_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "cache.db").write_bytes(b"no database" * 100)
    subject = inventory(PLANTED)
    assert license_evidence(subject, cache=tmp_path) == license_evidence(subject)


def test_a_full_disk_stops_the_cache_and_not_the_audit(tmp_path: Path) -> None:
    class Full:
        def get(self, _key: str) -> None:
            return None

        def set(self, _key: str, _value: bytes) -> None:
            raise OSError(errno.ENOSPC, "disk full")

        def close(self) -> None:
            pass

    with Kept(tmp_path) as results:
        results._cache = Full()
        assert kept(results, 1) == 1
        assert kept(results, 2) == 2


def kept(results: Kept, value: int) -> object:
    """Ask for a result that is ``value`` if it has to be computed."""
    return results.result(Copyright, ("a",), lambda: HELD[value]).line  # type: ignore[union-attr]


HELD = {n: Copyright(holder="A", statement="A", path="a", line=n) for n in (1, 2, 3)}


def test_values_of_a_foreign_hand_are_not_results(tmp_path: Path) -> None:
    with Kept(tmp_path) as results:
        assert [kept(results, 1), kept(results, 2)] == [1, 1]
        (key,) = results._cache
        own = results._cache.get(key)
        for foreign in (b"{not json", b"[]", b'{"holder": 3}'):
            results.put(key, foreign)
            assert [kept(results, 2), kept(results, 3)] == [2, 2]
        for damaged in (own[:-1], own[:40] + b"?" + own[41:], b"", "text", 7):
            results._cache.set(key, damaged)
            assert [kept(results, 2), kept(results, 3)] == [2, 2]


def test_why_there_is_no_result_is_not_kept(tmp_path: Path) -> None:
    with Kept(tmp_path) as results:
        none = results.result(Copyright, ("a",), lambda: Absent("it died"))
        assert none == Absent("it died")
        assert kept(results, 1) == 1


class Bomb:
    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return exec, ("raise SystemExit('a pickle of the cache was opened')",)


def test_a_pickle_in_the_cache_is_never_opened(tmp_path: Path) -> None:
    with Kept(tmp_path) as results:
        kept(results, 1)
        (key,) = results._cache
    with Cache(str(tmp_path)) as store:
        store.set(key, Bomb())
    with Kept(tmp_path) as results:
        assert kept(results, 2) == 2


def test_the_environment_names_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIT_CACHE_DIR", str(tmp_path / "named"))
    with Kept() as results:
        kept(results, 1)
    assert (tmp_path / "named" / "kept" / "cache.db").exists()


@pytest.mark.parametrize("how", ["not installed", "does not start"])
def test_without_scancode_it_is_basic_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    if how == "not installed":
        monkeypatch.setattr(scan, "scancode_version", lambda: None)
    else:
        broken = tmp_path / "broken.py"
        broken.write_text("raise ImportError\n")
        monkeypatch.setattr(scan, "shared_scanner", lambda: scanner.Scanner(broken))
    found = license_evidence(inventory(PLANTED), cache=tmp_path / "cache")
    assert found.scanner == "basic"
    assert [entry.path for entry in found.unscanned] == ["."]
    assert "not recognised" in found.unscanned[0].reason
    headers = {(c.path, c.expression) for c in found.of_source(ClaimSource.DETECTED)}
    named = ("sort_helper.py", "GPL-3.0-or-later")
    assert headers == {named, ("modeling_toy.py", NOASSERTION)}
    assert "EleutherAI and the HuggingFace Inc. team" in {c.holder for c in found.copyrights}
    assert [c.expression for c in found.of_source(ClaimSource.DECLARED)] == ["MIT"]


def test_files_that_kill_the_scanner_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(_self: object, text: str, **_options: object) -> Reply | Absent:
        return Absent(scanner.DIED) if "bomb" in text else Reply((), (), (), late=False)

    monkeypatch.setattr(scanner.Scanner, "scan", dies)
    subject = write(tmp_path / "repo", {"a.py": "bomb", "b.py": "x = 1"})
    found = license_evidence(subject, cache=tmp_path / "cache")
    assert [(entry.path, entry.reason) for entry in found.unscanned] == [("a.py", scanner.DIED)]
    assert found.scanned == 1


def test_what_cannot_be_scanned_is_named_with_its_reason(tmp_path: Path) -> None:
    notebook = {"cells": [{"source": ["# SPDX-License-Identifier: MIT\n", "x = 1"]}]}
    subject = write(
        tmp_path,
        {
            "big.py": "x = 1\n" * 400_000,
            "LICENSE": b"\x00\x01\x02binary",
            "broken.ipynb": "{",
            "good.ipynb": json.dumps(notebook),
            "data.bin.zip": b"PK\x05\x06" + b"\x00" * 100,
            "tokenizer.json": "{}",
        },
    )
    found = license_evidence(subject)
    assert {entry.path: entry.reason for entry in found.unscanned} == {
        "LICENSE": "it is not text",
        "big.py": "larger than 2 MiB of text",
        "broken.ipynb": "it is not a readable notebook",
    }
    (claim,) = found.of_source(ClaimSource.DETECTED)
    assert (claim.path, claim.expression, claim.line) == ("good.ipynb", "MIT", None)
    assert found.scanned == 1


def test_a_file_that_changed_is_not_scanned(tmp_path: Path) -> None:
    subject = write(tmp_path, {"a.py": "x = 1\n", "b.py": "y = 2\n"})
    (tmp_path / "a.py").write_text("# SPDX-License-Identifier: MIT\n")
    (tmp_path / "b.py").unlink()
    found = license_evidence(subject)
    assert [entry.path for entry in found.unscanned] == ["a.py", "b.py"]
    assert found.claims == ()


@pytest.mark.parametrize(
    "card",
    [
        "---\nlicense: {a: b}\n---\n",
        "---\nlicense: [mit, 3, null]\n---\n",
        "---\n- a\n---\n",
        "---\nlicense: !!python/object:os.system x\n---\n",
        "---\nlicense:\n---\n",
        "---\nlicense: " + "(" * 3000 + "\n---\n",
    ],
)
def test_hostile_front_matter_raises_nothing(tmp_path: Path, card: str) -> None:
    found = license_evidence(write(tmp_path, {"README.md": card}))
    assert all(c.expression in ("NOASSERTION", "MIT") for c in found.claims)


def test_an_empty_folder_starts_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanner.Scanner, "_start", no_scanner)
    found = license_evidence(inventory(tmp_path))
    assert (found.claims, found.copyrights, found.scanned, found.unscanned) == ((), (), 0, ())


def test_progress_is_told(tmp_path: Path) -> None:
    seen: list[object] = []

    class Watcher:
        @contextmanager
        def task(self, description: str, total: int | None) -> Iterator[Advance]:
            seen.append((description, total))
            yield seen.append

    license_evidence(inventory(PLANTED), progress=Watcher())
    assert seen == [("Searching for licences", 4), 1, 1, 1, 1]


def test_texts_are_decoded_without_loss_of_lines() -> None:
    assert decode("é".encode("latin-1")) == "é"
    assert decode(b"\xef\xbb\xbfa") == "a"
    assert decode("a".encode("utf-16")) == "a"
    assert decode(b"a\x00b") is None
    assert without_front_matter("---\nlicense: mit\n---\nMIT\n") == "\n\n\nMIT"
    assert without_front_matter("---\nnever closed") == "---\nnever closed"


def test_the_stage_is_one_function() -> None:
    assert stage.license_evidence is license_evidence


def near_llama(root: Path) -> Inventory:
    """A licence text with one number changed, from the texts that the scanner brings along."""
    entry = next(e for e in text_list().texts if e.scancode == "llama-3.1-license-2024")
    text = installed_text(entry)
    assert text is not None
    return write(root, {"LICENSE": text.replace("700 million", "900 million")})


def test_a_known_text_is_compared_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second time the answer comes from the cache; after a change of the texts it is new."""
    subject, cache = near_llama(tmp_path / "repo"), tmp_path / "cache"
    first = license_evidence(subject, cache=cache)
    assert any(c.near is not None for c in first.claims)

    def fail(_text: str) -> None:
        raise AssertionError("the texts were compared again")

    monkeypatch.setattr(scan, "recognise", fail)
    assert license_evidence(subject, cache=cache) == first
    monkeypatch.setattr(scan, "answers_depend_on", lambda: "other texts")
    with pytest.raises(AssertionError, match="compared again"):
        license_evidence(subject, cache=cache)


def test_a_damaged_answer_about_known_texts_is_made_anew(tmp_path: Path) -> None:
    subject, cache = near_llama(tmp_path / "repo"), tmp_path / "cache"
    first = license_evidence(subject, cache=cache)
    with Kept(cache) as store:
        of_texts = [k for k in store._keys() if isinstance(json.loads(store.get(k) or b""), list)]
        for key in of_texts:
            store.put(key, b'[{"id": "MIT"}]')
    assert of_texts
    assert license_evidence(subject, cache=cache) == first
