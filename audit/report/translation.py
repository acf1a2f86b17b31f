# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Looks sentences up in a catalogue and fills their placeholders; never guesses.

A sentence of a finished English view is found as it stands, or as the one message whose
placeholders it fills; what stands in the placeholders is looked up in turn. Paragraphs are taken
sentence by sentence, lists item by item. What has no translation stays English and is marked
as English: a report that leaves a sentence out, or puts a wrong one in its place, would be worse
than one in two languages.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from markupsafe import Markup, escape

from audit import resources
from audit.errors import RenderError
from audit.report.messages import PLACEHOLDER
from audit.report.wording import visible

_WORD = re.compile(r"[A-Za-z]+")
_UNIT = re.compile(r"(?<=[.!?])[”’\"')\]]*\s+")
_QUOTED = re.compile(r"“[^”]*”|`[^`]*`|\"[^\"]*\"")
_FULL_WIDTH = "。，、；：！？）」』】》”"
_DEEPEST = 6
"""Placeholders inside placeholders; the report's sentences need three."""


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a translated text; ``known`` is false where it is still English prose."""

    text: str
    known: bool


Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A message with placeholders: what it matches, how much of it is literal, its translation."""

    match: re.Pattern[str]
    literal: int
    translation: str


class Translator:
    """The catalogue of one language.

    Parameters
    ----------
    language : str
        A language tag for HTML, for example ``zh-CN``.
    messages : Mapping of str to str
        English messages and their translations, without empty ones.
    """

    def __init__(self, language: str, messages: Mapping[str, str]) -> None:
        self.language = language
        self._exact = {m: t for m, t in messages.items() if not PLACEHOLDER.search(m)}
        self._patterns: dict[str, list[_Pattern]] = defaultdict(list)
        frequency: dict[str, int] = defaultdict(int)
        filled = [(m, t) for m, t in messages.items() if PLACEHOLDER.search(m)]
        for message, _ in filled:
            for word in _sure_words(message):
                frequency[word] += 1
        for message, translation in filled:
            key = min(_sure_words(message), key=lambda w: (frequency[w], w), default="")
            self._patterns[key].append(_pattern(message, translation))
        self.runs = lru_cache(maxsize=4096)(self._runs)

    def message(self, text: str) -> str:
        """Return the translation of a whole template message, or the message."""
        return self._exact.get(text, text)

    def plain(self, text: str) -> str:
        """Return the translation as text, for charts, attributes and terminals."""
        return "".join(run.text for run in self.runs(text))

    def marked(self, text: str) -> str:
        """Return the translation for a page, where English that is left says that it is English."""
        runs = self.runs(text)
        if all(run.known for run in runs):
            return "".join(run.text for run in runs)
        return Markup("").join(
            escape(visible(run.text)) if run.known else english(run.text) for run in runs
        )

    def _runs(self, text: str) -> Runs:
        return tuple(_merged(self._paragraph(text, 0)))

    def _paragraph(self, text: str, depth: int) -> list[Run]:
        """Translate the longest runs of sentences that the catalogue knows."""
        head, core, tail = _trimmed(text)
        units = _units(core)
        found: list[Run] = [Run(head, True)] if head else []
        start = 0
        while start < len(units):
            for end in range(len(units), start, -1):
                known = self._known("".join(units[start:end]).rstrip(), depth, end - start)
                if known is not None:
                    found += _joined(found, known)
                    start = end
                    break
            else:
                unit = units[start].rstrip()
                found += _joined(found, [Run(unit, not is_prose(unit))])
                start += 1
        return [*found, Run(tail, True)] if tail else found

    def _known(self, text: str, depth: int, units: int) -> list[Run] | None:
        """Translate one sentence, phrase or list; ``None`` where that cannot be done whole."""
        exact = self._exact.get(text)
        if exact is not None:
            return [Run(exact, True)]
        if depth > _DEEPEST:
            return None
        filled = self._filled(text, depth, units)
        if filled is not None or units > 1:
            return filled
        return self._structure(text, depth)

    def _filled(self, text: str, depth: int, units: int) -> list[Run] | None:
        """Translate by the pattern that explains most; a tie that differs is refused."""
        best: list[tuple[_Pattern, re.Match[str]]] = []
        for pattern in self._candidates(text):
            if best and pattern.literal < best[0][0].literal:
                continue
            match = pattern.match.fullmatch(text)
            if match is None or (units > 1 and any(_UNIT.search(v) for v in match.groups())):
                continue
            if best and pattern.literal > best[0][0].literal:
                best = []
            best.append((pattern, match))
        if len({pattern.translation for pattern, _ in best}) != 1:
            return None
        pattern, match = best[0]
        return list(self._fill(pattern.translation, match, depth))

    def _candidates(self, text: str) -> Iterator[_Pattern]:
        for word in (*dict.fromkeys(_WORD.findall(text)), ""):
            yield from self._patterns.get(word, ())

    def _fill(self, translation: str, match: re.Match[str], depth: int) -> Iterator[Run]:
        position = 0
        for place in PLACEHOLDER.finditer(translation):
            literal = translation[position : place.start()]
            if literal:
                yield Run(literal, True)
            value = match[f"p{place[1]}"]
            if translation[: place.start()].endswith(("“", "`")):
                yield Run(value, True)
            else:
                yield from self._paragraph(value, depth + 1)
            position = place.end()
        if translation[position:]:
            yield Run(translation[position:], True)

    def _structure(self, text: str, depth: int) -> list[Run] | None:
        """Translate ``a: b``, lists, and ``a (b)``, if every part is known or is only names."""
        for separator, written in _SEPARATORS:
            parts = _split(text, separator)
            if len(parts) > 1:
                runs = [self._part(part, depth) for part in parts]
                if all(found is not None for found in runs) and any(
                    "".join(r.text for r in found or ()) != part
                    for part, found in zip(parts, runs, strict=True)
                ) | (separator in _ALWAYS and not any(is_prose(p) for p in parts)):
                    return _with_separator(runs, written)
        inside = re.fullmatch(r"(.+) \((.+)\)([.;,]?)", text)
        if inside:
            pair = [self._part(part, depth) for part in inside.groups()[:2]]
            if all(part is not None for part in pair):
                first, second = (part or [] for part in pair)
                end = [Run(inside[3].replace(".", "。"), True)] if inside[3] else []
                return [*first, Run("（", True), *second, Run("）", True), *end]
        return None

    def _part(self, text: str, depth: int) -> list[Run] | None:
        known = self._known(text, depth + 1, 1)
        if known is not None:
            return known
        return None if is_prose(text) else [Run(text, True)]


