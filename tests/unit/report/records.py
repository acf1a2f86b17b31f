# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Sample records with a known story, so that a test can say what the report must show.

``convicted``: weights shared with an undeclared reference, three findings, gate FAIL.
``cleared``: same reference, nothing shared, gate PASS.
``inconclusive``: a folder without weights, gate INDETERMINATE.
``hostile``: every string is an attack on layout, terminal, parser or file system.
"""

import hashlib
import math
from dataclasses import replace

from audit.record import derivation
from audit.record.agreement_map import AgreementMap, MapControl, MapKind
from audit.record.code import (
    AlignedFunction,
    CodeEvidence,
    CodeMatch,
    CodeRelation,
    Family,
    KnownCode,
    LicenseText,
    LineRange,
    NotCompared,
)
from audit.record.custody import Custody, Signer
from audit.record.derivation import Derivation
from audit.record.document import (
    SCHEMA_VERSION,
    AuditRecord,
    Coverage,
    LegalExtract,
    NotRun,
    Options,
    ReferenceItem,
    Subject,
    Tensor,
    Tool,
    TrainingStatement,
)
from audit.record.drafts import Draft, MissingText
from audit.record.files import Artifact, DeclaredParent, Kind, Revision, Unread
from audit.record.findings import Confidence, Finding, FindingStatus, Location, Severity
from audit.record.licenses import (
    ClaimOrigin,
    ClaimSource,
    Copyright,
    LicenseClaim,
    LicenseEvidence,
    Unscanned,
)
from audit.record.obligations import (
    Duty,
    DutyState,
    Edge,
    EdgeEvidence,
    EdgeRelation,
    Node,
    NodeKind,
    ObligationEvidence,
    Passage,
)
from audit.record.said import Said
from audit.record.texts import (
    CheckText,
    ErrorRate,
    FactsRead,
    Likeness,
    NullRate,
    Population,
    RuleTexts,
    Threshold,
)
from audit.record.weights import (
    Comparison,
    Component,
    Control,
    ControlSource,
    Curve,
    Depths,
    Evidence,
    NullSample,
    Outcome,
    PKind,
    Relation,
    SpreadContext,
)
from audit.verdict import gate


def rule(check: str, why: str, owner: str) -> CheckText:
    return CheckText(
        id=check,
        why=Said(why),
        long_term=Said("Keep it from coming back."),
        owner=Said(owner),
        effort=Said("hours"),
    )


def rate(concerns: str, errors: int, of: int) -> ErrorRate:
    return ErrorRate(
        population=Said("{of} pairs of the tests", of=of),
        what=Said("{concerns} pairs that were called something else", concerns=concerns),
        concerns=concerns,
        errors=errors,
        of=of,
    )


TEXTS = RuleTexts(
    checks=(
        rule(
            "WGT001",
            "Obligations of the parent's licence follow the weights, declared or not.",
            "publisher",
        ),
        rule(
            "LIC004",
            "A licence cannot grant more than the parent's licence allows to pass on.",
            "legal counsel",
        ),
    ),
    thresholds=tuple(
        Threshold(name=name, value=value)
        for name, value in (("alpha_derived", -9.0), ("alpha_none", -2.0), ("min_roles", 2.0))
    ),
    rates=(rate("related", 0, 247), rate("unrelated", 0, 330)),
    populations=(
        Population(
            test="gram-matching",
            families=("llama",),
            controls=153,
            models=Said("models of the tests"),
        ),
    ),
    likeness=(
        Likeness(what=Said("trained apart"), sizes=(0.01, 0.02, 0.1)),
        Likeness(what=Said("related by training"), sizes=(0.85, 1.0)),
    ),
    nulls=tuple(
        NullRate(test=test, scope=scope, least_log10_p=least)
        for test, scope, least in (
            ("aligned-weights", "attention", -2.46),
            ("aligned-weights", "feed-forward", -3.0),
            ("norm-vectors", "norms", -3.92),
        )
    ),
    facts=(FactsRead(on="2025-11-25", rows=58),),
    stale_after_days=180,
    licenses={"Apache-2.0": "Apache License 2.0"},
)
CUSTODY = Custody(
    audited_at="2026-01-31T12:00:00Z",
    platform="Linux x86_64",
    python="3.11.9",
    command="audit model-repo suspect --against reference --out report",
    signer=Signer(kind="self-made", name="audit self-made key", fingerprint="5f" * 32),
)
BATTERY = {
    "tensor-identity": 1,
    "norm-vectors": 1,
    "aligned-weights": 1,
    "column-agreement": 1,
    "embedding-agreement": 1,
    "undone-permutation": 1,
}


def digest(text: str) -> str:
    """Return a SHA-256 that is the same in every run."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def artifact(path: str, size: int, kind: Kind) -> Artifact:
    return Artifact(path=path, size=size, sha256=digest(path), kind=kind)


