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
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from functools import cache, lru_cache

from markupsafe import Markup, escape

from audit import resources
from audit.errors import RenderError
from audit.report.messages import COUNTED, PLACEHOLDER, numbered
from audit.report.wording import visible

_WORD = re.compile(r"[A-Za-z]+")
_UNIT = re.compile(r"(?<=[.!?])(?<!\bInc\.)(?<!\bLtd\.)(?<!\bCo\.)(?<!\be\.g\.)[”’\"')\]]*\s+")
_QUOTED = re.compile(r"“[^”]*”|`[^`]*`|\"[^\"]*\"")
_PAIR = re.compile(r"(?<![\w./@-])([A-Za-z’'-]+) (?=([A-Za-z’'-]+)(?![\w/@]|\.\w))")
_REFERENCES = re.compile(r"((?:(?:\[[^\]]*\]|\([^()]*\)) )+)(.+)", re.DOTALL)
_REFERENCE_AFTER = re.compile(r"(.+)( \[[^\]]*\])", re.DOTALL)
_INNER = re.compile(r"\([^()]*\)")
_FULL_WIDTH = "。，、；：！？）」』】》”"
_NEXT_SENTENCE = re.compile(r"\s+[A-Z].{8}")
"""What follows a placeholder in which whole sentences may stand."""
_OWN_WORDS = re.compile(r"[^\W\d_]{4}|[\u3400-\u9fff]{3}")
"""What a translation must have of its own to stand around something left in English."""
_LISTED = re.compile(r"[;:] ")
_NUMBER = re.compile(r"[\d.,]+")
_SMALL = frozenset(
    ("a", "about", "and", "at", "by", "for", "in", "is", "of", "on", "or", "since", "the", "to")
)


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a translated text; ``known`` is false where it is still English prose."""

    text: str
    known: bool


Runs = tuple[Run, ...]


Values = dict[str, str]
"""What fills the placeholders of a message, by their names."""


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A message with placeholders, cut at them, and its translation.

    ``roomy`` names the placeholders in which whole sentences may stand, because one follows;
    ``announced`` those that may hold a list, because a colon or a bracket precedes.
    ``weak`` marks a message that has nothing but a word such as *of* between its placeholders;
    ``counts`` one whose first placeholder is a number.
    """

    literals: tuple[str, ...]
    names: tuple[str, ...]
    roomy: frozenset[str]
    announced: frozenset[str]
    weak: bool
    counts: bool
    translation: str

    @property
    def literal(self) -> int:
        """How many characters of the message are its own."""
        return sum(map(len, self.literals))

    def is_clean(self, values: Values) -> bool:
        """Tell if the message has words of its own and no value holds a list unannounced."""
        return not self.weak and not any(
            _LISTED.search(v) for n, v in values.items() if n not in self.announced
        )

    def matches(self, text: str) -> Iterator[Values]:
        """Yield the fillings with the shortest first values and with the longest."""
        first, *middle, last = self.literals
        end = len(text) - len(last)
        if not (text.startswith(first) and text.endswith(last)) or len(first) > end:
            return
        for cut in (_from_left, _from_right):
            found = cut(text[len(first) : end], middle)
            values = dict(zip(self.names, found, strict=False))
            if found and self.counts and not _NUMBER.fullmatch(found[0]):
                continue
            if found and all(values[n] == v for n, v in zip(self.names, found, strict=True)):
                yield values


def _from_left(text: str, literals: list[str]) -> list[str]:
    values = []
    for literal in literals:
        value, found, text = text.partition(literal)
        if not found:
            return []
        values.append(value)
    return [*values, text]


def _from_right(text: str, literals: list[str]) -> list[str]:
    values = []
    for literal in reversed(literals):
        text, found, value = text.rpartition(literal)
        if not found:
            return []
        values.append(value)
    return [text, *reversed(values)]


@dataclass(frozen=True, slots=True)
class _Fillings:
    """Translations by patterns: without a list in a value, with one, and with English left."""

    clean: list[Run] | None
    loose: list[Run] | None
    partial: list[Run] | None


