# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The layout for exact matches answers as the whole index, or is not used.

In a process of its own: the whole index takes 1.4 GB.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from audit.licenses.detected.scanner import EXACT_INDEX

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = """
import json, os, random, sys
from pathlib import Path
from audit.licenses.detected import worker
from licensedcode import cache as held

folder, root = Path(sys.argv[1]), Path(sys.argv[2])
exact = worker.exact_index()
full = held.get_cache()
(folder / held.LICENSE_INDEX_FILENAME).symlink_to(exact._made_of())
(folder / "audit_exact.left").write_bytes(b"of a killed process")
exact.folder = lambda: folder
said = {"nothing there": exact.load() is None}
exact.save(full, b"of another index")
said["another was loaded"] = not (folder / exact.NAME).exists()
exact.save(full, exact.stamp())
said["left"] = sorted(p.name for p in folder.iterdir())
lean = exact.load()

draw = random.Random(15)
rules = [rule.text for rule in full.index.rules_by_rid]
texts = [p.read_text() for p in sorted(root.glob("docs/*.md")) + sorted(root.glob("recipes/*"))]
texts += [(root / "LICENSE").read_text(), "", "mit", "SPDX-License-Identifier: MIT OR Foo-1.0"]
for _ in range(150):
    between = draw.choice(["\\n", " ", "\\n\\n# About\\n"])
    text = between.join(draw.sample(rules, draw.randint(1, 4)))
    words = text.split(" ")
    if draw.random() < 0.5:
        words[draw.randrange(len(words))] = "wibble"
    texts.append(" ".join(words))
found = {}
for name, index in (("whole", full), ("lean", lean)):
    held._LICENSE_CACHE = index
    asked = [{"text": t, "legal": False, "copyrights": True, "seconds": 1e6} for t in texts]
    found[name] = [worker.scan(one, sys.exit) for one in asked]
said["same"] = found["whole"] == found["lean"]
said["detections"] = sum(len(one["detections"]) for one in found["lean"])
said["rules"] = all(
    getattr(a, at.name) == getattr(b, at.name)
    for a, b in zip(full.index.rules_by_rid, map(lean.index.rules_by_rid.__getitem__, range(10**9)))
    for at in a.__attrs_attrs__
)

data = (folder / exact.NAME).read_bytes()
bad = bytearray(data)
bad[len(bad) // 2] ^= 1
damaged = {"flipped": bytes(bad), "short": data[:-9], "none": b"", "more": data + b"x"}
for name, what in damaged.items():
    (folder / exact.NAME).write_bytes(what)
    said[name] = exact.load() is None
(folder / exact.NAME).write_bytes(data)
said["sound again"] = exact.load() is not None
(folder / held.LICENSE_INDEX_FILENAME).unlink()
(folder / held.LICENSE_INDEX_FILENAME).write_bytes(b"another index")
said["of another index"] = exact.load() is None
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("index")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(folder), str(ROOT)],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    answers: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answers


def test_it_says_what_the_whole_index_says(said: dict[str, Any]) -> None:
    assert said["same"] is True
    assert said["rules"] is True
    assert said["detections"] > 150, "texts in which nothing is found show nothing"


def test_what_is_damaged_or_of_another_index_is_not_used(said: dict[str, Any]) -> None:
    for case in ("nothing there", "another was loaded", "flipped", "short", "none", "more"):
        assert said[case] is True, case
    assert said["sound again"] is True
    assert said["of another index"] is True


def test_a_killed_process_leaves_nothing_for_long(said: dict[str, Any]) -> None:
    assert said["left"] == ["audit_exact", "index_cache"]


def test_nothing_of_audit_is_imported() -> None:
    """The worker loads it by path, where no ``audit`` need be found."""
    assert "audit." not in [
        line.split()[1][:6] for line in EXACT_INDEX.read_text().splitlines() if "import " in line
    ]
