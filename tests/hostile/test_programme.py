# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The whole programme on hostile folders: exit codes, reasons, and that the rest is audited."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from safetensors.numpy import save

from audit.budgets import ALL, Budget
from audit.errors import ExitCode
from audit.record.document import AuditRecord, record_from_bytes
from audit.record.files import Artifact, Kind
from audit.record.said import Said
from audit.record.weights import Relation
from audit.sources.names import resolve
from tests.bad_input.test_refusals import INTERRUPTED, heeding_interruptions
from tests.hostile.cases import GOOD_GGUF, GOOD_SAFETENSORS
from tests.hostile.parsers import inventory_of
from tests.tiny_repo import digest_of, make_repo, one_line, run_audit, tensors
from tests.unit.licenses.test_history import needs_git, tagged

pytestmark = [pytest.mark.usefixtures("quick_pdf", "no_scanner", "alarm"), pytest.mark.sampled(4)]


@pytest.fixture
def quick_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.tiny_repo import minimal_pdf

    monkeypatch.setattr("audit.report.formats.pdf.render_pdf", lambda *_, **__: minimal_pdf())


@pytest.fixture
def no_scanner(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scanner has tests of its own, and takes ten seconds to start."""
    monkeypatch.setattr("audit.licenses.detected.scan.scancode_version", lambda: None)


@pytest.fixture
def alarm() -> Iterator[None]:
    """End a test that hangs: no test here may."""

    def hung(*_: object) -> None:
        raise TimeoutError("it hangs")

    before = signal.signal(signal.SIGALRM, hung)
    signal.alarm(120)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def audited(folder: Path, out: Path, *more: object) -> tuple[int, AuditRecord]:
    result = run_audit("model-repo", folder, "--out", out, "--quiet", *more)
    assert result.exit_code in (0, 1, 3), result.output
    assert result.stderr == ""
    return result.exit_code, record_from_bytes((out / "record.json").read_bytes(), where="x")


def findings(record: AuditRecord) -> dict[str, str]:
    return {found.check: found.severity.value for found in record.findings}


SMALL = {
    "setup.py": b"x" + b".y" * 2500 + b"()\nsetup(license='\\ud800')\n",
    "pyproject.toml": b"x = " + b"9" * 5000,
    "REUSE.toml": b"a." * 40_000 + b"a = 1",
    "setup.cfg": b"license",
    ".reuse/dep5": b"a" * 100_000,
    "vocab.json": b'{"a": ' + b"9" * 5000 + b"}",
    "tokenizer.json": b"[" * 50_000,
    "tokenizer_config.json": b'{"added_tokens_decoder": {"' + b"9" * 5000 + b'": {}}}',
    "added_tokens.json": b'{"\\ud800": 1}',
    "note.ipynb": b'{"cells": [{"source": "# Copyright \\ud800 X"}]}',
    "adapter_config.json": b'{"\\ud800": 1}',
    "evil.py": b"# coding: punycode\n" + b"a" * 100_000,
    "deep.py": b"(" * 20_000,
    "half.onnx": b"\xff" * 100,
    "half.gguf": GOOD_GGUF[:50],
    "half.safetensors": GOOD_SAFETENSORS[:50],
    "x.safetensors.index.json": b'{"weight_map": 1}',
    ".git/HEAD": b"ref: refs/../../../../etc/hostname",
    ".git/packed-refs": b"\xff",
}


def test_all_of_it_at_once_and_the_rest_is_audited(tmp_path: Path) -> None:
    folder = make_repo(tmp_path / "model")
    for name, data in SMALL.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    before = digest_of(folder)
    _, record = audited(folder, tmp_path / "out", "--against", make_repo(tmp_path / "b", seed=1))
    assert digest_of(folder) == before
    assert record.subject.parameters > 0
    unread = {item.path for item in record.subject.unread}
    assert {"half.onnx", "half.gguf", "half.safetensors", "adapter_config.json"} <= unread
    gaps = {item.path: item.reason for item in record.licenses.unscanned}
    assert "number of more than" in gaps["pyproject.toml"]
    assert "key of more than" in gaps["REUSE.toml"]
    assert "MissingSectionHeaderError" in gaps["setup.cfg"]
    assert any(claim.path == "README.md" for claim in record.licenses.claims)


@pytest.mark.parametrize("name", sorted(SMALL))
def test_each_alone_stops_nothing(tmp_path: Path, name: str) -> None:
    folder = make_repo(tmp_path / "model")
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(SMALL[name])
    result = run_audit("licenses", folder, "--json", "--quiet")
    assert result.exit_code in (0, 1, 3), result.output
    assert json.loads(result.stdout)


# F2: nothing hangs


@needs_git
@pytest.mark.parametrize("suffix", [".idx", ".pack"])
def test_a_named_pipe_in_the_history_hangs_nothing(tmp_path: Path, suffix: str) -> None:
    folder = tagged(tmp_path / "model", packed=True)
    pack = next((folder / ".git" / "objects" / "pack").glob(f"*{suffix}"))
    pack.unlink()
    os.mkfifo(pack)
    for command in ("licenses", "notice"):
        assert run_audit(command, folder, "--quiet").exit_code in (0, 1, 3)


@pytest.mark.parametrize("option", ["--waivers", "--policy", "--key"])
def test_a_named_pipe_as_an_option_is_refused(tmp_path: Path, option: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    folder = make_repo(tmp_path / "model")
    result = run_audit("model-repo", folder, "--out", tmp_path / "o", option, tmp_path / "pipe")
    assert result.exit_code == ExitCode.USAGE
    one_line(result)


@pytest.mark.parametrize("read", ["content", "opened"])
def test_a_file_that_became_a_pipe_or_another_is_refused(tmp_path: Path, read: str) -> None:
    source = resolve(str(make_repo(tmp_path / "model")))
    entry = next(e for e in source.listing().entries if e.path == "README.md")
    path = tmp_path / "model" / "README.md"
    for change in (as_pipe, as_other, as_link, as_longer):
        shutil.copy(tmp_path / "model" / "LICENSE", path.with_name("kept"))
        change(path)
        with pytest.raises(Exception, match=r"chang|pipe|link") as caught:
            source.content(entry, 1 << 20) if read == "content" else source.opened(entry)
        assert type(caught.value).__name__ in ("ChangedError", "NotReadableError")
        path.unlink()


def as_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def as_other(path: Path) -> None:
    path.write_bytes(b"x")


def as_link(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to("LICENSE")


def as_longer(path: Path) -> None:
    path.write_bytes(b"x" * 100_000)


# F1: what is compared is what was hashed


@pytest.mark.parametrize("moment", ["rename", "write", "link", "truncate"])
def test_weights_that_were_swapped_are_never_reported(
    tmp_path: Path, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The swap is made after the digests and before a value is compared."""
    from audit import bases

    folder = make_repo(tmp_path / "model")
    reference = make_repo(tmp_path / "reference")
    other = make_repo(tmp_path / "other", seed=5) / "model.safetensors"
    weights = folder / "model.safetensors"
    swap: dict[str, Callable[[], object]] = {
        "rename": lambda: other.replace(weights),
        "write": lambda: weights.write_bytes(other.read_bytes()),
        "link": lambda: (weights.unlink(), weights.symlink_to(other)),
        "truncate": lambda: os.truncate(weights, weights.stat().st_size - 4),
    }
    found = bases.find_references

    def after(*arguments: object) -> object:
        swap[moment]()
        return found(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(bases, "find_references", after)
    out = tmp_path / "out"
    result = run_audit("model-repo", folder, "--against", reference, "--out", out, "--quiet")
    assert result.exit_code == ExitCode.ERROR, result.output
    assert not out.exists()
    one_line(result)


def test_weights_that_were_swapped_before_their_header_was_read_are_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between its digest and its header a file can still be left out; nothing is said of it."""
    from audit.inventory import take

    folder = make_repo(tmp_path / "model")
    reference = make_repo(tmp_path / "reference")
    other = make_repo(tmp_path / "other", seed=5) / "model.safetensors"
    digested = take.settle

    def after(artifacts: tuple[Artifact, ...]) -> tuple[Artifact, ...]:
        if other.exists():
            other.replace(folder / "model.safetensors")
        return digested(artifacts)

    monkeypatch.setattr(take, "settle", after)
    code, record = audited(folder, tmp_path / "out", "--against", reference)
    assert code == ExitCode.INDETERMINATE
    (unread,) = record.subject.unread
    assert (unread.path, unread.reason) == ("model.safetensors", "changed while it was being read")
    assert [found.relation for found in record.comparisons] == [Relation.INCONCLUSIVE]


# F8: weights under any name


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("blob.dat", GOOD_SAFETENSORS, Kind.WEIGHTS),
        ("blob", GOOD_SAFETENSORS, Kind.WEIGHTS),
        ("photo.png", GOOD_SAFETENSORS, Kind.WEIGHTS),
        ("notes.md", GOOD_SAFETENSORS, Kind.WEIGHTS),
        ("config.json", GOOD_SAFETENSORS, Kind.WEIGHTS),
        ("a/b/.hidden", GOOD_GGUF, Kind.WEIGHTS),
        ("LICENSE", GOOD_GGUF, Kind.WEIGHTS),
        ("data.dat", b"\x80\x04\x95" + b"\0" * 40, Kind.PICKLE),
        ("old.dat", b"\x89HDF\r\n\x1a\n" + b"\0" * 40, Kind.WEIGHTS),
    ],
)
def test_weights_are_known_by_their_content(name: str, data: bytes, kind: Kind) -> None:
    assert {a.path: a.kind for a in inventory_of({name: data}).artifacts}[name] is kind


def test_torch_archives_are_known_by_their_content(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x", "w") as archive:
        archive.writestr("archive/data.pkl", b"\x80\x02}q\0.")
    found = inventory_of({"blob.dat": (tmp_path / "x").read_bytes()})
    assert found.artifacts[0].kind is Kind.PICKLE


def test_text_that_begins_with_a_length_is_no_weights() -> None:
    for data in (b"{}" * 600, b"\x10\0\0\0\0\0\0\0plain text", b"a" * 2000, b""):
        found = inventory_of({"a.txt": data}).artifacts[0]
        assert found.kind is Kind.DOCUMENT


def test_the_references_weights_under_another_name_never_pass(tmp_path: Path) -> None:
    reference = make_repo(tmp_path / "reference", seed=1)
    folder = make_repo(tmp_path / "model")
    (folder / "blob.dat").write_bytes(save(tensors(1)))
    code, record = audited(folder, tmp_path / "out", "--against", reference)
    assert code != ExitCode.PASS
    assert findings(record)["INV002"] == "high"


@pytest.mark.parametrize(
    ("name", "size", "found"),
    [("a.dat", 17 << 20, True), ("a.dat", 15 << 20, False), ("a.zip", 2 << 20, True),
     ("a.tar.gz", 2 << 20, True), ("a.md", 17 << 20, True), ("vocab.txt", 17 << 20, False),
     ("vocab.txt", 65 << 20, True)],
)  # fmt: skip
def test_large_unknown_files_are_named(
    tmp_path: Path, name: str, size: int, *, found: bool
) -> None:
    folder = make_repo(tmp_path / "model")
    (folder / name).touch()
    os.truncate(folder / name, size)
    result = run_audit("licenses", folder, "--json", "--quiet")
    assert result.exit_code in (0, 1, 3)
    _, record = audited(folder, tmp_path / "out")
    assert findings(record).get("INV002") == ("medium" if found else None)


@pytest.mark.parametrize(
    ("path", "said"),
    [("sub/.git/model.safetensors", "sub/.git"), (".git/model.gguf", ".git/model.gguf"),
     (".git/weights/a.gguf", ".git/weights"), ("a/b/.git/x", "a/b/.git")],
)  # fmt: skip
def test_what_hides_in_a_folder_of_git_is_named(tmp_path: Path, path: str, said: str) -> None:
    folder = make_repo(tmp_path / "model")
    (folder / path).parent.mkdir(parents=True)
    (folder / path).write_bytes(GOOD_SAFETENSORS)
    found = {item.path for item in resolve(str(folder)).listing().unread}
    assert found == {said}


def test_a_large_file_called_git_is_listed_and_a_pointer_is_not(tmp_path: Path) -> None:
    (tmp_path / "model" / "sub").mkdir(parents=True)
    (tmp_path / "model" / ".git").write_bytes(b"gitdir: elsewhere\n")
    (tmp_path / "model" / "sub" / ".git").write_bytes(GOOD_SAFETENSORS + b"\0" * 5000)
    listed = resolve(str(tmp_path / "model")).listing().entries
    assert [entry.path for entry in listed] == ["sub/.git"]


@needs_git
def test_the_page_says_that_a_history_is_not_audited(tmp_path: Path) -> None:
    _, record = audited(tagged(tmp_path / "model"), tmp_path / "out")
    assert any(".git" in statement for statement in record.coverage.statements)


# F9: nothing outside


@pytest.mark.parametrize("part", ["refs", "refs/heads", "HEAD"])
def test_no_link_leads_out_of_the_history(tmp_path: Path, part: str) -> None:
    other = tmp_path / "other"
    (other / "refs" / "heads").mkdir(parents=True)
    (other / "heads").mkdir()
    for path in ("refs/heads/main", "heads/main", "main", "HEAD"):
        (other / path).write_text("ab" * 20)
    folder = make_repo(tmp_path / "model")
    git = folder / ".git"
    (git / part).parent.mkdir(parents=True)
    if part != "HEAD":
        (git / "HEAD").write_text("ref: refs/heads/main")
    target = {"refs": other / "refs", "refs/heads": other / "heads", "HEAD": other / "HEAD"}[part]
    (git / part).symlink_to(target)
    from audit.inventory import take_inventory

    assert take_inventory(resolve(str(folder))).revision is None


# F4: what many files cost together


@pytest.mark.parametrize(
    ("place", "budget"),
    [
        ("audit.licenses.detected.scan", "LICENCE_TEXT"),
        ("audit.inventory.take", "TENSORS"),
        ("audit.code.evidence", "CODE_TEXT"),
    ],
)
def test_a_budget_that_is_used_up_is_told_and_never_clean(
    tmp_path: Path, place: str, budget: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = Budget(1, Said("bytes of text searched for licences"))
    monkeypatch.setattr(f"{place}.{budget}", small)
    monkeypatch.setattr("audit.budgets.ALL", (*ALL, small))
    folder = make_repo(tmp_path / "model")
    # What was kept of one budget would answer for another.
    (folder / "code.py").write_text(f"{budget} = 1\n" * 100)
    code, record = audited(folder, tmp_path / "out")
    assert code != ExitCode.PASS or budget == "CODE_TEXT"
    told = [s for s in record.coverage.statements if "budget was used up" in s]
    assert told
    assert "undecided" in told[0]


@needs_git
def test_the_history_has_a_budget(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audit.licenses.git_objects.HISTORY", Budget(100, ALL[3].of))
    monkeypatch.setattr("audit.budgets.ALL", (*ALL, Budget(100, ALL[3].of)))
    _, record = audited(tagged(tmp_path / "model"), tmp_path / "out")
    assert record.licenses.history.reason is not None
    assert "budget was used up" in record.licenses.history.reason
    assert any("budget was used up" in s for s in record.coverage.statements)


def test_every_budget_is_listed_once() -> None:
    assert len({budget.reason for budget in ALL}) == len(ALL)
    assert all(budget.most > 0 for budget in ALL)


# F7: closed streams change nothing


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_a_closed_stream_changes_no_exit_code(tmp_path: Path, closed: str) -> None:
    python = f'"{sys.executable}" -m audit'
    for command, code in (("rules list", 0), (f"verify {tmp_path}/none", 2)):
        done = subprocess.run(
            ["sh", "-c", f"{python} {command} {closed}"],
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == code, done
        assert "Traceback" not in done.stdout + done.stderr
        assert "internal error" not in done.stdout + done.stderr


# F10: what killed runs leave, configurations, verification


def test_what_killed_runs_left_is_named_and_removed_after_a_day(tmp_path: Path) -> None:
    old, young = tmp_path / ".audit-staging-aaaaaaaa", tmp_path / ".audit-staging-bbbbbbbb"
    other = tmp_path / ".audit-staging-notours"
    for path in (old, young, other):
        path.mkdir()
        (path / "record.json").touch()
    linked = tmp_path / ".audit-staging-cccccccc"
    linked.symlink_to(other)
    long_ago = time.time() - 2 * 24 * 60 * 60
    for path in (old, other):
        os.utime(path, (long_ago, long_ago))
    folder = make_repo(tmp_path / "model")
    result = run_audit("model-repo", folder, "--out", tmp_path / "out", "--quiet")
    assert f"{old.name} beside the result; it was removed" in result.stderr
    assert f"{young.name} beside the result; it is younger than a day" in result.stderr
    assert not old.exists()
    assert young.exists()
    assert (other / "record.json").exists()
    assert linked.is_symlink()
    assert other.name not in result.stderr


def test_a_declared_neighbour_is_read_only_when_the_page_says_which(tmp_path: Path) -> None:
    card = "---\nlicense: mit\nbase_model: owner/neighbour\n---\n# T\n"
    make_repo(tmp_path / "neighbour", seed=1)
    make_repo(tmp_path / "other", seed=2)
    _, record = audited(make_repo(tmp_path / "model", card=card), tmp_path / "out")
    assert [(item.name, item.origin) for item in record.references] == [("neighbour", "declared")]
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "Folder found beside the audited one, by the name that the card declares." in page


def test_names_that_are_no_text_are_answered_in_json(tmp_path: Path) -> None:
    folder = tmp_path / "report"
    folder.mkdir()
    with open(os.fsencode(folder) + b"/report.\xff.html", "wb") as file:  # noqa: PTH123
        file.write(b"x")
    with open(os.fsencode(folder) + b"/\xff", "wb") as file:  # noqa: PTH123
        file.write(b"x")
    result = run_audit("verify", folder, "--json")
    assert result.exit_code == ExitCode.FAIL, result.output
    assert json.loads(result.stdout)["signer_known"] is False


def test_many_large_files_are_not_all_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "report"
    folder.mkdir()
    for i in range(20):
        (folder / f"report.{i:02}.html").touch()
        os.truncate(folder / f"report.{i:02}.html", 100_000)
    monkeypatch.setattr("audit.verification.verify.REPORT", Budget(250_000, Said("bytes")))
    result = run_audit("verify", folder, "--json")
    assert result.exit_code == ExitCode.FAIL
    assert result.stdout.count("report.19.html was not read: the budget was used up") >= 1
    assert "report.00.html was not read" not in result.stdout


@pytest.mark.parametrize(
    "edit",
    [
        ('"schema_version":2', '"schema_version":1e400'),
        ("[", "[NaN,"),
        ('"audit"', '"\\ud800"'),
        ("{", '{"x":' + "9" * 400 + ","),
    ],
)
def test_a_record_of_impossible_values_is_refused(tmp_path: Path, edit: tuple[str, str]) -> None:
    folder = make_repo(tmp_path / "model")
    audited(folder, tmp_path / "out")
    text = (tmp_path / "out" / "record.json").read_text(encoding="utf-8")
    path = tmp_path / "record.json"
    path.write_text(text.replace(*edit, 1) if edit[0] in text else "{}", encoding="utf-8")
    result = run_audit("report", path, "--out", tmp_path / "again")
    assert result.exit_code == ExitCode.USAGE, result.output
    one_line(result)


@pytest.mark.parametrize("change", [1e308, -1e308, 2**60, 1e-320])
def test_a_record_of_numbers_beyond_measure_is_shown_or_refused(
    tmp_path: Path, change: float
) -> None:
    folder = make_repo(tmp_path / "model")
    audited(folder, tmp_path / "out", "--against", make_repo(tmp_path / "b", seed=1))
    fields = json.loads((tmp_path / "out" / "record.json").read_bytes())
    fields["comparisons"][0]["log10_p"] = change
    fields["subject"]["parameters"] = change
    (tmp_path / "record.json").write_text(json.dumps(fields))
    result = run_audit("report", tmp_path / "record.json", "--out", tmp_path / "again")
    assert result.exit_code == ExitCode.USAGE, result.output
    one_line(result)


SLOW_DISK = """
import os, sys, time
read = os.preadv
def slowly(*what):
    time.sleep(0.2)
    return read(*what)
os.preadv = slowly
from audit.__main__ import main
main()
"""


@pytest.mark.parametrize("attempt", range(3))
def test_a_slow_disk_shows_what_is_done_and_lets_go_at_once(tmp_path: Path, attempt: int) -> None:
    """Each read takes 0.2 s, so that the folder would take minutes; half were lost once."""
    del attempt
    folder = make_repo(tmp_path / "model")
    with (folder / "blob.bin").open("wb") as file:
        file.truncate(2 << 30)
    command = [sys.executable, "-c", SLOW_DISK, "model-repo", str(folder)]
    with heeding_interruptions():
        child = subprocess.Popen(
            [*command, "--out", str(tmp_path / "out")],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
    assert child.stderr is not None
    assert "Hashing files" in child.stderr.readline()
    os.killpg(child.pid, signal.SIGINT)  # while the line is being written: to whichever thread
    try:
        _, err = child.communicate(timeout=10)
    finally:
        child.kill()
    assert child.returncode in INTERRUPTED
    assert err == "audit: Interrupted. Nothing half-written was left behind.\n"
    assert not (tmp_path / "out").exists()
