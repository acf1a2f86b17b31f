# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Attempts against the comparison of weights, as code: each with its truth, made before it runs.

*Evade*: the suspect descends from the reference and is made so that nothing is found. *Frame*:
the two are innocent of each other and made so that something is found. A file in ``attacks/``
holds a family of attempts; ``play.py`` runs all of them.
"""
