# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A scanner process that dies, hangs or talks is survived, and said."""

import time
from pathlib import Path

import pytest

from audit.errors import ScanError
from audit.licenses.detected.scanner import DIED, GIVEN_UP, SLOW, Scanner
from audit.record.absent import Absent

READY = """\
import json, sys, time, os
print(json.dumps({'ready': True}), flush=True)
def reply(text, late=False):
    return {'detections': [], 'copyrights': [[1, text, '']], 'unexplained': [], 'late': late}
"""
ECHO = (
    "for line in sys.stdin:\n"
    "    request = json.loads(line)\n"
    "    {body}\n"
    "    print(json.dumps(reply(request['text'])), flush=True)\n"
)


def worker(folder: Path, body: str) -> Path:
    path = folder / "worker.py"
    path.write_text(READY + ECHO.format(body=body))
    return path


def ask(scanner: Scanner, text: str) -> object:
    reply = scanner.scan(text, legal=False, copyrights=False)
    return reply.reason if isinstance(reply, Absent) else reply.copyrights[0][1]


def test_it_answers_and_is_started_once(tmp_path: Path) -> None:
    log = tmp_path / "starts"
    path = worker(tmp_path, "pass")
    path.write_text(f"open({str(log)!r}, 'a').write('x')\n" + path.read_text())
    with Scanner(path) as scanner:
        assert not log.exists(), "nothing is started before the first request"
        assert [ask(scanner, t) for t in ("a", "b\n", "é")] == ["a", "b\n", "é"]
    assert log.read_text() == "x"


def test_a_file_that_kills_it_is_given_up_and_the_next_is_scanned(tmp_path: Path) -> None:
    path = worker(tmp_path, "request['text'] == 'bomb' and os._exit(1)")
    with Scanner(path) as scanner:
        assert [ask(scanner, t) for t in ("a", "bomb", "b")] == ["a", DIED, "b"]


def test_a_file_that_kills_it_once_is_scanned_the_second_time(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    path = worker(
        tmp_path, f"os.path.exists({str(mark)!r}) or (open({str(mark)!r}, 'w'), os._exit(1))"
    )
    with Scanner(path) as scanner:
        assert ask(scanner, "a") == "a"


def test_a_file_that_hangs_it_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audit.licenses.detected.scanner._SECONDS_OF_GRACE", 0.2)
    path = worker(tmp_path, "request['text'] == 'slow' and time.sleep(900)")
    started = time.monotonic()
    with Scanner(path, seconds=0.1) as scanner:
        assert [ask(scanner, t) for t in ("slow", "b")] == [SLOW, "b"]
    assert time.monotonic() - started < 300


def test_what_it_still_loads_is_not_the_files_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audit.licenses.detected.scanner._SECONDS_OF_GRACE", 2.0)
    body = "print(json.dumps({'ready': True}), flush=True); time.sleep(4)"
    with Scanner(worker(tmp_path, body), seconds=0.1) as scanner:
        assert ask(scanner, "a") == "a"


def test_partial_results_are_not_results(tmp_path: Path) -> None:
    path = tmp_path / "worker.py"
    path.write_text(READY + "input()\nprint(json.dumps(reply('', late=True)), flush=True)\n")
    with Scanner(path) as scanner:
        assert ask(scanner, "a") == SLOW


def test_one_that_ended_while_idle_is_started_again(tmp_path: Path) -> None:
    path = tmp_path / "worker.py"
    path.write_text(READY + "input()\nprint(json.dumps(reply('x')), flush=True)\n")
    with Scanner(path) as scanner:
        assert ask(scanner, "a") == "x"
        time.sleep(0.3)
        assert ask(scanner, "b") == "x"


def test_one_that_does_not_start_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "worker.py"
    path.write_text("raise ImportError\n")
    with Scanner(path) as scanner, pytest.raises(ScanError):
        ask(scanner, "a")


def test_one_that_dies_while_it_starts_is_started_once_more(tmp_path: Path) -> None:
    path, marker = tmp_path / "worker.py", tmp_path / "tried"
    first = f"import os\nif not os.path.exists({str(marker)!r}):\n"
    first += f"    open({str(marker)!r}, 'w').close()\n    os._exit(9)\n"
    path.write_text(first + READY + ECHO.format(body="pass"))
    with Scanner(path) as scanner:
        assert ask(scanner, "a") == "a"


def test_replies_that_are_not_json_count_as_death(tmp_path: Path) -> None:
    path = tmp_path / "worker.py"
    for words in ("'hello'", "json.dumps({'late': False})", "json.dumps([1])"):
        path.write_text(READY + f"input()\nprint({words}, flush=True)\n")
        with Scanner(path) as scanner:
            assert ask(scanner, "a") == DIED


def test_the_folder_it_is_started_from_is_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile = tmp_path / "audited"
    hostile.mkdir()
    (hostile / "json.py").write_text("raise SystemExit('the audited folder was imported')\n")
    monkeypatch.chdir(hostile)
    with Scanner(worker(tmp_path, "pass")) as scanner:
        assert ask(scanner, "a") == "a"


def test_an_interrupted_reply_does_not_answer_the_next_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with Scanner(worker(tmp_path, "pass")) as scanner:
        ask(scanner, "a")
        with monkeypatch.context() as patched:
            patched.setattr("audit.licenses.detected.scanner.Scanner._read", interrupted)
            with pytest.raises(KeyboardInterrupt):
                ask(scanner, "b")
        assert ask(scanner, "c") == "c"


def test_a_folder_full_of_bombs_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audit.licenses.detected.scanner.MOST_FAILURES", 2)
    path = worker(tmp_path, "request['text'] == 'bomb' and os._exit(1)")
    with Scanner(path) as scanner:
        replies = [ask(scanner, t) for t in ("bomb", "bomb", "bomb")]
    assert replies == [DIED, DIED, GIVEN_UP]


def test_files_that_are_only_late_are_given_up_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audit.licenses.detected.scanner.MOST_FAILURES", 2)
    path = tmp_path / "worker.py"
    late = "for line in sys.stdin:\n    print(json.dumps(reply('', late=True)), flush=True)\n"
    path.write_text(READY + late)
    with Scanner(path) as scanner:
        assert [ask(scanner, text) for text in "abc"] == [SLOW, SLOW, GIVEN_UP]
