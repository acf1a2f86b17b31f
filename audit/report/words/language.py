# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Says a sentence in a language: its message is looked up, what fills it is said in turn.

A plain ``str`` is a name and stays as it is. A message without a translation stays English, as
a whole, and is known as English: a report that leaves a sentence out, or puts a wrong one in its
place, would be worse than one in two languages.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, reduce

from audit import resources
from audit.errors import RenderError
from audit.languages import Language
from audit.record.said import FORMS, SENTENCE, Argument, Said, places, reshaped
from audit.report.words.texts import first_sentence

_JOINTS = {"commas": Said(", "), "semicolons": Said("; "), "sentences": " "}
_AND = Said(" and ")
_LABEL = 10
"""Characters that the translation of a label has fewer than."""
_PLACES = re.compile(r"\{[^{}]*\}")
_CHANCE = "1\u00a0in\u00a010"
_FULL_WIDTH = "。，、；：！？）」』】》”"


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a sentence; ``known`` is false where it is still English."""

    text: str
    known: bool = True


class Words:
    """The words of one language.

    Parameters
    ----------
    language : Language
        What is spoken.
    messages : Mapping of str to str
        English messages and their translations; empty for English.
    """

    def __init__(self, language: Language, messages: Mapping[str, str]) -> None:
        self.language = language
        self._messages = messages
        self._foreign = language is not Language.ENGLISH

    def say(self, text: str) -> str:
        """Return the words of ``text``."""
        return "".join(run.text for run in self.runs(text))

    def runs(self, text: str) -> list[Run]:
        """Return the words of ``text``, and which of them are still English."""
        if not isinstance(text, Said):
            return [Run(text)]
        if not self._foreign:
            return [Run(str(text))]
        message = self._translation(text.message)
        if message is None and any(map(str.isalpha, _PLACES.sub("", text.message))):
            return [Run(str(text), known=False)]
        return _merged(self._filled(message or text.message, text.arguments))

    def _translation(self, message: str) -> str | None:
        """Look a message up, with its first letter in either case, with or without a stop."""
        for written in (message, f"{message[:1].swapcase()}{message[1:]}"):
            if written in self._messages:
                return self._messages[written]
            if written.endswith(".") and written[:-1] in self._messages:
                return f"{self._messages[written[:-1]]}。"
            if f"{written}." in self._messages:
                return self._messages[f"{written}."].removesuffix("。")
        return None

    def space_after(self, text: str) -> str:
        """Return what stands between a sentence and the next one."""
        return "" if self._foreign and text[-1:] in _FULL_WIDTH else " "

    def opening(self, text: str) -> list[Run]:
        """Return the first whole sentence of ``text``."""
        left, found = len(first_sentence(self.say(text))), []
        for run in self.runs(text):
            found.append(Run(run.text[:left], run.known))
            left = max(0, left - len(run.text))
        return [run for run in found if run.text]

    def _filled(self, message: str, arguments: Mapping[str, Argument]) -> Iterator[Run]:
        """Put values into a translation; a space parts Latin letters and digits from hanzi."""
        before = ""
        for literal, name, form in places(message):
            runs = self._written(arguments[name], form) if name else []
            yield Run(_parted(before, literal, "".join(run.text for run in runs)))
            yield from runs
            before = runs[-1].text if runs else ""

    def _written(self, value: Argument, form: str | None) -> list[Run]:
        if isinstance(value, tuple):
            return self._listed([self.runs(part) for part in value], form)
        if isinstance(value, str):
            return _reshaped(self.runs(value), form)
        text = str(value) if form is None else FORMS[form](value)
        if text.startswith(_CHANCE):
            said = Said("1\u00a0in\u00a010{power}", power=text.removeprefix(_CHANCE))
            return self.runs(said)
        return [Run(text)]

    def _listed(self, parts: list[list[Run]], form: str | None) -> list[Run]:
        found = parts[0] if parts else []
        for index, part in enumerate(parts[1:], start=2):
            between = _AND if form is None and index == len(parts) else _JOINTS[form or "commas"]
            joint = self.space_after(found[-1].text) if between == " " else self.say(between)
            found = [*found, Run(_parted(found[-1].text, joint, part[0].text)), *part]
        return found


@cache
def words(language: Language) -> Words:
    """Return the words of a language that the report can be written in.

    Raises
    ------
    RenderError
        If there is no readable catalogue of it.
    """
    if language is Language.ENGLISH:
        return Words(language, {})
    from babel.messages.pofile import PoFileError, read_po

    folder = resources.tree("templates") / "locale" / language.tag.replace("-", "_")
    path = folder / "LC_MESSAGES" / "audit.po"
    try:
        with path.open("rb") as file:
            catalogue = read_po(file, abort_invalid=True)
    except (OSError, PoFileError) as error:
        raise RenderError(f"{path}: {error}", advice="Reinstall audit.") from error
    known = {str(m.id): str(m.string) for m in catalogue if m.id and m.string}
    return Words(language, {**_after_labels(known), **known})


def _after_labels(messages: Mapping[str, str]) -> dict[str, str]:
    """Return what stands after a label such as ``Containment:``, which is also said without."""
    found = {}
    for message, translation in messages.items():
        label, colon, rest = message.partition(": ")
        said, mark, other = translation.partition("：")
        if colon and mark and label.isalpha() and len(said) < _LABEL:
            found[rest] = other
    return found


def _reshaped(runs: list[Run], form: str | None) -> list[Run]:
    """Set a sentence into another: as a clause without its stop, or with a capital."""
    place = 0 if form == SENTENCE else -1
    changed = [*runs]
    changed[place] = Run(reshaped(runs[place].text, form), runs[place].known)
    return changed


def _parted(before: str, literal: str, after: str) -> str:
    """Return ``literal`` with the spaces that it needs towards what stands on both sides.

    Hanzi and a Latin letter or digit have a space between them, two hanzi have none.
    """
    bare = literal.strip(" ")
    if not bare:
        return literal
    head = _space(before[-1:], bare[0], literal[: len(literal) - len(literal.lstrip(" "))])
    tail = _space(bare[-1], after[:1], literal[len(literal.rstrip(" ")) :])
    return f"{head}{bare}{tail}"


def _space(one: str, other: str, written: str) -> str:
    if not one or not other or not (_is_hanzi(one) or _is_hanzi(other)):
        return written
    return " " if _is_latin(one) or _is_latin(other) else ""


def _is_hanzi(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"


def _is_latin(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character in "%)]_")


def _merged(runs: Iterable[Run]) -> list[Run]:
    """Join neighbours that are both known or both not."""

    def add(found: list[Run], run: Run) -> list[Run]:
        if found and found[-1].known == run.known:
            return [*found[:-1], Run(found[-1].text + run.text, run.known)]
        return [*found, run] if run.text else found

    return reduce(add, runs, [])
