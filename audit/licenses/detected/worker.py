# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The scanner process: the only code that imports scancode, speaking JSON lines.

It is run by path, as a process of its own, because the licence index takes up to 1.4 GB and
seconds to load (``exact_index.py``), and because a process can be killed when a file hangs it.
It imports nothing of ``audit`` and opens no audited file: texts arrive on stdin. One
request per line::

    {"text": str, "legal": bool, "copyrights": bool, "seconds": float}

and one reply per line; see :func:`scan` for its fields. ``{"ready": true}`` comes at the start, and
before a reply that first needs the whole index. Exact matching first: it costs a
fortieth of approximate matching and gives the same answer except on licence files, so
only those are matched approximately, and only where the exact pass left words unexplained.
"""

import gc
import json
import os
import re
import select
import time
from collections.abc import Callable, Iterator
from functools import cache, partial
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any, TextIO

NOISE_COVERAGE = 80.0
"""Approximate matches that cover less of their rule than this (in percent) are noise."""
ENOUGH_UNEXPLAINED = 8
"""Fewest unexplained words that make approximate matching worth its second."""
LONGEST_LINE = 2000
"""Characters of a line in which a copyright statement is looked for."""
SECONDS_IDLE = 30.0
"""How long the process waits for the next request before it ends."""
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+")
"""A word; scripts that write no spaces count each character."""
_ABOUT_COPYRIGHT = re.compile(r"copyright|copyleft|©|\(c\)|all rights reserved", re.I)
_COPYRIGHT_HINT = re.compile(
    r"copyright|copyleft|©|\(c\)\s*(?:19|20)\d\d|rights\s+reserved|&copy;|\\251", re.I
)


def scan(request: dict[str, Any], wait: Callable[[], None]) -> dict[str, Any]:
    """Match one text against the licence index.

    Parameters
    ----------
    request : dict
        The text, what is asked of it, and its seconds.
    wait : callable
        Called before the whole index is loaded, which does not count into those seconds.

    Returns
    -------
    dict
        ``detections`` (each a list of matches), ``copyrights`` (``[line, statement,
        holder]``), ``unexplained`` (``[line, text]``: lines of a legal text that no
        kept match covers) and ``late`` (the time ran out, so the rest is partial).
    """
    text, deadline = request["text"], time.time() + request["seconds"]
    detections = _detect(text, deadline, approximate=False)
    unexplained: list[list[Any]] = []
    if request["legal"]:
        unexplained = _unexplained(text, detections)
        if _words(unexplained) >= ENOUGH_UNEXPLAINED:
            if not _is_whole():
                began = time.time()
                wait()
                _load_index(whole=True)
                deadline += time.time() - began
            detections = _detect(text, deadline, approximate=True)
            unexplained = _unexplained(text, detections)
    copyrights = _copyrights(text, deadline) if request["copyrights"] else []
    return {
        "detections": detections,
        "copyrights": copyrights,
        "unexplained": unexplained,
        "late": time.time() > deadline,
    }


def _detect(text: str, deadline: float, *, approximate: bool) -> list[list[dict[str, Any]]]:
    from licensedcode.detection import detect_licenses

    found = detect_licenses(query_string=text, approximate=approximate, deadline=deadline)
    kept = [
        [_match(match) for match in detection.matches if match.coverage() >= NOISE_COVERAGE]
        for detection in found
        if detection.license_expression is not None
    ]
    return [matches for matches in kept if matches]


def _match(match: Any) -> dict[str, Any]:
    from licensedcode.cache import build_spdx_license_expression, get_cache

    rule = match.rule
    kinds = ("text", "notice", "tag", "reference", "intro", "clue")
    expression = build_spdx_license_expression(
        rule.license_expression, licensing=get_cache().licensing
    )
    return {
        "expression": str(expression),
        "matcher": match.matcher,
        "score": min(float(match.score()), float(match.coverage())),
        "kind": next((k for k in kinds if getattr(rule, f"is_license_{k}", False)), "other"),
        "start": match.start_line,
        "end": match.end_line,
    }


def _unexplained(text: str, detections: list[list[dict[str, Any]]]) -> list[list[Any]]:
    covered = {
        line
        for matches in detections
        for match in matches
        for line in range(match["start"], match["end"] + 1)
    }
    return [
        [number, line.strip()[:200]]
        for number, line in enumerate(text.splitlines(), 1)
        if number not in covered and re.search(r"\w", line) and not _ABOUT_COPYRIGHT.search(line)
    ]


def _words(lines: list[list[Any]]) -> int:
    return sum(len(_WORD.findall(line)) for _, line in lines)


def _copyrights(text: str, deadline: float) -> list[list[Any]]:
    from cluecode.copyrights import detect_copyrights_from_lines

    lines = _near_hints(text)
    if not lines:
        return []
    found = list(
        detect_copyrights_from_lines(
            lines, include_copyrights=True, include_holders=True, include_authors=False,
            deadline=deadline,
        )
    )  # fmt: skip
    holders = [f for f in found if hasattr(f, "holder")]
    return [
        [f.start_line, f.copyright, _holder_of(f, holders)]
        for f in found
        if hasattr(f, "copyright")
    ]


def _near_hints(text: str) -> list[tuple[int, str]]:
    """Keep the lines around a copyright hint: the detector costs 150 ms on a whole file."""
    lines = text.splitlines()
    near = {
        index
        for hint, line in enumerate(lines)
        if _COPYRIGHT_HINT.search(line)
        for index in range(max(0, hint - 2), min(len(lines), hint + 4))
    }
    return [(index + 1, lines[index][:LONGEST_LINE]) for index in sorted(near)]


def _holder_of(statement: Any, holders: list[Any]) -> str:
    for holder in holders:
        if statement.start_line <= holder.start_line <= statement.end_line and (
            holder.holder in statement.copyright
        ):
            return str(holder.holder)
    return ""


def main() -> None:
    """Announce readiness, then answer requests until stdin closes."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints must not enter the replies
    _load_index()
    ready = partial(_send, replies, {"ready": True})
    ready()
    for request in _requests():
        _send(replies, scan(request, ready))


