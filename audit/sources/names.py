# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Turns what the user names into a source, told apart by its form.

In this order: ``NAME=PATH``, a folder, a weight file, ``hf://`` and web addresses of the hub, and
``owner/name[@revision]``. What is on this machine under a name wins over the hub's model of that
name, and says so.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from audit.errors import AccessError, UsageError
from audit.record.said import Said
from audit.sources.folder import Folder
from audit.sources.interface import Source
from audit.sources.one_file import OneFile
from audit.text.file_names import printable, shortened

WEIGHTS = (
    ".safetensors", ".gguf", ".onnx", ".bin", ".pt", ".pth", ".ckpt", ".npz", ".npy", ".h5",
    ".hdf5", ".keras", ".tflite", ".msgpack", ".xml", ".index", ".jit", ".ts", ".tar", ".pkl",
    ".weights", ".params", ".pdiparams", ".pb", ".mlmodel", ".dat",
)  # fmt: skip
FINGERPRINT = ".fingerprint"
"""How the file is called that stands for a model (``docs/fingerprint.md``)."""
_ID = re.compile(
    r"([A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95})(?:@([\w./-]{1,200}))?", re.ASCII
)
_GIT = f"{os.sep}.git"
CALLER = Said("the command line")
LABEL = re.compile(r"(?:[A-Za-z0-9][\w.-]*/)?[A-Za-z0-9][\w.-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a source may go: to nobody but this machine, or to every byte of the weights."""

    offline: bool = False
    full: bool = False

    @property
    def at_home(self) -> bool:
        """Whether nothing may be asked of anybody."""
        named = (os.environ.get(n, "") for n in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"))
        return self.offline or any(v.upper() in {"1", "ON", "YES", "TRUE"} for v in named)


HERE = Reach(offline=True)


def resolve(spec: str, reach: Reach = HERE) -> Source:
    """Return what ``spec`` names; a link to a folder is that folder.

    The name of a folder is its own (``.`` has the name of the current folder), with unprintable
    characters escaped; the root of the file system is called ``root``. A folder of the hub's
    cache has the name of its model.

    Raises
    ------
    UsageError
        If there is no such folder, file or model, it may not be read, or it holds no file.
    SourceError
        If the hub fails.
    """
    if not spec.strip() or "\0" in spec:
        raise UsageError("No folder was named.", advice="Pass the folder that holds the model.")
    label, equals, path = spec.partition("=")
    try:
        if equals and LABEL.fullmatch(label) and not Path(spec).expanduser().exists():
            found: Source = _local(path).named(label.rpartition("/")[2])
            found.model = label if "/" in label else None
            found.said_by = CALLER
            return found
        here = Path(spec).expanduser()
        if (asked := hub_name(spec)) is None or here.exists() or here.is_symlink():
            found = _local(spec)
            if asked is not None:
                found.notes += (f"{shortened(spec)} is a folder here, and that is what is read.",)
            return found
    except (OSError, RuntimeError) as error:
        raise UsageError(
            f"{shortened(spec)} cannot be read: {_why(error)}.",
            advice="Check the path and who may read it.",
        ) from error
    name, revision, part = asked
    try:
        return model(name, revision, reach, part)
    except AccessError as error:
        if "://" not in spec:  # it could have been a path
            error.message = f"There is no folder {shortened(spec)}. {error.message}"
        raise


def named(spec: str, reach: Reach) -> Source:
    """Return what a command is told to read: as :func:`resolve`, and there must be files in it."""
    found = resolve(spec, reach)
    if isinstance(found, Folder):
        below = (f for here, _, files in os.walk(found.root) for f in files if _GIT not in here)
        if next(below, None) is None:
            raise UsageError(f"{shortened(spec)} holds no files.", advice="Check the path.")
    return found


def model(name: str, revision: str | None, reach: Reach, part: str = "") -> Source:
    """Return a model of the hub: of this machine's caches if nothing may be asked.

    ``part`` is a file or a folder of it, if that alone is meant.

    Raises
    ------
    AccessError, SourceError
        If it is not there, or the hub fails.
    """
    from audit.sources.hub import of_caches, of_hub

    found = (of_caches if reach.at_home else of_hub)(name, revision, full=reach.full)
    return found if not part else found.part(part)


def is_fingerprint(source: Source) -> bool:
    """Whether a source is the file of a fingerprint and nothing else."""
    return isinstance(source, OneFile) and source.place[-1].endswith(FINGERPRINT)


def hub_name(spec: str) -> tuple[str, str | None, str] | None:
    """Return the model, revision and path that ``spec`` asks a hub for, ``None`` if none.

    Raises
    ------
    UsageError
        If it is an address of the hub, or of anything else, that names no model.

    Examples
    --------
    >>> hub_name("meta-llama/Llama-3.1-8B@main"), hub_name("./model")
    (('meta-llama/Llama-3.1-8B', 'main', ''), None)
    """
    if "://" not in spec and not spec.startswith(("huggingface.co/", "hf.co/")):
        plain = _ID.fullmatch(spec)
        return (
            (plain[1], plain[2], "")
            if plain and not spec.lower().endswith((*WEIGHTS, FINGERPRINT))
            else None
        )
    from huggingface_hub import constants, parse_hf_uri
    from huggingface_hub.errors import HfUriError

    try:
        uri = parse_hf_uri(spec, endpoint=constants.ENDPOINT)
    except (HfUriError, ValueError) as error:
        raise UsageError(
            f"{told(spec)} is no address of a model on the hub.",
            advice="Pass owner/name, hf://owner/name, the address of a model's page, or a folder.",
        ) from error
    if uri.type != "model" or not _ID.fullmatch(uri.id):
        raise UsageError(
            f"{told(spec)} is not a model but a {uri.type}.", advice="Pass the name of a model."
        )
    return uri.id, uri.revision, uri.path_in_repo


def told(spec: str) -> str:
    """Return what may be told of a name to others: no place on this machine, no secret."""
    if "://" in spec:
        parts = urlsplit(spec)
        return shortened(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}")
    if _ID.fullmatch(spec) and not Path(spec).expanduser().exists():
        return spec
    label, equals, path = spec.partition("=")
    last = printable(Path(path if equals else spec).expanduser().resolve().name)
    return f"{label}={last}" if equals and LABEL.fullmatch(label) else last


def _local(spec: str) -> Source:
    path = Path(spec).expanduser()
    if path.is_file() and path.name.lower().endswith(WEIGHTS):
        path = path.resolve(strict=True)
        return OneFile(path, printable(path.name))
    if path.is_file() and path.name.endswith(FINGERPRINT):
        path = path.resolve(strict=True)
        return OneFile(path, printable(path.name.removesuffix(FINGERPRINT)))
    root = _folder(spec)
    os.listdir(root)  # noqa: PTH208 - only asks whether it may be listed
    return Folder(root, printable(root.name) or "root")


def _folder(spec: str) -> Path:
    path = Path(spec).expanduser()
    if path.is_dir():
        return path.resolve(strict=True)
    shown = shortened(spec)
    if path.exists():
        raise UsageError(
            f"{shown} is a file, not a folder, and no weight file ({', '.join(WEIGHTS)}).",
            advice="Pass the folder that holds the model.",
        )
    if path.is_symlink():
        raise UsageError(f"{shown} is a link that leads nowhere.", advice="Check the path.")
    raise UsageError(f"There is no folder {shown}.", advice="Check the path.")


def _why(error: OSError | RuntimeError) -> str:
    """Say why; ``RuntimeError`` is how ``~nobody`` and (before 3.13) a loop of links fail."""
    if isinstance(error, OSError):
        return (error.strerror or "the system refuses").lower()
    return "a home folder or a link in it cannot be resolved"
