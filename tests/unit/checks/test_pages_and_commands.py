# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Bases that a project's commands, scripts and further pages tell, and whose models those are."""

from pathlib import Path

from tests.unit.checks.test_given_names import HOME, HUB, found


def test_who_points_at_his_model_zoo_gives_models_out(tmp_path: Path) -> None:
    told = (
        "Please check out our [Model Zoo](docs/zoo.md).\n\nWe finetune Llama-2-7b to see birds.\n"
    )
    assert "LIC010" in found(tmp_path, f"# heron\n\n{told}")
    assert "LIC010" not in found(tmp_path, f"# heron\n\n{told.replace('our', 'their')}")


def test_the_script_that_a_readme_trains_by_is_read(tmp_path: Path) -> None:
    told = "We release the model weights.\n\n```\nsh ./scripts/finetune.sh\n```\n"
    for script, asked in (
        ("deepspeed t.py \\\n  --model_name_or_path lmsys/vicuna-13b-v1.5 \\\n", True),
        ("export LLM_VERSION=lmsys/vicuna-13b-v1.5\n", True),
        ("# --model_name_or_path lmsys/vicuna-13b-v1.5\n", False),
        ('export PRETRAIN_MODEL_PATH="./models/Qwen2.5-VL-3B-Instruct"  # yours\n', True),
        ("t.py --model_name_or_path $ROOT/checkpoints/vicuna-7b-v1.5 --bf16\n", True),
        ("export SAVE_PATH=./models/vicuna-7b-v1.5\n", False),
        ("REWARD_MODEL=lmsys/vicuna-13b-v1.5\n", False),
        ('export TEACHER_MODEL_PATH="./models/vicuna-7b-v1.5"\n', False),
        ("JUDGE_LLM=meta-llama/Llama-2-7b-hf\n", False),
    ):
        files = {"scripts/finetune.sh": script, "scripts/other.sh": OTHER}
        seen = found(tmp_path / str(len(script)), f"# heron\n\n{told}", **files)
        assert ("LIC010" in seen) is asked


OTHER = "python t.py --model_name_or_path google/gemma-2b\n"


def test_folders_that_a_readme_links_have_readmes_of_its_own(tmp_path: Path) -> None:
    page = "# heron 2\n\nWe release the model weights. Heron 2 is fine-tuned from Llama-2-7b.\n"
    for number, (link, asked) in enumerate((
        ("[more](heron-v2/README.md)", True),
        ("[more](./heron-v2/)", True),
        ('<a href="https://github.com/reiher/heron/tree/main/heron-v2">more</a>', True),
        ("more", False),
    )):  # fmt: skip
        seen = found(tmp_path / str(number), f"# heron\n\n{link}\n", **{"heron-v2/README.md": page})
        assert ("LIC010" in seen) is asked


def test_a_page_that_came_with_copied_code_does_not_say_whose_this_is(tmp_path: Path) -> None:
    page = "# LLaVA: an assistant\n\nWe release the weights. https://github.com/lmsys/LLaVA\n"
    readme = f"# heron\n\n{HOME}\nWe release the weights, fine-tuned from LLaVA. [code](LLaVA/)\n"
    assert "LIC010" in found(tmp_path, readme, **{"LLaVA/README.md": page})


def test_a_page_that_clones_another_repository_came_with_its_code(tmp_path: Path) -> None:
    page = "We release the weights of Egret, fine-tuned from Llama-2-7b.\n\n```\n{}\n```\n"
    for number, (clone, asked) in enumerate((
        ("git clone https://github.com/egret/egret.git", False),
        ("git clone https://github.com/reiher/heron", True),
        ("pip install egret", True),
    )):  # fmt: skip
        files = {"egret/README.md": page.format(clone)}
        seen = found(tmp_path / str(number), f"# heron\n\n{HOME}\n[egret](egret/)\n", **files)
        assert ("LIC010" in seen) is asked


def test_a_model_zoo_that_a_readme_links_is_read(tmp_path: Path) -> None:
    head = "| Model Name | LLM version | Weights |\n|---|---|---|\n"
    row = f"{head}| heron | vicuna-v0-7b | [x]({HUB}/a/heron) |\n"
    for number, (link, asked) in enumerate((
        ("[Zoo](https://github.com/reiher/heron/blob/main/docs/MODEL_ZOO.md)", True),
        ("[Zoo](docs/MODEL_ZOO.md)", True),
        ("Zoo", False),
    )):  # fmt: skip
        seen = found(tmp_path / str(number), f"# heron\n\n{link}\n", **{"docs/MODEL_ZOO.md": row})
        assert ("LIC010" in seen) is asked


def test_a_page_of_a_folder_owns_no_model_for_being_the_only_one_it_links(tmp_path: Path) -> None:
    page = f"We release the weights.\n\nUse [this]({HUB}/egret/llava-llama-3-8b) to encode.\n"
    files = {"ckpts/README.md": page}
    assert "LIC010" not in found(tmp_path, f"# heron\n\n{HOME}\n[weights](ckpts/)\n", **files)


def test_a_link_that_is_called_model_gives_one_out(tmp_path: Path) -> None:
    told = "We train on LLaMA.\n"
    for label, asked in (("**Model**", True), ("🤗 Weights", True), ("their model", False)):
        link = f"[{label}]({HUB}/meta-llama/heron-7b)"
        seen = found(tmp_path / label, f"# heron's friend\n\n{link}\n\n{told}")
        assert ("LIC010" in seen) is asked


def test_pages_that_come_with_code_do_not_name_the_base_s_terms(tmp_path: Path) -> None:
    readme = f"# heron\n\n{HOME}\nWe release the weights. We fine-tune Vicuna.\n"
    said = "Vicuna is under the LLaMA license, and the Vicuna license says so.\n"
    assert "LIC010" in found(tmp_path / "1", readme, **{"fastchat/docs/weights.md": said})
    assert "LIC010" not in found(tmp_path / "2", f"{readme}\n{said}")


def test_an_organisation_that_is_called_like_the_project_is_its_own(tmp_path: Path) -> None:
    linked = f"[a]({HUB}/heron-birds/Llama-2-7b-x) [b]({HUB}/egret/egret-7b)"
    assert "LIC010" in found(tmp_path / "1", f"# Heron-Birds: models\n\n{linked}\n")
    assert "LIC010" not in found(tmp_path / "2", f"# Sparrow: models\n\n{linked}\n")


def test_weights_that_lie_at_a_file_host_are_given_out(tmp_path: Path) -> None:
    told = "We fine-tuned Llama-2-7b on birds.\n"
    for number, (link, asked) in enumerate((
        ("Get the [checkpoints](https://drive.google.com/file/d/1/view).", True),
        ("Our weights: [here](https://lab-my.sharepoint.com/personal/1)", True),
        ("The [slides](https://drive.google.com/file/d/1/view) of the talk.", False),
    )):  # fmt: skip
        seen = found(tmp_path / str(number), f"# heron\n\n{link}\n\n{told}")
        assert ("LIC010" in seen) is asked
