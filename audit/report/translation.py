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
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from markupsafe import Markup, escape

from audit import resources
from audit.errors import RenderError
from audit.report.messages import PLACEHOLDER, numbered
from audit.report.wording import visible

_WORD = re.compile(r"[A-Za-z]+")
_UNIT = re.compile(r"(?<=[.!?])[”’\"')\]]*\s+")
_QUOTED = re.compile(r"“[^”]*”|`[^`]*`|\"[^\"]*\"")
_PAIR = re.compile(r"(?<![\w./@-])([A-Za-z’'-]+) (?=([A-Za-z’'-]+)(?![\w/@]|\.\w))")
_FULL_WIDTH = "。，、；：！？）」』】》”"
_LONG = 10
"""Characters after a placeholder that show that whole sentences may stand in it."""
_OWN_WORDS = re.compile(r"[^\W\d_]{4}|[\u3400-\u9fff]{3}")
"""What a translation must have of its own to stand around something left in English."""
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

    lazy: re.Pattern[str]
    greedy: re.Pattern[str]
    roomy: frozenset[str]
    literal: int
    translation: str

    def matches(self, text: str) -> Iterator[re.Match[str]]:
        """Yield the fillings with the shortest and with the longest first values."""
        for expression in (self.lazy, self.greedy):
            match = expression.fullmatch(text)
            if match is not None:
                yield match


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
        self._patterns: dict[str, list[_Pattern]] = defaultdict(list)
        frequency: dict[str, int] = defaultdict(int)
        messages = {**dict(_after_labels(messages)), **messages}
        filled = [(m, t) for m, t in messages.items() if PLACEHOLDER.search(m)]
        filled += [
            (f"{{before}}{m}", f"{{before}}{t}") for m, t in messages.items() if m[0] in ",;"
        ]
        self._exact = {m: t for m, t in messages.items() if not PLACEHOLDER.search(m)}
        for message, _ in filled:
            for word in _sure_words(message):
                frequency[word] += 1
        for message, translation in filled:
            key = min(_sure_words(message), key=lambda w: (frequency[w], w), default="")
            self._patterns[key].append(_pattern(message, translation))
        self.runs = lru_cache(maxsize=4096)(self._runs)

    def message(self, text: str) -> str:
        """Return the translation of a whole template message, or the message."""
        number, words = numbered(text)
        return number + self._exact.get(words, words)

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
        """Translate one sentence, phrase or list; ``None`` where that cannot be done.

        A filling that leaves nothing in English comes first, then the structure of a list, then
        a filling by a message with words of its own around something that has no translation.
        """
        exact = self._found(text)
        if exact is not None:
            return [Run(exact, True)]
        if depth > _DEEPEST:
            return None
        filled, whole = self._filled(text, depth, units)
        if whole or units > 1:
            return filled
        if not text.endswith("."):
            stopped, whole = self._filled(f"{text}.", depth, units)
            if stopped and whole:
                return _without_stop(stopped)
        return self._structure(text, depth) or filled

    def _found(self, text: str) -> str | None:
        """Look a message up, with its first letter in either case and with or without a stop."""
        for written in (text, text[:1].swapcase() + text[1:]):
            if written in self._exact:
                return self._exact[written]
            if f"{written}." in self._exact:
                return self._exact[f"{written}."].removesuffix("。")
        return None

    def _filled(self, text: str, depth: int, units: int) -> tuple[list[Run] | None, bool]:
        """Translate by the message that explains most, and say if that left nothing in English.

        Messages that explain equally much and differ in their translations are all refused.
        """
        fitting: dict[int, dict[str, re.Match[str]]] = defaultdict(dict)
        for pattern in self._candidates(text):
            for match in pattern.matches(text):
                holds = {name for name, value in match.groupdict().items() if _UNIT.search(value)}
                if units == 1 or holds <= pattern.roomy:
                    fitting[pattern.literal].setdefault(pattern.translation, match)
        best: list[Run] | None = None
        for literal in sorted(fitting, reverse=True):
            if len(fitting[literal]) > 1:
                continue
            ((translation, match),) = fitting[literal].items()
            runs = list(self._fill(translation, match, depth))
            if all(run.known for run in runs):
                return runs, True
            if best is None and _OWN_WORDS.search(translation):
                best = runs
        return best, False

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
        """Translate ``a.``, ``[a] b``, ``a; b``, ``a: b``, ``a (b)``, ``a and b`` and ``a, b``.

        Every part must have a translation or be only names, and one at least a translation.
        """
        for cut in (_stopped, _bracketed, _parenthesised, *_LISTS):
            parts = cut(text)
            if parts is None:
                continue
            runs = [
                self._part(part.text, depth) if part.known else [Run(part.text, True)]
                for part in parts
            ]
            if all(found is not None for found in runs):
                return [run for found in runs for run in found or ()]
        return None

    def _part(self, text: str, depth: int) -> list[Run] | None:
        known = self._known(text, depth + 1, 1)
        if known is not None:
            return known
        return None if is_prose(text) else [Run(text, True)]


