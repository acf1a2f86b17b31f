# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Time to sign and to verify a tagged report of about twenty pages, median of five.

The peers are pyHanko's own full validation, with its difference analysis, of the same
file, and poppler's ``pdfsig`` where it is installed.
"""

import io
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from audit.signing.keys import new_identity
from audit.signing.pades import sign_pdf
from audit.signing.pdf_seal import check_pdf

ROUNDS = 5
PARAGRAPH = "<p>" + "The two sets of weights were compared tensor by tensor. " * 40 + "</p>"
ROW = "<tr><td>layers.{n}.mlp.down_proj</td><td>{n}</td><td>-12.{n}</td></tr>"


def long_pdf() -> tuple[bytes, int]:
    """Return a tagged PDF with a record attached, and its number of pages."""
    from weasyprint import HTML, Attachment

    table = "<table>" + "".join(ROW.format(n=n) for n in range(400)) + "</table>"
    text = f"<html lang=en><title>Report</title><h1>Report</h1>{table}{PARAGRAPH * 22}"
    record = Attachment(string=b'{"a":1}' * 20_000, name="record.json")
    document = HTML(string=text).render()
    pdf = document.write_pdf(attachments=[record], pdf_tags=True)
    return bytes(pdf), len(document.pages)


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


def main() -> None:
    """Print the table."""
    identity = new_identity("Bench")
    unsigned, pages = long_pdf()
    signed = sign_pdf(unsigned, identity)
    size = f"{len(unsigned):,} bytes, signature adds {len(signed) - len(unsigned):,}"
    sys.stdout.write(f"{pages} pages, {size}\n")
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        Path(file.name).write_bytes(signed)
        rows: dict[str, Callable[[], object]] = {
            "make an identity": lambda: new_identity("Bench"),
            "sign": lambda: sign_pdf(unsigned, identity),
            "verify (audit)": lambda: check_pdf(signed),
            "verify (pyHanko, full)": lambda: full_validation(signed),
        }
        if shutil.which("pdfsig"):
            command = ["pdfsig", "-nocert", file.name]
            rows["verify (pdfsig, a process)"] = lambda: subprocess.run(
                command, check=True, capture_output=True
            )
        for name, work in rows.items():
            sys.stdout.write(f"{name:<28} {seconds(work) * 1000:8.1f} ms\n")


if __name__ == "__main__":
    main()