def english(text: str) -> Markup:
    """Mark text as English for browsers, screen readers and hyphenation."""
    return Markup('<span lang="en">{}</span>').format(visible(text))


_SEPARATORS = (("; ", "；"), (": ", "："), (" and ", "和"), (", ", "、"))
_ALWAYS = (" and ",)
"""Joins names too: nothing inside them is translated, but the word between them is."""


def _with_separator(parts: list[list[Run] | None], separator: str) -> list[Run]:
    found: list[Run] = []
    for part in parts:
        if found:
            found.append(Run(separator, True))
        found += part or []
    return found


def _split(text: str, separator: str) -> list[str]:
    """Split outside quotation marks; at a colon only once."""
    shielded = _QUOTED.sub(lambda match: "\0" * len(match[0]), text)
    places = [m.start() for m in re.finditer(re.escape(separator), shielded)]
    if separator == ": ":
        places = places[:1]
    parts, start = [], 0
    for place in places:
        parts.append(text[start:place])
        start = place + len(separator)
    return [*parts, text[start:]]


def is_prose(text: str) -> bool:
    """Tell words of English from names, numbers, paths and quotations."""
    bare = _QUOTED.sub(" ", text)
    words = [w for w in bare.split() if re.fullmatch(r"[(]?[A-Za-z’'-]+[.,;:)]*", w)]
    return len(words) > 1 and any(w.strip("(.,;:)").islower() and len(w) > 1 for w in words)


def _sure_words(message: str) -> set[str]:
    """Return words that stand whole in every text that fills ``message``."""
    literals = PLACEHOLDER.sub("\0", message)
    return {
        m[0]
        for m in _WORD.finditer(literals)
        if literals[m.start() - 1 : m.start()] != "\0" and literals[m.end() : m.end() + 1] != "\0"
    }


def _pattern(message: str, translation: str) -> _Pattern:
    parts, position, literal = [], 0, 0
    seen: set[str] = set()
    for place in PLACEHOLDER.finditer(message):
        text = message[position : place.start()]
        literal += len(text)
        parts.append(re.escape(text))
        parts.append(f"(?P=p{place[1]})" if place[1] in seen else f"(?P<p{place[1]}>.*?)")
        seen.add(place[1])
        position = place.end()
    parts.append(re.escape(message[position:]))
    literal += len(message) - position
    return _Pattern(re.compile("".join(parts), re.DOTALL), literal, translation)


def _units(text: str) -> list[str]:
    """Cut at every place where a sentence may end; the pieces keep their spaces."""
    cuts = [m.end() for m in _UNIT.finditer(text)]
    return [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True) if text[a:b]]


def _trimmed(text: str) -> tuple[str, str, str]:
    core = text.strip()
    if not core:
        return "", "", text
    start = text.index(core)
    return text[:start], core, text[start + len(core) :]


def _joined(before: list[Run], after: list[Run]) -> list[Run]:
    """Put a space between sentences, except after a full-width stop."""
    if not before or not before[-1].text.strip() or before[-1].text[-1] in _FULL_WIDTH:
        return after
    return [Run(" ", True), *after]


def _merged(runs: list[Run]) -> Iterator[Run]:
    held: Run | None = None
    for run in runs:
        if held is not None and held.known == run.known:
            held = Run(held.text + run.text, run.known)
            continue
        if held is not None:
            yield held
        held = run
    if held is not None:
        yield held


@cache
def translator(language: str) -> Translator:
    """Return the translator of a language that the report can be written in.

    Raises
    ------
    RenderError
        If there is no readable catalogue of it.
    """
    from babel.messages.pofile import PoFileError, read_po

    folder = resources.tree("templates") / "locale" / language.replace("-", "_")
    path = folder / "LC_MESSAGES" / "audit.po"
    try:
        with path.open("rb") as file:
            catalogue = read_po(file, abort_invalid=True)
    except (OSError, PoFileError) as error:
        raise RenderError(f"{path}: {error}", advice="Reinstall audit.") from error
    return Translator(
        language,
        {str(m.id): str(m.string) for m in catalogue if m.id and m.string},
    )
