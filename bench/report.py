# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Time and memory to lay out and write a report, beside ReportLab on the same words.

``audit report`` draws the HTML and the PDF of the example dispute's suspect again from its
record, as one command. The peer gets the words and tables of that same HTML, in an environment
of its own: plain text, without charts, tags, contents or an attachment.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from html.parser import HTMLParser
from pathlib import Path

from bench.page import Section, Target, table
from bench.support import ROOT, Cost, SkippedError, cache, machine, run

PEER = "reportlab==5.1.0"
ROUNDS = 5
LONGEST, LARGEST_MB = 8.0, 250.0
DISPUTE = ROOT / "examples" / "dispute"


class Blocks(HTMLParser):
    """The words of a report as headings, paragraphs and tables, in their order."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[list[object]] = []
        self._rows: list[list[str]] | None = None
        self._words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        """Begin a block where one begins."""
        if tag in ("style", "script", "svg", "title"):
            self._silent += 1
        elif tag == "table":
            self._rows = []
        elif tag == "tr" and self._rows is not None:
            self._rows.append([])
        elif tag in ("p", "li", "td", "th", "h1", "h2", "h3", "h4"):
            self._words = []

    def handle_endtag(self, tag: str) -> None:
        """Keep the block that ends."""
        text = " ".join("".join(self._words).split())
        if tag in ("style", "script", "svg", "title"):
            self._silent -= 1
        elif tag == "table" and self._rows:
            self.blocks.append(["t", [row for row in self._rows if row]])
            self._rows = None
        elif tag in ("td", "th") and self._rows:
            self._rows[-1].append(text)
        elif self._rows is None and text and tag in ("p", "li"):
            self.blocks.append(["p", text])
        elif text and tag in ("h1", "h2", "h3", "h4"):
            self.blocks.append(["h", int(tag[1]), text])

    def handle_data(self, data: str) -> None:
        """Collect words that are shown."""
        if not self._silent:
            self._words.append(data)


def peer_environment() -> Path:
    """Return the interpreter of the peer's environment, made on first use.

    Raises
    ------
    SkippedError
        If it cannot be had from the package index.
    """
    folder = cache("reportlab")
    python, ready = folder / "bin" / "python", folder / PEER
    if not ready.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        command = [str(python), "-m", "pip", "install", "--quiet", PEER]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise SkippedError(f"{PEER} could not be installed ({reason})")
        ready.write_text("", "utf-8")
    return python


def pages(pdf: Path) -> int:
    """Count the pages of a PDF."""
    from pyhanko.pdf_utils.reader import PdfFileReader

    with pdf.open("rb") as file:
        return int(PdfFileReader(file).root["/Pages"]["/Count"])


def median(costs: list[Cost]) -> tuple[float, float, float]:
    """Return the median wall seconds and CPU seconds, and the largest MiB."""
    return (
        statistics.median(c.wall for c in costs),
        statistics.median(c.cpu for c in costs),
        max(c.peak for c in costs),
    )


def section() -> Section:
    """Measure once; the two take turns."""
    python, where = peer_environment(), machine()
    with tempfile.TemporaryDirectory() as folder:
        first, again = Path(folder, "first"), Path(folder, "again")
        audit = [sys.executable, "-m", "audit"]
        against = ["--against", str(DISPUTE / "reference"), "--out", str(first), "--quiet"]
        done = run([*audit, "model-repo", str(DISPUTE / "suspect"), *against])
        if done.code not in (0, 1, 3):
            raise SkippedError(f"the example could not be audited (exit code {done.code})")
        reader = Blocks()
        reader.feed((first / "report.html").read_text("utf-8"))
        blocks, theirs = Path(folder, "blocks.json"), Path(folder, "peer.pdf")
        blocks.write_text(json.dumps(reader.blocks), "utf-8")
        peer = [str(python), str(ROOT / "bench" / "reportlab_peer.py"), str(blocks), str(theirs)]
        ours: list[Cost] = []
        others: list[Cost] = []
        for _ in range(ROUNDS):
            subprocess.run(["rm", "-rf", str(again)], check=True)
            ours.append(run([*audit, "report", str(first / "record.json"), "--out", str(again)]))
            others.append(run(peer))
        failed = [c.code for c in (*ours, *others) if c.code]
        if failed:
            raise SkippedError(f"a rendering failed (exit codes {failed})")
        return _section(where, (pages(again / "report.pdf"), pages(theirs)), ours, others, again)


def _section(
    where: str, count: tuple[int, int], ours: list[Cost], others: list[Cost], folder: Path
) -> Section:
    mine, peer = median(ours), median(others)
    megabytes = mine[2] * 2**20 / 1e6
    size = {name: (folder / name).stat().st_size // 1000 for name in ("report.html", "report.pdf")}
    rows: list[tuple[object, ...]] = [
        ("audit report: HTML and PDF", count[0], *(f"{v:.1f}" for v in mine)),
        (PEER.replace("==", " "), count[1], *(f"{v:.1f}" for v in peer)),
    ]
    text = "\n\n".join(
        (
            f"The suspect of the example dispute, drawn again from its record: {count[0]} pages,"
            f" {size['report.html']} kB of HTML, {size['report.pdf']} kB of PDF with the record"
            " attached. Whole commands, their start included; median of"
            f" {ROUNDS} in turns, the largest memory of them. ReportLab lays out the words and"
            " tables of the same page, without charts, tags, contents or an attachment, in"
            f" columns of one width. {where}.",
            table(("run", "pages", "wall s", "CPU s", "MiB"), rows),
            f"{mine[0] / peer[0]:.1f} times the wall time of ReportLab, {mine[2] / peer[2]:.1f}"
            " times its memory.",
        )
    )
    targets = (
        Target(
            wanted=f"report: laid out and written in under {LONGEST:.0f} s",
            measured=f"{mine[0]:.1f} s for {count[0]} pages, {peer[0]:.1f} s by ReportLab",
            reached=mine[0] < LONGEST,
        ),
        Target(
            wanted=f"report: under {LARGEST_MB:.0f} MB of memory",
            measured=f"{megabytes:.0f} MB",
            reached=megabytes < LARGEST_MB,
        ),
    )
    return Section(title="Layout of a report", text=text, targets=targets)


if __name__ == "__main__":
    print(section().text)
