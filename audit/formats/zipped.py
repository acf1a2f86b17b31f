# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Archives: where the bytes of each member lie, and what a compressed one holds."""

import zipfile
import zlib
from dataclasses import dataclass

from audit.record.said import Said
from audit.sources.interface import RandomAccess
from audit.text.file_names import shortened
from audit.unreadable import NotReadableError

MAGIC = b"PK\x03\x04"
_LOCAL = 30
"""Bytes of a local header before the name (APPNOTE 6.3.10, 4.3.7)."""
_MOST = 1 << 18
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Member:
    """One member: its bytes start at ``offset`` of the archive.

    ``packed`` is how many bytes it has there, where these are deflated.
    """

    offset: int
    size: int
    packed: int | None = None


def members(access: RandomAccess, *, deflated: bool = False) -> dict[str, Member]:
    """Return the members by name; compressed ones only if they are ``deflated`` and asked for.

    Raises
    ------
    NotReadableError
        If it is no archive, or two members have one name.
    """
    try:
        with zipfile.ZipFile(access.stream()) as archive:
            listed = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise NotReadableError(Said("not an archive that can be read")) from error
    if len(listed) > _MOST:
        raise NotReadableError(Said("has more members than any model needs"))
    found: dict[str, Member] = {}
    for info in listed:
        kinds = _METHODS if deflated else _METHODS[:1]
        if info.compress_type not in kinds or info.flag_bits & 1:
            continue
        if info.filename in found:
            raise NotReadableError(
                Said('two members are called "{name}"', name=shortened(info.filename))
            )
        found[info.filename] = _placed(access, info)
    return found


def _placed(access: RandomAccess, info: zipfile.ZipInfo) -> Member:
    at = info.header_offset
    fits = 0 <= at <= access.size - _LOCAL
    header = bytes(access.read_at(at, _LOCAL)) if fits else b""
    offset = at + _LOCAL + sum(int.from_bytes(header[i : i + 2], "little") for i in (26, 28))
    packed = info.compress_size if info.compress_type == zipfile.ZIP_DEFLATED else None
    size = info.file_size if packed is None else packed
    if not header.startswith(MAGIC) or offset + size > access.size:
        raise NotReadableError(
            Said('its member "{name}" is not where it says', name=shortened(info.filename))
        )
    return Member(offset=offset, size=info.file_size, packed=packed)


def inflated(access: RandomAccess, member: Member) -> bytes:
    """Return what a deflated member holds: as many bytes as the archive states, and no more.

    Raises
    ------
    NotReadableError
        If it holds fewer, or is damaged. The caller has checked that the size may be held.
    """
    reader = zlib.decompressobj(-zlib.MAX_WBITS)
    data, at, end = bytearray(), member.offset, member.offset + (member.packed or 0)
    try:
        while at < end and len(data) < member.size and not reader.eof:
            piece = access.read_at(at, min(_PIECE, end - at))
            data += reader.decompress(bytes(piece), member.size - len(data))
            at += len(piece) - len(reader.unconsumed_tail)
            if not piece[: len(piece) - len(reader.unconsumed_tail)]:
                break
    except zlib.error as error:
        raise NotReadableError(Said("its compressed values are damaged")) from error
    if len(data) != member.size:
        raise NotReadableError(Said("its compressed values are damaged"))
    return bytes(data)
