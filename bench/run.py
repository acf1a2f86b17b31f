# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Measure everything, or the sections that are named, and write docs/benchmark.md.

    python -m bench.run [NAME ...] [--print]

Each section is a module with ``section() -> Section``; it runs in a process of its own, so
that none inherits the memory or the threads of another.
"""

import argparse
import importlib
import json
import subprocess
import sys
import time
from dataclasses import asdict

from bench import page
from bench.support import ROOT, SkippedError

SECTIONS = {
    "weights": "bench.weights",
    "calibration": "bench.calibration",
    "real-weights": "bench.real_weights",
    "packages": "bench.packages",
    "formats": "bench.formats",
    "cost": "bench.cost",
    "large": "bench.large",
    "fleets": "bench.fleets",
    "ranges": "bench.ranges",
    "league": "bench.league.play",
    "licenses": "bench.licenses",
    "field": "bench.field",
    "code": "bench.code",
    "gate": "bench.gate",
    "report": "bench.report",
    "signing": "bench.signing",
    "hostile": "bench.hostile",
    "folders": "bench.folders",
    "fuzz": "bench.fuzz",
}
"""Name on the page -> module, in the order of the page."""


def measure(name: str) -> page.Section:
    """Run one section here; one that cannot run says why on the page."""
    module = importlib.import_module(SECTIONS[name])
    try:
        section: page.Section = module.section()
    except SkippedError as reason:
        title = (module.__doc__ or name).strip().splitlines()[0].rstrip(".")
        return page.Section(title=title, text=f"Not measured in this run: {reason}.")
    return section


def _apart(name: str) -> page.Section:
    """Run one section in a process of its own."""
    command = [sys.executable, "-m", "bench.run", "--one", name]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, cwd=ROOT)
    if done.returncode:
        raise SystemExit(f"section {name!r} failed (exit code {done.returncode})")
    found = json.loads(done.stdout.splitlines()[-1])
    promised = tuple(page.Target(**t) for t in found.pop("targets"))
    return page.Section(**found, targets=promised)


def main() -> None:
    """Run from the command line; what is not asked for stays on the page as it is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", choices=[*SECTIONS, []], help="sections; default all")
    parser.add_argument("--print", action="store_true", help="print, and write nothing")
    parser.add_argument("--one", choices=SECTIONS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(asdict(measure(options.one))))
        return
    for name in options.names or list(SECTIONS):
        started = time.perf_counter()
        print(f"measuring {name}", file=sys.stderr, flush=True)
        block = page.render(name, _apart(name))
        seconds = time.perf_counter() - started
        print(f"measured {name} in {seconds:.0f} s", file=sys.stderr, flush=True)
        if options.print:
            print(block)
            continue
        old = page.PAGE.read_text("utf-8") if page.PAGE.exists() else ""
        blocks = page.sections(old) | {name: block}
        page.PAGE.write_text(page.assemble(blocks, tuple(SECTIONS)), "utf-8")


if __name__ == "__main__":
    main()
