# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a hub says of a file, and what was read of it in blocks."""

import hashlib

from audit.record.files import FileRanges


def ranges(path: str, size: int, block: int, blocks: dict[int, str]) -> FileRanges:
    """Say what was read of a file, by the SHA-256 of its blocks by their number."""
    numbers = sorted(blocks)
    whole = hashlib.sha256("".join(f"{n} {blocks[n]}\n" for n in numbers).encode()).hexdigest()
    starts = [n for n, before in zip(numbers, [-2, *numbers], strict=False) if n != before + 1]
    ends = [n for n, after in zip(numbers, [*numbers[1:], -2], strict=True) if after != n + 1]
    return FileRanges(
        path=path,
        ranges=tuple(
            (a * block, min((b + 1) * block, size)) for a, b in zip(starts, ends, strict=True)
        ),
        block=block,
        sha256=whole,
    )


def is_file(sha256: str, oid: str, size: int, data: bytes) -> bool:
    """Whether the bytes have the digest that the hub keeps of the file: LFS's, or git's."""
    if len(data) != size:
        return False
    if sha256:
        return hashlib.sha256(data).hexdigest() == sha256
    git = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False)
    return git.hexdigest() == oid
