# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Step 14 of the verification: when a PDF was signed, and whether the key was revoked then.

Anybody can run a clock under any name: a time stamp is believed only if the caller said whose it
should be, and so is what validation data say about its moment.
"""

from datetime import UTC, datetime

from audit.record.absent import Absent
from audit.record.said import Said
from audit.signing.identity.certificates import common_name, validity_problem
from audit.signing.identity.pin import Pin
from audit.signing.pdf.pdf_seal import PdfSeal
from audit.signing.pdf.validation_data import RevokedKeyError, require_unrevoked
from audit.signing.unsound import UnsoundError
from audit.verification.procedure import Signed
from audit.verification.step import Step, asked, failed, judged, not_checked, passed


def signing_time(name: str, by: Signed | Absent, seal: PdfSeal | Absent, clock: Pin | None) -> Step:
    """Step 14, first half; ``clock`` is the expected time-stamp authority."""
    title = Said("{name} signing time", name=name)
    stamp = seal.stamp if isinstance(seal, PdfSeal) else None
    if stamp is None or isinstance(by, Absent):
        said = (
            Said("the date in it") if isinstance(by, Absent) else f"{by.moment:%Y-%m-%dT%H:%M:%SZ}"
        )
        detail = Said(
            "{time} is what the signer's clock said; no time-stamp authority confirms it", time=said
        )
        outdated = None if isinstance(by, Absent) else validity_problem(by.chain, datetime.now(UTC))
        both = Said("{one}, and {other}", one=detail, other=outdated or "")
        return not_checked(title, detail if outdated is None else both)
    said, outdated = f"{name}: {stamp.sentence}", validity_problem(by.chain, stamp.at)
    if outdated is None and clock is None:
        return not_checked(
            title,
            f"{said}; not trusted: nobody said whose clock this should be. Pass that"
            " authority's certificate with --timestamp-key",
        )
    expected = clock is None or clock.is_of(stamp.authority)
    stranger = None if expected or clock is None else clock.other(stamp.authority)
    wrong = None if stranger is None else f"{name}: the time stamp is {stranger}"
    return judged(title, outdated or wrong, good=f"{said}, as expected")


def revocation(name: str, by: Signed | Absent, seal: PdfSeal | Absent, clock: Pin | None) -> Step:
    """Step 14, second half; ``clock`` is the expected time-stamp authority."""

    def check(title: str, seal: PdfSeal, by: Signed) -> Step:
        if not seal.validation:
            nothing = Said(
                "{name} carries no validation data, and no revocation service is asked; ask the"
                " signer if in doubt",
                name=name,
            )
            return not_checked(title, nothing)
        if seal.stamp is None or len(by.chain) < 2:
            lacking = Said("time stamp") if seal.stamp is None else Said("issuer")
            without = Said(
                "{name} carries validation data, but its signature no {lacking}",
                name=name,
                lacking=lacking,
            )
            return not_checked(title, without)
        at = seal.stamp.at
        try:
            require_unrevoked(by.chain, seal.validation, at)
        except RevokedKeyError as error:
            return failed(title, f"{name}: {error}")
        except UnsoundError as error:
            return not_checked(title, f"{name}: the validation data in it do not help: {error}")
        said = (
            f"{name}: not revoked at {at:%Y-%m-%dT%H:%M:%SZ}, say the validation data in it, by"
            f" {common_name(by.chain[1])}; later ones are not looked up"
        )
        if clock is not None and clock.is_of(seal.stamp.authority):
            return passed(title, said)
        return not_checked(title, f"{said}. That moment rests on a time stamp that is not trusted")

    return asked(Said("{name} revocation", name=name), check, seal, by)
