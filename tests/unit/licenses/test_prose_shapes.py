# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Shapes of statements about licences, in the languages of READMEs, and what looks like them."""

from itertools import product

import pytest

from audit.licenses.declared.prose import LIMIT
from tests.unit.licenses.test_prose import claims, given

SUBJECTS = {
    "English": (
        [
            "This model",
            "The training code",
            "Model weights",
            "Everything here",
            "This LoRA adapter",
            "The quantized model files",
            "Sparrow",
            "This derivative model",
            "Our dataset",
        ],
        [
            "is MIT",
            "is MIT-licensed",
            "falls under the MIT License",
            "uses the MIT License",
            "comes with the MIT license",
            "is open source (MIT)",
            "remains under the MIT License",
            "retains the MIT License",
            "is listed as MIT",
            "is licensed MIT",
        ],
    ),
    "Spanish": (
        [
            "Este modelo",
            "El código",
            "Los pesos del modelo",
            "Todo el contenido de este repositorio",
        ],
        [
            "está bajo la licencia MIT",
            "se distribuye bajo la licencia MIT",
            "tiene licencia MIT",
            "está disponible bajo los términos de la licencia MIT",
        ],
    ),
    "Portuguese": (
        ["Este projeto", "O código-fonte deste repositório", "Os pesos do modelo"],
        ["está sob a licença MIT", "é distribuído sob a licença MIT", "usa a licença MIT"],
    ),
    "French": (
        ["Ce modèle", "Le code source de ce dépôt", "Les poids du modèle"],
        ["est sous licence MIT", "est publié sous les termes de la licence MIT"],
    ),
    "German": (
        ["Dieses Modell", "Der Quellcode", "Die Gewichte", "Der Datensatz"],
        ["steht unter der MIT-Lizenz", "ist MIT-lizenziert", "unterliegt der MIT-Lizenz"],
    ),
    "Russian": (
        ["Этот проект", "Исходный код этого репозитория", "Веса модели", "Датасет"],
        [
            "распространяется под лицензией MIT",
            "доступен на условиях лицензии MIT",
            "использует лицензию MIT",
        ],
    ),
    "Japanese": (
        ["本モデルは", "このリポジトリのコードは", "本ソフトウェアのライセンスは"],
        ["MITライセンスで公開されています", "MITライセンスに準じます", "MIT License です", "MIT"],
    ),
    "Korean": (
        ["이 프로젝트는 ", "모델 가중치는 ", "본 저장소의 코드는 "],
        ["MIT 라이선스를 따릅니다", "MIT 라이선스 하에 배포됩니다", "MIT 라이선스입니다"],
    ),
    "Chinese": (
        ["本项目", "模型权重", "本專案"],
        ["采用 MIT 许可证", "採用 MIT 授權", "基于 MIT 协议开源", "使用 MIT 許可證"],
    ),
}


@pytest.mark.parametrize("language", SUBJECTS)
def test_subject_and_predicate(language: str) -> None:
    subjects, predicates = SUBJECTS[language]
    gap = "" if language in ("Japanese", "Korean", "Chinese") else " "
    said = [f"{s}{gap}{p}{'。' if not gap else '.'}" for s, p in product(subjects, predicates)]
    assert [text for text in said if [name for name, _ in given(text)] != ["MIT"]] == []


def test_labels() -> None:
    labels = ["Code", "Model weights", "License", "License for the code", "LoRA weights", "Sparrow"]
    marks = [": ", " — ", " - ", " → ", "：", " | "]
    tails = ["", " License", " (inherited from the base model)", ", same as the base model"]
    said = [f"- **{x}**{y}Apache-2.0{z}" for x, y, z in product(labels, marks, tails)]
    assert [text for text in said if [name for name, _ in given(text)] != ["Apache-2.0"]] == []


