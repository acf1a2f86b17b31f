# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Options set once for many runs: in ``audit.toml`` or ``[tool.audit]``, and by variables.

Every option that commands share is a key of the file and has a variable, ``fail-on`` and
``AUDIT_FAIL_ON``; what a command declares for itself is not. The command line goes before the
variable, the variable before the file. What signs (keys) is in no file, only in the environment.

The nearest file counts, from the working folder up to the root of its repository, and never one
that lies inside a model that is named on the command line: see decision 70.
"""

import difflib
import inspect
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

import typer
from typer.core import TyperCommand

from audit.cli import options
from audit.cli.common import plain, say

if TYPE_CHECKING:
    from audit.rules.loading import Strict

FILE, PROJECT = "audit.toml", "pyproject.toml"
TABLE = ("tool", "audit")
_SIGNING = ("key", "revocation")
_ONCE = ("dry_run", "force", "json", "no_report", "passphrase_fd")
"""What is about one run at one terminal."""
_PATHS = ("out", "waivers", "baseline", "locked", "library")
_MAYBE = ("against", "control", "policy")
"""Paths, or names of something else."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file of settings; ``values`` are those of the command line, ``lines`` where they stand."""

    path: Path | None = None
    values: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, int | None] = field(default_factory=dict)
    passed_over: tuple[Path, ...] = ()
    """Files that lie inside a model of the command line."""


class Configured(TyperCommand):
    """A command whose shared options may also be set by a file and by variables."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read what is set before what is given."""
        shared = {str(p.name): p for p in self.params if p.name in shared_by(self)}
        for name, parameter in shared.items():
            parameter.envvar = variable(name)
        given, _, _ = self.make_parser(ctx).parse_args(list(args))
        if not given.get("help"):
            models = [str(given[str(p.name)]) for p in self.params if given.get(str(p.name))
                      and p.param_type_name == "argument"]  # fmt: skip
            found = settings(ctx.find_root().params.get("config"), models)
            ctx.default_map = {n: v for n, v in found.values.items() if n in shared}
            _told(found, quiet=bool(given.get("quiet")))
        return super().parse_args(ctx, args)


def _told(found: Found, *, quiet: bool) -> None:
    for path in found.passed_over:
        say(
            f"{path} lies inside the model and was not read."
            f" If it is yours, say so: audit --config {path} …"
        )
    if found.path is not None and found.values and not quiet:
        say(f"Settings of {found.path}")


def variable(name: str) -> str:
    """Return the environment variable of an option."""
    return f"AUDIT_{name.upper()}"


@cache
def declared() -> dict[str, Any]:
    """Return the declaration of each option that a variable can set, by its name in Python."""
    found = {}
    for one in vars(options).values():
        for extra in get_args(one)[1:]:
            flag = getattr(extra, "default", None)  # where typer keeps it until a command is made
            if isinstance(flag, str) and flag.startswith("--"):
                found[flag[2:].replace("-", "_")] = one
    return {name: one for name, one in found.items() if name not in _ONCE}


def keys() -> dict[str, Any]:
    """Return the declarations of what a file can set."""
    return {name: one for name, one in declared().items() if name not in _SIGNING}


def shared_by(command: Any) -> frozenset[str]:
    """Return which of the options of a command are shared ones."""
    hints = get_type_hints(inspect.unwrap(command.callback), include_extras=True)
    return frozenset(n for n, hint in hints.items() if declared().get(n) == hint)


def option_of(name: str) -> Any:
    """Return what typer knows of a shared option."""
    return next(extra for extra in get_args(declared()[name])[1:] if hasattr(extra, "help"))


@cache
def model() -> "type[Strict]":
    """Return the type of a file of settings."""
    from pydantic import Field, create_model

    from audit.rules.loading import Strict

    fields: dict[str, Any] = {
        name: (
            get_args(one)[0] | None,
            Field(default=None, alias=name.replace("_", "-"), description=option_of(name).help),
        )
        for name, one in keys().items()
    }
    return create_model("Settings", __base__=Strict, __doc__="Settings of `audit`.", **fields)


