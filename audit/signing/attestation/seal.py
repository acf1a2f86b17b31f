# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Binds a report's files together: one envelope, carried by three kinds of file.

The same signed statement is the first line of ``report.intoto.jsonl``, the content of
``report.sigstore.json`` and the content of every page's slot, so each can travel alone.
"""

from collections.abc import Mapping

from audit.record.custody import Custody
from audit.record.document import AuditRecord
from audit.signing.attestation import bundle, dsse, slot
from audit.signing.attestation.gate import seal_gate
from audit.signing.attestation.names import ATTESTATION, BUNDLE, PAGE
from audit.signing.attestation.statement import attest, parse_statement
from audit.signing.identity.keys import Identity


def seal_report(
    record: AuditRecord, files: Mapping[str, bytes], custody: Custody, identity: Identity
) -> dict[str, bytes]:
    """Return all files of a report, ready to be written.

    ``files`` are whatever the run made, by name: pages as rendered, PDFs as signed, others as
    they are. ``custody`` must name ``identity``, as the report printed it. Raises
    ``SigningError`` as :func:`audit.signing.attestation.statement.attest`.
    """
    envelope = attest(record, files, custody, identity)
    statement = parse_statement(dsse.parse(envelope).payload)
    pages = {n: slot.filled(page, envelope) for n, page in files.items() if n.endswith(PAGE)}
    return {
        **files,
        **pages,
        ATTESTATION: bundle.to_lines((envelope, *seal_gate(statement, envelope, identity))),
        BUNDLE: bundle.wrap(envelope, identity.leaf),
    }
