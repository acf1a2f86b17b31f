# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Scancode's licence index in a layout of which an exact match reads only what it needs.

Like ``worker.py``, which loads it by path, it imports nothing of ``audit``. A rule matches exactly
where its words stand one after the other in a text, so its rarest word stands there too. Rules lie
here one by one, found by that word; scancode's own matcher then runs over those alone, as over all
37,000, for a tenth of the time and of the memory. What matches approximately needs the whole index.

The file lies beside the index that it was made of, as JSON and arrays, never as a pickle. It names
that index and stands behind its own SHA-256; what does not fit is not used.
"""

import hashlib
import json
import os
import sys
import tempfile
from array import array
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Any

NAME = "audit_exact"
_DIGEST = 32
_PLAIN = ("dictionary", "len_legalese", "optimized", "all_languages", "fragments_automaton",
          "starts_automaton")  # fmt: skip
_SETS = ("regular_rids", "false_positive_rids", "approx_matchable_rids")
_NOT_KEPT = {"text"}
"""What of a licence, beside whose texts stand as rules, nothing that matches exactly asks for."""


def folder() -> Path:
    """Return where scancode keeps its index."""
    from licensedcode.cache import LICENSE_INDEX_DIR, licensedcode_cache_dir

    return Path(str(licensedcode_cache_dir), LICENSE_INDEX_DIR)


def _made_of() -> Path:
    from licensedcode.cache import LICENSE_INDEX_FILENAME

    return folder() / str(LICENSE_INDEX_FILENAME)


def stamp() -> bytes | None:
    """Return what the index is recognised by; ``None`` if there is none yet."""
    try:
        is_ = _made_of().stat()
    except OSError:
        return None
    own = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
    return repr((is_.st_size, is_.st_mtime_ns, sys.version, own)).encode()


def load() -> Any | None:
    """Return a ``LicenseCache`` that answers exact matches; ``None`` if no file fits."""
    wanted = stamp()
    if wanted is None:
        return None
    try:
        data = (folder() / NAME).read_bytes()
    except OSError:
        return None
    stated, body = data[:_DIGEST], memoryview(data)[_DIGEST:]
    start = b"%s\n" % wanted
    if body[: len(start)] != start or hashlib.sha256(body).digest() != stated:
        return None
    head, _, blob = bytes(body[len(start) :]).partition(b"\n")
    return _opened(json.loads(head), blob)


def save(full: Any, made_of: bytes | None) -> None:
    """Write the file, whole or not at all; where nothing can be written, nothing is.

    ``made_of`` is the stamp from before ``full`` was loaded.
    """
    if made_of is None or made_of != stamp():
        return
    data = b"%s\n%s" % (made_of, _closed(full))
    try:
        for left in folder().glob(f"{NAME}.*"):  # of a process that was killed
            left.unlink(missing_ok=True)
        number, path = tempfile.mkstemp(prefix=f"{NAME}.", dir=folder())
        try:
            with os.fdopen(number, "wb") as file:
                os.fchmod(number, _made_of().stat().st_mode & 0o777)
                file.write(hashlib.sha256(data).digest() + data)
            Path(path).replace(folder() / NAME)
        finally:
            Path(path).unlink(missing_ok=True)
    except OSError:
        return


def _closed(full: Any) -> bytes:
    index = full.index
    counted = Counter(tid for tids in index.tids_by_rid for tid in set(tids))
    by_word: dict[int, list[int]] = {}
    for rid, tids in enumerate(index.tids_by_rid):
        by_word.setdefault(min(tids, key=counted.__getitem__), []).append(rid)
    words = [tids.tobytes() for tids in index.tids_by_rid]
    rules = [_line(rule, {"license_expression_object"}) for rule in index.rules_by_rid]
    head = {
        "plain": {name: getattr(index, name) for name in _PLAIN},
        "sets": {name: sorted(getattr(index, name)) for name in _SETS},
        "digits": sorted(index.digit_only_tids),
        "hashes": {key.hex(): rid for key, rid in index.rid_by_hash.items()},
        "licenses": [_line(one, _NOT_KEPT).decode() for one in full.db.values()],
        "additional": [full.additional_license_directory, full.additional_license_plugins],
        "by_word": by_word,
        "words": [len(part) for part in words],
        "rules": [len(part) for part in rules],
    }
    return json.dumps(head).encode() + b"\n" + b"".join(words) + b"".join(rules)


def _opened(head: dict[str, Any], blob: bytes) -> Any:
    from licensedcode import cache
    from licensedcode.index import LicenseIndex, intbitset
    from licensedcode.models import License

    index = LicenseIndex.__new__(LicenseIndex)
    for name, value in head["plain"].items():
        setattr(index, name, value)
    for name, value in head["sets"].items():
        setattr(index, name, set(value))
    index.digit_only_tids = intbitset(head["digits"])
    index.rid_by_hash = {bytes.fromhex(key): rid for key, rid in head["hashes"].items()}
    rules = _Rules(head, blob)
    index.rules_by_rid = rules
    index.tids_by_rid = _Tokens(rules)
    index.rules_automaton = _Automaton(rules)
    db = {one.key: one for one in (_object(License, line) for line in head["licenses"])}
    directory, plugins = head["additional"]
    return cache.LicenseCache(
        db=db,
        index=index,
        licensing=cache.build_licensing(db),
        spdx_symbols=cache.build_spdx_symbols(db),
        unknown_spdx_symbol=cache.build_unknown_spdx_symbol(db),
        additional_license_directory=directory,
        additional_license_plugins=plugins,
    )


def _line(of: Any, but: set[str]) -> bytes:
    """Return the values of one of scancode's objects, in the order of its attributes."""
    names = (a.name for a in of.__attrs_attrs__)
    values = [None if name in but else _as_json(getattr(of, name)) for name in names]
    return json.dumps(values).encode()


