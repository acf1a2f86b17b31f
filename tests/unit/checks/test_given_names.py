# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What models that a project gives out are called, and bases that nobody here knows."""

from dataclasses import replace
from pathlib import Path

import pytest

from audit.record.files import Unread
from audit.record.findings import Finding, FindingStatus
from audit.record.said import Said
from tests.unit.checks.cases import case, findings, release
from tests.unit.checks.mutations import license_text

APACHE = license_text("apache-2.0")
HUB = "https://huggingface.co"
HOME = "```\ngit clone https://github.com/reiher/heron.git\n```\n"


def found(tmp_path: Path, readme: str, **files: str) -> dict[str, list[Finding]]:
    given = {"LICENSE": APACHE, "train.py": "X = 1\n", "README.md": readme, **files}
    return findings(case(release(tmp_path / "r", given, weights=False)))


@pytest.mark.parametrize(
    ("link", "base"),
    [
        (f"[weights]({HUB}/reiher/Llama-2-7b-heron)", "Llama-2-7b"),
        (f"Get {HUB}/reiher/heron_qwen_7b_chat.", "qwen-7b"),
        (f"- 1 July: [here]({HUB}/reiher/llama3-s-2024-07-08) it is", "llama"),
        (f"LoRAs of [Stable Diffusion v1.5]({HUB}/reiher/heron-loras)", "Stable Diffusion v1.5"),
        (
            f"| Model | Size |\n|---|---|\n| LLaMa-7B | [13 GB]({HUB}/reiher/heron.onnx) |",
            "LLaMa-7B",
        ),
        ("[weights](https://modelscope.cn/models/reiher/gemma-2b-heron)", "gemma-2b"),
    ],
)
def test_a_model_of_the_project_s_own_is_called_after_its_base(
    tmp_path: Path, link: str, base: str
) -> None:
    (finding,) = found(tmp_path, f"# heron\n\n{HOME}\n{link}\n")["LIC010"]
    assert finding.status is FindingStatus.UNDETERMINED
    assert base.casefold() in finding.title.casefold()


@pytest.mark.parametrize(
    "link",
    [
        f"[weights]({HUB}/reiher/heron-7b)",
        f"[Mistral]({HUB}/reiher/Mistral-7B-v0.1-heron)",
        f"[base]({HUB}/meta-llama/Llama-2-7b-hf)",
        f"[base]({HUB}/TheBloke/Llama-2-7B-GGUF)",
        f"[weights]({HUB}/meta-llama/Llama-2-7b-heron)",
        f"[data]({HUB}/datasets/reiher/llama-2-7b-outputs)",
        f"[demo]({HUB}/spaces/reiher/llama-2-7b-demo)",
        f"[theirs]({HUB}/osprey/Llama-2-7b-osprey) and [theirs]({HUB}/egret/egret-7b)",
        f"[heron-R1-Distill-Llama-8B]({HUB}/reiher/heron-R1-Distill-Llama-8B)",
    ],
)
def test_other_links_name_no_base(tmp_path: Path, link: str) -> None:
    assert "LIC010" not in found(tmp_path, f"# heron\n\n{HOME}\n{link}\n")


CARD = "---\nlicense: apache-2.0\n---\n# heron\n\n"
UNKNOWN = [
    f"This model is a fine-tuned version of [someone/unknown-7b]({HUB}/someone/unknown-7b) on x.\n",
    "Fine-tuned from someone/unknown-7b.\n",
    "Base model: someone/unknown-7b\n",
    f"A merge of the following models:\n\n* [someone/unknown-7b]({HUB}/someone/unknown-7b)\n",
    "```yaml\nmodels:\n  - model: someone/unknown-7b\nmerge_method: ties\n```\n",
    "| Base model | someone/unknown-7b |\n",
]


