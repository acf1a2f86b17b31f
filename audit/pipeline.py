# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The whole programme on one screen; each function goes on where the one before it ends.

- ``look``: repository -> inventory -> references -> weights (``audit compare``)
- ``gather``: -> licences, code -> obligations (``audit notice``)
- ``judge``: -> findings -> verdict (``audit licenses``)
- ``run``: -> record (``audit model-repo``, whose pages and signatures ``audit.publish`` makes)

No stage reaches back, each returns a frozen value, what is not run is not imported.
"""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from audit import bases, verdict, waivers
from audit.inventory import take_inventory
from audit.progress import SILENT, Progress
from audit.record.findings import in_report_order
from audit.request import Looked, Outcome, Request, Stage

if TYPE_CHECKING:
    from audit.checks.case import Case
    from audit.record.document import AuditRecord


def look(request: Request, progress: Progress = SILENT) -> Looked:
    """Compare the weights; ``UsageError`` if a model is the target itself, or not as locked."""
    take = partial(take_inventory, progress=progress, digest_weights=Stage.DIGESTS in request)
    subject = take(request.target)
    parents = subject.parents if Stage.DECLARED in request else ()
    found = bases.references(request, parents)
    others = [take(source) for source in found.sources]
    controls = [take(source) for source in request.controls]
    request.hold(subject, others, controls)
    told = bases.asked(request, subject, progress)
    if not others:
        return Looked(subject, found, library=told)
    with progress.task("Loading the tests", None):
        from audit.lineage.remembered import against
    compared = against(subject, others, controls, found.declared, progress=progress, **request.how)
    return Looked(subject, found, tuple(others), *compared, tuple(controls), told)


def gather(request: Request, progress: Progress = SILENT) -> "Case":
    """Gather all the evidence about one release; raises as :func:`look`."""
    from audit.checks.case import case_of, code_repositories
    from audit.licenses.evidence import license_evidence
    from audit.obligations.engine import obligation_evidence

    seen = look(request, progress)
    papers = [license_evidence(i, progress=progress) for i in (seen.subject, *seen.inventories)]
    papers[0], corrected = waivers.correct(papers[0], seen.subject, request.answers)
    case = case_of(seen, papers)
    if Stage.CODE in request:
        from audit.code.evidence import code_evidence

        case = replace(case, code=code_evidence(*code_repositories(case), progress=progress))
    known = (case.subject, case.licenses, case.references, case.code)
    owed, attested = waivers.attest(obligation_evidence(*known, progress=progress), request.answers)
    return replace(case, obligations=owed, answers=(*corrected, *attested))


def judge(request: Request, progress: Progress = SILENT) -> Outcome:
    """Check the evidence and decide by the policy; raises as :func:`look`."""
    from audit.checks import evaluate

    case, policy = gather(request, progress), request.policy
    found = in_report_order(f for f in evaluate(case, policy) if request.counts(f.check))
    findings, waived = waivers.waive(request.new(found), request.answers)
    decided = verdict.gate(findings, policy.name, request.fail_on, papers_only=case.papers_only)
    return Outcome(case, findings, decided, waived)


def run(request: Request, progress: Progress = SILENT) -> "AuditRecord":
    """Audit a repository, and take down what was found; raises as :func:`look`."""
    from audit.assemble import record_of

    return record_of(judge(request, progress), request)
