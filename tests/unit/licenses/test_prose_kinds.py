# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Kinds of sentences that were misread in repositories nobody here had seen; three of each kind."""

import pytest

from audit.licenses.declared.prose import LIMIT
from audit.record.licenses import NOASSERTION
from tests.unit.licenses.test_prose import CC_NC, claims, given

MIT, APACHE = ("MIT", None), ("Apache-2.0", None)


@pytest.mark.parametrize(
    ("prose", "found"),
    [
        # a subject that the sentence begins with and then calls "they"
        ("Regarding the source code, it is released under the MIT License.", [("MIT", "code")]),
        ("As for the weights, these are licensed under CC BY-NC 4.0.", [(CC_NC, "weights")]),
        ("关于模型权重，其遵循 Apache 2.0 许可证。", [("Apache-2.0", "weights")]),
        # two predicates: what the first says of others is not the subject
        ("This harness is part of the Sparrow project and is released under the MIT License.",
         [MIT]),
        ("The weights are built on others and are licensed under Apache 2.0.",
         [("Apache-2.0", "weights")]),
        # a duty of whoever uses it
        ("The use of the code must follow the [MIT](LICENSE) license.", [("MIT", "code")]),
        ("Your usage of the weights must comply with the Apache License 2.0.",
         [("Apache-2.0", "weights")]),
        # a version that only the link to the deed has
        ("- Data: [CC-BY-NC](./D) [Deed](https://creativecommons.org/licenses/by-nc/4.0/)",
         [(CC_NC, "data")]),
        # a badge in quotes, with a space in its address
        ("<img src='https://img.shields.io/badge/License-CC BY--NC 4.0-green' alt='License'>",
         [(CC_NC, None)]),
        # asides in brackets
        ("Code (below `x.y/`, but not only there) is released under MIT.", [("MIT", "code")]),
        ("权重（含适配器）采用 MIT 许可证。", [("MIT", "weights")]),
        ("该数据集以 [CC BY-SA 4.0 (署名)](x) 协议开源。", [("CC-BY-SA-4.0", "data")]),
        # ends of sentences after a number or a capital
        ("The model is under MIT. The data set is CC BY 4.0.",
         [("MIT", "weights"), ("CC-BY-4.0", "data")]),
        ("This code is under Apache 2.0. We release the data under CC0 1.0.",
         [("Apache-2.0", "code"), ("CC0-1.0", "data")]),
        ("Sparrow is under GPLv3. Weights are under MIT.",
         [("GPL-3.0-only", None), ("MIT", "weights")]),
        # a licence that another one's name stands for
        ("This fork keeps the license of the upstream project (MIT).", [MIT]),
        ("Sparrow is released under the same license as Heron (Apache-2.0).", [APACHE]),
        ("The weights follow the license of Llama 2.",
         [("LicenseRef-scancode-llama-2-license-2023", "weights")]),
        # what it rests on
        ("The Sparrow project is based on the Apache 2.0 license.", [APACHE]),
        ("Permission to copy and change it is granted under the terms of the MIT license.", [MIT]),
        ("SPDX-License-Identifier: MIT", [MIT]),
        # what is left
        ("Parts of the code come from Heron under Apache-2.0. Other parts of the code are licensed"
         " under the MIT License.", [("MIT", "code")]),
        ("Everything else is MIT licensed.", [MIT]),
        ("其余代码采用 MIT 许可证。", [("MIT", "code")]),
        # lists with labels, numbers in brackets, requests
        ("They have been released under the following licenses:\n- Code: [MIT](x)\n"
         "- Models: Apache-2.0\n", [("MIT", "code"), ("Apache-2.0", "weights")]),
        ("Dual-licensed under the (1) MIT License and (2) Apache License, Version 2.0.",
         [("Apache-2.0 OR MIT", None)]),
        ("## License\n\nPlease follow the [Apache 2.0 License](LICENSE).", [APACHE]),
        ("## Licensing\n\nMIT License\n", [MIT]),
        # names of formats before a part; other words for a licence
        ("The ONNX weights are released under MIT.", [("MIT", "weights")]),
        ("Scripts are licensed under ASL 2.0.", [("Apache-2.0", "code")]),
        ("代码在 GNU 通用公共许可证 v3.0（GPLv3）下发布。", [("GPL-3.0-only", "code")]),
        ("代码以 Apache-2.0 发布，权重以 MIT 发布。", [("Apache-2.0", "code"), ("MIT", "weights")]),
        ("We are releasing the code under MIT.", [("MIT", "code")]),
        ("- 📘 **All other code and models** are released under MIT.", [MIT]),
        # a licence that "applies to" a part
        ("The Apache 2.0 license applies to the use of the code in this repository.",
         [("Apache-2.0", "code")]),
        ("MIT 许可证适用于本项目的代码。", [("MIT", "code")]),
        ("The CC BY-NC 4.0 license governs the weights.", [(CC_NC, "weights")]),
        # Korean
        ("소스코드는 [Apache 2.0](x) 라이선스 하에 공개되어 있습니다.", [("Apache-2.0", "code")]),
        ("모델은 MIT 라이선스 하에 배포됩니다.", [("MIT", "weights")]),
    ],
)  # fmt: skip
def test_what_is_given(prose: str, found: list[tuple[str, str | None]]) -> None:
    assert given(prose) == found


