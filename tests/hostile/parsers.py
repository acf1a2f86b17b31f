# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Every parser of foreign bytes, as a function of bytes that raises its typed refusal or nothing.

A new parser gets a line here; the cases, the fuzzer and the count then hold it.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import prod
from pathlib import Path
from unittest import mock

from audit.checks import evaluate
from audit.checks.case import Case
from audit.code.files import python_files, read_artifact
from audit.errors import RulesError, UsageError
from audit.formats.flax_msgpack import read_flax
from audit.formats.gguf import gguf_tokens, read_gguf
from audit.formats.hdf5 import read_hdf5, read_keras
from audit.formats.numpy_arrays import read_npy, read_npz
from audit.formats.onnx import read_onnx
from audit.formats.openvino import read_openvino
from audit.formats.packed import assembled
from audit.formats.safetensors import read_safetensors
from audit.formats.tables import STATE
from audit.formats.tensorflow import read_index
from audit.formats.tensors import BYTES, Stored, TensorHeader, WeightFile
from audit.formats.tflite import read_tflite
from audit.formats.torch_files.archive import read_torch
from audit.inventory import Inventory, declared_parents, take_inventory
from audit.inventory.kinds import classify
from audit.inventory.model_card import parse_card
from audit.inventory.shard_index import check_index
from audit.licenses.declared.metadata import metadata_fields
from audit.licenses.declared.prose import prose_claims
from audit.licenses.declared.reuse import map_claims
from audit.licenses.evidence import license_evidence
from audit.licenses.git_objects import LAPSES, Repository, tree_entries
from audit.licenses.legal_text import read_text
from audit.licenses.release_files import is_release_license
from audit.obligations.engine import obligation_evidence
from audit.provenance.mentions import datasets, teachers
from audit.provenance.release import Release
from audit.provenance.told import told
from audit.record.code import NO_EVIDENCE, NotCompared
from audit.record.document import record_from_bytes, to_bytes
from audit.record.findings import Severity
from audit.record.licenses import LicenseEvidence, Unscanned
from audit.rules.policies import Policy
from audit.rules.policies import policy as read_policy
from audit.rules.waivers import waiver_file
from audit.signing.attestation import bundle, dsse, model_signature, slot, statement
from audit.signing.attestation.response import check_response
from audit.signing.pdf.pdf_seal import check_pdf
from audit.signing.unsound import UnsoundError
from audit.sources.folder import Folder
from audit.text.strict_json import parse_object
from audit.text.strict_toml import parse_toml
from audit.unreadable import NotReadableError
from audit.weights.model.vocabulary import all_token_ids
from tests.memory_source import Memory

REFUSALS = (NotReadableError, UnsoundError, UsageError, RulesError)
"""What a parser may raise: a reason, and nothing else."""


class RefusedError(Exception):
    """A parser that gives its reason as a value gave one."""


def inventory_of(files: dict[str, bytes]) -> Inventory:
    return take_inventory(Memory("model", files))


def weights(read: Callable[..., object]) -> Callable[[bytes], object]:
    def parse(data: bytes) -> object:
        source = Memory("model", {"w": data})
        with source.opened(source.listing().entries[0]) as access:
            beside = ("w.data", "w.bin", "w.data-00000-of-00001")
            found = read("w", access, {"w": len(data), **dict.fromkeys(beside, 1 << 20)})
            assert isinstance(found, WeightFile)
            return sound(found, {"w": len(data)})

    return parse


def sound(file: WeightFile, sizes: dict[str, int]) -> WeightFile:
    """Whatever a file says, what is taken from it can be written down, counted and read."""
    names = [header.name for header in file.tensors]
    assert len(set(names)) == len(names), "two tensors of one name"
    for header in file.tensors:
        assert header.name.encode() is not None
        assert all(type(size) is int and size >= 0 for size in header.shape), header.shape
        stored = header.stored
        if isinstance(stored, Stored) and stored.file in sizes and stored.inline is None:
            assert 0 <= stored.offset <= stored.offset + stored.nbytes <= sizes[stored.file]
    return file


