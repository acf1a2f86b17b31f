# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Fuzzers for the parsers of foreign bytes, for so long.

Each starts from the table of hostile cases and is guided by the lines of ``audit`` that an input
reaches (Atheris, libFuzzer). A fault is anything that a parser raises beside its typed refusals,
or an input of at most 8 kB that takes over ten CPU seconds or the process over 2 GiB.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Any

from bench.page import Section, Target, table
from bench.support import ROOT, only_ready, sources, unpacked

ENGINE, ANSWER = "atheris==3.0.0", "answer.json"
DONE = Path(__file__).parent / "baselines" / "fuzz.json"
"""What came of each parser, and the digest of the code then; without the file all start afresh."""
_LOCK = Lock()
SECONDS = 600.0 * float(os.environ.get("AUDIT_BENCH_SHARE", "1"))
"""Of the CPU, for each parser."""
SLOW, LONGEST, MIB = 10.0, 8192, 2048
PARSERS = (
    *("safetensors", "gguf", "onnx", "torch", "card", "git pack", "git object", "git tree"),
    *("README", "papers", "tokenizer.json", "notebook", "code", "licence", "json", "toml"),
    *("config.json", "index", "record", "page", "pdf", "envelope", "bundle", "npz", "hdf5"),
    *("tflite", "flax", "setup.py", "dep5", "REUSE.toml", "pyproject.toml", "openvino"),
    *("statement", "model.sig"),
)
"""Those of what a folder, a report or a signature holds, the most exposed first."""


class _Campaign:
    """Counts what it was given, and ends the process when its time is used up."""

    def __init__(self, parser: str, folder: Path) -> None:
        from tests.hostile.parsers import answer

        self.answer, self.parser, self.folder = answer, parser, folder
        self.start, self.inputs, self.slowest = time.process_time(), 0, 0.0
        self.faults: set[str] = set()

    def __call__(self, data: bytes) -> None:
        began = time.process_time()
        self.inputs += 1
        try:
            self.answer(self.parser, data)
        except Exception as error:  # noqa: BLE001 - to see any of them is what this is for
            where = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{Path(where.filename).name}:{where.lineno}"
            self._fault(f"{type(error).__name__} at {place}", data)
        now = time.process_time()
        self.slowest = max(self.slowest, now - began)
        if now - began > SLOW:
            self._fault(f"over {SLOW:.0f} CPU seconds", data)
        if now - self.start >= SECONDS:
            self._end(now - self.start)

    def _fault(self, what: str, data: bytes) -> None:
        if what not in self.faults:
            self.faults.add(what)
            (self.folder / f"fault-{len(self.faults)}").write_bytes(data)

    def _end(self, spent: float) -> None:
        faults, digest = sorted(self.faults), sources("audit")[:12]
        found = {"inputs": self.inputs, "cpu": spent, "slowest": self.slowest, "faults": faults}
        (self.folder / ANSWER).write_text(json.dumps({**found, "audit": digest}))
        # libFuzzer has no other way to be told that it is enough.
        os._exit(0)


def one(parser: str, folder: Path) -> None:
    """Fuzz one parser here; the process ends with it."""
    import atheris

    with atheris.instrument_imports(include=["audit"], enable_loader_override=False):
        campaign = _Campaign(parser, folder)
    from tests.hostile.test_fuzz import seeds

    (corpus := folder / "corpus").mkdir(exist_ok=True)
    for number, data in enumerate(seeds(parser)):
        (corpus / f"seed-{number}").write_bytes(data)
    limits = [f"-max_len={LONGEST}", f"-rss_limit_mb={MIB}", "-timeout=600"]
    atheris.Setup([__file__, str(corpus), *limits, f"-artifact_prefix={folder}/"], campaign)
    atheris.Fuzz()


def _apart(parser: str, engine: Path) -> dict[str, Any]:
    folder = Path(tempfile.mkdtemp(prefix=f"fuzz-{parser.replace(' ', '-')}-"))
    paths = os.pathsep.join((str(ROOT), str(engine)))
    done = subprocess.run(
        [sys.executable, "-m", "bench.fuzz", parser, str(folder)],
        env={**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1"},
        check=False,
        capture_output=True,
        cwd=ROOT,
    )
    if not (folder / ANSWER).exists():
        words = done.stderr.decode(errors="replace").splitlines()[-30:]
        raise SystemExit(f"{parser}: ended early, see {folder}\n" + "\n".join(words))
    found: dict[str, Any] = json.loads((folder / ANSWER).read_text())
    with _LOCK:  # a campaign of hours may be ended, and gone on with
        DONE.write_text(json.dumps({**_done(), parser: found}, indent=1, sort_keys=True) + "\n")
    print(parser, found, file=sys.stderr, flush=True)
    return found


def _done() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(DONE.read_text()) if DONE.exists() else {}
    return found


def section() -> Section:
    """Fuzz what ``DONE`` has not, two at a time; `AUDIT_BENCH_READY` shows what it has."""
    left = [p for p in PARSERS if p not in _done() and not only_ready()]
    if left:
        engine = unpacked(ENGINE)
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda parser: _apart(parser, engine), left))
    came = _done()
    rows: list[tuple[object, ...]] = [
        (name, f"{c['inputs']:,}", f"{c['cpu']:.0f}", f"{c['slowest']:.2f}",
         "; ".join(c["faults"]) or "none", c["audit"])
        for name, c in came.items()
    ]  # fmt: skip
    wrong = sum(1 for c in came.values() if c["faults"])
    text = "\n\n".join(
        [
            (__doc__ or "").split("\n", 2)[2].strip(),
            f"Fuzzed so far: {len(came)} of {len(PARSERS)}, each once.",
            table(("parser", "inputs", "CPU s", "slowest, s", "faults", "digest of `audit`"), rows),
        ]
    )
    wanted = "at least 20 parsers fuzzed for ten CPU minutes each: no fault"
    measured = f"{len(came)} parsers, {wrong} with faults"
    return Section(
        title="Fuzzed parsers",
        text=text,
        targets=(Target(wanted=wanted, measured=measured, reached=len(came) >= 20 and not wrong),),
    )


if __name__ == "__main__":
    one(sys.argv[1], Path(sys.argv[2]))