def _as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return list(value.items())
    if isinstance(value, list):
        return [one if isinstance(one, str) else list(one) for one in value]
    return value


def _object(kind: Any, line: str | bytes) -> Any:
    made = kind.__new__(kind)
    for attribute, value in zip(kind.__attrs_attrs__, json.loads(line), strict=True):
        setattr(made, attribute.name, value)
    return made


def _rule(line: bytes) -> Any:
    from licensedcode.models import Rule
    from licensedcode.spans import Span

    made = _object(Rule, line)
    made.required_phrase_spans = [Span(one) for one in made.required_phrase_spans]
    made.stopwords_by_pos = dict(made.stopwords_by_pos)
    if made.license_expression is not None:
        made.license_expression_object = made.licensing.parse(made.license_expression)
    return made


class _Rules:
    """All rules by number, each read when it is asked for; and the words of each."""

    def __init__(self, head: dict[str, Any], blob: bytes) -> None:
        self.by_word = {int(word): rids for word, rids in head["by_word"].items()}
        self._words = list(accumulate(head["words"], initial=0))
        self._rules = list(accumulate(head["rules"], initial=self._words[-1]))
        self._blob = blob
        self._read: dict[int, Any] = {}

    def __len__(self) -> int:
        return len(self._rules) - 1

    def __getitem__(self, rid: int) -> Any:
        if rid not in self._read:
            self._read[rid] = _rule(self._blob[self._rules[rid] : self._rules[rid + 1]])
        return self._read[rid]

    def words(self, rid: int) -> bytes:
        """Return the numbers of a rule's words, two bytes each."""
        return self._blob[self._words[rid] : self._words[rid + 1]]


class _Tokens:
    def __init__(self, rules: _Rules) -> None:
        self._rules = rules

    def __getitem__(self, rid: int) -> "array[int]":
        return array("h", self._rules.words(rid))


class _Automaton:
    """Stands where scancode has one automaton of all rules: makes one of those that may match."""

    def __init__(self, rules: _Rules) -> None:
        self._rules = rules
        self._of = lru_cache(maxsize=4)(self._made)

    def iter(self, tokens: tuple[int, ...]) -> Iterator[tuple[int, list[tuple[int, int, int]]]]:
        """Yield what the whole automaton would: ends, and the rules that end there."""
        automaton = self._of(tokens)
        yield from automaton.iter(tokens) if len(automaton) else ()

    def _made(self, tokens: tuple[int, ...]) -> Any:
        from licensedcode.match_aho import add_sequence, get_automaton

        text, automaton = array("h", tokens).tobytes(), get_automaton()
        by_word = self._rules.by_word
        likely = sorted(rid for tid in set(tokens) for rid in by_word.get(tid, ()))
        for rid in likely:
            if self._rules.words(rid) in text:
                add_sequence(automaton, array("h", self._rules.words(rid)), rid)
        automaton.make_automaton()
        return automaton
