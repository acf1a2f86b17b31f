# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Time to sign and to verify a report.

The report is that of the example dispute's suspect. Signing is all of it: the PDF, the statement
and the gate's answer, the bundle, the page's slot. The peers are pyHanko's own full validation of
the same PDF, with its difference analysis, and poppler's ``pdfsig`` where it is installed.
"""

import io
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from audit import report
from audit.record.custody import Custody
from audit.record.document import record_from_bytes
from audit.signing.attestation.names import ATTESTATION, RECORD
from audit.signing.attestation.seal import seal_report
from audit.signing.attestation.slot import blanked
from audit.signing.attestation.statement import read_unverified
from audit.signing.identity.keys import Identity, new_identity
from audit.signing.pdf.pades import sign_pdf
from audit.verification.step import Outcome
from audit.verification.verify import verify
from bench.page import Section, Target, table
from bench.report import pages
from bench.support import ROOT, SkippedError, machine, run

HTML, PDF = "report.html", "report.pdf"
ROUNDS = 5
LONGEST = 1.0
DISPUTE = ROOT / "examples" / "dispute"


def seconds(work: Callable[[], object]) -> float:
    """Return the median wall-clock seconds of ``work`` after one round to warm up."""
    work()
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def full_validation(pdf: bytes) -> object:
    """Validate as pyHanko does by default, with the chain of trust and no network."""
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    signature = PdfFileReader(io.BytesIO(pdf)).embedded_signatures[0]
    roots = list(signature.other_embedded_certs)
    return validate_pdf_signature(signature, ValidationContext(trust_roots=roots))


def made(folder: Path) -> Path:
    """Audit the suspect of the example dispute into a new folder."""
    audit = [sys.executable, "-m", "audit", "model-repo", str(DISPUTE / "suspect"), "--quiet"]
    done = run([*audit, "--against", str(DISPUTE / "reference"), "--out", str(folder)])
    if done.code not in (0, 1, 3):
        raise SkippedError(f"the example could not be audited (exit code {done.code})")
    return folder


def signed(
    unsigned: Mapping[str, bytes], record: bytes, custody: Custody, identity: Identity
) -> dict[str, bytes]:
    """Sign everything that a run signs."""
    files = {**unsigned, PDF: sign_pdf(unsigned[PDF], identity)}
    return seal_report(record_from_bytes(record, where=RECORD), files, custody, identity)


def verified(folder: Path) -> None:
    """Verify a folder with its model, and insist that it holds."""
    steps = verify(folder, subject=DISPUTE / "suspect")
    if any(step.outcome is Outcome.FAIL for step in steps):
        raise SkippedError("the example's report does not verify")


def measured(folder: Path) -> tuple[dict[str, float], int, int]:
    """Return the seconds by what was done, the number of pages, and the bytes of the PDF."""
    identity = new_identity("Bench")
    record, page = ((folder / name).read_bytes() for name in (RECORD, HTML))
    custody = replace(
        read_unverified((folder / ATTESTATION).read_bytes()).custody, signer=identity.signer
    )
    pdf = report.render_pdf(blanked(page), record, custody)
    unsigned = {RECORD: record, HTML: blanked(page), PDF: pdf}
    path, model = folder / PDF, str(DISPUTE / "suspect")
    command = [sys.executable, "-m", "audit", "verify", str(folder), "--model", model]
    took = {
        "make an identity": seconds(lambda: new_identity("Bench")),
        "sign a report, all of it": seconds(lambda: signed(unsigned, record, custody, identity)),
        "verify a report and its model": seconds(lambda: verified(folder)),
        "`audit verify DIR --model MODEL`, a process": seconds(lambda: run(command)),
        "the PDF: `audit`": seconds(lambda: verify(path)),
        "the PDF: pyHanko, full": seconds(lambda: full_validation(path.read_bytes())),
    }
    if shutil.which("pdfsig"):
        peer = ["pdfsig", "-nocert", str(path)]
        took["the PDF: `pdfsig`, a process"] = seconds(
            lambda: subprocess.run(peer, check=True, capture_output=True)
        )
    return took, pages(path), len(pdf)


def section() -> Section:
    """Measure once."""
    where = machine()
    with tempfile.TemporaryDirectory() as folder:
        took, number, size = measured(made(Path(folder, "report")))
    rows = [(name, f"{value:.3f}") for name, value in took.items()]
    signing, verifying = took["sign a report, all of it"], took["verify a report and its model"]
    process = took["`audit verify DIR --model MODEL`, a process"]
    text = [
        f"The report of the example dispute's suspect: {number} pages, {size / 1024:,.0f} KB before"
        f" signing, the record attached. Median of {ROUNDS} after one to warm up, in one process"
        " where nothing else is said. pyHanko's own validation also compares revisions, of which"
        " there is one; `audit` refuses a second instead.",
        "",
        table(("what", "seconds"), rows),
        "",
        f"Measured with `python -m bench.run signing`. {where}.",
    ]
    return Section(
        title="Signing and verifying a report",
        text="\n".join(text),
        targets=(
            Target(
                wanted="signing a report under 1 s",
                measured=f"{signing:.2f} s",
                reached=signing < LONGEST,
            ),
            Target(
                wanted="verifying a report and its model under 1 s",
                measured=f"{verifying:.2f} s; {process:.2f} s as a command",
                reached=max(verifying, process) < LONGEST,
            ),
        ),
    )
