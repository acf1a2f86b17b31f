# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Keys that never leave their token: smart cards, security keys and HSMs, through PKCS#11.

A key is named by its address (RFC 7512), for example
``pkcs11:token=Signing;object=audit?module-path=/usr/lib/softhsm/libsofthsm2.so``. Its
certificate and those of its issuers are read from the same token. The digest is made here and
the token signs it with ``CKM_ECDSA``, which every token with P-256 has; hashing mechanisms many
have not (SoftHSM among them). Token and key are found by python-pkcs11: pyHanko's search takes
the first token of several that fit, and no certificate by the id of its key. Sole importer of
python-pkcs11, the extra ``audit[pkcs11]``.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, unquote_to_bytes

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import Certificate

from audit.errors import SigningError, UsageError
from audit.signing.identity.certificates import in_issuing_order, read_der
from audit.signing.identity.keys import Identity, require_signer
from audit.signing.identity.passphrase import PassphraseSource

_SCHEME = "pkcs11:"
_EXAMPLE = "pkcs11:token=LABEL;object=LABEL?module-path=/path/to/module.so"
_PARTS = {"token", "serial", "object", "id", "type", "module-path"}
_MODULE = "AUDIT_PKCS11_MODULE"
_DIAGNOSES: Final = (
    (
        ("PinIncorrect", "PinInvalid", "PinLenRange"),
        "The PIN does not open the {token}.",
        "Check AUDIT_KEY_PASSPHRASE, or type it again; a token locks after a few wrong PINs.",
    ),
    (("PinLocked",), "The {token} is locked.", "Unlock it with its own software."),
    (("NoSuchToken",), "There is no {token}.", "Plug it in, and check its label."),
    (
        ("MultipleTokensReturned",),
        "The address in --key fits more than one token.",
        "Name its serial: pkcs11:token=LABEL;serial=SERIAL.",
    ),
    (("NoSuchKey",), "The {token} holds no private {key}.", "Check object= or id=."),
    (
        ("MultipleObjectsReturned",),
        "The {token} holds more than one private {key}.",
        "Name one with object= or id=.",
    ),
)
"""What the module answers, what that means, and what to do about it."""
_OTHERWISE: Final = ("The PKCS#11 module {module} does not work: {error}.", "Check module-path.")


