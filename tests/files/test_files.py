"""What is kept of an upload: pixels, never where they were taken; sealed, and never apart from its row."""

from __future__ import annotations

import io
import os
import struct
import time
import zlib
from uuid import UUID

import pytest
from django.db import transaction
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from uuid_utils.compat import uuid7

from rangkul.audit.models import Event
from rangkul.domain.errors import BadInput
from rangkul.files.actions import FileEmpty, FileTooLarge, store, sweep_orphans, void_file
from rangkul.files.disk import CHUNK_BYTES, path_of, read_sealed, write_sealed
from rangkul.files.images import FileNotRead, PhotoIsHeic, PhotoTooBroad
from rangkul.files.models import StoredFile
from rangkul.files.queries import files_about, name_of, read_bytes
from rangkul.vault.sealing import CannotOpen, make_key
from tests.cast import Cast


@pytest.fixture
def subject(cast: Cast) -> UUID:
    found = uuid7()
    make_key(found, "person")
    return found


def kept(cast: Cast, subject: UUID, content: bytes, name: str = "foto.jpg") -> StoredFile:
    return store(
        content, subject_id=subject, about_kind="person", about_id=subject, kind="photo", sensitivity="ordinary",
        by=cast.peksos, at=cast.at, name=name,
    )  # fmt: skip


def with_gps(form: str = "JPEG") -> bytes:
    out = io.BytesIO()
    image = Image.new("RGB", (60, 40), "teal")
    exif = Image.Exif()
    exif[0x010F] = "MerkKamera"
    exif[0xA431] = "SERI-99887766"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "S", (7.0, 28.0, 12.5)
    gps[3], gps[4] = "E", (110.0, 13.0, 4.0)
    if form == "PNG":
        info = PngInfo()
        info.add_text("Comment", "SERI-99887766")
        image.save(out, form, exif=exif, pnginfo=info)
    elif form == "JPEG":
        image.save(
            out, form, exif=exif, comment=b"SERI-99887766", xmp=b"<x:xmpmeta>SERI-99887766</x:xmpmeta>"
        )
    else:
        image.save(out, form, exif=exif, xmp=b"<x:xmpmeta>SERI-99887766</x:xmpmeta>")
    return out.getvalue()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_no_photo_tells_where_or_with_what_it_was_taken(cast: Cast, subject: UUID, form: str) -> None:
    sent = with_gps(form)
    assert b"SERI-99887766" in sent
    content = read_bytes(kept(cast, subject, sent))
    with Image.open(io.BytesIO(content)) as image:
        assert dict(image.getexif()) == {}
        assert not {"exif", "xmp", "comment", "icc_profile", "Comment"} & set(image.info)
    for tag in (b"SERI", b"MerkKamera", b"Exif", b"xmpmeta"):
        assert tag not in content


def test_a_photo_held_sideways_stands_upright(cast: Cast, subject: UUID) -> None:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (60, 40), "teal").save(out, "JPEG", exif=exif)
    with Image.open(io.BytesIO(read_bytes(kept(cast, subject, out.getvalue())))) as image:
        assert image.size == (40, 60)


@pytest.mark.parametrize(
    "content",
    [
        b"GIF89a" + bytes(40),
        b"<svg onload=alert(1)>",
        b"MZ" + bytes(40),
        b"\xff\xd8\xff\xe0 not a jpeg",
        b"\x89PNG\r\n\x1a\n",
        b"PK\x03\x04",
    ],
)
def test_a_fake_image_is_refused_and_nothing_is_written(cast: Cast, subject: UUID, content: bytes) -> None:
    with pytest.raises(FileNotRead):
        kept(cast, subject, content)
    assert StoredFile.objects.count() == 0


def test_heic_is_refused_with_advice(cast: Cast, subject: UUID) -> None:
    with pytest.raises(PhotoIsHeic):
        kept(cast, subject, b"\x00\x00\x00\x18ftypheic" + bytes(40))


def test_forty_megabytes_and_nothing_at_all_are_refused(cast: Cast, subject: UUID) -> None:
    with pytest.raises(FileTooLarge):
        kept(cast, subject, b"\xff\xd8\xff" + bytes(40 * 1024 * 1024))
    with pytest.raises(FileEmpty):
        kept(cast, subject, b"")


def bomb(side: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("side", [9_000, 12_000, 50_000])
def test_a_small_file_that_unpacks_to_a_wall_is_refused_unopened(
    cast: Cast, subject: UUID, side: int
) -> None:
    begun = time.process_time()
    with pytest.raises(PhotoTooBroad):
        kept(cast, subject, bomb(side))
    assert time.process_time() - begun < 1


def test_the_disk_holds_nothing_readable_and_the_row_not_its_name(cast: Cast, subject: UUID) -> None:
    pdf = b"%PDF-1.4 " + b"Kartu Keluarga Wagiyem " * 9000
    stored = kept(cast, subject, pdf, name="KK Wagiyem.pdf")
    raw = path_of(stored.pk).read_bytes()
    assert len(pdf) > 2 * CHUNK_BYTES
    assert b"Wagiyem" not in raw
    assert b"Wagiyem" not in bytes(stored.sealed_name)
    assert (read_bytes(stored), name_of(stored)) == (pdf, "KK Wagiyem.pdf")
    assert oct(path_of(stored.pk).stat().st_mode)[-3:] == "600"


def test_a_chunk_lost_moved_or_from_another_file_does_not_open(cast: Cast, subject: UUID) -> None:
    one, two = uuid7(), uuid7()
    write_sealed(one, subject, os.urandom(3 * CHUNK_BYTES))
    write_sealed(two, subject, os.urandom(3 * CHUNK_BYTES))
    whole, step = path_of(one).read_bytes(), CHUNK_BYTES + 29
    other = path_of(two).read_bytes()
    for broken in (
        whole[: 2 * step],
        whole[step:],
        whole[step : 2 * step] + whole[:step] + whole[2 * step :],
        other[:step] + whole[step:],
        whole[:-1],
        b"",
    ):
        path_of(one).write_bytes(broken)
        with pytest.raises(CannotOpen):
            read_sealed(one, subject)
    path_of(one).write_bytes(whole)
    assert len(read_sealed(one, subject)) == 3 * CHUNK_BYTES


def test_a_refused_act_leaves_no_row_and_the_orphan_is_swept_after_a_day(cast: Cast, subject: UUID) -> None:
    class Regret(Exception):
        pass

    with pytest.raises(Regret), transaction.atomic():
        orphan = kept(cast, subject, with_gps())
        raise Regret
    assert StoredFile.objects.count() == 0
    assert path_of(orphan.pk).exists()
    standing = kept(cast, subject, with_gps())
    yesterday = time.time() - 2 * 24 * 3600
    for each in (orphan, standing):
        os.utime(path_of(each.pk), (yesterday, yesterday))
    assert sweep_orphans() == 1
    assert not path_of(orphan.pk).exists()
    assert path_of(standing.pk).exists()


def test_keeping_and_voiding_are_events(cast: Cast, subject: UUID) -> None:
    stored = kept(cast, subject, with_gps())
    void_file(stored.pk, "salah orang", by=cast.peksos, at=cast.at)
    assert files_about([subject]) == []
    assert set(Event.objects.values_list("action", flat=True)) == {"attachment.added", "attachment.voided"}


def test_every_refusal_says_what_to_do() -> None:
    for refusal in (FileTooLarge, FileEmpty, FileNotRead, PhotoIsHeic, PhotoTooBroad):
        assert issubclass(refusal, BadInput)
        assert refusal.says.endswith(".")
