# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Cisco's Model Provenance Kit 1.0.0, in an environment of its own.

Source: the PyPI package ``cisco-ai-provenance-kit`` (Apache-2.0). It asks for Python 3.12 or
later; where there is none it is installed with ``--ignore-requires-python``, under which it
gives the same scores. The tool's own pipeline score is taken, and its own cut of 0.75.
"""

import json
import subprocess
import sys
import sysconfig
from pathlib import Path
from types import TracebackType
from typing import Self

from bench.support import SkippedError, cache

CUT = 0.75
HERE = Path(__file__).resolve().parent
REQUIREMENTS = HERE / "kit-requirements.txt"
_WORKER = """
import json, os, sys, time
os.environ["HF_HUB_OFFLINE"] = "1"
sink = os.dup(1)
os.dup2(2, 1)
from provenancekit.core.scanner import ModelProvenanceScanner
from provenancekit.services.cache import NullCache
scanner = ModelProvenanceScanner(cache=NullCache())
for line in sys.stdin:
    a, b = json.loads(line)
    started = time.process_time()
    try:
        found = scanner.compare(a, b).model_dump(mode="json")
        answer = {"found": found}
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"[:300]}
    answer["seconds"] = round(time.process_time() - started, 4)
    os.write(sink, (json.dumps(answer) + "\\n").encode())
"""


def environment() -> Path:
    """Return the kit's interpreter, made on first use; torch and numpy are this one's.

    Raises
    ------
    SkippedError
        The packages cannot be had.
    """
    folder = cache("kit")
    python = folder / "bin" / "python"
    ready = folder / "ready"
    if not ready.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        packages = next((folder / "lib").glob("python*")) / "site-packages"
        (packages / "parent.pth").write_text(sysconfig.get_paths()["purelib"] + "\n", "utf-8")
        command = [str(python), "-m", "pip", "install", "--quiet", "--no-deps"]
        command += ["--ignore-requires-python", "-r", str(REQUIREMENTS)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SkippedError(f"the kit cannot be installed: {done.stderr.strip()[-200:]}")
        ready.write_text("", "utf-8")
    return python


class Kit:
    """The kit as one running process; use it as a context manager."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [str(environment()), "-c", _WORKER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def compare(self, a: Path, b: Path) -> dict[str, object]:
        """Return the kit's answer: ``found``, or ``error`` with its words."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([str(a), str(b)]) + "\n")
        self._process.stdin.flush()
        answer: dict[str, object] = json.loads(self._process.stdout.readline())
        return answer
