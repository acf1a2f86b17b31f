# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Commercial use by leave, riders, and limits of single things; worded as public READMEs do."""

import pytest

from audit.licenses.declared.prose import LEAVE, LIMIT
from tests.unit.licenses.test_prose import claims


def scopes(prose: str, field: str) -> list[str | None]:
    return [c.scope for c in claims(prose) if c.field == field]


@pytest.mark.parametrize(
    ("prose", "parts"),
    [
        ("If you wish to use the code and models of this project for commercial purposes, please"
         " sign this form to obtain authorization.", [None]),
        ("For commercial use, please contact the maintainers.", [None]),
        ("For commercial use please contact us first.", [None]),
        ("If you want to modify it for commercial use, please contact me.", [None]),
        ("Commercial use requires separate permission from the copyright holder.", [None]),
        ("Commercial use requires a valid license.", [None]),
        ("Commercial use of Sparrow needs written consent.", [None]),
        ("For commercial purposes, please contact the owner for permission.", [None]),
        ("To use the scripts for commercial purposes, please contact the author.", ["code"]),
        ("If you use this work commercially, you must obtain our permission.", [None]),
        ("The weights may be used for commercial purposes only with the consent of the authors.",
         ["weights"]),
        ("If you would like to use this data for commercial purposes, please contact us.",
         ["data"]),
        ("商用请联系作者。", [None]),
        ("如需商用请联系作者获得授权。", [None]),
        ("如需商业使用，请联系我们。", [None]),
        ("商业用途需要额外授权。", [None]),
        ("商业使用需获得作者书面授权。", [None]),
        ("任何商业用途需另行获得授权。", [None]),
        ("若将本模型用作商业用途，请申请书面授权。", ["weights"]),
    ],
)  # fmt: skip
def test_commercial_use_by_leave(prose: str, parts: list[str | None]) -> None:
    assert scopes(prose, LEAVE) == parts


@pytest.mark.parametrize(
    "prose",
    [
        "For commercial support, please contact us.",
        "For commercial inquiries, please contact us.",
        "Free for commercial use; contact us for support.",
        "Commercial use is permitted; no permission is required.",
        "You can use it for commercial purposes without permission.",
        "It is NOT necessary for you to submit a request for commercial usage.",
        "The weights can be used commercially, please cite the paper.",
        "If you need a closed-source version of Sparrow for commercial purposes, contact us.",
        "If you like this theme and use it for commercial purposes, please support me!",
        "For commercial use of the API, please contact us.",
        "Llama 2 requires a license for commercial use.",
        "如需商业合作，请联系作者。",
        "您无需提交商业使用申请。",
        "本项目支持商用，欢迎联系我们。",
        "可免费商用，使用时请注明出处。",
    ],
)
def test_what_asks_for_nothing(prose: str) -> None:
    assert scopes(prose, LEAVE) == []


@pytest.mark.parametrize(
    ("prose", "parts"),
    [
        ("Sparrow is under Apache 2.0 license and Commons Clause.", [None]),
        ("Apache 2.0 with Commons Clause - see LICENSE.", [None]),
        ("Licensed under the LGPL and the Common Clause condition.", [None]),
        ("The Commons Clause was removed.", []),
        ("MIT, without Commons Clause.", []),
    ],
)
def test_a_rider(prose: str, parts: list[str | None]) -> None:
    assert scopes(prose, LIMIT) == parts


@pytest.mark.parametrize(
    ("prose", "parts"),
    [
        ("* [Sparrow-8K](https://hub/a)\n* [Sparrow-8K-Chat](https://hub/b) (for research only)",
         []),
        ("* The weights are for research only.", ["weights"]),
        ("All weights and data are for research use ONLY. Commercial use is strictly prohibited.",
         ["data", "weights"]),
        ("The code is MIT. This repository is for research only. Commercial use is prohibited.",
         [None]),
    ],
)  # fmt: skip
def test_what_a_limit_is_about(prose: str, parts: list[str | None]) -> None:
    assert scopes(prose, LIMIT) == parts