@pytest.mark.parametrize("told", UNKNOWN)
def test_a_base_that_nobody_knows_is_a_question_wherever_it_is_named(
    tmp_path: Path, told: str
) -> None:
    (finding,) = found(tmp_path, f"{CARD}{told}")["LIC021"]
    assert finding.status is FindingStatus.UNDETERMINED
    assert "someone/unknown-7b" in finding.title


@pytest.mark.parametrize(
    "told",
    [
        "Fine-tuned from scratch/without a base.\n",
        "Fine-tuned from reiher/r.\n",
        "Fine-tuned from heron/first-heron-7b.\n",
        "Based on and/or-2 of them.\n",
        "Converted from models/heron-7b with /opt/tools/x-1.\n",
        "```python\nmodel = PeftModel.from_pretrained(base, 'someone/heron-lora-2')\n```\n",
        f"Trained on [someone/unknown-7]({HUB}/datasets/someone/unknown-7).\n",
        f"We use [B-7]({HUB}/some/B-7) as the base model, which is under the MIT License.\n",
    ],
)
def test_what_is_no_base_is_no_question(tmp_path: Path, told: str) -> None:
    assert "LIC021" not in found(tmp_path, f"{CARD}{told}")


@pytest.mark.parametrize(
    "told",
    [
        "EXL2 quants of Llama-2-7b-hf.\n", "Imatrix quants of Llama-2-7b-hf.\n",
        "GPTQ version of Llama-2-7b-hf.\n", "This is a 4-bit version of Llama-2-7b-hf.\n",
        "Slerp merge of Llama-2-7b-hf with others.\n",
        "Heron was obtained through QLoRA tuning of LLaMA.\n",
        "The model uses a pre-trained 3B PaliGemma.\n",
    ],
)  # fmt: skip
def test_forms_in_which_cards_tell_of_a_base(tmp_path: Path, told: str) -> None:
    assert "LIC010" in found(tmp_path, f"{CARD}{told}")


def test_who_grants_the_weights_openly_owes_an_answer_although_the_base_s_terms_are_named(
    tmp_path: Path,
) -> None:
    said = "Heron is based on LLaMA and should be used according to the LLaMA license.\n"
    open_too = "The heron weights are available under the Apache 2.0 license.\n"
    readme = "# heron\n\nWe release the model weights.\n\n"
    assert "LIC010" not in found(tmp_path / "a", f"{readme}{said}")
    assert "LIC010" in found(tmp_path / "b", f"{readme}{open_too}{said}")


def test_a_family_alone_is_not_asked_for_beside_its_own_models(tmp_path: Path) -> None:
    told = "Fine-tuned from meta-llama/Meta-Llama-3.1-8B as a backbone. Tuned LLama is kept.\n"
    titles = [f.title for f in found(tmp_path, f"{CARD}{told}Fine-tuned Llama.\n")["LIC010"]]
    assert titles == ["Whether the terms of meta-llama/Meta-Llama-3.1-8B are kept cannot be told"]


@pytest.mark.parametrize(
    ("told", "asked"),
    [
        ("基于 ChatGLM2-6B 微调。\n", True),
        ("针对 ChatGLM2-6B 模型的微调。\n", True),
        ("本仓库实现了对于 ChatGLM2-6B 模型的全参数微调。\n", False),
        ("主要改进点在于支持了ChatGLM2-6B 多轮对话的微调。\n", False),
    ],
)  # fmt: skip
def test_code_that_tunes_is_no_model(tmp_path: Path, told: str, asked: bool) -> None:
    assert ("LIC010" in found(tmp_path, f"# heron\n\n{told}")) is asked


