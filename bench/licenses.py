# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Time of ``audit licenses``, cold and warm, beside ``scancode -clp -n 2`` in the same run.

Both read the same sixty Python files (taken from the installed libraries) with a licence
and a card. Cold is an empty result cache, warm the quickest run after it. CPU counts all
processes. What is compared is also what was found: licence ids by file.
"""

import json
import shutil
import sys
import sysconfig
import tempfile
from importlib.metadata import version
from pathlib import Path

from bench.page import Section, Target, table
from bench.support import Cost, SkippedError, machine, run

FILES = 60
WARM_RUNS = 9

VERDICTS = (0, 1, 3)
"""Exit codes of ``audit licenses`` with which it has looked at everything."""


def make_repository(root: Path, count: int) -> None:
    """Copy ``count`` Python files, evenly chosen, and write a LICENSE and a card."""
    packages = Path(sysconfig.get_paths()["purelib"])
    folders = ("huggingface_hub", "torch/nn", "torch/optim", "scancode", "licensedcode", "jinja2")
    found = sorted(p for f in folders for p in (packages / f).rglob("*.py") if p.stat().st_size)
    step = max(1, len(found) // count)
    for source in found[::step][:count]:
        target = root / source.relative_to(packages)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
    shutil.copy(Path(__file__).parents[1] / "LICENSE", root / "LICENSE")
    (root / "README.md").write_text("---\nlicense: apache-2.0\n---\n# A repository\n")


def agreement(ours: bytes, peer: Path) -> str:
    """Say in how many files both name the same licences."""
    mine: dict[str, set[str]] = {}
    for claim in json.loads(ours)["licenses"]["claims"]:
        if claim["source"] == "detected":
            mine.setdefault(claim["path"], set()).update(claim["expression"].split(" AND "))
    same, differ = 0, []
    for file in json.loads(peer.read_text())["files"]:
        expression = file.get("detected_license_expression_spdx")
        if file["type"] == "file" and file["path"] != "README.md":
            theirs = set(expression.split(" AND ")) if expression else set()
            own = mine.get(file["path"], set())
            if theirs == own:
                same += 1
            else:
                differ.append(f"{file['path']}: {sorted(own)}, scancode {sorted(theirs)}")
    return "\n".join([f"same licences in {same} files, different in {len(differ)}", *differ])


def section() -> Section:
    """Measure once; the three runs follow each other on the same files."""
    scancode = Path(sys.executable).with_name("scancode")
    if not scancode.exists():
        raise SkippedError("the scancode command is not installed")
    with tempfile.TemporaryDirectory() as folder:
        root, peer = Path(folder, "repo"), Path(folder, "peer.json")
        root.mkdir()
        make_repository(root, FILES)
        size = sum(p.stat().st_size for p in root.rglob("*") if p.is_file())
        where = machine()
        ours = [sys.executable, "-m", "audit", "licenses", str(root), "--json", "--quiet"]
        options = ["-clp", "-n", "2", "--strip-root", "--quiet", "--json", str(peer), str(root)]
        cache = {"AUDIT_CACHE_DIR": str(Path(folder, "cache"))}
        cold = run(ours, cache)
        # The quickest of several: the target is that of an idle machine.
        warm = min((run(ours, cache) for _ in range(WARM_RUNS)), key=lambda cost: cost.wall)
        plain = run([str(scancode), *options], cache)
        if cold.code not in VERDICTS or warm.code != cold.code or plain.code:
            raise SkippedError(f"a run failed ({cold.code}, {warm.code}, {plain.code})")
        agreed = agreement(warm.output, peer)
    return _section(where, size, cold, warm, plain, agreed)


def _section(where: str, size: int, cold: Cost, warm: Cost, plain: Cost, agreed: str) -> Section:
    runs = (
        ("audit, cold", cold),
        (f"audit, warm (quickest of {WARM_RUNS})", warm),
        ("scancode -clp -n 2", plain),
    )
    rows: list[tuple[object, ...]] = [
        (name, f"{c.wall:.1f}", f"{c.cpu:.1f}", f"{c.peak:.0f}") for name, c in runs
    ]
    text = "\n\n".join(
        (
            f"{FILES} Python files, a LICENSE and a card, {size / 1e6:.2f} MB; the whole command,"
            " with findings, obligations and verdict. CPU counts all processes, memory the largest"
            " one. Both tools load the same licence index; audit starts no scanner when it knows"
            " all texts, and knows none in the cold run."
            f" scancode-toolkit {version('scancode-toolkit-mini')}; {where}.",
            table(("run", "wall s", "CPU s", "MiB"), rows),
            "Licences found by file, beside plain scancode:\n\n```text\n" + agreed + "\n```",
        )
    )
    ratio = plain.cpu / cold.cpu
    targets = (
        Target(
            wanted="licence scan, cold: at least 10 times less CPU than `scancode -clp -n 2`",
            measured=f"{ratio:.1f} times ({cold.cpu:.1f} s against {plain.cpu:.1f} s)",
            reached=ratio >= 10,
        ),
        Target(
            wanted="licence scan, warm: under one second",
            measured=f"{warm.wall:.2f} s, {warm.cpu:.2f} s of CPU",
            reached=warm.wall < 1,
        ),
    )
    return Section(title="Licence scan", text=text, targets=targets)


if __name__ == "__main__":
    print(section().text)