@pytest.mark.parametrize(
    "prose",
    [
        "Sparrow is based on the MIT licensed implementation of Heron.",
        "Sparrow is based on Heron, which is licensed under MIT.",
        "Sparrow is licensed under the Heron License, based on Apache 2.0.",
        "Licensed under Apache 2.0 with additional terms.",
        "Licensed under the MIT License with Commons Clause.",
        "本仓库基于 Apache 2.0 并附带额外条款。",
        "[a.py](a)\n\nare licensed under the Apache 2.0 license.",
        "The online demo is provided under the MIT License.",
        "The MIT license of Heron covers their images.",
        "We use the images of COCO (CC BY 4.0).",
        "Please comply with the Llama 2 license to use Llama 2.",
        "Portions are apart: Heron Revisited is licensed under the MIT license.",
        "Sparrow is built on Heron, which is fast and is licensed under the MIT License.",
        "Heron is a fast parser and is licensed under the MIT License.",
        "The use of Heron must follow the Apache-2.0 license.",
        "- Data: [CC-BY-NC](./D) [Deed](https://creativecommons.org/licenses/by-nc-nd/4.0/)",
    ],
)
def test_what_is_not(prose: str) -> None:
    assert given(prose) == []


@pytest.mark.parametrize(
    ("prose", "found"),
    [
        # little more than a name
        ("[BSD 3-Clause License](LICENSE.txt)", [("BSD-3-Clause", None)]),
        ("MIT License", [MIT]),
        ("Please follow the [Apache 2.0 License](LICENSE).", [APACHE]),
        ("Apache 2.0 - See [LICENSE](../LICENSE) for details.", [APACHE]),
        ("Apache-2.0 license, suitable for commercial and non-commercial use.", [APACHE]),
        ("**AGPL-3.0 License**: an OSI-approved open-source license for everybody.",
         [("AGPL-3.0-only", None)]),
        ("**Permissive Apache 2.0 license:** build freely without copyleft restrictions.",
         [APACHE]),
        ("## License\n- ```Apache-2.0```", [APACHE]),
        ("MIT-licensed library for tracking birds.", [MIT]),
        ("An Apache-2.0 licensed framework in pure Python.", [APACHE]),
        # a version before the name
        ("The weights of Sparrow-7B are licensed under version 2.0 of the Apache License.",
         [("Apache-2.0", "weights")]),
        ("The code is under version 3 of the GNU General Public License.",
         [("GPL-3.0-only", "code")]),
        # asides and lists in the subject
        ("All material, including source code and models, is licensed under the MIT License.",
         [MIT]),
        ("All the materials, including code, checkpoints, and demo, are made available under the"
         " Apache 2.0 license.", [APACHE]),
        ("The notebooks and the associated code are licensed under the Apache License, Version"
         " 2.0.", [("Apache-2.0", "code")]),
        ("The use of the weights, however, must follow the Apache 2.0 license.",
         [("Apache-2.0", "weights")]),
        ("Both V1 and V2 are released under the MIT License.", [MIT]),
        ("Heron, Sparrow and all code are licensed under the MIT License of this repository.",
         [MIT]),
        # dated news
        ("* [Sep 16 2021] Code is re-released under GPL-3.0 license.", [("GPL-3.0-only", "code")]),
        ("- 2024.03.01: The weights are released under Apache 2.0.", [("Apache-2.0", "weights")]),
        # in brackets, and by a link
        ("The model weights of Sparrow are exclusively licensed for research purposes"
         " (CC BY-NC 4.0).", [(CC_NC, "weights")]),
        ("See [LICENSE_MODEL](https://creativecommons.org/licenses/by-nc/4.0/) for the models of"
         " Sparrow.", [(CC_NC, "weights")]),
        # what was done to it
        ("Quantized to FP16 and released under the Apache-2.0 license by myself.", [APACHE]),
        ("To keep in the spirit of Heron, this library is dual licensed under Apache-2.0 and/or"
         " MIT.", [("Apache-2.0 OR MIT", None)]),
        ("The [SPDX](https://spdx.dev) license identifier for this project is `MIT`.", [MIT]),
        # a later name of the project's own
        ("SparrowX-2B 模型（含模块）根据 Apache 2.0 协议发布。", [("Apache-2.0", "weights")]),
        ("本项目大部分代码采用 MIT 许可证。", [("MIT", "code")]),
        # Japanese and Korean
        ("このプロジェクトはMITライセンスの下でライセンスされています。", [MIT]),
        ("このリポジトリのコードはApache-2.0ライセンスの下でオープンソースです。",
         [("Apache-2.0", "code")]),
        ("이 프로젝트는 MIT 라이선스 하에 배포됩니다.", [MIT]),
        # other names
        ("Our code and models are BSD-3 licensed.", [("BSD-3-Clause", None)]),
        ("The code is released under the BSD-3 License.", [("BSD-3-Clause", "code")]),
        ("Sparrow is licensed under NTU S-Lab License 1.0.",
         [("LicenseRef-scancode-s-lab-1.0", None)]),
        ("Sparrow is under the CeCILL-C license.", [("CECILL-C", None)]),
        # a licence for data bases
        ("Sparrow is licensed under ODC-BY; see the post.", [("ODC-By-1.0", "data")]),
    ],
)  # fmt: skip
def test_more_kinds(prose: str, found: list[tuple[str, str | None]]) -> None:
    assert given(prose, "Sparrow") == found


