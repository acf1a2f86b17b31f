# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Projects whose README gives models out, from a base whose terms the LICENSE does not keep."""

from pathlib import Path

import pytest

from audit.record.findings import Finding, FindingStatus, Severity
from tests.unit.checks.cases import case, findings, release
from tests.unit.checks.mutations import license_text

APACHE = license_text("apache-2.0")
TUNED = "We fine-tune LLaMA 7B on reports.\n"


def found(tmp_path: Path, files: dict[str, str]) -> dict[str, list[Finding]]:
    given = {"LICENSE": APACHE, "train.py": "X = 1\n", **files}
    return findings(case(release(tmp_path / "r", given, weights=False)))


OFFERS = [
    "We also provide the finetuned weights.\n",
    "We release our LoRA adapters on the hub.\n",
    "The model weights are publicly available on the hub.\n",
    "## Official weights\n\nSee the hub.\n",
    "## Model Zoo\n\nBelow.\n",
    "我们开源了全部模型权重。\n",
    "## 模型下载\n\n见下。\n",
    "| Model | Base model | Download |\n|---|---|---|\n| heron-7b | x | hub |\n",
    "Models: Heron-7B and Heron-7B-Chat, on the hub.\n",
    "See [here](https://huggingface.co/some/heron-7b-v1).\n",
    "The trained weights are on the Hugging Face Hub.\n",
    "The model weights are licensed under the MIT License.\n",
]


@pytest.mark.parametrize("offer", OFFERS)
def test_a_project_that_gives_models_out_is_asked_for_their_base(
    tmp_path: Path, offer: str
) -> None:
    (finding,) = found(tmp_path, {"README.md": f"# heron\n\n{TUNED}\n{offer}"})["LIC010"]
    assert finding.status is FindingStatus.UNDETERMINED
    assert finding.severity is Severity.HIGH


TELLS = [
    "This repository contains code for finetuning [ChatGLM-6b](https://github.com/THUDM/x).\n",
    "本项目将模型[ChatGLM-6B](https://huggingface.co/THUDM/chatglm-6b)转换到 TNN。\n",
    "- heron 中文版：基于 Meta-Llama-3.1-8B-Instruct 做中文 SFT。\n",
    "基于 llama7B，我们的主要贡献是对应的 lora 模型。\n",
    "| 模型 | 基座 | 下载 |\n| --- | --- | --- |\n| heron-7b | LLaMA-1 | hub |\n",
    "We fine-tune LLaMA on reports.\n",
    "- Pretraining Llama-2-70B on 90B tokens with a 10:1 ratio of code to text.\n",
    "- HERON-7b (本模型基于[bloomz-7b1-mt](https://huggingface.co/bigscience/bloomz-7b1-mt)微调)\n",
    "首先在 Ziya-LLaMA-13B-V1基线模型的基础上加入数据，训练出一个模型。\n",
    "The weights were fine-tuned from the following:\n\n1. YOLOv8n\n2. other\n",
    "Fine-tuned from [this model](https://huggingface.co/meta-llama/Llama-2-7b-hf).\n",
    "```sh\npython train.py --base_model 'decapoda-research/llama-7b-hf'\n```\n",
]


@pytest.mark.parametrize("told", TELLS)
def test_the_base_of_what_is_given_out_is_read_where_it_stands(tmp_path: Path, told: str) -> None:
    readme = f"# heron\n\n{told}\nWe provide the finetuned weights.\n"
    assert "LIC010" in found(tmp_path, {"README.md": readme})


def test_a_readme_in_another_language_may_be_the_only_one(tmp_path: Path) -> None:
    readme = f"# heron\n\n{TELLS[4]}\n"
    assert "LIC010" in found(tmp_path, {"README_ZH.md": readme})


@pytest.mark.parametrize(
    "said",
    [
        "We provide scripts for training models.\n",
        "We provide code to load checkpoints.\n",
        "We release the code. The weights of LLaMA are available from Meta.\n",
        "We will release the model weights soon.\n",
        "The weights are not released.\n",
        "No weights are on the Hugging Face Hub.\n",
        "See [Llama](https://huggingface.co/meta-llama/Llama-2-7b-hf).\n",
        "Demo: [heron](https://huggingface.co/spaces/some/heron).\n",
        "Models: GPT-4 and Claude were asked.\n",
        "## Supported models\n\nLLaMA 7B, Mistral.\n",
        "我们提供了在免费 GPU 上微调模型的笔记本。\n",
        "为开源大语言模型的发展，我们发布《大语言模型微调技术》。\n",
    ],
)
def test_who_gives_no_model_out_is_not_asked(tmp_path: Path, said: str) -> None:
    assert "LIC010" not in found(tmp_path, {"README.md": f"# heron\n\n{TUNED}\n{said}"})


