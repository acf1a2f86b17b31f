# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Rows of the table for the formats of weights beside safetensors, GGUF and ONNX.

Pickles are written opcode by opcode: what makes them hostile no library would write.
"""

import io
import pickle  # noqa: TID251 - names of opcodes; nothing is unpickled
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator

import numpy as np
import torch

from tests import format_files
from tests.hostile.case import Case, fixed

ARRAYS = {"a": format_files.KERNEL, "b": format_files.BIAS}
READ, REFUSED = None, "."
"""What is expected where the words of the reason do not matter."""
LISTED = READ
"""Read, and listed without values: what stands there has none."""


def weight_cases() -> Iterator[Case]:
    yield from _pickles()
    yield from _archives()
    yield from _legacy()
    yield from _npy()
    yield from _flax()
    yield from _tflite()
    yield from _tensorflow()
    yield from _openvino()
    yield from _hdf5()
    yield from _tokens()


# PyTorch: what the pickle says


def archive(
    pickled: bytes, values: bytes = bytes(64), name: str = "m/data.pkl", more: tuple[str, ...] = ()
) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for other in (name, *more):
            file.writestr(other, pickled)
        file.writestr("m/data/0", values)
    return out.getvalue()


def text(value: str) -> bytes:
    data = value.encode()
    return pickle.BINUNICODE + struct.pack("<I", len(data)) + data


def number(value: int) -> bytes:
    return pickle.BININT + struct.pack("<i", value)


def numbers(*values: int) -> bytes:
    return pickle.MARK + b"".join(map(number, values)) + pickle.TUPLE


def called(name: str, *given: bytes) -> bytes:
    module, _, attribute = name.rpartition(".")
    head = pickle.GLOBAL + f"{module}\n{attribute}\n".encode()
    return head + pickle.MARK + b"".join(given) + pickle.TUPLE + pickle.REDUCE


def storage(key: str = "0", count: int = 16, kind: str = "FloatStorage") -> bytes:
    held = pickle.GLOBAL + f"torch\n{kind}\n".encode()
    items = text("storage") + held + text(key) + text("cpu") + number(count)
    return pickle.MARK + items + pickle.TUPLE + pickle.BINPERSID


def tensor(
    held: bytes | None = None,
    at: int = 0,
    shape: tuple[int, ...] = (16,),
    stride: tuple[int, ...] = (1,),
) -> bytes:
    place = storage() if held is None else held
    hooks = called("collections.OrderedDict")
    given = (place, number(at), numbers(*shape), numbers(*stride), pickle.NEWFALSE, hooks)
    return called("torch._utils._rebuild_tensor_v2", *given)


def program(*parts: bytes) -> bytes:
    return pickle.PROTO + b"\2" + b"".join(parts) + pickle.STOP


def state(value: bytes, name: str = "w") -> bytes:
    return program(pickle.EMPTY_DICT + pickle.MARK + text(name) + value + pickle.SETITEMS)


def _pickles() -> Iterator[Case]:
    def case(name: str, pickled: bytes, reason: str | None) -> Case:
        return Case("torch", name, lambda: archive(pickled), reason)

    yield case("one tensor", state(tensor()), READ)
    for function in (
        "os.system",
        "posix.system",
        "builtins.eval",
        "builtins.exec",
        "subprocess.Popen",
        "builtins.__import__",
        "runpy.run_path",
        "torch.hub.load",
        "webbrowser.open",
        "pip.main",
    ):
        yield case(f"calls {function}", state(called(function, text("touch canary"))), "calls")
        yield case(
            f"calls {function} and drops it",
            program(called(function, text("touch canary")), pickle.POP, b"}"),
            "calls",
        )
    yield case(
        "calls what a call gave",
        state(called("builtins.getattr", text("a")) + pickle.EMPTY_TUPLE + pickle.REDUCE),
        "calls",
    )
    yield case(
        "builds a state into a call",
        state(tensor() + pickle.EMPTY_DICT + pickle.BUILD),
        "changes what it made|damaged",
    )
    yield case(
        "an old instance",
        program(pickle.MARK + text("touch canary") + pickle.INST + b"os\nsystem\n"),
        "INST|calls|holds",
    )
    yield case(
        "an old object",
        program(pickle.MARK + pickle.GLOBAL + b"os\nsystem\n" + text("x") + pickle.OBJ),
        "OBJ|calls|holds",
    )
    yield case(
        "a name from the stack",
        program(
            text("os")
            + text("system")
            + pickle.STACK_GLOBAL
            + text("x")
            + pickle.TUPLE1
            + pickle.REDUCE
        ),
        "calls",
    )
    yield case("a name of a number", program(number(1) + number(2) + pickle.STACK_GLOBAL), REFUSED)
    yield case("an extension", program(pickle.EXT1 + b"\1"), REFUSED)
    yield case("a buffer from outside", program(pickle.NEXT_BUFFER), REFUSED)
    yield case("protocol 255", b"\x80\xff" + state(tensor())[2:], READ)
    yield case(
        "a frame that lies",
        pickle.PROTO + b"\4" + pickle.FRAME + struct.pack("<Q", 1 << 62) + state(tensor())[2:],
        READ,
    )
    yield case("no end", state(tensor())[:-1], "damaged")
    yield case("nothing", b"", "damaged")
    yield case("only an end", pickle.STOP, "damaged")
    for opcode in (
        "REDUCE",
        "BUILD",
        "SETITEM",
        "SETITEMS",
        "APPEND",
        "APPENDS",
        "TUPLE",
        "TUPLE3",
        "BINPERSID",
        "POP",
        "DUP",
        "NEWOBJ",
        "NEWOBJ_EX",
    ):
        yield case(
            f"{opcode} of nothing", program(getattr(pickle, opcode)), "damaged|no weights need"
        )
    yield case("what was never kept", program(pickle.BINGET + b"\7"), "damaged")
    yield case(
        "a far memory", program(pickle.EMPTY_DICT + pickle.LONG_BINPUT + b"\xff\xff\xff\xff"), READ
    )
    yield case(
        "a list of itself",
        program(pickle.EMPTY_LIST + pickle.BINPUT + b"\0" + pickle.BINGET + b"\0" + pickle.APPEND),
        READ,
    )
    yield case(
        "a dictionary of itself",
        program(
            pickle.EMPTY_DICT
            + pickle.BINPUT
            + b"\0"
            + text("a")
            + pickle.BINGET
            + b"\0"
            + pickle.SETITEM
        ),
        READ,
    )
    yield case("lists in lists", program(b"".join([pickle.EMPTY_LIST] * 50_000)), READ)
    nested = pickle.EMPTY_DICT * 5000 + (text("a")[:0] + pickle.POP) * 4999
    yield case("many dropped", program(nested), "no weights need")
    doubled = pickle.EMPTY_LIST + (pickle.DUP + pickle.TUPLE2[:0] + pickle.DUP + pickle.TUPLE3) * 60
    yield case("tuples that double", program(doubled), REFUSED)
    yield case(
        "a long of 2^31 bytes",
        program(pickle.LONG4 + struct.pack("<i", (1 << 31) - 1) + b"\1"),
        "damaged",
    )
    yield case("a long below zero", program(pickle.LONG4 + struct.pack("<i", -1)), "damaged")
    yield case("digits without end", program(pickle.INT + b"9" * 6000 + b"\n"), "damaged")
    yield case("a text of 2^32", program(pickle.BINUNICODE + b"\xff\xff\xff\xff" + b"a"), "damaged")
    yield case(
        "a text that is not UTF-8",
        program(pickle.BINUNICODE + struct.pack("<I", 2) + b"\xff\xfe"),
        "damaged",
    )
    yield case(
        "half a surrogate pair",
        state(tensor(), "x").replace(
            text("x"), pickle.BINUNICODE + struct.pack("<I", 3) + b"\xed\xa0\x80"
        ),
        READ,
    )
    yield case(
        "an unhashable key",
        program(pickle.EMPTY_DICT + pickle.EMPTY_LIST + number(1) + pickle.SETITEM),
        REFUSED,
    )
    yield case("an unknown opcode", program(b"\xff"), "damaged")
    yield case("Python 2's texts", program(pickle.STRING + b"'a\\xzz'\n"), REFUSED)
    yield from _tensors(case)
    yield from _endless(case)


def _endless(case: Callable[[str, bytes, str | None], Case]) -> Iterator[Case]:
    """What is small in the file and without end when it is written out, hashed or walked."""
    doubled = pickle.EMPTY_TUPLE + pickle.BINPUT + b"\0"
    for number_ in range(60):
        again = pickle.BINGET + bytes([number_])
        doubled += again + again + pickle.TUPLE2 + pickle.BINPUT + bytes([number_ + 1])
    yield case("a value that doubles", program(doubled), READ)
    yield case("a name that doubles", program(doubled + text("a") + pickle.STACK_GLOBAL), "damaged")
    yield case(
        "a key that doubles",
        program(pickle.EMPTY_DICT + doubled + number(1) + pickle.SETITEM),
        "damaged",
    )
    yield case(
        "keys that double",
        program(pickle.EMPTY_DICT + pickle.MARK + doubled + number(1) + pickle.SETITEMS),
        "damaged",
    )
    yield case(
        "a mapping of keys that double",
        program(pickle.MARK + doubled + number(1) + pickle.DICT),
        "damaged",
    )
    pairs = pickle.EMPTY_LIST + doubled + number(1) + pickle.TUPLE2 + pickle.APPEND
    yield case(
        "pairs of keys that double", program(called("collections.OrderedDict", pairs)), "damaged"
    )
    held = pickle.MARK + text("storage") + pickle.GLOBAL + b"torch\nFloatStorage\n"
    yield case(
        "a storage that doubles",
        program(held + doubled + text("cpu") + number(16) + pickle.TUPLE + pickle.BINPERSID),
        "damaged",
    )
    other = pickle.MARK + doubled + number(1) + number(2) + pickle.TUPLE + pickle.BINPERSID
    yield case("a kind that doubles", program(other), "damaged")
    state_ = called("torch._utils._rebuild_tensor_v2", *[doubled] * 6)
    yield case("a tensor that doubles", program(state_), "something else")
    letters = text("a" * 100_000) + pickle.BINPUT + b"\0"
    copy = called("builtins.list", pickle.BINGET + b"\0") + pickle.BINPUT + b"\1"
    yield case(
        "a list of letters, a thousand times", program(letters, *[copy] * 1000), "larger than any"
    )
    digits = pickle.LONG4 + struct.pack("<i", 5000) + b"\1" * 5000
    yield case(
        "a key of 12,000 digits",
        program(pickle.EMPTY_DICT + digits + tensor() + pickle.SETITEM),
        "damaged",
    )
    for name in ("model", "", "a", "_modules"):
        deep = (pickle.EMPTY_DICT + text(name)) * 5000 + tensor() + pickle.SETITEM * 5000
        yield case(f"5,000 times in {name!r}", program(deep), "nested too deeply")
        few = (pickle.EMPTY_DICT + text(name)) * 200 + tensor() + pickle.SETITEM * 200
        yield case(f"200 times in {name!r}", program(few), READ)


def _tensors(case: Callable[[str, bytes, str | None], Case]) -> Iterator[Case]:
    yield case("values that are not there", state(tensor(storage("9"))), "are not there")
    yield case("values elsewhere", state(tensor(storage("../../../etc/passwd"))), "are not there")
    yield case(
        "more values than there are",
        state(tensor(storage(count=1 << 30), shape=(1 << 30,))),
        REFUSED,
    )
    yield case("a start behind the end", state(tensor(at=17)), REFUSED)
    yield case("a start below zero", state(tensor(at=-1)), REFUSED)
    yield case("a negative size", state(tensor(shape=(-16,))), REFUSED)
    yield case(
        "sizes that overflow", state(tensor(shape=(2**31 - 1,) * 3, stride=(1, 1, 1))), LISTED
    )
    yield case("one value a million times", state(tensor(shape=(10**6,), stride=(0,))), LISTED)
    yield case("a stride below zero", state(tensor(stride=(-1,))), LISTED)
    yield case("strides beyond", state(tensor(shape=(4, 4), stride=(4, 100))), LISTED)
    yield case("fewer strides than axes", state(tensor(shape=(4, 4), stride=(1,))), REFUSED)
    yield case("1,000 axes", state(tensor(shape=(1,) * 1000, stride=(1,) * 1000)), "damaged")
    yield case("no axes", state(tensor(shape=(), stride=())), READ)
    yield case("an unknown storage", state(tensor(storage(kind="QuantumStorage"))), REFUSED)
    yield case("a storage of texts", state(tensor(text("storage"))), REFUSED)
    words = tensor().replace(numbers(16), pickle.MARK + text("16") + pickle.TUPLE)
    yield case("a shape of texts", state(words), REFUSED)
    yield case("a tensor alone", program(tensor()), READ)
    yield case("a parameter of nothing", state(called("torch._utils._rebuild_parameter")), REFUSED)
    yield case(
        "two of one name",
        program(
            pickle.EMPTY_DICT
            + pickle.MARK
            + text("w")
            + tensor()
            + text("w")
            + tensor(shape=(8,))
            + pickle.SETITEMS
        ),
        READ,
    )
    for name in ("", "../../etc/passwd", "\u202e", "a\nb", "<script>", "a" * 100_000):
        yield case(f"a tensor called {name[:12]!r}", state(tensor(), name), READ)


def _archives() -> Iterator[Case]:
    good = archive(state(tensor()))

    def case(name: str, data: bytes | Callable[[], bytes], reason: str | None) -> Case:
        return Case("torch", name, data if callable(data) else fixed(data), reason)

    for eighth in range(1, 8):
        yield case(f"cut at {eighth} eighths", good[: len(good) * eighth // 8], REFUSED)
    yield case("two pickles", archive(state(tensor()), more=("n/data.pkl",)), "several")
    yield case("a pickle above", archive(state(tensor()), name="../data.pkl"), "are not there")
    at = good.rindex(b"PK\1\2")
    yield case("encrypted", good[: at + 8] + b"\1\0" + good[at + 10 :], REFUSED)
    yield case("an end without a list", b"PK\3\4" + b"PK\5\6" + bytes(18), REFUSED)
    end = good.rindex(b"PK\5\6")
    yield case("a list that lies", good[: end + 16] + b"\xff" * 4 + good[end + 20 :], REFUSED)
    yield case("65,535 members", good[: end + 8] + b"\xff" * 4 + good[end + 12 :], READ)

    def bomb() -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr("m/data.pkl", state(tensor()) + bytes(100 << 20))
            file.writestr("m/data/0", bytes(64))
        return out.getvalue()

    yield case("a pickle of 100 MB in 100 kB", bomb, REFUSED)

    def many() -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as file:
            file.writestr("m/data.pkl", state(tensor()))
            for index in range(60_000):
                file.writestr(f"m/data/{index}", b"")
        return out.getvalue()

    yield case("60,000 members", many, REFUSED)


def _legacy() -> Iterator[Case]:
    out = io.BytesIO()
    torch.save({"a": torch.arange(16.0)}, out, _use_new_zipfile_serialization=False)
    good = out.getvalue()

    def case(name: str, data: bytes, reason: str | None) -> Case:
        return Case("torch", f"before archives: {name}", fixed(data), reason)

    yield case("good", good, READ)
    for eighth in range(1, 8):
        yield case(f"cut at {eighth} eighths", good[: len(good) * eighth // 8], REFUSED)
    yield case(
        "values of another length", good[:-72] + struct.pack("<q", 1 << 40) + good[-64:], REFUSED
    )
    yield case("a pickle that calls", good[:15] + program(called("os.system", text("x"))), REFUSED)
    yield case("more behind it", good + b"x" * 100, READ)


# NumPy


def _npy() -> Iterator[Case]:
    def npy(header: bytes, version: bytes = b"\1\0", length: int | None = None) -> bytes:
        size = len(header) if length is None else length
        long = version[0] > 1
        return (
            b"\x93NUMPY" + version + struct.pack("<I" if long else "<H", size) + header + bytes(64)
        )

    def of(
        descr: str = "'<f4'", shape: str = "(16,)", order: str = "False", more: str = ""
    ) -> bytes:
        fields = f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, {more}}}\n"
        return npy(fields.encode())

    rows: tuple[tuple[str, bytes, str | None], ...] = (
        ("as written", of(), READ),
        ("no mark", b"\x93NUMPX" + of()[6:], REFUSED),
        ("version 0", npy(b"{}\n", b"\0\0"), REFUSED),
        ("version 9", npy(b"{}\n", b"\x09\0"), REFUSED),
        ("a header of 65,535", npy(b"{}\n", length=65_535), REFUSED),
        ("a header of 2^32", npy(b"{}\n", b"\2\0", (1 << 32) - 1), REFUSED),
        ("no fields", npy(b"{}\n"), REFUSED),
        ("a list", npy(b"[1]\n"), REFUSED),
        ("a field more", of(more="'x': 1"), REFUSED),
        ("code for a shape", of(shape="__import__('os').getpid()"), REFUSED),
        ("code for a type", of(descr="print(1)"), REFUSED),
        ("brackets without end", npy(b"(" * 60_000), REFUSED),
        ("a type of objects", of(descr="'|O'"), LISTED),
        ("a record", of(descr="[('a', '<f4')]"), LISTED),
        ("an unknown type", of(descr="'<z9'"), REFUSED),
        ("a type of 5,000 digits", of(descr="'<f" + "9" * 5000 + "'"), REFUSED),
        ("texts", of(descr="'<U4'", shape="(4,)"), LISTED),
        ("big-endian", of(descr="'>f4'"), READ),
        ("by columns", of(shape="(4, 4)", order="True"), READ),
        ("an order of 7", of(order="7"), REFUSED),
        ("a shape that is a number", of(shape="16"), REFUSED),
        ("a shape of texts", of(shape="('16',)"), REFUSED),
        ("a negative size", of(shape="(-1,)"), REFUSED),
        ("2^62 values", of(shape=f"({1 << 62},)"), REFUSED),
        ("sizes that overflow to nothing", of(shape=f"({1 << 32}, {1 << 32})"), REFUSED),
        ("5,000 digits", of(shape="(" + "9" * 5000 + ",)"), REFUSED),
        ("1,000 axes", of(shape="(" + "1," * 1000 + ")"), REFUSED),
        ("nothing in it", of(shape="(0,)"), READ),
        ("null bytes in the header", npy(b"{\0}\n"), REFUSED),
        ("not ASCII", npy("{'descr': 'é'}\n".encode("latin-1")), REFUSED),
    )
    for name, data, reason in rows:
        yield Case("npy", name, fixed(data), reason)


# Flax, which writes MessagePack


def _flax() -> Iterator[Case]:
    def array(shape: object = (2, 2), dtype: str = "float32", data: bytes = bytes(16)) -> bytes:
        inner = format_files.packed((shape, dtype, data))
        return b"\x81\xa1w\xc9" + struct.pack(">Ib", len(inner), 1) + inner

    def extension(kind: int, body: bytes) -> bytes:
        return b"\x81\xa1w\xc9" + struct.pack(">Ib", len(body), kind) + body

    rows: tuple[tuple[str, bytes, str | None], ...] = (
        ("one array", array(), READ),
        ("too few bytes", array(data=bytes(15)), REFUSED),
        ("too many bytes", array(data=bytes(17)), READ),
        ("a shape of texts", array(shape=("a",)), REFUSED),
        ("a shape that is a number", array(shape=3), REFUSED),
        ("sizes that overflow", array(shape=(65535,) * 8), REFUSED),
        ("an unknown type", array(dtype="float99"), LISTED),
        ("a type of objects", array(dtype="object"), LISTED),
        ("no type", array(dtype=""), LISTED),
        ("an empty extension", extension(1, b""), REFUSED),
        ("an extension cut short", array()[:-3], REFUSED),
        ("an extension of 2^32", b"\x81\xa1w\xc9\xff\xff\xff\xff\x01", REFUSED),
        ("an array that is a map", extension(1, b"\x80"), REFUSED),
        ("an array of two parts", extension(1, format_files.packed(((2,), "float32"))), REFUSED),
        ("a list of 2^32", b"\x81\xa1w\xdd\xff\xff\xff\xff", REFUSED),
        ("a text of 2^32", b"\x81\xdb\xff\xff\xff\xff\xa1", REFUSED),
        ("bytes of 2^32", b"\x81\xa1w\xc6\xff\xff\xff\xff", REFUSED),
        ("lists without end", b"\x81\xa1w" + b"\x91" * 50_000, "nested too deeply"),
        ("the byte that nobody uses", b"\xc1", REFUSED),
        ("a map of nothing", b"\x80", REFUSED),
        ("a number alone", b"\x07", REFUSED),
        ("a number as key", b"\x81\x01" + array()[3:], READ),
        ("a list as key", b"\x81\x90" + array()[3:], REFUSED),
        ("a map as key", b"\x81\x80\x01", REFUSED),
        ("a key that is not UTF-8", b"\x81\xa1\xff" + array()[3:], READ),
        ("half a surrogate pair", b"\x81\xa3\xed\xa0\x80" + array()[3:], READ),
        ("one key twice", b"\x82" + array()[1:] + array()[1:], REFUSED),
        ("more behind it", array() + b"\x01", REFUSED),
        ("a time", extension(-1, bytes(4)), REFUSED),
        ("a complex number", extension(2, b"\x92\x01\x02"), REFUSED),
    )
    for name, data, reason in rows:
        yield Case("flax", name, fixed(data), reason)


# TensorFlow Lite, TensorFlow, OpenVINO, HDF5


def _flipped(good: bytes, *, step: int, value: int) -> Iterator[tuple[int, bytes]]:
    for at in range(0, len(good), step):
        yield at, good[:at] + bytes([value]) + good[at + 1 :]


def _tflite() -> Iterator[Case]:
    good = format_files.tflite(ARRAYS, {})
    for sixteenth in (1, 2, 3, 5, 6, 7, 9):
        cut = good[: len(good) * sixteenth // 16]
        yield Case("tflite", f"cut at {sixteenth} sixteenths", fixed(cut), REFUSED)
    yield Case("tflite", "no mark", fixed(good[:4] + b"TFLX" + good[8:]), READ)
    yield Case("tflite", "a root beyond", fixed(b"\xff\xff\xff\x7f" + good[4:]), REFUSED)
    yield Case("tflite", "a root below zero", fixed(b"\xff\xff\xff\xff" + good[4:]), REFUSED)
    yield Case("tflite", "a root of itself", fixed(bytes(4) + good[4:]), READ)
    yield Case("tflite", "zeros", fixed(good[:8] + bytes(len(good) - 8)), READ)
    yield Case("tflite", "ones", fixed(good[:8] + b"\xff" * (len(good) - 8)), REFUSED)
    odd = format_files.tflite({"w": np.zeros((37, 41), np.float32)}, {})
    shape = np.array((37, 41), "<i4").tobytes()
    assert odd.count(shape) == 1
    for name, sizes in (("negative", (-37, 41)), ("huge", (2**31 - 1,) * 2), ("larger", (37, 42))):
        other = odd.replace(shape, np.array(sizes, "<i4").tobytes())
        yield Case("tflite", f"a {name} shape", fixed(other), REFUSED)


def _tensorflow() -> Iterator[Case]:
    good = format_files.tensorflow(ARRAYS)[0]
    for eighth in range(1, 8):
        cut = good[: len(good) * eighth // 8]
        yield Case("tensorflow", f"cut at {eighth} eighths", fixed(cut), REFUSED)
    foot = len(good) - 48
    for name, handle in (
        ("far", b"\xff\xff\xff\xff\x07\x01"),
        ("without end", b"\xff" * 40),
        ("of nothing", bytes(6)),
        ("of itself", b"\x00\x00\x00\x7f"),
    ):
        other = good[:foot] + handle.ljust(40, b"\0") + good[-8:]
        yield Case("tensorflow", f"a block {name}", fixed(other), REFUSED)
    yield Case("tensorflow", "zeros", fixed(bytes(foot) + good[foot:]), REFUSED)
    yield Case("tensorflow", "ones", fixed(b"\xff" * foot + good[foot:]), REFUSED)


def _openvino() -> Iterator[Case]:
    good = format_files.openvino(ARRAYS)[0].decode()
    changes: tuple[tuple[str, str, str], ...] = (
        ("an unknown type", '"f32"', '"f99"'),
        ("no type", 'element_type="f32"', ""),
        ("a shape of words", 'shape="8"', 'shape="eight"'),
        ("a negative shape", 'shape="8"', 'shape="-8"'),
        ("5,000 digits", 'shape="8"', f'shape="{"9" * 5000}"'),
        ("sizes that overflow", 'shape="8"', f'shape="{",".join(["4294967296"] * 4)}"'),
        ("no size", 'size="32"', ""),
        ("a size of others", 'size="32"', 'size="31"'),
        ("an offset below zero", 'offset="0"', 'offset="-4"'),
        ("an exponent", 'offset="0"', 'offset="1e3"'),
        ("other digits", 'offset="0"', 'offset="\u0663"'),
        ("one name twice", 'name="b"', 'name="a"'),
        ("an open element", "</net>", ""),
        ("another root", "net", "html"),
        ("a second root", "</net>", "</net><net/>"),
    )
    harmless = {"an unknown type", "no type", "one name twice", "another root"}
    for name, old, new in changes:
        assert old in good
        reason = LISTED if name in harmless else REFUSED
        yield Case("openvino", name, fixed(good.replace(old, new)), reason)
    for name, head in (
        ("an entity from a file", '<!DOCTYPE n [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
        ("a document type of elsewhere", '<!DOCTYPE n SYSTEM "x.dtd">'),
        ("an unknown encoding", '<?xml version="1.0" encoding="none-such"?>'),
        ("UTF-7", '<?xml version="1.0" encoding="utf-7"?>'),
    ):
        body = good.removeprefix('<?xml version="1.0"?>')
        yield Case("openvino", name, fixed(head + body), REFUSED)
    yield Case("openvino", "100,000 levels", lambda: b"<net>" * 100_000, REFUSED)
    many = " ".join(f'a{number}="1"' for number in range(100_000))
    yield Case("openvino", "100,000 attributes", fixed(f"<net {many}/>"), READ)
    yield Case("openvino", "no tensors", fixed('<net name="m"/>'), None)


def _hdf5() -> Iterator[Case]:
    good = format_files.hdf5()
    for eighth in (1, 3, 5, 6, 7):
        cut = good[: len(good) * eighth // 8]
        yield Case("hdf5", f"cut at {eighth} eighths", fixed(cut), REFUSED)
    yield Case("hdf5", "no mark", fixed(b"\x89HDX" + good[4:]), REFUSED)
    yield Case("hdf5", "version 255", fixed(good[:8] + b"\xff" + good[9:]), REFUSED)
    yield Case("hdf5", "zeros", fixed(good[:8] + bytes(len(good) - 8)), REFUSED)
    yield Case("hdf5", "ones", fixed(good[:8] + b"\xff" * (len(good) - 8)), REFUSED)
    yield Case("hdf5", "a mark alone", fixed(good[:8]), REFUSED)
    for name, held in (("nothing", b""), ("zeros", bytes(4096)), ("a mark alone", good[:8])):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as file:
            file.writestr("model.weights.h5", held)
        yield Case("keras", f"weights of {name}", fixed(out.getvalue()), REFUSED)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("model.weights.h5", good)
    yield Case("keras", "deflated", fixed(out.getvalue()), READ)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("other.h5", good)
    yield Case("keras", "no weights", fixed(out.getvalue()), REFUSED)


def _tokens() -> Iterator[Case]:
    def words(value: str) -> bytes:
        data = value.encode()
        return struct.pack("<Q", len(data)) + data

    head = b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + words("tokenizer.ggml.tokens")
    for name, body in (
        ("a number for a list", struct.pack("<II", 4, 7)),
        ("a list of numbers", struct.pack("<IIQ", 9, 4, 2) + bytes(8)),
        ("2^62 tokens", struct.pack("<IIQ", 9, 8, 1 << 62)),
        ("a token of 2^62", struct.pack("<IIQQ", 9, 8, 1, 1 << 62)),
        ("one token twice", struct.pack("<IIQ", 9, 8, 2) + words("a") * 2),
        ("a token that is not UTF-8", struct.pack("<IIQQ", 9, 8, 1, 1) + b"\xff"),
        ("half a surrogate pair", struct.pack("<IIQQ", 9, 8, 1, 3) + b"\xed\xa0\x80"),
        ("cut short", struct.pack("<IIQ", 9, 8, 2) + words("a")),
        ("no tokens", struct.pack("<IIQ", 9, 8, 0)),
    ):
        yield Case("gguf tokens", name, fixed(head + body + bytes(32)), None)
    for name, data in (
        ("null bytes", b"\0" * 4096),
        ("one token a million times", b"a\n" * 1_000_000),
        ("one long token", b"a" * 1_000_000),
        ("carriage returns", b"a\rb\r\nc"),
        ("UTF-16", "a\nb".encode("utf-16")),
        ("nothing", b""),
        ("deflated", zlib.compress(b"a\nb")),
    ):
        yield Case("vocab.txt", name, lambda d=data: d, None)
