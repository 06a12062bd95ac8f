"""What an uploaded file really is; photos are decoded under limits and encoded anew, without metadata."""

from __future__ import annotations

import io
import struct
import warnings
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from rangkul.domain.errors import N_, BadInput

MAX_PIXELS: Final = 60_000_000
"""More than any phone camera's ordinary photo; a small file that unpacks to more is a bomb."""
LONGEST_SIDE: Final = 4096
_JPEG_QUALITY: Final = 88
_HEIC_BRANDS: Final = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif"}
PDF: Final = "application/pdf"
JPEG: Final = "image/jpeg"
PNG: Final = "image/png"
WEBP: Final = "image/webp"
_FORMATS: Final = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP"}


class FileNotRead(BadInput):
    """Neither a photo nor a PDF, or a photo that cannot be decoded."""

    code = "file_not_read"
    says = N_(
        "Berkas ini bukan foto (JPEG, PNG, WebP) atau PDF yang dapat dibuka. Pilih berkas lain, atau foto ulang."
    )


class PhotoIsHeic(BadInput):
    """The camera format of some phones."""

    code = "photo_is_heic"
    says = N_(
        "Foto ini berformat HEIC. Di pengaturan kamera pilih “Paling kompatibel” (JPEG), atau kirim tangkapan layarnya."
    )


class PhotoTooBroad(BadInput):
    """More pixels than may be decoded."""

    code = "photo_too_broad"
    says = N_(
        "Ukuran gambar ini terlalu besar untuk dibuka ({megapixels} juta titik). Kecilkan dahulu, lalu kirim lagi."
    )


def sniff(head: bytes) -> str:
    """Return the media type that the first bytes say, whatever the name claims.

    Raises:
        PhotoIsHeic, FileNotRead: not one of those we keep.
    """
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head.startswith(b"%PDF-"):
        return PDF
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        raise PhotoIsHeic(field="file")
    raise FileNotRead(field="file")


def made_harmless(content: bytes, media_type: str) -> tuple[bytes, str]:
    """Return the photo encoded anew (JPEG, or PNG when it was one) and its type.

    Turned upright as its EXIF says, then only pixels are carried over: no EXIF, GPS, XMP, comment or profile.

    Raises:
        PhotoTooBroad, FileNotRead: it cannot be decoded within the limits.
    """
    try:
        with warnings.catch_warnings():
            # Our own limit below speaks first; Pillow's warning must not become a fault.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=[_FORMATS[media_type]]) as opened:
                return _encoded(opened, media_type)
    except Image.DecompressionBombError:
        raise PhotoTooBroad(field="file", megapixels="> 170") from None
    except (
        UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError,
        OverflowError, MemoryError, struct.error,
    ):  # fmt: skip
        raise FileNotRead(field="file") from None


def _encoded(opened: Image.Image, media_type: str) -> tuple[bytes, str]:
    width, height = opened.size
    if width * height > MAX_PIXELS:
        raise PhotoTooBroad(field="file", megapixels=width * height // 1_000_000)
    if media_type == JPEG:
        opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    opened.load()
    upright = ImageOps.exif_transpose(opened)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    keeps_png = media_type == PNG
    mode = "RGBA" if keeps_png and _has_alpha(upright) else "RGB"
    # A new image: Pillow writes an old one's comment or profile back if it is still in its ``info``.
    clean = Image.new(mode, upright.size, "white" if mode == "RGB" else (0, 0, 0, 0))
    if mode == "RGB" and _has_alpha(upright):
        coloured = upright.convert("RGBA")
        clean.paste(coloured, mask=coloured.getchannel("A"))
    else:
        clean.paste(upright.convert(mode))
    out = io.BytesIO()
    if keeps_png:
        clean.save(out, "PNG", compress_level=6)
        return out.getvalue(), PNG
    clean.save(out, "JPEG", quality=_JPEG_QUALITY)
    return out.getvalue(), JPEG


def _has_alpha(image: Image.Image) -> bool:
    return image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info
