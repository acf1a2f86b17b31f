# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Brings ``templates/locale/*/LC_MESSAGES/audit.po`` up to date with the words of the report.

``python scripts/catalogue.py`` collects every message and updates each language: translations
stay, what is new stands there empty, what is gone moves to the end as obsolete. With records as
arguments it lists instead what their reports would still say in English.
"""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import yaml
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from audit import resources
from audit.record.custody import Custody
from audit.record.document import AuditRecord, record_from_bytes
from audit.report.messages import COUNTED, PLACEHOLDER, numbered, sentences
from audit.report.rule_texts import RuleTexts, rule_texts
from audit.report.translated_view import translated
from audit.report.translation import Runs, Translator, translator
from audit.report.view import build

ROOT = Path(__file__).resolve().parents[1]
LOCALES = resources.tree("templates") / "locale"
MODULES = (
    "audit/report",
    "audit/checks",
    "audit/obligations",
    "audit/weights",
    "audit/licenses",
    "audit/code",
    "audit/notice/card_patch.py",
    "audit/notice/draft.py",
    "audit/inventory",
    "audit/sources/interface.py",
    "audit/sources/folder.py",
    "audit/formats",
    "audit/record",
    "audit/provenance",
    "audit/text",
    *(
        f"audit/{n}.py"
        for n in ("pipeline", "assemble", "verdict", "waivers", "custody", "unreadable")
    ),
    "audit/rules/freshness.py",
)
"""Where sentences are made that a report can print; order of the catalogue."""
NOT_TEXT = {
    "audit/report/pdf.py",
    "audit/report/html.py",
    "audit/report/translation.py",
    "audit/report/messages.py",
    "audit/report/charts/svg.py",
    "audit/report/stamp.py",
    "audit/record/said.py",
}
YAML = {
    "templates/wording.yaml": None,
    "templates/methods.yaml": None,
    "templates/locale/terms.yaml": None,
    "rules/disguises.yaml": {"what"},
    "rules/calibration.yaml": {"population", "what", "models"},
    "rules/controls": {"pairs", "population", "of"},
    "audit/weights/families": {"reason", "why", "note", "untested"},
    "rules/checks": {
        "title",
        "why",
        "long_term",
        "owner",
        "effort",
        "how_to_fix",
        "word_copy",
        "word_derived",
        "word_component_reuse",
        "word_calibrated",
        "word_disguised",
    },
    "rules/licenses": {"text"},
}
"""Files and folders with words of the report, and under which keys (``None``: all)."""
_NOTHING = datetime(2026, 1, 1, tzinfo=UTC)
"""The catalogue has no dates: the same words give the same file."""

Found = dict[str, tuple[dict[str, None], set[str]]]
"""Message to the files it stands in and the notes for translators."""


def collect() -> Found:
    """Return every message in the order of the catalogue."""
    found: Found = defaultdict(lambda: ({}, set()))
    for path in sorted((ROOT / "templates").rglob("*.j2")):
        for message in _template(path):
            found[message][0][_name(path)] = None
    for place, keys in YAML.items():
        for path in sorted((ROOT / place).glob("*.yaml")) or [ROOT / place]:
            words = _yaml(yaml.safe_load(path.read_text(encoding="utf-8")), keys)
            _add(found, path, ((_NAMED.sub(r"{\1}", text), _note(text)) for text in words))
    for module in MODULES:
        for path in sorted((ROOT / module).rglob("*.py")) or [ROOT / module]:
            if _name(path) not in NOT_TEXT:
                _add(found, path, strings_of(ast.parse(path.read_text(encoding="utf-8"))))
    return found


def _name(path: Path) -> str:
    return path.resolve().relative_to(ROOT).as_posix()


def _add(found: Found, path: Path, messages: Iterable[tuple[str, str]]) -> None:
    for message, note in messages:
        for sentence in sentences(" ".join(message.split(" "))):
            if _has_words(sentence):
                files, notes = found[sentence]
                files[_name(path)] = None
                if note and "{0}" in sentence:
                    notes.add(note)


NOT_WORDS = {
    "Cc", "Cf", "Cs", "Co", "Cn", "License", "License ::", "OSI Approved ::", "Classifier", "Gemm",
    "tokenizer.", "file not fully covered", "invalid shape, data type", "sub-?bytes dtypes",
    "invalid UTF-8", "recursion limit", "const char *hb_version_string(void);", "more {0}",
    "module {0} has no attribute {1}", "{0} {1} the a an its",
    "inc incorporated ltd limited llc llp corp corporation co company gmbh ag sa bv",
    "team teams authors author contributors contributor developers group project",
}  # fmt: skip
"""Literals that look like words and are keys, code, or what another library says."""


def _has_words(text: str) -> bool:
    if text in NOT_WORDS:
        return False
    return re.search(r"[A-Za-z]{2}", PLACEHOLDER.sub("", text)) is not None


def _template(path: Path) -> Iterator[str]:
    options = {"trim_blocks": "true", "lstrip_blocks": "true", "newstyle_gettext": "true"}
    with path.open("rb") as file:
        for _, _, message, _ in babel_extract(file, ("_", "gettext"), (), options):
            yield numbered(message if isinstance(message, str) else message[0])[1]


def _note(text: str) -> str:
    counted = set(_terms().get("numbers", ()))
    return COUNTED if text in counted and text.startswith("{0}") else ""


@cache
def _terms() -> dict[str, list[str]]:
    terms: dict[str, list[str]] = yaml.safe_load(
        (LOCALES / "terms.yaml").read_text(encoding="utf-8")
    )
    return terms


_NAMED = re.compile(r"\$(\w+)")
"""A placeholder of ``string.Template``, which the rules use."""


def _yaml(node: Any, keys: set[str] | None) -> Iterator[str]:
    """Yield the values under ``keys``; under ``check`` only questions are said."""
    pairs = node.items() if isinstance(node, dict) else (("", value) for value in node)
    for name, value in pairs:
        if isinstance(value, dict | list) and name != "tested_by":
            yield from _yaml(value, {"question"} if name == "check" else keys)
        elif isinstance(value, str) and (keys is None or name in keys):
            yield " ".join(value.split(" ")).strip()


def strings_of(tree: ast.Module) -> list[tuple[str, str]]:
    """Return the messages of one module with notes for translators."""
    return _Strings().of(tree)


class _Strings(ast.NodeVisitor):
    """Collects the literals of one module that can be words of a report."""

    def __init__(self) -> None:
        self.found: list[tuple[str, str]] = []
        self.printed = 0

    def of(self, tree: ast.Module) -> list[tuple[str, str]]:
        """Return message and note of each."""
        self.visit(tree)
        return self.found

    def visit_Expr(self, node: ast.Expr) -> None:
        """Leave docstrings out."""
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        """Leave lists of public names out."""
        if not any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets):
            self.visit(node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """Leave annotations out."""
        if node.value is not None:
            self.visit(node.value)

    def visit_arg(self, node: ast.arg) -> None:
        """Leave annotations out."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Leave annotations and decorators out."""
        for default in (*node.args.defaults, *filter(None, node.args.kw_defaults)):
            self.visit(default)
        for statement in node.body:
            self.visit(statement)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        """Leave keys out."""
        self.visit(node.value)

    def visit_Compare(self, node: ast.Compare) -> None:
        """Leave out what is only compared with."""
        for part in (node.left, *node.comparators):
            if not isinstance(part, ast.Constant | ast.Tuple | ast.Set | ast.List):
                self.visit(part)

    def visit_Dict(self, node: ast.Dict) -> None:
        """Leave keys out, unless they are phrases."""
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.JoinedStr | ast.BoolOp) or " " in str(getattr(key, "value", "")):
                self.visit(key)
            self.visit(value)

    def visit_Call(self, node: ast.Call) -> None:
        """Know counted nouns, and leave out what is never printed."""
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in _SILENT:
            return
        if name == "counted":
            self._counted(node)
            self.visit(node.args[0])
            return
        if name not in _ARGUMENTS_SILENT:
            self.generic_visit(node)
            return
        self.visit(node.func)
        for argument in node.args if name in {"join", "get"} else ():
            if not isinstance(argument, ast.Constant):
                self.visit(argument)

    def _counted(self, node: ast.Call) -> None:
        singular = _pattern(node.args[1])
        plural = _pattern(node.args[2]) if len(node.args) > 2 else None
        for noun in (singular, plural or f"{singular}s"):
            if PLACEHOLDER.search(noun or ""):
                continue  # the nouns stand in terms.yaml
            shifted = PLACEHOLDER.sub(lambda m: f"{{{int(m[1]) + 1}}}", noun or "")
            self.found.append((f"{{0}} {shifted}", COUNTED))

    def visit_BinOp(self, node: ast.BinOp) -> None:
        """Take a sum of strings as one string."""
        pattern = _pattern(node)
        if isinstance(node.op, ast.Add) and pattern is not None:
            self._message(pattern, node)
            for leaf in _leaves(node):
                if not isinstance(leaf, ast.Constant | ast.JoinedStr):
                    self.visit(leaf)
                elif isinstance(leaf, ast.JoinedStr):
                    self._values(leaf)
        else:
            self.generic_visit(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Take a formatted string as a pattern."""
        self._message(_pattern(node) or "", node)
        self._values(node)

    def _values(self, node: ast.JoinedStr) -> None:
        self.printed += 1
        for value in node.values:
            if isinstance(value, ast.FormattedValue):
                self.visit(value.value)
        self.printed -= 1

    def visit_Constant(self, node: ast.Constant) -> None:
        """Take a literal that reads like words."""
        if isinstance(node.value, str):
            self._message(node.value, node)

    def _message(self, text: str, node: ast.AST) -> None:
        bare = PLACEHOLDER.sub("", text)
        wordy = re.search(r"[A-Za-z]{2,}[,;:.)]* \S|\S [(“]?[A-Za-z]{2,}", text) or re.match(
            r"[A-Z][a-z]+[.:]?$|.*[a-z]\.$", text
        )
        single = self.printed and re.fullmatch(r"[ ,;(]*[a-z]{3,}[ ,;:.)]*", bare)
        if (wordy or single) and not _CODE.search(text):
            notes = "; ".join(f"{i}: {e}" for i, e in enumerate(_expressions(node)))
            self.found.append((text.strip(" \n"), notes))


_ARGUMENTS_SILENT = {
    "encode", "get", "startswith", "endswith", "removeprefix", "removesuffix", "partition",
    "rpartition", "split", "replace", "strip", "rstrip", "join",
}  # fmt: skip
_SILENT = {
    "UsageError",
    "RulesError",
    "RenderError",
    "SigningError",
    "OutputError",
    "TypeError",
    "ValueError",
    "compile",
    "sub",
    "fullmatch",
    "search",
    "match",
    "getattr",
    "TypeVar",
    "finditer",
    "Markup",
    "logger",
    "debug",
    "findall",
    "sha256",
    "b64decode",
    "import_module",
}
_CODE = re.compile(r"\n|\(\?|\\[bwsd]|^\.|__|</|^bold |^[a-z_]+\(|^https?:|=\"|^\$|^--")
"""What a literal that is not prose contains."""


def _leaves(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [*_leaves(node.left), *_leaves(node.right)]
    return [node]


def _pattern(node: ast.expr) -> str | None:
    """Return the text with numbered placeholders, or ``None`` if ``node`` is not a string."""
    parts: list[str | None] = []
    strings = False
    for leaf in _leaves(node):
        if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str):
            parts.append(leaf.value)
            strings = True
        elif isinstance(leaf, ast.JoinedStr):
            parts += [v.value if isinstance(v, ast.Constant) else None for v in leaf.values]
            strings = True
        else:
            parts.append(None)
    if not strings:
        return None
    text, number, open_before = "", 0, False
    for part in parts:
        if part is None and not open_before:
            text, number = f"{text}{{{number}}}", number + 1
        text += part or ""
        open_before = part is None
    return text


def _expressions(node: ast.AST) -> list[str]:
    """Return the code of each placeholder, for the translator's eyes; neighbours count once."""
    said, before = [], False
    values: list[ast.AST] = []
    for leaf in _leaves(node) if isinstance(node, ast.expr) else []:
        values += leaf.values if isinstance(leaf, ast.JoinedStr) else [leaf]
    for value in values:
        if isinstance(value, ast.Constant):
            before = False
        elif not before:
            inner = value.value if isinstance(value, ast.FormattedValue) else value
            said.append(ast.unparse(inner)[:60])
            before = True
    return said


def updated(path: Path, found: Found) -> bytes:
    """Return the catalogue of one language with today's messages."""
    text = path.read_bytes()
    old = read_po(BytesIO(text), locale=path.parts[-3])
    new = Catalog(
        locale=path.parts[-3],
        header_comment=old.header_comment,
        project="audit",
        version="1",
        charset="utf-8",
        creation_date=_NOTHING,
        revision_date=_NOTHING,
        fuzzy=False,
        last_translator="The audit developers",
        language_team="none",
        copyright_holder="none",
        msgid_bugs_address="none",
    )
    for message, (files, notes) in found.items():
        kept = old.get(message) or old.obsolete.get(message)
        new.add(
            message,
            kept.string if kept else "",
            locations=[(name, 0) for name in files],
            auto_comments=sorted(notes)[:1],
            user_comments=kept.user_comments if kept else (),
        )
    for message in (*old, *old.obsolete.values()):
        if message.id and message.id not in found and message.string:
            new.obsolete[message.id] = message
    buffer = BytesIO()
    write_po(buffer, new, width=100, include_lineno=False)
    return buffer.getvalue()


def untranslated(
    record: AuditRecord, custody: Custody | None = None, texts: RuleTexts | None = None
) -> list[str]:
    """Return what the Chinese report on ``record`` would still say in English, in its order.

    What others wrote, quoted in the report, is among it.
    """
    heard: dict[str, None] = {}

    class Listening(Translator):
        def _runs(self, text: str) -> Runs:
            runs = super()._runs(text)
            heard.update((run.text, None) for run in runs if not run.known)
            return runs

    view = build(record, custody, texts or rule_texts(record))
    translated(view, record, translator("zh-CN", Listening))
    return list(heard)


def main(arguments: list[str]) -> None:
    """Update every language, or list what the records given would leave in English."""
    for name in arguments:
        path = Path(name)
        record = record_from_bytes(path.read_bytes(), where=path.name)
        print(f"{name}:", *untranslated(record), sep="\n  ")
    if not arguments:
        _update()


def _update() -> None:
    found = collect()
    for path in sorted(LOCALES.glob("*/LC_MESSAGES/audit.po")):
        path.write_bytes(updated(path, found))
        done = sum(bool(m.string) for m in read_po(path.open("rb")) if m.id)
        print(f"{path.parts[-3]}: {done} of {len(found)} messages translated")


if __name__ == "__main__":
    main(sys.argv[1:])
