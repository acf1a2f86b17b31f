# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Who signed, what that is worth, and what others signed on the report."""

from audit.record.custody import Custody, FirstEdition, Response, Signer
from audit.record.document import fetched
from audit.record.said import Said
from audit.report import blocks as b
from audit.report.page import NOT_RECORDED, Page, part
from audit.report.sections.question import asked
from audit.report.sections.review import reviewer, unreviewed
from audit.report.words.texts import clip, prose
from audit.report.words.wording import paragraph, wording

_UNKNOWN = Said("not recorded")


def signature(page: Page) -> tuple[b.Block, ...]:
    """Say who signed, and what such a signature does and does not show."""
    signer = None if page.run is None else page.run.signer
    rows: tuple[tuple[b.Text, b.Cell], ...] = (
        (Said("Signed by"), NOT_RECORDED if signer is None else _signer(signer)),
        (
            Said("Certificate, SHA-256"),
            b.Code(prose("none") if signer is None else signer.fingerprint),
        ),
        (Said("Kind and level"), Said("None.") if page.run is None else _level(page.run, page)),
        *_first(page.first),
        (Said("Record, SHA-256"), b.Code(page.sha256)),
        (Said("Reviewer"), (reviewer(page), unreviewed(page, "how"))),
        *asked(page),
    )
    later = page.responses or page.first
    return (
        b.Heading(Said("Signature"), id="signature"),
        b.Facts(rows),
        b.Section((), id="signature-field", tag="div"),
        *map(b.Paragraph, _worth(signer)),
        *((b.Heading(Said("Versions of this report")), b.Facts(_history(page))) if later else ()),
    )


def verifying() -> tuple[b.Block, ...]:
    """Say how to check the report, with this software and without it."""
    ways: tuple[b.Cell, ...] = (
        b.Lines((b.Code("audit verify DIR --model FOLDER"), paragraph("signature.verify"))),
        b.Lines((b.Code("pdfsig report.pdf"), paragraph("signature.pdfsig"))),
    )
    return (
        b.Heading(Said("How to verify")),
        b.Bullets(ways, numbered=True),
        b.Paragraph((paragraph("signature.manifest"), paragraph("signature.later"))),
    )


def _first(first: FirstEdition | None) -> tuple[tuple[b.Text, b.Cell], ...]:
    """Say of a later edition what it is, and which one it leaves as it was."""
    if first is None:
        return ()
    signer = first.custody.signer
    said = Said(
        "This is a later edition. It adds what others signed on the first edition of {time}, signed"
        " by {name} (key {fingerprint}…), and changes nothing of it.",
        time=first.custody.audited_at,
        name=_UNKNOWN if signer is None else clip(signer.name, 120),
        fingerprint="" if signer is None else signer.fingerprint[:12],
    )
    return (
        (Said("Edition"), said),
        (Said("First edition, SHA-256 of its attestation"), b.Code(first.sha256)),
    )


def _signer(signer: Signer) -> Said:
    kind = clip(prose(signer.kind), 40)
    return Said("{name} ({kind} key)", name=clip(signer.name, 120), kind=kind)


def _worth(signer: Signer | None) -> tuple[Said, ...]:
    """Say in plain words what a signature with such a key is worth."""
    if signer is None:
        return tuple(map(prose, wording().keys["none"]))
    kind = clip(signer.kind, 40)
    unknown = Said("Kind of key: {kind}. Its worth is not described here.", kind=kind)
    return tuple(map(prose, wording().keys.get(signer.kind, ()))) or (unknown,)


def _level(run: Custody, page: Page) -> Said:
    """Name the PAdES level that was asked for; `audit verify` says what the file has.

    Of what was asked, hubs gave models; what is left is a time-stamp server.
    """
    servers = [address for address in run.asked if address not in fetched(page.record)]
    if servers:
        return Said(
            "PAdES, ECDSA P-256, SHA-256, a certification signature that permits no change; level "
            "B-T at least, with a time stamp from {server}.",
            server=clip(servers[-1], 120),
        )
    return Said(
        "PAdES, ECDSA P-256, SHA-256, a certification signature that permits no change; level B-B, "
        "without a time stamp: the time above is the machine’s own."
    )


def _history(page: Page) -> tuple[tuple[b.Text, b.Cell], ...]:
    """List what this report consists of, in the order in which it came to be."""
    run = page.audit_run
    made = Said(
        "Record made by {tool}, record schema {schema}.",
        tool=page.made_by,
        schema=page.record.schema_version,
    )
    said = (
        (
            clip(r.made_at, 40),
            Said("Signed by {name} as {role}.", name=clip(r.signer.name, 80), role=prose(r.role)),
        )
        for r in page.responses
    )
    return ((Said("date not recorded") if run is None else run.audited_at, made), *said)


def responses(page: Page) -> b.Section | None:
    """Return what others signed; their words stay as they were signed, line by line."""
    if not page.responses:
        return None
    return part(
        "responses",
        Said("Signed responses"),
        b.Paragraph(paragraph("signature.responses"), "lead"),
        *(block for found in page.responses for block in _response(found)),
        heading=Said("signed responses"),
    )


def _response(found: Response) -> tuple[b.Block, ...]:
    name = clip(found.signer.name, 120)
    heading = (
        Said("Answer of the publisher: {name}", name=name)
        if found.role == "publisher"
        else Said("Statement of a reviewer: {name}", name=name)
    )
    dated = Said("{time}, by the signer’s clock", time=clip(found.made_at, 40))
    words = found.text.splitlines() if found.text is not None else []
    said = b.Quote(tuple(line.expandtabs(4) for line in words), code=False)
    return b.present(
        b.Heading(heading),
        b.Facts(
            (
                (Said("Signed by"), _signer(found.signer)),
                (Said("Name"), Said("As given by the signer, not checked.")),
                (Said("Dated"), dated),
                (Said("Certificate, SHA-256"), b.Code(found.signer.fingerprint)),
            )
        ),
        said if words else b.Paragraph(Said("Signed without a statement.")),
    )
