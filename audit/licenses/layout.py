# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Which files speak for the whole release, and which only for a part of it.

The LICENSE of a vendored library says nothing about the release, and an unpacked wheel
keeps its own two folders down. Judged by path alone, so the same tree always reads the same.
"""

import re
from pathlib import PurePosixPath

from audit.inventory import Inventory, Kind

_LICENSE_NAME = re.compile(r"(un)?licen[sc]e|copying", re.I)
_NOT_THE_RELEASE = re.compile(r"third|3rd|vendor|bundled|dependenc|notice|polic", re.I)
_METADATA_FOLDER = re.compile(r"\.(dist|egg)-info$", re.I)


def own_folders(inventory: Inventory) -> frozenset[str]:
    """Return the folders whose papers are the release's: the root, the model's, the wheel's."""
    named = {PurePosixPath(inventory.card.path).parent} if inventory.card is not None else set()
    weights = (Kind.WEIGHTS, Kind.WEIGHTS_INDEX, Kind.CONFIG, Kind.ADAPTER_CONFIG)
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
    if _LICENSE_NAME.match(file.name) and folder.as_posix() in own:
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
