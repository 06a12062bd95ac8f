#!/usr/bin/env python3
"""Memeriksa jejak audit Rangkul di laptop sendiri. Checks Rangkul's audit log on a laptop of one's own.

One file, Python 3.9 or newer, nothing else to install, no network. It shares no code with the program that wrote the log.

    python3 verify_audit.py verify FOLDER --key KEY [--held FILE ...] [--book SIZE=WORDS ...]
    python3 verify_audit.py words FOLDER --key KEY
    python3 verify_audit.py witness PULLED --state DIR --name NAME [--key KEY]

FOLDER is what ``rangkul audit export`` wrote: ``entries.txt`` (each line: hash, space, entry) and ``checkpoints.txt``.
KEY is the log's public key as it stands in the duty book (``rangkul/...+........+...``): never take it from FOLDER.
``--held`` names checkpoints kept outside the city's server (a witness's ``cosigned``, a pulled ``checkpoint``);
``--book`` the size and the six words of a printed page. ``witness`` is for the other host: it checks that the log only grew
since it last looked, and signs what it saw. Exit 0 whole, 1 something is wrong, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import sys
import time
from pathlib import Path

# Ed25519 (RFC 8032), for checking and for a witness's own signature ---------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


class Wrong(Exception):
    """What is wrong, in words; ``entry`` is the first bad one when it is about entries."""

    def __init__(self, why, entry=None):
        super().__init__(why)
        self.entry = entry


def _x_of(y, sign):
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    return P - x if x & 1 != sign else x


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = _x_of(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def _add(one, other):
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _times(scalar, point):
    found = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            found = _add(found, point)
        point = _add(point, point)
        scalar >>= 1
    return found


def _packed(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _unpacked(content):
    y = int.from_bytes(content, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    x = _x_of(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def _number(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % L


def signed_by(public, message, signature):
    """Say whether this key signed this message."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, commitment = _unpacked(public), _unpacked(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or commitment is None or scalar >= L:
        return False
    left = _times(scalar, BASE)
    right = _add(commitment, _times(_number(signature[:32], public, message), key))
    return _packed(left) == _packed(right)


def _secret(seed):
    digest = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(digest[:32], "little") & (1 << 254) - 8 | 1 << 254
    return scalar, digest[32:]


def public_of(seed):
    """The public key of a seed."""
    return _packed(_times(_secret(seed)[0], BASE))


def sign(seed, message):
    """The signature of a message."""
    scalar, prefix = _secret(seed)
    public, chosen = public_of(seed), _number(prefix, message)
    commitment = _packed(_times(chosen, BASE))
    rest = (chosen + _number(commitment, public, message) * scalar) % L
    return commitment + rest.to_bytes(32, "little")


# Notes (C2SP signed-note, tlog-checkpoint, tlog-cosignature) ----------------------------------------------------------


def _base64(text):
    try:
        content = base64.b64decode(text, validate=True)
    except ValueError:
        raise Wrong("bukan base64: " + text[:20]) from None
    if base64.b64encode(content).decode() != text:
        raise Wrong("base64 berubah: " + text[:20])
    return content


def _key_id(name, kind, public):
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


def read_key(text):
    """Name, kind (1 log, 4 witness), public key."""
    name, _, packed = text.strip().partition("+")
    said, _, packed = packed.partition("+")
    content = _base64(packed)
    if not name or len(content) != 33 or _key_id(name, content[0], content[1:]).hex() != said:
        raise Wrong("kunci publik tidak terbaca: " + text[:40])
    return name, content[0], content[1:]


def write_key(name, kind, public):
    """A public key as text."""
    packed = base64.b64encode(bytes([kind]) + public).decode()
    return name + "+" + _key_id(name, kind, public).hex() + "+" + packed


