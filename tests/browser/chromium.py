# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Opens a page in headless Chromium, off the network, and answers what a script asks of it.

The page that is tested runs no script by its own policy. The question is therefore put to a
copy whose policy is taken out and into which the script is written; whatever the copy fetches
would be fetched by the original too, and is in the log of requests.
"""

import json
import re
import subprocess
from dataclasses import dataclass
from html import unescape
from pathlib import Path

_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
_ANSWER = re.compile(r'<pre id="answer-of-the-test">(.*?)</pre>', re.DOTALL)
_ASK = """<script>{library}</script><script>
addEventListener('load', async () => {{
  const answer = await (async () => {{ {question} }})();
  const place = document.createElement('pre');
  place.id = 'answer-of-the-test';
  place.textContent = JSON.stringify(answer);
  document.body.append(place);
}});
</script>"""
OFF_THE_NETWORK = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)


@dataclass(frozen=True, kw_only=True)
class Chromium:
    """A browser and a folder of this test's own to work in."""

    program: str
    folder: Path

    def ask(
        self,
        page: bytes,
        question: str,
        *,
        library: str = "",
        width: int = 1280,
        dark: bool = False,
    ) -> object:
        """Return what the body of an async function answers on the loaded page, from JSON."""
        html = page.decode()
        assert len(_POLICY.findall(html)) == 1
        head, body, tail = _POLICY.sub("", html).rpartition("</main>")
        ask = _ASK.format(library=library.replace("</script", "<\\/script"), question=question)
        copy = self.folder / "copy.html"
        copy.write_text(f"{head}{body}{tail.replace('</body>', ask + '</body>')}", encoding="utf-8")
        found = _ANSWER.findall(self._run(copy, "--dump-dom", width=width, dark=dark))
        assert len(found) == 1, "the page did not answer"
        return json.loads(unescape(found[0]))

    def opened(self, page: bytes, *, width: int = 1280) -> tuple[str, list[str]]:
        """Open the page as it is; return its document, and every address that was asked for."""
        original, log = self.folder / "report.html", self.folder / "net.json"
        original.write_bytes(page)
        document = self._run(original, "--dump-dom", f"--log-net-log={log}", width=width)
        addresses = re.findall(r'"url":"([^"]+)"', log.read_text(encoding="utf-8"))
        return document, sorted({a for a in addresses if a != original.as_uri()})

    def printed(self, page: bytes) -> Path:
        """Print the page as it is, and return the PDF."""
        original, pdf = self.folder / "report.html", self.folder / "printed.pdf"
        original.write_bytes(page)
        self._run(original, f"--print-to-pdf={pdf}", "--no-pdf-header-footer")
        return pdf

    def _run(self, file: Path, *options: str, width: int = 1280, dark: bool = False) -> str:
        command = [
            self.program,
            "--headless=new",
            *OFF_THE_NETWORK,
            f"--user-data-dir={self.folder / 'profile'}",
            f"--window-size={width},900",
            f"--blink-settings=preferredColorScheme={0 if dark else 1}",
            "--virtual-time-budget=20000",
            *options,
            file.as_uri(),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
        return done.stdout
