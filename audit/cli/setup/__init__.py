# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What stands around the runs of a project or a machine: settings, their files, caches, health."""
