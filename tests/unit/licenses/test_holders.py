# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A holder stands on the statement's own line, and is a name."""

import pytest

from audit.licenses.holders import named, parties, spelt_alike, statement_holder


@pytest.mark.parametrize(
    ("line", "detected", "holder"),
    [
        ("# Copyright 2018 The HuggingFace Inc. team.", "The HuggingFace Inc. team",
         "The HuggingFace Inc. team"),
        ("# Copyright 2024 The Qwen team, Alibaba Group and the HuggingFace Inc. team. All rights"
         " reserved.", "The Qwen team, Alibaba Group and the HuggingFace Inc. team",
         "The Qwen team, Alibaba Group and the HuggingFace Inc. team"),
        ("// Copyright (c) 2016-present, Facebook, Inc.", "Facebook, Inc.", "Facebook, Inc."),
        ("# SPDX-FileCopyrightText: 2024 Jane Doe <jane@example.com>", "Jane Doe", "Jane Doe"),
        ("# © 2020 Jürgen Müller GmbH", "Jurgen Muller GmbH", "Jürgen Müller GmbH"),
        ("# Copyright 2025 华为技术有限公司", "Hua Wei", "华为技术有限公司"),
        (" * Copyright (C) 2001, 2002 Foo,", "Foo, Bar Ltd", "Foo, Bar Ltd"),
        ("# Copyright (C) from 2009 to Present EPAM Systems.", "EPAM Systems", "EPAM Systems"),
        ("# Copyright (c) 2020 to 2022 Ann Lee", "Ann Lee", "Ann Lee"),
        ("/* Copyright (c) 2023 Tri Dao. */", "Tri Dao", "Tri Dao"),
        ("# Copyright 2026 Example Lab", "Example Lab Loads", "Example Lab"),
        ("Copyright 2020 by Some Body", "", "Some Body"),
        ("# Copyright 2020 Lawrence Holderlin", "Lawrence Holderlin", "Lawrence Holderlin"),
    ],
)  # fmt: skip
def test_plausible_holders(line: str, detected: str, holder: str) -> None:
    assert statement_holder(line, detected) == holder


@pytest.mark.parametrize(
    ("line", "detected"),
    [
        ("# Copyright (c) 2025", "Medusa Tou Ji Tui Li Jiao Ben"),
        ("# Copyright 2025. All rights reserved.", "import torch"),
        ("# The copyright notice must be kept.", "notice"),
        ("# Copyright [yyyy] [name of copyright owner]", "name of copyright owner"),
        ("x = f(c)", "x"),
        ("", ""),
        ("print('copyright', holder)", "holder"),
    ],
)
def test_what_is_not_a_holder(line: str, detected: str) -> None:
    assert statement_holder(line, detected) is None


def test_parties_of_a_joint_statement() -> None:
    assert parties("EleutherAI and the HuggingFace Inc. team") == (
        "EleutherAI",
        "HuggingFace Inc. team",
    )
    assert parties("Facebook, Inc. and its affiliates") == ("Facebook Inc.",)
    assert parties("NVIDIA CORPORATION & AFFILIATES") == ("NVIDIA CORPORATION",)
    assert parties("Acme Ltd. and other contributors") == ("Acme Ltd.",)
    assert parties("Cohere Inc. HuggingFace Inc. team") == ("Cohere Inc.", "HuggingFace Inc. team")
    assert parties("The authors") == ()


@pytest.mark.parametrize(
    ("text", "party", "known"),
    [
        ("contains code by Hugging Face", "HuggingFace Inc. team", True),
        ("contains code by EleutherAI.", "EleutherAI", True),
        ("Copyright NVIDIA CORPORATION", "NVIDIA Corporation & Affiliates", False),
        ("we met at a metaphor", "Meta", False),
        ("Meta Platforms, Inc.", "Meta", True),
        ("nothing here", "Tri Dao", False),
    ],
)
def test_whether_a_text_names_a_party(text: str, party: str, *, known: bool) -> None:
    assert named(["something else", text], [party]) == ((party,) if known else ())


@pytest.mark.parametrize(
    ("line", "holder"),
    [
        ("# SPDX-FileCopyrightText: 2024 Example Lab", "Example Lab"),
        (
            "# SPDX-FileCopyrightText: Copyright (c) 2022-2024 NVIDIA CORPORATION & AFFILIATES."
            " All rights reserved.",
            "NVIDIA CORPORATION & AFFILIATES",
        ),
        ("// SPDX-SnippetCopyrightText: (c) 2021, 2023 - 2024 Acme Ltd.", "Acme Ltd."),
        ("# Copyright (c) 2019, 2020-2021, Facebook, Inc. and its affiliates.", None),
        ('KEYWORDS = ("Copyright", "2025", "SomeFactory")', ""),
    ],
)
def test_a_holder_survives_whole(line: str, holder: str | None) -> None:
    expected = "Facebook, Inc. and its affiliates." if holder is None else (holder or None)
    assert statement_holder(line, "") == expected


@pytest.mark.parametrize(
    ("text", "party", "known"),
    [
        ("an open-weights model, by xAI", "X.AI Corp.", True),
        ("[Meta AI Research, FAIR]", "Meta Platforms Inc.", True),
        ("import.meta.env is read", "Meta Platforms Inc.", False),
        ("By the Wan team at Alibaba.", "Alibaba Wan Team Authors", True),
        (
            "Alibaba has a cloud. Ten pages on, at the very end of it, stands Wan.",
            "Alibaba Wan",
            False,
        ),
        ("by John Doe, and by Adam Roe", "Jane Doe", False),
    ],
)
def test_who_else_is_named(text: str, party: str, known: bool) -> None:
    assert named([text], [party]) == ((party,) if known else ())


def test_spellings_of_one_holder() -> None:
    assert spelt_alike("NVIDIA CORPORATION") == spelt_alike("Nvidia Corp.")
    assert spelt_alike("The HuggingFace Team") == spelt_alike("HuggingFace Inc. team")