@pytest.mark.parametrize(
    ("prose", "found"),
    [
        # a name that stands first, and what may be said beside it
        ("Apache-2.0. See `LICENSE` and `POLICY.md`.", [("Apache-2.0", None)]),
        ("MIT — same as the original model.", [("MIT", None)]),
        ("Apache-2.0 (inherited from the parent)", [("Apache-2.0", None)]),
        ("GNU GPLv3", [("GPL-3.0-only", None)]),
        ("CC BY 4.0 International", [("CC-BY-4.0", None)]),
        ("📜 MIT License", [("MIT", None)]),
        ("MIT © Sparrow", [("MIT", None)]),
        ("MIT (code), CC BY 4.0 (data)", [("MIT", "code"), ("CC-BY-4.0", "data")]),
        ("Inherits the Apache-2.0 license from the base model.", [("Apache-2.0", None)]),
        # a link to the text that lies here
        ("* 2024/12 — [MIT License](./LICENSE), a second version", [("MIT", None)]),
        ("[Apache-2.0](LICENSE)", [("Apache-2.0", None)]),
        # rows
        ("| Licence | MIT |", [("MIT", None)]),
        ("| Model checkpoints | [MIT](LICENSE) |", [("MIT", "weights")]),
        ("| Path | Licence |\n|---|---|\n| `src/`, `bin/` | **MIT** |", [("MIT", "code")]),
        # what adds to a subject
        ("The code and other files are under the MIT License.", [("MIT", "code")]),
        ("This repository and all its contents are licensed under MIT.", [("MIT", None)]),
        ("Derived data: CC BY 4.0", [("CC-BY-4.0", "data")]),
        ("MIT for the code, CC BY 4.0 for the data.", [("MIT", "code"), ("CC-BY-4.0", "data")]),
    ],
)
def test_what_is_given(prose: str, found: list[tuple[str, str | None]]) -> None:
    assert given(prose) == found


@pytest.mark.parametrize(
    "prose",
    [
        "Base model: Apache-2.0",
        "- Qwen2.5: Apache-2.0",
        "- **Mistral-7B** — Apache-2.0",
        "- **Base model**: [Heron](https://example.org/heron) — Apache-2.0",
        "Weights of Whisper: MIT",
        "| `bert-base-uncased` | Apache-2.0 |",
        "| Base model | Apache-2.0 |",
        "| [`heron/heron-7b`](https://example.org/heron) model | Apache-2.0 |",
        "- [MIT](https://opensource.org/licenses/MIT): short and permissive",
        "MIT, Stanford and others released a dataset.",
        "This comes with Whisper under the MIT License.",
        "The model was trained on data under CC BY-SA 4.0.",
        "This project uses Whisper, under the MIT license.",
        "If you use the code under GPL-3.0, you must share it.",
        "The weights of Whisper are MIT.",
        "That dataset is licensed CC BY 4.0.",
        "Meta Llama 3.2: Licensed under the Llama 3.2 Community License.",
        "El modelo base está bajo la licencia MIT.",
        "Este proyecto usa Whisper, que está bajo la licencia MIT.",
        "Ce modèle n'est pas sous licence MIT.",
        "Dieses Projekt verwendet Whisper, das unter der MIT-Lizenz steht.",
        "Проект использует Whisper, который распространяется под лицензией MIT.",
        "Базовая модель распространяется под лицензией MIT.",
        "本プロジェクトで使用しているWhisperはMITライセンスです。",
        "MITライセンスのライブラリを使用しています。",
        "MIT ライセンスではありません。",
        "原本モデルのWhisperはMITライセンスで公開されています。",
        "이 프로젝트에서 사용하는 Whisper는 MIT 라이선스입니다.",
        "MIT License 라이브러리를 사용합니다.",
        "本项目使用的 Whisper 采用 MIT 协议。",
        "本模型基于采用 Apache-2.0 协议的 Qwen2.5 训练。",
    ],
)
def test_what_is_not(prose: str) -> None:
    assert given(prose) == []


@pytest.mark.parametrize(
    ("prose", "limited"),
    [
        ("This project is released for academic use.", True),
        ("The weights are provided for non-commercial purposes.", True),
        ("This project is released for academic and commercial use.", False),
        ("This model is for research purposes only. Users are free to use it as they wish within"
         " the scope of the license.", False),
        ("该项目仅供研究使用。使用者可以在许可证范围内任意使用该模型。", False),
        ("This model is for research purposes only. You are free to use it under the license, but"
         " commercial use is prohibited.", True),
    ],
)  # fmt: skip
def test_what_it_is_released_for(prose: str, limited: bool) -> None:
    assert any(claim.field == LIMIT for claim in claims(prose)) == limited


def test_that_models_which_are_included_are_the_releases() -> None:
    said = "All of the included pre-trained models are licensed under the CC BY-NC-SA 4.0 license."
    assert given(said, "Sparrow") == [("CC-BY-NC-SA-4.0", "weights")]
