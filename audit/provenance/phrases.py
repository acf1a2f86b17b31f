# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The phrases by which a sentence tells what the release was made from, and the names in them."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice

from audit import rules
from audit.licenses.declared.clause import Clause, Scopes, is_foreign
from audit.licenses.declared.noun_phrase import noun_phrase
from audit.licenses.declared.plain import Sentence
from audit.licenses.declared.subject import subject
from audit.provenance.names import Names
from audit.rules.known_works import provenance_words

_REACH = 70
"""Characters after a phrase in which the name of the base stands."""
_LONGEST = 1000
"""Characters of a sentence in which bases are looked for."""
_BEGINS = 2
"""Characters before what a sentence, or a part of it, begins with."""
_MOST_PHRASES = 12
"""Phrases of one sentence that are read."""
_STOP = re.compile(r"[,，;；(（:：。]|\s(?:on|using|with|for|via|by|through|to|in|as|which|that)\s")
_OUTPUTS = re.compile(r"\b(?:outputs?|generated|responses|completions|data|datasets?)\b", re.I)
"""What is said of a model whose outputs were used, and not its weights."""
_POINTS = re.compile(r"\b(?:following|respective)\b", re.I)
"""Words of a lead that only point, and tell of no others."""
_SHAPE = re.compile(
    r"\barchitectures?\b(?! as (?:the |its )?(?:start|initial))|架构"
    r"|\b(?:implementations?|code|codebase|repo|repository|framework)\b",
    re.I,
)
"""What is said of a model that others are built like, and of the code for it."""
_MADE_FROM = re.compile(
    r"\b(?:made|trained|based|built|derived|initiali[sz]ed|adapted|distilled|converted|merged)\s"
    r"(?:from|of|up ?on|on)\b",
    re.I,
)
_PROJECTS = re.compile(r"\b(?:projects|tools|libraries|frameworks|applications|apps)\s$", re.I)
"""What is made on a model, right before the words for it, and is no model."""
_STARTED = re.compile(r"\b(?:base|based|dependent) models?\b", re.I)
"""What a lead calls models that others were made on, whatever else it names."""
_OTHERS = re.compile(
    r"\b(?:also|others|how|supports?|allows?|enables?|tools?|toolkit|framework|library|tutorial"
    r"|guide|examples?)\b",
    re.I,
)
"""What else a sentence about tuning a model may be about."""
_DESCRIBED = re.compile(r"\W{0,6}(?:is|was|are)\s(?P<what>(?:an?|the|one)\s)?", re.I)
"""What follows the name of a model that a sentence says something of."""
_TREATED = re.compile(r"(?:^|[^针])对")
"""A Chinese word before what something is done to; 针对 is another."""
_BESIDE_IT = re.compile("支持|超越|超过|优于|领先|持平|媲美|对比|相比|安装")
"""Chinese words for what is done with models that nothing was made from."""
_INSTRUCTS = re.compile(
    r"\W{0,4}(?:(?:to|if you|when|you can|please)\s"
    r"|(?:fine-?\s?tune|train|quanti[sz]e|merge|adapt|extend|prune|convert)\s(?!of\b))",
    re.I,
)
"""How a sentence begins that tells the reader what to do: "Fine-tune Llama on one node"."""
_IN_IT = r"(?:[^.,;]|\.(?=\d))"
_FETCHES = re.compile(
    rf"\b(?:download|prepare|obtain|get)\s(?:{_IN_IT}{{0,60}}?\b(?:pre-?trained|base models?"
    rf"|checkpoints?|weights)\b|(?={_IN_IT}{{0,80}}\bto (?:re)?train\b))",
    re.I,
)
_ALSO = re.compile(r"[,;；，(（]|\sand\s")
_TO_TRAIN = re.compile(r"\b(?:train|fine-?\s?tun|stage[ -]?\d)", re.I)
_PARTS = re.compile(r"\bours?\b|encoder|\bvae\b|tokeni|detector|extractor|evaluat|baseline", re.I)
"""What is no base: models of one's own, and what stands beside the one that is trained."""
_WE_MADE = re.compile(
    r"\bwe (?:obtain|get|train|build|develop|create|release|present|introduce)(?:e?d)?"
    r"\s(?:[\w-]+\s){0,3}$",
    re.I,
)
"""Who made what the phrase is about: "we obtain a safer version of X"."""
_FETCHED = re.compile(r"\W{0,6}(?:\d{1,2}\W{1,3})?(?:download|get|prepare|obtain)\b", re.I)
"""How a lead begins over what readers are to fetch."""
_ENDED = re.compile(r"(?<=[.!?])\s")
_SENDS = re.compile(r"\b(?:check out|links?|details|documentation|visit)\b", re.I)
"""What a lead says that only sends readers on."""
_ADAPTED = re.compile(
    r"(?P<base>[A-Z][\w.-]{1,40}(?: [\w.-]{1,20})?)"
    r" (?:adapter|q?lora|delta)s? (?:checkpoint|weight)s?\b",
    re.I,
)
_MADE = (None, "weights")
_BESIDE = frozenset({"tokenizer", "tokeniser", "vocabulary", "prompt", "template", "tokenizers"})
"""What lies beside weights and may be another's."""


