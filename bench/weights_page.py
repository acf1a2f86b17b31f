# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What the measurements of the larger zoo say, as a section of the page."""

import json
import math
from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import Any

from bench.baselines import BASELINES
from bench.baselines.kit import CUT
from bench.page import Section, Target, table
from bench.support import machine
from bench.zoo import build, trained

Result = dict[str, Any]
LINEAGE = {"copy", "derived", "component-reuse", "disguised"}
NOTHING = {"no-shared-weights", "shared-initialisation"}
TITLES = {name: b.title for name, b in BASELINES.items()} | {"kit": "Cisco's kit 1.0.0"}
CUTS = {name: b.cut for name, b in BASELINES.items()} | {"kit": CUT}
TARGET = "everything"
PAIR = "`independent llama-1 llama-0`"


Costs = dict[str, tuple[str, str]]
"""Method -> megabytes read and peak memory, of one pair in a process of its own."""


def is_descent(result: Result) -> bool:
    """Whether trained weights of one are in the other."""
    return not NOTHING & set(result["case"]["relations"])


def verdict(result: Result) -> str:
    """``right``, or which kind of error: ``accused``, ``missed``, ``undecided``, ``other word``."""
    relation, truth = result["audit"]["relation"], result["case"]["relations"]
    if relation in truth:
        return "right"
    if relation == "inconclusive":
        return "undecided"
    if is_descent(result):
        return "other word" if relation in LINEAGE else "missed"
    return "accused" if relation in LINEAGE else "other word"


def errors(results: list[Result]) -> list[str]:
    """One line for each verdict, kind or direction that was not right."""
    lines = []
    for r in results:
        case, found = r["case"], r["audit"]
        word = verdict(r)
        if word != "right":
            truth = " or ".join(case["relations"])
            lines.append(f"{case['name']}: truth {truth}, said {found['relation']} ({word})")
        if word in ("right", "other word") and case["kinds"] and not kind_is_right(r):
            truth = " or ".join(case["kinds"])
            lines.append(f"{case['name']}: kind is {truth}, said {found['kinds'] or 'nothing'}")
        if direction_is_wrong(r):
            truth = case["direction"] or "none"
            lines.append(f"{case['name']}: direction is {truth}, said {found['direction']}")
    return lines


def kind_is_right(result: Result) -> bool:
    """Whether the kind that was said, or one said on top of it, is the true one."""
    return bool(set(result["case"]["kinds"]) & set(result["audit"]["kinds"]))


def direction_is_wrong(result: Result) -> bool:
    """Whether a direction was said that is not the true one (none is no error)."""
    said = result["audit"]["direction"]
    return said is not None and said != result["case"]["direction"]


def our_score(result: Result) -> float:
    """Order verdicts by what they claim, then by the strength of the evidence."""
    found = result["audit"]
    claim = 2 if found["relation"] in LINEAGE else 1 if found["relation"] == "inconclusive" else 0
    return claim * 1e6 - (found["log10_p"] or 0.0)


def area(positives: list[float], negatives: list[float]) -> float:
    """Area under the curve: P(positive > negative) + half of P(equal)."""
    ranks = sorted([(v, 0) for v in negatives] + [(v, 1) for v in positives])
    below, total, i = 0, 0.0, 0
    while i < len(ranks):
        j = i
        while j < len(ranks) and ranks[j][0] == ranks[i][0]:
            j += 1
        up = sum(kind for _, kind in ranks[i:j])
        down = j - i - up
        total += up * (below + down / 2)
        below += down
        i = j
    return total / (len(positives) * len(negatives))


def _scores(results: list[Result], name: str) -> tuple[list[float], list[float], int]:
    """Scores of derived and of independent pairs, and how many pairs had no answer.

    A method without an answer has not found anything: the pair counts with its lowest score.
    """
    known = [
        r["methods"][name]["score"] for r in results if r["methods"][name]["score"] is not None
    ]
    low = min(known, default=0.0) - 1.0
    sides: tuple[list[float], list[float]] = ([], [])
    for r in results:
        score = r["methods"][name]["score"]
        sides[0 if is_descent(r) else 1].append(low if score is None else score)
    return *sides, len(results) - len(known)


def _number(value: float) -> str:
    return f"{value:.3f}" if abs(value) < 100 else f"{value:.0f}"


