# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Which files contain code that also stands elsewhere, and who is named for it."""

from audit.record.code import CodeEvidence, CodeMatch, CodeRelation, Family, LicenseText, LineRange
from audit.record.said import Said
from audit.report import blocks as b
from audit.report.words.texts import amount, clip, left_out, told
from audit.report.words.wording import paragraph

_MATCHES, _KNOWN, _RANGES, _FUNCTIONS, _REFUSED = 60, 20, 6, 3, 20
_TEXTS = {
    LicenseText.PRESENT: Said("licence text present"),
    LicenseText.MISSING: Said("licence text missing"),
    LicenseText.UNKNOWN: Said("licence text not checked"),
}


def code(found: CodeEvidence) -> b.Section:
    """Return what also stands elsewhere; every row comes from a file over a threshold."""
    known = tuple(
        Said(
            "{project} {versions} ({files})",
            project=clip(k.project, 80),
            files=amount(k.files, "file"),
            versions=clip(", ".join(k.versions), 200),
        )
        for k in found.known[:_KNOWN]
    )
    refused = tuple((clip(r.path, 200), told(r.reason, 200)) for r in found.not_compared[:_REFUSED])
    nothing = Said("There was no code to compare, or nothing to compare it with.")
    compared: tuple[b.Block, ...] = (
        b.Paragraph((_summary(found), paragraph("code.lead"))),
        *_matches(found),
        b.note(Said("Compared with: {known:semicolons}.", known=known)),
    )
    return b.Section(
        b.present(
            b.Heading(Said("Code that is also found elsewhere")),
            *(compared if known else (b.Paragraph(nothing),)),
            b.reasons(refused, Said("Code that was not compared"), Said("Reason")),
            b.note(left_out(len(found.not_compared), _REFUSED, "file")),
        ),
        kind="code",
    )


def _summary(found: CodeEvidence) -> Said:
    return Said(
        "{compared} compared, {short} too short or too uniform to tell, {other} in other "
        "languages not compared.",
        compared=amount(found.compared, "Python file"),
        short=amount(found.too_short, "file"),
        other=amount(found.other_languages, "source file"),
    )


def _matches(found: CodeEvidence) -> tuple[b.Block, ...]:
    if not found.matches:
        return (b.Paragraph(Said("No file reached a threshold.")),)
    columns = {
        "File": "name",
        "Also stands in": "name",
        "Share": "mid",
        "Attribution, and where": "",
    }
    return (
        b.Table(columns, tuple(map(_match, found.matches[:_MATCHES])), "grid long"),
        b.note(left_out(len(found.matches), _MATCHES, "file")),
        b.note(paragraph("code.method")),
    )


def _match(match: CodeMatch) -> tuple[b.Cell, ...]:
    family, others = match.families[0], tuple(told(f.label, 100) for f in match.families[1:])
    label = Said(
        "{family} ({license})", family=told(family.label, 160), license=clip(family.license, 60)
    )
    also = (Said("also: {others:semicolons}", others=others),) if others else ()
    where = (Said("lines {lines}", lines=_ranges(match.lines)),) if match.lines else ()
    functions = _functions(match)
    return (
        b.Code(clip(match.path, 200)),
        b.Lines((label, *also)),
        _score(match, family),
        b.Lines((_attribution(family), *where, *((b.Bullets(functions),) if functions else ()))),
    )


def _functions(match: CodeMatch) -> tuple[b.Text, ...]:
    said: list[b.Text] = []
    for function in match.functions[:_FUNCTIONS]:
        places = {
            "name": clip(function.name, 60),
            "lines": _lines(function.lines),
            "path": clip(function.reference_path, 80),
            "other": _lines(function.reference_lines),
        }
        renamed = Said("{name}, lines {lines}: {path} {other}, names changed", **places)
        kept = Said("{name}, lines {lines}: {path} {other}", **places)
        said.append(renamed if function.renamed else kept)
    left = len(match.functions) - _FUNCTIONS
    return (*said, Said("and {left:count} more", left=left)) if left > 0 else tuple(said)


def _score(match: CodeMatch, family: Family) -> Said:
    if match.relation is CodeRelation.RENAMED:
        return Said("{share:share}, names changed", share=family.renamed_score)
    return Said(
        "{file:share} (one file); {project:share} (whole project)",
        file=family.score,
        project=family.union,
    )


def _attribution(family: Family) -> Said:
    if not family.holders:
        return Said("its holder is not known")
    text = _TEXTS[family.license_text]
    named = tuple(clip(path, 80) for path in family.named_in)
    if not named:
        return Said("holder named in no header, licence, notice or card; {text}", text=text)
    return Said("holder named in {files:commas}; {text}", files=named, text=text)


def _lines(lines: LineRange) -> str:
    return f"{lines.first}–{lines.last}"


def _ranges(lines: tuple[LineRange, ...]) -> str:
    shown = ", ".join(_lines(r) for r in lines[:_RANGES])
    left = len(lines) - _RANGES
    return Said("{shown} and {left} more", shown=shown, left=left) if left > 0 else shown