class Translator:
    """The catalogue of one language.

    Parameters
    ----------
    language : str
        A language tag for HTML, for example ``zh-CN``.
    messages : Mapping of str to str
        English messages of the view and their translations, without empty ones.
    template : Mapping of str to str
        The same for the messages that templates ask for by name.
    counting : frozenset of str
        Messages of the view whose first placeholder is a number.
    """

    def __init__(
        self,
        language: str,
        messages: Mapping[str, str],
        template: Mapping[str, str],
        counting: frozenset[str] = frozenset(),
    ) -> None:
        self.language = language
        self._template = template
        self._names: frozenset[str] = frozenset()
        self._seen: dict[tuple[str, bool], list[Run] | None] = {}
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
            pattern = _pattern(message, translation, counts=message in counting)
            self._patterns[key].append(pattern)
        self.runs = lru_cache(maxsize=4096)(self._runs)

    def message(self, text: str) -> str:
        """Return the translation of a whole template message, or the message."""
        number, words = numbered(text)
        return number + self._template.get(words, words)

    def sparing(self, names: Iterable[str]) -> "Translator":
        """Return a translator that leaves these names alone, even one that is also a word."""
        spared = copy(self)
        spared._names, spared._seen = frozenset(names), {}  # noqa: SLF001
        spared.runs = lru_cache(maxsize=4096)(spared._runs)  # noqa: SLF001
        return spared

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
        self._seen.clear()
        return tuple(_merged(self._paragraph(text)))

    def _paragraph(self, text: str) -> list[Run]:
        """Translate the longest runs of sentences that the catalogue knows."""
        head, core, tail = _trimmed(text)
        units = _units(core)
        found: list[Run] = [Run(head, True)] if head else []
        start = 0
        while start < len(units):
            for end in range(len(units), start, -1):
                known = self._known("".join(units[start:end]).rstrip(), end - start)
                if known is not None:
                    found += _joined(found, known)
                    start = end
                    break
            else:
                unit = units[start].rstrip()
                found += _joined(found, [Run(unit, not is_prose(unit))])
                start += 1
        return [*found, Run(tail, True)] if tail else found

    def _known(self, text: str, units: int) -> list[Run] | None:
        """Translate one sentence, phrase or list; ``None`` where that cannot be done.

        A filling that leaves nothing in English comes first, then the structure of a list, then
        a filling by a message with words of its own around something that has no translation.
        """
        key = (text, units == 1)
        if key not in self._seen:
            self._seen[key] = None  # what a phrase is made of cannot be the phrase itself
            self._seen[key] = self._looked_up(text, units)
        return self._seen[key]

    def _looked_up(self, text: str, units: int) -> list[Run] | None:
        if text in self._names:
            return [Run(text, True)]
        exact = self._found(text)
        if exact is not None:
            return [Run(exact, True)]
        fillings = self._fillings(text, units)
        if fillings.clean:
            return fillings.clean
        if units == 1:
            for written, stop in _variants(text):
                other = self._fillings(written, units).clean
                if other:
                    return _without_stop(other) if stop else other
        structure = self._structure(text) if units == 1 or text[0] in "[(" else None
        return structure or fillings.loose or fillings.partial

    def _found(self, text: str) -> str | None:
        """Look a message up, with its first letter in either case and with or without a stop."""
        for written in (text, text[:1].swapcase() + text[1:]):
            if written in self._exact:
                return self._exact[written]
            if f"{written}." in self._exact:
                return self._exact[f"{written}."].removesuffix("。")
        return None

    def _fillings(self, text: str, units: int) -> _Fillings:
        """Translate by the message that explains most.

        Messages that explain equally much and differ in their translations are all refused.
        """
        loose: list[Run] | None = None
        partial: list[Run] | None = None
        for pattern, values in self._fitting(text, units):
            runs = list(self._fill(pattern.translation, values))
            if pattern.weak and not any(self._changes(value) for value in values.values()):
                continue  # a name such as Terms of Use
            if not all(run.known for run in runs):
                own = _OWN_WORDS.search(PLACEHOLDER.sub("", pattern.translation))
                partial = partial or (runs if own else None)
            elif pattern.is_clean(values):
                return _Fillings(runs, None, None)
            else:
                loose = loose or runs
        return _Fillings(None, loose, partial)

    def _changes(self, value: str) -> bool:
        return "".join(run.text for run in self._paragraph(value)) != value

    def _fitting(self, text: str, units: int) -> Iterator[tuple[_Pattern, Values]]:
        """Yield what fits, the most literal first; equals that differ are left out."""
        fitting: dict[int, list[tuple[_Pattern, Values]]] = defaultdict(list)
        for pattern in self._candidates(text):
            for values in pattern.matches(text):
                holds = {name for name, value in values.items() if _UNIT.search(value)}
                if units == 1 or holds <= pattern.roomy:
                    fitting[pattern.literal].append((pattern, values))
        for literal in sorted(fitting, reverse=True):
            if len({_neutral(pattern) for pattern, _ in fitting[literal]}) == 1:
                yield from fitting[literal]

    def _candidates(self, text: str) -> Iterator[_Pattern]:
        for word in (*dict.fromkeys(_WORD.findall(text)), ""):
            yield from self._patterns.get(word, ())

    def _fill(self, translation: str, values: Values) -> Iterator[Run]:
        position = 0
        for place in PLACEHOLDER.finditer(translation):
            literal = translation[position : place.start()]
            if literal:
                yield Run(literal, True)
            value = values[place[1]]
            if translation[: place.start()].endswith(("“", "`")):
                yield Run(value, True)
            else:
                yield from self._paragraph(value)
            position = place.end()
        if translation[position:]:
            yield Run(translation[position:], True)

    def _structure(self, text: str) -> list[Run] | None:
        """Translate ``a.``, ``[a] b``, ``a; b``, ``a: b``, ``a (b)``, ``a and b`` and ``a, b``.

        Every part must have a translation or be only names, and one at least a translation.
        """
        for cut in (_stopped, _bracketed, _parenthesised, *_LISTS):
            parts = cut(text)
            if parts is None:
                continue
            runs = [
                self._part(part.text) if part.known else [Run(part.text, True)] for part in parts
            ]
            said = [run for found in runs for run in found or ()]
            changed = any(
                part.known and "".join(run.text for run in found or ()) != part.text
                for part, found in zip(parts, runs, strict=True)
            )
            if all(found is not None for found in runs) and (changed or parts[1].text == _AND):
                return list(_spaced(said))
        return None

    def _part(self, text: str) -> list[Run] | None:
        known = self._known(text, 1)
        if known is not None:
            return known
        return None if is_prose(text) else [Run(text, True)]


