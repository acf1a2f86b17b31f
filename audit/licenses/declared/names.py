# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Names of licences in running text, found by words and never by parts of words.

A text and every name in the tables (``rules/aliases.yaml``, names and card ids of
``rules/licenses/``) are brought to the same plain words: "Creative Commons
Attribution-NonCommercial 4.0 International", ``cc-by-nc-4.0`` and "CC BY NC 4.0" are one
name. The longest name that begins at a word is taken. Words that alter terms ("modified MIT",
"BSD-like") make a name that is not known.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from audit import rules
from audit.licenses.expressions import normalise
from audit.record.licenses import NOASSERTION

_WORD = re.compile(
    r"[ァ-ヺー]+|[A-Za-z]+(?:'[a-z]+)?(?=[Vv]\d)|[A-Za-zÀ-ʯЀ-ӿḀ-ỿ]+(?:'[a-z]+)?|\d+(?:\.\d+)*|\+\+?|[^\s\w]|[^\W\d_]|_"
)
_OWNS = re.compile(r"(?<=\w)’s\b")
"""A typographic apostrophe of "project’s"; as long as the plain one."""
_SHORT = re.compile(r"(?<=\b[iI]t)'(?=s\b)|(?<=\b[tT]hey)'(?=re\b)")
"""What "it's" leaves out; two words are read."""
_KANA = re.compile(r"[ぁ-ヿ]")
_EASTERN = "\u2e80"
"""From here on, Chinese, Japanese and Korean: no spaces between words, the head comes last."""
_LONGEST = 14
"""Words, with those that do not count, of the longest name."""


_LONG = ("ccbync", "ccbysa", "ccbynd")
"""How names of Creative Commons licences begin that are told without these two words."""


