# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""One page about a fleet: a row to a model, which a script of the page itself can sort.

Names and reasons come from strangers: the template escapes what it prints, and what cannot be
seen is made visible. The page asks for nothing and runs that one script, which its policy names
by its digest.
"""

from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

import audit
from audit import resources
from audit.languages import Language
from audit.record.said import Said
from audit.report.words.language import words
from audit.report.words.texts import clip

if TYPE_CHECKING:
    from audit.fleets.fleet import Fleet
    from audit.fleets.manifest import Line
    from audit.record.said import Say

NAME = "overview.html"
_STYLES = ("tokens.css", "base.css", "screen.css", "fleet.css")
_LONGEST = 300
_STATES = {
    "done": Said("done"),
    "failed": Said("nothing came of it"),
    "PASS": Said("passed"),
    "FAIL": Said("failed the gate"),
    "INDETERMINATE": Said("could not decide"),
}
_HEADS = {
    "fingerprint": (
        (Said("Model"), ""),
        (Said("State"), ""),
        (Said("Parameters"), "num"),
        (Said("Width"), "num"),
        (Said("Digest"), ""),
        (Said("Note"), ""),
    ),
    "audit": (
        (Said("Model"), ""),
        (Said("Gate"), ""),
        (Said("Findings"), "num"),
        (Said("Shares weights with"), ""),
        (Said("Record's digest"), ""),
        (Said("Note"), ""),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What stands in a cell, what it is sorted by if by something else, and where it leads."""

    text: str
    key: int | None = None
    kind: str = ""
    to: str = ""


def state(line: "Line") -> str:
    """Return what became of a model: the gate's answer, or whether there is a fingerprint."""
    return line.state if line.state == "failed" else str(line.told.get("status", line.state))


def summary(lines: "Sequence[Line]") -> Said:
    """Count the models by what became of them."""
    counts = Counter(map(state, lines))
    told = tuple(
        Said("{n:count} {what}", n=counts[name], what=_STATES[name])
        for name in _STATES
        if counts[name]
    )
    return Said("{n:count} models: {told:commas}.", n=len(lines), told=told)


def page(fleet: "Fleet", lines: "Sequence[Line]", language: Language = Language.ENGLISH) -> bytes:
    """Write the page; the same lines give the same bytes."""
    from audit.report.formats.html import environment

    say, folder = words(language).say, resources.tree("templates")
    script = (folder / "sort.js").read_text(encoding="utf-8")
    own = () if language is Language.ENGLISH else (f"{language.tag}.css",)
    styles = (folder / "styles" / name for name in (*_STYLES, *own))
    css = "\n".join(style.read_text(encoding="utf-8") for style in styles)
    audits = fleet.doing == "audit"
    title = Said("Audits of many models") if audits else Said("Fingerprints of many models")
    text = (
        environment()
        .get_template("fleet.html.j2")
        .render(
            language=language.tag,
            title=say(title),
            lead=[say(summary(lines)), say(_claim(audits=audits))],
            caption=say(Said("Every model of the list, in its order; a heading sorts.")),
            heads=[{"text": say(text), "kind": kind} for text, kind in _HEADS[fleet.doing]],
            rows=[list(_row(fleet, line, say)) for line in lines],
            made_by=f"audit {audit.__version__}",
            digest=b64encode(sha256(script.encode()).digest()).decode(),
            css=Markup(css),  # noqa: S704 - our own
            script=Markup(script),  # noqa: S704 - our own
        )
    )
    return text.encode("utf-8")


def _claim(*, audits: bool) -> Said:
    if audits:
        return Said(
            "Each record says what was looked at, and what was not; nothing here is signed."
        )
    return Said("Names are claims of whoever made a model. A fingerprint says nothing by itself.")


def _row(fleet: "Fleet", line: "Line", say: "Say") -> Iterator[Cell]:
    told = line.told
    audits, done = fleet.doing == "audit", line.state == "done"
    to = fleet.record(line).relative_to(fleet.folder).as_posix() if audits and done else ""
    yield Cell(text=_named(line), to=to)
    yield Cell(text=say(_STATES[state(line)]))
    yield _number(told.get("findings" if audits else "parameters"), say)
    if audits:
        yield Cell(text=", ".join(map(str, told.get("related", ()))))
    else:
        yield _number(told.get("width"), say)
    yield Cell(text=(line.sha256 or "")[:12])
    yield Cell(text=clip(" ".join(_notes(line, say)), _LONGEST))


def _named(line: "Line") -> str:
    name = str(line.told.get("name", ""))
    return line.target if name in ("", line.target) else f"{name} ({line.target})"


def _number(value: Any, say: "Say") -> Cell:
    known = isinstance(value, int)
    text = say(Said("{n:count}", n=value)) if known else ""
    return Cell(text=text, key=value if known else -1, kind="num")


def _notes(line: "Line", say: "Say") -> Iterable[str]:
    if line.reason:
        yield line.reason
    if line.told.get("problem"):
        yield say(Said("Equal values can be found, and nothing else: {why}.", why=_why(line)))
    if unread := line.told.get("unread"):
        yield say(Said("{n:count} files of weights were not read.", n=unread))


def _why(line: "Line") -> Said:
    return Said.plain(str(line.told["problem"]).rstrip("."))
