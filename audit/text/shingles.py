# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Word-5-shingles as 64-bit hashes, in the order of the text."""

import hashlib

WIDTH = 5
"""Words per shingle: long enough that chance hits are rare, short enough that a changed
word costs five."""


def shingles(forms: list[str]) -> list[int]:
    """Return the hash of each run of ``WIDTH`` words; none for a shorter text."""
    return [shingle(forms[i : i + WIDTH]) for i in range(len(forms) - WIDTH + 1)]


def shingle(run: list[str]) -> int:
    """Return the 64-bit hash of one run of words."""
    digest = hashlib.blake2b("\x1f".join(run).encode("utf-8", "surrogatepass"), digest_size=8)
    return int.from_bytes(digest.digest(), "little")


def digest(forms: list[str]) -> str:
    """Return the SHA-256 of the words of a text, joined by single spaces."""
    return hashlib.sha256(" ".join(forms).encode("utf-8", "surrogatepass")).hexdigest()
