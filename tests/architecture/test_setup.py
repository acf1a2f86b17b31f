# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The scripts that a newcomer runs first: they parse, and they fail with one sentence."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = [*sorted((ROOT / "scripts").glob("*.sh")), ROOT / ".ci" / "run"]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_parse_are_executable_and_stop_at_errors(script: Path) -> None:
    subprocess.run(["bash", "-n", script], check=True)
    assert os.access(script, os.X_OK)
    assert "\nset -euo pipefail\n" in script.read_text(encoding="utf-8")


def test_no_usable_python_is_one_sentence(tmp_path: Path) -> None:
    done = subprocess.run(
        [ROOT / "scripts" / "setup.sh", "run"],
        env={**os.environ, "PYTHON": "no-such-python", "VENV": str(tmp_path / "venv")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 4
    assert "no Python 3.11 to 3.14" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "venv").exists()


def test_missing_demo_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    script = tmp_path / "scripts" / "demo.sh"
    script.write_bytes((ROOT / "scripts" / "demo.sh").read_bytes())
    done = subprocess.run(["bash", script], capture_output=True, text=True, check=False)
    assert done.returncode == 4
    assert done.stderr == "demo: examples/dispute/suspect is missing\n"


SAID = json.dumps(
    {
        "verdict": {"status": "SAID"},
        "comparisons": [{"relation": "derived", "spread": {"per_layer": 0.5, "per_tensor": 0.25}}],
    }
)


@pytest.mark.parametrize(
    ("codes", "expected"),
    [((1, 0), 0), ((0, 0), 4), ((1, 1), 4), ((1, 3), 4), ((4, 0), 4)],
)
def test_demo_succeeds_only_with_the_known_outcome(
    tmp_path: Path, codes: tuple[int, int], expected: int
) -> None:
    """A stand-in ``audit`` gives the exit codes; the real one is run by ``make demo``."""
    for folder in ("scripts", "venv/bin", "examples/dispute/suspect", "out/demo/suspect"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "out" / "kept").touch()
    (tmp_path / "out" / "demo" / "suspect" / "old").touch()
    (tmp_path / "scripts" / "demo.sh").write_bytes((ROOT / "scripts" / "demo.sh").read_bytes())
    stand_in = tmp_path / "venv" / "bin" / "audit"
    stand_in.write_text(
        "#!/bin/sh\n"
        'while [ "$1" != --out ]; do shift; done\n'
        f'mkdir "$2" && echo \'{SAID}\' > "$2/record.json"\n'
        f"case $2 in *suspect) exit {codes[0]} ;; *) exit {codes[1]} ;; esac\n"
    )
    stand_in.chmod(0o755)
    (tmp_path / "venv" / "bin" / "python").symlink_to(sys.executable)
    done = subprocess.run(
        ["bash", tmp_path / "scripts" / "demo.sh"],
        env={**os.environ, "VENV": "venv"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == expected, done.stderr
    assert (tmp_path / "out" / "kept").exists()
    assert not (tmp_path / "out" / "demo" / "suspect" / "old").exists()
    if expected == 0:
        assert re.search(r"suspect +SAID +weights: derived; .* 0\.500 .* 0\.250", done.stdout)
        assert f"{tmp_path}/out/demo/independent/report.pdf" in done.stdout


def test_locks_are_plain_pins() -> None:
    """Each line is one exact version, perhaps for some machines only; no address, no option."""
    for name in ("requirements.lock", "requirements-dev.lock"):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        pins = [Requirement(line) for line in lines if not line.startswith("#")]
        assert pins
        assert all(pin.url is None and str(pin.specifier).startswith("==") for pin in pins)


def test_the_two_locks_do_not_contradict_each_other() -> None:
    names = []
    for name in ("requirements.lock", "requirements-dev.lock"):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        names.append({Requirement(line).name for line in lines if not line.startswith("#")})
    assert names[0] & names[1] == set()
