# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Loads and validates ``rules/``: check texts, licence facts, policies, thresholds."""

import tomllib
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from audit import resources
from audit.errors import RulesError, UsageError
from audit.findings import Severity


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


_Model = TypeVar("_Model", bound=BaseModel)


class CheckRule(_Strict):
    """The words and numbers of one check (``rules/checks/<id>.yaml``)."""

    id: str
    version: int
    title: str
    severity: Severity
    what: str
    why: str
    how_to_fix: str
    parameters: dict[str, float | str | list[str]] = {}


Downstream = Literal["any", "any-with-notices", "pass-through", "same-license", "no-redistribution"]
"""What a derivative may be licensed under, from least to most binding."""


class Obligation(_Strict):
    """One duty, with the clause it stands in."""

    id: str
    clause: str
    text: str


class LicenseFacts(_Strict):
    """Facts of one licence (``rules/licenses/<id>.yaml``); ``verified`` is a date.

    ``aliases`` are model-card ids; ``same_terms`` are ids of other editions for which
    every fact here holds too; ``copyleft`` means that a work based on it must
    carry the same licence; ``non_commercial`` that use is limited. ``clauses`` maps
    ``downstream``, ``copyleft`` and ``non_commercial`` to the clause they rest on.
    """

    schema_version: Literal[1]
    id: str
    name: str
    aliases: list[str] = []
    same_terms: list[str] = []
    downstream: Downstream
    copyleft: bool
    non_commercial: bool
    clauses: dict[str, str]
    obligations: list[Obligation]
    source: str
    verified: str

    @model_validator(mode="after")
    def _every_fact_has_a_clause(self) -> Self:
        facts = {"copyleft": self.copyleft, "non_commercial": self.non_commercial}
        needed = ["downstream", *(name for name, holds in facts.items() if holds)]
        missing = [name for name in needed if not self.clauses.get(name, "").strip()]
        if missing:
            raise ValueError(f"there is no clause for {missing[0]}")
        return self


class Aliases(_Strict):
    """What cards and package metadata write for licences (``rules/aliases.yaml``).

    ``licenses`` maps a whole string, lower case, to an SPDX id or a ``LicenseRef-``;
    ``ambiguous`` lists ids that name no one licence.
    """

    schema_version: Literal[1]
    licenses: dict[str, str]
    ambiguous: list[str]


class Policy(_Strict):
    """Which findings stop a release (``rules/policies/<name>.toml`` or a user's file)."""

    name: str
    description: str
    fail_on: Severity
    severity: dict[str, Severity] = {}
    """Overrides by check id."""
    digest: str = ""


class WeightThresholds(_Strict):
    """Numbers of the weight decision rule (``rules/weights.yaml``), each explained there."""

    schema_version: Literal[1]
    alpha_derived: float
    """log10 of the adjusted p-value at or below which dependence is established."""
    alpha_none: float
    """log10 of the adjusted p-value above which nothing was found."""
    min_correlation: float
    min_matched_fraction: float
    min_matched_correlation: float
    """For neurons that were searched for. A borrowed embedding table alone makes the
    best-matching neurons of otherwise unrelated layers agree at about 0.1."""
    min_roles: int
    min_parameters: int
    """Fewest compared parameters for a negative conclusion."""
    max_undetected_correlation: float
    """A negative conclusion needs an upper bound on the shared correlation below this."""
    max_planted_correlation: float
    """Across widths, a negative conclusion needs planted children to be found that kept no
    more than this correlation with the wider model."""
    min_containment: float
    """Below it in every part of the layers, neither model contains the other's weights:
    the shared-initialisation guard of ``docs/methods.md``."""
    copy_coverage: float
    min_gram: float
    min_gram_ratio: float
    gram_controls: int
    gram_controls_best: float
    """Calibration of neuron Gram matching: how many comparisons of independently trained
    models were made, and the best score among them (``bench/gram_controls.py``)."""
    min_map_correlation: float
    min_map_fraction: float
    """A column map on the embeddings is confident when this share of the dimensions
    choose each other with at least that correlation, and is not the identity."""


