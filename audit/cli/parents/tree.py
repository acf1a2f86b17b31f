# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit tree``: who is related to whom among many models."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from audit.cli import options
from audit.cli.common import say, show, show_blocks, show_json
from audit.cli.drawing import observer
from audit.cli.parents.taken import MODEL
from audit.errors import ExitCode, UsageError
from audit.languages import Languages
from audit.record.said import Said, term
from audit.record.weights import PKind
from audit.text.warrant import STOP

if TYPE_CHECKING:
    from audit.lineage.tree import Edge, Tree
    from audit.report import blocks as b

EXAMPLES = (
    "audit tree ./base ./fine-tune ./merge other.fingerprint",
    "audit tree ./one ./two owner/name --full 0 --json",
    "audit tree ./models/* --dot | dot -Tsvg -o tree.svg",
)
_LIMITS = (
    Said(
        "Who came first is said where one model contains the other; such evidence can be arranged"
        " by whoever made either, so a person must look. A line without an arrow says nothing of"
        " it."
    ),
    Said(
        "A parent that is not among these models is not found: children of it look like relatives."
    ),
)


def tree_command(
    *,
    models: Annotated[list[str], typer.Argument(metavar="MODEL...", help=MODEL)],
    full: Annotated[
        int,
        typer.Option("--full", metavar="N", min=0, help="Compare the N closest pairs in full."),
    ] = 32,
    dot: Annotated[bool, typer.Option("--dot", help="Print it for Graphviz.")] = False,
    offline: options.Offline = False,
    json: options.Json = False,
    lang: options.Lang = Languages.EN,
    quiet: options.Quiet = False,
) -> None:
    """Say which of several models are related, and who came first where that is shown.

    Fingerprints ask every pair, and the closest pairs of models are compared in full. Exits 3
    when of some pair it could not be decided.
    """
    from audit.inventory import take_inventory
    from audit.lineage.tree import grow
    from audit.sources.names import Reach, named

    if len(models) < 2:
        raise UsageError("A tree needs two models or more.", advice="Name them all.")
    progress = observer(quiet=quiet)
    taken = []
    for spec in models:
        source = named(spec, Reach(offline=offline))
        for note in source.notes:
            say(note)
        taken.append(take_inventory(source, progress=progress, digest_weights=False))
    tree = grow(taken, most=full, progress=progress)
    if dot:
        show(as_dot(tree))
    elif json:
        show_json(told(tree))
    else:
        show_blocks(tuple(shown(tree)), lang.first)
    raise typer.Exit(ExitCode.PASS if tree.is_decided else ExitCode.INDETERMINATE)


def shown(tree: "Tree") -> "Iterable[b.Block]":
    """Say the tree: each group with its pairs, what is a mixture, what was not decided."""
    from audit.report import blocks as b
    from audit.report.words.texts import quoted

    for group in tree.groups:
        yield b.Paragraph(b.Strong(Said("{names:commas}", names=tuple(map(quoted, group)))))
        lines = [_line(edge) for edge in tree.edges if edge.is_related and edge.one in group]
        lines += [_origin(name, tree.origins[name]) for name in group if name in tree.origins]
        lines += [_merge(name, tree) for name in group if name in tree.merges]
        alone = [Said("Nothing is known of it that these models have in common with it.")]
        yield b.Section(tuple(map(b.Paragraph, lines or alone)), kind="indent")
    open_ = tuple(_line(edge) for edge in tree.edges if not edge.is_related)
    yield from b.bulleted(Said("Not decided"), open_, 3)
    asked = Said(
        "{pairs:count} pairs were asked by fingerprint and {full:count} compared in full; of"
        " {unseen:count} nothing was seen. Every probability is corrected for all pairs.",
        pairs=tree.pairs,
        full=tree.in_full,
        unseen=tree.unseen,
    )
    yield from b.bulleted(Said("Limits"), (asked, *_LIMITS), 3)


def _line(edge: "Edge") -> Said:
    from audit.report.words.texts import quoted

    names = {"one": quoted(edge.one), "other": quoted(edge.other)}
    said = Said("{one} and {other}: {relation}", relation=term(edge.relation), **names)
    if edge.siblings:
        said = Said("{one} and {other}: siblings of a third model here", **names)
    if edge.log10_p is None or not edge.is_related:
        return said
    return Said("{said}; {odds}", said=said, odds=_odds(edge.log10_p, edge.p_kind))


def _odds(log10_p: float, kind: PKind) -> Said:
    if kind is PKind.CALIBRATED:
        return Said("read against control models; not an exact probability")
    odds = Said("below {p:chance}", p=STOP) if log10_p < STOP else Said("{p:chance}", p=log10_p)
    return Said("by chance: {odds}", odds=odds)


def _origin(child: str, parents: tuple[str, ...]) -> Said:
    from audit.report.words.texts import quoted

    if len(parents) == 1:
        return Said(
            "{child} comes from {parent}, or a close relative of it",
            child=quoted(child),
            parent=quoted(parents[0]),
        )
    return Said(
        "{child} comes from one of {parents:commas}, or a close relative of theirs",
        child=quoted(child),
        parents=tuple(map(quoted, parents)),
    )


def _merge(name: str, tree: "Tree") -> Said:
    from audit.report.words.texts import quoted

    shares = tuple(
        Said("{share:decimal} of {name}", share=share.weight, name=quoted(share.reference))
        for share in tree.merges[name].merge
    )
    return Said("{name} is a mixture: {shares}", name=quoted(name), shares=shares)


def told(tree: "Tree") -> dict[str, Any]:
    """Return the tree as plain values."""
    from audit.record.document import plain

    return {
        "models": list(tree.models),
        "groups": [list(group) for group in tree.groups],
        "edges": [plain(edge) for edge in tree.edges],
        "origins": {child: list(parents) for child, parents in tree.origins.items()},
        "merges": {
            name: {share.reference: share.weight for share in one.merge}
            for name, one in tree.merges.items()
        },
        "pairs": tree.pairs,
        "nothing_seen": tree.unseen,
        "compared_in_full": tree.in_full,
        "decided": tree.is_decided,
    }


def as_dot(tree: "Tree") -> str:
    """Write the tree for Graphviz: arrows from whom a child may come, other lines without."""
    lines = ["digraph lineage {", "  node [shape=box];"]
    lines += [f"  {_dotted(name)};" for name in tree.models]
    for edge in tree.edges:
        label = _dotted("siblings" if edge.siblings else edge.relation)
        origins = tree.origins.get(edge.child, ()) if edge.parent is not None else ()
        ends, how = (edge.one, edge.other), "dir=none"
        if edge.parent in origins:
            ends, how = (edge.parent, edge.child), "dir=forward"
        style = "dotted" if not edge.is_related else "dashed" if len(origins) > 1 else "solid"
        attributes = f"{how}, style={style}, label={label}"
        lines.append(f"  {_dotted(ends[0])} -> {_dotted(ends[1])} [{attributes}];")
    for name, one in tree.merges.items():
        lines += [
            f"  {_dotted(share.reference)} -> {_dotted(name)}"
            f" [style=bold, label={_dotted(f'merge {share.weight}')}];"
            for share in one.merge
        ]
    return "\n".join([*lines, "}"])


def _dotted(text: str) -> str:
    """Quote a name; what Graphviz would read as an escape is none in it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
