# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What READMEs say about licences, in the forms that people use; the sentences are our own."""

import time

import pytest

from audit.inventory.model_card import ModelCard
from audit.licenses.declared.badges import FAMILY
from audit.licenses.declared.names import names, split
from audit.licenses.declared.plain import MOST
from audit.licenses.declared.prose import LIMIT, PLACE, prose_claims
from audit.licenses.detected.comments import speaking
from audit.record.licenses import NOASSERTION, LicenseClaim

CC_NC = "CC-BY-NC-4.0"


def claims(prose: str, title: str = "Sparrow-7B") -> tuple[LicenseClaim, ...]:
    text = f"# {title}\n\n{prose}" if title else prose
    return prose_claims(ModelCard(path="README.md", metadata="{}", prose=text))


def given(prose: str, title: str = "Sparrow-7B") -> list[tuple[str, str | None]]:
    return [(c.expression, c.scope) for c in claims(prose, title) if c.expression != NOASSERTION]


@pytest.mark.parametrize(
    ("prose", "found"),
    [
        ("Distributed under the MIT License. See `LICENSE` for more.", [("MIT", None)]),
        ("The training code is open-sourced under the [Apache-2.0](LICENSE) license.",
         [("Apache-2.0", "code")]),
        ("Sparrow is permissively licensed under Apache License, Version 2.0.",
         [("Apache-2.0", None)]),
        ("They are released under the MIT open-source license.", [("MIT", None)]),
        ("The code and the model weights are released\nunder the Apache 2.0 license as found in"
         " the LICENSE file.", [("Apache-2.0", None)]),
        ("We release the checkpoints under CC BY-NC 4.0.", [(CC_NC, "weights")]),
        ("Use of the Sparrow models is governed by the Llama 2 Community License Agreement.",
         [("LicenseRef-scancode-llama-2-license-2023", "weights")]),
        ("Sparrow is MIT licensed.", [("MIT", None)]),
        ("The source code in this repository complies with the BSD 3-Clause License.",
         [("BSD-3-Clause", "code")]),
        ("For data, please comply with [CC BY-SA 4.0](x).", [("CC-BY-SA-4.0", "data")]),
        ("The license has been changed from GPL-3.0 to Apache-2.0.", [("Apache-2.0", None)]),
        ("本项目的代码依照 Apache-2.0 协议开源。", [("Apache-2.0", "code")]),
        ("本仓库以 MIT 许可证发布。", [("MIT", None)]),
        ("模型权重采用 CC BY-NC 4.0 许可，代码遵循 Apache License 2.0。",
         [(CC_NC, "weights"), ("Apache-2.0", "code")]),
        ("使用本仓库源码需遵循[木兰宽松许可证, 第2版](LICENSE)。", [("MulanPSL-2.0", "code")]),
        ("Code is under MIT, the weights are under CC-BY-NC-4.0.",
         [("MIT", "code"), (CC_NC, "weights")]),
        ("Licensed under either of\n\n- Apache License, Version 2.0\n- MIT license\n\n"
         "at your option.", [("Apache-2.0 OR MIT", None)]),
        ("Sparrow is available under MIT or Apache-2.0.", [("Apache-2.0 OR MIT", None)]),
        ("## License\n\n[MIT](LICENSE)\n", [("MIT", None)]),
        ("## Model License\n\nApache-2.0\n", [("Apache-2.0", "weights")]),
        ("The code is released under the MIT License, the weights under CC-BY-NC-4.0.",
         [("MIT", "code"), (CC_NC, "weights")]),
        ("- Code: MIT\n- Weights: CC BY-NC 4.0\n", [("MIT", "code"), (CC_NC, "weights")]),
        ("| Part | License |\n| --- | --- |\n| Code (all) | MIT |\n| Weights | CC BY-NC 4.0 |\n",
         [("MIT", "code"), (CC_NC, "weights")]),
        ("许可证：MIT", [("MIT", None)]),
        ("![x](https://img.shields.io/static/v1?label=License&message=MIT&color=blue)",
         [("MIT", None)]),
        ("![License](https://img.shields.io/badge/Apache--2.0-blue)", [("Apache-2.0", None)]),
        ("<img src='https://shields.io/badge/license-MIT%2FApache--2.0-blue'>",
         [("Apache-2.0 OR MIT", None)]),
        ('<a rel="license" href="x">This work</a> is licensed under a <a href="y">Creative Commons'
         " Attribution-NonCommercial 4.0 International License</a>.", [(CC_NC, None)]),
    ],
)  # fmt: skip
def test_what_is_given(prose: str, found: list[tuple[str, str | None]]) -> None:
    assert given(prose) == found


@pytest.mark.parametrize(
    "prose",
    [
        "The base model is licensed under Apache-2.0.",
        "Finch is released under the MIT License.",
        "The harness we used is licensed under the MIT License.",
        "Sparrow-Base is licensed under the Llama 2 Community License, Copyright (c) Example.",
        "The Finch dataset is under CC BY 4.0.",
        "This repository is based on code by others that is licensed under MIT.",
        "Some parts of this project are under GPL-3.0.",
        "Earlier versions were released under GPL-3.0.",
        "The code is not licensed under the GPL-3.0.",
        "Any project that uses it must be released under GPL-3.0.",
        "Please adhere to the Llama 2 license.",
        "原始模型遵循 GPL-3.0 协议。",
        "第三方代码采用 MIT 许可证。",
        "使用过程中请严格遵守 MIT 协议。",
        "2024.01 增加 Finch，Apache-2.0 协议",
        "| Model | License |\n| --- | --- |\n| Finch | MIT |\n",
        "```\nThe code is released under the MIT License.\n```",
        "<!-- The code is released under the MIT License. -->",
        "The code is released under a modified MIT license.",
        "Written by researchers at MIT.",
        "The API is MIT compatible.",
    ],
)
def test_what_is_not(prose: str) -> None:
    assert given(prose) == []


