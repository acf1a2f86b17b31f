# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The one way in which anything that was signed, sealed or stamped fails to be that."""

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import ValidationError

from audit.text.strict_json import refused
from audit.unreadable import NotReadableError


class UnsoundError(ValueError):
    """What somebody signed is not what it should be, or does not hold; the message says why."""


@contextmanager
def sound(otherwise: str = "") -> Iterator[None]:
    """Let readers read bytes that may be anything: what they refuse is unsound, and why."""
    try:
        yield
    except ValidationError as error:
        raise UnsoundError(otherwise + refused(error)) from error
    except (NotReadableError, ValueError) as error:
        raise UnsoundError(otherwise + str(error)) from error
