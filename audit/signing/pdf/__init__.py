# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Signatures inside the PDF: made, dated, and read again.

``pyhanko.sign`` imports all that signs, a client for the web among it, before any part of it can
be imported: a fifth of a second, and nothing that a reader needs. Here its own code runs when
something of it is asked for; its parts are imported as ever.
"""

from audit.signing.lazily import when_asked

when_asked("pyhanko.sign")
