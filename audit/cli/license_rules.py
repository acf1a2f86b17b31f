# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What ``audit rules`` prints about licences: the table, and one row with its clauses."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from audit.rules import LicenseFacts

_EVIDENCE = {
    "read": "read against the text",
    "secondary": "from accounts of the text; informs and never decides",
    "memory": "from general knowledge; informs and never decides",
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


def describe_license(facts: "LicenseFacts") -> str:
    """Return one row in words, each fact with its clause."""
    from audit.custody import today
    from audit.rules.license_table import stale_facts

    status = facts.status
    old = facts.id in stale_facts(today())
    grants = facts.grants.model_dump(exclude={"clause"})
    lines = [
        facts.name,
        facts.id,
        f"Established {status.verified} from {status.source}: {_EVIDENCE[status.evidence]}"
        + (". That is long ago." if old else "."),
        "Not reviewed by a lawyer. Our summary, no legal advice.",
        f"\nCovers  {', '.join(facts.scope)}",
        f"Reaches  {', '.join(facts.derivative.reaches) or 'nothing'} [{facts.derivative.clause}]",
        f"Grants  {', '.join(f'{k} {v}' for k, v in grants.items())} [{facts.grants.clause}]",
        f"A derivative may be under  {facts.downstream.constraint} [{facts.downstream.clause}]",
    ]
    for label, limit in (("Copyleft", facts.copyleft), ("Non-commercial", facts.non_commercial)):
        lines.append(f"{label}  " + ("no" if limit is None else f"{limit.text} [{limit.clause}]"))
    lines += [*_obligations(facts), *_restrictions(facts)]
    return "\n".join(lines)


def _obligations(facts: "LicenseFacts") -> list[str]:
    lines = ["\nObligations" if facts.obligations else "\nNo obligations"]
    for duty in facts.obligations:
        lines += [f"[{duty.clause}] {duty.text}", f"    when: {', '.join(duty.when)}"]
    return lines


def _restrictions(facts: "LicenseFacts") -> list[str]:
    lines = ["\nRestrictions"] if facts.restrictions else []
    for limit in facts.restrictions:
        value = limit.value if isinstance(limit.value, int) else ", ".join(limit.value or ())
        amount = f" ({value} {limit.unit or ''}".rstrip() + ")" if value else ""
        lines.append(f"[{limit.clause}] {limit.kind}: {limit.text}{amount}")
    return lines
