# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Compare two folders by one method, in a process of its own: its memory is the method's.

python -m bench.one METHOD SUSPECT REFERENCE
"""

import sys
from pathlib import Path

import torch

from audit.inventory import take_inventory
from audit.sources.names import resolve
from audit.weights.comparison import compare
from bench.baselines import BASELINES, View
from bench.baselines.kit import environment


def main() -> None:
    """Print what the method says."""
    method, *names = sys.argv[1:]
    a, b = map(Path, names)
    torch.set_num_threads(1)
    if method == "audit":
        print(compare(take_inventory(resolve(str(a))), take_inventory(resolve(str(b)))).relation)
    elif method == "nothing":
        print("the libraries alone")
    elif method == "kit":
        import os

        command = [str(environment().with_name("provenancekit")), "compare", str(a), str(b)]
        os.execve(
            command[0], [*command, "--no-cache", "--json"], os.environ | {"HF_HUB_OFFLINE": "1"}
        )
    else:
        print(BASELINES[method].score(View.of(a), View.of(b)))


if __name__ == "__main__":
    main()
