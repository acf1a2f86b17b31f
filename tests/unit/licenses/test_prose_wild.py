# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Kinds of sentences that public READMEs have and the reader misread; the sentences are our own."""

import pytest

from audit.inventory.model_card import ModelCard
from audit.licenses.declared.prose import LEAVE, LIMIT, prose_claims
from tests.unit.licenses.test_prose import CC_NC, claims, given

MIT, APACHE = ("MIT", None), ("Apache-2.0", None)
RAIL = "LicenseRef-scancode-stable-diffusion-2022-08-22"
LLAMA = "LicenseRef-scancode-llama-3.2-license-2024"


@pytest.mark.parametrize(
    ("prose", "found"),
    [
        # an exception is no part of what is said
        ("Unless otherwise noted, licensed under the MIT License.", [MIT]),
        ("All files in this project are copyright Rosa Maier and, unless otherwise stated,"
         " licensed under the Apache 2 license.", [APACHE]),
        ("特に明記されていない場合は、Apache License 2.0 に基づき公開されています。", [APACHE]),
        # an article before a name, and a name without its first words
        ("Code is under a GPL-3.0 license.", [("GPL-3.0-only", "code")]),
        ("Weights are licensed under Attribution-NonCommercial 4.0 International.",
         [(CC_NC, "weights")]),
        ("Lizenziert unter einer Creative Commons Namensnennung 4.0 International Lizenz.",
         [("CC-BY-4.0", None)]),
        ("本資料集採用 Creative Commons 姓名標示 4.0 國際授權條款。", [("CC-BY-4.0", "data")]),
        ("Weights are under a [Creative Commons licence]"
         "(https://creativecommons.org/licenses/by-nc/4.0/).", [(CC_NC, "weights")]),
        ("The notebooks are released under terms of the Academic Free License v3.0 License.",
         [("AFL-3.0", "code")]),
        # whose licence it is, and a name that says "licence" by itself
        ("This project is licensed under the Meta's Llama 3.2 Community License.", [(LLAMA, None)]),
        ("# License\n\n- [CreativeML Open RAIL-M](https://example.org/x)", [(RAIL, None)]),
        ("# License\n\n- [CreativeML Open RAIL-M](LICENSE-MODEL)", [(RAIL, "weights")]),
        ("Inherits the MIT license of llama.cpp (see `LICENSE`).", [MIT]),
        # identifiers, folders, what a label or a subject includes
        ("In addition, the text/user_words/ module is licensed under MIT.", [("MIT", "code")]),
        ("Sample code: MIT (see `LICENSE`).", [("MIT", "code")]),
        ("| weights, incl. exported Core ML graphs | **CC BY-NC 4.0** |", [(CC_NC, "weights")]),
        ("The data, including three demonstrations copied here, is released under CC BY 4.0.",
         [("CC-BY-4.0", "data")]),
        # a badge that says for which part, by a licence that it names
        ("![](https://img.shields.io/badge/data-CC_BY_4.0-lightgrey.svg)", [("CC-BY-4.0", "data")]),
        ("![](https://img.shields.io/badge/model-Llama_3-lightgrey.svg)", []),
        # words that join a sentence to the one before, and what the base's licence is said to do
        ("The adapter was tuned on Egret. Therefore, the use of these weights is subject to the"
         " Llama 3.2 Community License.", [(LLAMA, "weights")]),
        ("The original Llama 3.2 Community License applies and is given with the files.",
         [(LLAMA, None)]),
        # who made it, what is made of it, what a licence is the one of
        ("The SPARROW dataset that is authored by a lab is released under an MIT license.",
         [("MIT", "data")]),
        ('The "**SPARROW**" adaptors and any model derived from them are under the MIT License.',
         [("MIT", "weights")]),
        ("Nothing alters the terms of the MIT License under which the model is released.",
         [("MIT", "weights")]),
        ("The models and associated code are released under the MIT License.", [MIT]),
        # a link of reStructuredText, and a notice as a sentence
        ("Copyright (c) 2023 `Heron <https://a.org>`__ under the `MIT License <https://b.org>`__.",
         [MIT]),
        # "the licence" of what the sentence before is about
        ("The corpus can be had [here](https://a.org). The license is [CC-BY 4.0](https://b.org).",
         [("CC-BY-4.0", "data")]),
        # Japanese and Korean
        ("二条項BSDライセンスに従う。", [("BSD-2-Clause", None)]),
        ("MIT 라이선스로 공개합니다.", [MIT]),
        ("본 모델은 Apache 2.0 오픈소스 라이선스 하에 공개됩니다.", [("Apache-2.0", "weights")]),
    ],
)  # fmt: skip
def test_what_is_given(prose: str, found: list[tuple[str, str | None]]) -> None:
    assert given(prose) == found


@pytest.mark.parametrize(
    "prose",
    [
        "Egret, which is released by a lab under the MIT License, is what we compare with.",
        "Egret and any models derived from it are licensed under the MIT License.",
        "The original MIT License applies to Egret.",
        "We thank the lab for the MIT License under which Egret is released.",
        "- **Heron by Wader**: makes clips from text. Code is MIT, weights are not.",
        "Llama 3.2 weights are not distributed. They are governed by the Llama 3.2 Community"
        " License.",
        "我们对 ChatGLM-6B 模型的权重的使用遵循 Apache 2.0 许可证。",
    ],
)
def test_what_is_said_of_others(prose: str) -> None:
    assert given(prose) == []


