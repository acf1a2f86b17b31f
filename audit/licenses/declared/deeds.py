# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The licence that an address stands for: of a deed, of a list of licences, of a tab of a host."""

import re

from audit.licenses.declared.names import one_name
from audit.record.licenses import NOASSERTION

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
