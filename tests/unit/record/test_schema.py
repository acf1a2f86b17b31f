# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Two schemas: today's, and that of a record made before sentences had arguments."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from audit.errors import UsageError
from audit.record.document import SCHEMA_VERSION, record_from_bytes, to_bytes
from tests.unit.report import records

ROOT = Path(__file__).resolve().parents[3]
STORED = ROOT / "tests" / "frozen" / "schema-1" / "record.json"


def schema(version: int) -> Draft202012Validator:
    text = (ROOT / "docs" / "schema" / f"record-{version}.json").read_text("utf-8")
    return Draft202012Validator(json.loads(text))


def test_a_record_of_schema_1_is_read_and_written_byte_for_byte() -> None:
    before = STORED.read_bytes()
    record = record_from_bytes(before, where="record.json")
    assert record.schema_version == 1
    assert to_bytes(record) == before
    parents = [(p.path, p.field) for p in record.subject.parents]
    stated = [p["origin"] for p in json.loads(before)["subject"]["parents"]]
    assert [f"{path}: {field}" for path, field in parents] == stated


def test_each_record_follows_the_schema_that_it_names() -> None:
    schema(1).validate(json.loads(STORED.read_bytes()))
    for record in (records.convicted(), records.cleared(), records.hostile()):
        made = to_bytes(record)
        schema(SCHEMA_VERSION).validate(json.loads(made))
        assert to_bytes(record_from_bytes(made, where="record.json")) == made


def test_a_record_of_neither_is_refused() -> None:
    stored = json.loads(STORED.read_bytes())
    for changed in (
        {"schema_version": 3},
        {"schema_version": 1, "findings": None},
        {"limits": [1]},
    ):
        with pytest.raises(UsageError, match="schema 1 or 2"):
            record_from_bytes(json.dumps({**stored, **changed}).encode(), where="record.json")
