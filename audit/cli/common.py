# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What every command shares: how it prints, how it fails, what its exit code means.

stdout carries the result, stderr the talk. The one broad ``except`` of the programme is
here: whatever goes wrong becomes one line and a documented exit code.
"""

import io
import os
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from typer._click.exceptions import ClickException, NoSuchOption
from typer._click.formatting import HelpFormatter
from typer.core import TyperGroup
from typer.exceptions import TyperException

from audit.errors import AuditError, ExitCode
from audit.languages import Language

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from audit.record.said import Say
    from audit.report.blocks import Block

_ALSO_UNDERSTOOD = ("scan", "help", "version")
EXIT_CODES = """

\b
Exit codes:
    0  the gate passed, or what was asked for is done
    1  findings at or over --fail-on, or a signature does not verify
    2  the command line or the configuration is wrong
    3  evidence is missing or unreadable: could not decide
    4  the audit could not run
  130  interrupted
"""


def examples(*commands: str) -> str:
    """Return the help's last paragraph; the backspace tells typer to keep its lines."""
    return "\b\nExamples:\n" + "\n".join(f"  {command}" for command in commands)


class _Help(HelpFormatter):
    """Help whose lines break between words, never after the hyphen of a name."""

    def write_text(self, text: str) -> None:
        """Write running text."""
        super().write_text(text.replace("-", _UNBROKEN))

    def write_dl(self, rows: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        """Write names, each with what it is."""
        whole = [(name, text.replace("-", _UNBROKEN)) for name, text in rows]
        super().write_dl(whole, *args, **kwargs)

    def getvalue(self) -> str:
        """Return what was written, with hyphens as they are typed."""
        return super().getvalue().replace(_UNBROKEN, "-")


_UNBROKEN = "\N{NON-BREAKING HYPHEN}"
TyperGroup.context_class.formatter_class = _Help


class CommandGroup(TyperGroup):
    """Commands under one name, each listed with its whole first sentence."""

    def format_commands(self, ctx: Any, formatter: HelpFormatter) -> None:
        """List the commands; typer cuts a sentence that is longer than a line."""
        listed = ((name, self.commands[name]) for name in self.list_commands(ctx))
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, command.get_short_help_str(1000)) for name, command in listed]
            )


class AuditGroup(CommandGroup):
    """The root command; every other command runs inside its :meth:`invoke`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take the words that people try first for what this tool calls otherwise."""
        first, *rest = args or [""]
        if first == "help" or (first in ("-h", "--help") and rest):
            args = [*rest, "--help"]
        elif first == "version":
            args = ["--version"]
        with self._nearest_named():
            return super().parse_args(ctx, args)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Find a command; ``scan`` is the name that other tools give to ``model-repo``."""
        return super().get_command(ctx, "model-repo" if cmd_name == "scan" else cmd_name)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find a command, or name the nearest; typer knows the listed ones alone."""
        try:
            return super().resolve_command(ctx, args)
        except TyperException as error:
            near = get_close_matches(args[0], _ALSO_UNDERSTOOD, n=1)
            if near and "Did you mean" not in error.message:
                error.message = f"{error.message} Did you mean {near[0]!r}?"
            raise

    @contextmanager
    def _nearest_named(self) -> Iterator[None]:
        """Say of an option that a command does not have which commands have it."""
        try:
            yield
        except NoSuchOption as error:
            if not error.possibilities:
                error.message += _had_elsewhere(error.option_name, self.commands)
            raise

    def invoke(self, ctx: Any) -> Any:
        """Run the command; see :func:`failures_explained`."""
        from audit.kept import held_open

        with failures_explained(), held_open(), stdout_delivered(), self._nearest_named():
            try:
                return super().invoke(ctx)
            except TyperException as error:
                error.message = error.message.replace("Value error, ", "")  # a library's words
                raise


def _had_elsewhere(option: str, commands: Mapping[str, Any]) -> str:
    has: dict[str, list[str]] = {}
    for name, command in commands.items():
        for flag in (flag for parameter in command.params for flag in parameter.opts):
            has.setdefault(flag, []).append(name)
    near = get_close_matches(option, [flag for flag in has if flag.startswith("--")], n=1)
    return f". {near[0]} is an option of {', '.join(has[near[0]])}." if near else ""


