# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Time stamps, from a real RFC 3161 server on loopback: `openssl ts` behind HTTP."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from audit.errors import SigningError, UsageError
from audit.signing.identity.certificates import pem
from audit.signing.identity.keys import Identity, new_identity
from audit.signing.pdf.pades import sign_pdf
from audit.signing.pdf.pdf_seal import check_pdf
from audit.signing.pdf.timestamp import _require_purpose
from audit.signing.unsound import UnsoundError
from audit.verification.step import Outcome, Step
from audit.verification.verify import verify
from tests.unit.signing.signed import make_pdf
from tests.unit.signing.tsa import authority, server

__all__ = ["authority", "server"]


@pytest.fixture(scope="module")
def signer() -> Identity:
    return new_identity("Ada Signer")


@pytest.fixture(scope="module")
def unsigned() -> bytes:
    return make_pdf(b"{}")


def test_the_stamp_says_when_by_somebody_elses_clock(
    server: str, signer: Identity, unsigned: bytes
):
    before = datetime.now(UTC) - timedelta(seconds=2)
    stamp = check_pdf(sign_pdf(unsigned, signer, timestamp=server)).stamp
    assert stamp is not None
    assert before <= stamp.at <= datetime.now(UTC) + timedelta(seconds=2)
    assert "Test Clock" in stamp.sentence


def signing_time(pdf: Path, clock: Path | None = None) -> Step:
    return {s.name: s for s in verify(pdf, timestamp_key=clock)}["report.pdf signing time"]


def test_verify_names_the_authority_and_believes_the_expected_one_only(
    server: str, authority: Path, signer: Identity, unsigned: bytes, tmp_path: Path
):
    pdf, stranger = tmp_path / "report.pdf", tmp_path / "stranger.pem"
    pdf.write_bytes(sign_pdf(unsigned, signer, timestamp=server))
    stranger.write_bytes(pem(new_identity("Another Clock").chain).encode())
    unknown, known, wrong = (
        signing_time(pdf, clock) for clock in (None, authority / "tsa.pem", stranger)
    )
    assert [s.outcome for s in (unknown, known, wrong)] == [
        Outcome.NOT_CHECKED,
        Outcome.PASS,
        Outcome.FAIL,
    ]
    assert "time stamp of Test Clock" in unknown.detail
    assert "not trusted" in unknown.detail
    assert "signed by Test Clock" in wrong.detail


def test_without_a_server_there_is_no_stamp(signer: Identity, unsigned: bytes):
    assert check_pdf(sign_pdf(unsigned, signer)).stamp is None


def test_a_stamp_about_another_signature_is_refused(
    server: str, signer: Identity, unsigned: bytes, monkeypatch: pytest.MonkeyPatch
):
    from pyhanko.sign.timestamps import HTTPTimeStamper

    honest = HTTPTimeStamper.async_timestamp

    async def about_another(self: HTTPTimeStamper, digest: bytes, algorithm: str) -> object:
        return await honest(self, bytes(len(digest)), algorithm)

    monkeypatch.setattr(HTTPTimeStamper, "async_timestamp", about_another)
    signed = sign_pdf(unsigned, signer, timestamp=server)
    with pytest.raises(UnsoundError, match="about another signature"):
        check_pdf(signed)


def test_a_damaged_stamp_is_refused(server: str, signer: Identity, unsigned: bytes):
    """Every bit of the stamped time is covered by the authority's signature."""
    signed = sign_pdf(unsigned, signer, timestamp=server)
    year = f"{datetime.now(UTC):%Y}".encode()
    place = signed.lower().rindex((b"\x18\x0f" + year).hex().encode()) + len("180f")
    changed = signed[:place] + b"1999".hex().encode() + signed[place + len("32303236") :]
    with pytest.raises(UnsoundError, match="time stamp was changed"):
        check_pdf(changed)


def test_a_server_that_does_not_answer_is_one_sentence(signer: Identity, unsigned: bytes):
    with pytest.raises(SigningError, match="gave no time stamp"):
        sign_pdf(unsigned, signer, timestamp="http://127.0.0.1:9/")


def test_a_server_is_an_http_address(signer: Identity, unsigned: bytes):
    with pytest.raises(UsageError, match="not an http"):
        sign_pdf(unsigned, signer, timestamp="file:///etc/passwd")


def test_a_certificate_for_other_uses_is_no_clock(signer: Identity):
    with pytest.raises(UnsoundError, match="meant for other uses"):
        _require_purpose(signer.leaf)
    with pytest.raises(UnsoundError, match="no stated use"):
        _require_purpose(signer.chain[1])


def test_a_stamp_over_a_broken_hash_is_refused(
    authority: Path, server: str, signer: Identity, unsigned: bytes
):
    configuration = authority / "ts.cnf"
    sound = configuration.read_text()
    configuration.write_text(sound.replace("signer_digest = sha256", "signer_digest = sha1"))
    try:
        signed = sign_pdf(unsigned, signer, timestamp=server)
    finally:
        configuration.write_text(sound)
    with pytest.raises(UnsoundError, match="rests on sha1"):
        check_pdf(signed)