@pytest.mark.parametrize(
    "prose",
    [
        "## Third-party\n\n[MIT License](heron/LICENSE)",
        "## Heron\n\nMIT License",
        "MIT License: heron, egret and stork.",
        "Apache 2.0 - like that of Heron.",
        "An MIT-licensed fork of Heron by others has a script.",
        "MIT-licensed dependencies from upstream are listed below.",
        "- 2023.01.01: Heron is released under the MIT License.",
        "Both Heron and Egret are released under the MIT License.",
        "Heron's notebooks are licensed under the MIT License.",
        "We used images that Heron released for research (CC BY-NC 4.0).",
        "See [LICENSE](https://creativecommons.org/licenses/by/4.0/) for the images of Heron.",
        "因为 LLaMA 的 License 限制，本项目的权重不能直接使用。",
        "Version 2.0 of the code needs Apache.",
        "The models are governed by the [NVIDIA Open Model License](https://n/model-june-2024.pdf).",
        "HeronX-2B 模型根据 Apache 2.0 协议发布。",
    ],
)
def test_more_of_what_is_not(prose: str) -> None:
    assert given(prose, "Sparrow") == []


@pytest.mark.parametrize(
    ("prose", "found"),
    [
        ("Ce projet est sous licence MIT.", MIT),
        ("Ce projet est distribué sous la licence Apache 2.0.", APACHE),
        ("Le code de ce dépôt est publié sous licence MIT.", ("MIT", "code")),
        ("Les modèles sont distribués sous licence CC BY-NC 4.0.", (CC_NC, "weights")),
        ("Este proyecto está bajo la licencia MIT.", MIT),
        ("Este proyecto está licenciado bajo la Licencia Apache 2.0.", APACHE),
        ("El código está disponible bajo la licencia MIT.", ("MIT", "code")),
        ("Este projeto está licenciado sob a Licença MIT.", MIT),
        ("Dieses Projekt steht unter der MIT-Lizenz.", MIT),
        ("Der Quellcode ist unter der Apache-2.0-Lizenz veröffentlicht.", ("Apache-2.0", "code")),
        ("Questo progetto è rilasciato sotto licenza MIT.", MIT),
        ("Проект распространяется под лицензией MIT.", MIT),
        ("Этот проект лицензирован под лицензией Apache 2.0.", APACHE),
        ("Dự án này được phát hành theo giấy phép MIT.", MIT),
        ("이 프로젝트는 MIT 라이선스를 따릅니다.", MIT),
        ("이 프로젝트는 MIT 라이선스로 배포됩니다.", MIT),
        ("코드는 Apache-2.0 라이선스를 따릅니다.", ("Apache-2.0", "code")),
        ("本プロジェクトはMITライセンスです。", MIT),
        ("このモデルはApache 2.0ライセンスで公開しています。", ("Apache-2.0", "weights")),
        ("## Lizenz\n\nMIT License", MIT),
        ("## Licencia\n\nMIT", MIT),
    ],
)
def test_other_languages(prose: str, found: tuple[str, str | None]) -> None:
    assert given(prose, "Sparrow") == [found]


