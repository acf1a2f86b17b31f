# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What is asked of a run, resolved once, and what each part of the line returns.

Names that the user types become folders here and nowhere else, so that a wrong one is refused
before anything is read, and no stage looks it up a second time.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import Flag, auto
from pathlib import Path
from typing import TYPE_CHECKING

from audit import rules
from audit.errors import UsageError
from audit.given import read_given
from audit.inventory import Inventory
from audit.provenance.references import References
from audit.record.findings import Finding, Severity
from audit.record.library import LibraryAnswer
from audit.record.verdict import Verdict
from audit.record.waivers import Entry
from audit.record.weights import Comparison, Relatives
from audit.sources.interface import Source
from audit.sources.names import Reach, named
from audit.text.file_names import printable, shortened
from audit.waivers import Baseline, Waivers, answers_of

if TYPE_CHECKING:
    from audit.checks.case import Case
    from audit.provenance.lock import Lock


class Stage(Flag):
    """What a run may leave out of the part of the line that it reaches."""

    DIGESTS = auto()
    """SHA-256 of the weight files, which takes as long as reading them."""
    DECLARED = auto()
    """References that the card declares and that lie beside the target."""
    CODE = auto()


ALL = ~Stage(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to audit, against what, by which policy, and how much of the line to run."""

    target: Source
    against: tuple[Source, ...]
    controls: tuple[Source, ...]
    """Models known to be independent of the target and of what it is compared with."""
    policy: rules.Policy
    fail_on: Severity
    answers: Waivers | None
    baseline: Baseline | None = None
    """An earlier record whose findings about papers do not count again."""
    locked: "Lock | None" = None
    """What the models must still be."""
    stages: Stage
    only: tuple[str, ...] = ()
    """Beginnings of the ids of the checks that count; empty for every check."""
    device: str
    salt: str = ""
    """Goes into what is drawn of models that are not read whole."""
    reach: Reach = field(default_factory=Reach)
    bases: int = 0
    """Steps up which declared bases are fetched that lie nowhere here."""
    library: Path | None = None
    """The folder of fingerprints that is asked about the target."""
    insists: bool = False
    """Whether the caller named that folder: then a model of a hub is read for it as a whole."""

    @classmethod
    def of(
        cls,
        target: str,
        *,
        against: Iterable[str] = (),
        controls: Iterable[str] = (),
        policy: str = "default",
        fail_on: Severity | None = None,
        waivers: Path | None = None,
        baseline: Baseline | None = None,
        locked: Path | None = None,
        today: date | None = None,
        stages: Stage = ALL,
        only: tuple[str, ...] = (),
        device: str = "cpu",
        salt: str = "",
        reach: Reach = Reach(),  # noqa: B008 - frozen
        bases: int | None = None,
        name: str | None = None,
        ignore: Iterable[str] = (),
        include: Iterable[str] = (),
        library: Path | None = None,
        own_library: bool = False,
    ) -> "Request":
        """Resolve what a user names; ``policy`` is a shipped name or a file.

        ``fail_on`` is as the policy says unless given; ``waivers`` need a day, ``today``. Declared
        ``bases`` are fetched for models of a hub unless told otherwise. ``name`` is what the
        target is called. Files of it that match a glob in ``ignore`` and none in ``include`` are
        left out and named, weights never. With ``own_library`` the user's own library is asked
        where no other is named and it is there.

        Raises
        ------
        UsageError
            If a model, the policy or the library does not exist, there are waivers and no day, or
            something is to be included and nothing is ignored.
        SourceError
            If a hub fails.
        RulesError
            If the policy, the file of waivers or the lock is not valid.
        """
        chosen = rules.policy(policy)
        left, looked_at = tuple(ignore), tuple(include)
        if looked_at and not left:
            raise UsageError(
                "--include takes files back from --ignore, and nothing is ignored.",
                advice="Leave it out: everything is looked at.",
            )
        if library is not None and not library.expanduser().is_dir():
            raise UsageError(
                f"{shortened(str(library))} is no folder.", advice="Check the path after --library."
            )
        subject = named(target, reach).leaving_out(left, looked_at)
        fetched = subject.address is not None if bases is None else bases
        return cls(
            target=subject.named(printable(name)) if name else subject,
            against=tuple(named(one, reach) for one in against),
            controls=tuple(named(one, reach) for one in controls),
            policy=chosen,
            fail_on=fail_on or chosen.fail_on,
            answers=answers_of(waivers, today, longest=chosen.waiver_days),
            baseline=baseline,
            locked=None if locked is None else read_lock(locked),
            stages=stages,
            only=only,
            device=device,
            salt=salt,
            reach=reach,
            bases=0 if reach.at_home else int(fetched),
            library=library or (_own_library() if own_library else None),
            insists=library is not None,
        )

    @property
    def how(self) -> dict[str, str]:
        """Where tensors are computed on, and what goes into draws."""
        return {"device": self.device, "salt": self.salt}

    def __contains__(self, stage: Stage) -> bool:
        return stage in self.stages

    def counts(self, check: str) -> bool:
        """Whether the findings of a check count."""
        return not self.only or check.startswith(self.only)

    def new(self, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """Mark the findings that stood in the baseline."""
        if self.baseline is None:
            return findings
        return self.baseline.accept(findings, self.policy.require)

    def hold(
        self, subject: Inventory, references: Iterable[Inventory], controls: Iterable[Inventory]
    ) -> None:
        """Refuse models that are not the locked ones; of a run without references, the subject."""
        if self.locked is None:
            return
        from audit.provenance.lock import lock_of, require_same

        locked = self.locked if Stage.DECLARED in self else self.locked.alone
        require_same(locked, lock_of(subject, references, controls))

    @property
    def notes(self) -> tuple[str, ...]:
        """What the caller should hear about the models and the record that were named."""
        models = (self.target, *self.against, *self.controls)
        return (*(note for one in models for note in one.notes), *self._of_another())

    def _of_another(self) -> Iterator[str]:
        """Say that the baseline was made of another model: a release's name may well change."""
        if self.baseline is not None and self.baseline.subject != self.target.name:
            yield (
                f"The baseline is a record of {self.baseline.subject}, and this is"
                f" {self.target.name}. Findings that both have alike do not count again."
            )

    @property
    def folders(self) -> tuple[Path, ...]:
        """Every folder that is read and must stay as it is."""
        return tuple(own for one in (self.target, *self.against, *self.controls) for own in one.own)


def _own_library() -> Path | None:
    """Return the user's own library, if there is one."""
    from audit.fingerprints.shelf import default_folder

    own = default_folder()
    return own if own.is_dir() else None


def read_lock(path: Path) -> "Lock":
    """Read a lock of ``audit lock``.

    Raises
    ------
    UsageError
        If it cannot be read.
    RulesError
        If it is no lock, or one of another version.
    """
    from audit.provenance.lock import LARGEST, lock_from_bytes

    data = read_given(path, limit=LARGEST, option="--locked")
    return lock_from_bytes(data, where=str(path))


@dataclass(frozen=True, slots=True)
class Looked:
    """The repositories of a run, and how the weights of the subject compare with the others'.

    ``inventories`` and ``comparisons`` are in the order of ``references.found``; ``relatives``
    is ``None`` unless two or more of them share weights with the subject.
    """

    subject: Inventory
    references: References
    inventories: tuple[Inventory, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    relatives: Relatives | None = None
    controls: tuple[Inventory, ...] = ()
    library: LibraryAnswer | None = None
    """What the library says that was asked; ``None`` where none was."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The evidence, what the checks concluded from it, and what the gate made of that.

    ``waivers`` says what came of each; ``case.answers`` what came of those that change evidence.
    """

    case: "Case"
    findings: tuple[Finding, ...]
    verdict: Verdict
    waivers: tuple[Entry, ...]