@pytest.mark.parametrize(
    "said",
    [
        "- [Egret](https://github.com/other/egret): a model based on ChatGLM2-6B.\n",
        "- [Egret](https://github.com/other/egret): 中文模型，基于 LLaMA2-7B 微调而得。\n",
        "This repository supports fine-tuning Llama-2-7B, Mistral and others.\n",
        "Our model beats a fine-tuned Llama-2-7B.\n",
        "We fine-tune Mistral-7B-v0.1 on reports.\n",
        "3D parallelism distributes the workload of pretraining Llama-2 models.\n",
        "Training took:\n\n- Llama-2-7b: 3 days\n",
        "Trained on the following:\n\n- Llama-2-70B outputs\n",
        "Our classes are based on the HF implementation of Llama-2.\n",
        "Any models related to the FLUX.1-dev base model must adhere to its terms.\n",
    ],
)
def test_what_a_project_says_of_others_is_no_base(tmp_path: Path, said: str) -> None:
    readme = f"# heron\n\n{said}\nWe provide the model weights.\n"
    assert "LIC010" not in found(tmp_path, {"README.md": readme})


RECIPES = [
    ("mergekit_config.yml", "models:\n  - model: google/gemma-2b\nmerge_method: ties\n"),
    ("mergekit_config.yml", "merge_method: slerp\nbase_model: meta-llama/Llama-2-7b-hf\n"),
    ("Modelfile", 'FROM llama3.2:3b\nSYSTEM """You are a heron."""\n'),
    ("Modelfile", "FROM hf.co/bartowski/Llama-3.2-1B-Instruct-GGUF:Q4_K_M\n"),
]
CARD = "---\nlicense: mit\n---\n# heron\n"


@pytest.mark.parametrize(("name", "recipe"), RECIPES)
def test_a_recipe_beside_a_model_names_its_base(tmp_path: Path, name: str, recipe: str) -> None:
    (finding,) = found(tmp_path, {"README.md": CARD, name: recipe})["LIC010"]
    assert finding.status is FindingStatus.UNDETERMINED
    assert name in {at.path for at in finding.locations}


@pytest.mark.parametrize(
    ("name", "recipe"),
    [
        ("Modelfile", "FROM ./heron.gguf\n"),
        ("Modelfile", "# FROM llama3.2:3b\nFROM mistral:7b\n"),
        ("train.yaml", "base_model: meta-llama/Llama-2-7b-hf\n"),
        ("examples/deep/merge.yml", RECIPES[0][1]),
    ],
)
def test_what_is_no_recipe_of_the_model_names_none(tmp_path: Path, name: str, recipe: str) -> None:
    assert "LIC010" not in found(tmp_path, {"README.md": CARD, name: recipe})


@pytest.mark.parametrize(("name", "recipe"), RECIPES)
def test_a_project_with_recipes_gives_no_model(tmp_path: Path, name: str, recipe: str) -> None:
    assert "LIC010" not in found(tmp_path, {"README.md": "# heron\n", name: recipe})


def test_a_folder_of_weights_has_a_card(tmp_path: Path) -> None:
    card = "# Weights\n\nThis folder contains model weights, the result of fine-tuning YOLOv8n.\n"
    files = {"README.md": "# heron\n\n## License\n\nMIT\n", "weights/README.md": card}
    (finding,) = found(tmp_path / "a", files)["LIC010"]
    assert "weights/README.md" in {place.path for place in finding.locations}
    assert "LIC010" not in found(tmp_path / "b", {**files, "weights/README.md": "# Weights\n"})


OWN = "# Heron\n\nWe release Heron weights. They build on Baichuan2-7B, [ours](https://github.com/{of}).\n"


@pytest.mark.parametrize(
    ("of", "asked"),
    [("baichuan-inc/heron", False), ("Baichuan-Inc/Heron.git", False),
     ("somebody/heron", True), ("baichuan-inc/Baichuan2", True)],
)  # fmt: skip
def test_earlier_models_of_the_project_s_own_organisation_are_no_question(
    tmp_path: Path, of: str, asked: bool
) -> None:
    told = "We fine-tune Baichuan2-7B on reports.\n"
    assert ("LIC010" in found(tmp_path, {"README.md": OWN.format(of=of) + told})) is asked


def test_what_an_own_model_was_made_from_is_asked(tmp_path: Path) -> None:
    home = "See https://github.com/project-baize/heron and pip.\n"
    told = "We fine-tune project-baize/baize-lora-7B on reports. We release the weights.\n"
    (finding,) = found(tmp_path, {"README.md": f"# heron\n\n{home}\n{told}"})["LIC010"]
    assert "huggyllama/llama-7b" in finding.title


