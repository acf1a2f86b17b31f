# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Step 14 of the verification: when a PDF was signed, and whether the key was revoked then."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from audit.signing.certificates import validity_problem
from audit.signing.pades import PdfSeal
from audit.signing.procedure import Absent, Sealed
from audit.signing.step import Step, judged, not_checked

if TYPE_CHECKING:
    from cryptography.x509 import Certificate


def signing_time(
    name: str,
    chain: "tuple[Certificate, ...] | Absent",
    sealed: Sealed | Absent,
    seal: PdfSeal | Absent,
) -> Step:
    """Step 14, first half."""
    title = f"{name} signing time"
    stamp = seal.stamp if isinstance(seal, PdfSeal) else None
    if stamp is not None and not isinstance(chain, Absent):
        outdated = validity_problem(chain, stamp.at)
        return judged(title, outdated, good=f"{name}: {stamp.sentence}")
    said = "the date in it"
    if isinstance(sealed, Sealed):
        said = sealed.statement.predicate.custody.audited_at
    detail = f"{said} is what the signer's clock said; no time-stamp authority confirms it"
    if not isinstance(chain, Absent):
        outdated = validity_problem(chain, datetime.now(UTC))
        detail += "" if outdated is None else f", and {outdated}"
    return not_checked(title, detail)


def revocation(name: str) -> Step:
    """Step 14, second half."""
    title = f"{name} revocation"
    return not_checked(title, "no revocation service is asked; ask the signer if in doubt")
