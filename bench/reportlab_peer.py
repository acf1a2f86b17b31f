# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Lays out blocks of text and tables with ReportLab; run in an environment of its own.

    python reportlab_peer.py BLOCKS.json OUT.pdf

A block is ``["h", level, text]``, ``["p", text]`` or ``["t", [[cell, ...], ...]]``.
"""

import json
import sys
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table, TableStyle


def main(blocks: str, out: str) -> None:
    """Write the PDF."""
    styles = getSampleStyleSheet()
    grid = TableStyle(
        [("GRID", (0, 0), (-1, -1), 0.25, colors.grey), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    )
    document = SimpleDocTemplate(out, pagesize=A4)
    story = []
    for kind, *rest in json.loads(Path(blocks).read_text(encoding="utf-8")):
        if kind == "h":
            story.append(Paragraph(escape(rest[1]), styles[f"Heading{min(rest[0], 6)}"]))
        elif kind == "p":
            story.append(Paragraph(escape(rest[0]), styles["BodyText"]))
        else:
            wide = max(len(row) for row in rest[0])
            rows = [
                [Paragraph(escape(cell), styles["BodyText"]) for cell in row]
                + [""] * (wide - len(row))
                for row in rest[0]
            ]
            width = document.width / wide
            story.append(Table(rows, colWidths=[width] * wide, style=grid, repeatRows=1))
    document.build(story)


if __name__ == "__main__":
    main(*sys.argv[1:3])
