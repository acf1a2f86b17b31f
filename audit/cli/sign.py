# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit sign``: a reviewer's attestation or the publisher's answer, beside a report."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from audit.cli import options
from audit.cli.common import show
from audit.errors import UsageError

if TYPE_CHECKING:
    from audit.signing.identity.keys import Identity

EXAMPLES = (
    "audit sign ./report --as publisher --statement answer.txt",
    "audit sign ./report --as reviewer --statement review.txt --key reviewer.pem",
)
_STATEMENT = _RESPONSE = 1 << 20
"""Bytes that are read; how many characters a statement may have is the response's rule."""


class As(StrEnum):
    """What ``--as`` takes."""

    REVIEWER = "reviewer"
    PUBLISHER = "publisher"


def sign_command(
    *,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="What `audit model-repo` wrote.")],
    role: Annotated[As | None, typer.Option("--as", help="As whom you sign.")] = None,
    statement: Annotated[
        Path | None,
        typer.Option("--statement", metavar="FILE", help="Your words, as plain UTF-8 text."),
    ] = None,
    key: options.Key = None,
    passphrase_fd: options.PassphraseFd = None,
    keyless: Annotated[
        bool,
        typer.Option("--keyless", help="Sign the report's statement with Sigstore, without a key."),
    ] = False,
) -> None:
    """Sign on a finished report, as its reviewer or as the audited model's publisher.

    Changes no file of DIR, and adds two things: the response, and a later edition of the whole
    report in DIR/edition-2 (then 3, ...), signed with your key, that prints what was signed so
    far. `audit verify DIR` checks all of it. A reviewer's --statement says what was reviewed, and
    how. With --keyless one file is added, a Sigstore bundle over the report's own statement; that
    asks Sigstore's servers.
    """
    if keyless:
        _sign_keyless(folder, alone=(role, statement, key) == (None, None, None))
        return
    if role is None:
        raise UsageError("As whom is not said.", advice="Pass --as reviewer or --as publisher.")
    from audit.custody import custody_now
    from audit.output import add_file, check_new, write_folder
    from audit.publish import later_edition
    from audit.signing.attestation.names import response_name
    from audit.signing.attestation.response import Role, respond

    identity = _identity(key, passphrase_fd)
    files = _report_files(folder)
    signing = Role(role.value)
    text = None if statement is None else _text(statement)
    made_at = custody_now("audit sign", identity.signer).audited_at
    name = response_name(signing.value, identity.fingerprint)
    check_new(folder / name)
    responses, edition = _beside(folder)
    responses[name] = respond(files, signing, text, made_at, identity)
    pages = later_edition(files, responses, identity, f"audit sign DIR --as {signing.value}")
    add_file(folder / name, responses[name])
    write_folder(folder / edition, pages)
    show(
        f"Wrote {name} and {edition} to {folder}, signed by {identity.name},"
        f" SHA-256 {identity.fingerprint}."
    )


def _beside(folder: Path) -> tuple[dict[str, bytes], str]:
    """Return the responses to a report by name, and the name of its next edition."""
    from audit.given import read_given
    from audit.signing.attestation.names import edition_number, is_response

    names = [path.name for path in folder.iterdir()]
    found = {
        n: read_given(folder / n, limit=_RESPONSE, option="DIR") for n in filter(is_response, names)
    }
    last = max((number for name in names if (number := edition_number(name))), default=1)
    return found, f"edition-{last + 1}"


def _sign_keyless(folder: Path, *, alone: bool) -> None:
    from audit.output import add_file, check_new
    from audit.signing.attestation import bundle, dsse
    from audit.signing.attestation.keyless import sign_keyless
    from audit.signing.attestation.names import ATTESTATION, KEYLESS

    if not alone:
        raise UsageError(
            "--keyless signs the report's own statement, with no key and in no role.",
            advice="Leave out --as, --statement and --key, or sign twice.",
        )
    check_new(folder / KEYLESS)  # before Sigstore logs, for everybody, what could not be kept
    envelope = bundle.from_lines(_report_files(folder)[ATTESTATION])[0]
    add_file(folder / KEYLESS, sign_keyless(dsse.parse(envelope).payload))
    show(f"Wrote {KEYLESS} to {folder}.")


def _identity(key: str | None, passphrase_fd: int | None) -> "Identity":
    from audit.signing.identity.lookup import identity_for
    from audit.signing.identity.passphrase import from_descriptor

    identity = identity_for(key, from_descriptor(passphrase_fd))
    if identity.kind == "self-made":
        raise UsageError(
            "There is no key that names you, and a response must name somebody.",
            advice="Make one with `audit key new --name NAME`, or pass --key.",
        )
    return identity


def _report_files(folder: Path) -> dict[str, bytes]:
    """Return the report's files, if nothing in it fails its own verification."""
    from audit.signing.attestation.names import ATTESTATION
    from audit.signing.attestation.statement import read_unverified
    from audit.verification.step import Outcome
    from audit.verification.verify import verify

    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}.", advice="Pass the report's folder.")
    wrong = [step.name for step in verify(folder) if step.outcome is Outcome.FAIL]
    if wrong:
        raise UsageError(
            f"{folder} does not verify ({', '.join(wrong)}), so it is not signed on.",
            advice="See `audit verify`, and get an unchanged copy of the report.",
        )
    parts = read_unverified((folder / ATTESTATION).read_bytes()).report
    return {name: (folder / name).read_bytes() for name in (*parts, ATTESTATION)}


def _text(path: Path) -> str:
    from audit.given import read_given

    try:
        return read_given(path, limit=_STATEMENT, option="--statement").decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text.", advice="Save it as UTF-8.") from error
