"""The log's own key: signs checkpoints, lies outside the database (``audit.key`` beside the root key)."""

from __future__ import annotations

import base64
from functools import lru_cache
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from rangkul.domain.errors import N_, Refusal
from rangkul.domain.notes import (
    COSIGNATURE,
    ED25519,
    Checkpoint,
    NoteUnreadable,
    Signature,
    cosigned_text,
    key_id,
    note,
    read_checkpoint,
    read_note,
    read_verifier_key,
    verifier_key,
)
from rangkul.vault.root import make_secret

_TIME_BYTES: Final = 8


class CheckpointNotOurs(Refusal):
    """A checkpoint that does not open with the key it should open with."""

    code = "checkpoint_not_ours"
    says = N_("Titik periksa ini tidak ditandatangani oleh {who}, atau berubah sesudahnya: {why}.")


def origin() -> str:
    """The name of this log."""
    return f"rangkul/{settings.CITY}"


@lru_cache(maxsize=4)
def _key_in(path: Path) -> Ed25519PrivateKey:
    if not path.exists():
        make_secret(path.name)
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(path.read_text(encoding="ascii").strip()))


def _key() -> Ed25519PrivateKey:
    return _key_in(Path(settings.KEYS_ROOT) / "audit.key")


def own_verifier_key() -> str:
    """The public key that an inspector writes into the duty book on the first day."""
    return verifier_key(origin(), ED25519, _key().public_key().public_bytes_raw())


def sign(checkpoint: Checkpoint) -> str:
    """The checkpoint as a signed note."""
    text = checkpoint.text()
    public = _key().public_key().public_bytes_raw()
    mark = Signature(origin(), key_id(origin(), ED25519, public), _key().sign(text.encode()))
    return note(text, [mark])


def opened(written: str, *keys: str) -> Checkpoint:
    """What a note says, when each of these keys signed it (the log's own when none is given).

    Raises:
        CheckpointNotOurs: unreadable, or a signature is missing or wrong.
    """
    try:
        text, marks = read_note(written)
        for key in keys or (own_verifier_key(),):
            _check(text, marks, key)
        return read_checkpoint(text)
    except NoteUnreadable as fault:
        raise CheckpointNotOurs(who=origin(), why=str(fault)) from None


def _check(text: str, marks: list[Signature], key: str) -> None:
    name, kind, public = read_verifier_key(key)
    wanted = key_id(name, kind, public)
    for mark in marks:
        if (mark.name, mark.key_id) != (name, wanted):
            continue
        try:
            signed, content = _signed(text, mark.content, kind)
            Ed25519PublicKey.from_public_bytes(public).verify(content, signed)
        except (InvalidSignature, ValueError):
            raise CheckpointNotOurs(who=name, why="tanda tangan salah") from None
        return
    raise CheckpointNotOurs(who=name, why="tanda tangan tidak ada")


def _signed(text: str, content: bytes, kind: int) -> tuple[bytes, bytes]:
    if kind != COSIGNATURE:
        return text.encode(), content
    moment = int.from_bytes(content[:_TIME_BYTES], "big")
    return cosigned_text(text, moment), content[_TIME_BYTES:]