@cache
def hint() -> re.Pattern[str]:
    """Return what a line of a telling block has, mark-up and all."""
    words = provenance_words()
    kinds = (words.made_from_after, words.made_from_label)
    more = (words.made_from_kin, words.made_from_heading, words.made_from_alone)
    found = [word for kind in (*kinds, *more, words.made_from_gerund) for word in kind]
    patterns = (*map(re.escape, found), *words.made_from, *words.made_from_as, _nearby()[0].pattern)
    return re.compile("|".join(patterns), re.I)


def bases(text: str, clause: Clause, names: Names, *, gives: bool = True) -> Iterator[str]:
    """Read "fine-tuned from X", "base model: X", 基于 X 微调, "uses X as its base model".

    Code that tunes (对 X 进行微调) says nothing of a model where none is given out (``gives``).
    """
    for phrase in islice(_telling().finditer(text), _MOST_PHRASES):
        kin = phrase["kin"] is not None and _names_nobody(clause, phrase.start())
        if _PROJECTS.search(text, max(0, phrase.start() - _REACH), phrase.start()):
            continue
        treated = not gives and _TREATED.match(text, max(0, phrase.start() - 1))
        if treated or _BESIDE_IT.search(phrase["base"] or ""):
            continue
        before = text[max(0, phrase.start() - _REACH) : phrase.start()]
        ours = phrase["called"] or phrase[0].casefold().startswith("our ")
        ours = ours or (gives and _WE_MADE.search(before))
        if kin or ours or _is_of_the_release(clause, phrase.start(), gives=gives):
            named = (
                phrase["base"]
                or phrase["used"]
                or phrase["called"]
                or _STOP.split(text[phrase.end() : phrase.end() + _REACH])[0]
            )
            shape = _SHAPE.search(text, phrase.end(), phrase.end() + _REACH)
            if shape is None or _STOP.search(text, phrase.end(), shape.start()):
                yield from () if _OUTPUTS.search(named) else names(named)


@cache
def _telling() -> re.Pattern[str]:
    words = provenance_words()
    english = "|".join(words.made_from)
    before, after = (
        "|".join(map(re.escape, found)) for found in (words.made_from_before, words.made_from_after)
    )
    label, kin = (
        "|".join(map(re.escape, found)) for found in (words.made_from_label, words.made_from_kin)
    )
    used = "|".join(words.made_from_as)
    return re.compile(
        rf"^\W{{0,3}}(?:the )?(?:{label})(?: \[?optional\]?)?\s?(?:is\s|[:：为是])"
        rf"|\b(?:{english})\b|(?:{before})(?!及|上|下|外|前|后)(?P<base>[^，。；;,\n]{{2,{_REACH}}}?)(?:{after})"
        rf"|(?P<kin>{kin})"
        rf"|\b(?:uses?|using|with|adopts?)\s(?P<used>[^,.;，。；\n]{{2,{_REACH}}}?)\sas\s"
        rf"(?:the |its |our |a )?(?:{used})\b"
        rf"|^\W{{0,3}}(?P<called>[^:：,]{{2,{_REACH}}})[:：,]\s(?:is\s)?(?:the|our)\s(?:main\s|default\s)?"
        rf"(?:{used})\b",
        re.I,
    )


