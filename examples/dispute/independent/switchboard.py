# Copyright 2024 Larchmont Software GmbH
#
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.
"""Switchboard: sparse expert layers for PyTorch."""

import torch
from torch import nn
from torch.nn import functional


class SwitchboardExpert(nn.Module):
    """One gated feed-forward network."""

    def __init__(self, width, inner):
        super().__init__()
        self.w1 = nn.Linear(width, inner, bias=False)
        self.w2 = nn.Linear(inner, width, bias=False)
        self.w3 = nn.Linear(width, inner, bias=False)

    def forward(self, tokens):
        """Map (tokens, width) to the same."""
        return self.w2(functional.silu(self.w1(tokens)) * self.w3(tokens))


class Switchboard(nn.Module):
    """Send each token to its best experts and add up what they answer."""

    def __init__(self, width, inner, experts, lines):
        super().__init__()
        self.lines = lines
        self.gate = nn.Linear(width, experts, bias=False)
        self.experts = nn.ModuleList(SwitchboardExpert(width, inner) for _ in range(experts))

    def forward(self, x):
        """Map (..., width) to the same."""
        tokens = x.flatten(0, -2)
        best, chosen = self.gate(tokens).topk(self.lines, dim=-1)
        shares = best.softmax(dim=-1)
        answer = torch.zeros_like(tokens)
        for number, expert in enumerate(self.experts):
            rows, slot = (chosen == number).nonzero(as_tuple=True)
            if len(rows):
                answer.index_add_(0, rows, expert(tokens[rows]) * shares[rows, slot, None])
        return answer.view_as(x)
