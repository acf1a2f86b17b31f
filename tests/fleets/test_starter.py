# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The starter set says of each model what its package states, and no more."""

from pathlib import Path

import pytest

from audit.fleets.manifest import Line
from bench import packages, real_weights
from scripts import starter


@pytest.mark.parametrize(
    ("metadata", "stated"),
    [
        ("License-Expression: MIT\nLicense: other\n", "MIT"),
        ("License: Apache 2.0\nClassifier: License :: OSI Approved :: MIT License\n", "Apache 2.0"),
        ("License: UNKNOWN\nClassifier: License :: OSI Approved :: MIT License\n", "MIT License"),
        ("License: UNKNOWN\n", "none stated"),
        ("Name: x\n\nLicense: MIT\n", "none stated"),
    ],
)
def test_a_licence_is_what_the_metadata_states(tmp_path: Path, metadata: str, stated: str) -> None:
    folder = tmp_path / "x-1.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(f"Metadata-Version: 2.4\n{metadata}", encoding="utf-8")
    assert starter._licence(tmp_path) == stated


def test_every_relation_is_of_a_model_of_the_set() -> None:
    known = {*real_weights.WHEELS, *packages.MODELS, *real_weights.CHILD}
    assert starter.RELATED.keys() <= known


def test_a_row_says_what_can_be_found_and_what_failed() -> None:
    told = {"problem": None, "width": 64}
    common = {"doing": "fingerprint", "target": "t", "released": None, "against": (), "mark": None}
    done = Line(**common, state="done", sha256="0" * 64, reason=None, told=told)  # type: ignore[arg-type]
    lost = Line(**common, state="failed", sha256=None, reason="it broke", told={})  # type: ignore[arg-type]
    models = [starter.Held(n, "p==1", Path("x"), "MIT") for n in ("int8 export", "other")]
    assert models[0].spec == "int8-export=x"
    rows = starter.table(models, (done, lost), {"0" * 64: 41_000}).splitlines()[-2:]
    assert rows == [
        "| int8 export | p==1 | MIT | width 64 | int8 export of all-MiniLM-L6-v2 | 41 |",
        "| other | p==1 | MIT | it broke | nothing known | – |",
    ]
