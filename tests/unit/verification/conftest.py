# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The same signed folders as the tests of signing."""

from tests.unit.signing.conftest import identity, pristine, report, subject

__all__ = ["identity", "pristine", "report", "subject"]
