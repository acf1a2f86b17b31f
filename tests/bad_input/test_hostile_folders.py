# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Folders that are broken or hostile: typed reasons, the right exit code, an honest report.

Each case states what the audit must answer before it is run. ``unread`` is a path that
the record must list with a reason; ``exit`` the codes that are honest.
"""

import json
import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from audit.errors import ExitCode
from audit.record.document import AuditRecord, record_from_bytes
from audit.record.weights import Relation
from tests.tiny_repo import digest_of, make_repo, run_audit, tensors

pytestmark = [pytest.mark.usefixtures("quick_pdf"), pytest.mark.sampled(4)]

UNDECIDED = frozenset({ExitCode.INDETERMINATE})
GOES_ON = frozenset({ExitCode.PASS, ExitCode.INDETERMINATE})
STOPPED = frozenset({ExitCode.FAIL, ExitCode.INDETERMINATE})
WEIGHTS = "model.safetensors"


@dataclass(frozen=True)
class Case:
    """A way to break a clean release, and what must come of it."""

    name: str
    break_it: Callable[[Path], object]
    exit: frozenset[ExitCode]
    unread: str | None = None
    relation: Relation | None = None


def header(folder: Path, fields: object, data: bytes = b"\0" * 64, size: int | None = None) -> None:
    text = json.dumps(fields).encode()
    length = len(text) if size is None else size
    (folder / WEIGHTS).write_bytes(struct.pack("<Q", length) + text + data)


def tensor(start: int, end: int, shape: list[int], dtype: str = "F32") -> dict[str, object]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [start, end]}


def truncate(folder: Path) -> None:
    whole = (folder / WEIGHTS).read_bytes()
    (folder / WEIGHTS).write_bytes(whole[: len(whole) // 2])


def filled(value: float) -> Callable[[Path], None]:
    def fill(folder: Path) -> None:
        save_file({n: np.full_like(t, value) for n, t in tensors(0).items()}, folder / WEIGHTS)

    return fill


def one_bad_value(folder: Path) -> None:
    weights = tensors(0)
    weights["model.layers.0.mlp.up_proj.weight"][0, 0] = np.nan
    save_file(weights, folder / WEIGHTS)


def pickle_only(folder: Path) -> None:
    """Leave a pickle that makes the folder ``sprung`` when it is loaded."""
    (folder / WEIGHTS).unlink()
    trap = f"cos\nmkdir\n(S'{folder / 'sprung'}'\ntR."
    (folder / "pytorch_model.bin").write_bytes(trap.encode())


def license_folder(folder: Path) -> None:
    (folder / "LICENSE").unlink()
    (folder / "LICENSE").mkdir()


def overlapping(folder: Path) -> None:
    header(folder, {"a": tensor(0, 64, [16]), "b": tensor(32, 64, [8])})


def replaced(name: str, content: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(content)


CASES = (
    Case(
        "no weights",
        lambda f: (f / WEIGHTS).unlink(),
        UNDECIDED,
        relation=Relation.INCONCLUSIVE,
    ),
    Case("no config", lambda f: (f / "config.json").unlink(), GOES_ON),
    Case("config is not JSON", replaced("config.json", b"{"), GOES_ON, unread="config.json"),
    Case("config is deep", replaced("config.json", b"[" * 100_000), GOES_ON, unread="config.json"),
    Case("config is a list", replaced("config.json", b"[1]"), GOES_ON, unread="config.json"),
    Case("config lies", replaced("config.json", b'{"model_type": ["llama"]}'), GOES_ON),
    Case("weights are empty", replaced(WEIGHTS, b""), UNDECIDED, WEIGHTS, Relation.INCONCLUSIVE),
    Case("weights are cut off", truncate, UNDECIDED, WEIGHTS, Relation.INCONCLUSIVE),
    Case(
        "header larger than the file",
        lambda f: header(f, {}, size=1 << 20),
        UNDECIDED,
        WEIGHTS,
        Relation.INCONCLUSIVE,
    ),
    Case(
        "absurd header size",
        lambda f: header(f, {}, size=(1 << 63) + 1),
        UNDECIDED,
        WEIGHTS,
        Relation.INCONCLUSIVE,
    ),
    Case(
        "header is not JSON",
        replaced(WEIGHTS, struct.pack("<Q", 4) + b"\xff\xfe{}"),
        UNDECIDED,
        WEIGHTS,
        Relation.INCONCLUSIVE,
    ),
    Case("overlapping offsets", overlapping, UNDECIDED, WEIGHTS, Relation.INCONCLUSIVE),
    Case(
        "offsets beyond the file",
        lambda f: header(f, {"a": tensor(0, 1 << 40, [1 << 38])}),
        UNDECIDED,
        WEIGHTS,
        Relation.INCONCLUSIVE,
    ),
    Case(
        "shape that does not fit its bytes",
        lambda f: header(f, {"a": tensor(0, 64, [1 << 62, 1 << 62])}),
        UNDECIDED,
        WEIGHTS,
        Relation.INCONCLUSIVE,
    ),
    Case("weights are NaN", filled(float("nan")), UNDECIDED, relation=Relation.INCONCLUSIVE),
    Case("weights are infinite", filled(float("inf")), UNDECIDED, relation=Relation.INCONCLUSIVE),
    Case("weights are zero", filled(0.0), UNDECIDED, relation=Relation.INCONCLUSIVE),
    Case("one weight is NaN", one_bad_value, GOES_ON),
    Case("a pickle and no other weights", pickle_only, STOPPED, relation=Relation.INCONCLUSIVE),
    Case(
        "front matter is not YAML",
        replaced("README.md", b"---\nlicense: [mit\n: :\n---\n# Tiny\n"),
        frozenset({ExitCode.PASS, ExitCode.FAIL, ExitCode.INDETERMINATE}),
    ),
    Case("card is not UTF-8", replaced("README.md", b"# Tiny \xff\xfe\n"), GOES_ON | STOPPED),
    Case("code is not UTF-8", replaced("model.py", b"# caf\xe9 \xff\nx = 1\n"), GOES_ON),
    Case("LICENSE is a folder", license_folder, GOES_ON | STOPPED, unread="LICENSE"),
    Case("a link out", lambda f: (f / "out.py").symlink_to("/etc/hostname"), GOES_ON, "out.py"),
    Case("a link to itself", lambda f: (f / "me.py").symlink_to("me.py"), GOES_ON, "me.py"),
    Case("a named pipe", lambda f: os.mkfifo(f / "pipe"), GOES_ON, "pipe"),
    Case("a name with a newline", replaced("a\nb\x1b[31m.py", b"x = 1\n"), GOES_ON),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_audit_goes_on_and_says_what_it_could_not_read(case: Case, tmp_path: Path) -> None:
    reference = make_repo(tmp_path / "reference", seed=1)
    folder = make_repo(tmp_path / "model")
    case.break_it(folder)
    before = digest_of(folder)

    result = run_audit(
        "model-repo", folder, "--against", reference, "--out", tmp_path / "out", "--quiet"
    )

    assert result.exit_code in case.exit, result.output
    assert result.stderr == ""
    assert digest_of(folder) == before
    assert not (folder / "sprung").exists()
    record = record_from_bytes((tmp_path / "out" / "record.json").read_bytes(), where="x")
    assert record.verdict.status.exit_code == result.exit_code
    assert not record.comparisons[0].relation.is_lineage
    if case.unread is not None:
        assert case.unread in reasons(record)
    if case.relation is not None:
        assert record.comparisons[0].relation is case.relation


def reasons(record: AuditRecord) -> dict[str, str]:
    found = {item.path: item.reason for item in record.subject.unread}
    assert all(reason and "\n" not in reason for reason in found.values())
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_broken_reference_is_never_a_match(case: Case, tmp_path: Path) -> None:
    folder = make_repo(tmp_path / "reference")
    case.break_it(folder)
    subject = make_repo(tmp_path / "model", seed=1)
    result = run_audit("compare", subject, folder, "--json", "--quiet", "--fail-on", "derived")
    assert result.exit_code in GOES_ON, result.output
    assert result.stderr == ""
    relation = json.loads(result.stdout)["relation"]
    assert relation in {"inconclusive", "no-shared-weights"}
    if case.relation is not None:
        assert relation == case.relation


def test_an_unreadable_file_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_repo(tmp_path / "model")
    (folder / "secret.py").write_text("x = 1\n")
    opened = os.open

    def refuse(path: object, *rest: object, **named: object) -> int:
        if str(path).endswith("secret.py"):
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", refuse)
    result = run_audit("model-repo", folder, "--out", tmp_path / "out", "--quiet")
    assert result.exit_code in GOES_ON, result.output
    record = record_from_bytes((tmp_path / "out" / "record.json").read_bytes(), where="x")
    assert "secret.py" in reasons(record)
    assert record.coverage.files == record.coverage.files_read + 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_really_unreadable_folder(tmp_path: Path) -> None:
    folder = make_repo(tmp_path / "model")
    (folder / "private").mkdir(mode=0o000)
    result = run_audit("model-repo", folder, "--out", tmp_path / "out", "--quiet")
    (folder / "private").chmod(0o700)
    assert result.exit_code in GOES_ON, result.output
