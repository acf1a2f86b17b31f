# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Many models at once: thousands that are fingerprinted or audited, and sets of fingerprints.

``targets`` reads the list, ``task`` does one model in a process that may die, ``pool`` runs tasks
here and ``cluster`` runs the same ones by Ray. ``fleet`` keeps what they give, ``manifest``
remembers it so that a killed run goes on, ``overview`` writes the page. ``sets`` signs
fingerprints that are given away and verifies those that come.
"""
