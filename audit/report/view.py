# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The record turned into strings: the only place where the report decides what to say.

Templates receive nothing but text, tuples of text and the data of charts. The sections are
built in the ``view_*`` modules; this one puts them together.
"""

import hashlib
from dataclasses import dataclass

from audit.record.custody import Custody, Response
from audit.record.document import AuditRecord, to_bytes
from audit.report.inline import Prose, prose
from audit.report.rule_texts import RuleTexts
from audit.report.view_alternatives import (
    AlternativeView,
    ScaleRow,
    alternatives,
    scale,
)
from audit.report.view_annexes import (
    LegalView,
    TensorsView,
    legal_more,
    legal_texts,
    tensors,
)
from audit.report.view_assurance import relatives
from audit.report.view_code import CodeView, code
from audit.report.view_custody import (
    CoverageView,
    CustodyView,
    ReproductionView,
    coverage,
    custody_page,
    reproduction,
)
from audit.report.view_drafts import DraftsView, drafts
from audit.report.view_exceptions import ExceptionsView, exceptions
from audit.report.view_findings import FindingView, findings
from audit.report.view_items import ItemsView, items
from audit.report.view_lines import LineView, lines
from audit.report.view_methods import MethodsView, methods
from audit.report.view_obligations import ObligationsView, obligations
from audit.report.view_question import QuestionView, question_page
from audit.report.view_relation import record_limits
from audit.report.view_release import (
    InventoryView,
    LicensesView,
    LineageView,
    inventory,
    licenses,
    lineage,
)
from audit.report.view_signature import (
    ResponseView,
    SignatureView,
    response_views,
    signature,
)
from audit.report.view_verdict import VerdictView, verdict
from audit.report.view_weights import ComparisonView, comparisons
from audit.report.wording import clip, short_name


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """Everything the templates may print."""

    title: str
    subject: str
    subject_short: str
    digest: str
    digest_short: str
    record_sha256: str
    report_id: str
    version: str
    created: str
    running: str
    verdict: VerdictView
    question: QuestionView
    items: ItemsView
    lines: tuple[LineView, ...]
    findings: tuple[FindingView, ...]
    comparisons: tuple[ComparisonView, ...]
    relatives: tuple[str, ...]
    lineage: LineageView
    licenses: LicensesView
    code: CodeView
    obligations: ObligationsView
    drafts: DraftsView
    alternatives: tuple[AlternativeView, ...]
    methods: MethodsView
    limits: tuple[Prose, ...]
    coverage: CoverageView
    custody: CustodyView
    reproduction: ReproductionView
    signature: SignatureView
    scale: tuple[ScaleRow, ...]
    tensors: TensorsView
    inventory: InventoryView
    legal: tuple[LegalView, ...]
    legal_more: str
    responses: tuple[ResponseView, ...]
    exceptions: ExceptionsView


def build(
    record: AuditRecord,
    custody: Custody | None,
    texts: RuleTexts,
    responses: tuple[Response, ...] = (),
) -> ReportView:
    """Turn a record into what the templates print."""
    record_sha256 = hashlib.sha256(to_bytes(record)).hexdigest()
    report_id = f"MPA-{record_sha256[:12]}"
    page = verdict(record, custody, texts, responses)
    known = None if custody is None or custody.signer is None else custody  # else only a date
    return ReportView(
        title=f"Model provenance audit: {short_name(record.subject.name)}",
        subject=short_name(record.subject.name, 80),
        subject_short=short_name(record.subject.name, 48),
        digest=record.subject.manifest_sha256,
        digest_short=record.subject.manifest_sha256[:12],
        record_sha256=record_sha256,
        report_id=report_id,
        version=f"{record.tool.name} {record.tool.version}",
        created="" if custody is None else custody.audited_at,
        running=_running(record, page),
        verdict=page,
        question=question_page(record, known),
        items=items(record),
        lines=lines(record),
        findings=findings(record, texts),
        comparisons=comparisons(record, texts.rates, dict(texts.thresholds) if texts.same else {}),
        relatives=relatives(record),
        lineage=lineage(record),
        licenses=licenses(record),
        code=code(record),
        obligations=obligations(record),
        drafts=drafts(record),
        alternatives=alternatives(record),
        methods=methods(record, texts),
        limits=tuple(prose(clip(limit, 600)) for limit in record_limits(record)),
        coverage=coverage(record),
        custody=custody_page(record, known, record_sha256),
        reproduction=reproduction(record, known),
        signature=signature(record, known, responses),
        scale=scale(),
        tensors=tensors(record),
        inventory=inventory(record),
        legal=legal_texts(record),
        legal_more=legal_more(record),
        responses=response_views(responses),
        exceptions=exceptions(record),
    )


def _running(record: AuditRecord, page: VerdictView) -> str:
    """Return the running head: what the report is about, and that nobody reviewed it, if so."""
    head = f"{short_name(record.subject.name, 48)} · {record.subject.manifest_sha256[:12]}"
    return f"{head} · {page.review.mark}" if page.review.mark else head