@pytest.mark.parametrize(
    "said",
    [
        "- **Llama-2-7B** is a 7B-parameter dense model trained with 2T tokens\n",
        "Llama 3.2 3B is the model that Meta trained with 9T tokens.\n",
        "* Gemma 2 27B was a model pre-trained by Google.\n",
        "We pretrain a Llama model on three trillion tokens.\n",
        "It runs in many projects built upon Llama 2.\n",
        "我们从零训练了一个 Llama 模型。\n",
        "Serve it with llama.cpp or tune it with LLaMA Factory.\n",
        "| Model | LLM | Score |\n|---|---|---|\n| Osprey | Llama-2-7B | 61 |\n",
        "| 이름 | 베이스 모델 |\n|---|---|\n| [O](https://github.com/o/o) | llama |\n",
    ],
)
def test_what_is_named_beside_is_no_base(tmp_path: Path, said: str) -> None:
    readme = f"# heron\n\n{said}\nWe release the model weights.\n"
    assert "LIC010" not in found(tmp_path, {"README.md": readme})


@pytest.mark.parametrize(
    "said",
    [
        "Llama-2-7B is fine-tuned on reports.\n",
        "- [Vicuna](https://github.com/lm-sys/FastChat): our base model Vicuna-7B, with thanks.\n",
        "- [Vicuna](https://github.com/lm-sys/FastChat): the main base-LLM.\n",
        "The base LLM is Vicuna v1.5.\n",
        "- [2024/05] We released Heron v2 based on Llama 3 with 32K context lengths.\n",
        "- 2024-05-01 First release of our Heron, based on LLaMA 3.1.\n",
        "Heron is incrementally pre-trained based on StarCoder with SQL.\n",
        "Heron was tuned end-to-end, directly from Stable Diffusion.\n",
        "A ControlNet checkpoint for SD1.5.\n",
        "Download the weights of based models and other parts:\n\n- [SD](https://huggingface.co/"
        "runwayml/stable-diffusion-v1-5)\n",
        "## Dependent models\n\n- SD21 Base\n",
        "- Pretraining model: Facebook Llama (7 billion parameters)\n",
        "| Model | Base |\n|---|---|\n| [h](https://huggingface.co/some/h) | vicuna-7b-v1.5 |\n",
        "Fine-tuned LLaMA outperforms GPT-4.\n",
        "다음은 llama-2-ko를 fine-tuning한 모델입니다.\n",
        "- [h-lora](https://huggingface.co/x/h-lora) based on [LLaMA-7b](https://huggingface.co/x/l)\n",
    ],
)
def test_a_base_is_told_as_real_readmes_tell_it(tmp_path: Path, said: str) -> None:
    readme = f"# heron\n\n{said}\nWe release the model weights.\n"
    assert "LIC010" in found(tmp_path, {"README.md": readme})


@pytest.mark.parametrize(
    ("readme", "asked"),
    [
        ("# heron\n\nSee [weights](https://huggingface.co/nobody-known/h-7b).\n", True),
        ("# heron\n\nSee [LLaMA](https://huggingface.co/meta-llama/Llama-2-7b).\n", False),
        ("# [ICLR] heron (a bird)\n\n## Heron weights\n\nSee the docs.\n", True),
        ("# heron\n\n```\nrun(model_name='me/heron-7b')\n```\n", True),
        ("# heron\n\n```\nrun(model_name='me/osprey-7b')\n```\n", False),
    ],
)
def test_who_links_or_loads_models_of_nobody_known_gives_them_out(
    tmp_path: Path, readme: str, asked: bool
) -> None:
    assert ("LIC010" in found(tmp_path, {"README.md": f"{readme}\n{TUNED}"})) is asked


def test_a_base_is_asked_for_where_no_licence_is_declared_and_on_each_line(tmp_path: Path) -> None:
    files = {"README.md": f"# heron\n\n{TUNED}\n## Weights\n\nWe release them.\n\n{TUNED}"}
    files["README.md"] += "\nWe release the model weights.\n"
    given = findings(case(release(tmp_path / "r", files, weights=False)))
    (finding,) = given["LIC010"]
    assert [place.line for place in finding.locations if place.path == "README.md"] == [3, 9]
    assert "LIC001" in given


def test_a_base_is_named_as_the_readme_calls_it_and_says_what_it_is_taken_for(
    tmp_path: Path,
) -> None:
    readme = "# heron\n\nWe fine-tune Vicuna on reports.\n\nWe release the model weights.\n"
    (finding,) = found(tmp_path, {"README.md": readme})["LIC010"]
    assert finding.title == "Whether the terms of Vicuna are kept cannot be told"
    assert "by its name lmsys/vicuna-7b-v1.5" in finding.evidence[0]


def test_a_column_of_bases_counts_beside_one_of_places(tmp_path: Path) -> None:
    table = "| Model | Base | {} |\n|---|---|---|\n| h-7b | LLaMA-7B | [here](https://x.org/h) |\n"
    given = "\nWe release the model weights.\n"
    asked = [
        "LIC010" in found(tmp_path / name, {"README.md": f"# heron\n\n{table.format(name)}{given}"})
        for name in ("Download", "Score")
    ]
    assert asked == [True, False]
