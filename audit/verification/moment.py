# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Step 14 of the verification: when a PDF was signed, and whether the key was revoked then.

Anybody can run a clock under any name: a time stamp is believed only if the caller said whose it
should be, and so is what validation data say about its moment.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from audit.signing.identity.certificates import common_name, validity_problem
from audit.signing.identity.pin import Pin
from audit.signing.pdf.pdf_seal import PdfSeal
from audit.signing.pdf.validation_data import (
    RevocationUnknownError,
    RevokedKeyError,
    ValidationData,
    require_unrevoked,
)
from audit.verification.procedure import Absent, Sealed
from audit.verification.step import Step, failed, judged, not_checked, passed

if TYPE_CHECKING:
    from cryptography.x509 import Certificate


def signing_time(
    name: str,
    chain: "tuple[Certificate, ...] | Absent",
    sealed: Sealed | Absent,
    seal: PdfSeal | Absent,
    clock: Pin | None,
) -> Step:
    """Step 14, first half; ``clock`` is the expected time-stamp authority."""
    title = f"{name} signing time"
    stamp = seal.stamp if isinstance(seal, PdfSeal) else None
    if stamp is not None and not isinstance(chain, Absent):
        said = f"{name}: {stamp.sentence}"
        outdated = validity_problem(chain, stamp.at)
        if outdated is None and clock is None:
            return not_checked(
                title,
                f"{said}; not trusted: nobody said whose clock this should be. Pass that"
                " authority's certificate with --timestamp-key",
            )
        wrong_clock = None if clock is None else clock.problem([stamp.authority])
        stranger = None if wrong_clock is None else f"{name}: the time stamp is {wrong_clock}"
        return judged(title, outdated or stranger, good=f"{said}, as expected")
    said = "the date in it"
    if isinstance(sealed, Sealed):
        said = sealed.statement.predicate.custody.audited_at
    detail = f"{said} is what the signer's clock said; no time-stamp authority confirms it"
    if not isinstance(chain, Absent):
        outdated = validity_problem(chain, datetime.now(UTC))
        detail += "" if outdated is None else f", and {outdated}"
    return not_checked(title, detail)


def revocation(
    name: str,
    chain: "tuple[Certificate, ...] | Absent",
    seal: PdfSeal | Absent,
    clock: Pin | None,
) -> Step:
    """Step 14, second half; ``clock`` is the expected time-stamp authority."""
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
    trusted = clock is not None and clock.problem([seal.stamp.authority]) is None
    return _judged(name, chain, seal.validation, seal.stamp.at, trusted=trusted)


def _judged(
    name: str,
    chain: "tuple[Certificate, ...]",
    data: ValidationData,
    at: datetime,
    *,
    trusted: bool,
) -> Step:
    title = f"{name} revocation"
    try:
        require_unrevoked(chain, data, at)
    except RevokedKeyError as error:
        return failed(title, f"{name}: {error}")
    except RevocationUnknownError as error:
        return not_checked(title, f"{name}: the validation data in it do not help: {error}")
    said = (
        f"{name}: not revoked at {at:%Y-%m-%dT%H:%M:%SZ}, say the validation data in it, by"
        f" {common_name(chain[1])}; later ones are not looked up"
    )
    if not trusted:
        return not_checked(title, f"{said}. That moment rests on a time stamp that is not trusted")
    return passed(title, said)
