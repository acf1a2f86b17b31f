# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""PCS: cosine of the parameters, tensor by tensor of one name and shape.

Source: as tabulated in GhostSpec (arXiv 2511.06390) and SeedPrints: the flattened
parameters of both models as one vector each.
"""

from bench.baselines.view import View


def score(a: View, b: View) -> float | None:
    """Cosine over all tensors of one name and shape; 0 where nothing is comparable."""
    names = [n for n in sorted(a.tensors) if n in b.tensors]
    names = [n for n in names if a.tensors[n].shape == b.tensors[n].shape and a.tensors[n].ndim > 1]
    if not names:
        return 0.0
    dot = sum(float((a.tensors[n].double() * b.tensors[n].double()).sum()) for n in names)
    norms = [sum(float(x.tensors[n].double().square().sum()) for n in names) for x in (a, b)]
    return dot / (norms[0] * norms[1]) ** 0.5