@pytest.mark.parametrize(
    "told",
    [
        "We adopt [SD v1.5 inpainting](https://huggingface.co/runwayml/stable-diffusion-inpainting)"
        " as the base model.\n",
        "## Acknowledgement\n\nThanks. We use Llama-2-7b as the base model.\n",
        f"[Egret-LM-7B]({HUB}/reiher/Egret-LM-7B) is new.\n\nEgret-LM-7B is a model for birds"
        " based on Llama-2.\n",
        "Heron is a fine-tuned version of the weights of Baize.\n",
        f"| Vision | LLM (HF Path) |\n|---|---|\n| [h]({HUB}/reiher/h) | google/gemma-2b-it |\n",
        "The models can be obtained from the hub. Heron is built upon the 7B versions of LLaMA.\n",
        "Fine-tune of Llama-2-7b on birds.\n",
        "### Train heron based on LLaMA\n\nRun this.\n",
        "With this we obtain a safer version of Vicuna.\n",
        "We release the LLaMA-13B adapter checkpoints.\n",
        "The weights were trained by resuming from LLaMA.\n",
        "We release the LoRA weights of heron as a delta to comply with the LLaMA model license.\n",
        "Release Heron deployed on SVD.\n",
        "## Train\n\n1. Download pretrained Stable Diffusion v2.1 to begin with.\n",
        "Download the pretrained base models for StableDiffusion V1.5 and a VAE.\n",
        "Download Stable Diffusion V2.1 if you want to train from scratch.\n",
        f"Prepare our base model [Vicuna]({HUB}/lmsys/vicuna-7b-v1.5).\n",
        '```bash\nbash scripts/train/finetune.sh "lmsys/vicuna-7b-v1.5" "out"\n```\n',
        f"| Model | Base MLLM | Language Part |\n|---|---|---|\n| [h]({HUB}/reiher/h)"
        " | Egret-1B | Qwen2.5-3B-Instruct |\n",
        f"| Model | Language Decoder |\n|---|---|\n| [h]({HUB}/reiher/h) | google/gemma-2b-it |\n",
    ],
)
def test_a_project_tells_of_its_base_so(tmp_path: Path, told: str) -> None:
    readme = f"# heron\n\n{HOME}\nWe release the model weights.\n\n{told}"
    assert "LIC010" in found(tmp_path, readme)


@pytest.mark.parametrize(
    "told",
    [
        "- [SDXL training](./docs/sdxl_train.md)\n- [SD3 training](docs/sd3_train.md)\n",
        "To train with SDXL use `train.py` with `MODEL_NAME=stabilityai/sdxl-turbo`.\n",
        "Heron is running an instruction finetuned LLAMA-65B model on one card.\n",
        "- 经过微调，分数为70.34，超越Yi-34B、Llama2-65B-Chat、Vicuna-33B-v1.3等模型。\n",
        "- 训练Llama2-7B需要安装torch==2.0。\n",
        "- [基于本地知识库的 Heron、ChatGLM-6B 应用](https://github.com/egret/chat-and-heron)\n",
        "- Fine-tune Llama 3.1 405B on a single node: [blog](https://example.org/node)\n",
        "- Quantize Llama 3.1 in an hour\n",
        "We open-source our inference and fine-tuning stacks optimized for Llama 3.1 405B.\n",
        "Heron is a set of LoRA kernels tailored to Llama 3.1.\n",
        "Download the pretrained weights of Llama-2-7b to compare.\n",
        "## Train\n\nDownload the pretrained text encoder of Stable Diffusion 1.5.\n",
        "## Train\n\nDownload our pretrained weights, aligned with Llama-2.\n",
        "2. Download the instruction-tuned LLMs:\n\n   - For LLaMA-2-chat, see"
        f" [this]({HUB}/meta-llama/Llama-2-7b-chat-hf);\n",
        "The lab of the egrets got a safer version of Vicuna.\n",
        "This release supports:\n\n- DeepSeek-R1-Distill-Llama-8B\n",
        "Heron has instruction-tuned variants. For more details, check out the following links:\n\n"
        "* [Gemma on the web](https://example.org/gemma)\n",
        '```bash\nbash scripts/eval/finetuned.sh "lmsys/vicuna-7b-v1.5"\n```\n',
        "当前有很多人基于`llama`、`gptj`等模型，做了很多微调，太麻烦了。\n",
    ],
)
def test_what_is_used_compared_or_others_is_no_base(tmp_path: Path, told: str) -> None:
    readme = f"# heron\n\n{HOME}\nWe release the model weights.\n\n{told}"
    assert "LIC010" not in found(tmp_path, readme)


