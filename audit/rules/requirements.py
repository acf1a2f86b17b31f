# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The closed list of ways in which a file tree can show that an obligation is met.

Each primitive is decided from files alone and the same tree always gives the same answer;
``attest`` is for what no file shows. The primitives say *what* to look for; the stage
that holds the evidence looks. Answers are three-valued and combine by Kleene's logic.
"""

from typing import Annotated, Literal

from pydantic import Field

from audit.rules.loading import Strict, Words

Place = Literal["license", "notice", "card", "documents", "anywhere"]
"""Where to look: licence files, NOTICE-like files, the model card, the card and other
documents, or every text of the release."""
Share = Annotated[float, Field(gt=0.0, le=1.0)]


class LicenseText(Strict):
    """The text of a licence or policy is in the folder.

    ``text`` is an id of ``rules/texts/`` or a licence id that scancode recognises.
    """

    kind: Literal["license_text"]
    text: Words


class FilePresent(Strict):
    """A file whose name matches one of the globs, whatever it holds, is in the folder."""

    kind: Literal["file_present"]
    like: Annotated[tuple[Words, ...], Field(min_length=1)]


class NoticeLine(Strict):
    """A line in a NOTICE-like file that is at least ``min`` alike (0..1, by words)."""

    kind: Literal["notice_line"]
    like: Words
    min: Share = 0.92


class Phrase(Strict):
    """Words as they are (``text``, ignoring case and spacing) or a regular expression."""

    kind: Literal["phrase"]
    text: Words | None = None
    regex: Words | None = None
    places: Annotated[tuple[Place, ...], Field(min_length=1)] = ("documents",)


class ModelName(Strict):
    """The name of the released model begins with, or else contains, these words."""

    kind: Literal["model_name"]
    starts_with: Words | None = None
    contains: Words | None = None


class HeadersRetained(Strict):
    """Files that also stand in the parent keep its copyright and licence headers."""

    kind: Literal["headers_retained"]


class ChangeStatement(Strict):
    """Modified files, or a document of the release, say that and what was changed."""

    kind: Literal["change_statement"]


class AnnexIncluded(Strict):
    """At least ``min`` (0..1) of an annex's words stand in a legal file.

    ``text`` is an id of ``rules/texts/``.
    """

    kind: Literal["annex_included"]
    text: Words
    min: Share = 0.9


class CardField(Strict):
    """A field of the card's front matter is there and, if given, equals ``value``."""

    kind: Literal["card_field"]
    field: Words
    value: Words | None = None


class DownstreamLicense(Strict):
    """What the release is offered under satisfies the licence's ``downstream`` fact."""

    kind: Literal["downstream_license"]


class SourceAvailable(Strict):
    """The corresponding source is in the folder, or a document says where it is."""

    kind: Literal["source_available"]


class Attest(Strict):
    """What no file shows: a question that a named person answers."""

    kind: Literal["attest"]
    question: Words


class AllOf(Strict):
    """Every part is met."""

    kind: Literal["all"]
    of: Annotated[tuple["Requirement", ...], Field(min_length=1)]


class AnyOf(Strict):
    """One part is met."""

    kind: Literal["any"]
    of: Annotated[tuple["Requirement", ...], Field(min_length=1)]


class Not(Strict):
    """The part is not met."""

    kind: Literal["not"]
    of: "Requirement"


Requirement = Annotated[
    LicenseText | FilePresent | NoticeLine | Phrase | ModelName | HeadersRetained
    | ChangeStatement | AnnexIncluded | CardField | DownstreamLicense | SourceAvailable | Attest
    | AllOf | AnyOf | Not,
    Field(discriminator="kind"),
]  # fmt: skip
"""One way to meet an obligation."""
