# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The record turned into strings: the only place where the report decides what to say.

Templates receive nothing but text, tuples of text and the data of charts. The sections are
built in the ``view_*`` modules; this one puts them together.
"""

import hashlib
from dataclasses import dataclass

from audit import resources, rules
from audit.report.document import AuditRecord, Custody, Response, to_bytes
from audit.report.inline import Prose, prose
from audit.report.view_alternatives import (
    AlternativeView,
    ScaleRow,
    alternatives,
    scale,
)
from audit.report.view_assurance import relatives
from audit.report.view_code import CodeView, code
from audit.report.view_exceptions import ExceptionsView, exceptions
from audit.report.view_obligations import ObligationsView, obligations
from audit.report.view_process import (
    CoverageView,
    CustodyView,
    MethodsView,
    ReproductionView,
    ResponseView,
    SignatureView,
    coverage,
    custody_page,
    methods,
    reproduction,
    response_views,
    signature,
)
from audit.report.view_relation import record_limits
from audit.report.view_release import (
    InventoryView,
    LicensesView,
    LineageView,
    inventory,
    licenses,
    lineage,
)
from audit.report.view_verdict import FindingView, VerdictView, findings, verdict
from audit.report.view_weights import ComparisonView, comparisons
from audit.report.wording import clip, short_name


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTexts:
    """What the report quotes from ``rules/``, which is not in the record.

    ``why`` maps check ids to the reason for the check; ``thresholds`` are names and
    values of the weight decision rule; ``same`` says whether these rules have the
    digest that the record names (if not, no threshold is printed).
    """

    why: dict[str, str]
    thresholds: tuple[tuple[str, float], ...]
    same: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """Everything the templates may print."""

    title: str
    subject: str
    subject_short: str
    digest: str
    digest_short: str
    record_sha256: str
    version: str
    created: str
    verdict: VerdictView
    findings: tuple[FindingView, ...]
    comparisons: tuple[ComparisonView, ...]
    relatives: tuple[str, ...]
    not_run: tuple[tuple[str, str], ...]
    lineage: LineageView
    licenses: LicensesView
    code: CodeView
    obligations: ObligationsView
    alternatives: tuple[AlternativeView, ...]
    methods: MethodsView
    limits: tuple[Prose, ...]
    coverage: CoverageView
    custody: CustodyView
    reproduction: ReproductionView
    signature: SignatureView
    scale: tuple[ScaleRow, ...]
    inventory: InventoryView
    responses: tuple[ResponseView, ...]
    exceptions: ExceptionsView


def rule_texts(record: AuditRecord) -> RuleTexts:
    """Read from the installed ``rules/`` what the report quotes."""
    thresholds = rules.weight_thresholds().model_dump(exclude={"schema_version"})
    return RuleTexts(
        why={rule.id: rule.why for rule in rules.checks().values()},
        thresholds=tuple(sorted(thresholds.items())),
        same=resources.digest(resources.tree("rules")) == record.tool.rules_sha256,
    )


def build(
    record: AuditRecord,
    custody: Custody | None,
    texts: RuleTexts,
    responses: tuple[Response, ...] = (),
) -> ReportView:
    """Turn a record into what the templates print."""
    return ReportView(
        title=f"Model provenance audit: {short_name(record.subject.name)}",
        subject=short_name(record.subject.name, 80),
        subject_short=short_name(record.subject.name, 48),
        digest=record.subject.manifest_sha256,
        digest_short=record.subject.manifest_sha256[:12],
        record_sha256=hashlib.sha256(to_bytes(record)).hexdigest(),
        version=f"{record.tool.name} {record.tool.version}",
        created="" if custody is None else custody.audited_at,
        verdict=verdict(record, custody),
        findings=findings(record, texts.why),
        comparisons=comparisons(record, dict(texts.thresholds) if texts.same else {}),
        relatives=relatives(record),
        not_run=tuple((clip(n.what, 120), clip(n.reason, 300)) for n in record.not_run),
        lineage=lineage(record),
        licenses=licenses(record),
        code=code(record),
        obligations=obligations(record),
        alternatives=alternatives(record),
        methods=methods(record, texts.thresholds if texts.same else ()),
        limits=tuple(prose(clip(limit, 600)) for limit in record_limits(record)),
        coverage=coverage(record),
        custody=custody_page(custody),
        reproduction=reproduction(record, custody),
        signature=signature(custody),
        scale=scale(),
        inventory=inventory(record),
        responses=response_views(responses),
        exceptions=exceptions(record),
    )
