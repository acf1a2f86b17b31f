# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Writes blocks as one HTML page without scripts or external parts.

Model names, file names and licence texts come from strangers. The templates know the elements of
a page and nothing else; every expression that they print passes ``_printable``, so that none can
forget to escape or to make control characters visible, and nothing but text and our own drawings
is printed.
"""

import re
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from audit import resources
from audit.errors import RenderError
from audit.languages import Language
from audit.record.said import Said
from audit.report.blocks import Badge, Code, Link, Opening, Section, Strong, Text
from audit.report.contents import sections
from audit.report.figures import Drawing, said
from audit.report.formats.interface import Format
from audit.report.formats.terms import Terms
from audit.report.outline import ANNEXES
from audit.report.page import Page
from audit.report.sections.review import unreviewed
from audit.report.words.language import Run, Words, words
from audit.report.words.texts import short_name, visible

if TYPE_CHECKING:
    from jinja2 import Environment

_STYLES = ("tokens.css", "base.css", "screen.css", "print.css")
_CODE, _LINE = Markup("<code>{}</code>"), Markup('<code class="line">{}</code>')
_MARK = re.compile(r"`(?P<code>[^`\n]+)`|\b10\^(?P<power>-?\d+)\b|\b(?P<log>log10)\b")


def render(page: Page, language: Language, *, front: bool = False) -> bytes:
    """Render a page in a language; the same arguments give the same bytes.

    ``front`` leaves out everything but the first page.

    Raises
    ------
    RenderError
        If a template is missing or does not fit the blocks.
    """
    key = (language, front)
    if key not in page.written:
        page.written[key] = _written(page, language, front=front)
    return page.written[key]


def _written(page: Page, language: Language, *, front: bool) -> bytes:
    from jinja2 import TemplateError  # other views of a record do without

    spoken, built = words(language), sections(page)[: 1 if front else None]
    try:
        template = environment().get_template("report.html.j2")
        text = template.render(
            head=_head(page, spoken),
            running=_running(page, spoken),
            contents=Said("Contents"),
            sections=built,
            front=front,
            outline=_outline(built),
            css=_css(language),
            say=partial(_inline, Pen(spoken, Terms(spoken, linked=not front))),
            name=partial(_inline, Pen(spoken)),
            plain=spoken.say,
            draw=partial(_draw, spoken),
            kind=lambda block: type(block).__name__.lower(),
        )
    except (TemplateError, OSError, TypeError) as error:
        raise RenderError(
            f"The report's templates do not work: {error}", advice="Reinstall audit."
        ) from error
    return text.encode("utf-8")


HTML = Format(name="html", suffix=".html", signed=True, render=render)


def _outline(built: tuple[Section, ...]) -> tuple[tuple[Section, ...], ...]:
    """Return what the table of contents lists: sections, then annexes."""
    annexes = [section.id in ANNEXES for section in built]
    return tuple(
        tuple(s for s, annex in zip(built, annexes, strict=True) if annex is wanted)
        for wanted in (False, True)
    )


def _head(page: Page, spoken: Words) -> dict[str, str]:
    subject = page.record.subject.name
    title = Said("Model provenance audit: {subject}", subject=short_name(subject))
    about = Said(
        "Where the weights of {subject} come from, and whether its release keeps its promises.",
        subject=short_name(subject, 48),
    )
    return {
        "language": spoken.language.tag,
        "title": spoken.say(title),
        "description": spoken.say(about),
        "version": page.made_by,
        "created": "" if page.custody is None else page.custody.audited_at,
    }


def _running(page: Page, spoken: Words) -> str:
    """Return the running head: what the report is about, and that nobody reviewed it, if so."""
    subject = page.record.subject
    head = f"{short_name(subject.name, 48)} · {subject.manifest_sha256[:12]}"
    mark = unreviewed(page, "label")
    return f"{head} · {spoken.say(mark)}" if mark else head


@cache
def environment() -> "Environment":
    """Return what fills a template: all of it is escaped, and made visible."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(resources.tree("templates")),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_printable,
    )


