# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit model-repo``: a folder in, a signed report out."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from audit.cli.common import PASSPHRASE_FD, console_out, name_only, show_json
from audit.cli.drawing import observer
from audit.languages import Languages
from audit.record.findings import Severity

if TYPE_CHECKING:
    from audit.pipeline import Request


EXAMPLES = (
    "audit model-repo ./model --out ./report",
    "audit model-repo ./model --against ./base --against ./other --out ./report",
    "audit model-repo ./model --out ./report --fail-on critical --json > record.json",
)


def model_repo_command(
    *,
    target: Annotated[str, typer.Argument(metavar="TARGET", help="The folder to audit.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="A new folder for the report.")],
    against: Annotated[
        list[str] | None,
        typer.Option("--against", metavar="REF", help="A folder to compare with; repeatable."),
    ] = None,
    control: Annotated[
        list[str] | None,
        typer.Option(
            "--control",
            metavar="DIR",
            help="A model known to be independent of all; repeatable. Only scores without an "
            "exact p-value are read against it.",
        ),
    ] = None,
    policy: Annotated[
        str, typer.Option("--policy", metavar="FILE|NAME", help="The policy that gates.")
    ] = "default",
    waivers: Annotated[
        Path | None,
        typer.Option("--waivers", metavar="FILE", help="What named persons answer for (TOML)."),
    ] = None,
    fail_on: Annotated[
        Severity | None,
        typer.Option("--fail-on", help="The severity that fails the gate.", show_default="policy"),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(
            "--key",
            metavar="FILE|URI",
            help="The key to sign with: PEM, PKCS#12, or pkcs11: address (see `audit key`).",
        ),
    ] = None,
    passphrase_fd: Annotated[int | None, PASSPHRASE_FD] = None,
    timestamp: Annotated[
        str | None,
        typer.Option("--timestamp", metavar="URL", help="Ask this RFC 3161 server for the time."),
    ] = None,
    requested_by: Annotated[
        str | None,
        typer.Option("--requested-by", metavar="WHO", help="Who asked; printed in the report."),
    ] = None,
    contact: Annotated[
        str | None,
        typer.Option("--contact", metavar="WHERE", help="Where corrections are received."),
    ] = None,
    revocation: Annotated[
        list[Path] | None,
        typer.Option(
            "--revocation",
            metavar="FILE",
            help="A CRL or OCSP response about the key, to be kept in the signature; repeatable. "
            "Needs --timestamp.",
        ),
    ] = None,
    visible_signature: Annotated[
        bool,
        typer.Option("--visible-signature", help="Show the PDF's signature on a page of it."),
    ] = False,
    lang: Annotated[
        Languages, typer.Option("--lang", help="The language of the report and the summary.")
    ] = Languages.EN,
    json: Annotated[bool, typer.Option("--json", help="Print the record on stdout.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
) -> None:
    """Audit a model folder and write a signed report.

    Compares the weights with each --against folder, and with each base model that the
    card declares and that lies beside TARGET. Writes record.json, report.html, report.pdf and
    the attestation (report.intoto.jsonl, report.sigstore.json) into DIR, all or nothing, and
    never touches TARGET.
    """
    from audit import report
    from audit.custody import today
    from audit.output import check_destination
    from audit.pipeline import Request, Run, audit_repository, publish
    from audit.signing.identity.lookup import identity_for
    from audit.signing.identity.passphrase import from_descriptor
    from audit.signing.pdf.pades import check_request
    from audit.signing.pdf.validation_data import read_validation_data
    from audit.sources.names import resolve

    references = tuple(against or ())
    request = Request(
        target=target,
        against=references,
        controls=tuple(control or ()),
        policy=policy,
        fail_on=fail_on,
        waivers=waivers,
        today=today(),
    )
    specs = (target, *references, *request.controls)
    folders = tuple(folder for spec in specs for folder in resolve(spec).own)
    destination = check_destination(out, not_inside=folders)
    run = Run(
        command=_command(request, out, key, lang),
        requested_by=requested_by,
        contact=contact,
        timestamp=timestamp,
        languages=lang,
        validation=read_validation_data(revocation or []),
        visible_signature=visible_signature,
    )
    check_request(run.timestamp, run.validation)
    identity = identity_for(key, from_descriptor(passphrase_fd))
    progress = observer(quiet=quiet)
    record = audit_repository(request, progress)
    written = publish(record, destination, identity, run=run, progress=progress)
    if json:
        show_json(record)
    else:
        console = console_out()
        files = [str(out / name) for name in written]
        summary = report.render_text(record, width=console.width, files=files, language=lang.first)
        console.print(summary, soft_wrap=True)
    raise typer.Exit(record.verdict.status.exit_code)


def _command(request: "Request", out: Path, key: str | None, lang: Languages) -> str:
    """Return the command with the names of folders, but without their places."""
    from audit.signing.identity.token import is_token

    words = ["audit", "model-repo", name_only(request.target)]
    for reference in request.against:
        words += ["--against", name_only(reference)]
    for control in request.controls:
        words += ["--control", name_only(control)]
    if request.policy != "default":
        words += ["--policy", name_only(request.policy)]
    if request.waivers is not None:
        words += ["--waivers", name_only(request.waivers)]
    if request.fail_on is not None:
        words += ["--fail-on", request.fail_on.value]
    if key is not None:
        words += ["--key", key.partition("?")[0] if is_token(key) else name_only(key)]
    if lang is not Languages.EN:
        words += ["--lang", lang.value]
    return shlex.join([*words, "--out", name_only(out)])