def _row(results: list[Result], name: str, cost: Costs) -> tuple[object, ...]:
    positives, negatives, silent = _scores(results, name)
    top = max(negatives)
    answered = [r for r in results if r["methods"][name]["score"] is not None]
    weakest = min(
        (r["methods"][name]["score"] for r in answered if is_descent(r)), default=math.nan
    )
    strongest = max(
        (r["methods"][name]["score"] for r in answered if not is_descent(r)), default=math.nan
    )
    cut = CUTS[name]
    at_cut = "no cut stated"
    if cut is not None:
        wrong = sum(v > cut for v in negatives)
        missed = sum(v <= cut for v in positives)
        at_cut = f"{wrong} / {missed}"
    seconds = median(r["methods"][name]["seconds"] for r in answered) if answered else math.nan
    return (
        TITLES[name],
        f"{area(positives, negatives):.4f}",
        f"{sum(v > top for v in positives) / len(positives):.3f}",
        _number(weakest),
        _number(strongest),
        at_cut,
        silent,
        f"{seconds:.2f}",
        *cost[name],
    )


def _ours(results: list[Result], cost: Costs) -> tuple[object, ...]:
    positives = [our_score(r) for r in results if is_descent(r)]
    negatives = [our_score(r) for r in results if not is_descent(r)]
    top = max(negatives)
    weak = min((r for r in results if is_descent(r)), key=our_score)["audit"]
    strong = max((r for r in results if not is_descent(r)), key=our_score)["audit"]
    counts = [sum(verdict(r) == word for r in results) for word in ("accused", "missed")]
    return (
        "**audit**",
        f"{area(positives, negatives):.4f}",
        f"{sum(v > top for v in positives) / len(positives):.3f}",
        f"{weak['relation']} ({weak['log10_p']})",
        f"{strong['relation']} ({strong['log10_p']})",
        f"{counts[0]} / {counts[1]}",
        sum(verdict(r) == "undecided" for r in results),
        f"{median(r['audit']['seconds'] for r in results):.2f}",
        f"{median(r['audit']['bytes_read'] for r in results) / 1e6:.1f}",
        cost["audit"][1],
    )


def side_by_side(results: list[Result], cost: Costs) -> str:
    """The table of all methods."""
    head = (
        "method", "AUC", "recall at no false positive", "weakest positive", "strongest negative",
        "at the method's own cut: accused / missed", "no answer", "median CPU s",
        "MB read", "peak MiB",
    )  # fmt: skip
    return table(head, [_ours(results, cost), *(_row(results, n, cost) for n in TITLES)])


def by_recipe(results: list[Result]) -> str:
    """What each change costs: verdicts of audit, and the median log10 p and effect."""
    groups: dict[str, list[Result]] = defaultdict(list)
    for r in results:
        case = r["case"]
        groups[case["recipe"] if case["recipe"] != "trained" else case["name"]].append(r)
    rows: list[tuple[object, ...]] = []
    for name, group in groups.items():
        right = sum(verdict(r) == "right" for r in group)
        said = sorted({r["audit"]["relation"] for r in group})
        values = [r["audit"]["log10_p"] for r in group if r["audit"]["log10_p"] is not None]
        effects = [r["audit"]["effect"] for r in group if r["audit"]["effect"] is not None]
        asked = [r for r in group if r["case"]["kinds"]]
        kinds = f"{sum(map(kind_is_right, asked))} of {len(asked)}" if asked else "not asked"
        rows.append(
            (
                name,
                " or ".join(group[0]["case"]["relations"]),
                f"{right} of {len(group)}",
                ", ".join(said),
                f"{median(values):.1f}" if values else "none",
                f"{median(effects):.3f}" if effects else "none",
                kinds,
            )
        )
    head = ("pairs", "truth", "right", "said", "median log10 p", "median effect", "kind right")
    return table(head, rows)


def section(results: list[Result], root: Path, cost: Costs, declared: int) -> Section:
    """The whole section; ``declared`` is the number of pairs that the zoo has."""
    descent = [r for r in results if is_descent(r)]
    rest = [r for r in results if not is_descent(r)]
    independent = [r for r in rest if "no-shared-weights" in r["case"]["relations"]]
    start = [r for r in rest if "shared-initialisation" in r["case"]["relations"]]
    lines = errors(results)
    text = [
        f"{len(descent)} derived pairs, {len(independent)} independent ones, {len(start)} that"
        f" share only a random start. {machine()}.",
        _left_out(len(results), declared),
        _models(root),
        "### Side by side",
        "A pair whose truth is a shared random start counts as not derived. A method without an"
        " answer counts as having found nothing. For `audit` the order is that of the verdict"
        " (derived, undecided, nothing found), then of log10 p; `no answer` counts undecided"
        " pairs. The cuts are those that the authors state.",
        side_by_side(results, cost),
        f"Megabytes and memory are of one pair of {PAIR}, in a process of its own;"
        f" {cost['nothing'][1]} MiB of it are the libraries.",
        "### Side by side, pairs with a shared random start left out",
        side_by_side(descent + independent, cost),
        "### Verdict errors",
        _counts(results),
        "\n".join(f"- {line}" for line in lines) or "None.",
        "### Each change, and what it costs",
        by_recipe(results),
    ]
    return Section(
        title="Weights: the larger zoo",
        text="\n\n".join(part for part in text if part),
        targets=_targets(descent, independent, start),
    )


