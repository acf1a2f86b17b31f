# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The languages that a report can be written in."""

from enum import Enum


class Language(Enum):
    """A language: ``tag`` for HTML and PDF, ``infix`` for the names of further files."""

    ENGLISH = ("en-GB", "en")
    CHINESE = ("zh-CN", "zh")

    def __init__(self, tag: str, infix: str) -> None:
        self.tag = tag
        self.infix = infix
