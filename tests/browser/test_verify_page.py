# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``docs/verify.html`` in a real browser, off the network: what holds, and what was changed."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from audit.signing.identity.keys import new_identity
from tests.browser.chromium import Chromium
from tests.browser.test_page import browser
from tests.unit.signing.signed import make_subject, publish

__all__ = ["browser"]

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "verify.html").read_bytes()
# The browser's clock is a virtual one that leaps when nothing is to be done, and does not wait for
# the threads that digest: a timer that does a little work keeps it from running ahead of them.
ASK = """
setInterval(() => { let sum = 0; for (let i = 0; i < 4e5; i++) sum += i; }, 5);
const read = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));
const held = {held}, answers = {};
for (const [of, given] of Object.entries({cases}))
  answers[of] = await check(
    Object.entries(given).map(([name, key]) => new File([read(held[key])], name)));
return answers;
"""
BAD = "This does not hold. Do not rely on it."


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("made")
    publish(folder / "report", make_subject(folder / "model"), new_identity("Ada Signer"))
    return {path.name: path.read_bytes() for path in (folder / "report").iterdir()}


def asked(browser: Chromium, cases: dict[str, dict[str, bytes]]) -> Any:
    """Return the page's answer to each set of files; the browser is started once."""
    kept: dict[str, str] = {}
    given = {
        of: {n: kept.setdefault(base64.b64encode(c).decode(), str(len(kept))) for n, c in f.items()}
        for of, f in cases.items()
    }
    held = json.dumps({key: content for content, key in kept.items()})
    question = ASK.replace("{held}", held).replace("{cases}", json.dumps(given))
    return browser.ask(PAGE, question)


def states(answer: Any) -> dict[str, str]:
    return {row["name"]: row["state"] for row in answer["rows"]}


def flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def test_what_holds_and_what_was_changed(browser: Chromium, files: dict[str, bytes]) -> None:
    envelope = json.loads(files["report.intoto.jsonl"].splitlines()[0])
    envelope["signatures"][0]["keyid"] = "0" * 64
    changed = ("record.json", "report.html", "report.pdf", "report.intoto.jsonl")
    answers = asked(
        browser,
        {
            "whole": files,
            "page alone": {"from the mail.html": files["report.html"]},
            **{name: {**files, name: flipped(files[name])} for name in changed},
            "forged": {"report.intoto.jsonl": json.dumps(envelope).encode()},
            "added": {**files, "report.extra": b"x"},
            "pdf alone": {"report.pdf": files["report.pdf"]},
        },
    )
    for good in ("whole", "page alone"):
        said = answers[good]["said"]
        assert said.startswith("What was given is unchanged since it was signed")
        assert said.endswith("who signed it is not known.")
    whole = states(answers["whole"])
    assert {whole[name] for name in ("record.json", "report.html", "report.pdf")} == {"holds"}
    for bad in (*changed, "forged", "added"):
        assert answers[bad]["said"] == BAD
        assert "FAILED" in states(answers[bad]).values()
    assert states(answers["added"])["report.extra"] == "FAILED"
    assert answers["pdf alone"]["said"].startswith("Nothing is known")
