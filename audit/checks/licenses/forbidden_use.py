# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The README forbids a use that the release's licence grants; a part of LIC005."""

import re

from audit.checks.case import Case
from audit.checks.licenses.license_place import at
from audit.checks.make import clip, listed, make_finding, severity_for, strings
from audit.licenses.conclude import LICENSE_FILES, Voice, stated, voices
from audit.licenses.declared.prose import LEAVE, LIMIT, PLACE
from audit.licenses.expressions import readings
from audit.record.files import Kind
from audit.record.findings import Finding
from audit.record.licenses import NOASSERTION, ClaimOrigin, ClaimSource, LicenseClaim
from audit.record.said import Said
from audit.rules import CheckRule, license_facts

_ITS_BASE = re.compile(
    r"\b(?:as|because|since|due to)\b[^.;]{0,60}\b(?:derivatives?|derived|based)\b"
    r"|(?:由于|因为)[^。；]{0,30}(?:基于|衍生)",
    re.I,
)
"""Why weights are limited, where it is for those that they were made from."""
_WHOLE = re.compile(
    r"(?:本|该|此)(?:项目|仓库|代码库)|\b(?:this|our) (?:project|repository|repo|software)\b"
    r"|このリポジトリ|本リポジトリ|이 (?:프로젝트|저장소)",
    re.I,
)
"""Words for all of a release, its code and what else there is."""
_CODE = re.compile(r"代码|源码|\bcodes?\b", re.I)


def forbidden_use(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report, in one finding, the sentences that keep a freely licensed release to research."""
    claims = case.licenses.claims
    voice = next((v for v in voices(claims) if v.name == LICENSE_FILES), None)
    if voice is None:
        return ()
    limits = [
        c
        for c in claims
        if c.field in (LIMIT, LEAVE)
        and c.source is ClaimSource.DECLARED
        and _is_covered(case, c, voice, rule)
    ]
    return (_finding(case, rule, limits, voice),) if limits else ()


def _grants_commerce(id_: str, limit: LicenseClaim, rule: CheckRule) -> bool:
    """Whether a licence lets everybody sell; one with copyleft may be sold without it beside."""
    facts = license_facts(id_) or license_facts(f"{id_}-or-later")
    if facts is None or (limit.field == LEAVE and facts.copyleft is not None):
        return limit.field == LIMIT and id_ in strings(rule, "free")
    return facts.non_commercial is None and facts.grants.commercial == "yes"


def _is_covered(case: Case, limit: LicenseClaim, voice: Voice, rule: CheckRule) -> bool:
    """Whether the LICENSE is for what a sentence limits, and nothing else says its terms."""
    claims = case.licenses.claims
    if _has_own_terms(limit, claims) or _is_its_base(case, limit):
        return False
    held = [c for c in voice.claims if c.scope in (None, limit.scope, limit.scope or "code")]
    ids = frozenset(symbol for c in held for symbol in readings(c.expression))
    if not ids or not all(_grants_commerce(id_, limit, rule) for id_ in ids):
        return False
    explaining = (None, limit.scope or "weights")
    given = [c for c in claims if _speaks(c) and c.scope in explaining]
    if any(_is_limited(id_) for c in given for id_ in readings(c.expression)):
        return False
    if limit.scope in (None, "code"):
        return True
    mapped = any(c.scope == "code" and readings(c.expression) & voice.ids for c in stated(claims))
    return not mapped and (limit.scope == "weights" or not case.code_files)


def _has_own_terms(limit: LicenseClaim, claims: tuple[LicenseClaim, ...]) -> bool:
    """Whether that part has a LICENSE of its own, or terms that nobody here has read."""
    all_but_code = limit.scope is None and not _CODE.search(limit.raw)
    all_but_code = all_but_code and not _WHOLE.search(limit.raw)
    parts = ("weights",) if all_but_code else (limit.scope,)
    files = (ClaimOrigin.LICENSE_FILE, ClaimOrigin.LICENSE_MENTION)
    unread = [c for c in claims if c.expression == NOASSERTION and c.scope in (*parts, None)]
    own = any(c.origin in files or c.field == PLACE for c in unread if c.near is None)
    named = any(c.origin == ClaimOrigin.LICENSE_FILE and c.scope == limit.scope for c in claims)
    return own or (limit.scope is not None and named)


def _is_its_base(case: Case, limit: LicenseClaim) -> bool:
    """Whether weights that are not here are limited for the model that they were made from."""
    here = any(case.subject.of_kind(Kind.WEIGHTS))
    return limit.scope == "weights" and not here and _ITS_BASE.search(limit.raw) is not None


def _speaks(claim: LicenseClaim) -> bool:
    named = claim.source is ClaimSource.DECLARED or claim.origin == ClaimOrigin.LICENSE_FILE
    return named and claim.expression != NOASSERTION


def _is_limited(id_: str) -> bool:
    facts = license_facts(id_)
    return facts is not None and facts.non_commercial is not None


def _title(limits: list[LicenseClaim], held: Said) -> Said:
    if all(c.field == LEAVE for c in limits):
        return Said("The README asks leave for commercial use, which {held} grants", held=held)
    return Said("The README forbids commercial use, which {held} grants", held=held)


def _finding(case: Case, rule: CheckRule, limits: list[LicenseClaim], voice: Voice) -> Finding:
    held = listed(claim.expression for claim in voice.claims)
    part = all(c.scope == "weights" for c in limits) and bool(case.code_files)
    return make_finding(
        rule,
        severity=severity_for(rule, "severity_of_a_part") if part else None,
        title=_title(limits, held),
        message=Said(
            "{path} says {words}; {where} grants every use ({held}).",
            path=clip(str(limits[0].path)),
            words=", ".join(f'"{clip(c.raw)}"' for c in limits[:3]),
            where=listed(str(c.path) for c in voice.claims),
            held=held,
        ),
        locations=(*map(at, limits), *map(at, voice.claims)),
        evidence=(Said("{origin}: {raw}", origin=c.stated_in, raw=clip(c.raw)) for c in limits),
        fix=Said(
            "Decide which is meant. If {held} is, take the sentence out; if only"
            " non-commercial use is allowed, put a licence in place of {held} that says so.",
            held=held,
        ),
    )