def open_note(written, key):
    """(text, size, root, moment) of a checkpoint that this key signed."""
    name, kind, public = read_key(key)
    text, cut, below = written.rpartition("\n\n")
    lines = text.split("\n")
    if not cut or not below.endswith("\n") or len(lines) != 4 or lines[0] != name:
        raise Wrong("bukan titik periksa dari " + name)
    text += "\n"
    if not (lines[1].isdigit() and str(int(lines[1])) == lines[1] and lines[3].startswith("at ")):
        raise Wrong("titik periksa tidak terbaca")
    seen = 0
    for line in below[:-1].split("\n"):
        who, _, packed = line[2:].partition(" ")
        if line[:2] != "\u2014 " or not who:
            raise Wrong("titik periksa " + lines[1] + ": baris tanda tangan tidak terbaca")
        content = _base64(packed)
        if who == name and content[:4] == _key_id(name, kind, public):
            if not signed_by(public, text.encode(), content[4:]):
                raise Wrong("titik periksa " + lines[1] + ": tanda tangan salah")
            seen += 1
    if seen != 1:
        raise Wrong("titik periksa " + lines[1] + ": tanda tangan " + name + " tidak ada")
    return text, int(lines[1]), _base64(lines[2]), lines[3][3:]


def words_of(text):
    """The six words of a checkpoint, as printed for the duty book."""
    digest = hashlib.sha256(text.encode()).digest()
    found = []
    for place in range(0, 12, 2):
        bits = int.from_bytes(digest[place : place + 2], "big")
        found.append(
            "bdfghjklmnprstvz"[bits >> 12]
            + "aiou"[bits >> 10 & 3]
            + "bdfghjklmnprstvz"[bits >> 6 & 15]
            + "aiou"[bits >> 4 & 3]
            + "bdfghjklmnprstvz"[bits & 15]
        )
    return "-".join(found)


# The tree (RFC 9162) --------------------------------------------------------------------------------------------------


def leaf(entry):
    """The hash of an entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def above(left, right):
    """The hash above two."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def grow(stack, node, place):
    """Put an entry's hash on the stack of complete subtrees; the top is the hash that stands beside the entry."""
    while place & 1 == 0:
        node = above(stack.pop(), node)
        place >>= 1
    stack.append(node)


def root_of(stack):
    """The root over everything on the stack."""
    node = stack[-1]
    for left in stack[-2::-1]:
        node = above(left, node)
    return node


def only_grew(old_size, old_root, size, root, proof):  # noqa: C901 - the steps of RFC 9162, 2.1.4.2, in their order
    """Say whether the proof shows that the new log begins with the old one."""
    if old_size == 0:
        return not proof
    if old_size == size:
        return not proof and old_root == root
    if old_size > size or not proof:
        return False
    if old_size & (old_size - 1) == 0:
        proof = [old_root] + proof
    first, second = old_size - 1, size - 1
    while first & 1:
        first, second = first >> 1, second >> 1
    left = right = proof[0]
    for each in proof[1:]:
        if second == 0:
            return False
        if first & 1 or first == second:
            left, right = above(each, left), above(each, right)
            while first and not first & 1:
                first, second = first >> 1, second >> 1
        else:
            right = above(right, each)
        first, second = first >> 1, second >> 1
    return left == old_root and right == root and second == 0


# What is asked of this file -------------------------------------------------------------------------------------------


def notes_in(path):
    """Every checkpoint in a file: each ends before the next empty line that follows its signatures."""
    try:
        written = Path(path).read_bytes().decode()
    except UnicodeDecodeError:
        raise Wrong(str(path) + ": bukan teks") from None
    if not written:
        return []
    parts = (written[:-1] if written.endswith("\n\n") else written).split("\n\n")
    if len(parts) % 2 or not written.endswith("\n"):
        raise Wrong(str(path) + ": tidak terdiri dari titik periksa yang utuh")
    pairs = zip(parts[::2], parts[1::2])
    return [text + "\n\n" + (below if below.endswith("\n") else below + "\n") for text, below in pairs]


