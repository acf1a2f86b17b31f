# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Writes docs/methods.md from the docstrings of the weight tests and of the rule's steps."""

import importlib
import inspect
import pkgutil
import re
import textwrap
from pathlib import Path
from types import ModuleType

from audit import resources
from audit.rules.statistics import texts
from audit.weights import origin
from audit.weights.origin import relatives
from audit.weights.pairing import shared_start
from audit.weights.rule import certificate, control, relation
from audit.weights.statistics.battery import STATISTICS

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
maps tried (Bonferroni); a calibrated one by the references alone. The steps are asked in this
order, on the evidence of the tests that always run; where that is silent once more, with that of
the others and of the positive control. The first that answers is followed.
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

From `rules/weights.yaml`, and from the file beside a statistic where it alone uses them. No
policy and no waiver changes them.

| name | value |
| --- | --- |
"""


def _body(function: object) -> str:
    """The notes of one docstring, as Markdown."""
    text = inspect.getdoc(function) or ""
    body = text.split("Notes\n-----\n", 1)[1].split("\n\nExamples\n", 1)[0]
    plain = re.sub(r":(?:math|func|class|data):`([^`]*)`", r"`\1`", body).replace("``", "`")
    return re.sub(
        r"^\*\*", "- **", plain.replace("\n", "\n  ").replace("\n  **", "\n**"), flags=re.M
    )


def _section(module: ModuleType) -> str:
    """Every public function of the module that has notes, under the module's own title."""
    title = _title(module)
    noted = [
        f
        for name, f in inspect.getmembers(module, inspect.isfunction)
        if f.__module__ == module.__name__
        and not name.startswith("_")
        and "Notes\n" in (inspect.getdoc(f) or "")
    ]
    return f"### {title}\n\n" + "\n\n".join(map(_body, noted)) + "\n" if noted else ""


def _tests() -> list[str]:
    """Each statistic under the title of its module, and the guard, which is none."""
    out = {
        _title(inspect.getmodule(type(one))): (f"Version {one.version}.", type(one))
        for one in STATISTICS
        if "Notes\n" in (inspect.getdoc(type(one)) or "")
    }
    out[_title(shared_start)] = ("Not a test; it has no version.", shared_start.shared_start)
    return [
        f"### {title}\n\n{label}\n\n{_body(noted)}\n"
        for title, (label, noted) in sorted(out.items())
    ]


def _title(module: ModuleType | None) -> str:
    return (module.__doc__ or "").splitlines()[0].rstrip(".") if module else ""


def _steps() -> str:
    """The docstrings of the rule's steps, numbered as they are asked."""
    out = []
    for number, step in enumerate(relation.STEPS, 1):
        text = " ".join((inspect.getdoc(step) or "").replace("``", "`").split())
        lines = textwrap.wrap(f"{number}. {text}", 96, subsequent_indent="   ")
        out.append("\n".join(lines))
    return "\n".join(out) + "\n"


def page() -> str:
    """Return the whole page."""
    parts = [INTRODUCTION, "## The tests\n", *_tests(), f"{DECISION}\n{_steps()}", FORENSICS]
    names = [info.name for info in pkgutil.iter_modules(origin.__path__)]
    detectors = [importlib.import_module(f"{origin.__name__}.{name}") for name in names]
    parts += [
        _section(m) for m in sorted(detectors, key=lambda m: m.__doc__ or "") if m is not relatives
    ]
    parts += [WORTH, _section(certificate), _section(control), TOGETHER, _section(relatives)]
    values = (resources.tree("rules") / "weights.yaml").read_text(encoding="utf-8")
    rows = [tuple(line.split(": ", 1)) for line in values.splitlines() if not line.startswith("#")]
    rows += [
        (f"{test}: {name}", f"{value:g}")
        for test, text in sorted(texts().items())
        for name, value in text.thresholds.items()
    ]
    parts.append(THRESHOLDS + "".join(f"| `{k}` | {v} |\n" for k, v in rows))
    return "\n".join(part for part in parts if part)


def main() -> None:
    """Write ``docs/methods.md``."""
    target = Path(__file__).resolve().parents[1] / "docs" / "methods.md"
    target.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
