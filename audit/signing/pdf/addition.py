# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a signature adds to a PDF: looked at object by object, so that it adds nothing else.

A signature is appended to a PDF as a revision, and a revision may replace any object of the file,
a page's content among them, while the first bytes stay as they were. So beside those bytes, every
object must still be where it was, but for the few that every signature of ours touches, and of
those only the entries that it needs. pyHanko's own analysis of revisions is made for signatures
*after* the certification, knows no ``/Perms``, and takes 20 s for a report.
"""

import io
from typing import Any, Final

from pyhanko.pdf_utils.generic import DictionaryObject, IndirectObject, Reference, StreamObject
from pyhanko.pdf_utils.misc import PdfError as PyHankoError
from pyhanko.pdf_utils.reader import PdfFileReader

from audit.signing.pdf.pdf_seal import HOSTILE

_CATALOG: Final = {"/AcroForm", "/DSS", "/Extensions", "/Perms", "/Version"}
_FORM: Final = {"/Fields", "/SigFlags", "/DR"}
_NEW_FIELD: Final = {"/FT", "/T", "/Type", "/Subtype", "/F", "/Rect", "/P", "/V"}
_FILLED_FIELD: Final = {"/V", "/AP"}


def addition_problem(unsigned: bytes, signed: bytes) -> str | None:
    """Say what ``signed`` changes besides being signed; ``None`` if nothing.

    1. Both have the same catalogue, and every object of ``unsigned`` stands in ``signed`` where
       it stood, but for the catalogue, the page of the signature's field, that field, and the
       metadata, which hold the time and the program.
    2. The catalogue gained the form, the permissions, and the store of validation data only; the
       form has that one field.
    3. The page gained that field only. It has no surface unless ``unsigned`` had it already;
       then it gained its value and its appearance, which is not looked into.

    ``unsigned`` can be read, and ``signed`` begins with it; else that may be anything at all.
    """
    before = PdfFileReader(io.BytesIO(unsigned))
    try:
        changed = _changed(before, PdfFileReader(io.BytesIO(signed)))
    except (PyHankoError, *HOSTILE) as error:
        return f"it cannot be read to the end ({type(error).__name__})"
    return None if changed is None else f"its signature's revision changes {changed}"


def _changed(before: Any, after: Any) -> str | None:
    if before.root_ref != after.root_ref:
        return "the catalogue"
    form = after.root["/AcroForm"]
    if len(form["/Fields"]) != 1 or not set(form) <= _FORM:
        return "the form"
    field = form["/Fields"].raw_get(0).reference
    page = form["/Fields"][0].raw_get("/P").reference
    was, now = _annotations(before, page), _annotations(after, page)
    if now != (was if field in was else [*was, field]):
        return "the annotations of a page"
    known = before.xrefs.explicit_refs_in_revision(0)
    if field not in known and _has_surface(after.get_object(field)):
        return "what a page shows"
    allowed = {
        page: {"/Annots"},
        field: _FILLED_FIELD if field in known else _NEW_FIELD,
        before.root_ref: _CATALOG,
    }
    free = _free(before, page)
    for ref in sorted({*known, field} - free, key=lambda ref: ref.idnum):
        if ref in known and _place(before, ref) == _place(after, ref):
            continue
        old = before.get_object(ref) if ref in known else {}
        if not _entries(old, after.get_object(ref)) <= allowed.get(ref, set()):
            return f"object {ref.idnum}"
    return None


def _free(before: Any, page: Any) -> set[Any]:
    """Return what may be anything: metadata, and the list of annotations, which was compared."""
    values = (
        _raw(before.root, "/Metadata"),
        _raw(before.trailer, "/Info"),
        _raw(before.get_object(page), "/Annots"),
    )
    return {value.reference for value in values if isinstance(value, IndirectObject)}


def _has_surface(field: Any) -> bool:
    left, bottom, right, top = (float(number) for number in field["/Rect"])
    return left != right and bottom != top


def _annotations(reader: Any, page: Any) -> list[Any]:
    entries = reader.get_object(page)
    if "/Annots" not in entries:
        return []
    annotations = entries["/Annots"]
    return [annotations.raw_get(n).reference for n in range(len(annotations))]


def _place(reader: Any, ref: Any) -> Any:
    """Return where an object lies: an offset, or a place in a stream that lies at an offset."""
    place = reader.xrefs[ref]
    container = getattr(place, "obj_stream_id", None)
    return place if container is None else (place, _place(reader, Reference(container, 0)))


def _raw(entries: Any, key: str) -> Any:
    return entries.raw_get(key) if key in entries else None


def _entries(old: Any, new: Any) -> set[str]:
    """Return the keys whose values differ; a word that is none of them for what has no keys."""
    if isinstance(new, StreamObject) or not isinstance(new, DictionaryObject):
        return {"(content)"}
    return {key for key in {*old, *new} if _written(_raw(old, key)) != _written(_raw(new, key))}


def _written(value: Any) -> bytes | None:
    if value is None:
        return None
    stream = io.BytesIO()
    value.write_to_stream(stream, None)
    return stream.getvalue()
