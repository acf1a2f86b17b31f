# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit doctor``: what this machine has for an audit, what is lost without, how to mend it."""

import os
import platform
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated

import typer

from audit.cli import options
from audit.cli.common import console_out, plain, show_json
from audit.errors import AuditError, ExitCode
from audit.text.numbers import counted, size

EXAMPLES = ("audit doctor", "audit doctor --online", "audit doctor --json")
_ROOM = 1 << 30
"""Free bytes under which a cache is said to have little room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One thing that an audit uses; ``missing`` says whether it is needed and not there."""

    name: str
    state: str
    missing: bool = False
    without: str = ""
    mend: str = ""


def doctor_command(
    online: Annotated[
        bool, typer.Option("--online", help="Also ask the hub; nobody is asked otherwise.")
    ] = False,
    json: options.Json = False,
) -> None:
    """Say what this machine has for an audit, and what to mend.

    Tokens and keys are said to be there or not, and never shown. Exits 4 when something is
    missing without which a part of an audit cannot run.
    """
    parts = [part for look in (*_LOOKS, *((_hub,) if online else ())) for part in look()]
    if json:
        show_json(parts)
    else:
        for part in parts:
            mark = "MISSING" if part.missing else "ok"
            lines = [f"{mark:8}{part.name:14}{plain(part.state)}"]
            lines += [f"{'':22}without it: {part.without}"] if part.missing and part.without else []
            lines += [f"{'':22}{part.mend}"] if part.mend else []
            console_out().print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(ExitCode.ERROR if any(p.missing for p in parts) else ExitCode.PASS)


def _python() -> Iterator[Part]:
    cores = os.cpu_count() or 1
    state = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    yield Part(name="Python", state=f"{state}, {counted(cores, 'core')}")


def _torch() -> Iterator[Part]:
    from importlib.metadata import PackageNotFoundError, version

    from audit.weights.model.devices import described

    without = "weights are not compared; licences, digests and verification work"
    mend = "Install torch, from an index of CPU builds if you can: a tenth of the size with CUDA."
    try:
        build, threads, device = version("torch"), *described()
    except (PackageNotFoundError, ImportError, OSError) as error:
        state = f"cannot be loaded: {type(error).__name__}"
        yield Part(name="torch", state=state, missing=True, without=without, mend=mend)
        return
    yield Part(name="torch", state=f"{build}, {counted(threads, 'thread')}")
    hint = "" if device else "--device cuda is for machines that have one; nothing needs it"
    yield Part(name="GPU", state=device or "none", mend=hint)


def _pdf() -> Iterator[Part]:
    from audit import report, resources

    found = report.renderer_versions()
    missing = "missing" in (found["Pango"], found["HarfBuzz"])
    yield Part(
        name="PDF",
        state=f"WeasyPrint {found['WeasyPrint']}, Pango {found['Pango']},"
        f" HarfBuzz {found['HarfBuzz']}",
        missing=missing,
        without="no report can be made with --out; the gate and --output work",
        mend="apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0, or"
        " brew install pango"
        if missing
        else "",
    )
    fonts = sorted((resources.tree("templates") / "fonts").glob("*.?tf"))
    yield Part(
        name="fonts",
        state=f"{counted(len(fonts), 'font')} of our own; none of the machine's is used",
        missing=not fonts,
        without="as without PDF",
        mend="" if fonts else "Install the programme again.",
    )


def _licenses() -> Iterator[Part]:
    from audit.licenses.detected.scanner import index_size, scancode_version

    found, index = scancode_version(), index_size()
    yield Part(
        name="scancode",
        state=found or "not installed",
        missing=found is None,
        without="licences are found by a small list of our own, and that is said",
        mend="" if found else "pip install scancode-toolkit-mini==32.5.0 cyseq",
    )
    if found:
        yield Part(
            name="licence index",
            state=f"{size(index)} on disk" if index else "not built yet",
            mend="" if index else "The first scan builds it, which takes minutes, once.",
        )
    magic = _magic()
    yield Part(
        name="libmagic",
        state=magic or "not found",
        missing=not magic,
        without="scancode does not start",
        mend="" if magic else "apt-get install libmagic1, or brew install libmagic",
    )


def _magic() -> str:
    """Return where file types are recognised from: a package of Python, or the system."""
    from ctypes.util import find_library
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"typecode-libmagic {version('typecode-libmagic')}"
    except PackageNotFoundError:
        return find_library("magic") or ""


def _caches() -> Iterator[Part]:
    from audit.kept import Kept, folder

    place = folder()
    kept = Kept()
    if kept.failed:
        yield Part(
            name="cache",
            state=f"{place} cannot be used",
            mend="Set AUDIT_CACHE_DIR to a folder that can be written; else every run costs all.",
        )
        return
    held = kept.models().values()
    free = shutil.disk_usage(place).free
    parts, octets = sum(n for n, _ in held), sum(n for _, n in held)
    yield Part(
        name="cache",
        state=f"{place}: {counted(parts, 'part')}, {size(octets)}; {size(free)} free",
        mend="Little room: audit cache clear, or AUDIT_CACHE_DIR." if free < _ROOM else "",
    )


def _secrets() -> Iterator[Part]:
    from audit.signing.identity.lookup import default_path
    from audit.sources.wire import has_token

    own = default_path().exists() or bool(os.environ.get("AUDIT_KEY"))
    yield Part(
        name="signer",
        state="an identity is there" if own else "none; each run makes one for itself",
        mend="" if own else "audit key new, so that readers can tell who signed",
    )
    token = has_token()
    yield Part(
        name="hub token",
        state="there (not shown)" if token else "none",
        mend="" if token else "Gated and private models need one: hf auth login, or HF_TOKEN.",
    )


def _settings() -> Iterator[Part]:
    from audit.cli.setup.settings import settings

    found = settings(None)
    yield Part(name="settings", state=str(found.path or "no audit.toml, no [tool.audit] here"))


def _hub() -> Iterator[Part]:
    from audit.sources.wire import ask_hub

    try:
        yield Part(name="hub", state=f"{ask_hub()} answers")
    except AuditError as error:
        yield Part(
            name="hub",
            state=error.message,
            missing=True,
            without="models of the hub only from caches here (--offline)",
            mend=error.advice,
        )


_LOOKS: tuple[Callable[[], Iterator[Part]], ...] = (
    _python,
    _torch,
    _pdf,
    _licenses,
    _caches,
    _secrets,
    _settings,
)
