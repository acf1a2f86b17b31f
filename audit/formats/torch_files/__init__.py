# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Files that PyTorch writes: the archive, and the walk through a pickle that runs nothing."""