def _counts(results: list[Result]) -> str:
    words = ("accused", "missed", "undecided", "other word")
    counts = {word: sum(verdict(r) == word for r in results) for word in words}
    asked = [r for r in results if r["case"]["kinds"] and is_descent(r)]
    return (
        f"False accusations {counts['accused']}, missed {counts['missed']}, undecided"
        f" {counts['undecided']}, another word of the same side {counts['other word']}; kind"
        f" right in {sum(map(kind_is_right, asked))} of {len(asked)}; direction wrong in"
        f" {sum(map(direction_is_wrong, results))}."
    )


def _left_out(measured: int, declared: int) -> str:
    if measured == declared:
        return ""
    return (
        f"**Only {measured} of the {declared} declared pairs were measured:** the run was cut short"
        " and took them in an order that tells nothing; the figures are of those pairs."
    )


def _models(root: Path) -> str:
    """What was trained."""
    there = [n for n in trained() if n not in build.missing(root)]
    measured = {n: build.folder(n, root) / "measured.json" for n in there}
    found = {n: json.loads(file.read_text("utf-8")) for n, file in measured.items()}
    own = [f for n, f in found.items() if trained()[n].recipe == "pretrain"]
    return (
        f"{len(there)} of {len(trained())} models, trained for real. Those trained from a random"
        f" start ({len(own)}) have {min(f['parameters'] for f in own) / 1e6:.2f}"
        f" to {max(f['parameters'] for f in own) / 1e6:.2f} million parameters and perplexities of"
        f" {min(f['perplexity'] for f in own):.0f} to {max(f['perplexity'] for f in own):.0f} on"
        f" held-out prose; training all took {sum(f['seconds'] for f in found.values()) / 60:.0f}"
        " minutes of processes with one thread."
    )


def _targets(
    descent: list[Result], independent: list[Result], start: list[Result]
) -> tuple[Target, ...]:
    found = sum(r["audit"]["relation"] in LINEAGE for r in descent)
    flagged = sum(verdict(r) == "accused" for r in independent)
    named = sum(verdict(r) == "right" for r in start)
    stack = [r for r in descent if r["case"]["recipe"] == TARGET]
    asked = [r for r in descent if r["case"]["kinds"]]
    right = sum(map(kind_is_right, asked))
    wrong = sum(map(direction_is_wrong, descent))
    said = sum(r["audit"]["direction"] is not None for r in descent)
    students = [r for r in independent if "student" in r["case"]["suspect"]]
    caught = [r["audit"]["relation"] for r in stack]
    return (
        Target(
            wanted="every derived pair of the larger zoo found",
            measured=f"{found} of {len(descent)}",
            reached=found == len(descent),
        ),
        Target(
            wanted="no independent pair flagged",
            measured=f"{flagged} of {len(independent)} flagged",
            reached=flagged == 0,
        ),
        Target(
            wanted="distillation from outputs alone not flagged",
            measured=", ".join(r["audit"]["relation"] for r in students),
            reached=all(verdict(r) != "accused" for r in students),
        ),
        Target(
            wanted="a shared random start called that",
            measured=f"{named} of {len(start)}",
            reached=named == len(start),
        ),
        Target(
            wanted="permuted, rotated, other tokenizer, layer dropped, on a trained upcycled"
            " model: `disguised`",
            measured=", ".join(caught),
            reached=set(caught) == {"disguised"},
        ),
        Target(
            wanted="kind right in at least 95 % of derived pairs",
            measured=f"{right} of {len(asked)} ({right / len(asked):.1%})",
            reached=right >= 0.95 * len(asked),
        ),
        Target(
            wanted="direction never wrong",
            measured=f"{wrong} wrong of {said} said ({len(descent)} derived pairs)",
            reached=wrong == 0,
        ),
    )
