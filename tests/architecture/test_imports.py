# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The layers hold, and the command line starts without the heavy libraries."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tiny_repo import CARD, make_repo

pytestmark = pytest.mark.sampled(2)

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


def _loaded(*arguments: str, place: Path | None = None) -> set[str]:
    """Run the command line in a process of its own, and return the modules that it imported."""
    code = (
        "import contextlib, json, os, sys\n"
        "bare = set(sys.modules)  # what the environment itself loads\n"
        "from audit.__main__ import main\n"
        "with open(os.devnull, 'w') as nowhere, contextlib.redirect_stdout(nowhere):\n"
        "    try:\n"
        "        main()\n"
        "    except SystemExit as end:\n"
        "        code = end.code\n"
        "print(json.dumps([code, *(set(sys.modules) - bare)]))"
    )
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=place)
    code, *modules = json.loads(done.stdout)
    assert code in {None, 0}, done.stderr
    return set(modules)


def test_help_loads_nothing_that_is_slow() -> None:
    """What 0.3 s depend on, whatever else the machine does; `make shape` prints the seconds."""
    loaded = _loaded("--help")
    others = {name.partition(".")[0] for name in loaded} - set(sys.stdlib_module_names)
    assert others - {"__main__", "audit"} <= {"typer", "shellingham", "annotated_doc"}
    ours = {".".join(name.split(".")[:2]) for name in loaded if name.startswith("audit.")}
    light = ("__main__", "cli", "errors", "languages", "progress", "record", "text")
    assert ours <= {f"audit.{name}" for name in light}
    assert "audit.record.document" not in loaded


STAGES = (
    *("audit.weights", "audit.code", "audit.inventory", "audit.formats", "audit.checks"),
    *("audit.licenses.evidence", "audit.licenses.detected", "audit.pipeline"),
    *("numpy", "torch", "safetensors", "scancode", "licensedcode"),
)


@pytest.fixture(scope="module")
def report_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    (folder / "README.md").write_text("---\nlicense: mit\n---\n# Title\n")
    out = tmp_path_factory.mktemp("made") / "report"
    command = [sys.executable, "-m", "audit", "model-repo", folder, "--out", out, "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert out.is_dir(), done.stderr
    return out


@pytest.mark.parametrize("command", [["verify"], ["verify", "--rebuild"], ["report", "--out"]])
def test_commands_that_read_a_record_load_no_stage(
    command: list[str], report_folder: Path, tmp_path: Path
) -> None:
    of_report = command[0] == "report"
    more = [str(tmp_path / "out")] if of_report else []
    target = report_folder / "record.json" if of_report else report_folder
    loaded = _loaded(*command, *more, str(target))
    assert not [name for name in loaded if name.startswith(STAGES)]


def test_verify_loads_nothing_that_signs_and_keeps_nothing(
    report_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What half a second depends on; who checks a report gets no folder of caches from it."""
    monkeypatch.setenv("AUDIT_CACHE_DIR", str(tmp_path / "cache"))
    loaded = _loaded("verify", str(report_folder), place=tmp_path)
    assert "pyhanko.sign.validation.generic_cms" in loaded
    signing = ("aiohttp", "pyhanko.stamp", "pyhanko.sign.signers", "pyhanko.sign.timestamps")
    assert not [name for name in loaded if name.startswith((*signing, "jinja2", "yaml"))]
    assert not (tmp_path / "cache").exists()


def test_the_collector_leaves_a_short_run_alone(report_folder: Path, tmp_path: Path) -> None:
    """It took a third of it: while all was imported, and once more when the process ended."""
    code = (
        "import atexit, gc\n"
        "frozen = lambda: print(walks, gc.get_freeze_count() > 10_000)\n"
        "walks = []\n"
        "atexit.register(frozen)\n"
        "from audit.__main__ import main\n"
        "quick = gc.set_threshold\n"
        "def watched(*numbers):\n"
        "    quick(*numbers)\n"
        "    gc.callbacks.append(lambda phase, about: walks.append(about['generation']))\n"
        "gc.set_threshold = watched\n"
        "main()"
    )
    command = [sys.executable, "-c", code, "verify", str(report_folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.splitlines()[-1] == "[] True"


def test_a_reader_of_signatures_can_still_sign() -> None:
    """``pyhanko.sign`` is left half loaded for a reader, and is whole when it is asked for more."""
    code = (
        "import sys\n"
        "import audit.signing.pdf.pdf_seal\n"
        "before = 'pyhanko.sign.signers' in sys.modules\n"
        "from pyhanko.sign import DEFAULT_MD, fields, signers\n"
        "import pyhanko.sign\n"
        "whole = all(hasattr(pyhanko.sign, name) for name in pyhanko.sign.__all__)\n"
        "print(before, DEFAULT_MD, whole, hasattr(pyhanko.sign, 'nothing'), signers.__name__)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "sha256", "True", "False", "pyhanko.sign.signers"]


def test_a_warm_gate_loads_no_tensor_library(tmp_path: Path) -> None:
    """What a second under load allows: comparisons and scans are kept, pages are not drawn."""
    base = make_repo(tmp_path / "base")
    card = CARD.replace("---\n#", "base_model: acme/base\n---\n#")
    model = make_repo(tmp_path / "model", card=card)
    command = ["model-repo", str(model), "--against", f"acme/base={base}", "--no-report", "--quiet"]
    cold = subprocess.run(
        [sys.executable, "-m", "audit", *command], capture_output=True, text=True, check=False
    )
    assert cold.returncode == 0, cold.stdout
    loaded = {name.partition(".")[0] for name in _loaded(*command)}
    assert not loaded & {*HEAVY, "jinja2", "cryptography", "securesystemslib", "httpx2"}


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


def test_without_torch_everything_but_a_comparison_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The light install of docs/ci.md; what needs torch stops in one line, and is no pass."""
    monkeypatch.setenv("AUDIT_CACHE_DIR", str(tmp_path / "cache"))  # without a comparison in it
    base, model = (make_repo(tmp_path / name, seed=n) for n, name in enumerate(("base", "model")))

    def without(*arguments: object) -> "subprocess.CompletedProcess[str]":
        code = "import sys; sys.modules['torch'] = None\nfrom audit.__main__ import main\nmain()"
        command = [sys.executable, "-c", code, *map(str, arguments), "--quiet"]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert without("licenses", model).returncode == 0
    assert without("model-repo", model, "--no-report").returncode == 0
    assert without("lock", model, "--against", base, "--locked", tmp_path / "l").returncode == 0
    compared = without("model-repo", model, "--against", base, "--no-report")
    assert compared.returncode == 4
    assert "torch is not installed, and this run needs it" in compared.stderr
    assert compared.stdout == ""
