# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The files in a report's folder: a run may write any, and its statement lists them.

What is done with a file of the list follows from its name alone: ``record.json`` is the record,
a page carries the envelope in its slot, a PDF is signed by itself, any other is covered by its
digest. Beside them lie the carriers of the statement, which cannot be in its list, and responses.

A later edition is a report of its own in a folder ``edition-2``, ``edition-3``, ... below the
first. It carries the first edition's attestation, and the responses under names that its own
statement lists: one that is taken away from it is missed.
"""

import re
from typing import Final

RECORD: Final = "record.json"
PAGE, PDF = ".html", ".pdf"
"""How the names of those end that are not covered by a digest of the file alone."""
SUMMARY: Final = ".summary.pdf"
ATTESTATION, BUNDLE = "report.intoto.jsonl", "report.sigstore.json"
KEYLESS: Final = "report.keyless.sigstore.json"
FIRST: Final = "first.intoto.jsonl"
"""The first edition's attestation, in a later one."""
_RESPONSE = ("response-", ".intoto.jsonl")
_CARRIED: Final = "carried-"
_EDITION: Final = re.compile(r"edition-([2-9]|[1-9][0-9]{1,2})")
_SAFE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_CARRIERS: Final = (ATTESTATION, BUNDLE, KEYLESS)


def is_response(name: str) -> bool:
    """Whether a file of a report's folder is named like a response."""
    return name.startswith(_RESPONSE[0]) and name.endswith(_RESPONSE[1])


def response_name(role: str, fingerprint: str) -> str:
    """Return the name of the response of one role and key."""
    return f"{role}-{fingerprint[:12]}".join(_RESPONSE)


def carried_name(response: str) -> str:
    """Return the name under which a later edition carries a response."""
    return _CARRIED + response.removeprefix(_RESPONSE[0])


def carried_response(name: str) -> str | None:
    """Return the name of the response that a later edition carries under ``name``, if it does."""
    response = _RESPONSE[0] + name.removeprefix(_CARRIED)
    return response if name.startswith(_CARRIED) and is_response(response) else None


def edition_number(name: str) -> int | None:
    """Return the number of the later edition that a folder of this name holds."""
    found = _EDITION.fullmatch(name)
    return None if found is None else int(found[1])


def is_summary(name: str) -> bool:
    """Whether a PDF of this name is the first page of a report alone."""
    return name.endswith(SUMMARY)


def is_listable(name: str) -> bool:
    """Whether a statement may list a file of this name: one plain component, no carrier."""
    carries = name.casefold() in _CARRIERS or is_response(name)
    return _SAFE.fullmatch(name) is not None and not carries


def looks_listed(name: str) -> bool:
    """Whether a reader would take a file of this name for a part of the report."""
    return is_listable(name) and (name == RECORD or name.startswith("report."))


def order(name: str) -> tuple[int, str]:
    """Return where a file stands in answers: record, pages, PDFs, others, carriers."""
    if name in _CARRIERS:
        return 4 + _CARRIERS.index(name), name
    return next(n for n, kind in enumerate((RECORD, PAGE, PDF, "")) if name.endswith(kind)), name