def quantised(data: bytes) -> object:
    """Take ``data`` for the text beside 64 codes of bitsandbytes."""
    sizes = {"w": ("U8", (32, 1)), "w.absmax": ("F32", (1,)), f"w{STATE}nf4": ("U8", (len(data),))}
    headers = tuple(
        TensorHeader(
            name=name,
            file="w",
            dtype=dtype,
            shape=shape,
            stored=Stored(
                file="w",
                offset=0,
                nbytes=prod(shape) * BYTES[dtype],
                dtype=dtype,
                shape=shape,
                inline=data,
            ),
        )
        for name, (dtype, shape) in sizes.items()
    )
    found = assembled(headers, {})
    if not any(header.tabled for header in found):
        raise RefusedError("its codes are not put together")
    return found


def tokens(data: bytes) -> object:
    source = Memory("model", {"w": data})
    with source.opened(source.listing().entries[0]) as access:
        return gguf_tokens(access)


def in_folder(name: str) -> Callable[[bytes], object]:
    """What the first stage says of a file of that name."""

    def parse(data: bytes) -> object:
        found = inventory_of({name: data})
        reasons = [item.reason for item in found.unread if item.path == name]
        if reasons:
            raise RefusedError(reasons[0])
        return found

    return parse


def metadata(name: str) -> Callable[[bytes], object]:
    return lambda data: [
        field.value.encode() for field in metadata_fields(name, data.decode("latin-1"))
    ]


def maps(path: str) -> Callable[[bytes], object]:
    return lambda data: list(map_claims(path, data.decode("latin-1")))


def text_of(name: str) -> Callable[[bytes], object]:
    def parse(data: bytes) -> object:
        found = inventory_of({name: data})
        read = read_text(found, found.artifacts[0])
        if isinstance(read, Unscanned):
            raise RefusedError(read.reason)
        return None if read is None else read.text.encode()

    return parse


def code(data: bytes) -> object:
    found = inventory_of({"a.py": data})
    if not python_files(found):
        return None
    read = read_artifact(found, found.artifacts[0])
    if isinstance(read, NotCompared):
        raise RefusedError(read.reason)
    return read.header.encode()


def vocabulary(name: str) -> Callable[[bytes], object]:
    def parse(data: bytes) -> object:
        found = all_token_ids(inventory_of({"vocab.json": b'{"a": 0}', name: data}), ".")
        return None if found is None else [token.encode() for token in found]

    return parse


def card(data: bytes) -> object:
    found = parse_card("README.md", data)
    declared_parents.of_card(found)
    return (found.metadata + found.prose).encode()


def readme(data: bytes) -> object:
    """What a README says of licences, of bases, of teachers and of what is given out."""
    found = inventory_of({"README.md": data})
    said = prose_claims(found.card) if found.card is not None else ()
    licenses = LicenseEvidence(claims=said, copyrights=(), scanned=0, unscanned=(), scanner="none")
    release = Release(inventory=found, licenses=licenses, code=NO_EVIDENCE)
    return [
        *told(release),
        *teachers(release),
        *datasets(release),
        release.gives_out,
        release.names,
    ]


PAPERS = ("README.md", "README_ZH.md", "LICENSE", "LICENSE-MODEL", "NOTICE", "a.py", "setup.py")


def papers(data: bytes) -> object:
    """The same text in every role, through all that is said of licences, without the scanner."""
    found = inventory_of(dict.fromkeys(PAPERS, data))
    with mock.patch("audit.licenses.detected.scan.scancode_version", return_value=None):
        licenses = license_evidence(found)
    subject = Case(
        subject=found,
        licenses=licenses,
        references=(),
        missing_parents=(),
        obligations=obligation_evidence(found, licenses, ()),
    )
    said = evaluate(subject, Policy(name="test", description="", fail_on=Severity.HIGH))
    return [str(finding.message).encode() for finding in said]


def index(data: bytes) -> object:
    return check_index("m.safetensors.index.json", parse_object(data), (), frozenset())


@contextmanager
def written(name: str, data: bytes) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        yield path


def waivers(data: bytes) -> object:
    with written("waivers.toml", data) as path:
        return waiver_file(path)


