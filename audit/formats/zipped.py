# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Archives whose members are stored as they are: where the bytes of each lie."""

import zipfile
from dataclasses import dataclass

from audit.record.said import Said
from audit.sources.interface import RandomAccess
from audit.text.file_names import shortened
from audit.unreadable import NotReadableError

MAGIC = b"PK\x03\x04"
_LOCAL = 30
"""Bytes of a local header before the name (APPNOTE 6.3.10, 4.3.7)."""
_MOST = 1 << 18


@dataclass(frozen=True, slots=True)
class Member:
    """One member: its bytes start at ``offset`` of the archive."""

    offset: int
    size: int


def members(access: RandomAccess) -> dict[str, Member]:
    """Return the members by name.

    Raises
    ------
    NotReadableError
        If it is no archive, or two members have one name. Compressed ones are left out.
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
        if info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 1:
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
    if not header.startswith(MAGIC) or offset + info.file_size > access.size:
        raise NotReadableError(
            Said('its member "{name}" is not where it says', name=shortened(info.filename))
        )
    return Member(offset=offset, size=info.file_size)
