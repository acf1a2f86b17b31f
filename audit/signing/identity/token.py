# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Keys that never leave their token: smart cards, security keys and HSMs, through PKCS#11.

A key is named by its address (RFC 7512), for example
``pkcs11:token=Signing;object=audit?module-path=/usr/lib/softhsm/libsofthsm2.so``. Its
certificate and those of its issuers are read from the same token. The digest is made here and
the token signs it with ``CKM_ECDSA``, which every token with P-256 has; hashing mechanisms many
have not (SoftHSM among them). Sole importer of python-pkcs11, the extra ``audit[pkcs11]``.
"""

import hashlib
import os
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, unquote_to_bytes

from audit.errors import SigningError, UsageError
from audit.signing.identity.certificates import in_issuing_order, read_der
from audit.signing.identity.keys import TOKEN_SCHEME, Identity
from audit.signing.identity.passphrase import PassphraseSource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cryptography.hazmat.primitives.asymmetric.ec import (
        EllipticCurvePublicKey,
        EllipticCurveSignatureAlgorithm,
    )
    from cryptography.x509 import Certificate

_EXAMPLE = "pkcs11:token=LABEL;object=LABEL?module-path=/path/to/module.so"
_PATH = {"token", "serial", "object", "id", "type"}
_MODULE = "AUDIT_PKCS11_MODULE"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenKey:
    """A private key in a token, used as if it were in memory."""

    name: str
    handle: Any
    public: "EllipticCurvePublicKey"
    session: Any = None

    def close(self) -> None:
        """Log out; a module knows one login per token and process."""
        if self.session is not None:
            self.session.close()

    def public_key(self) -> "EllipticCurvePublicKey":
        """Return the public side."""
        return self.public

    def sign(self, data: bytes, signature_algorithm: "EllipticCurveSignatureAlgorithm", /) -> bytes:
        """Return the DER signature of the SHA-256 of ``data``.

        Raises
        ------
        SigningError
            If the token does not sign, because it was taken out for example.
        """
        from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
        from pkcs11 import Mechanism, PKCS11Error

        del signature_algorithm  # this programme knows one
        try:
            raw = self.handle.sign(hashlib.sha256(data).digest(), mechanism=Mechanism.ECDSA)
        except PKCS11Error as error:
            raise SigningError(
                f"The {self.name} did not sign: {_said(error)}.",
                advice="Check that it is still there, and that its key may sign.",
            ) from error
        half = len(raw) // 2
        return encode_dss_signature(
            int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big")
        )


def parse(address: str) -> Address:
    """Read an address.

    Raises
    ------
    UsageError
        If it is none, names no module, or carries a PIN, which does not belong on a command line.
    """
    path, _, query = address.removeprefix(TOKEN_SCHEME).partition("?")
    fields = dict(part.partition("=")[::2] for part in path.split(";") if part)
    asked = dict(part.partition("=")[::2] for part in query.split("&") if part)
    if "pin-value" in asked:
        raise UsageError(
            "The address in --key carries a PIN, which every user of this machine can then read.",
            advice="Leave it out; set AUDIT_KEY_PASSPHRASE, pass --passphrase-fd, or type it.",
        )
    if set(fields) - _PATH or set(asked) - {"module-path"}:
        wrong = ", ".join(sorted((set(fields) - _PATH) | (set(asked) - {"module-path"})))
        raise UsageError(f"The address in --key has unknown parts: {wrong}.", advice=_EXAMPLE)
    module = unquote(asked.get("module-path", "")) or os.environ.get(_MODULE, "")
    if not module:
        raise UsageError(
            "The address in --key names no PKCS#11 module.",
            advice=f"Write {_EXAMPLE}, or set {_MODULE}.",
        )
    text = {name: unquote(value) for name, value in fields.items()}
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

    Raises
    ------
    UsageError
        If the extra is not installed, or the module, the token, the key or its certificate is
        missing, the PIN is wrong, or the certificate does not fit or is not valid today.
    """
    from audit.signing.identity.key_file import require_signer

    place = parse(address)
    with _explained(place), ExitStack() as stack:
        session = stack.enter_context(_opened(place, passphrase_source))
        chain = _chain(session, place, _key_id(session, place))
        handle = session.get_key(**_wanted(place, private=True))
        public: Any = chain[0].public_key()
        require_signer(place.name, chain, public)
        key = TokenKey(name=place.name, handle=handle, public=public, session=session)
        _require_possession(key)
        stack.pop_all()  # all is well: the session is the key's now
    return Identity(key=key, chain=chain, kind="token")


def token_chain(address: str) -> "tuple[Certificate, ...]":
    """Return the certificates in a token, which are public: no PIN is asked for.

    Raises
    ------
    UsageError
        As :func:`token_identity`.
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


def _wanted(place: Address, *, private: bool) -> dict[str, Any]:
    from pkcs11 import ObjectClass

    kind = {"object_class": ObjectClass.PRIVATE_KEY} if private else {}
    return {**kind, "label": place.label, "id": place.id}


def _key_id(session: Any, place: Address) -> bytes:
    from pkcs11 import Attribute

    return bytes(session.get_key(**_wanted(place, private=True))[Attribute.ID])


def _chain(session: Any, place: Address, key_id: bytes | None) -> "tuple[Certificate, ...]":
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
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256

    algorithm = ec.ECDSA(SHA256())
    try:
        key.public.verify(key.sign(b"audit", algorithm), b"audit", algorithm)
    except InvalidSignature as error:
        raise UsageError(
            f"{key.name}: the certificate does not belong to the private key.",
            advice="Give the key's own certificate the same id as the key.",
        ) from error


@contextmanager
def _explained(place: Address) -> "Iterator[None]":
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
        what, advice = _diagnosis(place, error)
        raise UsageError(what, advice=advice) from error


def _diagnosis(place: Address, error: Exception) -> tuple[str, str]:
    from pkcs11 import exceptions as known

    key = f"key {place.label or (place.id.hex() if place.id else '(the only one)')}"
    cases: list[tuple[tuple[type[Exception], ...], str, str]] = [
        (
            (known.PinIncorrect, known.PinInvalid, known.PinLenRange),
            f"The PIN does not open the {place.name}.",
            "Check AUDIT_KEY_PASSPHRASE, or type it again; a token locks after a few wrong PINs.",
        ),
        ((known.PinLocked,), f"The {place.name} is locked.", "Unlock it with its own software."),
        ((known.NoSuchToken,), f"There is no {place.name}.", "Plug it in, and check its label."),
        (
            (known.MultipleTokensReturned,),
            "The address in --key fits more than one token.",
            "Name its serial: pkcs11:token=LABEL;serial=SERIAL.",
        ),
        ((known.NoSuchKey,), f"The {place.name} holds no private {key}.", "Check object= or id=."),
        (
            (known.MultipleObjectsReturned,),
            f"The {place.name} holds more than one private {key}.",
            "Name one with object= or id=.",
        ),
    ]
    for kinds, what, advice in cases:
        if isinstance(error, kinds):
            return what, advice
    return (
        f"The PKCS#11 module {place.module} does not work: {_said(error)}.",
        "Check module-path.",
    )


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__