def trained(text: str, clause: Clause, names: Names) -> Iterator[str]:
    """Yield what a project that gives models out says it tunes: "code for fine-tuning X"."""
    for phrase in islice(_tuning().finditer(text), _MOST_PHRASES):
        head = sum(word.start < phrase.start() for word in clause.words)
        whose = bool(phrase["of"]) and not is_foreign(clause, 0, head)
        if whose or (
            phrase["alone"] and _is_of_the_release(clause, phrase.start("alone"), gives=True)
        ):
            named = _STOP.split(text[phrase.end() : phrase.end() + _REACH])[0]
            yield from () if _OUTPUTS.search(named) else names(named)


@cache
def _tuning() -> re.Pattern[str]:
    words = provenance_words()
    of, gerunds, alone = (
        "|".join(map(re.escape, found))
        for found in (words.made_from_gerund_of, words.made_from_gerund, words.made_from_alone)
    )
    return re.compile(
        rf"\b(?P<of>{of})\s(?:for|of|on)\s(?:{gerunds})\s(?:of\s|the\s)?"
        rf"|(?:^|(?<=[，。；：、\s]))(?P<alone>{alone})",
        re.I,
    )


def adapted(text: str, names: Names) -> Iterator[str]:
    """Yield what adapters that are given out fit: "the LLaMA-13B adapter checkpoints"."""
    for phrase in islice(_ADAPTED.finditer(text), _MOST_PHRASES):
        yield from names(phrase["base"])


def prepared(sentence: Sentence, text: str, names: Names) -> Iterator[str]:
    """Yield what readers are to fetch and train: "Download pretrained X" under "Train"."""
    for phrase in islice(_FETCHES.finditer(text), _MOST_PHRASES):
        rest = _ALSO.split(text[phrase.end() : phrase.end() + _REACH])[0]
        said = f"{phrase[0]}{rest}"
        trains = _TO_TRAIN.search(sentence.heading) or _TO_TRAIN.search(text)
        if (trains or _STARTED.search(said)) and not _PARTS.search(said):
            yield from names(said)


def nearby(text: str, clause: Clause, names: Names) -> Iterator[str]:
    """Yield the models of a sentence about making one that is about no others beside it.

    What is right behind the word for it was made into another, whatever was used for that.
    """
    near, far, used, direct = _nearby()
    text = text[:_LONGEST]
    bare = text  # what a model is called says nothing of this one: "R1-Distill-Llama-8B"
    for name in names(text):
        bare = bare.replace(name, " " * len(name))
    made, others = near.search(bare), far.search(text)
    if made is None or _INSTRUCTS.match(text) or (others and others.start() < made.start()):
        return
    before = (text.find(name) for name in names(text[: made.start()]))
    if _is_described(text, names) or _is_another(
        clause, min((at for at in before if at >= 0), default=made.start())
    ):
        return
    if others is None and used.search(text) is None:
        yield from names(text)
    for phrase in islice(direct.finditer(text), _MOST_PHRASES):
        if not _OTHERS.search(text) and (others is None or phrase.start("what") < others.start()):
            yield from names(phrase["what"])