FILES = (
    artifact("LICENSE", 1067, Kind.LEGAL),
    artifact("README.md", 2210, Kind.MODEL_CARD),
    artifact("config.json", 912, Kind.CONFIG),
    artifact("model-00001-of-00002.safetensors", 1_310_720, Kind.WEIGHTS),
    artifact("model-00002-of-00002.safetensors", 1_048_576, Kind.WEIGHTS),
    artifact("model.safetensors.index.json", 8_440, Kind.WEIGHTS_INDEX),
    artifact("modeling_suspect.py", 41_882, Kind.CODE),
    artifact("optimizer.bin", 20_480, Kind.PICKLE),
    artifact("tokenizer.json", 152_003, Kind.TOKENIZER),
)


def evidence(test: str, scope: str, **fields: object) -> Evidence:
    values: dict[str, object] = {"outcome": Outcome.COMPUTED, "p_kind": PKind.EXACT, **fields}
    return Evidence(test=test, version=1, scope=scope, **values)  # type: ignore[arg-type]


def curve(role: str, shift: float) -> Curve:
    layers = range(12)
    return Curve(
        role=role,
        suspect=tuple(0.02 + 0.004 * math.sin(i / 3 + shift) + 0.0004 * i for i in layers),
        reference=tuple(0.021 + 0.0038 * math.sin(i / 3 + shift + 0.2) for i in layers),
        layers=tuple(layers),
        reference_layers=tuple(layers),
    )


def control(name: str, shift: float) -> Control:
    return Control(
        name=name,
        source=ControlSource.SHIPPED,
        layers=30,
        origin="package==1.0",
        curves=tuple(
            Depths(
                role=f"attn.{role}",
                layers=tuple(range(30)),
                values=tuple(0.05 + 0.01 * math.cos(i / 7 + shift) for i in range(30)),
            )
            for role in "qkvo"
        ),
        correlation=0.62,
    )


SPREAD = SpreadContext(
    per_layer=0.934,
    per_tensor=0.951,
    layers=12,
    tensors=75,
    curves=tuple(curve(f"attn.{role}", k * 0.7) for k, role in enumerate("qkvo")),
    depth=(12, 12),
    controls=(control("control-one", 0.0), control("control-two", 1.0)),
    nulls=(
        NullSample(
            statistic="per_tensor",
            population="published models",
            models=4,
            values=(0.4, 0.8, 0.9, 0.94, 0.97, 0.99),
        ),
    ),
)
MAP = AgreementMap(
    kind=MapKind.LAYERS,
    roles=("attn.q", "mlp.up"),
    rows=tuple(range(12)),
    columns=tuple(range(12)),
    values=tuple(tuple(71 if i == j else (i + j) % 2 for j in range(12)) for i in range(12)),
    noise=2,
    draws=19,
    control_kind=MapControl.PERMUTED,
    control_name="",
    control_columns=tuple(range(12)),
    control=tuple(tuple((i * j) % 3 - 1 for j in range(12)) for i in range(12)),
)


