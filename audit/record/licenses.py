# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What the repository says, and carries, about licences and copyright."""

from dataclasses import dataclass
from enum import StrEnum

from audit.record.said import Said, term

NOASSERTION = "NOASSERTION"
"""SPDX's word for "nothing is asserted"; differs from ``NONE``, "there is none"."""


class ClaimSource(StrEnum):
    """SPDX's three voices; they are never merged."""

    DECLARED = "declared"
    """What the author says: card, package metadata, config."""
    DETECTED = "detected"
    """What text scanning found: licence files, file headers."""
    CONCLUDED = "concluded"
    """What the audit decides, with its reason."""


class ClaimOrigin(StrEnum):
    """Where a licence statement stands."""

    CARD_LICENSE = "card: license"
    CARD_NAME = "card: license_name"
    CARD_LINK = "card: license_link"
    CARD_BADGE = "card: badge"
    CARD_STATEMENT = "card: statement"
    CARD_PROSE = "card: prose"
    CONFIG = "config.json: license"
    PACKAGE_METADATA = "package metadata"
    WEIGHTS_METADATA = "weights metadata"
    REUSE_TOML = "REUSE.toml"
    DEP5 = ".reuse/dep5"
    LICENSE_FILE = "license file"
    """A licence text that speaks for the release."""
    LICENSE_MENTION = "license file without text"
    """A licence file that only names a licence."""
    LICENSE_REMARK = "paragraph beside the license text"
    """Words in a licence file beside the text, which limit nothing that the text grants."""
    PART_FILE = "legal file of a part"
    """NOTICE files and licence files of vendored parts."""
    POLICY = "use policy or annex"
    HEADER = "header"
    HEADER_TEXT = "header with the text"
    """A header that holds the licence's own words, so that it needs no other copy."""
    HISTORY = "git history"
    """A licence text at the last tag; it speaks for no release of today."""
    CONCLUSION = "conclusion"


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseClaim:
    """One licence statement.

    ``origin`` names the place or detector, ``field`` the key where a place has several.
    ``raw`` are the words as written or, of a claim of ours, its reason. ``expression`` is an
    SPDX expression; ``LicenseRef-`` for what SPDX does not list; ``NOASSERTION`` when
    the text as written (``raw``) is not understood. ``score`` is 0..1 (1 for
    declarations). ``path`` is ``None`` only for concluded claims. ``cell`` counts the
    cells of a notebook from 1 (``line`` is then ``None``). ``scope`` is what the statement
    covers, where it says so: ``code``, ``weights``, ``data``, ``docs``, or a pattern of
    paths; ``None`` means the release. ``detector`` says who recognised a text (``known
    texts``, or the scanner with its version; empty for what was not detected), ``near`` names
    the known text that one resembles and is not, and ``differences`` are the places where
    it departs from it.
    """

    source: ClaimSource
    origin: ClaimOrigin
    expression: str
    raw: Said
    path: str | None
    line: int | None = None
    score: float = 1.0
    cell: int | None = None
    scope: str | None = None
    detector: str = ""
    near: str | None = None
    differences: tuple[Said, ...] = ()
    field: str = ""

    @property
    def stated_in(self) -> Said:
        """The origin with its field, for people: ``package metadata: license``."""
        origin = term(self.origin)
        if not self.field:
            return origin
        return Said("{origin}: {field}", origin=origin, field=self.field)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copyright:
    """A copyright statement; ``holder`` is the name without years.

    ``line`` counts from 1 in the file, or in the notebook's ``cell``.
    """

    holder: str
    statement: str
    path: str
    line: int
    cell: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unscanned:
    """A file (or the whole stage) that the licence scan did not cover, and why."""

    path: str
    reason: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseHistory:
    """What the licence files of the last git tag held, where they differ from today's.

    ``unchanged`` counts those that are the same bytes. ``reason`` says why the history was
    not looked at; ``tag`` is then ``None``.
    """

    tag: str | None
    earlier: tuple[LicenseClaim, ...]
    unchanged: int
    reason: Said | None


NO_HISTORY = LicenseHistory(tag=None, earlier=(), unchanged=0, reason=Said("not looked at"))


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseEvidence:
    """Everything the licence stage found in one folder.

    ``scanner`` is ``scancode-toolkit 32.5.0``, or ``basic`` when it is not available
    (then ``unscanned`` says what could not be done). ``scanned`` counts files, and
    ``skipped`` those that carry no licence text by nature (weights, tokenizers,
    configuration, binaries). ``acknowledged`` are the copyright holders of file headers
    that a LICENSE, a NOTICE or the model card names too.
    """

    claims: tuple[LicenseClaim, ...]
    copyrights: tuple[Copyright, ...]
    scanned: int
    unscanned: tuple[Unscanned, ...]
    scanner: str
    skipped: int = 0
    acknowledged: tuple[str, ...] = ()
    history: LicenseHistory = NO_HISTORY

    def of_source(self, source: ClaimSource) -> tuple[LicenseClaim, ...]:
        """Return the claims of one voice, in the order found."""
        return tuple(c for c in self.claims if c.source is source)

    @property
    def concluded(self) -> LicenseClaim | None:
        """The concluded licence of the release, if the evidence allows one."""
        return next((c for c in self.claims if c.source is ClaimSource.CONCLUDED), None)
