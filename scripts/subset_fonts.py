# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Makes the Chinese fonts of the report from the files of ``@expo-google-fonts/noto-sans-sc``.

``npm pack @expo-google-fonts/noto-sans-sc@0.4.3``, unpack it, and run
``python scripts/subset_fonts.py package``. The fonts keep the characters of GB 2312 (6,763
hanzi and 682 symbols) and full-width forms; Latin letters come from the other fonts. It is run
once: the results are committed, and templates/fonts/README.md states the digests of both ends.
"""

import hashlib
import sys
from pathlib import Path

from fontTools import subset

FONTS = Path(__file__).resolve().parents[1] / "templates" / "fonts"
FILES = {
    "400Regular/NotoSansSC_400Regular.ttf": "NotoSansSC-Regular.ttf",
    "600SemiBold/NotoSansSC_600SemiBold.ttf": "NotoSansSC-SemiBold.ttf",
}


def characters() -> set[int]:
    """Return GB 2312 as code points, with CJK punctuation and full-width forms."""
    rows = (bytes((row, cell)) for row in range(0xA1, 0xF8) for cell in range(0xA1, 0xFF))
    points = {ord(text) for pair in rows if (text := pair.decode("gb2312", "ignore"))}
    return points | set(range(0x3000, 0x3020)) | set(range(0xFF01, 0xFF5F)) | {0x20, 0xA0}


def main() -> None:
    """Write the subsets and print the digests."""
    source = Path(sys.argv[1])
    options = subset.Options(
        hinting=False,
        notdef_outline=True,
        name_IDs=["*"],
        layout_features=["locl", "ccmp", "kern", "mark", "mkmk"],
        recalc_timestamp=False,
    )
    for name, target in FILES.items():
        font = subset.load_font(str(source / name), options)
        maker = subset.Subsetter(options)
        maker.populate(unicodes=characters())
        maker.subset(font)
        subset.save_font(font, str(FONTS / target), options)
        for path in (source / name, FONTS / target):
            print(hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_size, path.name)
    (FONTS / "OFL-NotoSansSC.txt").write_bytes((source / "LICENSE_FONT").read_bytes())


if __name__ == "__main__":
    main()
