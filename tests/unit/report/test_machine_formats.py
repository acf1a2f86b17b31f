# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Views for the tools around a run follow their published schemas, and carry no foreign text
as their own."""

import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as Xml

import jsonschema  # type: ignore[import-untyped]
import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from google.protobuf import json_format
from in_toto_attestation.predicates.test_result.v0 import test_result_pb2
from in_toto_attestation.predicates.vsa.v1 import vsa_pb2
from in_toto_attestation.v1 import statement_pb2
from spdx_python_model import v3_0_1

from audit.custody import custody_on
from audit.errors import UsageError
from audit.languages import Language
from audit.record.document import AuditRecord
from audit.record.licenses import ClaimSource
from audit.record.said import Said
from audit.record.verdict import Status
from audit.report import render_as
from audit.report.formats import markdown
from audit.report.formats.github import MOST
from audit.report.formats.registry import FORMATS
from tests.tiny_repo import run_audit
from tests.unit.report import records

pytestmark = pytest.mark.sampled(4)

UNSIGNED = sorted(f.name for f in FORMATS if not f.signed)
SARIF_SCHEMA = (
    Path(__file__).parents[2]
    / "browser/node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"
)
MAKERS = [records.convicted, records.cleared, records.inconclusive, records.hostile]


def waived() -> AuditRecord:
    record = records.convicted()
    first, *others = record.findings
    return replace(record, findings=(replace(first, waived=Said("by Ada, until then")), *others))


def sarif(record: AuditRecord) -> dict[str, Any]:
    return json.loads(render_as("sarif", record))  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", UNSIGNED)
@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("make", [*MAKERS, waived])
def test_the_same_record_gives_the_same_bytes(name: str, language: Language, make: Any) -> None:
    once = render_as(name, make(), language)
    assert once == render_as(name, make(), language)
    assert not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", once), "control characters are escaped"


@pytest.mark.parametrize("make", [*MAKERS, waived])
def test_sarif_follows_its_schema(make: Any) -> None:
    if not SARIF_SCHEMA.is_file():
        pytest.skip("npm has not fetched the schema: npm install --prefix tests/browser")
    schema = json.loads(SARIF_SCHEMA.read_text())
    jsonschema.validators.validator_for(schema)(schema).validate(sarif(make()))


def test_sarif_says_what_the_record_says() -> None:
    record = records.convicted()
    (run,) = sarif(record)["runs"]
    assert [r["ruleId"] for r in run["results"]] == ["WGT001", "LIC004", "LIC002"]
    assert {r["level"] for r in run["results"]} == {"error", "warning"}
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        (place, *_) = result["locations"]
        assert not place["physicalLocation"]["artifactLocation"]["uri"].startswith("/")
    prints = {r["partialFingerprints"]["auditFinding/v1"] for r in run["results"]}
    assert prints == {f.fingerprint for f in record.findings}
    assert run["properties"]["verdict"] == "FAIL"
    open_ = next(r for r in run["results"] if r["properties"]["status"] == "undetermined")
    assert "The files cannot tell." in open_["message"]["text"]


def test_a_waived_finding_is_suppressed_and_not_left_out() -> None:
    (run,) = sarif(waived())["runs"]
    (held,) = [r for r in run["results"] if "suppressions" in r]
    assert held["suppressions"][0]["justification"] == "by Ada, until then"
    assert len(run["results"]) == len(records.convicted().findings)
    tree = Xml.fromstring(render_as("junit", waived()))
    assert len(tree.findall(".//skipped")) == 1
    assert held["message"]["text"].split(".")[0] not in render_as("github", waived()).decode()


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize(
    ("name", "version"),
    [("cyclonedx", SchemaVersion.V1_7), ("cyclonedx-1.6", SchemaVersion.V1_6)],
)
def test_a_bill_of_materials_follows_its_schema(
    make: Any, name: str, version: SchemaVersion
) -> None:
    fault = JsonStrictValidator(version).validate_str(render_as(name, make()).decode())
    assert fault is None, fault


def test_a_bill_of_materials_keeps_the_voices_apart() -> None:
    bom = json.loads(render_as("cyclonedx", records.convicted()))
    model = bom["metadata"]["component"]
    assert model["licenses"][0] == {"license": {"id": "MIT", "acknowledgement": "declared"}}
    assert {"license": {"id": "Apache-2.0"}} in model["evidence"]["licenses"]
    assert "that is a statement, not a result" in model["pedigree"]["notes"]
    files = {c["name"]: c["hashes"][0]["content"] for c in bom["components"] if "hashes" in c}
    assert files == {a.path: a.sha256 for a in records.convicted().subject.artifacts}


def spdx(record: AuditRecord, custody: Any = None) -> list[dict[str, Any]]:
    """Return the elements of a document that the project's own model accepts and writes again."""
    data = render_as("spdx", record, custody=custody)
    found = v3_0_1.SHACLObjectSet()
    v3_0_1.JSONLDDeserializer().read(io.BytesIO(data), found)
    assert found.link() == set(), "every element that is named is there"
    v3_0_1.JSONLDSerializer().write(found, io.BytesIO())
    return json.loads(data)["@graph"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("make", [*MAKERS, waived])
def test_spdx_is_what_its_model_accepts(make: Any) -> None:
    elements = spdx(make())
    model = next(e["spdxId"] for e in elements if e["type"] == "ai_AIPackage")
    relations = [e for e in elements if e["type"] == "Relationship" and e["from"] == model]
    for kind in ("hasDeclaredLicense", "hasConcludedLicense"):
        (one,) = [e for e in relations if e["relationshipType"] == kind]
        assert len(one["to"]) == 1
    files = [e["name"] for e in elements if e["type"] == "software_File"]
    assert files == [a.path for a in make().subject.artifacts]
    document = next(e for e in elements if e["type"] == "SpdxDocument")
    assert "ai" not in document["profileConformance"], "nobody states when it was released"


def test_spdx_says_what_shows_an_origin_and_when_it_was_made() -> None:
    record = records.convicted()
    custody = custody_on(datetime(2026, 3, 1, tzinfo=UTC))
    elements = spdx(record, custody)
    assert elements[0]["created"] == "2026-03-01T00:00:00Z"
    origins = [e for e in elements if e.get("relationshipType") == "descendantOf"]
    assert any("The weights show dependence on reference" in e["comment"] for e in origins)
    assert any("that is a statement, not a result" in e["comment"] for e in origins)
    several = replace(
        record.licenses.claims[0], source=ClaimSource.DECLARED, expression="Apache-2.0"
    )
    record = replace(
        record, licenses=replace(record.licenses, claims=(*record.licenses.claims, several))
    )
    (declared,) = [e for e in spdx(record) if e.get("relationshipType") == "hasDeclaredLicense"]
    assert declared["to"][0].endswith("NoAssertionLicense")
    assert declared["comment"] == "Apache-2.0; MIT"


@pytest.mark.parametrize("make", [*MAKERS, waived])
def test_in_toto_is_a_statement_of_a_test_result(make: Any) -> None:
    record = make()
    statement = json.loads(render_as("in-toto", record))
    json_format.ParseDict(statement, statement_pb2.Statement())
    json_format.ParseDict(statement["predicate"], test_result_pb2.TestResult())
    passed = record.verdict.status is Status.PASS
    assert (statement["predicate"]["result"] != "FAILED") is passed
    assert len(statement["subject"]) == len(record.subject.artifacts)


REQUIRED = {"verifier", "timeVerified", "resourceUri", "policy", "verificationResult"}
"""Fields that slsa.dev/spec/v1.1/verification_summary demands, beside ``verifiedLevels``."""


@pytest.mark.parametrize("make", [*MAKERS, waived])
def test_a_verification_summary_has_the_fields_that_slsa_demands(make: Any) -> None:
    """The project's own model (0.9.3) takes one level as text; the specification has a list."""
    record, custody = make(), custody_on(datetime(2026, 3, 1, tzinfo=UTC))
    statement = json.loads(render_as("vsa", record, custody=custody))
    json_format.ParseDict(statement, statement_pb2.Statement())
    summary = statement["predicate"]
    (level,) = summary.pop("verifiedLevels")
    assert summary.keys() >= REQUIRED
    extensions = {key for key in summary if "://" in key}
    known = {key: value for key, value in summary.items() if key not in extensions}
    json_format.ParseDict(
        known | {"verifiedLevels": level},
        vsa_pb2.VerificationSummary(),
        ignore_unknown_fields=False,
    )
    assert not level.startswith("SLSA_")
    assert (summary["verificationResult"] == "PASSED") is (record.verdict.status is Status.PASS)
    assert (level == "FAILED") is (summary["verificationResult"] == "FAILED")
    assert all(urlsplit(uri).scheme for uri in (summary["resourceUri"], summary["policy"]["uri"]))
    assert summary["timeVerified"] == "2026-03-01T00:00:00Z"


def test_a_pass_of_papers_alone_has_its_own_level() -> None:
    record = records.cleared()
    papers = replace(record, verdict=replace(record.verdict, papers_only=True))
    levels = [
        json.loads(render_as("vsa", one))["predicate"]["verifiedLevels"] for one in (record, papers)
    ]
    assert levels == [["AUDIT_WEIGHTS_AND_PAPERS"], ["AUDIT_PAPERS_ONLY"]]
    undecided = replace(papers, verdict=replace(papers.verdict, status=Status.INDETERMINATE))
    summary = json.loads(render_as("vsa", undecided))["predicate"]
    assert (summary["verificationResult"], summary["verifiedLevels"]) == ("FAILED", ["FAILED"])


def test_what_could_not_be_decided_is_no_pass() -> None:
    record = records.inconclusive()
    undecided = replace(record, verdict=replace(record.verdict, status=Status.INDETERMINATE))
    assert json.loads(render_as("in-toto", undecided))["predicate"]["result"] == "FAILED"
    said = dict(line.split("=", 1) for line in render_as("env", undecided).decode().splitlines())
    assert (said["verdict"], said["exit_code"]) == ("INDETERMINATE", "3")
    assert set(said) >= {"critical", "high", "medium", "low", "info", "waived", "record_sha256"}


def test_one_line_says_the_verdict_and_what_counts() -> None:
    record = records.convicted()
    waived = replace(record, findings=tuple(replace(f, waived="w") for f in record.findings))
    papers = replace(waived, verdict=replace(waived.verdict, papers_only=True))
    name, status = record.subject.name, record.verdict.status.value
    assert [render_as("line", one).decode() for one in (record, waived, papers)] == [
        f"verdict: {status} (2 high, 1 medium) {name}\n",
        f"verdict: {status} {name}\n",
        f"verdict: {status} (papers only) {name}\n",
    ]


def test_junit_fails_what_decides() -> None:
    tree = Xml.fromstring(render_as("junit", records.convicted()))
    failing = [c.get("classname") for c in tree.iter("testcase") if c.find("failure") is not None]
    assert failing == ["audit.WGT001"]
    assert tree.get("failures") == "1"


def test_annotations_cannot_be_forged_and_are_few() -> None:
    record = records.convicted()
    forged = Said("{name}", name="a\n::error file=x::b,c:d%")
    worst = next(f for f in record.findings if f.check == "WGT001")
    many = tuple(
        replace(worst, title=forged, message=forged, fingerprint=f"LIC001:{n}") for n in range(30)
    )
    lines = render_as("github", replace(record, findings=many)).decode().splitlines()
    assert len(lines) == MOST
    assert all(line.startswith("::error title=WGT001 ") for line in lines)
    assert "%3A%3Aerror file=x%3A%3Ab%2Cc%3Ad%25" in lines[0].split("::")[1]


def test_names_make_no_markdown() -> None:
    record = records.convicted()
    evil = "![x](http://a) @somebody #1 <img src=x> | www.b.org `c` **d** [e](f)"
    finding = replace(record.findings[0], title=Said("{name}", name=evil))
    text = render_as("markdown", replace(record, findings=(finding,))).decode()
    assert text.startswith(markdown.MARK)
    assert "![x]" not in text
    assert "http://a" not in text
    assert "www.b" not in text
    assert not re.search(r"[@#]\w", text.replace("#### ", "").replace("### ", ""))
    assert "<img" not in text.replace("\\<img", "")


def test_markdown_fits_in_a_comment() -> None:
    record = records.convicted()
    long = replace(record.findings[0], message=Said("{x}", x="word " * 900))
    many = tuple(replace(long, fingerprint=f"LIC001:{n}") for n in range(40))
    text = render_as("markdown", replace(record, findings=many)).decode()
    assert len(text) < 65_536
    assert "has the rest" in text


def test_an_unknown_format_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="sarf") as caught:
        render_as("sarf", records.cleared())
    assert "sarif" in caught.value.advice
    with pytest.raises(UsageError):
        render_as("pdf", records.cleared())


def test_every_format_is_in_the_help_and_on_the_page() -> None:
    page = (Path(__file__).parents[3] / "docs" / "outputs.md").read_text(encoding="utf-8")
    help_ = run_audit("model-repo", "--help").stdout
    assert [name for name in (*UNSIGNED, "json") if f"`{name}`" not in page] == []
    assert [name for name in (*UNSIGNED, "json") if name not in help_] == []
