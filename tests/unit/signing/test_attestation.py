# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The attestation, read by an independent verifier and in every second spelling."""

import base64
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from audit.errors import SigningError
from audit.record.document import to_bytes
from audit.signing.attestation import dsse
from audit.signing.attestation.bundle import from_lines, to_lines
from audit.signing.attestation.statement import (
    PREDICATE_TYPE,
    attest,
    parse_statement,
    read_unverified,
)
from audit.signing.identity.keys import Identity, new_identity
from audit.signing.unsound import UnsoundError
from tests.unit.signing.signed import (
    ATTESTATION,
    HTML,
    PDF,
    RECORD,
    make_custody,
    make_record,
)


@pytest.fixture
def envelope(pristine: Path) -> bytes:
    return from_lines((pristine / ATTESTATION).read_bytes())[0]


def independently_verified(envelope: bytes) -> dict[str, object]:
    """Verify as the DSSE specification says, with nothing of ours."""
    outer = json.loads(envelope)
    payload = base64.b64decode(outer["payload"], validate=True)
    kind = outer["payloadType"].encode()
    signed = b"DSSEv1 " + str(len(kind)).encode() + b" " + kind
    signed += b" " + str(len(payload)).encode() + b" " + payload
    statement = json.loads(payload)
    leaf = x509.load_pem_x509_certificate(statement["predicate"]["certificates"][0].encode())
    key = leaf.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    signature = base64.b64decode(outer["signatures"][0]["sig"], validate=True)
    key.verify(signature, signed, ec.ECDSA(hashes.SHA256()))
    assert outer["signatures"][0]["keyid"] == leaf.fingerprint(hashes.SHA256()).hex()
    return statement


def test_an_independent_verifier_accepts_it_and_finds_the_files(
    pristine: Path, subject: Path, envelope: bytes
):
    statement = independently_verified(envelope)
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert statement["predicateType"] == PREDICATE_TYPE
    digests = {item["name"]: item["digest"]["sha256"] for item in statement["subject"]}
    on_disk = {
        path.relative_to(subject).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in subject.rglob("*")
        if path.is_file()
    }
    raw = b"".join(bytes.fromhex(on_disk[path]) for path in sorted(on_disk))
    assert digests == {"model/": hashlib.sha256(raw).hexdigest(), **on_disk}
    kinds = {}
    for entry in statement["predicate"]["report"]:
        content = (pristine / entry["name"]).read_bytes()
        if entry["digestOf"] == "file-with-empty-slot":
            content = content.replace(envelope, b"")
        assert entry["sha256"] == hashlib.sha256(content).hexdigest()
        kinds[entry["name"]] = entry["digestOf"]
    assert kinds == {RECORD: "file", HTML: "file-with-empty-slot", PDF: "file"}
    assert statement["predicate"]["verdict"]["status"] == "PASS"


def test_the_independent_verifier_refuses_a_changed_payload(envelope: bytes):
    outer = json.loads(envelope)
    payload = base64.b64decode(outer["payload"]).replace(b'"PASS"', b'"FAIL"')
    outer["payload"] = base64.b64encode(payload).decode()
    with pytest.raises(InvalidSignature):
        independently_verified(json.dumps(outer).encode())


def test_only_the_signature_differs_between_two_attestations(subject: Path, identity: Identity):
    record, custody = make_record(subject), make_custody(identity)
    twice = [attest(record, {RECORD: b"r"}, custody, identity) for _ in range(2)]
    first, second = (json.loads(envelope) for envelope in twice)
    assert first["payload"] == second["payload"]
    assert first["signatures"][0]["keyid"] == second["signatures"][0]["keyid"]


def test_custody_of_another_signer_is_not_signed(subject: Path, identity: Identity):
    custody = make_custody(new_identity("Other"))
    with pytest.raises(SigningError, match="another signer"):
        attest(make_record(subject), {RECORD: b"r"}, custody, identity)


def test_the_custody_block_survives_the_round_trip(envelope: bytes, identity: Identity):
    lines = to_lines((envelope,))
    found = read_unverified(lines).custody
    made = replace(make_custody(identity), audited_at=found.audited_at)  # another second by now
    assert found == made
    assert to_bytes(found) == to_bytes(made)


