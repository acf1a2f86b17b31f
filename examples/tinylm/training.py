# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Builds, trains and measures one tiny model, the same way every time.

One thread, deterministic algorithms and explicit generators: the same machine
gives the same bytes. Another type of CPU adds in another order, so it may not.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional

from examples.tinylm import corpus
from examples.tinylm.decoder import Decoder
from examples.tinylm.older import GPT2, Bert
from examples.tinylm.shape import Shape

Weights = dict[str, torch.Tensor]
_MODELS: dict[str, type[nn.Module]] = {
    "llama": Decoder,
    "mixtral": Decoder,
    "gpt2": GPT2,
    "bert": Bert,
}
_MASKED = 0.15
_IMBALANCE = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How long and how hard to train; ``batch`` windows of ``context`` tokens a step."""

    data: str
    steps: int
    lr: float
    batch: int = 24
    context: int = 48
    decay: float = 0.1


def be_deterministic() -> None:
    """Fix the number of threads and refuse algorithms whose result varies."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)


def generator(name: str) -> torch.Generator:
    """Return the random numbers that belong to ``name``, and to nothing else."""
    seed = int(hashlib.sha256(name.encode()).hexdigest()[:12], 16)
    return torch.Generator().manual_seed(seed)


def fresh(shape: Shape, name: str) -> nn.Module:
    """Return an untrained model: normal matrices, unit gains, zero biases."""
    model = _MODELS[shape.family](shape)
    random = generator(f"init {name}")
    with torch.no_grad():
        for key, parameter in sorted(model.named_parameters()):
            if parameter.ndim == 2:
                parameter.normal_(0.0, shape.spread, generator=random)
            else:
                parameter.fill_(0.0 if key.endswith("bias") else 1.0)
    return model


def holding(shape: Shape, weights: Weights) -> nn.Module:
    """Return a model with exactly these weights."""
    model = _MODELS[shape.family](shape)
    model.load_state_dict({key: value.float() for key, value in weights.items()}, strict=True)
    return model


def weights_of(model: nn.Module) -> Weights:
    """Return a detached copy of every tensor, by name."""
    return {key: value.detach().clone() for key, value in sorted(model.state_dict().items())}


def train(
    model: nn.Module,
    shape: Shape,
    schedule: Schedule,
    name: str,
    *,
    frozen: tuple[str, ...] = (),
    tokens: torch.Tensor | None = None,
    teacher: nn.Module | None = None,
) -> None:
    """Train in place with AdamW, a short warm-up and a cosine; ``frozen`` tensors stay.

    ``tokens`` (n,) replaces the part that ``schedule.data`` names. With a ``teacher`` the
    loss is the divergence from its output distribution (Hinton et al. 2015, temperature
    1), so that nothing but outputs passes from one model to the other.
    """
    named = [(k, p) for k, p in sorted(model.named_parameters()) if k not in frozen]
    matrices = [p for _, p in named if p.ndim == 2]
    vectors = [p for _, p in named if p.ndim < 2]
    groups = [
        {"params": matrices, "weight_decay": schedule.decay},
        {"params": vectors, "weight_decay": 0.0},
    ]
    optimiser = torch.optim.AdamW(groups, lr=schedule.lr, betas=(0.9, 0.95), fused=True)
    plan = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, schedule.lr, total_steps=schedule.steps, pct_start=0.08, cycle_momentum=False
    )
    text = corpus.tokens(schedule.data) if tokens is None else tokens
    for ids in _batches(schedule, name, text):
        if teacher is None:
            loss = _loss(model, shape, ids, generator(f"mask {name} {plan.last_epoch}"))
        else:
            loss = _divergence(model, teacher, ids)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_([p for _, p in named], 1.0)
        optimiser.step()
        plan.step()


def _batches(schedule: Schedule, name: str, tokens: torch.Tensor) -> Iterator[torch.Tensor]:
    """Yield (batch, context + 1) windows at random places of the text."""
    random = generator(f"batches {name}")
    for _ in range(schedule.steps):
        limit = len(tokens) - schedule.context
        starts = torch.randint(limit, (schedule.batch, 1), generator=random)
        yield tokens[starts + torch.arange(schedule.context + 1)]


def _loss(
    model: nn.Module, shape: Shape, ids: torch.Tensor, random: torch.Generator
) -> torch.Tensor:
    """Next-token loss in nats, or the masked-token loss for BERT."""
    if shape.family == "bert":
        ids = ids[:, :-1]
        hidden = torch.rand(ids.shape, generator=random) < _MASKED
        logits = model(ids.masked_fill(hidden, shape.vocab - 1))
        return functional.cross_entropy(logits[hidden], ids[hidden])
    loss = functional.cross_entropy(model(ids[:, :-1]).flatten(0, 1), ids[:, 1:].flatten())
    return loss + _IMBALANCE * model.imbalance() if isinstance(model, Decoder) else loss


def _divergence(model: nn.Module, teacher: nn.Module, ids: torch.Tensor) -> torch.Tensor:
    """Kullback-Leibler divergence of the student's next-token distribution, in nats."""
    with torch.no_grad():
        wanted = teacher(ids[:, :-1]).flatten(0, 1).log_softmax(-1)
    found = model(ids[:, :-1]).flatten(0, 1).log_softmax(-1)
    return functional.kl_div(found, wanted, reduction="batchmean", log_target=True)


@torch.no_grad()
def perplexity(model: nn.Module, shape: Shape, tokens: torch.Tensor) -> float:
    """Perplexity on ``tokens`` of shape (n,), of the masked ones for BERT."""
    context = min(48, shape.positions)
    count = (len(tokens) - 1) // context
    ids = torch.stack([tokens[i * context : (i + 1) * context + 1] for i in range(count)])
    if shape.family == "bert":
        loss = _loss(model, shape, ids, generator("mask held-out"))
    else:
        logits = model(ids[:, :-1])
        loss = functional.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten())
    return float(loss.exp())
