# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Fills the templates: strict about undefined names, escaping everything it did not draw.

Model names, file names and licence texts come from strangers. Every expression a
template prints passes ``_printable``, so that no template can forget to make control
characters visible, and nothing but text, small whole numbers and our own charts is printed.
Charts are data until then: what the view says in them can still be put in other words.
"""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError
from markupsafe import Markup

from audit import resources
from audit.errors import RenderError
from audit.languages import Language
from audit.record.custody import Custody, Response
from audit.record.document import AuditRecord
from audit.report import charts
from audit.report.rule_texts import RuleTexts, rule_texts
from audit.report.view import build
from audit.report.wording import visible

_STYLES = ("tokens.css", "base.css", "screen.css", "print.css")


def render(
    record: AuditRecord,
    custody: Custody | None,
    *,
    texts: RuleTexts | None = None,
    responses: tuple[Response, ...] = (),
    language: Language = Language.ENGLISH,
) -> bytes:
    """Render the record as one HTML page without scripts or external parts.

    Parameters
    ----------
    record : AuditRecord
        What to render.
    custody : Custody or None
        When, where and by whom; ``None`` renders "not recorded".
    texts : RuleTexts, optional
        What is quoted from the rules; read from the installed rules by default.
    responses : tuple of Response
        What others signed on this report; printed unchanged in an annex.
    language : Language
        What the page is written in; names, places and the words of others stay as they are.

    Returns
    -------
    bytes
        UTF-8. The same arguments give the same bytes.

    Raises
    ------
    RenderError
        If a template is missing or does not fit the view.
    """
    view = build(record, custody, texts or rule_texts(record), responses)
    if language is not Language.ENGLISH:
        from audit.report.translated_view import translated
        from audit.report.translation import translator

        view = translated(view, record, translator(language.tag))
    try:
        template = _environment(language).get_template("report.html.j2")
        text = template.render(report=view, css=_css(language), lang=language.tag)
    except (TemplateError, OSError, TypeError) as error:
        raise RenderError(
            f"The report's templates do not work: {error}", advice="Reinstall audit."
        ) from error
    return text.encode("utf-8")


@cache
def _environment(language: Language = Language.ENGLISH) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(resources.tree("templates")),
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_printable,
    )
    environment.newstyle_gettext = True  # type: ignore[attr-defined]
    environment.globals["gettext"] = partial(_message, _catalogue(language))
    return environment


def _catalogue(language: Language) -> Callable[[str], str]:
    if language is Language.ENGLISH:
        return str
    from audit.report.translation import translator

    return translator(language.tag).message


def _message(catalogue: Callable[[str], str], message: str, **variables: Any) -> Markup:
    """Fill a message of a template; the variables are printed like any other expression.

    jinja2's own function would escape them, but ``finalize`` does not see what stands inside a
    ``trans`` block: a control character in a name would stay one.
    """
    printed = {name: _printable(value) for name, value in variables.items()}
    return Markup(catalogue(message)) % printed  # noqa: S704


def _printable(value: Any) -> Any:
    if isinstance(value, Markup) or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    if isinstance(value, charts.Chart):
        return charts.draw(value)
    if isinstance(value, StrictUndefined):
        return str(value)
    if isinstance(value, str):
        return visible(value)
    raise TypeError(f"a template printed a {type(value).__name__} instead of text")


@cache
def _css(language: Language) -> Markup:
    """Return our own style sheets, which must not be escaped: CSS does not decode entities."""
    folder = resources.tree("templates") / "styles"
    names = _STYLES if language is Language.ENGLISH else (*_STYLES, f"{language.tag}.css")
    return Markup("\n".join((folder / name).read_text(encoding="utf-8") for name in names))  # noqa: S704