def _load_index(*, whole: bool = False) -> None:
    """Load what answers exact matches or, where that is not enough or not there, the whole index.

    The collector would walk all of its millions of objects again and again while they are read:
    half of the time of loading. What is loaded stays, so it is never looked at later either.
    """
    from licensedcode import cache as held

    exact = exact_index()
    gc.disable()
    held._LICENSE_CACHE = None if whole else exact.load()  # noqa: SLF001 - it has no setter
    if held._LICENSE_CACHE is None:  # noqa: SLF001
        made_of = exact.stamp()
        full = held.get_cache()
        if not whole:
            exact.save(full, made_of or exact.stamp())
    gc.freeze()
    gc.enable()


def _is_whole() -> bool:
    from licensedcode.cache import get_index

    return isinstance(get_index().rules_by_rid, list)


@cache
def exact_index() -> Any:
    """Import the file beside this one, whose folder is not to be looked into for others."""
    spec = spec_from_file_location("exact_index", Path(__file__).with_name("exact_index.py"))
    if spec is None or spec.loader is None:
        raise ImportError("exact_index.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _send(replies: TextIO, reply: dict[str, Any]) -> None:
    replies.write(json.dumps(reply) + "\n")
    replies.flush()


def _requests() -> Iterator[dict[str, Any]]:
    """Yield requests until stdin closes, or until none came for a while.

    An idle process gives its memory back: the weights of a large model may need it.
    """
    pending = b""
    while True:
        while b"\n" not in pending:
            ready, _, _ = select.select([0], [], [], SECONDS_IDLE)
            chunk = os.read(0, 1 << 20) if ready else b""
            if not chunk:
                return
            pending += chunk
        line, pending = pending.split(b"\n", 1)
        yield json.loads(line)


if __name__ == "__main__":
    main()
