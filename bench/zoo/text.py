# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Two corpora that every Python carries, and the vocabularies they are read with.

``prose`` is the language reference and the docstrings of every second module of the
standard library, ``code`` the source of the modules between them: no text is in both.
They differ a little between Python releases; ``digest()`` is part of every recipe's
digest, so a model trained on another text has another place in the cache.
"""

import ast
import hashlib
import sysconfig
from functools import cache
from pathlib import Path
from pydoc_data.topics import topics

import torch

from examples.tinylm.corpus import Vocabulary, learn

SIZE = 1024
"""Tokens of each vocabulary."""
_LARGEST = 2_000_000
"""Characters of each corpus: enough for a model of a million parameters."""
_LEARNT_FROM = 400_000
"""Characters that a vocabulary is learnt from."""
_HELD_OUT = 8
"""Every eighth block of text is left out of training."""
_BLOCK = 4096


def _modules() -> list[Path]:
    """Modules of the standard library, packages that a distribution may leave out excepted."""
    root = Path(sysconfig.get_paths()["stdlib"])
    left_out = {"site-packages", "dist-packages", "test", "tests", "idlelib", "lib2to3", "tkinter"}
    paths = (p for p in root.rglob("*.py") if not left_out & set(p.relative_to(root).parts))
    return sorted(p for p in paths if not p.name.startswith("_sysconfigdata"))


def _docstrings(source: str) -> str:
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = (node for node in ast.walk(ast.parse(source)) if isinstance(node, kinds))
    found = (ast.get_docstring(node) for node in nodes)
    return "\n\n".join(text for text in found if text)


@cache
def corpus(name: str) -> str:
    """Return ``prose`` or ``code``, whole."""
    sources = [p.read_text("utf-8", errors="replace") for p in _modules()]
    if name == "prose":
        parts = [topics[key] for key in sorted(topics)] + [_docstrings(s) for s in sources[::2]]
    elif name == "code":
        parts = sources[1::2]
    else:
        raise ValueError(f"no corpus {name!r}")
    return "\n\n".join(parts)[:_LARGEST]


@cache
def digest() -> str:
    """SHA-256 of both corpora."""
    return hashlib.sha256("\0".join(map(corpus, ("prose", "code"))).encode()).hexdigest()


@cache
def vocabulary(name: str) -> Vocabulary:
    """Return ``main`` (learnt from both corpora) or ``other`` (from code alone)."""
    half = _LEARNT_FROM // 2
    if name == "main":
        return learn(corpus("prose")[:half] + corpus("code")[:half], SIZE)
    if name == "other":
        return learn(corpus("code")[-_LEARNT_FROM:], SIZE)
    raise ValueError(f"no vocabulary {name!r}")


@cache
def tokens(of: str, vocabulary_name: str = "main") -> torch.Tensor:
    """Token ids (n,) of ``prose``, ``code`` or ``held-out`` (of prose)."""
    whole = corpus("prose" if of == "held-out" else of)
    blocks = [whole[i : i + _BLOCK] for i in range(0, len(whole), _BLOCK)]
    held_out = of == "held-out"
    chosen = [b for i, b in enumerate(blocks) if (i % _HELD_OUT == 0) == held_out]
    return vocabulary(vocabulary_name).encode("".join(chosen))
