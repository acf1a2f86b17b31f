# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A model in a megabyte: what is left of its weights, so that exact tests between two still run.

``make`` reads a model once and draws its weights together (``signs``, ``sketch``) into a
fingerprint (``document``, ``file``). ``likeness`` tests two of them against nulls that the pair
itself supplies; ``shelf`` keeps many in a folder, ``index`` ranks them, ``identify`` asks all and
answers for all of them together. Specified in ``docs/fingerprint.md``.
"""
