# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The layers hold, and the command line starts without the heavy libraries."""

import ast
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

HEAVY = ("torch", "scancode", "licensedcode", "weasyprint", "pyhanko", "huggingface_hub")


def test_layers_hold(root: Path) -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [linter, "--no-cache"], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("module", ["audit", "audit.cli", "audit.pipeline"])
def test_import_leaves_heavy_libraries_unloaded(module: str) -> None:
    code = f"import {module}, json, sys; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout))
    assert "audit" in loaded
    assert not loaded & set(HEAVY)


def test_heavy_libraries_are_never_imported_at_module_level(root: Path) -> None:
    """The linter forbids it too; this also sees ``importlib`` and conditional imports.

    Modules of ``signing/pdf`` do nothing without pyhanko, so who needs it imports them late.
    """
    found = []
    adapters = {*(root / "audit" / "signing" / "pdf").iterdir()}
    for path in sorted({*(root / "audit").rglob("*.py")} - adapters):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
                continue
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                continue
            for inner in ast.walk(node):
                names = []
                if isinstance(inner, ast.Import):
                    names = [alias.name for alias in inner.names]
                elif isinstance(inner, ast.ImportFrom) and inner.level == 0:
                    names = [inner.module or ""]
                found += [f"{path.name}: {n}" for n in names if n.split(".")[0] in HEAVY]
    assert found == []


def test_help_is_quick(record_property: Callable[[str, object], None]) -> None:
    """The promise is half a second on an idle machine; the bound allows for a busy one."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    command = [sys.executable, "-m", "audit", "--help"]
    times = []
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run(command, capture_output=True, check=True, env=environment)
        times.append(time.perf_counter() - start)
    record_property("help_seconds", round(min(times), 3))
    assert min(times) < 3.0


def test_a_licence_audit_from_the_cache_loads_no_arithmetic(tmp_path: Path) -> None:
    """Under a second, all told, leaves no time for importing numpy or a client for the network."""
    (tmp_path / "README.md").write_text("---\nlicense: mit\n---\n# Title\n")
    code = (
        "import json, sys\n"
        "from audit.cli.licenses import license_report\n"
        "license_report(sys.argv[1], quiet=True)\n"
        "print(json.dumps(sorted({m.split('.')[0] for m in sys.modules})))"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    for _ in range(2):
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout))
    assert "audit" in loaded
    assert not loaded & {*HEAVY, "numpy", "httpx", "httpx2", "jinja2", "cryptography"}
