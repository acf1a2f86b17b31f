# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit model-repo``: a model in, a signed report out."""

import re
from collections.abc import Callable
from datetime import date
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from audit.cli import options
from audit.cli.common import console_out, destination_for, show, show_json
from audit.cli.drawing import observer
from audit.cli.outputs import asked, deliver, tell_the_host
from audit.cli.plan import heard, planned, warn_of_pointers
from audit.cli.records import read_baseline
from audit.languages import Language, Languages

if TYPE_CHECKING:
    from audit.progress import Progress
    from audit.publish import Run
    from audit.record.document import AuditRecord
    from audit.request import Request

_NAME = 60
"""Characters of a model's name in that of a folder."""
EXAMPLES = (
    "audit model-repo meta-llama/Llama-3.1-8B",
    "audit model-repo ./model --against ./base",
    "audit model-repo ./model --against ./base --against ./other --out ./report",
    "audit model-repo ./model --no-report --fail-on critical",
    "audit model-repo ./model --output sarif=audit.sarif --output junit=audit.xml",
)


def model_repo_command(
    *,
    context: typer.Context,
    target: options.Target,
    out: options.Out = None,
    force: options.Force = False,
    no_report: options.NoReport = False,
    against: options.Against = None,
    control: options.Control = None,
    library: options.Library = None,
    no_library: options.NoLibrary = False,
    salt: options.Salt = "",
    name: options.Name = None,
    ignore: options.Ignore = None,
    include: options.Include = None,
    offline: options.Offline = False,
    full: options.Full = False,
    resolve_bases: options.ResolveBases = None,
    dry_run: options.DryRun = False,
    policy: options.Policy = "default",
    waivers: options.Waivers = None,
    baseline: options.Baseline = None,
    locked: options.Locked = None,
    fail_on: options.FailOn = None,
    key: options.Key = None,
    passphrase_fd: options.PassphraseFd = None,
    timestamp: options.Timestamp = None,
    requested_by: options.RequestedBy = None,
    contact: options.Contact = None,
    examiner: options.Examiner = None,
    commission: options.Commission = None,
    independence: options.Independence = None,
    acquired: options.Acquired = None,
    revocation: options.Revocation = None,
    visible_signature: options.VisibleSignature = False,
    summary: options.Summary = False,
    lang: options.Lang = Languages.EN,
    output: options.Output = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Audit a model and write a signed report.

    Compares the weights with each --against model, and with each base model that the card
    declares: that lies beside TARGET or, for a model of the hub, that the hub has. Writes
    record.json, report.html, report.pdf and the attestation (report.intoto.jsonl,
    report.sigstore.json) into a new folder, all or nothing, and never touches TARGET. With
    --no-report, or with --output or --json and no --out, it is the gate alone: a verdict, an exit
    code, and what was asked for.
    """
    from audit import pipeline
    from audit.custody import today
    from audit.request import Request
    from audit.sources.names import Reach

    request = Request.of(
        target,
        against=against or (),
        controls=control or (),
        salt=salt,
        policy=policy,
        fail_on=fail_on,
        waivers=waivers,
        baseline=read_baseline(baseline),
        locked=locked,
        today=today(),
        reach=Reach(offline=offline, full=full),
        bases=resolve_bases,
        name=name,
        ignore=ignore or (),
        include=include or (),
        library=library if (asks := not no_library or _is_nearer(context)) else None,
        own_library=asks,
    )
    heard(request)
    if dry_run:
        show(planned(request))
        raise typer.Exit
    outputs = asked(output)
    make = None
    if no_report:
        out = None
    elif out is None and not outputs and not json:
        out = _own_folder(request, today(), replacing=force)
    if out is not None:
        from audit.publish import Run
        from audit.signing.pdf.validation_data import read_validation_data

        stated = {"requested_by": requested_by, "contact": contact, "examiner": examiner}
        stated |= {"commission": commission, "independence": independence}
        run = Run(
            command=options.command_line(context),
            stated={**stated, "acquired": tuple(acquired or ())},
            timestamp=timestamp,
            languages=lang,
            validation=read_validation_data(revocation or []),
            visible_signature=visible_signature,
            summary=summary,
            replacing=force,
        )
        make = _ready(out, run, key, passphrase_fd, request.folders)
    progress = observer(quiet=quiet)
    record = pipeline.run(request, progress)
    files = [] if make is None else [str(Path(out or "") / n) for n in make(record, progress)]
    taken = deliver(record, outputs, lang.first)
    if json and not taken:
        show_json(record)
    elif not taken:
        _tell(record, files, lang.first)
    raise typer.Exit(record.verdict.status.exit_code)


def _is_nearer(context: typer.Context) -> bool:
    """Whether a library was named nearer to this run than that none is to be asked."""
    sources = ("COMMANDLINE", "ENVIRONMENT", "DEFAULT_MAP", "DEFAULT")
    named, none = (
        sources.index(source.name) if (source := context.get_parameter_source(name)) else 3
        for name in ("library", "no_library")
    )
    return named < none


def _tell(record: "AuditRecord", files: list[str], language: Language) -> None:
    """Print the summary, and say it to the host as well."""
    from audit.report import render_text

    warn_of_pointers(record.subject.unread)
    console = console_out()
    told = render_text(record, width=console.width, files=files, language=language)
    console.print(told, soft_wrap=True)
    tell_the_host(record, language)


def _own_folder(request: "Request", day: date, *, replacing: bool) -> Path:
    """Return where the report of a run goes that named no folder.

    It is ``audit-NAME-DATE`` in the working folder, or beside a model that is audited from inside,
    with the first number behind it that makes it a new one.
    """
    here = Path.cwd()
    inside = request.folders
    outside = (p for p in (here, *here.parents) if not any(f in (p, *p.parents) for f in inside))
    beside = next(outside, here)
    name = re.sub(r"[^\w.-]+", "-", request.target.name)[:_NAME].strip("-.") or "model"
    named = beside / f"audit-{name}-{day}"
    numbered = (named.with_name(f"{named.name}-{n}") for n in count(2))
    free = named if replacing else next(p for p in chain((named,), numbered) if not p.exists())
    return free.relative_to(here) if beside == here else free


def _ready(
    out: Path, run: "Run", key: str | None, passphrase_fd: int | None, folders: tuple[Path, ...]
) -> "Callable[[AuditRecord, Progress], tuple[str, ...]]":
    """Check all that a report needs before the work starts; return what then writes it."""
    from audit.publish import publish
    from audit.signing.identity.lookup import identity_for
    from audit.signing.identity.passphrase import from_descriptor
    from audit.signing.pdf.pades import check_request
    from audit.verification.own import check_own_report

    destination = destination_for(out, not_inside=folders, replacing=run.replacing)
    if run.replacing:
        check_own_report(destination)
    check_request(run.timestamp, run.validation)
    identity = identity_for(key, from_descriptor(passphrase_fd))
    return lambda record, progress: publish(
        record, destination, identity, run=run, progress=progress
    )