@pytest.mark.parametrize(
    ("prose", "scopes"),
    [
        ("The model is for research use only.", ["weights"]),
        ("This project may not be used for commercial purposes.", [None]),
        ("All weights and data are strictly for non-commercial use only.", ["data", "weights"]),
        ("本项目仅供学术研究使用，严禁用于商业用途。", [None]),
        ("模型权重不得商用。", ["weights"]),
        ("Not for commercial use.", [None]),
        ("The Finch models are for research use only.", []),
        ("原始权重仅供研究使用。", []),
        ("We removed the limit to non-commercial use only.", []),
        ("The data is intended for research, especially on safety.", []),
        ("For commercial use, please contact us.", []),
        ("Also online for non-commercial use, though with a more limited set.", []),
        ("结果仅供技术研究参考。", []),
        ("受限于学术领域的评测方法，我们提供演示。", []),
        (
            "Commercial use is allowed if you meet the terms of our licence:\n\n1. no limits\n"
            "2. You may not resell the service for commercial purposes.\n",
            [],
        ),
        ("Free for commercial use.", []),
        ("不仅可用于学术研究，也可商用。", []),
    ],
)
def test_limits_of_use(prose: str, scopes: list[str | None]) -> None:
    found = [c.scope for c in claims(prose) if c.field == LIMIT]
    assert sorted(map(str, found)) == sorted(map(str, scopes))


def test_a_name_without_a_version_is_a_family() -> None:
    (claim,) = claims("![x](https://img.shields.io/badge/License-Apache-yellow)")
    assert (claim.expression, claim.field) == (NOASSERTION, FAMILY)


def test_terms_that_are_only_at_an_address_keep_it() -> None:
    prose = "使用模型需遵循《[雀模型许可协议](https://example.com/a.pdf)》。"
    (claim,) = claims(prose)
    assert claim.field == PLACE
    assert "https://example.com/a.pdf" in claim.raw


def test_without_a_title_a_known_model_is_somebody_elses() -> None:
    assert given("Qwen2 is licensed under Apache-2.0.", title="") == []
    assert given("Sparrow is licensed under Apache-2.0.", title="") == [("Apache-2.0", None)]


def test_a_statement_has_the_line_on_which_it_begins() -> None:
    found = claims("Text.\n\nMore text\nhere. The code is\nunder MIT.\n")
    assert [c.line for c in found] == [6]


def test_longest_names_win_and_altered_ones_are_unknown() -> None:
    def read(text: str) -> list[str]:
        return [named.expression for named in names(split(text))]

    assert read("GNU Lesser General Public License v2.1 or later") == ["LGPL-2.1-or-later"]
    assert read("a Meta Llama 3 Community License") == ["LicenseRef-audit-llama-3"]
    assert read("Llama 3 and gemma") == []
    assert read("modified MIT license, MIT-style terms") == [NOASSERTION, NOASSERTION]


def test_too_many_blocks_are_said_and_not_passed_over() -> None:
    prose = "".join(f"- license {n}\n" for n in range(MOST + 5))
    assert [c.field for c in claims(prose) if c.expression == NOASSERTION] == [""]


WORST = [
    "- mit\n", "# MIT license\n", "- a\n", "# a\n", "a\n", "\n", "<h1>a\n", "[", "](",
    "![a](", "<a ", "<!-- ", "```\n", "a\n==\n", "| a | license |\n", "MIT or ", "代码", "((",
    "under MIT and ", "采用 MIT 协议，", "not for commercial use ", "only research ", "GPLv",
    "licensed under:\n- MIT\n", "https://img.shields.io/badge/License-", "git clone ", "))",
    "the code is licensed under ", "[MIT](LICENSE) is not ", "コードはMIT、", "(MIT is ",
    "unless otherwise ", "MIT, including a", '<a rel="license" ', "MIT 라이선스로 ", "a_license_",
    "[![x](y)](https://creativecommons.org/licenses/by/4.0/)\n", "研究目的のみで ", "InX: is mit. ",
    "x | y | MIT\n", "Code - MIT - ", "MIT for the code, ", "本项目的 X 采用 MIT 协议的 Y，\n\n",
]  # fmt: skip


def cost(pattern: str, size: int, reader: str) -> float:
    text = pattern * (size // len(pattern))
    start = time.process_time()
    if reader == "prose":
        prose_claims(ModelCard(path="README.md", metadata="{}", prose=text))
    else:
        speaking(f"a.{reader}", text)
    return time.process_time() - start


@pytest.mark.parametrize(
    ("pattern", "reader"),
    [
        *((pattern, "prose") for pattern in WORST),
        *(
            (pattern, name)
            for name in ("py", "c")
            for pattern in ("a\n", '"""', "/*", "/*\n", "# ")
        ),
    ],
)
def test_a_megabyte_of_the_worst_is_read_in_linear_time(pattern: str, reader: str) -> None:
    for _ in range(4):  # others use this machine too, and noise only adds
        half, whole = (cost(pattern, size, reader) for size in (500_000, 1_000_000))
        if whole < 2 and whole < 2.6 * max(half, 0.3):
            break
    assert whole < 2
    assert whole < 2.6 * max(half, 0.3)
