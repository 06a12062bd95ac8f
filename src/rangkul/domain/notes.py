"""Checkpoints as signed notes (C2SP signed-note, tlog-checkpoint, tlog-cosignature), and their short words for a book.

Pure text and hashes; who signs stands in ``audit.signing``.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

DASH: Final = "\u2014 "
ED25519: Final = 1
COSIGNATURE: Final = 4
WORDS: Final = 6
_CONSONANTS: Final = "bdfghjklmnprstvz"
_VOWELS: Final = "aiou"
_AT: Final = "at "


class NoteUnreadable(ValueError):
    """This is no checkpoint: the text says why, in English, for whoever runs the command."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One line under a note: who, which key, and the bytes."""

    name: str
    key_id: bytes
    content: bytes


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What is signed: of which log, how many entries, their root, and when."""

    origin: str
    size: int
    root: bytes
    at: datetime

    def text(self) -> str:
        """The text that is signed; ends with a line break."""
        root = base64.b64encode(self.root).decode()
        moment = self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return f"{self.origin}\n{self.size}\n{root}\n{_AT}{moment}\n"

    def words(self) -> str:
        """Six short words for the duty book: 96 bits of the hash of what is signed."""
        digest = hashlib.sha256(self.text().encode()).digest()
        return "-".join(_word(digest[place : place + 2]) for place in range(0, 2 * WORDS, 2))


def _word(two: bytes) -> str:
    """Sixteen bits as a word that can be read aloud (a proquint)."""
    bits = int.from_bytes(two, "big")
    return (
        _CONSONANTS[bits >> 12]
        + _VOWELS[bits >> 10 & 3]
        + _CONSONANTS[bits >> 6 & 15]
        + _VOWELS[bits >> 4 & 3]
        + _CONSONANTS[bits & 15]
    )


def key_id(name: str, kind: int, public: bytes) -> bytes:
    """The four bytes by which a signature names its key."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


def verifier_key(name: str, kind: int, public: bytes) -> str:
    """A public key as text: ``name+key id+key``."""
    packed = base64.b64encode(bytes([kind]) + public).decode()
    return f"{name}+{key_id(name, kind, public).hex()}+{packed}"


def read_verifier_key(text: str) -> tuple[str, int, bytes]:
    """Name, kind and public key.

    Raises:
        NoteUnreadable: it is none of ours.
    """
    name, _, rest = text.strip().partition("+")
    said, _, rest = rest.partition("+")
    packed = _bytes(rest)
    if not name or len(packed) != 33 or packed[0] not in {ED25519, COSIGNATURE}:  # noqa: PLR2004 - kind and 32 bytes
        raise NoteUnreadable("a verifier key is name+id+key (Ed25519)")
    if key_id(name, packed[0], packed[1:]).hex() != said:
        raise NoteUnreadable("the id of the verifier key does not fit its key")
    return name, packed[0], packed[1:]


def note(text: str, signatures: Iterable[Signature]) -> str:
    """Text with its signatures under it."""
    lines = [
        f"{DASH}{each.name} {base64.b64encode(each.key_id + each.content).decode()}\n" for each in signatures
    ]
    return f"{text}\n{''.join(lines)}"


def read_note(written: str) -> tuple[str, list[Signature]]:
    """Text and signatures of a note.

    Raises:
        NoteUnreadable: no signatures, or lines that are none.
    """
    text, cut, below = written.rpartition("\n\n")
    if not cut or not below.endswith("\n"):
        raise NoteUnreadable("no signature under the text")
    found = []
    for line in below[:-1].split("\n"):
        name, _, packed = line.removeprefix(DASH).partition(" ")
        content = _bytes(packed)
        if not line.startswith(DASH) or not name or len(content) < 5:  # noqa: PLR2004 - a key id and something
            raise NoteUnreadable("a line under the text is no signature")
        found.append(Signature(name, content[:4], content[4:]))
    return f"{text}\n", found


def split_notes(written: str) -> list[str]:
    """The notes of a file, an empty line between them.

    Raises:
        NoteUnreadable: something in it is no whole note.
    """
    parts = written.removesuffix("\n").split("\n\n") if written else []
    if len(parts) % 2:
        raise NoteUnreadable("a file of whole notes has an even number of parts")
    return [
        f"{text}\n\n{below.removesuffix(chr(10))}\n"
        for text, below in zip(parts[::2], parts[1::2], strict=True)
    ]


def read_checkpoint(text: str) -> Checkpoint:
    """What a signed text says.

    Raises:
        NoteUnreadable: it is not written as we write it.
    """
    lines = text.split("\n")
    try:
        origin, size, root, moment = lines[0], int(lines[1]), _bytes(lines[2]), lines[3].removeprefix(_AT)
        at = datetime.strptime(moment, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except (IndexError, ValueError):
        raise NoteUnreadable("not origin, size, root and moment") from None
    found = Checkpoint(origin, size, root, at)
    if found.text() != text:
        raise NoteUnreadable("not written as a checkpoint of this log is")
    return found


def cosigned_text(text: str, moment: int) -> bytes:
    """What a witness signs: the moment (seconds since 1970) and the checkpoint (C2SP cosignature/v1)."""
    return f"cosignature/v1\ntime {moment}\n{text}".encode()


def request(old_size: int, proof: Iterable[bytes], signed: str) -> str:
    """A checkpoint for witnesses, as in C2SP tlog-witness: the size it continues, the proof, the note."""
    lines = [f"old {old_size}\n", *(f"{base64.b64encode(each).decode()}\n" for each in proof)]
    return f"{''.join(lines)}\n{signed}"


def _bytes(text: str) -> bytes:
    """Base64 that can be written in one way only."""
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteUnreadable("not base64") from None
    if base64.b64encode(content).decode() != text:
        raise NoteUnreadable("base64 with loose bits")
    return content