@pytest.mark.parametrize(
    "prose",
    [
        "Heron est sous licence MIT.",
        "Ce projet n'est pas sous licence MIT.",
        "Le modèle de Heron est sous licence MIT.",
        "Heron está bajo la licencia MIT.",
        "El código de Heron está bajo la licencia MIT.",
        "Heron steht unter der MIT-Lizenz.",
        "Dieses Projekt steht nicht unter der MIT-Lizenz.",
        "Heron은 MIT 라이선스를 따릅니다.",
        "HeronはMITライセンスです。",
    ],
)
def test_others_in_other_languages(prose: str) -> None:
    assert given(prose, "Sparrow") == []


def test_a_title_is_a_name_and_then_says_what_it_is() -> None:
    title = "Sparrow: Better Tracking of Real Videos"
    assert given("Video Revisited is licensed under the MIT license.", title) == []
    assert given("Sparrow is licensed under the MIT license.", title) == [MIT]


@pytest.mark.parametrize("title", ["News and Updates", "更新", "Introduction"])
def test_a_heading_is_no_name(title: str) -> None:
    assert given("The Sparrow project is released under the MIT License.", title) == [MIT]


@pytest.mark.parametrize(
    ("prose", "scopes"),
    [
        ("Most research only needs metadata.", []),
        ("Recent research has focused on weight-only quantisation.", []),
        ("The weights are under a research-only license.", ["weights"]),
        ("The online demo is intended for non-commercial use only.", []),
        ("在线演示系统仅供非商业用途使用。", []),
        ("Our website is for research purposes only.", []),
        ("It is not intended for deployment nor commercial use.", []),
        ("You agree:\n\n- To use them for research purposes only.", []),
        ("<td>Released for research purposes only.</td>", []),
        ("This demo code is for research purposes only.", ["code"]),
        ("Released for academic research only.", [None]),
        ("We emphasise that Sparrow is for academic research only and any sale is prohibited.",
         [None]),
        ("Please note that the weights are for research only.", ["weights"]),
        ("The Heron data set says that it is for research only.", []),
        ("This data set is for research only and may not be sold.", ["data"]),
        ("The data set is under CC BY 4.0. It is for research use only.", ["data"]),
        ("The weights are released under MIT. Usage is strictly restricted to non-commercial"
         " research.", ["weights"]),
    ],
)  # fmt: skip
def test_limits_of_use(prose: str, scopes: list[str | None]) -> None:
    limits = [c for c in claims(prose) if c.field == LIMIT]
    assert [c.scope for c in limits] == scopes
    assert all(c.expression == NOASSERTION for c in limits)
