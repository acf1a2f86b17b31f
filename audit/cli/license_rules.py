# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What ``audit rules`` prints about licences: the table, and one row with its clauses."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from audit.record.said import Said, Say
from audit.text.numbers import count

if TYPE_CHECKING:
    from audit.rules import LicenseFacts

_EVIDENCE = {
    "read": Said("read against the text"),
    "secondary": Said("from accounts of the text; informs and never decides"),
    "memory": Said("from general knowledge; informs and never decides"),
}
_RIGHTS = {
    "use": Said("use"),
    "modify": Said("modify"),
    "redistribute": Said("redistribute"),
    "sublicense": Said("sublicense"),
    "commercial": Said("commercial"),
    "patent": Said("patent"),
}
_ANSWERS = {
    "yes": Said("yes"),
    "no": Said("no"),
    "conditional": Said("conditional"),
    "silent": Said("silent"),
    "unknown": Said("unknown"),
}


def find_license(name: str) -> "LicenseFacts | None":
    """Return a row by its id, by a name that cards use, or by its id without the prefix."""
    from audit.rules import aliases, license_facts, licenses

    known = license_facts(aliases().get(name.casefold(), name))
    if known is not None:
        return known
    wanted = name.casefold()
    return next(
        (facts for id_, facts in licenses().items() if id_.casefold().endswith(wanted)), None
    )


def list_licenses() -> list[str]:
    """Return one line per row, and one about the rows that are old."""
    from audit.custody import today
    from audit.rules import licenses
    from audit.rules.license_table import stale_remark

    rows = sorted(licenses().values(), key=lambda facts: facts.id.lower())
    lines = [
        f"{facts.id:<50}  {facts.downstream.constraint:<17}"
        f"  {facts.status.evidence:<9}  {facts.status.verified}  {facts.name}"
        for facts in rows
    ]
    remark = stale_remark(today())
    return lines if remark is None else [*lines, "", remark]


def describe_license(facts: "LicenseFacts", say: Say) -> str:
    """Return one row in words, each fact with its clause."""
    from audit.custody import today
    from audit.rules.license_table import stale_facts

    status = facts.status
    old = facts.id in stale_facts(today())
    established = Said(
        "Established {day} from {source}: {evidence}.",
        day=str(status.verified),
        source=status.source,
        evidence=_EVIDENCE[status.evidence],
    )
    rows = "\n".join(f"{say(label)}  {say(value)}" for label, value in _rows(facts))
    lines = [
        facts.name,
        facts.id,
        say(Said("{one} That is long ago.", one=established) if old else established),
        say(Said("Not reviewed by a lawyer. Our summary, no legal advice.")),
        f"\n{rows}",
        *_obligations(facts, say),
        *_restrictions(facts, say),
    ]
    return "\n".join(lines)


def _rows(facts: "LicenseFacts") -> Iterator[tuple[Said, Said]]:
    """Yield what a licence grants and forbids, in the words of the licence table."""
    grants = facts.grants.model_dump(exclude={"clause"})
    allowed = tuple(
        Said("{right} {answer}", right=_RIGHTS[right], answer=_ANSWERS[answer])
        for right, answer in grants.items()
    )
    reaches = facts.derivative.reaches
    yield Said("Covers"), Said("{words:commas}", words=_said(facts.scope))
    yield Said("Reaches"), _cited(_said(reaches) or (Said("nothing"),), facts.derivative.clause)
    yield Said("Grants"), _cited(allowed, facts.grants.clause)
    downstream = facts.downstream
    yield (
        Said("A derivative may be under"),
        _cited(_said((downstream.constraint,)), downstream.clause),
    )
    for label, limit in (
        (Said("Copyleft"), facts.copyleft),
        (Said("Non-commercial"), facts.non_commercial),
    ):
        yield label, Said("no") if limit is None else _cited(_said((limit.text,)), limit.clause)


def _said(words: Iterable[str]) -> tuple[Said, ...]:
    return tuple(map(Said.plain, words))


def _cited(words: tuple[Said, ...], clause: str) -> Said:
    return Said("{words:commas} [{clause}]", words=words, clause=clause)


def _obligations(facts: "LicenseFacts", say: Say) -> list[str]:
    lines = ["", say(Said("Obligations") if facts.obligations else Said("No obligations"))]
    for duty in facts.obligations:
        when = Said("when: {when:commas}", when=_said(duty.when))
        lines += [f"[{duty.clause}] {say(Said.plain(duty.text))}", f"    {say(when)}"]
    return lines


def _restrictions(facts: "LicenseFacts", say: Say) -> list[str]:
    lines = ["", say(Said("Restrictions"))] if facts.restrictions else []
    for limit in facts.restrictions:
        given = limit.value or ()
        value = count(given) if isinstance(given, int) else ", ".join(given)
        text = Said("{kind}: {text}", kind=Said.plain(limit.kind), text=Said.plain(limit.text))
        if value:
            unit = Said.plain(limit.unit or "")
            amount = Said("{value} {unit}", value=value, unit=unit) if unit else value
            text = Said("{text} ({amount})", text=text, amount=amount)
        lines.append(f"[{limit.clause}] {say(text)}")
    return lines
