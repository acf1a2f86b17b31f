# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Other processes give the same bytes: other hash seeds, zones, locales, folders and fonts."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from fontTools.ttLib import TTFont

from audit.report.formats import pdf

SCRIPT = """
import hashlib
from audit.report import render_html, render_pdf
from audit.record.document import to_bytes
from tests.unit.report import records
record = records.convicted()
html = render_html(record, records.CUSTODY)
printed = render_pdf(html, to_bytes(record), records.CUSTODY)
print(*(hashlib.sha256(part).hexdigest() for part in (to_bytes(record), html, printed)))
"""


def digests(**environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        capture_output=True,
        check=True,
        text=True,
        cwd=Path(__file__).parents[3],
        env={**os.environ, **environment},
    )
    return done.stdout


def other_fonts(home: Path) -> Path:
    """Install a font under the name of one of ours, with all its letters turned into another."""
    folder = home / ".fonts"
    folder.mkdir(parents=True)
    source = pdf._fonts() / "SourceSerif4-Regular.ttf"
    with TTFont(source) as font:
        for table in font["cmap"].tables:
            table.cmap = dict.fromkeys(table.cmap, table.cmap.get(ord("x"), ".notdef"))
        font.save(folder / source.name)
    file = home / "fonts.conf"
    file.write_text(f"<fontconfig><dir>{folder}</dir></fontconfig>")
    return file


def test_another_process_gives_the_same_html_and_pdf(tmp_path: Path) -> None:
    here = digests(PYTHONHASHSEED="0", TZ="UTC", LC_ALL="C.UTF-8")
    fonts = other_fonts(tmp_path)
    assert (
        digests(
            PYTHONHASHSEED="42",
            TZ="Pacific/Kiritimati",
            LC_ALL="tr_TR.UTF-8",
            LANG="zh_CN.UTF-8",
            HOME=str(tmp_path),
            XDG_DATA_HOME=str(tmp_path),
            FONTCONFIG_FILE=str(fonts),
            FONTCONFIG_PATH=str(fonts.parent),
        )
        == here
    )
    shutil.rmtree(fonts.parent / ".fonts")
