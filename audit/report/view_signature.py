# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Who signed, what that is worth, and what others signed on the report."""

from dataclasses import dataclass

from audit.record.custody import Custody, Response
from audit.record.document import AuditRecord
from audit.report.view_custody import NOT_RECORDED
from audit.report.wording import clip


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureView:
    """Who signed and, in plain words, what that is worth."""

    signer: str
    fingerprint: str
    level: str
    history: tuple[tuple[str, str], ...]
    worth: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseView:
    """What somebody signed on this report; ``lines`` are their words, empty without any."""

    heading: str
    rows: tuple[tuple[str, str], ...]
    fingerprint: str
    lines: tuple[str, ...]


_WORTH = {
    "self-made": (
        "The key was made for this run on the machine that ran the audit. Nobody vouches for "
        "who holds it.",
        "What the signature shows: the PDF, the HTML, the record and the list of audited files "
        "have not changed since they were signed together.",
        "What it does not show: who ran the audit, when (the clock was the machine’s own), or "
        "that the audit was run as described. Somebody who can change the files can also sign "
        "them again with another key; compare the fingerprint with one that reached you by "
        "another way.",
    ),
    "local": (
        "The key belongs to a signing identity kept on the machine that ran the audit. Nobody "
        "but its holder vouches for it.",
        "What the signature shows: the files have not changed since the holder of this key "
        "signed them together.",
        "What it does not show: the legal identity of the holder, or a time from a third "
        "party. Compare the fingerprint with one that reached you by another way.",
    ),
    "token": (
        "The key is kept in a token (PKCS#11) and did not leave it; its certificate was read from "
        "there.",
        "What the signature shows: the files have not changed since the holder of this key "
        "signed them together.",
        "Who the holder is depends on who issued the certificate; this report cannot vouch for "
        "that. Compare the fingerprint with one that reached you by another way.",
    ),
    "file": (
        "The key and its certificate were supplied to the run as a file.",
        "What the signature shows: the files have not changed since the holder of this key "
        "signed them together.",
        "Who the holder is depends on who issued the certificate; this report cannot vouch for "
        "that. Compare the fingerprint with one that reached you by another way.",
    ),
}


def signature(
    record: AuditRecord, custody: Custody | None, responses: tuple[Response, ...]
) -> SignatureView:
    """Say who signed, and what such a signature does and does not show."""
    history = _history(record, custody, responses)
    if custody is None or custody.signer is None:
        return SignatureView(
            signer=NOT_RECORDED,
            fingerprint="none",
            level="None.",
            history=history,
            worth=(
                "Without a signature nothing protects this report against later changes. The "
                "digest of the record above still shows whether a record.json belongs to it.",
            ),
        )
    signer = custody.signer
    unknown = (f"Kind of key: {clip(signer.kind, 40)}. Its worth is not described here.",)
    return SignatureView(
        signer=f"{clip(signer.name, 120)} ({clip(signer.kind, 40)} key)",
        fingerprint=signer.fingerprint,
        level=_level(custody),
        history=history,
        worth=_WORTH.get(signer.kind, unknown),
    )


def _level(custody: Custody) -> str:
    """Name the PAdES level that was asked for; `audit verify` says what the file has."""
    kind = "PAdES, ECDSA P-256, SHA-256, a certification signature that permits no change"
    if custody.asked:
        return f"{kind}; level B-T at least, with a time stamp from {clip(custody.asked[0], 120)}."
    return f"{kind}; level B-B, without a time stamp: the time above is the machine’s own."


def _history(
    record: AuditRecord, custody: Custody | None, responses: tuple[Response, ...]
) -> tuple[tuple[str, str], ...]:
    """List what this report consists of, in the order in which it came to be."""
    day = "date not recorded" if custody is None else custody.audited_at
    made = f"{record.tool.name} {record.tool.version}, record schema {record.schema_version}."
    said = ((r.made_at, f"Signed by {clip(r.signer.name, 80)} as {r.role}.") for r in responses)
    return ((day, f"Record made by {made}"), *((clip(at, 40), text) for at, text in said))


def response_views(responses: tuple[Response, ...]) -> tuple[ResponseView, ...]:
    """Give each response a heading; its words stay as they were signed, line by line."""
    heading = {"publisher": "Answer of the publisher", "reviewer": "Statement of a reviewer"}
    return tuple(
        ResponseView(
            heading=f"{heading[found.role]}: {clip(found.signer.name, 120)}",
            rows=(
                (
                    "Signed by",
                    f"{clip(found.signer.name, 120)} ({clip(found.signer.kind, 40)} key)",
                ),
                ("Dated", f"{clip(found.made_at, 40)}, by the signer’s clock"),
            ),
            fingerprint=found.signer.fingerprint,
            lines=()
            if found.text is None
            else tuple(line.expandtabs(4) for line in found.text.splitlines()),
        )
        for found in responses
    )