def _is_described(text: str, names: Names) -> bool:
    """Whether a sentence begins by saying what a model is: "X is a …", "Vicuna is LLaMA-13B"."""
    begun = next(names(text[:_REACH]), "")
    at = text.find(begun) if begun else -1
    said = _DESCRIBED.match(text, at + len(begun)) if 0 <= at <= _BEGINS else None
    if said is None or said["what"]:
        return said is not None
    rest = text[said.end() : said.end() + _REACH]
    other = next(names(rest), "")
    return bool(other) and 0 <= rest.find(other) <= _BEGINS


def leads(line: str) -> bool:
    """Whether a line before a list says that what follows was made into something."""
    said = _POINTS.sub("", line)
    if _STARTED.search(said):
        return True
    last = _ENDED.split(said)[-1]
    if (_FETCHED.match(said) or _SENDS.search(last)) and not _MADE_FROM.search(last):
        return False
    near = _MADE_FROM.search(said) or _objects().search(said)
    return near is not None and not is_of_others(said)


def is_of_others(said: str) -> bool:
    """Whether words are about models beside the release, or how some were used."""
    _, far, used, _ = _nearby()
    return bool(far.search(said) or used.search(said))


@cache
def _objects() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(provenance_words().near_objects)})", re.I)


def _is_another(clause: Clause, start: int) -> bool:
    """Whether somebody else's work is named before a place: "Osprey-7B is fine-tuned"."""
    return is_foreign(clause, 0, sum(word.start < start for word in clause.words))


@cache
def _nearby() -> tuple[re.Pattern[str], ...]:
    words = provenance_words()
    near, far, used, made = (
        "|".join(rf"\b{word}" if word.isascii() else word for word in found)
        for found in (words.near, words.far, words.far_used, words.near_objects)
    )
    between = (
        r"(?:the |of |a |an |our |from |base |model |weights )*"
        r"(?!(?:on|with|using|for|by|in|via)\b)"
    )
    direct = rf"(?:{made})\w*\s{between}(?P<what>[A-Za-z][\w./+-]{{1,60}}(?: [\w.+-]{{1,20}})?)"
    return tuple(re.compile(pattern, re.I) for pattern in (near, far, used, direct))


def listed(sentence: Sentence, text: str, names: Names) -> Iterator[str]:
    """Yield the models under "Models Merged", "Base model", where a sentence is no more."""
    over = sentence.heading.casefold().strip(" :：")
    if over in provenance_words().made_from_heading and len(sentence.text) <= _REACH:
        yield from names(text)


def _is_of_the_release(clause: Clause, start: int, *, gives: bool) -> bool:
    """Whether a phrase is said of the release or its weights; nothing before it means it is.

    Of what "we" tune is told where a model is given out.
    """
    head = sum(word.start < start for word in clause.words)
    if any(clause.low(i) in _BESIDE for i in range(head)):
        return False
    verb = next((i for i in range(head) if clause.has(i, "is") and clause.low(i).isascii()), head)
    said = [i for i in range(head) if clause.low(i)[:1].isalnum()]
    filling = rules.prose_words().filling
    if all(
        clause.low(i) in filling
        or clause.has(i, "own", "pronoun", "is", "intro")
        or (gives and clause.has(i, "person"))
        for i in said
    ):
        return True
    label = next((i for i in range(head - 1, -1, -1) if clause.low(i) in ":："), 0)
    after = any(clause.low(i)[:1].isalnum() for i in range(label + 1, head))
    whose = subject(clause, 0, verb) if after or not label else _labelled(clause, label)
    return bool(whose) and all(part in _MADE for part in whose)


def _names_nobody(clause: Clause, start: int) -> bool:
    """Whether what stands before a Chinese phrase only praises: 完全可商用的中文版."""
    head = sum(word.start < start for word in clause.words)
    others = clause.any_in(0, head, "other", "based", "partial")
    return not others and not is_foreign(clause, 0, head)


def _labelled(clause: Clause, colon: int) -> Scopes:
    """Return whom a label before a colon names; what stands in brackets behind it does not."""
    last = next((i for i in range(colon) if clause.low(i) in "[(（"), colon)
    return noun_phrase(clause, 0, last)
