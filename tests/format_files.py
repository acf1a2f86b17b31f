# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Small files of TensorFlow Lite, Flax, TensorFlow and OpenVINO, encoded by hand; two of HDF5.

None of the libraries that write these formats is a dependency. The HDF5 files were written once
with h5py 3.16: ``kernel`` is 0, 1/8, ... 47/8 in six rows, ``bias`` is 0 ... 7.
"""

import base64
import struct
import zlib
from collections.abc import Mapping

import numpy as np

from tests.onnx_files import Array, integer, message, varint

KERNEL = np.arange(48, dtype=np.float32).reshape(6, 8) / 8
BIAS = np.arange(8, dtype=np.float32)
_PLAIN = (
    r"c-rllKTiTN7{=Sf(*q@f3=$U^85xO#o(Y(nl&AxnV7!PC(TIsS$>4yA1A~KugM)*EgM)*E1EZrKfzgp~pigNl^"
    r"!zW0n%Fn_rM&H%EA*Z|T<_3H%>)Bu0m8zvNFNE2?syc@jHtOB&xw|bwkFyOL-y15SXA_f#r3^)i}UF;tA6x^oT"
    r"q8>)*?FoV>s#Q3~RF@mwLK0)Vht$6}Pyw>#nU9cFJA4w7)qoB|b&JA)()DMAiRC`hD<g{c8Po^ebJqW~y~7ZmH"
    r"~c>DK9S-i6t@6mwvyyO>Y)Ye(b-Q{SWaec<)~vCII^xBQ>;fmTrafcAlxK2Z1ntPjKoR3Gr_SjX3VAUnwOO7L?"
    r"&;DodfXdmeKKuokJLA7q(-7dMsiG<9T*YahS$$gvb(FYQPst<T|tm7>oF!`EMna6o+@Q!|>?r(4IgM+ZjaBLiB"
    r"Zmxh)i;V7zaTAqn+%WhBE#WvmS`YJzhUXhqesw*#u8e12%#6HWFV`VCthMw?OyYzI8h}he8^8uRPz7~x2ChH@+"
    r"=C`)P4T0y1wtSSVjvC@APH>XfDFij94LS-PytnN0BYa})WI=00jJ;$oP!H+39i63xB<8J%YDHWK`B-4d++-o7g"
    r"3#)c-}z$rKpPgVvF@<YuEryTRuN{&tXI2jRnOg_M40OJ$HMll;3d6?fwX5Ytva*N>m@0&yP=1>$ax"
)
_CHUNKED = (
    r"c-rgqaB<`1lHy_j0S*oZ76t(ZWbhvfcF3agVe$!3nh{EOK<O1sFmXn(oCH){5NbZUx{x4OSCH!eXaHu<16Byl!"
    r"7vI&BJgl^3;@v)P(Ca@onS&$mz$rGniF51nwg$aQjC-?9muqok%1W{{R%+SZ-gvr`X`irUvQ45-_i7oNWZXBwu"
    r"2Q_T}o<RaVk=}^`Ow+U_XBsPzel6cM8m?<+TTtpTRmBNBGMD?DbdxJA_}rNnAPbfp@eV7%c}d%Yg};^eqQ8*ip"
    r"*?^mIH5NGk^-xFP%sUgF9D4}sBgV6+@SlmiM-dIm45y6n`Vywn^k0~kLkGqD)NgXLQb3d;clZq#xBJspn%T;%{"
    r"8B+M9Ld<_WA1QB3kK+WIid}d$?0#YfcAP?+wLsEb^2ZMM$RGt;65+u*W3^9<KApp#0gtph1!19a?#Tlh(X*sD-"
    r"GZ?@z3ldLBP0L9vL5MR$%PFARlH`okB4Z<%dmtqlGZXU!L5L6w)R`=(DU+CV#RM-GHDvIshlPU$|7co52B3Na6"
    r"prZi2BCa@LK+(G42Vd?3ee((1uZ^UMx$U9jDk@x3P!;w7zLwXNPvpC<b(wxCNc>D1s)kQHY6Nw<mR_CDB$qW$d"
    r"HJzs9<qXNf8M#xN-C5O=U)Q69$IWF~a)G^bS7+>*F!mQu4)ThEejlCROcgIX5;X^Y7ZjEafnrouS)~_u(y%PZt"
    r"=0JrdOZ4y2{e$jFG&ek8en!vyKy!22PL7P8p;9UX%()En#>z*9>OK->Vt3xN0l5I=B$jSHcVuk%1>q8NcJke_o"
    r"BD^rW&^AdAYi^1Z;jG(YVgexNhYX2NIE(id9%hm4"
)


def hdf5(*, chunked: bool = False) -> bytes:
    """Both arrays; ``chunked``: the matrix in chunks of 4 by 8, shuffled, deflated, summed."""
    return zlib.decompress(base64.b85decode(_CHUNKED if chunked else _PLAIN))


class Flat:
    """Writes a FlatBuffer from its root on, so that every offset points forward."""

    def __init__(self) -> None:
        self.data = bytearray(b"\0\0\0\0TFL3")

    def point(self, slot: int) -> None:
        self.data[slot : slot + 4] = struct.pack("<I", len(self.data) - slot)

    def table(self, slot: int, *fields: int) -> dict[int, int]:
        """Write a table that ``slot`` points to; return where each field, of 8 bytes, lies."""
        count = max(fields, default=-1) + 1
        offsets = [4 + 8 * fields.index(n) if n in fields else 0 for n in range(count)]
        vtable = struct.pack(f"<HH{count}H", 4 + 2 * count, 4 + 8 * len(fields), *offsets)
        start = len(self.data)
        self.data += vtable
        self.point(slot)
        here = len(self.data)
        self.data += struct.pack("<i", here - start) + bytes(8 * len(fields))
        return {n: here + 4 + 8 * i for i, n in enumerate(fields)}

    def number(self, slot: int, value: int, code: str = "<I") -> None:
        struct.pack_into(code, self.data, slot, value)

    def vector(self, slot: int, items: bytes, count: int) -> int:
        """Write a vector; return where its items begin."""
        self.point(slot)
        self.data += struct.pack("<I", count) + items
        return len(self.data) - len(items)

    def tables(self, slot: int, count: int) -> list[int]:
        start = self.vector(slot, bytes(4 * count), count)
        return [start + 4 * i for i in range(count)]


def tflite(
    tensors: Mapping[str, Array], scales: Mapping[str, tuple[list[float], list[int], int]]
) -> bytes:
    """One graph of constants; ``scales``: scale, zero and axis of codes, by name."""
    codes = {"float32": 0, "int32": 2, "int8": 9}
    flat = Flat()
    model = flat.table(0, 2, 4)
    (graph,) = flat.tables(model[2], 1)
    slots = flat.tables(flat.table(graph, 0)[0], len(tensors))
    for place, ((name, value), slot) in enumerate(zip(tensors.items(), slots, strict=True)):
        fields = flat.table(slot, 0, 1, 2, 3, *([4] if name in scales else []))
        flat.number(fields[1], codes[value.dtype.name], "<b")
        flat.number(fields[2], place + 1)
        flat.vector(fields[0], np.array(value.shape, "<i4").tobytes(), value.ndim)
        flat.vector(fields[3], name.encode(), len(name))
        if name in scales:
            scale, zero, axis = scales[name]
            quantised = flat.table(fields[4], 2, 3, 6)
            flat.number(quantised[6], axis)
            flat.vector(quantised[2], np.array(scale, "<f4").tobytes(), len(scale))
            flat.vector(quantised[3], np.array(zero, "<i8").tobytes(), len(zero))
    first, *buffers = flat.tables(model[4], len(tensors) + 1)
    flat.table(first)
    for slot, value in zip(buffers, tensors.values(), strict=True):
        flat.vector(flat.table(slot, 0)[0], value.tobytes(), value.nbytes)
    return bytes(flat.data)


def packed(value: object) -> bytes:
    """A MessagePack value of what Flax writes."""
    if isinstance(value, Mapping):
        return bytes([0x80 + len(value)]) + b"".join(
            packed(k) + packed(v) for k, v in value.items()
        )
    if isinstance(value, tuple):
        return bytes([0x90 + len(value)]) + b"".join(map(packed, value))
    if isinstance(value, str):
        return b"\xd9" + bytes([len(value)]) + value.encode()
    if isinstance(value, int):
        return b"\xcd" + struct.pack(">H", value)
    if isinstance(value, bytes):
        return b"\xc6" + struct.pack(">I", len(value)) + value
    assert isinstance(value, np.ndarray)
    inner = packed((tuple(value.shape), value.dtype.name, value.tobytes()))
    return b"\xc9" + struct.pack(">Ib", len(inner), 1) + inner


def _block(entries: Mapping[bytes, bytes]) -> bytes:
    held, last = b"", b""
    for name, value in entries.items():
        shared = 0
        while shared < min(len(last), len(name)) and last[shared] == name[shared]:
            shared += 1
        held += varint(shared) + varint(len(name) - shared) + varint(len(value))
        held += name[shared:] + value
        last = name
    return held + struct.pack("<II", 0, 1)


def tensorflow(tensors: Mapping[str, Array]) -> tuple[bytes, bytes]:
    """The index of a checkpoint, and its one data file."""
    codes = {"float32": 1, "int64": 9}
    entries = {b"": integer(1, 1) + message(3, integer(1, 1))}
    values = b""
    for name in sorted(tensors):
        value = tensors[name]
        shape = b"".join(message(2, integer(1, n)) for n in value.shape)
        entries[f"{name}/.ATTRIBUTES/VARIABLE_VALUE".encode()] = (
            integer(1, codes[value.dtype.name])
            + message(2, shape)
            + integer(4, len(values))
            + integer(5, value.nbytes)
        )
        values += value.tobytes()
    body = _block(entries)
    top = _block({b"~": varint(0) + varint(len(body))})
    file = body + bytes(5) + top + bytes(5)
    handles = varint(0) + varint(0) + varint(len(body) + 5) + varint(len(top))
    return file + handles.ljust(40, b"\0") + (0xDB4775248B80FB57).to_bytes(8, "little"), values


def openvino(tensors: Mapping[str, Array]) -> tuple[bytes, bytes]:
    """The graph of a model, and its values."""
    codes = {"float32": "f32", "float16": "f16", "int64": "i64"}
    layers, values = "", b""
    for name, value in tensors.items():
        shape = ", ".join(map(str, value.shape))
        layers += (
            f'<layer id="0" name="{name}" type="Const" version="opset1"><data element_type='
            f'"{codes[value.dtype.name]}" shape="{shape}" offset="{len(values)}"'
            f' size="{value.nbytes}"/></layer>'
        )
        values += value.tobytes()
    head = '<?xml version="1.0"?><net name="m" version="11"><layers>'
    return f"{head}{layers}</layers></net>".encode(), values
