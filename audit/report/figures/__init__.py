# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The report's figures: data made of words and numbers, drawn as SVG when a page is written.

A figure holds every word that its drawing shows, so that it can be said in a language before
anything is drawn. Each drawing is pure and makes one claim; shapes and dashes carry the
meaning, colour only repeats it. ``title`` becomes the figure's alternative text in the PDF.
"""

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any, Protocol

from markupsafe import Markup


class Drawing(Protocol):
    """A figure; the same data gives the same text."""

    @property
    def title(self) -> str:
        """What it shows, in one line."""

    @property
    def description(self) -> str:
        """What it shows, in words and numbers."""

    def draw(self) -> Markup:
        """Return it as one ``<svg>`` element."""


def said(value: Any, say: Callable[[str], str]) -> Any:
    """Return a figure, or a part of one, with its words as ``say`` has them."""
    if isinstance(value, str):
        return say(value)
    if isinstance(value, tuple) and value and not isinstance(value[0], int | float):
        return tuple(said(part, say) for part in value)
    if is_dataclass(value) and not isinstance(value, type):
        changed = {f.name: said(getattr(value, f.name), say) for f in fields(value)}
        return replace(value, **changed)
    return value
