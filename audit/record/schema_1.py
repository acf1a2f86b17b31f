# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Records of schema 1, read as today's and written as they were.

Schema 1 held sentences as plain text, which :class:`audit.record.said.Said` reads by itself; two
places as text that had to be cut (where a parent is declared, where a licence is); nothing as
empty text; and not what a report quotes from the rules, nor controls as items.
"""

from collections.abc import Callable
from typing import Any

Fields = dict[str, Any]
_Change = Callable[[Fields], Fields]
_Saying = Callable[[str | None], str | None]

_WITH_FIELD = ("package metadata", "weights metadata")


class Misfit(Exception):
    """A record that says it is of schema 1, and is not."""


def to_today(record: Fields) -> Fields:
    """Return the fields of a record of schema 1 as those of today.

    Raises
    ------
    Misfit
        If it has no such fields.
    """

    def parent(fields: Fields) -> Fields:
        path, _, field = fields["origin"].rpartition(": ")
        return {**_without(fields, "origin"), "path": path, "field": field}

    def claim(fields: Fields) -> Fields:
        origin, _, field = fields["origin"].partition(": ")
        return {**fields, "origin": origin, "field": field} if origin in _WITH_FIELD else fields

    def said(text: str | None) -> str | None:
        return text or None

    try:
        return _changed(record, parent, claim, said)
    except (AttributeError, KeyError, TypeError) as error:
        raise Misfit("it lacks fields of schema 1") from error


def from_today(record: Fields) -> Fields:
    """Return the fields of today as those of schema 1: the inverse of :func:`to_today`."""

    def parent(fields: Fields) -> Fields:
        origin = ": ".join(filter(None, (fields["path"], fields["field"])))
        return {**_without(fields, "path", "field"), "origin": origin}

    def claim(fields: Fields) -> Fields:
        origin = ": ".join(filter(None, (fields["origin"], fields["field"])))
        return {**_without(fields, "field"), "origin": origin}

    def said(text: str | None) -> str | None:
        return text or ""

    fields = _changed(_without(record, "texts", "library", "controls"), parent, claim, said)
    return {
        **fields,
        "subject": _without(fields["subject"], "root_sha256", "source"),
        "options": _without(fields["options"], "salt", "configuration_sha256", "baseline_sha256"),
        "verdict": _without(fields["verdict"], "papers_only"),
        "references": [
            _without(one, "root_sha256", "parent", "source") for one in fields["references"]
        ],
    }


def _without(fields: Fields, *names: str) -> Fields:
    return {key: value for key, value in fields.items() if key not in names}


def _changed(record: Fields, parent: _Change, claim: _Change, said: _Saying) -> Fields:
    subject, licenses = record["subject"], record["licenses"]
    history = licenses.get("history")
    if history is not None:
        earlier = [claim(one) for one in history["earlier"]]
        licenses = {**licenses, "history": {**history, "earlier": earlier}}
    return {
        **record,
        "subject": {**subject, "parents": [parent(one) for one in subject["parents"]]},
        "licenses": {**licenses, "claims": [claim(one) for one in licenses["claims"]]},
        "findings": [{**one, "waived": said(one.get("waived"))} for one in record["findings"]],
        "comparisons": [
            {**one, "maps_reason": said(one.get("maps_reason"))} for one in record["comparisons"]
        ],
    }