def second_spellings(envelope: bytes) -> dict[str, bytes]:
    """Return envelopes that mean the same to a lenient reader."""
    outer = json.loads(envelope)
    entry = outer["signatures"][0]
    safe = outer["payload"].replace("+", "-").replace("/", "_")
    return {
        "newline": envelope + b"\n",
        "leading space": b" " + envelope,
        "pretty": json.dumps(outer, indent=1).encode(),
        "byte order mark": b"\xef\xbb\xbf" + envelope,
        "extra field": json.dumps(outer | {"x": 1}, separators=(",", ":")).encode(),
        "two signatures": json.dumps(outer | {"signatures": [entry, entry]}).encode(),
        "no signature": json.dumps(outer | {"signatures": []}).encode(),
        "line break in base64": json.dumps(outer | {"payload": outer["payload"] + "\n"}).encode(),
        "escaped letter": envelope.replace(b'"payload"', b'"p\\u0061yload"', 1),
        "no padding": json.dumps(outer | {"payload": outer["payload"].rstrip("=") + "A"}).encode(),
        "url-safe": json.dumps(outer | {"payload": safe + "-"}).encode(),
        "UTF-16": envelope.decode().encode("utf-16"),
        "duplicate key": envelope.replace(b"{", b'{"payload":"",', 1),
    }


def test_every_second_spelling_is_refused(envelope: bytes):
    dsse.parse(envelope)
    spellings = second_spellings(envelope)
    assert all(spelling != envelope for spelling in spellings.values())
    accepted = [name for name, spelling in spellings.items() if parses(spelling)]
    assert accepted == []


def parses(envelope: bytes) -> bool:
    try:
        dsse.parse(envelope)
    except UnsoundError:
        return False
    return True


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"payload":' * 5000,
        b'{"payload":1,"payloadType":"x","signatures":[{"keyid":"","sig":""}]}',
        b'{"payload":"\xc3\xa9","payloadType":"x","signatures":[{"keyid":"","sig":""}]}',
        b'{"payload":"\\ud800","payloadType":"x","signatures":[{"keyid":"","sig":""}]}',
        b'{"payload":NaN,"payloadType":"x","signatures":[]}',
    ],
)
def test_garbage_is_no_envelope(content: bytes):
    with pytest.raises(UnsoundError):
        dsse.parse(content)


def test_a_file_named_twice_is_refused(envelope: bytes):
    statement = json.loads(dsse.parse(envelope).payload)
    statement["subject"].append(statement["subject"][0])
    with pytest.raises(UnsoundError, match="twice"):
        parse_statement(json.dumps(statement).encode())


def test_a_foreign_statement_is_refused(envelope: bytes):
    statement = json.loads(dsse.parse(envelope).payload)
    statement["predicateType"] = "https://slsa.dev/provenance/v1"
    with pytest.raises(UnsoundError, match="predicateType"):
        parse_statement(json.dumps(statement).encode())


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("predicate", "report", 0, "sha256"), "A" * 64),
        (("predicate", "report", 0, "sha256"), "0" * 63),
        (("predicate", "report", 0, "sha256"), "0" * 64 + "\n"),
        (("predicate", "report", 0, "name"), "../record.json"),
        (("predicate", "report", 0, "name"), "report.sigstore.json"),
        (("predicate", "report", 0, "digestOf"), "page"),
        (("predicate", "report"), []),
        (("predicate", "custody", "auditedAt"), "yesterday"),
        (("predicate", "custody", "signer"), None),
        (("predicate", "certificates"), []),
        (("predicate", "verdict", "status"), "pass"),
        (("predicate", "extra"), 1),
        (("subject",), {}),
    ],
)
def test_a_misshapen_statement_is_refused_and_the_place_named(
    envelope: bytes, path: tuple[str | int, ...], value: object
):
    statement = json.loads(dsse.parse(envelope).payload)
    place = statement
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(UnsoundError, match=str(path[-1])):
        parse_statement(json.dumps(statement).encode())


def test_digests_of_other_kinds_than_the_files_need_are_refused(envelope: bytes):
    for number, kind in ((0, "file-with-empty-slot"), (1, "file")):
        statement = json.loads(dsse.parse(envelope).payload)
        statement["predicate"]["report"][number]["digestOf"] = kind
        with pytest.raises(UnsoundError, match="does not fit its file"):
            parse_statement(json.dumps(statement).encode())


def test_a_statement_without_the_record_is_refused(envelope: bytes):
    statement = json.loads(dsse.parse(envelope).payload)
    statement["predicate"]["report"].pop(0)
    with pytest.raises(UnsoundError, match="no record is named"):
        parse_statement(json.dumps(statement).encode())
