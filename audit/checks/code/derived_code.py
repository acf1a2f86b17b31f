# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What the two checks of derived code share: which family counts, and how it is said."""

from audit.checks.draft import clip, listed
from audit.licenses.holders import statement_holder
from audit.record.code import CodeMatch, CodeRelation, Family, LineRange
from audit.record.licenses import NOASSERTION
from audit.rules import code_thresholds

_MOST_RANGES = 4


def explained(match: CodeMatch) -> bool:
    """Whether an acknowledged family is as good as the best one.

    Code that two projects share may come from either. If the release acknowledges one of
    them, the other asks for nothing more.
    """
    least = code_thresholds().explained_share * strength(match, match.families[0])
    return any(f.attributed and strength(match, f) >= least for f in match.families)


def strength(match: CodeMatch, family: Family) -> float:
    """Return the score that the match's relation rests on."""
    renamed = match.relation is CodeRelation.RENAMED
    return family.renamed_score if renamed else max(family.score, family.union)


def notice_of(family: Family) -> str:
    """Return the family's copyright lines in one phrase."""
    return listed(family.holders) if family.holders else "a holder that is not known"


def holder_of(family: Family) -> str:
    """Return the names in the family's copyright lines."""
    return listed(statement_holder(line, "") or line for line in family.holders)


def license_of(family: Family) -> str:
    """Return the family's licence in words."""
    return "a licence that is not known" if family.license == NOASSERTION else family.license


def quotation(match: CodeMatch) -> str:
    """Return the measurement of one file, on one line."""
    family = match.families[0]
    if match.relation is CodeRelation.RENAMED:
        share = f"{_percent(family.renamed_score)} by weight, names changed"
    else:
        share = f"{_percent(family.union)} of {match.fingerprints} fingerprints, names kept"
    where = f"{clip(match.path)}: {share}"
    same = sum(f.similarity >= 1.0 for f in match.functions)
    functions = f"; {same} functions equal token by token" if same else ""
    return f"{where}; lines {_ranges(match.lines)}; nearest {clip(family.paths[0])}{functions}"


def _percent(value: float) -> str:
    return f"{int(value * 1000) / 10:.1f} %"


def _ranges(lines: tuple[LineRange, ...]) -> str:
    longest = sorted(lines, key=lambda r: (r.first - r.last, r.first))[:_MOST_RANGES]
    shown = ", ".join(f"{r.first}-{r.last}" for r in sorted(longest, key=lambda r: r.first))
    left = len(lines) - len(longest)
    return f"{shown} and {left} shorter ranges" if left else shown