def opened(notes, key):
    """The checkpoints of these notes by size; raises Wrong when one is not signed by this key."""
    marks = sorted((open_note(each, key) for each in notes), key=lambda each: each[1])
    if not marks:
        raise Wrong("tidak ada titik periksa: tanpa itu tidak ada yang dapat dibuktikan")
    return marks


def verify(entries, marks, book=()):
    """Read every entry and compare with every checkpoint. Returns (entries, root, newest checkpoint).

    ``entries`` gives the lines as bytes. Raises Wrong at the first bad entry.
    """
    for size, words in book:
        if not any(mark[1] == size and words_of(mark[0]) == words for mark in marks):
            raise Wrong(
                "buku piket: tidak ada titik periksa dengan " + str(size) + " entri dan kata " + words
            )
    waiting, place, sound = list(reversed(marks)), 0, 0
    stack: list[bytes] = []
    for line in entries:
        place += 1
        if not waiting:
            raise Wrong("tidak dicakup titik periksa mana pun (disisipkan di akhir?)", place)
        _take(stack, line, place)
        while waiting and waiting[-1][1] == place:
            if waiting[-1][2] != root_of(stack):
                raise Wrong(
                    "ditulis ulang: entri " + str(sound + 1) + " sampai " + str(place)
                    + " tidak cocok dengan titik periksa " + waiting[-1][3],
                    sound + 1,
                )  # fmt: skip
            sound = waiting.pop()[1]
    if waiting:
        raise Wrong(
            "dipotong: titik periksa " + waiting[-1][3] + " menyebut " + str(waiting[-1][1]) + " entri",
            place + 1,
        )
    return place, root_of(stack), marks[-1]


def _take(stack, line, place):
    said, gap, entry = line[:64], line[64:65], line[65:-1]
    if gap != b" " or line[-1:] != b"\n":
        raise Wrong("baris tidak utuh", place)
    grow(stack, leaf(entry), place)
    if stack[-1].hex().encode() == said:
        return
    try:
        number = json.loads(entry)["seq"]
    except (ValueError, KeyError, TypeError):
        number = place
    raise Wrong(
        "hilang, tertukar atau disisipkan" if number != place else "isi tidak cocok dengan hash-nya", place
    )


def run_verify(options):
    """Check an export."""
    where = Path(options.folder)
    notes = notes_in(where / "checkpoints.txt")
    for path in options.held:
        notes += notes_in(path)
    book = [in_book(each) for each in options.book]
    with (where / "entries.txt").open("rb") as file:
        count, root, newest = verify(file, opened(notes, options.key), book)
    print("UTUH: %d entri, %d titik periksa sampai %s" % (count, len(notes), newest[3]))
    print("akar " + base64.b64encode(root).decode() + "  kata " + words_of(newest[0]))


def in_book(text):
    """(size, words) of what stands in the duty book: SIZE=WORDS, or the text of the printed square."""
    parts = text.split()
    if len(parts) == 5 and parts[0] == "RANGKUL1":
        parts = [parts[2] + "=" + parts[4]]
    size, gap, words = parts[0].partition("=") if len(parts) == 1 else ("", "", "")
    if not gap or not size.isdigit():
        raise Wrong("buku piket: tulis ENTRI=KATA-KATA, atau isi kotak QR-nya: " + text)
    return int(size), words.strip().lower()


def run_words(options):
    """Print the words of every checkpoint, to compare with the duty book."""
    for each in notes_in(Path(options.folder) / "checkpoints.txt"):
        text, size, _, moment = open_note(each, options.key)
        print("%s  %d  %s" % (moment, size, words_of(text)))


def requests_in(folder):
    """(size before, proof, note) of every checkpoint that was laid out, oldest first."""
    for path in sorted(Path(folder).glob("*.requests")):
        blocks = path.read_text(encoding="utf-8").split("\n\n")
        for head, text, below in zip(blocks[::3], blocks[1::3], blocks[2::3]):
            lines = head.strip().split("\n")
            if not lines[0].startswith("old "):
                raise Wrong(path.name + ": tidak terbaca")
            yield int(lines[0][4:]), [_base64(each) for each in lines[1:]], text + "\n\n" + below + "\n"