def _printable(value: Any) -> Any:
    if isinstance(value, Markup):
        return value
    from jinja2 import StrictUndefined

    if isinstance(value, StrictUndefined):
        return str(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str):
        return visible(value)
    raise TypeError(f"a template printed a {type(value).__name__} instead of text")


@dataclass(frozen=True, slots=True)
class Pen:
    """A language, and the terms that are linked where they are used; none in a heading."""

    spoken: Words
    terms: Terms | None = None


def _inline(pen: Pen, text: Text) -> Markup:
    """Write running text; what a language does not know says that it is English."""
    spoken = pen.spoken
    if isinstance(text, tuple):
        return _sentences(pen, text)
    if isinstance(text, Opening):
        return _marked(pen, spoken.opening(text.text))
    if isinstance(text, Said):
        return _marked(pen, spoken.runs(text))
    if isinstance(text, str):
        return escape(visible(text))
    if isinstance(text, Code):
        written = visible(spoken.say(text.text))
        return _LINE.format(_command(written)) if text.line else _CODE.format(written)
    inner = Pen(spoken) if isinstance(text, Link) else pen
    return _element(text, _inline(inner, text.text))


def _command(written: str) -> Markup:
    """Keep options whole: broken after its hyphens, one makes another command."""
    return Markup(" ").join(
        Markup("<span>{}</span>").format(word) if word.startswith("--") else escape(word)
        for word in written.split(" ")
    )


def _element(text: Link | Badge | Strong, inner: Markup) -> Markup:
    match text:
        case Link(to=to):
            return Markup('<a href="#{}">{}</a>').format(to, inner)
        case Badge(kind=kind):
            return Markup('<span class="badge sev-{}">{}</span>').format(kind, inner)
    return Markup("<strong>{}</strong>").format(inner)


def _sentences(pen: Pen, texts: tuple[Text, ...]) -> Markup:
    """Write one sentence after the other, with the space that the language has between."""
    found = Markup("")
    for written in (_inline(pen, text) for text in texts):
        if found and written:
            found += pen.spoken.space_after(re.sub(r"(?:</[a-z]+>)+$", "", found))
        found += written
    return found


def _marked(pen: Pen, runs: list[Run]) -> Markup:
    """Mark up code and exponents, by splitting and never by trusting markup.

    A backtick without a partner stays as it is.
    """
    return Markup("").join(
        _prose(pen, run.text)
        if run.known
        else Markup('<span lang="en">{}</span>').format(_prose(Pen(pen.spoken), run.text))
        for run in runs
    )


def _prose(pen: Pen, text: str) -> Markup:
    found, position = Markup(""), 0
    for match in _MARK.finditer(text):
        found += _linked(pen, text[position : match.start()]) + _mark(match)
        position = match.end()
    return found + _linked(pen, text[position:])


def _linked(pen: Pen, text: str) -> Markup:
    if pen.terms is None:
        return escape(visible(text))
    return Markup("").join(
        escape(visible(words))
        if place is None
        else Markup('<a class="term" href="#{}">{}</a>').format(place, visible(words))
        for words, place in pen.terms.split(text)
    )


def _mark(match: re.Match[str]) -> Markup:
    if match["code"]:
        return Markup("<code>{}</code>").format(visible(match["code"]))
    if match["power"]:
        return Markup("10<sup>{}</sup>").format(match["power"].replace("-", "−"))
    return Markup("log₁₀")


def _draw(spoken: Words, drawing: Drawing) -> Markup:
    spoken_drawing: Drawing = said(drawing, spoken.say)
    return spoken_drawing.draw()


@cache
def _css(language: Language) -> Markup:
    """Return our own style sheets, which must not be escaped: CSS does not decode entities."""
    folder = resources.tree("templates") / "styles"
    names = _STYLES if language is Language.ENGLISH else (*_STYLES, f"{language.tag}.css")
    return Markup("\n".join((folder / name).read_text(encoding="utf-8") for name in names))  # noqa: S704