_RAIL = frozenset({"rail", "openrail"})
"""Words of names that stand for "licence": responsible AI licences."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: as written, in lower case, and where it stands."""

    raw: str
    low: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A licence that the words from ``first`` to before ``last`` name, perhaps an unknown one."""

    first: int
    last: int
    expression: str


def split(text: str) -> list[Word]:
    """Return the words of a text; each Chinese, Japanese, Korean term of the tables is one word."""
    found = []
    for match in _terms().finditer(_simplified(_SHORT.sub(" ", _OWNS.sub("'s", text)))):
        raw = match[0]
        found.append(Word(raw, raw.casefold(), match.start(), match.end()))
    return found


def is_eastern(word: str) -> bool:
    """Whether a word is Chinese, Japanese or Korean."""
    return any(character >= _EASTERN for character in word)


def _simplified(text: str) -> str:
    """Return a text with traditional Chinese characters as the tables have them, one for one."""
    if text.isascii() or _KANA.search(text):
        return text
    return text.translate({ord(a): b for a, b in rules.prose_words().traditional.items()})


@cache
def _terms() -> re.Pattern[str]:
    vocabulary = rules.prose_words()
    terms = sorted(
        (t for t in vocabulary.terms if is_eastern(t) or " " in t), key=len, reverse=True
    )
    return re.compile(f"(?i:{'|'.join(map(re.escape, terms))})|{_WORD.pattern}")


def plain(words: list[str]) -> Iterator[tuple[int, int, str]]:
    """Yield first, last and the plain form of what counts in a name, in lower case."""
    forms, at = rules.prose_words().forms, 0
    while at < len(words):
        size = next(
            (
                n
                for n in range(min(4, len(words) - at), 0, -1)
                if tuple(words[at : at + n]) in forms
            ),
            0,
        )
        form = forms[tuple(words[at : at + size])] if size else words[at]
        yield at, at + (size or 1), form
        at += size or 1


def key(text: str) -> str:
    """Return a name in the form in which names are compared."""
    forms = (form for _, _, form in plain([word.low for word in split(text)]))
    return _joined([form for form in forms if form])


def _joined(forms: list[str]) -> str:
    """Join what counts; two numbers in a row stay two."""
    text = ""
    for form in forms:
        text += ("~" if text[-1:].isdigit() and form[:1].isdigit() else "") + form
    return text


@cache
def known_names() -> dict[str, str]:
    """Return the expressions of all names by :func:`key`."""
    given = {name: normalise(name) for name in rules.prose_words().names}
    given |= rules.aliases()
    for facts in rules.licenses().values():
        given |= dict.fromkeys((facts.name, *spellings(facts.aliases.prose)), facts.id)
    found: dict[str, str] = {}
    for name, expression in given.items():
        plain_name = key(name.removeprefix("classifier: "))
        for form in (plain_name, re.sub(r"(?<=\d)\.0(?=\+|$)", "", plain_name)):
            found.setdefault(form, expression)
            turned = re.sub(r"^(ccby)(\D+)([\d.]+)$", r"\1\3\2", form)  # "CC-BY-4.0-NC"
            found.setdefault(turned, expression)
            if form.startswith(_LONG):  # "Attribution-NonCommercial 4.0 International"
                found.setdefault(form.removeprefix("cc"), expression)
    ambiguous = {key(name) for name in rules.ambiguous_licenses()} | {*rules.prose_words().families}
    known = {form: id_ for form, id_ in found.items() if form and form not in ambiguous}
    return known | dict.fromkeys(rules.prose_words().families, NOASSERTION)


def spellings(patterns: Iterable[str]) -> Iterator[str]:
    """Yield what the patterns of a row stand for; marks between words do not count in a name."""
    for pattern in patterns:
        text = re.sub(r"\[(?: -|- )\]", " ", pattern).replace("\\", "")
        yield from _spelled(re.sub(r"(?<=[ ,])\?", "", text))


def _spelled(text: str) -> Iterator[str]:
    """Write out the alternatives and options in brackets."""
    bracket = re.search(r"\(([^()]*)\)(\??)", text)
    if bracket is None:
        yield text
        return
    for choice in (*bracket[1].split("|"), *([""] if bracket[2] else ())):
        yield from _spelled(text[: bracket.start()] + choice + text[bracket.end() :])


def names(words: list[Word]) -> list[Named]:
    """Return the names in a text, from left to right, none within another."""
    forms = list(plain([word.low for word in words]))
    vocabulary, found, at = rules.prose_words(), [], 0
    while at < len(forms):
        article = _is_an_article(words, forms[at][0])
        hit = None if article else _version_first(words, forms, at) or _longest(forms, at)
        if hit is None:
            at += 1
            continue
        last, expression = hit
        named = Named(first=forms[at][0], last=forms[last - 1][1], expression=expression)
        before = words[named.first - 1].low if named.first else ""
        adds = _is_likened(words, named.last) or _is_added_to(words, named.last)
        if before in vocabulary.altering or adds:
            named = Named(first=named.first, last=named.last, expression=NOASSERTION)
        if _is_a_name(words, named):
            found.append(named)
        at = last
    return found


def _is_an_article(words: list[Word], at: int) -> bool:
    """Whether an "a" stands by itself: "a GPL" is no AGPL."""
    apart = at + 1 < len(words) and words[at + 1].start > words[at].end
    return words[at].low == "a" and apart


def _is_likened(words: list[Word], at: int) -> bool:
    """Whether a name is only compared with: "MIT-style", "Apache licence compatible"."""
    vocabulary = rules.prose_words()
    while at < len(words) and (words[at].low in vocabulary.nouns or words[at].low == "-"):
        at += 1
    return at < len(words) and words[at].low in vocabulary.likening


def _is_added_to(words: list[Word], at: int) -> bool:
    """Whether a name goes on "with additional terms": those are other terms."""
    while at < len(words) and words[at].low in rules.prose_words().nouns:
        at += 1
    following = [word.low for word in words[at : at + 4]]
    joined = following[:1] == ["with"] or any(w in ("并", "附", "plus") for w in following)
    return joined and not set(following).isdisjoint(rules.prose_words().adding)


def _longest(forms: list[tuple[int, int, str]], at: int) -> tuple[int, str] | None:
    """Return where the longest name ends that begins here, and what it stands for."""
    if not forms[at][2] or not forms[at][2][:1].isalnum():
        return None
    known, best, counted = known_names(), None, []
    for position in range(at, min(at + _LONGEST, len(forms))):
        form = forms[position][2]
        if not form:
            continue
        if not (form[0].isalnum() or form[0] == "+"):
            break
        counted.append(form)
        expression = known.get(_joined(counted))
        if expression is not None:
            best = (position + 1, expression)
    return best


def _version_first(
    words: list[Word], forms: list[tuple[int, int, str]], at: int
) -> tuple[int, str] | None:
    """Read "version 2.0 of the Apache License", from the version on."""
    first = forms[at][0]
    if words[first].low != "version" or [w.low for w in words[first + 2 : first + 3]] != ["of"]:
        return None
    number = next((i for i in range(at, len(forms)) if forms[i][0] == first + 1), None)
    start = next(
        (i for i in range(at, len(forms)) if forms[i][0] >= first + 3 and forms[i][2]), None
    )
    if number is None or start is None or not words[first + 1].low[:1].isdigit():
        return None
    for last in range(min(len(forms), start + _LONGEST), start, -1):
        name = [form for _, _, form in forms[start:last] if form]
        expression = known_names().get(_joined([*name, forms[number][2]]))
        if expression not in (None, NOASSERTION):
            return last, str(expression)
    return None


def _is_a_name(words: list[Word], named: Named) -> bool:
    """Whether the words name a licence: terms of a model share its name, so they say "licence"."""
    nouns = rules.prose_words().nouns
    span = words[named.first : named.last]
    before = words[max(0, named.first - 3) : named.first]
    joined = {"of", "as"} & {word.low for word in before}
    labelled = [word.low in (":", "：") for word in before[-1:]] == [True]
    near = [*(before if joined else before[-2 if labelled else -1 :]), *span]
    near += _after(words, named.last)
    says_so = any(word.low in nouns for word in near) or any(w.low in _RAIL for w in span)
    if named.expression.startswith("LicenseRef-"):
        return says_so and not _is_in_a_longer_name(words, named.last)
    bare = len(span) == 1 and not any(character.isdigit() for character in span[0].raw)
    return says_so or not bare or span[0].raw.isupper() or span[0].low in rules.prose_words().bare


def _is_in_a_longer_name(words: list[Word], at: int) -> bool:
    """Whether a name goes on without a gap, as "llama.cpp" does, which is another work."""
    if at + 1 >= len(words) or words[at].low not in (".", "-"):
        return False
    before, mark, after = words[at - 1 : at + 2]
    glued = before.end == mark.start and mark.end == after.start and after.low.isalpha()
    return glued and after.low not in rules.prose_words().nouns


def _after(words: list[Word], at: int) -> list[Word]:
    """Return the word after a name, past words that only praise and marks of a title."""
    skipped = rules.prose_words().filling - rules.prose_words().nouns
    while at < len(words) and words[at].low in skipped:
        at += 1
    return words[at : at + 1]


def one_name(text: str) -> str:
    """Return the expression for words that are a name as a whole, or ``NOASSERTION``."""
    return known_names().get(key(text), NOASSERTION)
