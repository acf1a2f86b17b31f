# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The visible signature: its place in the report, and the small page that is stamped there.

WeasyPrint tags a form field as PDF/UA wants it, so the place is an input of a form that is made
into a signature field; a check box, because a text field would bring a font for what is typed.
What is stamped is a page of its own, drawn with the bundled fonts, because
the stamps of signing libraries use fonts that are not embedded and break PDF/A.
"""

from html import escape
from typing import Any, Final

from audit.languages import Language
from audit.record.custody import Custody
from audit.record.said import Said
from audit.report.words.language import words
from audit.report.words.texts import visible

FIELD_NAME: Final = "AuditSignature"
PLACE: Final = '<div id="signature-field"></div>'
"""Empty in the page, where it shows nothing; see :mod:`audit.report.sections.signature`."""

_WIDTH, _HEIGHT = 360, 72
"""CSS pixels; the field has the same size in ``print.css``."""
_STYLE = f"""@page {{ size: {_WIDTH}px {_HEIGHT}px; margin: 0 }}
body {{ margin: 6px 8px; font: 11px/15px Inter, "Noto Sans SC"; overflow-wrap: anywhere }}
strong {{ font-weight: 600 }} code {{ font: 8.5px/13px "Noto Sans Mono", "Noto Sans SC" }}"""


def with_field(page: str, title: str) -> str:
    """Return ``page`` with a form field in the place of the visible signature.

    Parameters
    ----------
    title : str
        What a screen reader calls the field.
    """
    field = f'<input type="checkbox" name="{FIELD_NAME}" title="{escape(title)}">'
    return page.replace(PLACE, PLACE.replace("></div>", f">{field}</div>"), 1)


def into_signature_field(pdf: Any) -> None:
    """Make the check box that WeasyPrint wrote into an empty signature field."""
    for item in pdf.objects:
        if isinstance(item, dict) and item.get("Subtype") == "/Widget":
            for key in ("AP", "AS", "Border", "MK", "V"):
                item.pop(key, None)
            left, top, right, bottom = item["Rect"]
            item["Rect"][:] = left, min(top, bottom), right, max(top, bottom)
            item["FT"] = "/Sig"
            item["F"] = 1 << 2 | 1 << 7  # printed, locked
    form = pdf.catalog["AcroForm"]
    form.pop("NeedAppearances", None)


def stamp_page(custody: Custody, language: Language) -> str:
    """Return the page that is stamped: who signed, with which certificate, when by whose clock."""
    assert custody.signer is not None
    signer = custody.signer
    lines = (
        Said("Signature"),
        Said("Signed by {name}", name=visible(signer.name)),
        Said("{time}, by the signer’s clock", time=custody.audited_at),
        Said("SHA-256 of the certificate"),
    )
    title, name, time, digest = (escape(words(language).say(line)) for line in lines)
    return (
        f'<!doctype html><html lang="{language.tag}"><title>{title}</title><style>{_STYLE}</style>'
        f"<body><strong>{name}</strong><br>{time}<br>"
        f"<code>{digest}<br>{signer.fingerprint}</code></body></html>"
    )
