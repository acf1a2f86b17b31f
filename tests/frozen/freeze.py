# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Writes what the tool says now: ``python -m tests.frozen.freeze [GROUP ...]``.

Only for a change that is meant to say something else; the difference is then reviewed. A package
that the index does not give stops it: nothing is left out silently. ``--out`` writes elsewhere.
"""

import argparse
import multiprocessing
import os
import sys
import time
from pathlib import Path

from tests import conftest  # keeps it off the network and this user's settings, as tests are
from tests.frozen import corpus, store
from tests.frozen.digest import Row


def main() -> None:
    """Compute and write the groups that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=", ".join(corpus.GROUPS))
    parser.add_argument("--out", type=Path, default=store.EXPECTED, help="another folder")
    parser.add_argument("--jobs", type=int, default=int(os.environ.get("JOBS", "2")))
    given = parser.parse_args()
    unknown = set(given.groups) - set(corpus.GROUPS)
    if unknown:
        parser.error(f"no such group: {', '.join(sorted(unknown))}")
    try:
        for group in given.groups or corpus.GROUPS:
            started = time.monotonic()
            digests = _computed(group, given.jobs)
            store.write(group, digests, given.out)
            print(f"{group}: {len(digests)} cases in {time.monotonic() - started:.0f} s")
    finally:
        conftest.remove_session_folder()


def _computed(group: str, jobs: int) -> dict[str, Row]:
    names = [case.name for case in corpus.cases() if case.group == group]
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        found = pool.starmap(_one, [(group, name) for name in names], chunksize=1)
    return dict(zip(names, found, strict=True))


def _one(group: str, name: str) -> Row:
    (case,) = (c for c in corpus.cases() if (c.group, c.name) == (group, name))
    return case.compute()


if __name__ == "__main__":
    sys.exit(main())
