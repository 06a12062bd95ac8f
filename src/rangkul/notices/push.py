"""Web Push: a message sealed for one browser (RFC 8291, RFC 8188) and a signed word who sends it (RFC 8292).

Written on ``cryptography``: the library that the field uses brings an HTTP stack of its own and a part without a wheel.
Checked against the example of RFC 8291 and against a local endpoint; no outside push service was reached from here.
"""

from __future__ import annotations

import base64
import json
import os
import urllib.error
import urllib.request
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from rangkul.vault.sealing import instance_key

CURVE: Final = ec.SECP256R1()
ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
RECORD_SIZE: Final = 4096
SECONDS: Final = 10
KEEP: Final = 24 * 3600
GONE: Final = frozenset({404, 410})


class BrowserGone(Exception):
    """The service no longer knows this browser."""


def packed(raw: bytes) -> str:
    """URL-safe base64 without padding, as all of this is written."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unpacked(text: str) -> bytes:
    """The bytes of such a text."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def is_key(text: str, length: int) -> bool:
    """Is this text a key of so many bytes?"""
    try:
        return len(unpacked(text)) == length
    except ValueError:
        return False


def _derived(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(secret)


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def sealed(
    plain: bytes,
    p256dh: str,
    auth: str,
    *,
    sender: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """Seal a message for one browser. ``sender`` and ``salt`` are fresh each time; given only in tests."""
    sender = sender or ec.generate_private_key(CURVE)
    salt = salt or os.urandom(16)
    theirs = unpacked(p256dh)
    shared = sender.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, theirs))
    ours = _point(sender.public_key())
    secret = _derived(unpacked(auth), shared, b"WebPush: info\0" + theirs + ours, 32)
    key = _derived(salt, secret, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(salt, secret, b"Content-Encoding: nonce\0", 12)
    head = salt + RECORD_SIZE.to_bytes(4, "big") + bytes([len(ours)]) + ours
    return head + AESGCM(key).encrypt(nonce, plain + b"\x02", None)


def _house_key() -> ec.EllipticCurvePrivateKey:
    """The key by which push services know this instance: derived from the instance's, so that a restore keeps it."""
    number = int.from_bytes(_derived(b"", instance_key(), b"rangkul/push/1", 48), "big")
    return ec.derive_private_key(number % (ORDER - 1) + 1, CURVE)


def house_public_key() -> str:
    """What a browser needs to subscribe."""
    return packed(_point(_house_key().public_key()))


def signed_word(endpoint: str, at: datetime) -> str:
    """The Authorization header for one endpoint, good for twelve hours."""
    parts = urlsplit(endpoint)
    head = packed(b'{"typ":"JWT","alg":"ES256"}')
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((at + timedelta(hours=12)).timestamp()),
        "sub": settings.PUBLIC_ADDRESS,
    }
    body = packed(json.dumps(claims, separators=(",", ":")).encode())
    r, s = decode_dss_signature(_house_key().sign(f"{head}.{body}".encode(), ec.ECDSA(hashes.SHA256())))
    signature = packed(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return f"vapid t={head}.{body}.{signature}, k={house_public_key()}"


class _NoTurning(urllib.request.HTTPRedirectHandler):
    """A push service does not send us elsewhere."""

    def redirect_request(self, *_args: object) -> None:
        return None


def send(endpoint: str, p256dh: str, auth: str, message: dict[str, str], at: datetime) -> None:
    """Hand one message to the browser's service.

    Raises:
        BrowserGone: the service no longer knows the browser.
        OSError: it could not be reached, or refused; to be tried again.
    """
    request = urllib.request.Request(  # noqa: S310 - only addresses of known services are kept (actions.subscribe)
        endpoint,
        data=sealed(json.dumps(message, ensure_ascii=False).encode(), p256dh, auth),
        method="POST",
        headers={
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(KEEP),
            "Urgency": "normal",
            "Authorization": signed_word(endpoint, at),
        },
    )
    try:
        with urllib.request.build_opener(_NoTurning).open(request, timeout=SECONDS):
            return
    except urllib.error.HTTPError as fault:
        if fault.code in GONE:
            raise BrowserGone from None
        raise
