# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What ``make quick`` leaves out: pytest loads this with ``-p tests.quick``.

No list of tests to keep up: one that asks for a model of the zoo, the licence scanner, the PDF
renderer or a process of ``audit`` is skipped where it asks, and counted with that reason.
"""

import subprocess
import sys
from collections.abc import Callable
from typing import Any, NoReturn

import pytest

from audit.licenses.detected.scanner import WORKER
from audit.report.formats import pdf
from tests import zoo


def _skipping(reason: str) -> Callable[..., NoReturn]:
    def skip(*_: object, **__: object) -> NoReturn:
        pytest.skip(f"not quick: {reason}", allow_module_level=True)

    return skip


zoo.zoo_path = _skipping("a model of the zoo")
pdf.render_pdf = _skipping("the PDF renderer")


class _Popen(subprocess.Popen[Any]):
    """A process that starts, unless it is slow to."""

    def __init__(self, args: Any, *more: Any, **options: Any) -> None:
        words = [args] if isinstance(args, str) else [str(word) for word in args]
        if str(WORKER) in words:
            _skipping("the licence scanner")()
        if words[0] == sys.executable and ("audit" in words or words[1:2] == ["-c"]):
            _skipping("a process of its own")()
        super().__init__(args, *more, **options)


subprocess.Popen = _Popen  # type: ignore[misc]
