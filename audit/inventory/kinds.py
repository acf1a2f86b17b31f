# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a file is for, told by its name and first bytes, never by running it."""

import re

from audit.formats.weight_files import HEAD_BYTES, READERS, format_of
from audit.record.files import Kind

_NAMES = {
    "config.json": Kind.CONFIG,
    "adapter_config.json": Kind.ADAPTER_CONFIG,
    "readme.md": Kind.MODEL_CARD,
    "pyproject.toml": Kind.PACKAGE_METADATA,
    "setup.cfg": Kind.PACKAGE_METADATA,
    "setup.py": Kind.PACKAGE_METADATA,
    "pkg-info": Kind.PACKAGE_METADATA,
    "package.json": Kind.PACKAGE_METADATA,
    "cargo.toml": Kind.PACKAGE_METADATA,
    "tokenizer.json": Kind.TOKENIZER,
    "tokenizer_config.json": Kind.TOKENIZER,
    "special_tokens_map.json": Kind.TOKENIZER,
    "added_tokens.json": Kind.TOKENIZER,
    "vocab.json": Kind.TOKENIZER,
    "vocab.txt": Kind.TOKENIZER,
    "merges.txt": Kind.TOKENIZER,
}
_SUFFIXES_OF = {
    Kind.TOKENIZER: ".model .tiktoken",
    Kind.NOTEBOOK: ".ipynb",
    Kind.DOCUMENT: ".md .rst .txt .pdf .html .htm .tex",
    Kind.CODE: ".py .pyi .pyx .c .h .cc .cpp .hpp .cu .cuh .rs .go .java .js .ts .tsx .jsx .sh"
    " .bash .r .jl .rb .pl .lua .swift .kt .m .mm .metal .scala .cs .jinja .ps1",
    Kind.WEIGHTS: " ".join(suffix for reader in READERS for suffix in reader.suffixes),
    Kind.WEIGHTS_DATA: ".onnx_data",
    Kind.OTHER_WEIGHTS: ".ggml .ot .mlmodel .pdparams .pdiparams .nemo .llamafile .mar",
    Kind.LEGAL: ".license .licence .notice",
    Kind.PICKLE: ".pkl .pickle .joblib .dill",
}
_SUFFIXES = {suffix: kind for kind, listed in _SUFFIXES_OF.items() for suffix in listed.split()}
_MAYBE_PICKLE = (".bin", ".pt", ".pth", ".ckpt")
"""Pickles by custom; text under these suffixes is something else, and so is a ``.bin``
without a pickle's first bytes (of which any programme may write one)."""

_LEGAL = re.compile(
    r"((model|weights?|code|data(set)?|docs?)[ _-])?(un)?licen[cs](e|ing)|copying|copyright|notice"
    r"|patents|third[ _-]?party|use[ _-]?policy"
    r"|acceptable[ _-]?use|[\w.+-]{1,30}[ _-](un)?licen[cs]e(\.(txt|md|rst))?$"
    r"|[\w.+ -]{1,60}[ _-]licen[cs]e[ _-]agreement(\.(txt|md|rst))?$"
)
_FOLDER_INSTEAD = re.compile(
    r"(licen[cs]e|copying|copyright|notice)(\.\w+)?|(readme\.md|config\.json|.*\.safetensors)"
)
_PROTO = re.compile(rb"\x80[\x02-\x05][\x85-\x8e\x95()\]}\[NKMJGIFXUTVBCcqhgt]")
"""PROTO 2 to 5, then an opcode that can follow it (CPython ``pickletools``)."""
_TORCH_ZIP = re.compile(
    rb"PK\x03\x04.{26}(?:.{0,190}data\.pkl|[^/\0]+/(?:data/\d+|code/|version|byteorder|constants\.pkl))",
    re.S,
)
"""An archive of PyTorch, by the name of its first member or of one soon after it."""
_PROTOCOL_0 = re.compile(rb"\(?(?:[ld]p\d+\n|i?c[\w.]+\n[\w.]+\n)|[\]}(]q")
_OTHER_MAGIC = (b"lmgg", b"ggjt", b"ggml")
_SHARD = re.compile(r"\.data-\d{5}-of-\d{5}$")
"""Values of a TensorFlow checkpoint."""
_LFS_POINTER = b"version https://git-lfs.github.com/spec/v1"


def classify(path: str, head: bytes) -> Kind:
    """Return the kind of the file at ``path`` whose first bytes are ``head``.

    Every ``config.json`` is a ``CONFIG`` and every ``README.md`` a ``MODEL_CARD`` here;
    ``audit.inventory.layout`` keeps the one of each that describes the weights.
    """
    *folders, name = path.lower().split("/")
    if is_lfs_pointer(head):
        return Kind.OTHER
    return _by_content(name, head) or _by_name(folders, name) or _by_suffix(name, head)


def is_lfs_pointer(head: bytes) -> bool:
    """Whether this is Git LFS's stand-in for a file that was not downloaded."""
    return head.startswith(_LFS_POINTER) and b"oid sha256:" in head and len(head) < HEAD_BYTES


def expects_file(name: str) -> bool:
    """Whether a folder of this name stands where a reader expects a file (``LICENSE``)."""
    return _FOLDER_INSTEAD.fullmatch(name.lower()) is not None


def _by_content(name: str, head: bytes) -> Kind | None:
    if name.endswith(".safetensors.index.json"):
        return Kind.WEIGHTS_INDEX
    if name.endswith(".safetensors"):
        disguised = _is_pickle(head) and head[8:9] not in (b"{", b" ", b"")
        return Kind.PICKLE if disguised else Kind.WEIGHTS
    if _is_pickle(head):
        return Kind.PICKLE
    if format_of(head):
        return Kind.WEIGHTS
    if name.endswith(".onnx.data") or _SHARD.search(name):
        return Kind.WEIGHTS_DATA
    return Kind.OTHER_WEIGHTS if head.startswith(_OTHER_MAGIC) else None


def _by_name(folders: list[str], name: str) -> Kind | None:
    if name in _NAMES and not (name == "setup.py" and folders):  # there it builds a part
        return _NAMES[name]
    if name == "metadata" and folders and folders[-1].endswith(".dist-info"):
        return Kind.PACKAGE_METADATA
    if _SUFFIXES.get(_suffix(name), Kind.DOCUMENT) is not Kind.DOCUMENT:
        return None
    legal = _LEGAL.match(name) or {"licenses", "licences"}.intersection(folders)
    return Kind.LEGAL if legal else None


def _by_suffix(name: str, head: bytes) -> Kind:
    suffix = _suffix(name)
    if ".ckpt." in name:
        return Kind.OTHER_WEIGHTS
    if suffix in _MAYBE_PICKLE and not _PROTOCOL_0.match(head):
        binary = Kind.OTHER_WEIGHTS if suffix == ".bin" else Kind.PICKLE
        return Kind.OTHER if _is_text(head) else binary
    if suffix in _MAYBE_PICKLE:
        return Kind.PICKLE
    return _SUFFIXES.get(suffix, Kind.OTHER)


def _suffix(name: str) -> str:
    stem, dot, end = name.rpartition(".")
    return dot + end if stem else ""


def _is_pickle(head: bytes) -> bool:
    return _TORCH_ZIP.match(head) is not None or _PROTO.match(head) is not None


def _is_text(head: bytes) -> bool:
    """Whether ``head`` is empty or plain UTF-8 text (a character may be cut at the end)."""
    try:
        text = head.decode()
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3:
            return False
        text = head[: error.start].decode()
    return not any(ord(character) < 32 and character not in "\t\n\r\f" for character in text)
