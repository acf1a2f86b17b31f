# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Whether a project's README gives models out, and the tables in which it says from what.

The weights lie somewhere else then, and are the release's all the same: its LICENSE is the only
one that whoever takes them is told of. Who only trains, or names what others give, gives nothing.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice, takewhile
from typing import NamedTuple

from audit import rules
from audit.inventory.model_card import ModelCard
from audit.licenses.declared.clause import NAMING, Clause, Owner, is_foreign, names_own
from audit.licenses.declared.inline import plain
from audit.licenses.declared.names import split
from audit.licenses.declared.plain import sentences
from audit.licenses.declared.subject import subject
from audit.rules.known_works import known_model, provenance_words, publishers
from audit.text.fold import letters

AT_HUB = re.compile(
    r"https?://(?:www\.)?(?:huggingface\.co|hf\.co|modelscope\.cn/models|ollama\.com)/"
    r"(?!(?:datasets|spaces|docs|blog|papers|collections|models)/)"
    r"((?P<of>[\w.-]{1,60})/(?P<name>[\w.-]{1,100}))"
)
"""The address of a model at a hub."""
_LABELLED = re.compile(
    r"\[\W{0,9}(?:our |hugging ?face |hf )?(?:models?|weights|checkpoints?)(?: weights| zoo)?"
    r"\W{0,9}\]\("
    r"https?://(?:www\.)?(?:huggingface\.co|hf\.co|modelscope\.cn/models)/"
    r"(?P<id>(?!(?:datasets|spaces|papers|collections)/)[\w.-]{1,60}/[\w.-]{1,100})",
    re.I,
)
"""A link "Model" to a model, as pages begin with."""
_FILE = re.compile(
    r"https?://[\w.-]{1,60}/([^\s()<>\"']{1,200}?\.(?:pth?|ckpt|safetensors|gguf|onnx))(?=[\s)>\"'?#]|$)"
)
"""The address of a file of weights."""
_PROJECT = re.compile(
    r"[\s|]{0,9}[*`]{0,3}\[[^\]]{1,80}\]\(https?://(?:www\.)?(?:github|gitlab|gitee)\.com/"
)
"""The beginning of a row that is about somebody's project."""
_LOADED = re.compile(
    r"(?:from_pretrained\(|\bmodel(?:[_-](?:name|path|id))?(?:_or_path)?\s?[=\s])\s?"
    r"[\"']?([\w.-]{1,60}/[\w.-]{1,100})"
)
"""The id of a model in code that loads it."""
_LONGEST = 600
"""Characters of a line of a table that are looked at."""
_HEADED = 40
_ROWS = 60
_TABLES = 100
_CELLS = 20
_RULE = re.compile(r"[\s|:=-]+")
_BRACKETS = re.compile(r"(?<=.)\s*[(（][^()（）]{1,30}[)）]\s*$")
"""What is added to the head of a column: "LLM (HF Path)"."""
_NEVER = re.compile(
    r"\b(?:not|no|cannot|will|soon|todo|plan|request)\b|n't\b|未|不|即将|计划|将会", re.I
)
_SUPPORTS = re.compile(r"\bsupport(?:s|ed|ing)?\b|支持", re.I)
"""What a line says that links others' models with which a project works."""
_HOSTED = re.compile(
    r"\]\(https?://(?:[\w-]{1,40}\.)?(?:drive\.google\.com|dropbox\.com|sharepoint\.com|1drv\.ms|mega\.nz"
    r"|pan\.baidu\.com|zenodo\.org|figshare\.com|openxlab\.org\.cn)/"
)
"""A link to where files of any kind are kept."""
_HELD = re.compile(r"checkpoint|\bweights?\b|\bmodels?\b|\blora\b|权重|模型", re.I)
_OURS = re.compile(
    r"\bour model ?zoo\b|\bdownload our (?:[\w-]{1,20} ){0,2}(?:checkpoint|weight|model)s?\b", re.I
)
"""How a reader is sent to models that are to be had."""
_WEIGHTS = (None, "weights")
_GIVEN = frozenset({"weights", "checkpoints"})
_OF_ANY = frozenset({"llm", "language model", "base", "backbone", "backbones"})
"""Heads of columns that tables of results have too."""