def settings(given: Path | None, models: Sequence[str] = ()) -> Found:
    """Return what the nearest file sets, or the file that was ``given``.

    Raises
    ------
    UsageError
        If it cannot be read.
    RulesError
        If it is no TOML, or has a key or a value that there is not; names file and line.
    """
    if given is not None:
        return _read(given, ()) or Found(given)
    inside = [place for place in (_folder(one) for one in models) if place is not None]
    passed: list[Path] = []
    for path in _candidates(Path.cwd()):
        if any(path.parent == place or place in path.parent.parents for place in inside):
            passed += [path] if path.name == FILE else []
        elif (found := _read(path, tuple(passed))) is not None:
            return found
    return Found(passed_over=tuple(passed))


def _folder(named: str) -> Path | None:
    """Return the folder that a model named on the command line lies in, if it is here."""
    path = Path(named).expanduser()
    try:
        path = path.resolve()
        return path if path.is_dir() else path.parent if path.is_file() else None
    except (OSError, ValueError, RuntimeError):  # a name that no file can have
        return None


def _candidates(start: Path) -> Iterator[Path]:
    """Yield the files that may hold settings, the nearest first, to the end of the repository."""
    last = Path.home()
    for folder in (start, *start.parents):
        yield from (path for name in (FILE, PROJECT) if (path := folder / name).is_file())
        if folder == last or (folder / ".git").exists():
            return


def _read(path: Path, passed: tuple[Path, ...]) -> Found | None:
    """Read one file; ``None`` if it is a project's and has no table for us."""
    table = TABLE if path.name == PROJECT else ()
    if table and not _has(path, table):
        return None
    from audit.rules.loading import load_table

    loaded = load_table(path, model(), table=table, option="--config", nearest=_nearest)
    if loaded is None:
        return None
    fields, line_of = loaded
    named = fields.model_dump(mode="json", exclude_none=True)
    values = {name: _placed(name, value, path.parent) for name, value in named.items()}
    return Found(path, values, {n: line_of(n.replace("_", "-")) for n in values}, passed)


def _has(path: Path, table: tuple[str, ...]) -> bool:
    """Whether a project's file has our table or cannot be read, before the loaders are imported."""
    import tomllib

    from audit.given import read_given
    from audit.text.strict_toml import MAX_BYTES

    try:
        stands: Any = tomllib.loads(read_given(path, limit=MAX_BYTES, option="--config").decode())
    except (ValueError, RecursionError):
        return True  # whoever loads it says what is wrong
    for part in table:
        stands = stands.get(part) if isinstance(stands, dict) else None
    return stands is not None


def _nearest(key: str) -> str:
    """Return the key that is most like one that there is not."""
    if key.replace("-", "_") in _SIGNING:
        return f"what signs is set by {variable(key)} or on the command line"
    known = [name.replace("_", "-") for name in keys()]
    close = difflib.get_close_matches(key.replace("_", "-"), known, n=1, cutoff=0.5)
    return f"did you mean {close[0]}?" if close else f"there are {', '.join(known)}"


def _placed(name: str, value: Any, folder: Path) -> Any:
    """Let relative paths start at the file that names them."""
    if isinstance(value, list):
        return [_placed(name, one, folder) for one in value]
    if name == "output":
        form, equals, where = value.partition("=")
        return f"{form}{equals}{where if where == '-' else folder / Path(where).expanduser()}"
    if name in _PATHS or (name in _MAYBE and _is_path(value, folder)):
        return str(folder / Path(value).expanduser())
    return value


def _is_path(value: str, folder: Path) -> bool:
    """Whether it is a path and no name of a policy or of a model on a hub."""
    return value.startswith((".", "~", "/")) or (folder / value).exists()


def effective(name: str, found: Found, default: object) -> tuple[str, str]:
    """Return the value of an option where no command line sets it, and where it comes from."""
    if text := os.environ.get(variable(name)):
        return plain(text), variable(name)
    if name in found.values:
        line = found.lines[name]
        return _shown(found.values[name]), f"{found.path}" + (f", line {line}" if line else "")
    return _shown(default), "default"


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    values = value if isinstance(value, list | tuple) else [value]
    return plain(" ".join(str(getattr(one, "value", one)) for one in values))


def config_option() -> Any:
    """Return the option of the root command that names the file."""
    return typer.Option(
        "--config",
        metavar="FILE",
        envvar="AUDIT_CONFIG",
        show_envvar=False,
        help="Settings, instead of the nearest audit.toml or [tool.audit].",
    )