def is_token(key: str | Path) -> bool:
    """Whether ``--key`` names a key in a PKCS#11 token instead of a file."""
    return str(key).startswith(_SCHEME)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A parsed address; ``label`` and ``id`` say which key, ``None`` for the only one."""

    module: str
    token: str | None
    serial: str | None
    label: str | None
    id: bytes | None

    @property
    def name(self) -> str:
        """What to call it in messages."""
        return f"token {self.token or self.serial or '(the only one)'}"

    @property
    def key_name(self) -> str:
        """What to call its key in messages."""
        return f"key {self.label or (self.id.hex() if self.id else '(the only one)')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenKey:
    """A private key in a token, used as if it were in memory."""

    name: str
    handle: Any
    public: ec.EllipticCurvePublicKey
    session: Any = None

    def close(self) -> None:
        """Log out; a module knows one login per token and process."""
        if self.session is not None:
            self.session.close()

    def public_key(self) -> ec.EllipticCurvePublicKey:
        """Return the public side."""
        return self.public

    def sign(
        self, data: bytes, signature_algorithm: ec.EllipticCurveSignatureAlgorithm, /
    ) -> bytes:
        """Return the DER signature of the SHA-256 of ``data``.

        Raises ``SigningError`` if the token does not sign, because it was taken out for example.
        """
        from pkcs11 import Mechanism, PKCS11Error
        from pkcs11.util.ec import encode_ecdsa_signature

        del signature_algorithm  # this programme knows one
        try:
            raw = self.handle.sign(hashlib.sha256(data).digest(), mechanism=Mechanism.ECDSA)
        except PKCS11Error as error:
            raise SigningError(
                f"The {self.name} did not sign: {str(error) or type(error).__name__}.",
                advice="Check that it is still there, and that its key may sign.",
            ) from error
        return bytes(encode_ecdsa_signature(raw))


def parse(address: str) -> Address:
    """Read an address.

    Raises ``UsageError`` if it is none, names no module, or carries a PIN, which does not belong
    on a command line.
    """
    path, _, query = address.removeprefix(_SCHEME).partition("?")
    parts = [part for part in (*path.split(";"), *query.split("&")) if part]
    fields = dict(part.partition("=")[::2] for part in parts)
    if "pin-value" in fields:
        raise UsageError(
            "The address in --key carries a PIN, which every user of this machine can then read.",
            advice="Leave it out; set AUDIT_KEY_PASSPHRASE, pass --passphrase-fd, or type it.",
        )
    if wrong := ", ".join(sorted(fields.keys() - _PARTS)):
        raise UsageError(f"The address in --key has unknown parts: {wrong}.", advice=_EXAMPLE)
    text = {name: unquote(value) for name, value in fields.items()}
    module = text.get("module-path") or os.environ.get(_MODULE)
    if not module:
        raise UsageError(
            "The address in --key names no PKCS#11 module.",
            advice=f"Write {_EXAMPLE}, or set {_MODULE}.",
        )
    return Address(
        module=module,
        token=text.get("token"),
        serial=text.get("serial"),
        label=text.get("object"),
        id=unquote_to_bytes(fields["id"]) if "id" in fields else None,
    )


def token_identity(address: str, passphrase_source: PassphraseSource) -> Identity:
    """Return the identity whose key lies in the token at ``address``.

    The session stays open until the programme ends, or the key is closed. The PIN comes from
    ``passphrase_source``.

    Raises ``UsageError`` if the extra is not installed, or the module, the token, the key or its
    certificate is missing, the PIN is wrong, or the certificate does not fit or is not valid
    today.
    """
    place = parse(address)
    with _explained(place), ExitStack() as stack:
        from pkcs11 import Attribute

        session = stack.enter_context(_opened(place, passphrase_source))
        handle = _private_key(session, place)
        chain = _chain(session, place, bytes(handle[Attribute.ID]))
        public: Any = chain[0].public_key()
        require_signer(place.name, chain, public)
        key = TokenKey(name=place.name, handle=handle, public=public, session=session)
        _require_possession(key)
        stack.pop_all()  # all is well: the session is the key's now
    return Identity(key=key, chain=chain, kind="token")


def token_chain(address: str) -> tuple[Certificate, ...]:
    """Return the certificates in a token, which are public: no PIN is asked for.

    Raises ``UsageError`` as :func:`token_identity`.
    """
    place = parse(address)
    with _explained(place), _opened(place, None) as session:
        return _chain(session, place, place.id)


def _opened(place: Address, passphrase_source: PassphraseSource | None) -> Any:
    import pkcs11

    token = pkcs11.lib(place.module).get_token(
        token_label=place.token,
        token_serial=None if place.serial is None else place.serial.encode(),
    )
    if passphrase_source is None:
        return token.open()
    return token.open(user_pin=passphrase_source(place.name))


def _private_key(session: Any, place: Address) -> Any:
    from pkcs11 import ObjectClass

    return session.get_key(object_class=ObjectClass.PRIVATE_KEY, label=place.label, id=place.id)


def _chain(session: Any, place: Address, key_id: bytes | None) -> tuple[Certificate, ...]:
    """Return the key's own certificate (that of the same id, else label), then its issuers."""
    from pkcs11 import Attribute, ObjectClass

    leaves: list[Certificate] = []
    others: list[Certificate] = []
    for found in session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE}):
        try:
            certificate = read_der(bytes(found[Attribute.VALUE]))
        except ValueError as error:
            raise UsageError(
                f"A certificate in the {place.name} is damaged.", advice="Write it again."
            ) from error
        same_label = place.label is not None and found[Attribute.LABEL] == place.label
        own = bytes(found[Attribute.ID]) == key_id if key_id else same_label
        (leaves if own else others).append(certificate)
    if len(leaves) != 1:
        raise UsageError(
            f"The {place.name} holds {len(leaves)} certificates for that key, where one is needed.",
            advice="Write the key's certificate into the token, with the id of the key.",
        )
    return in_issuing_order(leaves[0], others)


def _require_possession(key: TokenKey) -> None:
    """Sign something and verify it, so that a run of hours does not end in a wrong key."""
    algorithm = ec.ECDSA(SHA256())
    try:
        key.public.verify(key.sign(b"audit", algorithm), b"audit", algorithm)
    except InvalidSignature as error:
        raise UsageError(
            f"{key.name}: the certificate does not belong to the private key.",
            advice="Give the key's own certificate the same id as the key.",
        ) from error


@contextmanager
def _explained(place: Address) -> Iterator[None]:
    """Turn what the module says into what is wrong and what to do."""
    try:
        import pkcs11
    except ImportError as error:
        raise UsageError(
            "Keys in tokens need the extra `pkcs11`, which is not installed.",
            advice="Run `pip install 'model-provenance-audit[pkcs11]'`.",
        ) from error
    try:
        yield
    except pkcs11.exceptions.PKCS11Error as error:
        kind = type(error).__name__
        what, advice = next((t for kinds, *t in _DIAGNOSES if kind in kinds), _OTHERWISE)
        words = what.format(
            token=place.name, key=place.key_name, module=place.module, error=str(error) or kind
        )
        raise UsageError(words, advice=advice) from error
