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
from tests.tiny_repo import minimal_pdf
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
OTHER = "a PDF that another key signed"
BAD = "This does not hold. Do not rely on it."


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("made")
    subject = make_subject(folder / "model")
    report = publish(folder / "report", subject, new_identity("Ada Signer"), languages=("", ".zh"))
    publish(folder / "other", subject, new_identity("Bea Signer"))
    made = {path.name: path.read_bytes() for path in report.iterdir()}
    return {**made, OTHER: (folder / "other" / "report.pdf").read_bytes()}


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
    files = dict(files)
    other = files.pop(OTHER)
    envelope = json.loads(files["report.intoto.jsonl"].splitlines()[0])
    envelope["signatures"][0]["keyid"] = "0" * 64
    pdf = files["report.pdf"]
    contents = pdf.index(b"/Contents <") + 20  # inside what the signer signed with
    changed = [name for name in files if name != "report.intoto.jsonl"]
    answers = asked(
        browser,
        {
            "whole": files,
            "page alone": {"from the mail.html": files["report.html"]},
            "pdf alone": {"from the mail.pdf": pdf},
            **{name: {**files, name: flipped(files[name])} for name in changed},
            "the statement": {
                **files,
                "report.intoto.jsonl": flipped(files["report.intoto.jsonl"]),
            },
            "forged": {"report.intoto.jsonl": json.dumps(envelope).encode()},
            "added": {**files, "report.extra": b"x"},
            "a pdf of another": {**files, "report.pdf": other},
            "pdf changed before its signature": {"a.pdf": flipped(pdf[:600]) + pdf[600:]},
            "pdf changed after it": {"a.pdf": pdf[:-600] + flipped(pdf[-600:])},
            "pdf with padding": {"a.pdf": pdf.replace(b"00>", b"01>", 1)},
            "pdf appended": {"a.pdf": pdf + b"\n% more"},
            "pdf cut": {"a.pdf": pdf[:-1]},
            "pdf without one": {"a.pdf": minimal_pdf()},
            "pdf with a broken signature": {
                "a.pdf": pdf[:contents] + b"0000" + pdf[contents + 4 :]
            },
            "nothing of ours": {"a.txt": b"x"},
        },
    )
    for good in ("whole", "page alone"):
        said = answers.pop(good)["said"]
        assert said.startswith("What was given is unchanged since it was signed")
        assert said.endswith("who signed it is not known.")
    alone = answers.pop("pdf alone")
    assert alone["said"] == "This PDF is unchanged since it was signed; who signed it is not known."
    assert answers.pop("nothing of ours")["said"].startswith("Nothing is known")
    assert states(answers["added"])["report.extra"] == "FAILED"
    for bad, answer in answers.items():
        assert answer["said"] == BAD, bad
        assert "FAILED" in states(answer).values(), bad


def test_every_file_of_the_whole_is_looked_at(browser: Chromium, files: dict[str, bytes]) -> None:
    given = {name: content for name, content in files.items() if name != OTHER}
    whole = states(asked(browser, {"whole": given})["whole"])
    assert whole == dict.fromkeys(given, "holds")