def shared() -> Comparison:
    """A comparison that establishes dependence, with one silent test beside it."""
    return Comparison(
        suspect="suspect",
        reference="reference",
        relation=Relation.DERIVED,
        summary="Attention, embeddings and norms share trained values; every expert agrees with "
        "the reference's feed-forward block.",
        log10_p=-214.7,
        effect=0.71,
        p_kind=PKind.EXACT,
        components=(
            Component(
                name="embeddings",
                relation=Relation.DERIVED,
                log10_p=-98.2,
                effect=0.88,
                p_kind=PKind.EXACT,
            ),
            Component(
                name="attention",
                relation=Relation.DERIVED,
                log10_p=-214.7,
                effect=0.71,
                p_kind=PKind.EXACT,
            ),
            Component(
                name="feed-forward",
                relation=Relation.DERIVED,
                log10_p=-61.0,
                effect=0.64,
                p_kind=PKind.ASYMPTOTIC,
            ),
            Component(
                name="router",
                relation=Relation.NO_SHARED_WEIGHTS,
                log10_p=None,
                effect=None,
                p_kind=PKind.NONE,
            ),
        ),
        evidence=(
            evidence(
                "tensor-identity",
                "model",
                p_kind=PKind.NONE,
                statistic=0.0012,
                effect=0.0012,
                n=589_824,
            ),
            evidence(
                "norm-vectors",
                "model",
                p_kind=PKind.ASYMPTOTIC,
                statistic=31.4,
                log10_p=-215.8,
                effect=0.93,
                effect_upper=0.94,
                n=256,
                roles=("attn_norm", "ffn_norm"),
            ),
            evidence(
                "aligned-weights",
                "attention",
                p_kind=PKind.ASYMPTOTIC,
                statistic=58.9,
                log10_p=-755.0,
                effect=0.71,
                effect_upper=0.72,
                n=256,
                roles=("q", "k", "v", "o"),
            ),
            evidence(
                "aligned-weights",
                "feed-forward",
                p_kind=PKind.ASYMPTOTIC,
                statistic=16.9,
                log10_p=-63.4,
                effect=0.64,
                effect_upper=0.66,
                n=256,
                roles=("gate", "up"),
            ),
            evidence(
                "aligned-weights",
                "router",
                p_kind=PKind.ASYMPTOTIC,
                statistic=-0.31,
                log10_p=-0.2,
                effect=0.0,
                effect_upper=0.08,
                n=256,
                roles=("router",),
            ),
            evidence(
                "column-agreement",
                "attention",
                statistic=141.0,
                log10_p=-243.3,
                effect=0.5508,
                n=256,
                roles=("q", "k"),
            ),
            evidence(
                "embedding-agreement",
                "embeddings",
                statistic=201.0,
                log10_p=-377.9,
                effect=0.7852,
                n=256,
            ),
            Evidence(
                test="undone-permutation",
                version=1,
                scope="model",
                outcome=Outcome.NOT_APPLICABLE,
                p_kind=PKind.NONE,
                reason="the embeddings agree in their own order, so there is nothing to undo",
            ),
        ),
        kind=Derivation(
            kind=derivation.DerivationKind.UPCYCLED,
            sentence="Every expert starts from the reference's feed-forward block.",
            detail="copied",
        ),
        direction=None,
        family_suspect="mixtral",
        family_reference="llama",
        coverage=0.9874,
        tensors_paired=6,
        tensors_unpaired=("model.layers.0.router.weight",),
        bytes_read=2_359_296,
        limits=("The router has no counterpart in the reference.",),
        spread=SPREAD,
        maps=(MAP,),
    )


def unrelated() -> Comparison:
    """A comparison in which every test stays silent."""
    rows = (
        evidence(
            "tensor-identity", "model", p_kind=PKind.NONE, statistic=0.0, effect=0.0, n=589_824
        ),
        evidence(
            "norm-vectors",
            "model",
            p_kind=PKind.ASYMPTOTIC,
            statistic=0.42,
            log10_p=-0.47,
            effect=0.03,
            effect_upper=0.17,
            n=256,
        ),
        evidence(
            "aligned-weights",
            "attention",
            p_kind=PKind.ASYMPTOTIC,
            statistic=-0.8,
            log10_p=-0.1,
            effect=0.0,
            effect_upper=0.05,
            n=256,
            roles=("q", "k", "v", "o"),
        ),
        evidence(
            "column-agreement", "attention", statistic=2.0, log10_p=-0.3, effect=0.0078, n=256
        ),
        evidence(
            "embedding-agreement", "embeddings", statistic=1.0, log10_p=0.0, effect=0.0039, n=256
        ),
    )
    return replace(
        shared(),
        relation=Relation.NO_SHARED_WEIGHTS,
        summary="Every test stayed within chance.",
        log10_p=0.0,
        effect=0.0,
        p_kind=PKind.ASYMPTOTIC,
        components=(
            Component(
                name="attention",
                relation=Relation.NO_SHARED_WEIGHTS,
                log10_p=-0.1,
                effect=0.0,
                p_kind=PKind.ASYMPTOTIC,
            ),
        ),
        evidence=rows,
        kind=None,
        limits=("A shared correlation above 5 % would have been seen in attention.",),
    )