def policy(data: bytes) -> Policy:
    with written("policy.toml", data) as path:
        return read_policy(str(path))


def git(name: str, ask: Callable[[Repository], object]) -> Callable[[bytes], object]:
    """A file of ``.git`` beside a HEAD, and one question to the history."""

    def parse(data: bytes) -> object:
        with written(f".git/{name}", data) as path:
            root = next(p for p in path.parents if p.name == ".git").parent
            (root / ".git" / "HEAD").touch()
            if name.endswith(".idx"):
                path.with_suffix(".pack").write_bytes(b"PACK\0\0\0\2" + data)
            with Repository(Folder(root.resolve(), "model")) as repository:
                try:
                    return ask(repository)
                except LAPSES as error:
                    raise RefusedError(str(error)) from error

    return parse


def head(data: bytes) -> object:
    with written(".git/HEAD", data) as path:
        found = take_inventory(Folder(path.parent.parent.resolve(), "model")).revision
        assert found is None or len(found.commit) == 40
        return found


def tree(data: bytes) -> object:
    try:
        return [is_release_license(name, frozenset({"."})) for name, _ in tree_entries(data)]
    except LAPSES as error:
        raise RefusedError(str(error)) from error


def record(data: bytes) -> object:
    return to_bytes(record_from_bytes(data, where="record.json"))


NAME = "ab" * 20
PARSERS: dict[str, Callable[[bytes], object]] = {
    "safetensors": weights(read_safetensors),
    "gguf": weights(read_gguf),
    "gguf tokens": tokens,
    "quantisation state": quantised,
    "onnx": weights(read_onnx),
    "torch": weights(read_torch),
    "npy": weights(read_npy),
    "npz": weights(read_npz),
    "hdf5": weights(read_hdf5),
    "keras": weights(read_keras),
    "tflite": weights(read_tflite),
    "flax": weights(read_flax),
    "tensorflow": weights(read_index),
    "openvino": weights(read_openvino),
    "config.json": in_folder("config.json"),
    "adapter_config.json": in_folder("adapter_config.json"),
    "index": index,
    "json": parse_object,
    "toml": parse_toml,
    "card": card,
    "README": readme,
    "papers": papers,
    "pyproject.toml": metadata("pyproject.toml"),
    "setup.cfg": metadata("setup.cfg"),
    "setup.py": metadata("setup.py"),
    "PKG-INFO": metadata("PKG-INFO"),
    "REUSE.toml": maps("REUSE.toml"),
    "dep5": maps(".reuse/dep5"),
    "notebook": text_of("a.ipynb"),
    "licence": text_of("LICENSE"),
    "code": code,
    "tokenizer.json": vocabulary("tokenizer.json"),
    "tokenizer_config.json": vocabulary("tokenizer_config.json"),
    "added_tokens.json": vocabulary("added_tokens.json"),
    "vocab.txt": vocabulary("vocab.txt"),
    "git object": git(f"objects/{NAME[:2]}/{NAME[2:]}", lambda r: r.get(NAME)),
    "git pack": git("objects/pack/x.idx", lambda r: r.get(NAME)),
    "git refs": git("packed-refs", lambda r: r.tags()),
    "git HEAD": head,
    "git tree": tree,
    "first bytes": lambda data: classify("a.dat", data[:1024]),
    "policy": policy,
    "waivers": waivers,
    "record": record,
    "envelope": dsse.parse,
    "statement": statement.parse_statement,
    "bundle": bundle.open_bundle,
    "own bundle": bundle.envelope_of,
    "response": lambda data: check_response(data, {}),
    "model.sig": model_signature.parse,
    "page": slot.content,
    "pdf": check_pdf,
}


def answer(parser: str, data: bytes) -> str | None:
    """Return why a parser refuses the bytes; ``None`` if it reads them.

    Anything that it raises beside its typed refusals is a fault of ours and fails the test.
    """
    try:
        PARSERS[parser](data)
    except (RefusedError, *REFUSALS) as error:
        reason = str(error)
        assert reason, "a refusal without a reason"
        assert "\n" not in reason, "a reason of several lines"
        assert reason.encode(), "a reason that cannot be written"
        return reason
    return None
