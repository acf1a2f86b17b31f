# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What the two checks of derived code share: which family counts, and how it is said."""

from audit.checks.case import Case
from audit.checks.make import clip, listed
from audit.licenses.holders import statement_holder
from audit.record.code import CodeMatch, CodeRelation, Family, LineRange
from audit.record.licenses import NOASSERTION, Copyright
from audit.record.said import Said, joined
from audit.rules import code_thresholds

_MOST_RANGES = 4


def explained(match: CodeMatch) -> bool:
    """Whether an acknowledged family is as good as the best one.

    Code that two projects share may come from either. If the release acknowledges one of
    them, the other asks for nothing more.
    """
    least = code_thresholds().explained_share * strength(match, match.families[0])
    return any(f.attributed and strength(match, f) >= least for f in match.families)


def headers(case: Case, match: CodeMatch) -> list[Copyright]:
    """Return the copyright lines of a file's header, where none is a known holder's of its code."""
    in_header = any(match.path in family.named_in for family in match.families)
    asked = match.families[0].holders and not in_header
    return [c for c in case.licenses.copyrights if asked and c.path == match.path]


def strength(match: CodeMatch, family: Family) -> float:
    """Return the score that the match's relation rests on."""
    renamed = match.relation is CodeRelation.RENAMED
    return family.renamed_score if renamed else max(family.score, family.union)


def notice_of(family: Family) -> Said:
    """Return the family's copyright lines in one phrase."""
    return listed(family.holders) if family.holders else Said("a holder that is not known")


def holder_of(family: Family) -> Said:
    """Return the names in the family's copyright lines."""
    return listed(statement_holder(line, "") or line for line in family.holders)


def license_of(family: Family) -> str:
    """Return the family's licence in words."""
    known = family.license != NOASSERTION
    return family.license if known else Said("a licence that is not known")


def quotation(match: CodeMatch) -> Said:
    """Return the measurement of one file, on one line."""
    family = match.families[0]
    if match.relation is CodeRelation.RENAMED:
        share = Said("{share:share} by weight, names changed", share=family.renamed_score)
    else:
        share = Said(
            "{share:share} of {n} fingerprints, names kept",
            share=family.union,
            n=match.fingerprints,
        )
    same = sum(f.similarity >= 1.0 for f in match.functions)
    parts = [
        Said("{path}: {share}", path=clip(match.path), share=share),
        Said("lines {ranges}", ranges=_ranges(match.lines)),
        Said("nearest {path}", path=clip(family.paths[0])),
        *([Said("{n} functions equal token by token", n=same)] if same else []),
    ]
    return joined("; ", parts)


def _ranges(lines: tuple[LineRange, ...]) -> str:
    longest = sorted(lines, key=lambda r: (r.first - r.last, r.first))[:_MOST_RANGES]
    shown = ", ".join(f"{r.first}-{r.last}" for r in sorted(longest, key=lambda r: r.first))
    left = len(lines) - len(longest)
    return Said("{ranges} and {n} shorter ranges", ranges=shown, n=left) if left else shown