LICENSES = LicenseEvidence(
    claims=(
        LicenseClaim(
            source=ClaimSource.DECLARED,
            origin=ClaimOrigin.CARD_LICENSE,
            expression="MIT",
            raw="mit",
            path="README.md",
            line=2,
        ),
        LicenseClaim(
            source=ClaimSource.DETECTED,
            origin=ClaimOrigin.LICENSE_FILE,
            expression="MIT",
            raw="MIT License",
            path="LICENSE",
            line=1,
            score=1.0,
        ),
        LicenseClaim(
            source=ClaimSource.DETECTED,
            origin=ClaimOrigin.HEADER,
            expression="Apache-2.0",
            raw="Licensed under the Apache License, Version 2.0",
            path="modeling_suspect.py",
            line=5,
            score=0.99,
        ),
        LicenseClaim(
            source=ClaimSource.CONCLUDED,
            origin=ClaimOrigin.CONCLUSION,
            expression="MIT AND Apache-2.0",
            raw="MIT AND Apache-2.0",
            path=None,
        ),
    ),
    copyrights=(
        Copyright(
            holder="Example Team",
            statement="Copyright 2025 Example Team",
            path="modeling_suspect.py",
            line=3,
        ),
    ),
    scanned=5,
    unscanned=(Unscanned(path="optimizer.bin", reason="binary file"),),
    scanner="scancode-toolkit 32.5.0",
)

CODE = CodeEvidence(
    compared=2,
    too_short=1,
    other_languages=0,
    known=(KnownCode(project="reference", versions=("1.0",), files=3, digest=digest("code")),),
    matches=(
        CodeMatch(
            path="modeling_suspect.py",
            relation=CodeRelation.CONTAINS,
            fingerprints=212,
            families=(
                Family(
                    project="reference",
                    origin="reference",
                    label="reference (a compared reference)",
                    paths=("modeling_reference.py",),
                    versions=("1.0",),
                    score=0.6274,
                    union=0.6509,
                    renamed_score=0.7012,
                    license="Apache-2.0",
                    holders=("Copyright 2024 Other Team",),
                    named_in=(),
                    license_text=LicenseText.MISSING,
                ),
            ),
            lines=(LineRange(first=20, last=71), LineRange(first=90, last=133)),
            functions=(
                AlignedFunction(
                    name="SuspectMLP.forward",
                    lines=LineRange(first=40, last=52),
                    reference_path="modeling_reference.py",
                    reference_name="ReferenceMLP.forward",
                    reference_lines=LineRange(first=61, last=73),
                    similarity=1.0,
                    renamed=False,
                ),
            ),
        ),
    ),
    not_compared=(NotCompared(path="broken.py", reason="it is not Python that can be read"),),
)

FINDINGS = (
    Finding(
        check="LIC002",
        severity=Severity.MEDIUM,
        confidence=Confidence.HIGH,
        status=FindingStatus.VIOLATED,
        title="A copyright holder in a file header is named in no notice",
        message="modeling_suspect.py carries a copyright statement of Example Team. No NOTICE, "
        "LICENSE or card repeats it.",
        how_to_fix="Add a NOTICE file that reproduces the statement.",
        locations=(Location(path="modeling_suspect.py", line=3),),
        evidence=("Copyright 2025 Example Team",),
    ),
    Finding(
        check="WGT001",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        status=FindingStatus.VIOLATED,
        title="Weights share trained values with a model that is not declared",
        message="The card says that the model was trained from scratch. The weights are not "
        "independent of those of reference.",
        how_to_fix="Declare base_model: reference and its relation in README.md, or give a "
        "training log that shows an independent start.",
        locations=(Location(path="README.md", line=14),),
        evidence=("README.md: “trained from scratch”", "attention agrees: 71.0 %, 1 in 10²¹⁴"),
    ),
    Finding(
        check="LIC004",
        severity=Severity.HIGH,
        confidence=Confidence.MEDIUM,
        status=FindingStatus.UNDETERMINED,
        title="The parent's licence is not known well enough to judge the release's licence",
        message="The reference states LicenseRef-example, which the licence table lacks.",
        how_to_fix="Read the parent's licence and add it to the table, or ask its publisher.",
        locations=(Location(path="LICENSE"),),
        evidence=("reference: LicenseRef-example",),
    ),
)