def english(text: str) -> Markup:
    """Mark text as English for browsers, screen readers and hyphenation."""
    return Markup('<span lang="en">{}</span>').format(visible(text))


def _without_stop(runs: list[Run]) -> list[Run]:
    *before, last = runs
    return [*before, Run(last.text.removesuffix("。"), last.known)]


def _stopped(text: str) -> list[Run] | None:
    return [Run(text[:-1], True), Run("。", False)] if text.endswith(".") else None


def _bracketed(text: str) -> list[Run] | None:
    found = re.fullmatch(r"(\[[^\]]*\]) (.+)", text, re.DOTALL)
    return found and [Run(f"{found[1]} ", False), Run(found[2], True)]


def _parenthesised(text: str) -> list[Run] | None:
    found = re.fullmatch(r"(.+) \(([^()]+)\)([.;,]?)", text, re.DOTALL)
    if found is None:
        return None
    end = found[3].replace(".", "。").replace(";", "；").replace(",", "，")
    return [Run(found[1], True), Run("（", False), Run(found[2], True), Run(f"）{end}", False)]


def _list(separator: str, written: str, most: int) -> Callable[[str], list[Run] | None]:
    """Return a cut at ``separator``, outside quotation marks and brackets."""

    def cut(text: str) -> list[Run] | None:
        shielded = _QUOTED.sub(lambda match: "\0" * len(match[0]), text)
        places = [m.start() for m in re.finditer(re.escape(separator), shielded)][:most]
        parts, start = [], 0
        for place in places:
            parts += [Run(text[start:place], True), Run(written, False)]
            start = place + len(separator)
        return [*parts, Run(text[start:], True)] if parts else None

    return cut


_LISTS = (
    _list("; ", "；", 99),
    _list(": ", "：", 1),
    _list(" and ", "和", 99),
    _list(", ", "、", 99),
)


def is_prose(text: str) -> bool:
    """Tell words of English from names, numbers, paths, lists of those, and quotations.

    Two words after each other of which one is in lower case are prose; so is one with a full
    stop. A single word is taken for a name.
    """
    bare = _QUOTED.sub("\0", text)
    return any(
        len(pair[1]) > 1 and len(pair[2]) > 1 and (pair[1].islower() or pair[2].islower())
        for pair in _PAIR.finditer(bare)
    )


def _sure_words(message: str) -> set[str]:
    """Return words that stand whole in every text that fills ``message``."""
    literals = PLACEHOLDER.sub("\0", message)
    return {
        m[0]
        for m in _WORD.finditer(literals)
        if literals[m.start() - 1 : m.start()] != "\0" and literals[m.end() : m.end() + 1] != "\0"
    }


def _pattern(message: str, translation: str) -> _Pattern:
    expressions = []
    for value in (".*?", ".*"):
        parts, position = [], 0
        seen: set[str] = set()
        for place in PLACEHOLDER.finditer(message):
            name = f"p{place[1]}"
            parts.append(re.escape(message[position : place.start()]))
            parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>{value})")
            seen.add(name)
            position = place.end()
        parts.append(re.escape(message[position:]))
        expressions.append(re.compile("".join(parts), re.DOTALL))
    literal = len(PLACEHOLDER.sub("", message))
    names = [f"p{place[1]}" for place in PLACEHOLDER.finditer(message)]
    after = PLACEHOLDER.split(message)[2::2]
    roomy = frozenset(n for n, text in zip(names, after, strict=True) if len(text) >= _LONG)
    return _Pattern(*expressions, roomy, literal, translation)


def _after_labels(messages: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what stands after a label such as ``Containment:``, which is also printed without."""
    for message, translation in messages.items():
        found = re.fullmatch(r"[A-Z][a-z]+: (.{30,})", message)
        label, colon, rest = translation.partition("：")
        if found and colon and len(label) < 10:
            yield found[1], rest


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
