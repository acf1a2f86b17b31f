# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What is owed for what a release comes from, and whether it is there.

- ``primitives``: the closed list of requirements, each answered from files
- ``terms``: what a licence allows a derivative to be offered under
- ``engine``: all of it in order (``ObligationEvidence``)
"""