@contextmanager
def failures_explained() -> Iterator[None]:
    """Turn every exception into one line on stderr and an exit code.

    Raises
    ------
    typer.Exit
        With a code of :class:`audit.errors.ExitCode`.
    """
    try:
        yield
    except (typer.Exit, typer.Abort, TyperException, ClickException):
        raise
    except AuditError as error:
        say(f"{error.message} {error.advice}")
        raise _exit(error.exit_code, error) from error
    except KeyboardInterrupt as error:  # audit.__main__ has the words for it
        raise _exit(ExitCode.INTERRUPTED, error) from error
    except BrokenPipeError as error:
        _discard_stdout()
        raise _exit(ExitCode.ERROR, error) from error
    except (MemoryError, ModuleNotFoundError) as error:
        say(_lacking(error))
        raise _exit(ExitCode.ERROR, error) from error
    except OSError as error:
        _discard_stdout()
        say(f"The system refused: {error}. Check the disk and the permissions.")
        raise _exit(ExitCode.ERROR, error) from error
    except Exception as error:
        say(
            f"The audit stopped on an internal error: {type(error).__name__}: {error}."
            " Set AUDIT_DEBUG=1 for the traceback, and please report it."
        )
        raise _exit(ExitCode.ERROR, error) from error


def _lacking(error: MemoryError | ModuleNotFoundError) -> str:
    """Say what the machine does not have; an install may be without torch."""
    if isinstance(error, MemoryError):
        return "There is not enough memory. Close other programmes or use a larger machine."
    return (
        f"{error.name} is not installed, and this run needs it."
        " `audit doctor` says what is missing, and what works without."
    )


def _exit(code: ExitCode, error: BaseException) -> typer.Exit:
    """Return the exit to raise; with ``AUDIT_DEBUG`` set, show where the error came from."""
    if os.environ.get("AUDIT_DEBUG"):
        sys.stderr.writelines(traceback.format_exception(error))
    return typer.Exit(int(code))


@contextmanager
def stdout_delivered() -> Iterator[None]:
    """Flush stdout before success is claimed: a full disk or a closed pipe is an error."""
    try:
        yield
    finally:
        sys.stdout.flush()


def _discard_stdout() -> None:
    """Point stdout at nothing, so that the interpreter's last flush stays silent."""
    try:
        descriptor = sys.stdout.fileno()
    except (io.UnsupportedOperation, ValueError):
        return
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, descriptor)
    os.close(nothing)


def prepare_streams() -> None:
    """Let a name that the terminal's encoding cannot show be shown escaped."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def plain(text: object) -> str:
    r"""Return ``text`` on one line, control characters escaped: names can be hostile.

    Examples
    --------
    >>> plain("model\x1b[31m\n")
    'model\\x1b[31m\\n'
    """
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in str(text)
    )


def destination_for(
    out: Path, *, not_inside: tuple[Path, ...] = (), replacing: bool = False
) -> Path:
    """Return the destination of a result as :func:`audit.output.check_destination` does.

    What killed runs left beside it is named, and removed when it is older than a day.
    """
    from audit.output import check_destination, clear_leftovers

    path = check_destination(out, not_inside=not_inside, replacing=replacing)
    for name, gone in clear_leftovers(path.parent).items():
        became = "it was removed" if gone else "it is younger than a day and was left alone"
        say(f"A run that was killed left {name} beside the result; {became}.")
    return path


def name_only(path: object) -> str:
    """Return the last part of a path: what may be told about a place on this machine."""
    return plain(Path(str(path)).expanduser().resolve().name)


def say(message: str) -> None:
    """Print one line of talk on stderr; a stderr that is gone changes nothing."""
    with suppress(OSError, ValueError):
        typer.echo(f"audit: {plain(message)}", err=True)


def show(result: "str | RenderableType") -> None:
    """Print a result for people on stdout; a string is printed as it is."""
    if isinstance(result, str):
        typer.echo(result)
    else:
        console_out().print(result)


def show_folded(text: str) -> None:
    """Print lines of running text on stdout, folded between words on a terminal."""
    if not sys.stdout.isatty():
        show(text)
    else:
        from audit.text.lines import folded

        show(folded(text, console_out().width))


def show_blocks(blocks: "Sequence[Block]", language: Language = Language.ENGLISH) -> None:
    """Print blocks of a report on stdout, in the width of the terminal."""
    from audit.report.formats.terminal import draw

    console = console_out()
    console.print(draw(blocks, console.width, language), soft_wrap=True)


def speaker(language: Language) -> "Say":
    """Return what says sentences in a language; English needs no catalogue."""
    if language is Language.ENGLISH:
        return str
    from audit.report.words.language import words

    return words(language).say


def padded(text: str, room: int) -> str:
    """Return ``text`` in ``room`` columns of a terminal, where hanzi take two."""
    from unicodedata import east_asian_width

    return text + " " * (room - sum(1 + (east_asian_width(c) in "WF") for c in text))


def show_json(value: object) -> None:
    """Print a result for machines on stdout: canonical JSON (RFC 8785) and a newline."""
    import rfc8785

    from audit.record.document import plain as fields_of

    typer.echo(rfc8785.dumps(fields_of(value)))


def console_out() -> "Console":
    """Return a console on stdout; rich honours NO_COLOR and a stdout that is no terminal."""
    from rich.console import Console

    return Console(emoji=False)


def console_err() -> "Console":
    """Return a console on stderr."""
    from rich.console import Console

    return Console(stderr=True, emoji=False)
