# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""An authority as ``--key``: its other certificates do not sign audits in anybody's name."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from audit.signing.identity import certificates
from audit.signing.identity.certificates import DOCUMENT_SIGNING, pem
from audit.signing.identity.keys import Identity
from audit.signing.identity.path import certified_problem, chain_problem
from audit.verification.step import Outcome, Step
from audit.verification.verify import verify
from tests.unit.signing.signed import ATTESTATION, HTML, PDF, publish

Build = Callable[[x509.CertificateBuilder], x509.CertificateBuilder]
DAY = timedelta(days=1)


def now() -> datetime:
    """Return the time of asking: certificates made before it are valid, however long tests run."""
    return datetime.now(UTC).replace(microsecond=0)


def name(text: str, **more: str) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, text)]
    parts += [x509.NameAttribute(NameOID.ORGANIZATION_NAME, value) for value in more.values()]
    return x509.Name(parts)


def as_is(builder: x509.CertificateBuilder) -> x509.CertificateBuilder:
    return builder


def made(leaf: Build = as_is, authority: Build = as_is, **names: str) -> Identity:
    """Return an identity that a company's authority certified, each with its own extensions."""
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    root, holder = name("Company CA"), name("Ada Signer", **names)
    top = certificates._builder(root, root, keys[0], keys[0])
    top = top.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    low = certificates._builder(holder, root, keys[1], keys[0])
    low = low.add_extension(certificates._usage(authority=False), critical=True)
    chain = tuple(b.sign(keys[0], SHA256()) for b in (leaf(low), authority(top)))
    return Identity(key=keys[1], chain=chain, kind="file")


def used_for(*purposes: ObjectIdentifier) -> Build:
    uses = x509.ExtendedKeyUsage(purposes)
    return lambda builder: builder.add_extension(uses, critical=True)


def signer(tmp_path: Path, subject: Path, identity: Identity, pinned: int) -> list[Step]:
    """Return what ``--key`` makes of a report, its page, its PDF and its attestation."""
    report = publish(tmp_path / "report", subject, identity)
    (tmp_path / "key.pem").write_text(pem([identity.chain[pinned]]))
    targets = (report, report / HTML, report / PDF, report / ATTESTATION)
    steps = [verify(target, key=tmp_path / "key.pem") for target in targets]
    return [{step.name: step for step in answer}["signer"] for answer in steps]


def test_a_web_servers_certificate_signs_no_audit_in_its_companys_name(
    tmp_path: Path, subject: Path
):
    steps = signer(tmp_path, subject, made(used_for(ExtendedKeyUsageOID.SERVER_AUTH)), 1)
    assert {step.outcome for step in steps} == {Outcome.FAIL}
    assert all("meant for other purposes" in step.detail for step in steps)


def test_but_whoever_pins_that_very_certificate_believes_it(tmp_path: Path, subject: Path):
    steps = signer(tmp_path, subject, made(used_for(ExtendedKeyUsageOID.SERVER_AUTH)), 0)
    assert {step.outcome for step in steps} == {Outcome.PASS}


@pytest.mark.parametrize(
    "uses",
    [
        (),
        (DOCUMENT_SIGNING,),
        (ExtendedKeyUsageOID.CODE_SIGNING,),
        (ExtendedKeyUsageOID.EMAIL_PROTECTION,),
        (ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,),
        (ExtendedKeyUsageOID.SERVER_AUTH, DOCUMENT_SIGNING),
    ],
)
def test_purposes_that_are_for_signing_are_accepted(uses: tuple[ObjectIdentifier, ...]):
    identity = made(used_for(*uses) if uses else as_is)
    assert certified_problem(identity.chain, identity.chain[1], now()) is None


def test_a_certificate_that_was_out_of_date_at_the_signature_is_refused(
    tmp_path: Path, subject: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(certificates, "LIFETIME", timedelta(minutes=1))
    steps = signer(tmp_path, subject, made(), 1)
    assert {step.outcome for step in steps} == {Outcome.FAIL}


@pytest.mark.parametrize(("after", "word"), [(4000 * DAY, "expired"), (-DAY, "valid")])
def test_dates_are_those_of_the_signature(after: timedelta, word: str):
    identity = made()
    problem = certified_problem(identity.chain, identity.chain[1], now() + after)
    assert problem is not None
    assert word in problem
    assert chain_problem(identity.chain) is None, "that they belong together has no date"


@pytest.mark.parametrize(("organisation", "holds"), [("Company", True), ("Somebody Else", False)])
def test_names_that_the_authority_may_not_certify_are_refused(organisation: str, holds: bool):
    base = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Company")])
    limits = x509.NameConstraints([x509.DirectoryName(base)], None)
    subject = x509.Name([*base, x509.NameAttribute(NameOID.COMMON_NAME, "Ada Signer")])
    if not holds:
        subject = name("Ada Signer", organisation=organisation)

    def leaf(builder: x509.CertificateBuilder) -> x509.CertificateBuilder:
        builder._subject_name = subject
        return builder

    identity = made(leaf, lambda builder: builder.add_extension(limits, critical=True))
    assert (certified_problem(identity.chain, identity.chain[1], now()) is None) is holds


def test_a_critical_extension_that_nobody_understands_is_refused():
    strange = x509.UnrecognizedExtension(ObjectIdentifier("1.2.3.4.5"), b"\x05\x00")
    identity = made(lambda builder: builder.add_extension(strange, critical=True))
    assert certified_problem(identity.chain, identity.chain[1], now()) is not None
    assert chain_problem(identity.chain) is not None


def test_a_root_that_the_report_does_not_carry_is_enough(tmp_path: Path, subject: Path):
    identity = made()
    alone = Identity(key=identity.key, chain=identity.chain[:1], kind="file")
    report = publish(tmp_path / "report", subject, alone)
    (tmp_path / "key.pem").write_text(pem([identity.chain[1]]))
    steps = {step.name: step for step in verify(report, key=tmp_path / "key.pem")}
    assert steps["signer"].outcome is Outcome.PASS
    assert "certified by the expected authority, Company CA" in steps["signer"].detail


def test_a_certificate_of_no_authority_certifies_nobody():
    identity = made()
    leaf, root = identity.chain
    assert certified_problem(identity.chain, leaf, now()) is not None
    assert certified_problem(made().chain, root, now()) is not None


def test_strangers_among_the_issuers_are_refused():
    (leaf, root), stranger = made().chain, made().chain[0]
    for chain in ((leaf, stranger, root), (leaf, root, stranger), (leaf, stranger)):
        problem = chain_problem(chain)
        assert problem is not None