class CodeThresholds(_Strict):
    """Numbers of the code comparison (``rules/code.yaml``), each explained there."""

    schema_version: Literal[1]
    min_fingerprints: int
    min_score: float
    min_union: float
    min_renamed_fingerprints: int
    min_renamed_score: float
    family_share: float
    explained_share: float
    min_similarity: float


class CodeSource(_Strict):
    """Which files of a project's archives are known code, and whose they are."""

    project: str
    license: str
    holder: str
    include: list[str]
    exclude: list[str]


class CodeSources(_Strict):
    """The projects of the shipped indexes (``rules/code/sources.yaml``)."""

    schema_version: Literal[1]
    projects: list[CodeSource]


@cache
def checks() -> dict[str, CheckRule]:
    """Return every check's rule by id."""
    return {rule.id: rule for rule in _load_all("checks", CheckRule)}


@cache
def licenses() -> dict[str, LicenseFacts]:
    """Return the licence table by SPDX id (or ``LicenseRef-``)."""
    return {facts.id: facts for facts in _load_all("licenses", LicenseFacts)}


def license_facts(symbol: str) -> LicenseFacts | None:
    """Return the facts of a licence id, or of the edition that has the same terms."""
    table = licenses()
    if symbol in table:
        return table[symbol]
    return next((facts for facts in table.values() if symbol in facts.same_terms), None)


@cache
def aliases() -> dict[str, str]:
    """Return what cards and metadata write for a licence, lower case, to its SPDX id."""
    own = {alias.casefold(): facts.id for facts in licenses().values() for alias in facts.aliases}
    return {**_aliases().licenses, **own}


@cache
def ambiguous_licenses() -> frozenset[str]:
    """Return the ids, lower case, that name no one licence (``other``, ``cc``, ...)."""
    return frozenset(_aliases().ambiguous)


def _aliases() -> Aliases:
    path = resources.tree("rules") / "aliases.yaml"
    return _validate(Aliases, _yaml(path), path)


@cache
def weight_thresholds() -> WeightThresholds:
    """Return the thresholds of the weight decision rule."""
    path = resources.tree("rules") / "weights.yaml"
    return _validate(WeightThresholds, _yaml(path), path)


@cache
def code_thresholds() -> CodeThresholds:
    """Return the thresholds of the code comparison."""
    path = resources.tree("rules") / "code.yaml"
    return _validate(CodeThresholds, _yaml(path), path)


def code_sources() -> dict[str, CodeSource]:
    """Return what the shipped indexes of known code are built from, by project."""
    path = resources.tree("rules") / "code" / "sources.yaml"
    listed = _validate(CodeSources, _yaml(path), path).projects
    return {source.project: source for source in listed}


def policy(name_or_file: str) -> Policy:
    """Load a shipped policy by name, or a user's TOML file.

    Raises
    ------
    UsageError
        If there is neither a policy of that name nor such a file.
    RulesError
        If the file has an unknown or a missing key.
    """
    folder = resources.tree("rules") / "policies"
    shipped = folder / f"{name_or_file}.toml"
    path = shipped if shipped.is_file() else Path(name_or_file)
    if not path.is_file():
        names = ", ".join(sorted(p.stem for p in folder.glob("*.toml")))
        raise UsageError(
            f"There is no policy {name_or_file!r}.",
            advice=f"Use one of {names}, or the path of a TOML file.",
        )
    data = path.read_bytes()
    try:
        fields = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RulesError(f"{path}: {error}", advice="Correct the TOML syntax.") from error
    loaded = _validate(Policy, {**fields, "digest": sha256(data).hexdigest()}, path)
    unknown = sorted(set(loaded.severity) - set(checks()))
    if unknown:
        raise RulesError(
            f"{path}: severity: there is no check {unknown[0]}",
            advice="`audit rules list` shows the check ids.",
        )
    return loaded


def _load_all(folder: str, model: type[_Model]) -> list[_Model]:
    paths = sorted((resources.tree("rules") / folder).glob("*.yaml"))
    return [_validate(model, _yaml(path), path) for path in paths]


def _yaml(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RulesError(f"{path}: {error}", advice="Correct the YAML syntax.") from error


def _validate(model: type[_Model], fields: Any, path: Path) -> _Model:
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "top level"
        raise RulesError(
            f"{path}: {place}: {first['msg']}", advice="Correct that field."
        ) from error
