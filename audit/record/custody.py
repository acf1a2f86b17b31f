# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""When, where and by whom the audit was run: all that must stay out of the record.

The signed statement holds these types as they are, in camelCase; what it may not say of them
otherwise is stated here.
"""

from dataclasses import dataclass, field
from typing import Annotated, TypeAlias

from pydantic import Field

Sha256: TypeAlias = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Moment: TypeAlias = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")]
"""RFC 3339, UTC, with ``Z``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who signed.

    ``kind`` is ``self-made`` (made for this run), ``local``, ``file`` or ``token``;
    ``fingerprint`` is the SHA-256 of the DER certificate, in hex.
    """

    kind: str
    name: str
    fingerprint: Sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Custody:
    """When, where, by whom and for whom; host in general terms.

    ``renderer`` maps what can change the PDF's bytes to its version. ``asked`` is every address
    outside this machine that the run asked for something: models on hubs with their commits, a
    server of time stamps.
    Every run signs: without a ``signer`` nothing is known but a date that somebody gave.
    """

    audited_at: Moment
    platform: str
    python: str
    command: str
    signer: Signer | None
    requested_by: str | None = None
    """Who asked for the audit, in the words of the person who ran it."""
    contact: str | None = None
    """Where corrections and answers are received."""
    renderer: dict[str, str] = field(default_factory=dict)
    asked: tuple[str, ...] = ()
    examiner: str | None = None
    """Who examined, and with what competence; this and what follows in the words of the caller."""
    commission: str | None = None
    """Who ordered the examination, when, and with which question."""
    independence: str | None = None
    """What ties the examiner to a party, or that nothing does."""
    acquired: tuple[str, ...] = ()
    """How each item came here: who got it, from where, when, by which means."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What somebody signed on a finished report; printed unchanged in its next rendering.

    ``role`` is ``reviewer`` or ``publisher``, ``made_at`` the time by their clock,
    ``text`` their words, ``None`` where they signed without any.
    """

    role: str
    signer: Signer
    made_at: str
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstEdition:
    """The edition that a later one carries responses to: its custody, and its attestation's digest.

    It stays as it was; a later edition shows the audit's own time, host and signer from it.
    """

    custody: Custody
    sha256: Sha256
