# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit key``: a local signing identity, made once and shown when it is published."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from audit.cli import options
from audit.cli.common import CommandGroup, plain, say, show, show_json

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

app = typer.Typer(
    cls=CommandGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Make and show a signing identity.",
)


@app.command("new")
def new_command(
    name: Annotated[
        str, typer.Option(metavar="NAME", help="The signer's name in the certificate.")
    ] = "audit local identity",
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where to write it instead of the usual place."),
    ] = None,
    no_passphrase: Annotated[
        bool, typer.Option("--no-passphrase", help="Leave the private key unencrypted.")
    ] = False,
) -> None:
    """Make a P-256 key with its certificates, in a file that only you can read.

    The passphrase comes from AUDIT_KEY_PASSPHRASE or is asked for. An existing key is
    never overwritten. Publish what `audit key show` prints.
    """
    from audit.errors import UsageError
    from audit.signing.identity.key_file import save_identity
    from audit.signing.identity.keys import new_identity
    from audit.signing.identity.lookup import default_path

    path = out or default_path()
    if path.exists() or path.is_symlink():
        raise UsageError(
            f"{path} exists, and a key is never overwritten.",
            advice="Choose another file with --out, or move the old one away first.",
        )
    identity = new_identity(name)
    save_identity(identity, path, None if no_passphrase else _new_passphrase())
    show(_describe(str(path), identity.chain))
    if no_passphrase:
        say("The private key is not encrypted: whoever reads the file can sign as you.")


@app.command("show")
def show_command(
    key: options.Key = None,
    passphrase_fd: options.PassphraseFd = None,
    json: options.Json = False,
) -> None:
    """Show the public side of an identity: what to publish, never the private key."""
    from audit.signing.identity.lookup import default_path, public_chain
    from audit.signing.identity.passphrase import from_descriptor

    path = key or str(default_path())
    chain = public_chain(path, from_descriptor(passphrase_fd))
    show_json(_machine_form(path, chain)) if json else show(_describe(path, chain))


def _new_passphrase() -> str:
    """Return the passphrase for a new key; asked for twice, without echo."""
    from audit.errors import UsageError

    given = os.environ.get("AUDIT_KEY_PASSPHRASE")
    if given is None and not os.isatty(0):
        raise UsageError(
            "A new key wants a passphrase, and there is no terminal to ask for it.",
            advice="Set AUDIT_KEY_PASSPHRASE, or pass --no-passphrase.",
        )
    if given is None:
        given = str(typer.prompt("Passphrase", hide_input=True, confirmation_prompt=True, err=True))
    if not given:
        raise UsageError("The passphrase is empty.", advice="Pass --no-passphrase to have none.")
    return given


def _machine_form(path: str, chain: "tuple[Certificate, ...]") -> dict[str, str]:
    from audit.signing.identity.certificates import common_name, fingerprint, pem

    leaf = chain[0]
    return {
        "path": path,
        "name": common_name(leaf),
        "subject": leaf.subject.rfc4514_string(),
        "fingerprint": fingerprint(leaf),
        "not_after": f"{leaf.not_valid_after_utc:%Y-%m-%dT%H:%M:%SZ}",
        "certificate": pem(chain[:1]),
        "issuers": pem(chain[1:]),
    }


def _describe(path: str, chain: "tuple[Certificate, ...]") -> str:
    fields = _machine_form(path, chain)
    head = [
        f"Signer       {plain(fields['name'])}",
        f"Fingerprint  {fields['fingerprint']} (SHA-256 of the certificate)",
        f"Valid until  {fields['not_after']}",
        f"Key file     {plain(fields['path'])} (keep it private)",
        "\nPublish this certificate; `audit verify --key` takes it:\n",
    ]
    return "\n".join(head) + "\n" + fields["certificate"].rstrip("\n")