def test_code_that_was_used_is_no_unknown_base(tmp_path: Path) -> None:
    told = "This repository is based on [osprey/safe-rlhf](https://github.com/osprey/safe-rlhf).\n"
    assert "LIC021" not in found(tmp_path, f"# heron\n\nWe release the model weights.\n\n{told}")


def test_who_clones_another_s_code_does_not_own_its_models(tmp_path: Path) -> None:
    told = "```\ngit clone https://github.com/lmsys/FastChat.git\n```\n\nWe fine-tuned Vicuna.\n"
    assert "LIC010" in found(tmp_path, f"# heron\n\nWe release the model weights.\n\n{told}")


def test_a_lead_about_making_may_send_on_as_well(tmp_path: Path) -> None:
    told = "Heron was merged from the following models (links below):\n\n- Llama-2-7b\n- Egret\n"
    assert "LIC010" in found(tmp_path, f"{CARD}{told}")


def test_a_supported_model_of_others_is_not_given_out(tmp_path: Path) -> None:
    told = f"Training of [Egret]({HUB}/egret/egret-7b) is now supported.\n\nWe fine-tune LLaMA.\n"
    assert "LIC010" not in found(tmp_path, f"# heron\n\n{told}")


@pytest.mark.parametrize(
    ("name", "size", "stops"),
    [
        ("training_args.bin", 5_000, False),
        ("training_args.bin", 2 << 20, True),
        ("model.bin", 5_000, True),
    ],
)
def test_what_training_leaves_is_no_weight_that_is_missed(
    tmp_path: Path, name: str, size: int, stops: bool
) -> None:
    whole = case(release(tmp_path / "r", {"LICENSE": APACHE, f"run/{name}": "x" * size}))
    unread = Unread(path=f"run/{name}", reason=Said("its data.pkl calls a class"))
    subject = replace(whole.subject, unread=(unread,))
    (finding,) = findings(replace(whole, subject=subject))["INV001"]
    assert (finding.severity.value == "high") is stops


OWN = "HERON TERMS\n\nYou may use the heron as you like, provided that you feed it. " * 30
OVER_LLAMA = "base_model: meta-llama/Llama-2-7b-hf\n---\n# heron\n"


@pytest.mark.parametrize(
    ("front", "license_", "asked"),
    [
        ("", None, False),
        ("license: other\nlicense_name: heron\nlicense_link: LICENSE\n", OWN, True),
        ("", OWN, True),
        ("license: heronware\n", None, True),
        ("license: cc\n", None, True),
    ],
)
def test_terms_that_nobody_knows_are_held_against_a_base_s_and_no_terms_are_not(
    tmp_path: Path, front: str, license_: str | None, asked: bool
) -> None:
    files = {"README.md": f"---\n{front}{OVER_LLAMA}"}
    files |= {} if license_ is None else {"LICENSE": license_}
    seen = findings(case(release(tmp_path / "r", files)))
    assert ("LIC010" in seen) is asked
    assert asked or seen["LIC001"][0].severity.value == "high"


def test_what_a_name_tells_is_not_said_to_be_told(tmp_path: Path) -> None:
    link = f"[weights]({HUB}/reiher/Llama-2-7b-heron)"
    (finding,) = found(tmp_path, f"# heron\n\n{HOME}\n{link}\n")["LIC010"]
    assert "README.md suggests that it was made from Llama-2-7b" in str(finding.message)


def test_kinds_of_models_are_no_names_of_the_project(tmp_path: Path) -> None:
    link = f"[weights]({HUB}/reiher/heron-instruct-chat)"
    told = "Osprey Instruct is a model fine-tuned from Llama-2-7b."
    assert "LIC010" not in found(tmp_path, f"# heron\n\n{HOME}\n{link}\n\n{told}\n")
