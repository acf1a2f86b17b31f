# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Tiny language models that are really trained: ground truth for weight forensics.

Random tensors flatter every weight test, so the known-lineage zoo
(``tests/zoo``) and the example dispute (``examples/dispute``) are made of small
models trained on real text. This package is the one implementation that both
build scripts use: plain torch, Hugging Face tensor names, true ``config.json``
fields, one thread, and every seed derived from the model's name.
"""
