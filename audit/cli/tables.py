# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The one look of a table on a terminal: no lines, and no trust in what cells hold."""

from rich.table import Table
from rich.text import Text

from audit.cli.common import plain

NUMERIC = frozenset({"log10 p", "Effect", "n", "All read"})
"""Headings whose column is aligned to the right."""


class PlainTable(Table):
    """A table whose cells are text from anywhere: markup and control codes stay inert."""

    def __init__(self, *headings: str) -> None:
        super().__init__(box=None, padding=(0, 2, 0, 0), header_style="bold", pad_edge=False)
        for heading in headings:
            justify = "right" if heading in NUMERIC else "left"
            self.add_column(heading, justify=justify, overflow="fold")  # type: ignore[arg-type]

    def add(self, *cells: object) -> None:
        """Add one row."""
        self.add_row(*(Text(plain(cell)) for cell in cells))
