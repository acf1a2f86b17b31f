# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What the shipped indexes of known code are built from (``rules/code/sources.yaml``)."""

from typing import Literal

from audit import resources
from audit.rules.loading import Strict, load_one


class CodeSource(Strict):
    """Which files of a project's archives are known code, and whose they are."""

    project: str
    license: str
    holder: str
    include: list[str]
    exclude: list[str]


class CodeSources(Strict):
    """The projects of the shipped indexes (``rules/code/sources.yaml``)."""

    schema_version: Literal[1]
    projects: list[CodeSource]


def code_sources() -> dict[str, CodeSource]:
    """Return what the shipped indexes of known code are built from, by project."""
    path = resources.tree("rules") / "code" / "sources.yaml"
    return {source.project: source for source in load_one(path, CodeSources).projects}