def english(text: str) -> Markup:
    """Mark text as English for browsers, screen readers and hyphenation."""
    return Markup('<span lang="en">{}</span>').format(visible(text))


def _variants(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the text with its first letter in the other case, with a full stop, and with both."""
    swapped = text[:1].swapcase() + text[1:]
    yield swapped, False
    if not text.endswith("."):
        yield f"{text}.", True
        yield f"{swapped}.", True


def _without_stop(runs: list[Run]) -> list[Run]:
    *before, last = runs
    return [*before, Run(last.text.removesuffix("。"), last.known)]


def _stopped(text: str) -> list[Run] | None:
    return [Run(text[:-1], True), Run("。", False)] if text.endswith(".") else None


def _bracketed(text: str) -> list[Run] | None:
    found = _REFERENCES.fullmatch(text)
    if found:
        return [Run(found[1], False), Run(found[2], True)]
    after = _REFERENCE_AFTER.fullmatch(text)
    return after and [Run(after[1], True), Run(after[2], False)]


def _parenthesised(text: str) -> list[Run] | None:
    found = re.fullmatch(r"(.+?) (\(.+\))([.;,]?)", text, re.DOTALL)
    start = 0 if found is None else _opening(text, found.end(2) - 1)
    if found is None or not start or text[start - 1] != " ":
        return None
    end = found[3].replace(".", "。").replace(";", "；").replace(",", "，")
    inner = text[start + 1 : found.end(2) - 1]
    return [
        Run(text[: start - 1], True), Run("（", False), Run(inner, True), Run(f"）{end}", False)
    ]  # fmt: skip


def _opening(text: str, closing: int) -> int:
    """Return where the bracket opens that closes at ``closing``; 0 if nowhere."""
    depth = 0
    for position in range(closing, 0, -1):
        depth += {")": 1, "(": -1}.get(text[position], 0)
        if depth == 0:
            return position
    return 0


def _list(separator: str, written: str, most: int) -> Callable[[str], list[Run] | None]:
    """Return a cut at ``separator``, outside quotation marks and brackets."""

    def cut(text: str) -> list[Run] | None:
        shielded = text
        for shield in (_QUOTED, _INNER, _INNER):
            shielded = shield.sub(lambda match: "\0" * len(match[0]), shielded)
        places = [m.start() for m in re.finditer(re.escape(separator), shielded)][:most]
        parts, start = [], 0
        for place in places:
            parts += [Run(text[start:place], True), Run(written, False)]
            start = place + len(separator)
        return [*parts, Run(text[start:], True)] if parts else None

    return cut


_AND, _OR = "和", "或"


def _spaced(runs: list[Run]) -> Iterator[Run]:
    """Put spaces round the word between two names in Latin letters."""
    for before, run in zip([Run("", True), *runs], runs, strict=False):
        latin = run.text in (_AND, _OR) and before.text[-1:].isascii()
        yield Run(f" {run.text} ", True) if latin else run


_LISTS = (
    _list("; ", "；", 99),
    _list(": ", "：", 1),
    _list(" and ", _AND, 99),
    _list(", ", "、", 99),
    _list(" or ", _OR, 99),
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


def _pattern(message: str, translation: str, *, counts: bool) -> _Pattern:
    pieces = PLACEHOLDER.split(message)
    literals, names = pieces[::2], pieces[1::2]
    return _Pattern(
        literals=tuple(literals),
        names=tuple(names),
        roomy=frozenset(
            n for n, text in zip(names, literals[1:], strict=True) if _NEXT_SENTENCE.match(text)
        ),
        announced=frozenset(
            n for n, text in zip(names, literals, strict=False) if text.endswith((": ", "("))
        ),
        weak=set(_WORD.findall(" ".join(literals))) <= _SMALL,
        counts=counts,
        translation=translation,
    )


def _neutral(pattern: _Pattern) -> str:
    """Return the translation with its placeholders numbered as the message places them."""
    order = {name: str(index) for index, name in enumerate(dict.fromkeys(pattern.names))}
    return PLACEHOLDER.sub(lambda place: f"{{{order[place[1]]}}}", pattern.translation)


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
    known = [m for m in catalogue if m.id and m.string]
    return Translator(
        language,
        {str(m.id): str(m.string) for m in known if _is_said(m.locations)},
        {str(m.id): str(m.string) for m in known},
        frozenset(str(m.id) for m in known if COUNTED in m.auto_comments),
    )


def _is_said(locations: Iterable[tuple[str, int]]) -> bool:
    """Tell a message of the view from one that only templates ask for."""
    return not all(name.endswith(".j2") for name, _ in locations)
