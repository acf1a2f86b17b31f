# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What the code comparison found: matches with their families, and what was not compared."""

from dataclasses import dataclass
from enum import StrEnum

from audit.record.said import Said

NOT_RUN = Said("code was not compared in this run")


class CodeRelation(StrEnum):
    """How a file stands to the known code; the numbers are in ``rules/code.yaml``."""

    CONTAINS = "contains"
    """It contains code that also stands in a known project, names included."""
    RENAMED = "contains-renamed"
    """The same, with other names for classes, functions and variables."""


class LicenseText(StrEnum):
    """Whether the text of a family's licence is in the release."""

    PRESENT = "present"
    MISSING = "missing"
    UNKNOWN = "unknown"
    """The family's licence is not known, or the licence scan was not complete."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRange:
    """Lines of a file, 1-based, both ends included."""

    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignedFunction:
    """A function that stands in both files; names are without the file's class prefix.

    ``similarity`` is difflib's ratio on tokens, 0..1, identifiers kept unless ``renamed``.
    """

    name: str
    lines: LineRange
    reference_path: str
    reference_name: str
    reference_lines: LineRange
    similarity: float
    renamed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Where the same code also stands: several files or releases that share it.

    ``label`` is the family in words. ``paths`` are its best files, best first.
    ``score`` is the idf-weighted share of the audited file's fingerprints that stand in
    ``paths[0]``; ``union`` the plain share that stands anywhere in the project; both keep
    names. ``renamed_score`` is ``score`` with every name blanked. All are 0..1.
    ``license`` is an SPDX expression or ``NOASSERTION``; ``holders`` are copyright lines.
    ``named_in`` are the files of the release (perhaps the audited file itself, in its
    header) that name a holder.
    """

    project: str
    origin: str
    """``reference`` (a folder compared with) or ``index`` (shipped or added by the user)."""
    label: Said
    paths: tuple[str, ...]
    versions: tuple[str, ...]
    score: float
    union: float
    renamed_score: float
    license: str
    holders: tuple[str, ...]
    named_in: tuple[str, ...]
    license_text: LicenseText

    @property
    def attributed(self) -> bool:
        """Whether a holder is named and the licence's text is not known to be missing."""
        return bool(self.named_in) and self.license_text is not LicenseText.MISSING


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeMatch:
    """A file that contains known code; ``families`` best first, never empty.

    ``lines`` are those of the audited file whose fingerprints stand in the best family.
    """

    path: str
    relation: CodeRelation
    fingerprints: int
    families: tuple[Family, ...]
    lines: tuple[LineRange, ...]
    functions: tuple[AlignedFunction, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotCompared:
    """A source file (or the whole stage, ``.``) that was not compared, and why."""

    path: str
    reason: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCode:
    """One body of code that was compared with; ``digest`` is of its fingerprints."""

    project: str
    versions: tuple[str, ...]
    files: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeEvidence:
    """Everything the code comparison found in one folder.

    ``compared`` counts the Python files that had enough distinct fingerprints to be compared,
    ``too_short`` those that had not, ``other_languages`` source files that are not Python.
    """

    compared: int
    too_short: int
    other_languages: int
    known: tuple[KnownCode, ...]
    matches: tuple[CodeMatch, ...]
    not_compared: tuple[NotCompared, ...]


NO_EVIDENCE = CodeEvidence(
    compared=0,
    too_short=0,
    other_languages=0,
    known=(),
    matches=(),
    not_compared=(NotCompared(path=".", reason=NOT_RUN),),
)
"""The value of a case or a record that was made without this stage."""
