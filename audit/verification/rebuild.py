# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Step 15 of the verification: the pages and PDFs again, from the record.

Signing appends to a PDF and fills a slot of a page, so what was rendered is still there: the
page with an empty slot, and the first bytes of the PDF; what follows these must only sign them.
Rendering again tells whether page and PDF are views of that record and of nothing else. Other
versions of the programmes that draw give other bytes; then nothing is compared, and the difference
is named.
"""

from collections.abc import Mapping

from audit import __version__, report, resources
from audit.errors import RenderError, RulesError
from audit.record.document import AuditRecord
from audit.signing.attestation import slot
from audit.signing.attestation.statement import RECORD
from audit.signing.pdf.addition import addition_problem
from audit.signing.pdf.pdf_seal import shows_signature
from audit.verification.procedure import Absent, Sealed
from audit.verification.step import Step, failed, judged, not_checked


def check_rebuilt(
    files: "Mapping[str, bytes | Absent]", record: AuditRecord | Absent, sealed: Sealed | Absent
) -> list[Step]:
    """Return a step for each page and each PDF; pages before the PDFs that are printed from them.

    Parameters
    ----------
    files : mapping
        Name to content of the report's files.
    record : AuditRecord or Absent
        The record that a holding signature covers.
    """
    names = [name for name in files if name.endswith((".html", ".pdf"))]
    problem = _unlike(record, sealed)
    if problem is not None:
        return [not_checked(f"{name} rebuilt", problem) for name in names]
    assert isinstance(record, AuditRecord)
    assert isinstance(sealed, Sealed)
    return [_rebuilt(name, files, record, sealed) for name in names]


def _unlike(record: AuditRecord | Absent, sealed: Sealed | Absent) -> str | None:
    """Say why nothing can be rendered as it was; ``None`` if it can."""
    for needed in (record, sealed):
        if isinstance(needed, Absent):
            return needed.reason
    assert isinstance(record, AuditRecord)
    assert isinstance(sealed, Sealed)
    here = {
        **report.renderer_versions(),
        "audit": __version__,
        "rules": resources.digest(resources.tree("rules")),
    }
    then = {
        **sealed.statement.custody.renderer,
        "audit": record.tool.version,
        "rules": record.tool.rules_sha256,
    }
    unlike = [
        f"{name} {_short(then.get(name))}, here {_short(here.get(name))}"
        for name in sorted(here.keys() | then.keys())
        if here.get(name) != then.get(name)
    ]
    return f"it was rendered with {'; '.join(unlike)}" if unlike else None


def _short(version: str | None) -> str:
    """Return a version as it is, a digest by its beginning."""
    return "not stated" if version is None else version[:12]


def _rebuilt(
    name: str, files: "Mapping[str, bytes | Absent]", record: AuditRecord, sealed: Sealed
) -> Step:
    title, content, record_json = f"{name} rebuilt", files[name], files[RECORD]
    beside = name.removesuffix(".pdf").removesuffix(".html") + ".html"  # says in which language
    page = files.get(beside, Absent(reason="is missing"))
    for part, needed in ((name, content), (RECORD, record_json), (beside, page)):
        if isinstance(needed, Absent):
            return not_checked(title, f"{part}: {needed.reason}")
    assert isinstance(content, bytes)
    assert isinstance(record_json, bytes)
    assert isinstance(page, bytes)
    custody = sealed.statement.custody
    other = f"{name} is not what this record is rendered as"
    try:
        again = report.render_like(page, record, custody)
        if name.endswith(".html"):
            problem = None if slot.blanked(content) == again else other
            return judged(
                title, problem, good="rendered again, the page is the same to the last byte"
            )
        shown = shows_signature(content)
        again = report.render_pdf(again, record_json, custody, visible_signature=shown)
    except slot.SlotError as error:
        return not_checked(title, f"{name}: {error}")
    except (RenderError, RulesError) as error:
        return not_checked(title, f"it cannot be rendered here: {error.message}")
    if not content.startswith(again):
        return failed(title, other)
    added = addition_problem(again, content)
    good = (
        "rendered again, the unsigned PDF, which it begins with, is the same to the last byte; what"
    )
    good += " follows only signs it" + (", in a field whose look is not compared" if shown else "")
    return judged(title, None if added is None else f"{name}: {added}", good=good)
