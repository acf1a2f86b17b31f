# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""An existing model signature: made by another tool, read and checked by this one.

``assets/oms`` was signed once with the released tool of the format:
``model_signing sign key oms --private_key K --signature oms/model.sig`` (1.1.1).
"""

import json
import os
import shutil
from base64 import b64decode, b64encode
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from audit.inventory import take_inventory
from audit.signing.attestation.model_signature import files_problem, parse, root_digest
from audit.signing.identity.certificates import public_key_der
from audit.signing.identity.keys import Identity
from audit.signing.identity.pin import read_pin
from audit.signing.unsound import UnsoundError
from audit.sources.names import resolve
from audit.verification.step import Outcome, Step
from audit.verification.verify import verify
from tests.unit.signing.signed import publish

ASSETS = Path(__file__).parent / "assets"
MODEL, KEY = ASSETS / "oms", ASSETS / "oms-key.pub"
BUNDLE = (MODEL / "model.sig").read_bytes()


def digests(folder: Path) -> dict[str, str]:
    return {a.path: a.sha256 for a in take_inventory(resolve(str(folder))).artifacts}


def test_our_root_is_the_root_that_the_other_tool_signed():
    signed = parse(BUNDLE)
    assert root_digest(digests(MODEL)) == signed.root
    assert list(signed.digests) == ["a/x", "a-b", "config.json"]
    assert files_problem(signed, digests(MODEL)) is None


def test_the_signature_is_that_of_its_key_and_of_no_other(identity: Identity):
    assert parse(BUNDLE).bundle.envelope.made_with(read_pin(KEY).public_key)
    assert not parse(BUNDLE).bundle.envelope.made_with(public_key_der(identity.leaf))


def test_every_difference_is_named():
    signed, now = parse(BUNDLE), digests(MODEL)
    assert files_problem(signed, {**now, "a-b": "0" * 64}) == "changed: a-b"
    assert files_problem(signed, {**now, "new": "0" * 64}) == "not signed: new"
    assert files_problem(signed, {p: d for p, d in now.items() if p != "a/x"}) == "missing: a/x"


def test_names_swapped_under_one_root_are_seen():
    """The root binds contents in their order, not their names."""
    signed, now = parse(BUNDLE), digests(MODEL)
    renamed = {("a-c" if p == "a-b" else p): d for p, d in now.items()}
    assert root_digest(renamed) == signed.root
    assert files_problem(signed, renamed) == "missing: a-b; not signed: a-c"


def payload_changed(change: str, to: object) -> bytes:
    bundle = json.loads(BUNDLE)
    payload = json.loads(b64decode(bundle["dsseEnvelope"]["payload"]))
    place = payload
    *path, last = change.split(".")
    for step in path:
        place = place[int(step)] if step.isdigit() else place[step]
    place[last] = to
    bundle["dsseEnvelope"]["payload"] = b64encode(json.dumps(payload).encode()).decode()
    return json.dumps(bundle).encode()


@pytest.mark.parametrize(
    ("change", "to", "says"),
    [
        ("predicateType", "https://example/other", "predicate type"),
        ("predicate.serialization.method", "shards", "method"),
        ("predicate.resources.0.digest", "0" * 64, "root digest"),
        ("subject.0.digest", {"sha256": "0" * 64}, "root digest"),
        ("predicate.resources.0.digest", "no hexadecimal", "no model signature"),
    ],
)
def test_a_list_that_does_not_fit_its_root_is_refused(change: str, to: object, says: str):
    with pytest.raises(UnsoundError, match=says):
        parse(payload_changed(change, to))


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b"\xff", BUNDLE[:-2], BUNDLE.replace(b'"sig"', b'"gis"')]
)
def test_what_is_no_bundle_is_refused(data: bytes):
    with pytest.raises(UnsoundError):
        parse(data)


@pytest.fixture
def audited(tmp_path: Path, identity: Identity) -> tuple[Path, Path]:
    model = Path(shutil.copytree(MODEL, tmp_path / "model"))
    return model, publish(tmp_path / "report", model, identity)


def found(report: Path, **options: Path) -> dict[str, Step]:
    return {s.name: s for s in verify(report, **options) if s.name.startswith("model.sig")}


def test_verify_checks_files_and_signature(audited: tuple[Path, Path]):
    model, report = audited
    steps = found(report, subject=model, model_key=KEY)
    assert {s.outcome for s in steps.values()} == {Outcome.PASS}
    assert list(steps) == ["model.sig files", "model.sig signature"]
    open_ = found(report, subject=model)["model.sig signature"]
    assert open_.outcome is Outcome.NOT_CHECKED
    assert parse(BUNDLE).bundle.hint in open_.detail
    assert {s.outcome for s in found(report).values()} == {Outcome.NOT_CHECKED}


def test_a_signature_over_other_files_fails(tmp_path: Path, identity: Identity):
    model = Path(shutil.copytree(MODEL, tmp_path / "model"))
    (model / "README.md").write_text("added after signing\n")
    report = publish(tmp_path / "report", model, identity)
    step = found(report, subject=model, model_key=KEY)["model.sig files"]
    assert step.outcome is Outcome.FAIL
    assert "not signed: README.md" in step.detail


@pytest.mark.parametrize("at", ["certificate", "x509CertificateChain"])
def test_a_certificate_in_it_that_cannot_be_read_is_refused(identity: Identity, at: str):
    """One of X.509 version 9, which the library reports with an error of its own kind."""
    der = identity.leaf.public_bytes(Encoding.DER).replace(
        b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x08", 1
    )
    raw = {"rawBytes": b64encode(der).decode()}
    bundle = json.loads(BUNDLE)
    bundle["verificationMaterial"] = {at: raw if at == "certificate" else {"certificates": [raw]}}
    with pytest.raises(UnsoundError):
        parse(json.dumps(bundle).encode())


def test_only_the_audited_signature_is_read(audited: tuple[Path, Path]):
    model, report = audited
    (model / "model.sig").write_bytes(BUNDLE + b" ")
    assert {n: s.outcome for n, s in found(report, subject=model, model_key=KEY).items()} == {
        "model.sig files": Outcome.FAIL,
        "model.sig signature": Outcome.NOT_CHECKED,
    }
    (model / "model.sig").unlink()
    os.mkfifo(model / "model.sig")  # reading it would never end
    step = found(report, subject=model, model_key=KEY)["model.sig files"]
    assert step.outcome is Outcome.FAIL
    assert "not a regular file" in step.detail


def test_what_the_signer_left_out_is_named(tmp_path: Path, identity: Identity):
    model = Path(shutil.copytree(MODEL, tmp_path / "model"))
    (model / "weights.bin").write_bytes(b"added after signing")
    (model / "model.sig").write_bytes(
        payload_changed(
            "predicate.serialization.ignore_paths", ["model.sig", ".github", "weights.bin"]
        )
    )
    report = publish(tmp_path / "report", model, identity)
    step = found(report, subject=model, model_key=KEY)["model.sig files"]
    assert "signs 3 of the 6 audited files" in step.detail
    assert step.detail.endswith("left out by the signer: weights.bin")


def test_a_signature_over_no_file_is_none():
    empty = replace(parse(BUNDLE), digests={}, ignored=(".",))
    assert files_problem(empty, digests(MODEL)) == "it signs no file"
