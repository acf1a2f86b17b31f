# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Reduces a record or a comparison to what was said, without the words.

Numbers, relations, states, check ids, places. No sentence, title or label, and no identifier
made from one (a finding's fingerprint): wording may change. The keys here are this file's own,
not those of the record. Rows are keyed by what they are about, so that a difference names it.
"""

from collections.abc import Callable, Iterable
from typing import Any

DIGITS = 6
Row = dict[str, Any]


def comparison(said: Row) -> Row:
    """Reduce one comparison of weights."""
    return _tidy(
        {
            **_picked(said, "relation", "direction", "log10_p", "effect", "p_kind"),
            **_picked(said, "coverage", "bytes_read", "tensors_paired"),
            "families": [said["family_suspect"], said["family_reference"]],
            "tensors_unpaired": said["tensors_unpaired"],
            "kind": _kind(said["kind"]),
            "components": _keyed(said["components"], ("name",), _component),
            "evidence": _keyed(said["evidence"], ("scope", "test"), _evidence),
            "spread": _spread(said["spread"]),
            "power": _keyed(said["power"], ("scope", "test"), _detectable),
            "certificate": _certificate(said["certificate"]),
            "maps": [_map(one) for one in said["maps"]],
            "maps_reason": _is_said(said["maps_reason"]),
        }
    )


def record(said: Row) -> Row:
    """Reduce a whole record."""
    return _tidy(
        {
            "verdict": _verdict(said["verdict"]),
            "findings": _keyed(said["findings"], ("check",), _finding),
            "subject": _subject(said["subject"]),
            "references": _keyed(said["references"], ("name",), _reference),
            "comparisons": {one["reference"]: comparison(one) for one in said["comparisons"]},
            "relatives": _relatives(said["relatives"]),
            "licenses": _licenses(said["licenses"]),
            "code": _code(said["code"]),
            "obligations": _obligations(said["obligations"]),
            "exceptions": [
                _picked(entry, "kind", "state", "by", "on", "expires")
                for entry in said["exceptions"]
            ],
            "notice": _notice(said["notice"]),
            "legal": _keyed(said["legal"], ("path",), _legal),
            "coverage": _picked(
                said["coverage"],
                *("files", "files_read", "files_license_scanned", "parameters", "comparisons"),
            ),
            "not_run": len(said["not_run"]),
        }
    )


def _component(row: Row) -> Row:
    return _picked(row, "relation", "log10_p", "effect", "p_kind")


def _evidence(row: Row) -> Row:
    return _picked(
        row,
        *("version", "outcome", "p_kind", "statistic", "log10_p", "effect", "effect_upper", "n"),
        *("roles", "controls", "best_control", "error_bound"),
    ) | _reasoned(row)


def _kind(kind: Row | None) -> Row | None:
    if kind is None:
        return None
    return _picked(kind, "kind", "also", "rank", "bits", "group", "fraction", "layers")


def _spread(spread: Row) -> Row:
    return {
        **_picked(spread, "per_layer", "per_tensor", "layers", "tensors", "depth"),
        **_reasoned(spread),
        "curves": _keyed(spread["curves"], ("role",), _curve),
        "controls": _keyed(spread["controls"], ("name",), _control),
        "nulls": {null["statistic"]: len(null["values"]) for null in spread["nulls"]},
    }


def _curve(curve: Row) -> Row:
    return _picked(curve, "suspect", "reference", "layers", "reference_layers")


def _control(control: Row) -> Row:
    return _picked(control, "source", "layers", "correlation")


def _detectable(row: Row) -> Row:
    return _picked(row, "planted", "smallest") | _reasoned(row)


def _certificate(said: Row | None) -> Row | None:
    if said is None:
        return None
    return {
        "bounds": {bound["role"]: bound["upper"] for bound in said["bounds"]},
        "covered": _keyed(said["covered"], ("id",), _covered),
        "open": _keyed(said["open"], ("id",), _covered),
        **_picked(said, "run", "references"),
    }


def _covered(row: Row) -> Row:
    return _picked(row, "by", "found_from")


def _map(one: Row) -> Row:
    return _picked(
        one,
        *("kind", "roles", "rows", "columns", "values", "noise", "draws", "control"),
        *("control_kind", "control_name", "control_columns", "layer", "reference_layer"),
        *("thinned", "undone"),
    )


def _verdict(verdict: Row) -> Row:
    lists = ("failing", "undetermined", "waived")
    checks = {name: [one.split(":")[0] for one in verdict[name]] for name in lists}
    return {**_picked(verdict, "status", "policy", "fail_on"), **checks}


def _finding(finding: Row) -> Row:
    return {
        **_picked(finding, "severity", "confidence", "status"),
        "places": [_place(place) for place in finding["locations"]],
        "waived": _is_said(finding["waived"]),
    }


def _subject(subject: Row) -> Row:
    return {
        **_picked(subject, "name", "tensors", "parameters", "architecture"),
        **_folder(subject),
        "parents": [_picked(parent, "name", "relation") for parent in subject["parents"]],
        "training": [_place(statement) for statement in subject["training"]],
        "headers": len(subject["headers"]),
    }


def _reference(reference: Row) -> Row:
    return {**_picked(reference, "origin", "license"), **_folder(reference)}


def _folder(folder: Row) -> Row:
    return {
        "manifest": folder["manifest_sha256"],
        "files": {item["path"]: item["kind"] for item in folder["artifacts"]},
        "unread": [item["path"] for item in folder["unread"]],
        "revision": folder["revision"] and _picked(folder["revision"], "commit"),
    }


def _relatives(said: Row | None) -> Row | None:
    if said is None:
        return None
    return {
        **_picked(said, "references", "kind", "gain", "between"),
        **_reasoned(said),
        "merge": {share["reference"]: share["weight"] for share in said["merge"]},
    }


def _licenses(said: Row) -> Row:
    return {
        "concluded": next(
            (c["expression"] for c in said["claims"] if c["source"] == "concluded"), None
        ),
        "claims": [_claim(one) for one in said["claims"]],
        "copyrights": [
            {"holder": one["holder"], "place": _place(one)} for one in said["copyrights"]
        ],
        "unscanned": [one["path"] for one in said["unscanned"]],
        "earlier": [_claim(one) for one in said["history"]["earlier"]],
        "history": _picked(said["history"], "tag", "unchanged"),
        **_picked(said, "scanned", "skipped", "acknowledged"),
    }


def _claim(claim: Row) -> Row:
    return {
        "voice": claim["source"],
        "place": None if claim["path"] is None else _place(claim),
        "near": claim["near"] is not None,
        "differences": len(claim["differences"]),
        **_picked(claim, "expression", "scope", "score"),
    }


def _code(said: Row) -> Row:
    return {
        **_picked(said, "compared", "too_short", "other_languages"),
        "known": {one["project"]: one["versions"] for one in said["known"]},
        "matches": _keyed(said["matches"], ("path",), _match),
        "not_compared": [one["path"] for one in said["not_compared"]],
    }


def _match(match: Row) -> Row:
    return {
        **_picked(match, "relation", "fingerprints"),
        "lines": [_lines(one) for one in match["lines"]],
        "families": _keyed(match["families"], ("project",), _family),
        "functions": _keyed(match["functions"], ("name",), _function),
    }


def _family(family: Row) -> Row:
    return _picked(
        family,
        *("origin", "paths", "versions", "score", "union", "renamed_score", "license"),
        *("holders", "named_in", "license_text"),
    )


def _function(function: Row) -> Row:
    place = f"{function['reference_path']}:{_lines(function['reference_lines'])}"
    return {
        "lines": _lines(function["lines"]),
        "reference": [function["reference_name"], place],
        **_picked(function, "similarity", "renamed"),
    }


def _obligations(said: Row) -> Row:
    return {
        "duties": _keyed(said["duties"], ("ancestor", "license", "obligation"), _duty),
        "edges": _keyed(said["edges"], ("source", "target", "relation"), _edge),
        "nodes": _keyed(said["nodes"], ("name",), _node),
        "cycles": said["cycles"],
        **_reasoned(said),
    }


def _duty(duty: Row) -> Row:
    return {
        **_picked(duty, "clause", "relation", "check", "state", "gates", "settled", "attested"),
        **_reasoned(duty),
        "places": [_place(passage) for passage in duty["passages"]],
        "similarity": [passage["similarity"] for passage in duty["passages"]],
        "asked": _is_said(duty["asked"]),
        "question": _is_said(duty["question"]),
    }


def _edge(edge: Row) -> Row:
    place = None if edge["path"] is None else _place(edge)
    return {**_picked(edge, "evidence", "confidence", "settled"), "place": place}


def _node(node: Row) -> Row:
    return _picked(node, "kind", "license", "settled")


def _notice(said: Row | None) -> Row | None:
    if said is None:
        return None
    counted = ("statements", "displays", "names", "choices", "open")
    return {
        "texts": {text["file"]: text["owed_for"] for text in said["texts"]},
        "patch": _is_said(said["patch"]),
        **{name: len(said[name]) for name in counted},
    }


def _legal(extract: Row) -> Row:
    return {"sha256": extract["sha256"], "lines": extract["lines"], **_reasoned(extract)}


def _place(row: Row) -> str:
    """Write ``path:line``, with the cell of a notebook between them."""
    parts = (row["path"], row.get("cell"), row.get("line"))
    return ":".join(str(part) for part in parts if part is not None)


def _lines(found: Row) -> str:
    return f"{found['first']}-{found['last']}"


def _reasoned(row: Row) -> Row:
    """Keep that there is a reason, not its words."""
    return {"reason": _is_said(row["reason"])}


def _is_said(words: Any) -> bool:
    """Whether there are words, however they are stored."""
    return bool(words)


def _picked(row: Row, *names: str) -> Row:
    return {name: row[name] for name in names}


def _keyed(
    rows: Iterable[Row], names: tuple[str, ...], reduce: Callable[[Row], Row]
) -> dict[str, Row]:
    """Key rows by what they are about; those about the same are numbered in their order."""
    keyed: dict[str, Row] = {}
    seen: dict[str, int] = {}
    for row in rows:
        key = " ".join(str(row[name]) for name in names)
        seen[key] = seen.get(key, 0) + 1
        keyed[key if seen[key] == 1 else f"{key} #{seen[key]}"] = reduce(row)
    return keyed


def _tidy(value: Any) -> Any:
    """Round numbers; leave out of dictionaries what is absent, empty or false."""
    if isinstance(value, dict):
        tidied = {key: _tidy(item) for key, item in value.items()}
        return {k: v for k, v in tidied.items() if v not in (None, [], {}) and v is not False}
    if isinstance(value, list):
        return [_tidy(item) for item in value]
    if isinstance(value, float):
        rounded = float(f"{value:.{DIGITS}g}")
        return int(rounded) if rounded.is_integer() and abs(rounded) < 1e15 else rounded
    return value
