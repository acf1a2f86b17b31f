# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""After a positive: how the one was made from the other, and which came first.

One kind of change per file, each a named function with its signature and source. All
abstain (``None``) unless their signature is there; a direction is given only where something
is *contained*. Nothing here enters the relation.
"""
