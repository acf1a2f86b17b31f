# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The documents do what they say: the commands are run, the example is parsed."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from audit.signing.attestation.statement import parse_statement
from audit.signing.identity.certificates import pem
from audit.signing.identity.keys import Identity, new_identity
from tests.unit.signing.signed import ATTESTATION, BUNDLE, HTML, PDF, RECORD, publish


def blocks(root: Path, name: str, language: str) -> list[str]:
    text = (root / "docs" / name).read_text()
    found = re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE)
    assert found
    return list(found)


def by_hand(
    root: Path, report: Path, model: Path, *, sections: slice = slice(None)
) -> subprocess.CompletedProcess[str]:
    """Run every command of docs/verify.md, or those of some sections, up to a failure."""
    script = "set -eu\n" + "\n".join(blocks(root, "verify.md", "sh")[sections])
    environment = {"PATH": "/usr/bin:/bin", "MODEL": str(model), "LC_ALL": "C"}
    return subprocess.run(
        ["/bin/sh", "-c", script],
        check=False,
        cwd=report,
        env=environment,
        capture_output=True,
        text=True,
    )


@pytest.fixture
def ready(report: Path, identity: Identity) -> Path:
    if shutil.which("pdfsig") is None:
        pytest.skip("pdfsig is not installed: install poppler-utils")
    (report / "signer.pem").write_text(pem([identity.leaf]))
    return report


def seen(done: subprocess.CompletedProcess[str], names: Iterable[str]) -> None:
    """Check what the commands said of files that hold."""
    assert done.returncode == 0, done.stderr
    assert "Signature is Valid" in done.stdout
    assert "CAdES Verification successful" in done.stderr
    assert "Verified OK" in done.stdout
    for name in (*names, "README.md", "weights.bin", "docs/note, with spaces.txt"):
        assert f"{name}: OK" in done.stdout


def test_a_stranger_with_poppler_and_openssl_can_verify(root: Path, ready: Path, subject: Path):
    seen(by_hand(root, ready, subject), (RECORD, f"{HTML}.empty", PDF))


def test_without_a_published_certificate_it_is_the_statement_s(
    root: Path, ready: Path, subject: Path, identity: Identity
):
    (ready / "signer.pem").unlink()
    done = by_hand(root, ready, subject)
    seen(done, (RECORD, f"{HTML}.empty", PDF))
    assert identity.fingerprint in done.stdout.replace(":", "").lower()


def test_a_certificate_of_somebody_else_is_refused(root: Path, ready: Path, subject: Path):
    (ready / "signer.pem").write_text(pem([new_identity("Somebody Else").leaf]))
    assert by_hand(root, ready, subject).returncode != 0


def test_of_a_report_in_two_languages_every_file_is_looked_at(
    root: Path, ready: Path, subject: Path, identity: Identity, tmp_path: Path
):
    both = publish(tmp_path / "both", subject, identity, languages=("", ".zh"))
    done = by_hand(root, both, subject)
    seen(done, (RECORD, f"{HTML}.empty", PDF, "report.zh.html.empty", "report.zh.pdf"))
    assert done.stderr.count("CAdES Verification successful") == 2
    page = both / "report.zh.html"
    page.write_bytes(page.read_bytes().replace(b"<h1>", b"<h1>Not "))
    assert by_hand(root, both, subject).returncode != 0


@pytest.mark.parametrize("name", [RECORD, HTML, PDF, ATTESTATION, BUNDLE])
def test_and_sees_when_a_file_was_changed(root: Path, ready: Path, subject: Path, name: str):
    content = bytearray((ready / name).read_bytes())
    content[len(content) // 3] ^= 1
    (ready / name).write_bytes(content)
    assert by_hand(root, ready, subject).returncode != 0


def test_and_when_an_audited_file_was_changed(
    root: Path, ready: Path, subject: Path, tmp_path: Path
):
    model = Path(shutil.copytree(subject, tmp_path / "model"))
    (model / "weights.bin").write_bytes(b"other")
    done = by_hand(root, ready, model)
    assert done.returncode != 0
    assert "weights.bin: FAILED" in done.stdout


def test_the_predicate_example_is_a_statement_of_ours(root: Path):
    example = blocks(root, "predicate.md", "json")[-1]
    statement = parse_statement(example.encode())
    assert statement.predicate.verdict.status == "FAIL"


def test_the_predicate_schema_names_exactly_the_fields_of_the_model(root: Path):
    schema, example = blocks(root, "predicate.md", "json")

    def shape(value: object) -> object:
        if isinstance(value, dict):
            return {key: shape(item) for key, item in value.items()}
        return [shape(value[0])] if isinstance(value, list) else ""

    assert shape(json.loads(schema)) == shape(json.loads(example))
