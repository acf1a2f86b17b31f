# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Which files speak for the whole release, and which only for a part of it.

The LICENSE of a vendored library says nothing about the release, and an unpacked wheel
keeps its own two folders down. Judged by path alone, so the same tree always reads the same.
"""

import re
from pathlib import PurePosixPath

from audit.inventory import Inventory
from audit.licenses.declared.names import key, known_names
from audit.record.files import Kind

_LICENSE_NAME = re.compile(
    r"((model|weights?|code|data(set)?|docs?)[ _-])?(un)?licen[sc]e|copying", re.I
)
_NAMED = re.compile(r"(?P<name>[\w.+-]{1,30})[ _-](?:un)?licen[sc]e(?:\.(?:txt|md|rst))?", re.I)
"""``MIT-LICENSE.txt``: the licence stands before the word."""
_AGREEMENT = re.compile(r"[\w.+ -]{1,60}[ _-]licen[sc]e[ _-]agreement(?:\.(?:txt|md|rst))?", re.I)
"""``Heron LICENSE AGREEMENT``: terms of the publisher's own."""
_SCOPED_NAME = re.compile(
    r"(?:(?P<before>model|weights?|code|data(?:set)?|docs?)[ _-])?(?:un)?licen[sc]es?"
    r"(?:[ ._-](?P<after>model|weights?|code|data(?:set)?|docs?))?(?:\.\w+)?",
    re.I,
)
_SCOPES = {"model": "weights", "weight": "weights", "dataset": "data", "doc": "docs"}
_LANGUAGE = re.compile(
    r"(?P<name>.+?)[._-](?:zh|cn|zh[_-](?:cn|hans|hant|tw)|chinese|ja|jp|ko|kr|de|fr|es|ru|pt)"
    r"(?P<end>\.(?:md|txt|rst))?",
    re.I,
)
_OF_A_PART = re.compile(
    r"licen[sc]e[_-](?!v?\d|agreement|terms|note)(?P<of>[a-z][\w-]{2,40})(?:\.(?:md|txt|rst))?",
    re.I,
)
_PLAIN = ("LICENSE", "LICENSE.md", "LICENSE.txt", "License", "license", "LICENCE", "COPYING")
_NOT_THE_RELEASE = re.compile(r"third|3rd|vendor|bundled|dependenc|notice|polic", re.I)
_METADATA_FOLDER = re.compile(r"\.(dist|egg)-info$", re.I)


def own_folders(inventory: Inventory) -> frozenset[str]:
    """Return the folders whose papers are the release's: the root, the model's, the wheel's."""
    named = {PurePosixPath(inventory.card.path).parent} if inventory.card is not None else set()
    weights = [Kind.WEIGHTS, Kind.WEIGHTS_INDEX, Kind.ADAPTER_CONFIG]
    if not any(_LICENSE_NAME.match(a.path) for a in inventory.of_kind(Kind.LEGAL)):
        weights.append(Kind.CONFIG)  # alone, beside a LICENSE of the whole, it is a component's
    shallow = [PurePosixPath(a.path).parent for a in inventory.of_kind(*weights)]
    if shallow:
        named.add(min(shallow, key=lambda folder: (len(folder.parts), folder.as_posix())))
    top = {PurePosixPath(a.path).parts[0] for a in inventory.artifacts if "/" in a.path}
    wheels = {PurePosixPath(name) for name in top if _METADATA_FOLDER.search(name)}
    return frozenset(f.as_posix() for f in {PurePosixPath("."), *named, *wheels})


def is_release_license(path: str, own: frozenset[str]) -> bool:
    """Whether ``path`` is the licence file of the release itself.

    True for ``LICENSE``-like names in an own folder, in a folder called ``LICENSE``
    there, and in the ``licenses`` folder of a wheel's metadata.
    """
    file = PurePosixPath(path)
    folder = file.parent
    if _NOT_THE_RELEASE.search(file.name):
        return False
    named = _NAMED.fullmatch(file.name)
    called = (
        _LICENSE_NAME.match(file.name)
        or _AGREEMENT.fullmatch(file.name)
        or (named and key(named["name"]) in known_names())
    )
    if called and folder.as_posix() in own:
        return True
    inside = folder.parent.as_posix() in own and folder.name != ""
    if not inside:
        return False
    in_wheel = _METADATA_FOLDER.search(folder.parent.name) and folder.name == "licenses"
    in_license_folder = re.fullmatch(r"licen[sc]e|copying", folder.name, re.I)
    return bool((in_wheel and _LICENSE_NAME.match(file.name)) or in_license_folder)


def is_release_metadata(path: str, own: frozenset[str]) -> bool:
    """Whether ``path`` is package metadata of the release itself, not of a vendored part."""
    return PurePosixPath(path).parent.as_posix() in own


def scope_of_name(path: str) -> str | None:
    """Return what a licence file covers by its name (``LICENSE-MODEL``: ``weights``)."""
    match = _SCOPED_NAME.fullmatch(PurePosixPath(path).name)
    word = (match["before"] or match["after"]) if match is not None else None
    if word is None:
        return None
    return _SCOPES.get(word.lower().removesuffix("s"), word.lower().removesuffix("s"))


def is_translation(path: str, paths: frozenset[str]) -> bool:
    """Whether a licence file is the translation of one beside it (``LICENSE.zh``).

    The untranslated text is the grant; a translation alone is a licence file like any other.
    """
    file = PurePosixPath(path)
    match = _LANGUAGE.fullmatch(file.name)
    if match is None:
        return False
    bases = {match["name"] + (match["end"] or ""), match["name"], match["name"] + ".txt"}
    return any(file.with_name(base).as_posix() in paths for base in bases)


def is_of_a_part(path: str, paths: frozenset[str]) -> bool:
    """Whether a file beside the LICENSE is named for what else it is of: ``LICENSE_heron.md``.

    A licence (``LICENSE-MIT``), a part (``LICENSE_MODEL``) and a version are no such name.
    """
    file = PurePosixPath(path)
    match = _OF_A_PART.fullmatch(file.name)
    if match is None or scope_of_name(path) is not None or key(match["of"]) in known_names():
        return False
    return any(file.with_name(name).as_posix() in paths for name in _PLAIN)


def in_reuse_folder(path: str) -> bool:
    """Whether a file is one of the texts that the REUSE layout keeps in ``LICENSES/``."""
    return PurePosixPath(path).parent.as_posix() == "LICENSES"