class Row(NamedTuple):
    """A row of a table: whether it links a model at a hub, and begins with somebody's project."""

    line: int
    cells: list[str]
    linked: bool
    of_others: bool


def gives_out(card: ModelCard, owner: Owner) -> bool:
    """Whether a README says that its own models are to be had."""
    if _links_its_own(card, owner) or any(_is_offered(*found) for found in tables(card)):
        return True
    for sentence in sentences(card.prose, card.prose_line, _hint()):
        if sentence.role == "heading":
            if _is_over_models(sentence.text, owner):
                return True
        elif not _NEVER.search(sentence.text) and _offers(sentence.text, owner):
            return True
    return False


def _links_its_own(card: ModelCard, owner: Owner) -> bool:
    """Whether a model of somebody's whom the table does not know is linked at a hub.

    Or one, or a file of weights, that is called like the project.
    """
    generic = rules.prose_words().headings
    own = [name for name in owner.wholes if len(name) > NAMING and name not in generic]
    models = [m[1] for m in islice(AT_HUB.finditer(card.prose), _ROWS)]
    if any(known_model(m["id"]) is None for m in islice(_LABELLED.finditer(card.prose), _ROWS)):
        return True
    lines = (line for line in card.prose.split("\n") if not _SUPPORTS.search(line[:_LONGEST]))
    theirs = islice((m["of"] for line in lines for m in AT_HUB.finditer(line)), _ROWS)
    beside = "/" in card.path  # a page of a folder may be about others' models
    if not beside and any(of.casefold() not in publishers() for of in theirs):
        return True
    hosted = list(islice(_HOSTED.finditer(card.prose), _ROWS))
    if any(_HELD.search(card.prose, max(0, m.start() - _HEADED), m.start()) for m in hosted):
        return True
    found = (m[1] for each in (_FILE, _LOADED) for m in islice(each.finditer(card.prose), _ROWS))
    return any(name in letters(model) for model in (*models, *found) for name in own)


def columns(card: ModelCard) -> Iterator[tuple[str, int]]:
    """Yield the cells under "base model" of tables whose rows are models, and their lines."""
    for head, rows in tables(card):
        labelled = [i for i, cell in enumerate(head) if i and cell in _labels()]
        to_be_had = any(head[i] not in _OF_ANY for i in labelled) or _has_places(head)
        for row in rows:
            if not row.of_others and (row.linked or to_be_had):
                yield from ((row.cells[i], row.line) for i in labelled if i < len(row.cells))


def _has_places(head: list[str]) -> bool:
    """Whether a table has a column that says where its models are to be had."""
    return any(cell in provenance_words().offers_column for cell in head)


def tables(card: ModelCard) -> Iterator[tuple[list[str], list[Row]]]:
    """Yield the heads of tables in lower case, and the rows."""
    lines = [line[:_LONGEST] for line in card.prose.split("\n")]
    at, found = 1, 0
    while at < len(lines) and found < _TABLES:
        ruled = "|" in lines[at] and "-" in lines[at] and _RULE.fullmatch(lines[at])
        if ruled and "|" in lines[at - 1]:
            head = [_BRACKETS.sub("", cell.casefold()) for cell in _cells(lines[at - 1])]
            rows = list(takewhile(lambda row: "|" in row, lines[at + 1 : at + 1 + _ROWS]))
            found_rows = enumerate(rows, card.prose_line + at + 1)
            yield head, [_row(i, row) for i, row in found_rows]
            at, found = at + len(rows), found + 1
        at += 1


def _row(number: int, line: str) -> Row:
    linked = AT_HUB.search(line) is not None
    return Row(number, _cells(line), linked, _PROJECT.match(line) is not None)


def _cells(line: str) -> list[str]:
    cells = line.strip().strip("|").split("|")[:_CELLS]
    return [plain(cell)[0].strip(" *`") for cell in cells]


