# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""No single bit of a report's files can change unnoticed; no flip raises anything odd."""

import random
import re
from pathlib import Path

import pytest

from audit.signing.pdf.pdf_seal import check_pdf
from audit.signing.unsound import UnsoundError
from audit.verification.step import Outcome
from audit.verification.verify import verify
from tests.unit.signing.signed import ATTESTATION, NAMES, PDF

pytestmark = [pytest.mark.slow, pytest.mark.sampled(4)]

FLIPS = 250
"""Per file; 1,250 in all."""


def flipped(content: bytes, bit: int) -> bytes:
    changed = bytearray(content)
    changed[bit // 8] ^= 1 << (bit % 8)
    return bytes(changed)


@pytest.mark.parametrize("name", NAMES)
def test_every_flipped_bit_is_caught_and_its_file_named(report: Path, name: str):
    path = report / name
    content = path.read_bytes()
    for bit in random.Random(name).sample(range(len(content) * 8), FLIPS):
        path.write_bytes(flipped(content, bit))
        wrong = [step for step in verify(report) if step.outcome is Outcome.FAIL]
        assert wrong, f"bit {bit} of {name} changed unnoticed"
        assert all(name in step.detail for step in wrong)


def test_bits_of_the_signature_part_of_the_attestation_are_covered(report: Path):
    """What DSSE itself leaves open: key id, white space, spelling of base64."""
    path = report / ATTESTATION
    content = path.read_bytes()
    start = content.index(b'"payloadType"')
    for bit in random.Random(4).sample(range(start * 8, len(content) * 8), 600):
        path.write_bytes(flipped(content, bit))
        steps = verify(path)
        assert any(step.outcome is Outcome.FAIL for step in steps), f"bit {bit}"


def container(pdf: bytes) -> tuple[int, int]:
    """Return where the signature's own container begins and ends."""
    found = re.search(rb"/ByteRange\s*\[0 (\d+) (\d+) \d+\s*\]", pdf)
    assert found is not None
    return int(found[1]), int(found[2])


def test_the_pdf_alone_is_covered_outside_the_container_of_its_signature(pristine: Path):
    pdf = (pristine / PDF).read_bytes()
    begin, end = container(pdf)
    covered = [*range(begin * 8), *range(end * 8, len(pdf) * 8)]
    for bit in random.Random(1).sample(covered, 150):
        with pytest.raises(UnsoundError):
            check_pdf(flipped(pdf, bit))


def test_damage_inside_the_container_never_raises_anything_else(pristine: Path):
    pdf = (pristine / PDF).read_bytes()
    begin, end = container(pdf)
    refused = 0
    for bit in random.Random(2).sample(range(begin * 8, end * 8), 300):
        try:
            check_pdf(flipped(pdf, bit))
        except UnsoundError:
            refused += 1
    assert refused > 150


def test_in_the_folder_the_container_is_covered_too(report: Path):
    path = report / PDF
    pdf = path.read_bytes()
    begin, end = container(pdf)
    for bit in random.Random(3).sample(range(begin * 8, end * 8), 60):
        path.write_bytes(flipped(pdf, bit))
        assert any(step.outcome is Outcome.FAIL for step in verify(report)), f"bit {bit}"
