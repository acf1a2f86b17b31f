# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Time of the licence stage, cold and warm, beside ``scancode -clp -n 2`` in the same run.

Both read the same sixty Python files (taken from the installed libraries) with a licence
and a card. Cold is an empty result cache, warm the second run. CPU counts all processes.
What is compared is also what was found: licence ids in code and licence files, by file.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

OURS = """
import json, sys
from audit.inventory import take_inventory
from audit.licenses import license_evidence
from audit.sources import resolve
found = license_evidence(take_inventory(resolve(sys.argv[1])))
claims = [[c.path, c.expression] for c in found.claims if c.source == "detected"]
print(json.dumps({"claims": claims, "scanned": found.scanned, "left": len(found.unscanned)}))
"""


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


def measure(command: list[str], environment: dict[str, str]) -> tuple[float, float, float, bytes]:
    """Run a command; return wall seconds, CPU seconds, peak MiB of a process, and output."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as sink:
        process = subprocess.Popen(
            command, stdout=sink, stderr=subprocess.DEVNULL, env={**os.environ, **environment}
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        sink.seek(0)
        output = sink.read()
    if status:
        raise SystemExit(f"{command[0]} failed with {status}")
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit, output


def agreement(ours: bytes, peer: Path) -> str:
    """Say in how many files both name the same licences."""
    mine: dict[str, set[str]] = {}
    for path, expression in json.loads(ours)["claims"]:
        mine.setdefault(path, set()).update(expression.split(" AND "))
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


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=60)
    count = parser.parse_args().files
    scancode = Path(sys.executable).with_name("scancode")
    with tempfile.TemporaryDirectory() as folder:
        root, cache, peer = Path(folder, "repo"), Path(folder, "cache"), Path(folder, "peer.json")
        root.mkdir()
        make_repository(root, count)
        size = sum(p.stat().st_size for p in root.rglob("*") if p.is_file())
        print(f"{count} Python files, {size / 1e6:.2f} MB")
        print(f"{'run':<24} {'wall s':>8} {'CPU s':>8} {'MiB':>8}")
        ours = [sys.executable, "-c", OURS, str(root)]
        options = ["-clp", "-n", "2", "--strip-root", "--quiet", "--json", str(peer), str(root)]
        output = b""
        for name, command in (
            ("audit, cold", ours),
            ("audit, warm", ours),
            ("scancode -clp -n 2", [str(scancode), *options]),
        ):
            wall, cpu, peak, printed = measure(command, {"AUDIT_CACHE_DIR": str(cache)})
            output = printed if name.startswith("audit") else output
            print(f"{name:<24} {wall:>8.1f} {cpu:>8.1f} {peak:>8.0f}")
        print(agreement(output, peer))


if __name__ == "__main__":
    main()
