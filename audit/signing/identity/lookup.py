# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Which identity a run signs with, and where it lies: in a token, a file, or the usual place."""

import os
from pathlib import Path

from cryptography.x509 import Certificate
from platformdirs import user_config_dir

from audit.signing.identity.key_file import file_chain, load_identity
from audit.signing.identity.keys import Identity, self_made
from audit.signing.identity.passphrase import PassphraseSource, environment_or_prompt
from audit.signing.identity.token import is_token, token_chain, token_identity


def default_path() -> Path:
    """Return where the user's own identity lies (``AUDIT_CONFIG_DIR`` overrides)."""
    folder = os.environ.get("AUDIT_CONFIG_DIR") or user_config_dir("audit")
    return Path(folder) / "identity.pem"


def identity_for(
    key: str | Path | None, passphrase_source: PassphraseSource | None = None
) -> Identity:
    """Return the identity that a run signs with.

    The file or token ``key`` if given; else the user's own if there is one; else a self-made one.

    Raises ``UsageError`` as :func:`audit.signing.identity.key_file.load_identity` and
    :func:`audit.signing.identity.token.token_identity`.
    """
    source = passphrase_source or environment_or_prompt
    if key is not None and is_token(key):
        return token_identity(str(key), source)
    if key is not None:
        return load_identity(Path(key), source, kind="file")
    path = default_path()
    return load_identity(path, source, kind="local") if path.exists() else self_made()


def public_chain(
    key: str | Path, passphrase_source: PassphraseSource | None = None
) -> tuple[Certificate, ...]:
    """Return the certificates of an identity, for showing them.

    Only a PKCS#12 file needs its passphrase for that.

    Raises ``UsageError`` if they cannot be read, or there are none.
    """
    if is_token(key):
        return token_chain(str(key))
    return file_chain(Path(key), passphrase_source or environment_or_prompt)
