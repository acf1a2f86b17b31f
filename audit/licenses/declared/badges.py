# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a README shows of its licence: on badges, by pictures of deeds, by addresses."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote

from audit import rules
from audit.inventory.model_card import ModelCard
from audit.licenses.declared.clause import Clause, Owner, Scopes, parts
from audit.licenses.declared.names import key, one_name, split
from audit.licenses.expressions import combine
from audit.record.licenses import NOASSERTION

FAMILY = "family"
"""``field`` of a claim that names licences without a version."""
_LONGEST = 4000
_BADGE = re.compile(
    r"(?:!\[(?P<alt>[^\[\]\n]{0,100})\]\([<\s]{0,3})?"
    r"(?P<quote>[\"'])?https?://(?:img\.shields\.io|shields\.io|badgen\.net)/(?P<kind>badge|static/v1)"
    r"(?P<path>[/?](?:(?(quote)[^\"'<>]|[^\s\"'<>()])){1,400})",
    re.I,
)
_OF_A_PART = frozenset({"code", "source code", "data", "dataset", "model", "models", "weights"})
"""Labels of badges that say what a licence, by its name, is for."""
LABEL = re.compile(
    r"licen[sc]|licen[çz]a|lizenz|лиценз|ліценз|giấy phép|许可|协议|라이[선센]스|ライセンス", re.I
)
_LINKED = re.compile(
    r"\)\]\(\s?(?P<link>https?://[^\s()]{1,200})\)|<a\s(?P<tag>[^<>]{1,400})>", re.I
)
"""A link on a picture, and a link in HTML."""
_LINK = re.compile(r"[*`]{0,3}\[[^!\[\]]{1,100}\]\(https?://")
"""A cell of a table that begins with a link on words."""
_RELATION = re.compile(r"\brel=[\"']?license\b", re.I)
_DEED = re.compile(
    r"creativecommons\.org/(?P<kind>licenses|publicdomain)/(?P<name>[a-z-]{2,11})/(?P<version>\d\.\d)",
    re.I,
)
_LISTED = re.compile(
    r"(?:(?P<apache>apache\.org/licenses/LICENSE-)|(?:opensource|spdx)\.org/licenses?/"
    r"|choosealicense\.com/licenses/|gnu\.org/licenses/(?:old-licenses/)?)"
    r"(?P<id>[\w.+-]{2,40}?)(?:\.(?:html?|txt|php|json|en))*(?:[/?#]|$)",
    re.I | re.ASCII,
)
_TAB = re.compile(r"[?&]tab=(?P<id>[\w.+-]{2,40}?)-\d{1,2}-ov-file", re.ASCII)
"""How a host of repositories addresses the licence file beside a README."""


@dataclass(frozen=True, slots=True)
class Badge:
    """A licence that is shown, as it is shown, with the line and what it is for."""

    expression: str
    raw: str
    line: int
    scopes: Scopes
    field: str = ""


def badges(card: ModelCard) -> Iterator[Badge]:
    """Yield the badges that say a licence, in order."""
    for number, line in enumerate(card.prose.split("\n"), card.prose_line):
        for match in () if _is_about_a_cell(line[:_LONGEST]) else _BADGE.finditer(line[:_LONGEST]):
            label, message = _badge(match["kind"].lower(), match["path"])
            alt = (match["alt"] or "").split(":")[0]
            label, expression = label or alt, _choice(message)
            if expression == NOASSERTION and family(message):
                expression = _linked(message, line[:_LONGEST], match.end())
            known = expression != NOASSERTION and "LicenseRef-" not in expression
            a_part = label.strip().casefold() in _OF_A_PART and known
            if not LABEL.search(label) and not a_part:
                continue
            field = "" if expression != NOASSERTION else FAMILY
            if expression != NOASSERTION or family(message):
                words = split(label)
                scopes = parts(Clause(words, Owner()), 0, len(words)) or (None,)
                raw = f"{label} {message}"
                yield Badge(expression, raw, number, scopes, field)


def _is_about_a_cell(line: str) -> bool:
    """Whether a row of a table says of what its badge is, in a cell with a link."""
    return line.lstrip().startswith("|") and any(
        _LINK.match(cell.strip()) for cell in line.split("|")[1:20]
    )


def pictures(card: ModelCard) -> Iterator[Badge]:
    """Yield the deeds that pictures link: for a README that says no licence in words."""
    line, at = card.prose_line, 0
    for match in _LINKED.finditer(card.prose):
        said = match["link"] or (match["tag"] if _RELATION.search(match["tag"]) else "")
        expression = deed(said) if "creativecommons" in said.casefold() else NOASSERTION
        if expression != NOASSERTION:
            line, at = line + card.prose.count("\n", at, match.start()), match.start()
            yield Badge(expression, said, line, (None,))


def _badge(kind: str, path: str) -> tuple[str, str]:
    """Return label and message; in a path ``--`` and ``__`` are escapes."""
    before, _, query = path.partition("?")
    if kind == "static/v1":
        fields = parse_qs(query)
        return fields.get("label", [""])[0], fields.get("message", [""])[0]
    text = unquote(before.removeprefix("/")).replace("--", "\0").replace("__", "\1")
    found = [
        p.replace("_", " ").replace("\0", "-").replace("\1", "_")
        for p in re.split("-" if "-" in before else "/", text)
    ]
    if len(found) == 2:
        return "", found[0]
    return (found[0], found[1]) if found[2:] else ("", "")


def _linked(message: str, line: str, end: int) -> str:
    """Return the edition where a badge names a family, and its link one of its editions."""
    link = _LINKED.match(line, end)
    return edition(message, deed(link["link"])) if link and link["link"] else NOASSERTION


def edition(words: str, linked: str) -> str:
    """Return the licence that is linked, if it is an edition of what words without one name."""
    begins = family(words)
    if begins is None or not linked.startswith(begins):
        return NOASSERTION
    open_ended = begins == "CC-"  # "a Creative Commons licence", which the link names
    return linked if open_ended or linked[len(begins) :][:1].isdigit() else NOASSERTION


def deed(address: str) -> str:
    """Return the licence whose text, or summary, an address is of, or ``NOASSERTION``."""
    common = _DEED.search(address)
    if common is not None:
        kind, name = common["kind"].lower(), common["name"].lower()
        if kind == "publicdomain":
            return one_name(f"CC0 {common['version']}") if name == "zero" else NOASSERTION
        return one_name(f"CC {name} {common['version']}")
    listed = _LISTED.search(address) or _TAB.search(address)
    if listed is None:
        return NOASSERTION
    own = "apache" if listed.groupdict().get("apache") else ""
    return one_name(f"{own} {listed['id']}")


def _choice(message: str) -> str:
    """Return the expression of a badge: one name, or names with a slash or "or" between."""
    whole = one_name(message)
    if whole != NOASSERTION:
        return whole
    names = [one_name(part) for part in re.split(r"\s*(?:/|\bor\b|\|)\s*", message.strip())]
    return combine(names, "OR") if NOASSERTION not in names else NOASSERTION


def family(words: str) -> str | None:
    """Return how the ids of the licences begin that words name without a version."""
    return rules.prose_words().families.get(key(words))
