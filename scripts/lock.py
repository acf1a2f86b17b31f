# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Writes requirements.lock and requirements-dev.lock from pyproject.toml.

One lock serves CPython 3.11 to 3.14 on Linux and macOS, on x86_64 and arm64: uv resolves
for all platforms at once, and this script drops what none of these would install and the
markers that all of them satisfy. torch and the accelerator packages that its builds bring
along are left out: ``scripts/setup.sh`` installs torch before the lock is read, from
whichever build the machine's own pip settings offer.
"""

import re
import subprocess
import sys
from itertools import product
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
LEFT_TO_TORCH = re.compile(r"(torch|triton|nvidia|cuda)\b")
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
MACHINES = (
    {"sys_platform": "linux", "platform_system": "Linux", "platform_machine": "x86_64"},
    {"sys_platform": "linux", "platform_system": "Linux", "platform_machine": "aarch64"},
    {"sys_platform": "darwin", "platform_system": "Darwin", "platform_machine": "arm64"},
)
CPYTHON = {"implementation_name": "cpython", "platform_python_implementation": "CPython"}
HEADER = """\
# Written by `make lock` from pyproject.toml; do not edit.
# Install with `pip install --no-deps -r`, after `pip install torch==2.13.0`.
"""


def environments() -> list[dict[str, str]]:
    """Return the marker variables of every supported machine and Python.

    A patch release of 9 stands for all: markers that split inside one minor version are
    kept, because they are not the same for every ``3.11.x``.
    """
    return [
        {**machine, **CPYTHON, "python_version": python, "python_full_version": f"{python}.{patch}"}
        for machine, python, patch in product(MACHINES, PYTHONS, (0, 9))
    ]


def tidy(line: str) -> str | None:
    """Return the pin as it should stand in the lock, or ``None`` if nobody needs it."""
    pin = Requirement(line)
    if LEFT_TO_TORCH.match(pin.name):
        return None
    if pin.marker is None:
        return line
    needed = [pin.marker.evaluate(environment) for environment in environments()]
    if not any(needed):
        return None
    return f"{pin.name}{pin.specifier}" if all(needed) else line


def resolve(*options: str) -> list[str]:
    """Resolve pyproject.toml with uv and return the tidied pins in uv's order."""
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal"]
    command += ["--python-version", "3.11", "--no-header", "--no-annotate", *options]
    done = subprocess.run(
        [*command, "pyproject.toml"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    pins = (line for line in done.stdout.splitlines() if line[:1].isalnum())
    return [kept for kept in map(tidy, pins) if kept is not None]


def main() -> None:
    """Write both locks; the second holds only what the first does not."""
    upgrade = ["--upgrade"] if "--upgrade" in sys.argv[1:] else []
    runtime_file, dev_file = ROOT / "requirements.lock", ROOT / "requirements-dev.lock"
    keep = [] if upgrade or not runtime_file.is_file() else ["-c", str(runtime_file)]
    runtime = resolve(*upgrade, *keep)
    runtime_file.write_text(HEADER + "\n".join(runtime) + "\n", encoding="utf-8")
    keep = ["-c", str(runtime_file)]
    if dev_file.is_file() and not upgrade:
        keep += ["-c", str(dev_file)]
    everything = resolve(*upgrade, "--group", "dev", *keep)
    dev = [pin for pin in everything if pin not in set(runtime)]
    dev_file.write_text(HEADER + "\n".join(dev) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
