# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The weight stage asks whether one model was initialised independently of another.

``compare`` maps both checkpoints to roles (``layout``, ``families``), pairs them
(``alignment``), reads the pairs once (``battery``), tests them (``statistics``) against
nulls that the pair itself supplies (``nulls``), and concludes (``decision``).
"""
