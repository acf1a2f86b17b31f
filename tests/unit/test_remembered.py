# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A comparison that was made before is not made again, and nothing that decides it is forgotten."""

import multiprocessing
import os
import shutil
import signal
import time
from pathlib import Path
from typing import Any, ClassVar

import pytest
from diskcache import Cache

from audit import pipeline, resources
from audit.code import evidence
from audit.code.repository import CodeRepository
from audit.kept import RESULT, Kept
from audit.lineage import several
from audit.record.code import CodeEvidence
from audit.record.document import AuditRecord, to_bytes
from audit.request import Request
from tests.tiny_repo import fine_tune, make_repo

pytestmark = pytest.mark.sampled(3)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a base and its fine-tune; the cache is empty."""
    monkeypatch.setenv("AUDIT_CACHE_DIR", str(tmp_path / "cache"))
    fine_tune(make_repo(tmp_path / "base"), tmp_path / "model")
    return tmp_path


@pytest.fixture
def comparisons(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what was really compared, as it goes on."""
    made: list[str] = []
    real = several.against

    def against(suspect: object, *more: object, **how: object) -> object:
        made.append("compared")
        return real(suspect, *more, **how)

    monkeypatch.setattr(several, "against", against)
    return made


def audited(place: Path, **how: object) -> AuditRecord:
    return pipeline.run(Request.of(str(place / "model"), against=[str(place / "base")], **how))


def test_the_second_run_compares_nothing_and_says_the_same(
    place: Path, comparisons: list[str]
) -> None:
    first = audited(place)
    assert comparisons == ["compared"]
    assert first.comparisons[0].relation.is_lineage
    again = audited(place)
    assert comparisons == ["compared"]
    assert again == first
    assert to_bytes(again) == to_bytes(first)


def test_a_changed_card_is_no_reason_to_compare_again(place: Path, comparisons: list[str]) -> None:
    first = audited(place)
    card = place / "model" / "README.md"
    card.write_text(card.read_text() + "\nAnother sentence.\n")
    again = audited(place)
    assert comparisons == ["compared"]
    assert again.comparisons == first.comparisons
    assert again.subject.manifest_sha256 != first.subject.manifest_sha256