@pytest.mark.parametrize(
    ("prose", "kinds"),
    [
        ("本モデルの商用利用は禁止されています。", [LIMIT]),
        ("このライブラリは教育および研究目的のみで提供されています。", [LIMIT]),
        ("商用利用を希望される場合は、お問い合わせください。", [LEAVE]),
        ("商用利用も可能です。", []),
        ("이 모델은 연구 목적으로만 사용할 수 있습니다.", [LIMIT]),
        ("상업적 이용은 금지됩니다.", [LIMIT]),
        ("상업적 사용에 제한이 없습니다.", []),
        ("상업적 이용을 원하시면 문의해 주세요.", [LEAVE]),
        ("**FaceHeron**, for detection: MIT code, the models are for research purposes only.", []),
        ("The models are for research purposes only.", [LIMIT]),
    ],
)
def test_limits(prose: str, kinds: list[str]) -> None:
    assert [c.field for c in claims(prose) if c.field in (LIMIT, LEAVE)] == kinds


@pytest.mark.parametrize(
    ("prose", "found"),
    [
        ('<a rel="license"\n href="http://creativecommons.org/publicdomain/zero/1.0/"><img></a>',
         [("CC0-1.0", None)]),
        ("[![CC](x.png)](https://creativecommons.org/licenses/by-sa/4.0/)",
         [("CC-BY-SA-4.0", None)]),
        ('<a href="http://creativecommons.org/licenses/by/4.0/">pictures</a>', []),
        ("The code is MIT licensed.\n\n[![CC](x)](https://creativecommons.org/licenses/by/4.0/)",
         [("MIT", "code")]),
    ],
)  # fmt: skip
def test_a_deed_by_its_picture(prose: str, found: list[tuple[str, str | None]]) -> None:
    assert given(prose) == found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We release the model weights. They are under the Llama 2 license.", ("weights",)),
        ("We publish variants of Llama 2. They are under the Llama 2 license.", ("weights",)),
        ("The checkpoints can be had here. They are under the Llama 2 license.", ("weights",)),
        ("We release code and models. They are under the Llama 2 license.", (None,)),
        ("We release Heron. It is under the Llama 2 license.", (None,)),
        ("We provide a dataset of pairs. It is under the Llama 2 license.", ("data",)),
    ],
)
def test_they_are_what_the_sentence_before_gives(text: str, expected: tuple[str | None]) -> None:
    card = ModelCard(path="README.md", metadata="{}", prose=f"# Heron\n\n{text}\n")
    assert tuple(claim.scope for claim in prose_claims(card)) == expected


SHIELD = (
    "![l](https://img.shields.io/badge/license-{}-blue)](https://apache.org/licenses/LICENSE-2.0)"
)
TAB = "https://github.com/a/heron?tab=Apache-2.0-1-ov-file"
LISTED = "https://opensource.org/licenses/BSD-3-Clause"
GNU = "https://www.gnu.org/licenses/gpl-3.0.en.html"
THEIRS = "[Osprey](https://github.com/other/osprey)"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"Licensed under the [Apache License]({TAB}).", "Apache-2.0"),
        (f"Licensed under [BSD]({LISTED}).", "BSD-3-Clause"),
        (
            "Licensed under the [license](https://www.apache.org/licenses/LICENSE-2.0.html).",
            "Apache-2.0",
        ),
        (f"Licensed under [GPL]({GNU}).", "GPL-3.0-only"),
        (SHIELD.format("Apache"), "Apache-2.0"),
    ],
)
def test_the_edition_that_a_link_has(text: str, expected: str) -> None:
    card = ModelCard(path="README.md", metadata="{}", prose=f"# Heron\n\n{text}\n")
    assert expected in {claim.expression for claim in prose_claims(card)}


@pytest.mark.parametrize(
    "text",
    [
        f"The code in the {THEIRS} repository is under the MIT license.",
        f"Licensed under [Apache]({LISTED}).",
        "Licensed under [Apache](https://opensource.org/licenses/0BSD).",
        SHIELD.format("GPL"),
    ],
)
def test_what_a_link_does_not_say(text: str) -> None:
    card = ModelCard(path="README.md", metadata="{}", prose=f"# Heron\n\n{text}\n")
    assert not {c.expression for c in prose_claims(card)} - {"NOASSERTION"}


@pytest.mark.parametrize(
    ("text", "limited"),
    [
        ("The content provided above is for academic purposes only.", False),
        ("The contents of this page are for research purposes only.", False),
        ("The contents of this repository are for research purposes only.", True),
        ("The model above is for research purposes only.", True),
    ],
)
def test_what_a_page_shows_is_not_the_release(text: str, limited: bool) -> None:
    card = ModelCard(path="README.md", metadata="{}", prose=f"# Heron\n\n{text}\n")
    assert any(claim.field == LIMIT for claim in prose_claims(card)) is limited
