# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Real English text that every Python carries, and the small vocabulary it is read with.

The text is the language reference behind ``help()`` (``pydoc_data.topics``). It
differs a little between Python versions, so ``digest()`` is written into the lock
files: models rebuilt from another text are honestly different models.
"""

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from pydoc_data.topics import topics

import numpy as np
import torch

VOCABULARY = 256
"""Number of tokens, single characters included."""
RARE = 20
"""Characters seen less often than this are read as a question mark."""
PARTS = {"a": (0, 2, 5, 7), "b": (1, 4, 6), "held-out": (3,)}
"""Which topics (position in sorted order, modulo 8) belong to which part."""

_WORD = re.compile(r" ?[A-Za-z]+| ?[^A-Za-z\s]+| +(?= )|\s")
_SPELLING = {" ": "Ġ", "\n": "Ċ"}
_Pair = tuple[str, str]


@cache
def text(part: str) -> str:
    """Return the text of one part: ``a``, ``b``, ``all`` (both) or ``held-out``."""
    if part == "all":
        return text("a") + text("b")
    names = sorted(topics)
    chosen = [names[i] for i in range(len(names)) if i % 8 in PARTS[part]]
    return "".join(topics[name] for name in chosen)


def digest() -> str:
    """SHA-256 of all the text, so that a lock can say what it was trained on."""
    joined = "\0".join(text(part) for part in sorted(PARTS))
    return hashlib.sha256(joined.encode()).hexdigest()


@cache
def _alphabet() -> frozenset[str]:
    return alphabet(text("all"))


def alphabet(of: str) -> frozenset[str]:
    """Return the characters that are frequent enough to be tokens."""
    return frozenset(c for c, n in Counter(of).items() if n >= RARE) | {"?"}


def learn(of: str, size: int) -> "Vocabulary":
    """Learn a vocabulary of ``size`` tokens: characters in order, then the merges."""
    known = alphabet(of)
    pairs = learn_merges(Counter(_words(of, known)), size - len(known))
    joined = [left + right for left, right in pairs]
    # Two merges may spell one token; the first keeps it, as in GPT-2's files.
    return Vocabulary(
        ids={t: i for i, t in enumerate(dict.fromkeys([*sorted(known), *joined]))}, merges=pairs
    )


def _words(of: str, known: frozenset[str]) -> list[str]:
    return _WORD.findall("".join(c if c in known else "?" for c in of))


def _join(pieces: tuple[str, ...], pair: _Pair) -> tuple[str, ...]:
    """Replace each occurrence of ``pair`` by the joined token, left to right."""
    out: list[str] = []
    for piece in pieces:
        if out and (out[-1], piece) == pair:
            out[-1] += piece
        else:
            out.append(piece)
    return tuple(out)


@cache
def merges() -> tuple[_Pair, ...]:
    """Learn byte-pair merges from parts a and b; ties go to the first in order."""
    words = Counter(_words(text("all"), _alphabet()))
    return learn_merges(words, VOCABULARY - len(_alphabet()))


def learn_merges(words: Mapping[str, int], count: int) -> tuple[_Pair, ...]:
    """Learn ``count`` byte-pair merges from word counts; ties go to the first in order.

    Only the words that hold the chosen pair are counted again (Sennrich et al. 2016,
    with the usual index from pairs to words).
    """
    pieces = {word: tuple(word) for word in words}
    counts: Counter[_Pair] = Counter()
    holders: dict[_Pair, set[str]] = defaultdict(set)
    for word, parts in pieces.items():
        for pair in pairwise(parts):
            counts[pair] += words[word]
            holders[pair].add(word)
    learnt: list[_Pair] = []
    for _ in range(count):
        best = min(counts, key=lambda pair: (-counts[pair], pair))
        learnt.append(best)
        for word in holders.pop(best):
            for pair in pairwise(pieces[word]):
                counts[pair] -= words[word]
            pieces[word] = _join(pieces[word], best)
            for pair in pairwise(pieces[word]):
                counts[pair] += words[word]
                holders[pair].add(word)
        counts = +counts
    return tuple(learnt)


@dataclass(frozen=True)
class Vocabulary:
    """Tokens with their ids, and the merges that make them of characters, in order."""

    ids: dict[str, int]
    merges: tuple[_Pair, ...]

    def encode(self, of: str) -> torch.Tensor:
        """Return token ids, shape ``(n,)``, int64; unknown characters read as ``?``."""
        known = "".join(c if c in self.ids else "?" for c in of)
        words = _WORD.findall(known)
        table = {word: self._encode_word(word) for word in sorted(set(words))}
        ids = [index for word in words for index in table[word]]
        return torch.from_numpy(np.array(ids, dtype=np.int64))

    def _encode_word(self, word: str) -> tuple[int, ...]:
        pieces = tuple(word)
        for pair in self.merges:
            pieces = _join(pieces, pair)
        return tuple(self.ids[piece] for piece in pieces)

    def write(self, folder: Path) -> None:
        """Write ``vocab.json`` and ``merges.txt`` as GPT-2 tokenizers spell them."""
        spell = str.maketrans(_SPELLING)
        ids = {token.translate(spell): i for token, i in self.ids.items()}
        lines = [f"{left.translate(spell)} {right.translate(spell)}" for left, right in self.merges]
        (folder / "vocab.json").write_text(json.dumps(ids, ensure_ascii=False) + "\n", "utf-8")
        (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *lines]) + "\n", "utf-8")


def read_vocabulary(folder: Path) -> Vocabulary:
    """Read what :meth:`Vocabulary.write` wrote: the one a saved model was trained with."""
    plain = str.maketrans({spelt: character for character, spelt in _SPELLING.items()})
    ids = json.loads((folder / "vocab.json").read_text("utf-8"))
    _, *lines = (folder / "merges.txt").read_text("utf-8").splitlines()
    pairs = (line.split(" ") for line in lines)
    return Vocabulary(
        ids={token.translate(plain): index for token, index in ids.items()},
        merges=tuple((left.translate(plain), right.translate(plain)) for left, right in pairs),
    )


@cache
def vocabulary() -> Vocabulary:
    """Return the vocabulary of this Python's text: characters in order, then the merges."""
    tokens = sorted(_alphabet()) + [left + right for left, right in merges()]
    return Vocabulary(ids={t: index for index, t in enumerate(tokens)}, merges=merges())


@cache
def tokens(part: str) -> torch.Tensor:
    """Return the token ids of one part, shape ``(n,)``, int64."""
    return vocabulary().encode(text(part))


def unigram_perplexity() -> float:
    """Perplexity of the held-out text under the token frequencies of a and b (add one)."""
    counts = torch.bincount(tokens("all"), minlength=VOCABULARY).double() + 1.0
    logs = (counts / counts.sum()).log()
    return float((-logs[tokens("held-out")].mean()).exp())
