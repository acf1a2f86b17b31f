# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Texts that are too long, on one line, wrongly encoded or deadly are survived, and said."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from audit.checks import evaluate
from audit.licenses.detected import scan, worker
from audit.licenses.detected.scanner import DIED, SLOW, Scanner
from audit.record.findings import FindingStatus, Severity
from audit.record.verdict import Status
from audit.verdict import gate
from tests.unit.checks.cases import POLICY, case, findings, release

CARD = "---\nlicense: mit\n---\n# A toy\n"
MIT = (Path(__file__).parents[1] / "repos" / "clean-mit" / "repo" / "LICENSE").read_text()
GPL = "/* SPDX-License-Identifier: GPL-3.0-or-later */ "


@pytest.mark.parametrize(
    ("path", "severity"), [("big.py", Severity.LOW), ("LICENSE", Severity.HIGH)]
)
def test_a_hundred_megabytes_are_not_read_and_not_passed_over(
    tmp_path: Path, path: str, severity: Severity
) -> None:
    folder = release(tmp_path / "r", {"README.md": CARD, "LICENSE": MIT})
    with (folder / path).open("wb") as file:
        file.write(b"# SPDX-License-Identifier: GPL-3.0-or-later\n")
        file.truncate(100 * 1024 * 1024)
    subject = case(folder)
    (reason,) = [item.reason for item in subject.licenses.unscanned if item.path == path]
    assert reason.startswith("larger than")  # and was not given up after a minute
    (finding,) = findings(subject)["LIC900"]
    assert (finding.severity, finding.status) == (severity, FindingStatus.UNDETERMINED)
    assert path in finding.title


def test_a_minified_file_is_searched(tmp_path: Path) -> None:
    code = GPL + "".join(f"function f{n}(a,b){{return a+b*{n}}};" for n in range(20_000))
    folder = release(tmp_path / "r", {"README.md": CARD, "LICENSE": MIT, "all.min.js": code})
    found = findings(case(folder))
    assert [f.locations[0].line for f in found["COP005"]] == [1]
    assert "LIC900" not in found


@pytest.mark.parametrize("damage", [b"\xff\xfe\xfa", b"\xc3\x28", b"\xe2\x82", b"\xf0\x9f"])
def test_invalid_utf8_is_read_as_latin1(tmp_path: Path, damage: bytes) -> None:
    files = {"README.md": CARD, "LICENSE": MIT.encode() + b"\n# " + damage + b"\n"}
    code = {"a.py": b"# SPDX-License-Identifier: GPL-3.0-only\n# " + damage + b"\n"}
    found = findings(case(release(tmp_path / "r", {**files, **code})))
    assert "COP005" in found
    assert not {"LIC001", "LIC003", "LIC900"} & set(found)


def scanner_of(folder: Path, body: str, seconds: float) -> Scanner:
    path = folder / "worker.py"
    path.write_text(
        "import json, os, sys, time\nprint(json.dumps({'ready': True}), flush=True)\n"
        "for line in sys.stdin:\n"
        "    request = json.loads(line)\n"
        f"    if 'bomb' in request['text']:\n        {body}\n"
        "    print(json.dumps({'detections': [], 'copyrights': [], 'unexplained': [],"
        " 'late': False}), flush=True)\n"
    )
    return Scanner(path, seconds=seconds)


@pytest.mark.parametrize(
    ("body", "reason"), [("os._exit(1)", DIED), ("time.sleep(60)", SLOW)], ids=["dies", "hangs"]
)
def test_the_gate_does_not_pass_on_what_the_scanner_could_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, reason: str
) -> None:
    monkeypatch.setattr("audit.licenses.detected.scanner._SECONDS_OF_GRACE", 0.3)
    monkeypatch.setenv("AUDIT_CACHE_DIR", str(tmp_path / "cache"))
    starts: list[Callable[..., None]] = []
    start = Scanner._start
    monkeypatch.setattr(Scanner, "_start", lambda self: (starts.append(start), start(self))[1])
    with scanner_of(tmp_path, body, 0.2) as scanner:
        monkeypatch.setattr(scan, "shared_scanner", lambda: scanner)
        files = {"README.md": "# x\n", "a.py": "bomb = 1\n", "b.py": "x = 1\n"}
        subject = case(release(tmp_path / "r", dict(files)))
    assert [(u.path, u.reason) for u in subject.licenses.unscanned] == [("a.py", reason)]
    assert len(starts) == 4, "one for each file, and one restart"
    found = tuple(f for f in evaluate(subject, POLICY) if f.check == "LIC900")
    verdict = gate(found, "default", Severity.HIGH, papers_only=False)
    assert verdict.status is Status.INDETERMINATE


@pytest.mark.parametrize(
    ("legal", "text", "passes"),
    [
        (False, "x = 1\n", [False]),
        (False, "Some words of a licence that nobody knows, twice over.\n" * 3, [False]),
        (True, "MIT", [False]),
        (True, "Some words of a licence that nobody knows, twice over.\n" * 3, [False, True]),
    ],
)
def test_approximate_matching_is_for_licence_files_that_exact_leaves_unexplained(
    monkeypatch: pytest.MonkeyPatch, *, legal: bool, text: str, passes: list[bool]
) -> None:
    seen: list[bool] = []

    def detect(_text: str, _deadline: float, *, approximate: bool) -> list[object]:
        seen.append(approximate)
        return []

    waited: list[bool] = []
    monkeypatch.setattr(worker, "_detect", detect)
    monkeypatch.setattr(worker, "_is_whole", lambda: False)
    monkeypatch.setattr(worker, "_load_index", lambda *, whole: waited.append(whole))
    request = {"text": text, "legal": legal, "copyrights": False, "seconds": 5.0}
    worker.scan(request, lambda: waited.append(False))
    assert seen == passes
    assert waited == ([False, True] if True in passes else []), "told first, then loaded"


def test_loading_the_whole_index_is_not_the_files_time(monkeypatch: pytest.MonkeyPatch) -> None:
    deadlines: list[float] = []

    def detect(_text: str, deadline: float, *, approximate: bool) -> list[object]:
        deadlines.append(deadline)
        return []

    monkeypatch.setattr(worker, "_detect", detect)
    monkeypatch.setattr(worker, "_is_whole", lambda: False)
    monkeypatch.setattr(worker, "_load_index", lambda *, whole: time.sleep(0.3))
    request = {"text": "a b c d e f g h i", "legal": True, "copyrights": False, "seconds": 0.2}
    assert worker.scan(request, list)["late"] is False
    assert deadlines[1] - deadlines[0] >= 0.3


def test_each_file_has_a_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    def detect(_text: str, deadline: float, *, approximate: bool) -> list[object]:
        time.sleep(max(0.0, deadline - time.time()) + 0.01)
        return []

    monkeypatch.setattr(worker, "_detect", detect)
    request = {"text": "x", "legal": False, "copyrights": False, "seconds": 0.1}
    assert worker.scan(request, list)["late"] is True
