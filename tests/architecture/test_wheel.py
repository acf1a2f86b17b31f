# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What an installed ``audit`` has with it: the same data as the checkout, nothing else."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = out.glob("*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


def _files(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.mark.parametrize("tree", ["rules", "templates"])
def test_top_level_data_ships_whole(names: set[str], tree: str) -> None:
    prefix = f"audit/_data/{tree}/"
    shipped = {name.removeprefix(prefix) for name in names if name.startswith(prefix)}
    assert shipped == _files(ROOT / tree)
    assert shipped


def test_package_and_families_ship_whole(names: set[str]) -> None:
    shipped = {
        name.removeprefix("audit/")
        for name in names
        if name.startswith("audit/") and not name.startswith("audit/_data/")
    }
    assert shipped == _files(ROOT / "audit")
    assert "weights/families/llama.yaml" in shipped
    assert "py.typed" in shipped


def test_the_lock_ships_so_that_a_report_can_name_its_digest(names: set[str]) -> None:
    data = {name for name in names if name.startswith("audit/_data/")}
    loose = {n for n in data if not n.startswith(("audit/_data/rules/", "audit/_data/templates/"))}
    assert loose == {"audit/_data/requirements.lock"}


def test_nothing_else_ships(names: set[str]) -> None:
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"audit"}


def test_wheel_carries_the_licence_and_the_command(names: set[str]) -> None:
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
    assert any(name.endswith(".dist-info/entry_points.txt") for name in names)
