# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Writes docs/methods.md from the docstrings of the weight tests and the threshold file."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from audit import resources
from audit.weights import origin, statistics
from audit.weights.origin import relatives
from audit.weights.rule import certificate, power, relations

INTRODUCTION = """\
# Methods

Written by `make docs` from the docstrings under `audit/weights/` and from
`rules/weights.yaml`; do not edit here.

## The question and the null

Null hypothesis, everywhere: the weights of the two models come from independent random
initialisations. Same data, same architecture, same recipe and distillation all belong to the
null. Under it the labels of the residual dimensions of one model mean nothing to the other,
so relabelling them gives the null distribution from the pair itself: no threshold on a
similarity, no population of other models. Vocabulary rows, positions, input planes, output
classes, rotary frequencies and layers are *not* exchangeable and are never used as if they
were; where a model declares sinusoidal positions, its residual dimensions are told apart by
them, and the tests that this invalidates are switched off.

A p-value is *exact* (a bound or a count that holds for every size) or *asymptotic* (exact
permutation mean and variance, normal tail; never smaller than one over the number of
permutations). Rejecting the null shows dependence. It does not say which model came first.
"""

DECISION = """\
## The decision rule

Every p-value is multiplied by the number of tests computed, references compared and layer
maps tried (Bonferroni). Then:
"""

FORENSICS = """\
## After a positive: kind and direction

How one was made from the other, and which came first. None of it enters the relation. The bars
are those of `rules/forensics.yaml`.
"""

WORTH = """\
## What a negative is worth

`no-shared-weights` comes with a certificate and a positive control; a negative whose control
fails is `inconclusive`.
"""

TOGETHER = """\
## Several references together

Where two or more references share weights with the audited model.
"""

THRESHOLDS = """\
## Thresholds

From `rules/weights.yaml`. No policy and no waiver changes them.

| name | value |
| --- | --- |
"""


def _notes(module: ModuleType) -> str:
    """The docstring of the module's public test, with its mathematics as code."""
    functions: list[Callable[..., object]] = [
        f
        for name, f in inspect.getmembers(module, inspect.isfunction)
        if f.__module__ == module.__name__ and not name.startswith("_") and f.__doc__
    ]
    return _body(next(f for f in functions if "Notes" in (f.__doc__ or "")))


def _body(function: Callable[..., object]) -> str:
    """The notes of one docstring, as Markdown."""
    text = inspect.getdoc(function) or ""
    body = text.split("Notes\n-----\n", 1)[1].split("\n\nExamples\n", 1)[0]
    plain = re.sub(r":(?:math|func|class|data):`([^`]*)`", r"`\1`", body).replace("``", "`")
    return re.sub(
        r"^\*\*", "- **", plain.replace("\n", "\n  ").replace("\n  **", "\n**"), flags=re.M
    )


def _section(module: ModuleType) -> str:
    """Every public function of the module that has notes, under the module's own title."""
    title = (module.__doc__ or "").splitlines()[0].rstrip(".")
    noted = [
        f
        for name, f in inspect.getmembers(module, inspect.isfunction)
        if f.__module__ == module.__name__
        and not name.startswith("_")
        and "Notes\n" in (inspect.getdoc(f) or "")
    ]
    return f"### {title}\n\n" + "\n\n".join(map(_body, noted)) + "\n" if noted else ""


def page() -> str:
    """Return the whole page."""
    parts = [INTRODUCTION, "## The tests\n"]
    names = [info.name for info in pkgutil.iter_modules(statistics.__path__)]
    modules = [importlib.import_module(f"{statistics.__name__}.{name}") for name in names]
    for module in sorted(modules, key=lambda m: m.__doc__ or ""):
        title = (module.__doc__ or "").splitlines()[0].rstrip(".")
        version = getattr(module, "VERSION", None)
        label = f"Version {version}." if version else "Not a test; it has no version."
        parts.append(f"### {title}\n\n{label}\n\n{_notes(module)}\n")
    rule = inspect.getdoc(relations.decide) or ""
    parts.append(DECISION + "\n" + rule.split("\n\n", 1)[1] + "\n")
    parts.append(FORENSICS)
    names = [info.name for info in pkgutil.iter_modules(origin.__path__)]
    detectors = [importlib.import_module(f"{origin.__name__}.{name}") for name in names]
    parts += [
        _section(m) for m in sorted(detectors, key=lambda m: m.__doc__ or "") if m is not relatives
    ]
    parts += [WORTH, _section(certificate), _section(power), TOGETHER, _section(relatives)]
    values = (resources.tree("rules") / "weights.yaml").read_text(encoding="utf-8")
    rows = [line.split(": ", 1) for line in values.splitlines() if not line.startswith("#")]
    parts.append(THRESHOLDS + "".join(f"| `{k}` | {v} |\n" for k, v in rows))
    return "\n".join(part for part in parts if part)


def main() -> None:
    """Write ``docs/methods.md``."""
    target = Path(__file__).resolve().parents[1] / "docs" / "methods.md"
    target.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
