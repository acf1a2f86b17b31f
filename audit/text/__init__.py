# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Pure functions over text: names, globs, sentences, words, strict JSON."""