def run_witness(options):
    """Follow the log from what was seen last, and sign what is seen now. Nothing is signed when anything is wrong."""
    if set(options.name) & set("+ \n"):
        raise Wrong("nama saksi tanpa spasi dan tanpa +")
    state = Path(options.state)
    state.mkdir(parents=True, exist_ok=True)
    key = options.key or _kept(
        state / "log.vkey", Path(options.folder, "log.vkey").read_text(encoding="ascii")
    )
    size, root = 0, b""
    if (state / "seen").exists():
        _, size, root, _ = open_note((state / "seen").read_text(encoding="utf-8"), key)
    newest, moved = None, 0
    for before, proof, written in requests_in(options.folder):
        _, now, found, _ = open_note(written, key)
        if now < size or (now == size and found == root):
            continue
        if before != size or not only_grew(size, root, now, found, proof):
            raise Wrong(
                "catatan tidak lagi memuat yang dulu disaksikan (%d entri): JANGAN dihapus, laporkan" % size,
                size,
            )
        newest, size, root, moved = written, now, found, moved + 1
    _, shown, found, _ = open_note(Path(options.folder, "checkpoint").read_text(encoding="utf-8"), key)
    if shown < size or (shown == size and found != root):
        raise Wrong("titik periksa terbaru mundur atau bercabang: %d, dahulu %d" % (shown, size), size)
    if newest is None:
        print("tidak ada yang baru; terakhir %d entri" % size)
        return
    seed = _seed(state / "witness.key")
    name, moment = options.name, int(time.time())
    text = newest.rpartition("\n\n")[0] + "\n"
    mark = sign(seed, ("cosignature/v1\ntime %d\n" % moment + text).encode())
    packed = _key_id(name, 4, public_of(seed)) + moment.to_bytes(8, "big") + mark
    cosigned = newest + "\u2014 " + name + " " + base64.b64encode(packed).decode() + "\n"
    (state / "seen").write_text(newest, encoding="utf-8")
    (state / "cosigned").write_text(cosigned, encoding="utf-8")
    with (state / "history").open("a", encoding="utf-8") as file:
        file.write(cosigned + "\n")
    (state / "witness.vkey").write_text(write_key(name, 4, public_of(seed)) + "\n", encoding="ascii")
    print("disaksikan: %d titik periksa, sekarang %d entri, kata %s" % (moved, size, words_of(text)))


def _kept(path, text):
    """The log's key as first seen; it never changes afterwards."""
    if not path.exists():
        path.write_text(text, encoding="ascii")
    return path.read_text(encoding="ascii").strip()


def _seed(path):
    if not path.exists():
        handle = os.open(str(path), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(base64.b64encode(os.urandom(32)).decode() + "\n")
    return base64.b64decode(path.read_text(encoding="ascii"))


def main(argv=None):
    """Run one command."""
    top = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = top.add_subparsers(dest="command", required=True)
    for name, run in (("verify", run_verify), ("words", run_words), ("witness", run_witness)):
        sub = commands.add_parser(name, help=(run.__doc__ or "").split("\n")[0])
        sub.add_argument("folder")
        sub.add_argument("--key", required=name != "witness", default="")
        sub.set_defaults(run=run)
        if name == "verify":
            sub.add_argument("--held", action="append", default=[])
            sub.add_argument("--book", action="append", default=[])
        if name == "witness":
            sub.add_argument("--state", required=True)
            sub.add_argument("--name", required=True)
    options = top.parse_args(argv)
    try:
        options.run(options)
    except Wrong as wrong:
        where = "" if wrong.entry is None else " pada entri %d" % wrong.entry
        print("RUSAK%s: %s" % (where, wrong), file=sys.stderr)
        return 1
    except (OSError, UnicodeError) as fault:
        print("tidak terbaca: %s" % fault, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