HEADERS = tuple(
    Tensor(name=name, dtype="BF16", shape=shape, file="model-00001-of-00002.safetensors")
    for name, shape in (
        ("model.embed_tokens.weight", (256, 64)),
        *((f"model.layers.{i}.mlp.up_proj.weight", (172, 64)) for i in range(4)),
        ("model.layers.0.router.weight", (4, 64)),
        ("model.norm.weight", (64,)),
    )
)
DRAFT = Draft(
    release="suspect",
    notice="suspect\n[Copyright YEAR NAME, for what is yours]\n\nreference\nTerms: Apache-2.0.\n",
    texts=(
        MissingText(
            name="Apache License 2.0",
            file="LICENSES/Apache-2.0.txt",
            source="https://www.apache.org/licenses/LICENSE-2.0",
            owed_for=("reference",),
        ),
    ),
    statements=("The weights of reference were modified: they were [fine-tuned] by [name].",),
    displays=(),
    names=(),
    patch="--- a/README.md\n+++ b/README.md\n@@ -1 +1,2 @@\n license: mit\n+base_model: x\n",
    choices=("The owner's name on the hub for: reference.",),
    open=("Does reference carry a NOTICE file?",),
)
LEGAL = (
    LegalExtract(
        path="LICENSE",
        sha256=digest("LICENSE"),
        text="MIT License\n\nCopyright (c) 2025 Example Team\n\n\tIndented by a tab.",
        lines=21,
        whole=False,
    ),
    LegalExtract(path="NOTICE", sha256=digest("NOTICE"), text="A notice.", lines=1, whole=True),
)


def record(comparison: Comparison | None, findings: tuple[Finding, ...]) -> AuditRecord:
    references = ()
    if comparison is not None:
        references = (
            ReferenceItem(
                name="reference",
                origin="given",
                manifest_sha256=digest("reference"),
                artifacts=(artifact("model.safetensors", 2_000_000, Kind.WEIGHTS),),
                unread=(),
                license="Apache-2.0",
                root_sha256=digest("root of the reference"),
            ),
        )
    return AuditRecord(
        schema_version=SCHEMA_VERSION,
        tool=Tool(
            name="model-provenance-audit",
            version="0.1.0",
            rules_sha256=digest("rules"),
            families_sha256=digest("families"),
            battery=BATTERY,
            libraries={"safetensors": "0.7.0", "scancode-toolkit": "32.5.0", "torch": "2.13.0"},
        ),
        options=Options(
            policy="default",
            policy_sha256=digest("policy"),
            fail_on="high",
            seed=20260101,
            against=() if comparison is None else ("reference",),
        ),
        subject=Subject(
            name="suspect",
            manifest_sha256=digest("suspect"),
            artifacts=FILES,
            unread=(Unread(path="optimizer.bin", reason="a pickle, which cannot be read safely"),),
            parents=(
                DeclaredParent(
                    name="example/other-base", relation=None, path="README.md", field="base_model"
                ),
            ),
            tensors=75,
            parameters=589_824,
            architecture="mixtral",
            revision=Revision(commit="ab" * 20, origin=".git/HEAD"),
            training=(
                TrainingStatement(words="It was trained from scratch.", path="README.md", line=14),
            ),
            headers=HEADERS,
            root_sha256=digest("root"),
        ),
        references=references,
        comparisons=() if comparison is None else (comparison,),
        licenses=LICENSES,
        findings=findings,
        verdict=gate(findings, "default", Severity.HIGH, papers_only=False),
        coverage=Coverage(
            files=9,
            files_read=8,
            files_license_scanned=5,
            parameters=589_824,
            comparisons=len(references),
            statements=("Weights in safetensors files were compared; the pickle was not.",),
        ),
        not_run=(
            NotRun(what="comparison with example/other-base", reason="no folder was given for it"),
        ),
        limits=("Tests that follow a rotation of the hidden space are not part of this version.",),
        code=CODE,
        notice=DRAFT,
        legal=LEGAL,
        texts=TEXTS,
    )


