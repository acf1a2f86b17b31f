# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Fills the templates: strict about undefined names, escaping everything it did not draw.

Model names, file names and licence texts come from strangers. Every expression a
template prints passes ``_printable``, so that no template can forget to make control
characters visible, and nothing but text, small whole numbers and our own charts is printed.
Charts are data until then: what the view says in them can still be put in other words.
"""

from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError
from markupsafe import Markup

from audit import resources
from audit.errors import RenderError
from audit.report import charts
from audit.report.document import AuditRecord, Custody, Response
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
    try:
        text = (
            _environment()
            .get_template("report.html.j2")
            .render(report=view, css=_css(), lang="en-GB")
        )
    except (TemplateError, OSError, TypeError) as error:
        raise RenderError(
            f"The report's templates do not work: {error}", advice="Reinstall audit."
        ) from error
    return text.encode("utf-8")


@cache
def _environment() -> Environment:
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
    environment.globals["gettext"] = _message
    return environment


def _message(template_text: str, **variables: Any) -> Markup:
    """Fill a message of a template; the variables are printed like any other expression.

    jinja2's own function would escape them, but ``finalize`` does not see what stands inside a
    ``trans`` block: a control character in a name would stay one.
    """
    printed = {name: _printable(value) for name, value in variables.items()}
    return Markup(template_text) % printed  # noqa: S704


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
def _css() -> Markup:
    """Return our own style sheets, which must not be escaped: CSS does not decode entities."""
    folder = resources.tree("templates") / "styles"
    return Markup("\n".join((folder / name).read_text(encoding="utf-8") for name in _STYLES))  # noqa: S704
