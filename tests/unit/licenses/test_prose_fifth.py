# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Kinds of sentences of the fifth corpus: what gives a licence, and what only names one."""

import pytest

from audit.inventory.model_card import ModelCard
from audit.licenses.declared.prose import LIMIT, prose_claims


def read(text: str) -> dict[str, str | None]:
    card = ModelCard(path="README.md", metadata="{}", prose=f"# Heron\n\n{text}\n")
    return {c.field or c.expression: c.scope for c in prose_claims(card)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dự án này được phân phối dưới MIT License.", {"MIT": None}),
        ("The Heron dataset is under CC-BY-4.0-NC.", {"CC-BY-NC-4.0": "data"}),
        ("It is under a Creatives Common BY-NC 4.0 license.", {"CC-BY-NC-4.0": None}),
        ("The weights are licensed under[MIT](LICENSE).", {"MIT": "weights"}),
        ("The MIT License is applicable solely to the source code.", {"MIT": "code"}),
        ("The CC BY 4.0 licence applies only to the weights.", {"CC-BY-4.0": "weights"}),
        ("GPL-3.0 is applicable to the code.", {"GPL-3.0-only": "code"}),
        ("We use the MIT license.", {"MIT": None}),
        ("We adopt the MIT License for the code.", {"MIT": "code"}),
        ("You may use Heron under the terms of the MIT License.", {"MIT": None}),
        ("For our data, it's under CC BY 4.0.", {"CC-BY-4.0": "data"}),
        ("本仓库的许可证已修改为 CC BY-NC-SA 4.0。", {"CC-BY-NC-SA-4.0": None}),
        ("Heron is subject to the Yi license.", {"family": None}),
        ("[Heron](https://github.com/x/heron) is released under the MIT License.", {"MIT": None}),
        (
            "To be like [ort](https://github.com/x/ort), this library is MIT licensed.",
            {"MIT": None},
        ),
    ],
)
def test_what_gives_a_licence(text: str, expected: dict[str, str | None]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "The [egret](https://github.com/x/egret) project is licensed under the MIT License.",
        "[Our backend](https://github.com/heron/heron-core) is open-source under the AGPLv3.",
        "The datasets listed here are under permissive licenses (Apache 2.0, MIT, etc.).",
        "These models are stated to be under Apache License 2.0.",
        "- EGRETv5-Ron weights are GPL-3.0",
        "We use the MIT License of Osprey.",
        "We use MIT licensed code.",
        "You may need the MIT License of others.",
        "We may use the MIT license.",
        "| [e.pth](https://x.org/e) | ![license](https://img.shields.io/badge/license-MIT-green) |",
        "使用过程中请严格遵守Llama-3的[开源许可协议](https://x.org/LICENSE)。",
    ],
)
def test_what_only_names_one(text: str) -> None:
    assert not read(text)


@pytest.mark.parametrize(
    ("text", "limited"),
    [
        ("Use of resources (e.g., code, data and model weights) is limited to research.", True),
        ("The dataset, model and online demo are for non-commercial use only.", True),
        ("The online demo is for non-commercial use only.", False),
        ("The service and the website are for non-commercial use only.", False),
    ],
)
def test_a_demo_among_other_things_is_limited_with_them(text: str, limited: bool) -> None:
    assert (LIMIT in read(text)) is limited
