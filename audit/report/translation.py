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
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from functools import cache, lru_cache

from markupsafe import Markup, escape

from audit import resources
from audit.errors import RenderError
from audit.report.messages import COUNTED, PLACEHOLDER, numbered
from audit.report.patterns import (
    WORD,
    Pattern,
    Values,
    after_labels,
    neutral,
    pattern_of,
    sure_words,
)
from audit.report.phrases import (
    AND,
    CUTS,
    UNIT,
    Run,
    is_prose,
    joined,
    merged,
    parted,
    spaced,
    trimmed,
    units_of,
    variants,
    without_stop,
)
from audit.report.wording import visible

_LONG_LIST = 3
"""Semicolons; more are taken item by item before any message is tried on the whole."""
_MOST_LOOKUPS, _DEEPEST = 1000, 24
"""Phrases looked up for one text, and within each other; words of a stranger could ask for more."""
_OWN_WORDS = re.compile(r"[^\W\d_]{4}|[\u3400-\u9fff]{3}")
"""What a translation must have of its own to stand around something left in English."""

Runs = tuple[Run, ...]


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
        self._depth = 0
        self._patterns: dict[str, list[Pattern]] = defaultdict(list)
        frequency: dict[str, int] = defaultdict(int)
        messages = {**dict(after_labels(messages)), **messages}
        filled = [(m, t) for m, t in messages.items() if PLACEHOLDER.search(m)]
        filled += [
            (f"{{before}}{m}", f"{{before}}{t}") for m, t in messages.items() if m[0] in ",;"
        ]
        self._exact = {m: t for m, t in messages.items() if not PLACEHOLDER.search(m)}
        for message, _ in filled:
            for word in sure_words(message):
                frequency[word] += 1
        for message, translation in filled:
            key = min(sure_words(message), key=lambda w: (frequency[w], w), default="")
            pattern = pattern_of(message, translation, counts=message in counting)
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
        return tuple(merged(self._paragraph(text)))

    def _paragraph(self, text: str) -> list[Run]:
        """Translate the longest runs of sentences that the catalogue knows."""
        head, core, tail = trimmed(text)
        units = units_of(core)
        found: list[Run] = [Run(head, True)] if head else []
        start = 0
        while start < len(units):
            for end in range(len(units), start, -1):
                known = self._known("".join(units[start:end]).rstrip(), end - start)
                if known is not None:
                    found += joined(found, known)
                    start = end
                    break
            else:
                unit = units[start].rstrip()
                found += joined(found, [Run(unit, not is_prose(unit))])
                start += 1
        return [*found, Run(tail, True)] if tail else found

    def _known(self, text: str, units: int) -> list[Run] | None:
        """Translate one sentence, phrase or list; ``None`` where that cannot be done.

        A filling that leaves nothing in English comes first, then the structure of a list, then
        a filling by a message with words of its own around something that has no translation.
        """
        key = (text, units == 1)
        if key not in self._seen:
            if len(self._seen) >= _MOST_LOOKUPS or self._depth >= _DEEPEST:
                return None
            self._seen[key] = None  # what a phrase is made of cannot be the phrase itself
            self._depth += 1
            self._seen[key] = self._looked_up(text, units)
            self._depth -= 1
        return self._seen[key]

    def _looked_up(self, text: str, units: int) -> list[Run] | None:
        if text in self._names:
            return [Run(text, True)]
        exact = self._found(text)
        if exact is not None:
            return [Run(exact, True)]
        as_list = self._structure(text) if text.count("; ") >= _LONG_LIST else None
        return as_list or self._by_pattern(text, units)

    def _by_pattern(self, text: str, units: int) -> list[Run] | None:
        fillings = self._fillings(text, units)
        if fillings.clean:
            return fillings.clean
        if units == 1:
            for written, stop in variants(text):
                begun = written[0] != text[0]
                other = self._fillings(written, units, begun=begun).clean
                if other:
                    return without_stop(other) if stop else other
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

    def _fillings(self, text: str, units: int, *, begun: bool = False) -> _Fillings:
        """Translate by the message that explains most; ``begun`` asks it to begin with a word.

        Messages that explain equally much and differ in their translations are all refused.
        """
        loose: list[Run] | None = None
        partial: list[Run] | None = None
        for pattern, values in self._fitting(text, units, begun=begun):
            runs = list(self._fill(pattern.translation, values))
            if pattern.weak and not self._is_told(values):
                continue  # a name such as Terms of Use
            if not all(run.known for run in runs):
                own = _OWN_WORDS.search(PLACEHOLDER.sub("", pattern.translation))
                partial = partial or (runs if own else None)
            elif pattern.is_clean(values):
                return _Fillings(runs, None, None)
            else:
                loose = loose or runs
        return _Fillings(None, loose, partial)

    def _is_told(self, values: Values) -> bool:
        """Whether a value has a translation, or all are numbers."""
        return not any(c.isalpha() for value in values.values() for c in value) or any(
            "".join(run.text for run in self._paragraph(value)) != value
            for value in values.values()
        )

    def _fitting(self, text: str, units: int, *, begun: bool) -> Iterator[tuple[Pattern, Values]]:
        """Yield what fits, the most literal first; equals that differ are left out."""
        fitting: dict[int, list[tuple[Pattern, Values]]] = defaultdict(list)
        for pattern in self._candidates(text):
            if begun and not pattern.literals[0]:
                continue
            for values in pattern.matches(text):
                holds = {name for name, value in values.items() if UNIT.search(value)}
                if units == 1 or holds <= pattern.roomy:
                    fitting[pattern.literal].append((pattern, values))
        for literal in sorted(fitting, reverse=True):
            if len({neutral(pattern) for pattern, _ in fitting[literal]}) == 1:
                yield from fitting[literal]

    def _candidates(self, text: str) -> Iterator[Pattern]:
        for word in (*dict.fromkeys(WORD.findall(text)), ""):
            yield from self._patterns.get(word, ())

    def _fill(self, translation: str, values: Values) -> Iterator[Run]:
        """Put values into a translation; a space parts Latin letters and digits from hanzi."""
        before, position = "", 0
        for place in PLACEHOLDER.finditer(translation):
            literal = translation[position : place.start()]
            value = values[place[1]]
            quoted = translation[: place.start()].endswith(("“", "`"))
            runs = [Run(value, True)] if quoted else self._paragraph(value)
            yield Run(parted(before, literal, "".join(run.text for run in runs)), True)
            yield from runs
            before = runs[-1].text if runs else ""
            position = place.end()
        yield Run(parted(before, translation[position:], ""), True)

    def _structure(self, text: str) -> list[Run] | None:
        """Translate ``a.``, ``[a] b``, ``a; b``, ``a: b``, ``a (b)``, ``a and b`` and ``a, b``.

        Every part must have a translation or be only names, and one at least a translation.
        """
        for cut in CUTS:
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
            if all(found is not None for found in runs) and (changed or parts[1].text == AND):
                return list(spaced(said))
        return None

    def _part(self, text: str) -> list[Run] | None:
        known = self._known(text, 1)
        if known is None:
            return None if is_prose(text) else [Run(text, True)]
        return known if all(run.known for run in known) else None


def english(text: str) -> Markup:
    """Mark text as English for browsers, screen readers and hyphenation."""
    return Markup('<span lang="en">{}</span>').format(visible(text))


@cache
def translator(language: str, kind: type[Translator] = Translator) -> Translator:
    """Return the translator of a language that the report can be written in.

    ``kind`` is the class that it is made of.

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
    return kind(
        language,
        {str(m.id): str(m.string) for m in known if _is_said(m.locations)},
        {str(m.id): str(m.string) for m in known},
        frozenset(str(m.id) for m in known if COUNTED in m.auto_comments),
    )


def _is_said(locations: Iterable[tuple[str, int]]) -> bool:
    """Tell a message of the view from one that only templates ask for."""
    return not all(name.endswith(".j2") for name, _ in locations)