def owing() -> ObligationEvidence:
    """One edge that is measured, one declared; a duty in each state."""
    nodes = (
        Node(
            name="reference",
            kind=NodeKind.MODEL,
            license="Apache-2.0",
            license_from="the text of LICENSE",
        ),
        Node(
            name="nobody/knows",
            kind=NodeKind.MODEL,
            license="NOASSERTION",
            license_from="its folder was not given, and rules/models.yaml does not list it",
        ),
        Node(
            name="suspect",
            kind=NodeKind.RELEASE,
            license="MIT",
            license_from="the text of LICENSE",
        ),
    )
    measured = Edge(
        source="reference",
        target="suspect",
        relation=EdgeRelation.FINETUNE,
        evidence=EdgeEvidence.WEIGHTS,
        confidence=Confidence.HIGH,
        origin="weights: derived",
    )
    stated = Edge(
        source="nobody/knows",
        target="suspect",
        relation=EdgeRelation.DISTILL,
        evidence=EdgeEvidence.DECLARED,
        confidence=Confidence.MEDIUM,
        origin='README.md: "Trained on answers from nobody/knows"',
        path="README.md",
        line=12,
        settled=False,
    )
    text = Duty(
        ancestor="reference",
        license="Apache-2.0",
        obligation="copy-of-license",
        clause="4(a)",
        text="Give every recipient a copy of the licence.",
        relation=EdgeRelation.FINETUNE,
        check="license_text",
        state=DutyState.NOT_MET,
        reason="the text of the Apache License 2.0 is in no file of the release",
        asked="Apache-2.0",
        gates=True,
        settled=True,
    )
    changed = replace(
        text,
        obligation="mark-changes",
        clause="4(b)",
        text="Carry prominent notices in modified files stating that they were changed.",
        check="change_statement",
        state=DutyState.MET,
        reason="NOTICE says it",
        passages=(Passage(path="NOTICE", line=3, matched="modified", similarity=1.0),),
    )
    asked = replace(
        text,
        obligation="upstream-notice",
        clause="4(d)",
        text="Carry the attribution notices of an upstream NOTICE file, if there is one.",
        check="file_present",
        state=DutyState.UNKNOWN,
        reason="the folder of reference was not given",
        question="Does reference carry a NOTICE file?",
    )
    return ObligationEvidence(
        nodes=nodes, edges=(measured, stated), cycles=(), duties=(text, changed, asked)
    )


def convicted() -> AuditRecord:
    return replace(record(shared(), FINDINGS), obligations=owing())


def cleared() -> AuditRecord:
    return record(unrelated(), ())


def inconclusive() -> AuditRecord:
    silent = replace(
        unrelated(),
        relation=Relation.INCONCLUSIVE,
        summary="There is nothing to compare.",
        log10_p=None,
        effect=None,
        p_kind=PKind.NONE,
        components=(),
        evidence=(
            Evidence(
                test="aligned-weights",
                version=1,
                scope="model",
                outcome=Outcome.NOT_APPLICABLE,
                p_kind=PKind.NONE,
                reason="the audited folder holds no weights",
            ),
        ),
        coverage=0.0,
        tensors_paired=0,
        tensors_unpaired=(),
        bytes_read=0,
        spread=SpreadContext(
            per_layer=None,
            per_tensor=None,
            layers=0,
            tensors=0,
            reason="the audited folder holds no weights",
        ),
    )
    return record(silent, FINDINGS[2:])


SCRIPT = "</style></title><script>alert(1)</script>"
LINK = "<link rel=attachment href=file:///etc/passwd><img src=file:///etc/passwd>"
REMOTE = "<img src=http://192.0.2.1/x.png>{{ 7 * 7 }}{% raw %}"
BIDI = "gpj.\u202esafetensors\u2066\u200b\x1b[31mred\x07"
EMOJI = "weights-\U0001f600-中文-שלום-\uffff.safetensors"
ENDLESS = "a" * 10_000


