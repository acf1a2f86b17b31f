# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The one way in which anything that was signed, sealed or stamped fails to be that."""


class UnsoundError(ValueError):
    """What somebody signed is not what it should be, or does not hold; the message says why."""
