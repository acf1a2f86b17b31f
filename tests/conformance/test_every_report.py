# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The signed reports of all examples and of all repositories with known faults conform.

Takes minutes, so it is asked for: ``AUDIT_EVERY_REPORT=1``. The continuous integration asks.
"""

import os
from datetime import date
from pathlib import Path

import pytest

from audit.languages import Language
from audit.pipeline import run
from audit.record.document import AuditRecord
from audit.request import Request
from audit.signing.identity.keys import Identity
from tests.conformance.test_verapdf import identity, signed, validator, verdicts
from tests.unit.checks.mutations import ROOT
from tests.unit.checks.test_repositories import SCENARIOS, scenario

__all__ = ["identity", "validator"]  # fixtures

pytestmark = pytest.mark.skipif(
    not os.environ.get("AUDIT_EVERY_REPORT"), reason="asked for with AUDIT_EVERY_REPORT=1"
)
EXAMPLES = ROOT / "examples" / "dispute"
AT_ONCE = 7
"""Reports that one start of the validator judges."""
GROUPS = [SCENARIOS[i : i + AT_ONCE] for i in range(0, len(SCENARIOS), AT_ONCE)]


def scenario_record(name: str, folder: Path) -> AuditRecord:
    made, truth = scenario(name, folder)
    given = truth.get("waivers")
    root = Path(*made.subject.source.place)
    return run(
        Request.of(
            target=str(root),
            against=tuple(str(Path(*r.inventory.source.place)) for r in made.references),
            waivers=None if given is None else root / given["file"],
            today=None if given is None else date.fromisoformat(given["today"]),
        )
    )


def written(record: AuditRecord, name: str, identity: Identity, folder: Path) -> list[Path]:
    """Write the signed report in every language."""
    pdfs = []
    for language in Language:
        pdfs.append(folder / f"{name}-{language.value}.pdf")
        pdfs[-1].write_bytes(signed(record, identity, language=language))
    return pdfs


def failures(validator: list[str], pdfs: list[Path]) -> dict[tuple[str, str], str]:
    judged = verdicts(validator, pdfs)
    assert len(judged) == 2 * len(pdfs)
    return {which: verdict for which, verdict in judged.items() if verdict != "pass"}


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("names", GROUPS, ids=lambda names: f"{names[0]} to {names[-1]}")
def test_reports_of_repositories_with_known_faults(
    names: list[str], validator: list[str], identity: Identity, tmp_path: Path
) -> None:
    pdfs = []
    for name in names:
        folder = tmp_path / name
        folder.mkdir()
        pdfs += written(scenario_record(name, folder), name, identity, tmp_path)
    assert failures(validator, pdfs) == {}


def test_reports_of_the_examples(validator: list[str], identity: Identity, tmp_path: Path) -> None:
    pdfs = []
    for name in ("suspect", "independent"):
        request = Request.of(target=str(EXAMPLES / name), against=(str(EXAMPLES / "reference"),))
        pdfs += written(run(request), name, identity, tmp_path)
    assert failures(validator, pdfs) == {}
