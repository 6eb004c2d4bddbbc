"""A head of the ledger, signed with an Ed25519 key in a DSSE envelope, as securesystemslib makes and checks them.

Keys are PEM files, as ``openssl genpkey -algorithm ed25519`` writes them. The library comes with ``lexline[sign]``.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lexline.diagnostics import Diagnostic, LexlineError
from lexline.ledger.chain import FORM, Head
from lexline.ledger.record import canonical

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner, SSlibKey

__all__ = ["PAYLOAD_TYPE", "Signer", "signed_head"]

PAYLOAD_TYPE = "application/vnd.lexline.ledger-head+json"


class Signer:
    """Signs with the private key of a file. Raises ``LexlineError`` where it can't be used."""

    def __init__(self, path: Path) -> None:
        self._signer = _private(path)
        self.key = str(self._signer.public_key.keyid)
        """the id of the key, as envelopes and checkpoints name it"""

    def envelope(self, head: Head, moment: datetime | None = None) -> dict[str, Any]:
        """A head, signed at a moment (now where None), as the JSON of a DSSE envelope."""
        from securesystemslib.dsse import Envelope

        at = (moment or datetime.now(UTC)).isoformat()
        payload = canonical({"digest": head.digest, "form": FORM, "moment": at, "sequence": head.sequence})
        envelope = Envelope(payload.encode("ascii"), PAYLOAD_TYPE, {})
        envelope.sign(self._signer)
        return envelope.to_dict()


def signed_head(envelope: dict[str, Any], path: Path) -> Head | None:
    """The head that an envelope holds; None where the key of the file (a public one) did not sign it. Raises
    ``LexlineError`` where the key can't be used."""
    key = _public(path)
    from securesystemslib.dsse import Envelope
    from securesystemslib.exceptions import Error

    try:
        read = Envelope.from_dict(envelope)
        read.verify([key], 1)
        payload = json.loads(read.payload)
        if read.payload_type != PAYLOAD_TYPE or payload["form"] != FORM:
            return None
        return Head(int(payload["sequence"]), str(payload["digest"]))
    except (Error, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _private(path: Path) -> CryptoSigner:
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
        from securesystemslib.signer import CryptoSigner
    except ModuleNotFoundError:
        raise _missing() from None
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (ValueError, TypeError):
        raise _refused(path, "no private key in PEM, or one that needs a password") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise _refused(path, "a private key, but not of Ed25519")
    return CryptoSigner(key)


def _public(path: Path) -> SSlibKey:
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        from cryptography.hazmat.primitives.serialization import load_pem_public_key
        from securesystemslib.signer import SSlibKey
    except ModuleNotFoundError:
        raise _missing() from None
    try:
        key = load_pem_public_key(path.read_bytes())
    except ValueError:
        raise _refused(path, "no public key in PEM") from None
    if not isinstance(key, Ed25519PublicKey):
        raise _refused(path, "a public key, but not of Ed25519")
    return SSlibKey.from_crypto(key)


def _refused(path: Path, why: str) -> LexlineError:
    advice = "openssl genpkey -algorithm ed25519 -out key.pem; openssl pkey -in key.pem -pubout -out key.pub"
    return LexlineError((Diagnostic("LX524", f"`{path}` can't be used: it is {why}", (), advice),))


def _missing() -> LexlineError:
    advice = "install the extra: pip install 'lexline[sign]'"
    return LexlineError((Diagnostic("LX524", "signatures need securesystemslib", (), advice),))
