# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Drafts what a release owes: NOTICE, texts to add, statements, and a patch of the card.

A draft is for a person to finish: brackets stand for what no file says, and what is not known
is listed, never dropped. Nothing of the audited folder is changed.
"""

from audit.notice.draft import draft_notice
from audit.notice.rendering import files, to_text
from audit.record.drafts import Draft

__all__ = ["Draft", "draft_notice", "files", "to_text"]
