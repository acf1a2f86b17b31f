# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The gate's answer in the two forms that release pipelines read: lines 2 and 3.

An in-toto test result (github.com/in-toto/attestation, ``spec/predicates/test-result.md``)
and a SLSA verification summary (slsa.dev/spec/v1.0/verification_summary). Both follow from
the audit's own statement and its envelope, so a verifier makes them again and compares.
"""

from typing import Any, Final
from urllib.parse import quote

import rfc8785

from audit.record.verdict import LEVEL_PAPERS, LEVEL_WEIGHTS
from audit.signing.attestation import dsse
from audit.signing.attestation.statement import (
    PREDICATE_TYPE,
    STATEMENT_TYPE,
    Statement,
    VerdictBlock,
    sha256,
)
from audit.signing.identity.keys import Identity

TEST_RESULT: Final = "https://in-toto.io/attestation/test-result/v0.1"
SUMMARY: Final = "https://slsa.dev/verification_summary/v1"
_VERIFIER: Final = "https://model-provenance-audit.dev/verifier"
"""A name, not a page."""
_RESULT: Final = {"PASS": "PASSED", "FAIL": "FAILED", "INDETERMINATE": "WARNED"}


def gate_payloads(statement: Statement, envelope: bytes) -> tuple[bytes, bytes]:
    """Return the payloads of the test result and of the verification summary.

    ``envelope``, which holds ``statement``, is what the summary names by its digest.
    """
    common: dict[str, Any] = {
        "_type": STATEMENT_TYPE,
        "subject": [item.model_dump(by_alias=True) for item in statement.subject],
    }
    result = {"predicateType": TEST_RESULT, "predicate": _test_result(statement)}
    summary = {"predicateType": SUMMARY, "predicate": _summary(statement, envelope)}
    return rfc8785.dumps(common | result), rfc8785.dumps(common | summary)


def seal_gate(statement: Statement, envelope: bytes, identity: Identity) -> tuple[bytes, bytes]:
    """Return the two signed envelopes."""
    result, summary = gate_payloads(statement, envelope)
    return dsse.seal(result, identity), dsse.seal(summary, identity)


def _policy(statement: Statement) -> dict[str, Any]:
    verdict = statement.predicate.verdict
    return {"name": verdict.policy, "digest": {"sha256": verdict.policy_sha256}}


def _test_result(statement: Statement) -> dict[str, Any]:
    """``WARNED`` is an undecided gate, or a pass in which no weights were compared.

    Checks that passed are not listed by name.
    """
    verdict = statement.predicate.verdict
    papers = verdict.status == "PASS" and verdict.papers_only
    return {
        "result": "WARNED" if papers else _RESULT[verdict.status],
        "configuration": [_policy(statement)],
        "warnedTests": verdict.undetermined,
        "failedTests": verdict.failing,
    }


def _summary(statement: Statement, envelope: bytes) -> dict[str, Any]:
    """An undecided gate is ``FAILED``: a summary has no third answer, and nothing passed.

    The audit looks at no build, so no level of SLSA is stated but our own, of what was looked at.
    ``resourceUri`` is a package URL of the type ``generic``, because a folder does not say where
    it came from.
    """
    predicate = statement.predicate
    folder, root = statement.folder.name[:-1], statement.folder.digest.sha256
    policy = _policy(statement)
    return {
        "verifier": {"id": _VERIFIER, "version": {predicate.tool.name: predicate.tool.version}},
        "timeVerified": predicate.custody.audited_at,
        "resourceUri": f"pkg:generic/{quote(folder, safe='')}?checksum=sha256:{root}",
        "policy": {
            "uri": f"{_VERIFIER}/policy/{quote(policy['name'], safe='')}",
            "digest": policy["digest"],
        },
        "inputAttestations": [{"digest": {"sha256": sha256(envelope)}}],
        "verificationResult": "PASSED" if predicate.verdict.status == "PASS" else "FAILED",
        "verifiedLevels": [_level(predicate.verdict)],
        "slsaVersion": "1.0",
        PREDICATE_TYPE: {"status": predicate.verdict.status},
    }


def _level(verdict: VerdictBlock) -> str:
    """What was looked at; what statements without ``papers_only`` were given stays as it was."""
    if verdict.papers_only is None:
        return "SLSA_BUILD_LEVEL_UNEVALUATED"
    if verdict.status != "PASS":
        return "FAILED"
    return LEVEL_PAPERS if verdict.papers_only else LEVEL_WEIGHTS