def _is_offered(head: list[str], rows: list[Row]) -> bool:
    """Whether a table says where each of its models is to be had, and what it was made from."""
    had = _has_places(head) or any(row.linked for row in rows)
    return had and any(cell in _labels() for cell in head[1:])


def _offers(text: str, owner: Owner) -> bool:
    if _active().search(text) or _OURS.search(text):
        return True
    clause = Clause(split(text), owner)
    labelled = clause.low(0) in provenance_words().offers_things and clause.low(1) in (":", "：")
    if labelled and names_own(clause, 2, 4):
        return True
    for phrase in _passive().finditer(text):
        if _are_ours(clause, phrase.start("verb")):
            return True
    return any(
        not is_foreign(clause, 0, sum(word.start < phrase.start() for word in clause.words))
        for phrase in _eastern().finditer(text)
    )


def _are_ours(clause: Clause, start: int) -> bool:
    verb = sum(word.start < start for word in clause.words)
    whose = subject(clause, 0, verb)
    return bool(whose) and all(part in _WEIGHTS for part in whose)


def _is_over_models(heading: str, owner: Owner) -> bool:
    """Whether a heading has a word for models, another, and nothing else: "Official weights".

    The other may be the project's name: "Sparrow weights".
    """
    words = provenance_words()
    begun, _, thing = heading.casefold().rstrip(" :").rpartition(" ")
    if thing in _GIVEN and letters(begun) in owner.wholes:
        return True
    said = re.findall(r"[^\W_]+(?:-[^\W_]+)*", heading.casefold())
    western = len(said) > 1 and all(word in words.offers_heading for word in said)
    things = any(word in words.offers_things for word in said) or "zoo" in said
    return (western and things) or "".join(said) in words.offers_heading_eastern


@cache
def _labels() -> frozenset[str]:
    words = provenance_words()
    return frozenset(
        (*words.made_from_label, "base", "base_model", "backbone", "backbone llm", "基座")
    )


def _either(words: list[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


@cache
def _hint() -> re.Pattern[str]:
    words = provenance_words()
    western = (*words.offers_verbs, *words.offers_states, *words.offers_things, "zoo")
    return re.compile(_either([*western, *words.offers_before, *words.offers_eastern]), re.I)


@cache
def _active() -> re.Pattern[str]:
    words = provenance_words()
    other = rf"(?!(?:{_either(words.offers_not)})\b)"
    return re.compile(
        r"(?:^(?:\W{0,6}\d[\d./年月日-]{3,11}\W{1,6})?|\b(?:and|also|,) )"
        r"(?:we|our team|this (?:repo|repository|project|work|page|folder|directory))\s"
        rf"(?:{other}[\w-]+\s){{0,4}}?(?:{_either(words.offers_verbs)})\s"
        rf"(?:{other}[\w./+%'’\"()-]+,?\s){{0,6}}?(?:{_either(words.offers_things)})\b"
        r"(?! (?:card|zoo|code|training|hub|architecture|definition|config|parallel|serving)\w*)",
        re.I | re.ASCII,
    )


@cache
def _passive() -> re.Pattern[str]:
    words = provenance_words()
    return re.compile(
        rf"\b(?:{_either(words.offers_things)})\b(?:\s[\w()./-]+){{0,6}}?\s"
        r"(?P<verb>is|are|has been|have been|can be)\s"
        r"(?:(?:now|also|all|already|currently|publicly|freely|openly|made|being)\s){0,3}"
        rf"(?:{_either(words.offers_states)}|on (?:the )?(?:hugging ?face|hf|modelscope|hub))\b",
        re.I | re.ASCII,
    )


@cache
def _eastern() -> re.Pattern[str]:
    words = provenance_words()
    thing = _either(words.offers_eastern)
    other = rf"(?:(?!{_either(words.offers_eastern_not)})[^，。；,;\n])"
    after = _either(words.offers_eastern_after_not)
    return re.compile(
        rf"(?<![{words.offers_eastern_adjective}])(?:{_either(words.offers_before)}){other}{{0,24}}?(?:{thing})(?!{after})"
        rf"|(?:{thing}){other}{{0,6}}?(?:{_either(words.offers_after)})(?!{after})"
    )