def hostile() -> AuditRecord:
    """Attack every string that a stranger controls."""
    base = convicted()
    nasty = (SCRIPT, LINK, REMOTE, BIDI, EMOJI, ENDLESS, "a\nb\tc", "../../etc/passwd")
    comparison = replace(
        base.comparisons[0],
        suspect=ENDLESS,
        reference=SCRIPT + BIDI,
        summary=LINK,
        limits=nasty,
        kind=Derivation(kind=derivation.DerivationKind.MERGED, sentence=EMOJI, detail=LINK),
        direction=REMOTE,
        direction_reasons=nasty,
        family_suspect=SCRIPT,
        family_reference=ENDLESS,
        tensors_unpaired=nasty,
    )
    finding = replace(
        FINDINGS[0],
        title=SCRIPT,
        message=" ".join(nasty),
        how_to_fix=LINK,
        evidence=nasty,
        locations=tuple(Location(path=p, line=1) for p in nasty),
        fingerprint="LIC002:00000000",
    )
    claim = replace(LICENSES.claims[0], raw=SCRIPT, expression=ENDLESS, path=BIDI, field=LINK)
    match = CODE.matches[0]
    family = replace(
        match.families[0], label=SCRIPT, license=ENDLESS, holders=nasty, named_in=nasty, paths=nasty
    )
    functions = tuple(replace(match.functions[0], name=n, reference_path=n) for n in nasty)
    return replace(
        base,
        code=replace(
            CODE,
            known=(replace(CODE.known[0], project=SCRIPT + BIDI, versions=nasty),),
            matches=tuple(
                replace(match, path=p, families=(family, family), functions=functions)
                for p in nasty
            ),
            not_compared=tuple(NotCompared(path=p, reason=p) for p in nasty),
        ),
        subject=replace(
            base.subject,
            name=SCRIPT + BIDI + ENDLESS,
            artifacts=tuple(artifact(p, 1, Kind.OTHER) for p in nasty),
            unread=tuple(Unread(path=p, reason=LINK) for p in nasty),
            parents=tuple(DeclaredParent(name=p, relation=p, path=p, field=p) for p in nasty),
            architecture=SCRIPT,
            revision=Revision(commit=SCRIPT, origin=ENDLESS),
            training=tuple(TrainingStatement(words=p, path=p, line=1) for p in nasty),
            headers=tuple(Tensor(name=p, dtype=p, shape=(1,), file=p) for p in nasty),
        ),
        notice=Draft(
            release=SCRIPT,
            notice="\n".join(nasty),
            texts=tuple(MissingText(name=p, file=p, source=p, owed_for=(p,)) for p in nasty),
            statements=nasty,
            displays=nasty,
            names=nasty,
            patch="\n".join(nasty),
            choices=nasty,
            open=nasty,
        ),
        legal=tuple(
            LegalExtract(path=p, sha256=digest(p), text=p, lines=1, whole=False, reason=None)
            for p in nasty
        ),
        references=(replace(base.references[0], name=SCRIPT + BIDI, license=ENDLESS),),
        comparisons=(comparison,),
        licenses=replace(
            LICENSES,
            claims=(claim, *LICENSES.claims),
            copyrights=tuple(Copyright(holder=p, statement=p, path=p, line=1) for p in nasty),
            unscanned=tuple(Unscanned(path=p, reason=p) for p in nasty),
        ),
        findings=(finding, *FINDINGS),
        verdict=replace(base.verdict, reasons=nasty),
        obligations=_hostile_obligations(nasty),
        not_run=tuple(NotRun(what=p, reason=p) for p in nasty),
        limits=nasty,
    )


def _hostile_obligations(nasty: tuple[str, ...]) -> ObligationEvidence:
    base = owing()
    return replace(
        base,
        nodes=tuple(replace(base.nodes[1], name=p, license_from=p) for p in nasty),
        edges=tuple(replace(base.edges[1], source=p, target=p, origin=p, path=p) for p in nasty),
        duties=tuple(
            replace(
                base.duties[2],
                ancestor=p,
                license=p,
                reason=p,
                question=p,
                passages=(Passage(path=p, line=1, matched=p, similarity=0.5),),
            )
            for p in nasty
        ),
        reason=None,
    )
