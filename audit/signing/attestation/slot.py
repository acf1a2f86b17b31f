# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The place in the HTML where its own attestation lies, left out of the digest that it states.

As a PDF leaves its signature's container out of what it signs, the page's digest is that of
the page with an empty slot; the envelope is put in afterwards. A page that travels alone, by
e-mail say, can so still be checked. The slot is a *data block*: its type is no script
language, so browsers never execute it, and the page's content security policy allows no
script anyway.
"""

from typing import Final

from audit.signing.unsound import UnsoundError

MEDIA_TYPE: Final = "application/vnd.dsse.envelope.v1+json"
OPENING: Final = f'<script type="{MEDIA_TYPE}" id="audit-attestation">'.encode()
CLOSING: Final = b"</script>"


def _parts(page: bytes) -> tuple[bytes, bytes, bytes]:
    """Return what is before, in and after the slot; there must be no other script element."""
    found = page.lower().count(b"<script")
    if found != 1 or page.count(OPENING) != 1:
        raise UnsoundError(f"it has {found} script elements, where its slot is expected")
    before, _, rest = page.partition(OPENING)
    content, closing, after = rest.partition(CLOSING)
    if not closing or b"<" in content:
        raise UnsoundError("the slot of its attestation is damaged")
    return before + OPENING, content, CLOSING + after


def blanked(page: bytes) -> bytes:
    """Return ``page`` with an empty slot: the bytes whose digest the statement names.

    Raises ``UnsoundError`` if there is not exactly one slot, or any other script element.
    """
    before, _, after = _parts(page)
    return before + after


def content(page: bytes) -> bytes:
    """Return what the slot holds; empty in a page that was never signed.

    Raises ``UnsoundError`` as :func:`blanked`.
    """
    return _parts(page)[1]


def filled(page: bytes, envelope: bytes) -> bytes:
    """Return ``page`` with ``envelope`` in its slot.

    Raises ``UnsoundError`` as :func:`blanked`, or if ``envelope`` could end the element.
    """
    if b"<" in envelope:
        raise UnsoundError("the attestation holds a character that would end its slot")
    before, _, after = _parts(page)
    return before + envelope + after