def test_a_changed_card_compares_code_again_only_where_it_is_asked_about(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is named for copied code, the card may say; of code that is nobody's it says nothing."""
    read: list[str] = []
    real = evidence._compare

    def compare(subject: CodeRepository, *more: Any) -> CodeEvidence:
        read.append("compared")
        return real(subject, *more)

    monkeypatch.setattr(evidence, "_compare", compare)
    own = "".join(f"def f{n}(a, b):\n    return [a * {n}, b + a[{n}]]\n\n\n" for n in range(60))
    (place / "model" / "own.py").write_text(own)
    card = place / "model" / "README.md"

    def after(words: str) -> CodeEvidence:
        card.write_text(f"{card.read_text()}\n{words}\n")
        return audited(place).code

    first = after("One.")
    assert (len(read), first.matches, first.compared) == (1, (), 1)
    assert after("Two.") == first
    assert len(read) == 1
    (place / "model" / "own.py").write_text(own.replace("a * 7", "a * 8"))
    assert after("Three.").matches == ()
    assert len(read) == 2
    shutil.copy(place / "model" / "own.py", place / "base" / "theirs.py")
    (place / "base" / "LICENSE").write_text("Copyright (c) 2020 Ada Example\n")
    unnamed = after("Four.")
    assert (len(read), len(unnamed.matches)) == (3, 1)
    named = after("Some code is adapted from work that is Copyright (c) 2020 Ada Example.")
    assert len(read) == 4
    assert named != unnamed, "the answer depends on the card, so it may not be kept without it"


@pytest.mark.parametrize(
    "change", ["weights", "config", "name", "salt", "program", "control", "tokenizer"]
)
def test_whatever_decides_is_compared_again(
    change: str, place: Path, comparisons: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    audited(place)
    how: dict[str, object] = {}
    weights = place / "model" / "model.safetensors"
    match change:
        case "weights":
            weights.write_bytes(weights.read_bytes()[:-1] + b"!")
        case "config":
            config = place / "base" / "config.json"
            config.write_text(config.read_text().replace("llama", "mistral"))
        case "name":
            how["name"] = "other"
        case "salt":
            how["salt"] = "sea"
        case "program":
            monkeypatch.setattr(resources, "stamp", lambda: "another")
        case "control":
            how["controls"] = [str(make_repo(place / "far", seed=9))]
        case "tokenizer":
            (place / "model" / "tokenizer.json").write_text("{}")
    audited(place, **how)
    assert comparisons == ["compared", "compared"]


def test_what_was_damaged_is_computed_again(place: Path, comparisons: list[str]) -> None:
    first = audited(place)
    with Kept() as kept:
        for key in [k for k in kept._keys() if k.startswith(RESULT)]:
            kept._cache.set(key, kept._cache.get(key)[:-2] + b"?}")
    assert to_bytes(audited(place)) == to_bytes(first)
    assert comparisons == ["compared", "compared"]
    shutil.rmtree(place / "cache")
    (place / "cache").write_text("no folder")
    assert to_bytes(audited(place)) == to_bytes(first)


PLANTED = {
    "nothing": b"",
    "another type": b'{"comparisons": []}',
    "a comparison without its parts": b'[[{"relation": "no-shared-weights"}], null]',
    "a number": b"1",
    "half of it": None,
    "a pickle": b"\x80\x04cos\nsystem\n(Vfalse\ntR.",
}


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED)
def test_what_was_planted_behind_a_right_digest_is_computed_again(
    planted: bytes | None, place: Path
) -> None:
    first = audited(place)
    with Kept() as kept:
        for key in [k for k in kept._keys() if k.startswith(RESULT)]:
            whole = kept.get(key)
            assert whole is not None
            kept.put(key, whole[: len(whole) // 2] if planted is None else planted)
    assert to_bytes(audited(place)) == to_bytes(first)


def test_a_pickle_in_the_place_of_a_result_is_never_read(place: Path) -> None:
    """As ``diskcache`` by itself would keep a value that is no bytes: and it would unpickle it."""
    first = audited(place)
    with Cache(str(place / "cache" / "kept")) as raw:
        for key in list(raw.iterkeys()):
            raw.set(key, Unpickled())
    assert to_bytes(audited(place)) == to_bytes(first)
    assert Unpickled.made == []


class Unpickled:
    """Notes that it was unpickled."""

    made: ClassVar[list[int]] = []

    def __reduce__(self) -> tuple[object, tuple[int]]:
        return Unpickled.made.append, (1,)


def test_results_of_one_pair_never_answer_for_another(place: Path) -> None:
    far = make_repo(place / "far", seed=9)
    own = audited(place)
    other = pipeline.run(Request.of(str(far), against=[str(place / "base")]))
    assert own.comparisons != other.comparisons
    assert to_bytes(audited(place)) == to_bytes(own)
    again = pipeline.run(Request.of(str(far), against=[str(place / "base")]))
    assert to_bytes(again) == to_bytes(other)


def test_nothing_is_kept_where_the_limit_is_nothing(
    place: Path, comparisons: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUDIT_CACHE_LIMIT", "0")
    assert to_bytes(audited(place)) == to_bytes(audited(place))
    assert comparisons == ["compared", "compared"]
    assert not (place / "cache").exists()


def _run(place: str, cache: str, out: str) -> None:
    os.environ["AUDIT_CACHE_DIR"] = cache
    Path(out).write_bytes(to_bytes(audited(Path(place))))


def test_two_at_once_and_one_that_is_killed_give_the_same_record(place: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    names = [str(place / f"{n}.json") for n in range(3)]
    runs = [spawn.Process(target=_run, args=(str(place), str(place / "cache"), n)) for n in names]
    for run in runs:
        run.start()
    killed = runs[2]
    deadline = time.monotonic() + 60
    while not (place / "cache" / "kept").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(int(killed.pid or 0), signal.SIGKILL)
    for run in runs:
        run.join()
    assert [run.exitcode for run in runs[:2]] == [0, 0]
    expected = to_bytes(audited(place))
    assert [Path(n).read_bytes() for n in names[:2]] == [expected, expected]
    with Kept() as kept:
        assert kept.verify()[1] == 0
