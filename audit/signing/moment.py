# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Step 14 of the verification: when a PDF was signed, and whether the key was revoked then."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from audit.signing.certificates import common_name, validity_problem
from audit.signing.pdf_seal import PdfSeal
from audit.signing.procedure import Absent, Sealed
from audit.signing.step import Step, failed, judged, not_checked, passed
from audit.signing.validation_data import (
    RevocationUnknownError,
    RevokedKeyError,
    ValidationData,
    require_unrevoked,
)

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


def revocation(
    name: str, chain: "tuple[Certificate, ...] | Absent", seal: PdfSeal | Absent
) -> Step:
    """Step 14, second half."""
    title = f"{name} revocation"
    for needed in (seal, chain):
        if isinstance(needed, Absent):
            return not_checked(title, needed.reason)
    assert isinstance(seal, PdfSeal)
    assert not isinstance(chain, Absent)
    if not seal.validation:
        reason = "carries no validation data, and no revocation service is asked"
        return not_checked(title, f"{name} {reason}; ask the signer if in doubt")
    if seal.stamp is None or len(chain) < 2:
        lacking = "time stamp" if seal.stamp is None else "issuer"
        return not_checked(title, f"{name} carries validation data, but its signature no {lacking}")
    return _judged(name, chain, seal.validation, seal.stamp.at)


def _judged(
    name: str, chain: "tuple[Certificate, ...]", data: ValidationData, at: datetime
) -> Step:
    title = f"{name} revocation"
    try:
        require_unrevoked(chain, data, at)
    except RevokedKeyError as error:
        return failed(title, f"{name}: {error}")
    except RevocationUnknownError as error:
        return not_checked(title, f"{name}: the validation data in it do not help: {error}")
    return passed(
        title,
        f"{name}: not revoked at {at:%Y-%m-%dT%H:%M:%SZ}, if the time stamp is to be believed, say"
        f" the validation data in it, by {common_name(chain[1])}; later ones are not looked up",
    )
