"""``rangkul backup`` and ``restore``: database and files sealed into one archive; root keys and the ring apart from it.

The database is copied first, then the files: a file is written before its row and never changed, so every row of the copy
has its file. The ring of data keys is copied last, so that it has the key of everybody in the copy, and never goes into the
archive: with the archive and the root key alone nobody reads what stands under a subject's key (decision 0032).
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final, cast

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

from rangkul.audit.erasure import erase_again, without_key
from rangkul.audit.recording import record
from rangkul.audit.verify import verify_log
from rangkul.cli import snapshots
from rangkul.domain.errors import N_, Refusal
from rangkul.domain.policy import ActingMember
from rangkul.files.queries import files_missing
from rangkul.vault.archive import ArchiveDamaged, SealedReader, SealedWriter
from rangkul.vault.ring import put_back, read_ring, write_ring
from rangkul.vault.root import (
    LocalRoots,
    RootKeyMissing,
    RootKeys,
    forget_roots,
    keys_of,
    read_keys,
    roots,
    write_keys,
)
from rangkul.vault.sealing import forget_keys
from rangkul.vault.whole import whole_file

FORMAT: Final = 2
FOLDERS: Final = ("files", "imports")
_DATABASE: Final = "database"
_MANIFEST: Final = "manifest.json"
_BLOCK: Final = 1024 * 1024


class TargetExists(Refusal):
    """Nothing that is there is ever written over."""

    code = "target_exists"
    says = N_("{path} sudah ada dan tidak ditimpa. Pilih tempat lain, atau pindahkan dahulu.")


class KeysBesideArchive(Refusal):
    """Keys and archive in one folder protect nothing."""

    code = "keys_beside_archive"
    says = N_("Kunci dan arsip tidak disimpan dalam satu folder. Pilih folder lain untuk --keys.")


class RingNeeded(Refusal):
    """Without the ring nothing of a backup opens."""

    code = "ring_needed"
    says = N_(
        "Sebutkan gelang kunci dengan --ring BERKAS, di cakram lain daripada arsip (atau RANGKUL_RING). "
        "Tanpa gelang yang terbaru, isi tersegel dari cadangan tidak terbaca."
    )


class RingBesideArchive(Refusal):
    """Ring and archive in one folder travel together."""

    code = "ring_beside_archive"
    says = N_("Gelang kunci dan arsip tidak disimpan dalam satu folder. Pilih folder lain untuk --ring.")


class ArchiveNotFound(Refusal):
    """No such file."""

    code = "archive_not_found"
    says = N_("Berkas {path} tidak dapat dibaca.")


class ArchiveTooNew(Refusal):
    """The archive was made by a newer program."""

    code = "archive_too_new"
    says = N_("Arsip ini dibuat oleh Rangkul yang lebih baru ({missing}). Perbarui Rangkul dahulu.")


class OtherDatabase(Refusal):
    """A copy of one kind of database does not go into the other."""

    code = "other_database"
    says = N_("Arsip ini berisi {made}, sedangkan RANGKUL_DATABASE_URL menunjuk {here}.")


class KeysDiffer(Refusal):
    """Other keys lie where these should go."""

    code = "keys_differ"
    says = N_("Di {path} sudah ada kunci lain. Pindahkan dahulu; kunci tidak ditimpa.")


class RestoredNotWhole(Refusal):
    """The copy is back, but was not whole when it was made."""

    code = "restored_not_whole"
    says = N_("Cadangan dipulihkan, tetapi tidak utuh: {why}. Pakai cadangan yang lebih lama bila ada.")


def make_backup(
    target: Path | None, keys: Path | None, ring: Path | None, *, by: ActingMember, at: datetime
) -> dict[str, Any]:
    """Write the archive, the root keys to a file in another folder when asked, and the ring over its copy before.

    Args:
        target: None copies the ring alone (after an erasure).

    Raises:
        RingNeeded, TargetExists, KeysBesideArchive, RingBesideArchive, NotARing, ToolMissing, DatabaseRefused: as they
            say; nothing is left behind.
    """
    ring = ring or (Path(settings.RING) if settings.RING else None)
    if ring is None:
        raise RingNeeded
    if target is None:
        with transaction.atomic():
            record("backup.made", by=by, at=at, kind="instance", subject_id=None, result="ring")
        return {"archive": None, "keys": None, "ring": str(ring), "subjects": write_ring(ring, at)}
    _check_apart(target, keys, ring)
    snapshots.check_tools("pg_dump")
    with transaction.atomic():
        record("backup.made", by=by, at=at, kind="instance", subject_id=None)
    verdict = verify_log()
    with tempfile.TemporaryDirectory(dir=settings.HOME, prefix=".backup-") as folder:
        snapshots.take(Path(folder) / _DATABASE)
        about = {"made_at": at.isoformat(), "entries": verdict.entries, "whole": verdict.whole}
        with whole_file(target) as file:
            files = _write(file, Path(folder) / _DATABASE, about)
    if keys is not None:
        write_keys(keys)
    made = {"archive": str(target), "keys": str(keys) if keys else None, "ring": str(ring)}
    return {**made, "subjects": write_ring(ring, at), "files": files, **about}


def _check_apart(target: Path, keys: Path | None, ring: Path) -> None:
    for path in filter(None, (target, keys)):
        if path.exists():
            raise TargetExists(path=str(path))
    beside = target.resolve().parent
    if keys is not None and keys.resolve().parent == beside:
        raise KeysBesideArchive
    if ring.resolve().parent == beside:
        raise RingBesideArchive


def _write(file: IO[bytes], database: Path, about: dict[str, Any]) -> int:
    sealed = SealedWriter(file, roots())
    held: list[dict[str, Any]] = []
    with tarfile.open(fileobj=cast("IO[bytes]", sealed), mode="w|", bufsize=_BLOCK) as tar:
        for name, path in ((_DATABASE, database), *_kept_files()):
            info = tarfile.TarInfo(name)
            # One open file: a rotation may put another in its place meanwhile.
            with path.open("rb") as content:
                info.size = os.fstat(content.fileno()).st_size
                tar.addfile(info, content)
                content.seek(0)
                digest = hashlib.file_digest(content, "sha256").hexdigest()
            held.append({"name": name, "size": info.size, "sha256": digest})
        manifest = {
            "format": FORMAT,
            "city": settings.CITY,
            "database": connection.vendor,
            "migrations": sorted(".".join(each) for each in MigrationLoader(connection).applied_migrations),
            "held": held,
            **about,
        }
        content_bytes = json.dumps(manifest).encode()
        info = tarfile.TarInfo(_MANIFEST)
        info.size = len(content_bytes)
        tar.addfile(info, io.BytesIO(content_bytes))
    sealed.close()
    return len(held) - 1


def _kept_files() -> Iterator[tuple[str, Path]]:
    """Every file under the folders that hold content, by its name in the archive. A half-written one is left out."""
    for folder in FOLDERS:
        for path in sorted((Path(settings.HOME) / folder).rglob("*")):
            if path.is_file() and path.suffix != ".part":
                yield path.relative_to(settings.HOME).as_posix(), path


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def restore_backup(
    archive: Path, keys: Path | None, ring: Path | None, *, by: Callable[[], ActingMember], at: datetime
) -> dict[str, Any]:
    """Bring an archive back into an empty instance: everything is opened and checked before anything is put in place.

    The ring is the newest one, also with an older archive: whose key it names as destroyed stays erased, and the plain
    words that the archive brings back of them are emptied again.

    Raises:
        RingNeeded, RingDamaged: an archive opens only with the ring.
        TargetExists, KeysDiffer: something is there already; it stays as it is.
        ArchiveNotFound, ArchiveDamaged, ArchiveTooNew, OtherDatabase, ToolMissing, DatabaseRefused: nothing was done.
        RestoredNotWhole: the copy was not whole when it was made; what there is has been brought back.
    """
    _check_empty()
    snapshots.check_tools("pg_restore")
    ring = ring or (Path(settings.RING) if settings.RING else None)
    if ring is None:
        raise RingNeeded
    held = _roots_for(keys)
    keys_of_people = read_ring(ring, held)
    home = Path(settings.HOME)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=home, prefix=".restore-") as name:
        folder = Path(name)
        manifest = _unpack(archive, held, folder)
        _check_fits(manifest)
        snapshots.put_back(folder / _DATABASE)
        for kept in FOLDERS:
            if (folder / kept).exists():
                shutil.move(folder / kept, home / kept)
    if keys is not None:
        _place_keys(keys)
    call_command("migrate", verbosity=0, interactive=False)
    erased = keys_of_people.erased()
    with transaction.atomic():
        put_back(keys_of_people)
        for subject_id, since in erased.items():
            erase_again([subject_id], since)
    return {**_verified(manifest, by=by(), at=at), "erased_again": len(erased)}


def _check_empty() -> None:
    if not snapshots.is_empty():
        raise TargetExists(path=str(connection.settings_dict["NAME"]))
    for kept in FOLDERS:
        if (path := Path(settings.HOME) / kept).exists() and any(path.iterdir()):
            raise TargetExists(path=str(path))


def _roots_for(keys: Path | None) -> RootKeys:
    if keys is None or settings.KEY_SERVICE:
        return roots()
    try:
        said = keys_of(read_keys(keys)["root.key"])
    except (OSError, ValueError, RootKeyMissing):
        raise ArchiveNotFound(path=str(keys)) from None
    there = Path(settings.KEYS_ROOT) / "root.key"
    if there.exists():
        standing = keys_of(there.read_text(encoding="ascii"))
        if any(standing.get(version, key) != key for version, key in said.items()) or not set(said) <= set(
            standing
        ):
            raise KeysDiffer(path=str(there))
    return LocalRoots(said)


def _unpack(archive: Path, held_roots: RootKeys, folder: Path) -> dict[str, Any]:
    """Open the whole archive into a folder and compare every piece with the manifest.

    Raises:
        ArchiveNotFound, ArchiveDamaged: as they say.
    """
    found: dict[str, str] = {}
    try:
        with archive.open("rb") as file:
            sealed = SealedReader(file, held_roots)
            with tarfile.open(fileobj=cast("IO[bytes]", sealed), mode="r|", bufsize=_BLOCK) as tar:
                for info in tar:
                    found[info.name] = _take_out(tar, info, folder)
            while sealed.read(_BLOCK):  # what stands after the end of the tar is sealed too, and must open
                pass
        manifest: dict[str, Any] = json.loads((folder / _MANIFEST).read_bytes())
    except OSError:
        raise ArchiveNotFound(path=str(archive)) from None
    except (tarfile.TarError, ValueError):
        raise ArchiveDamaged from None
    held = {each["name"]: each["sha256"] for each in manifest["held"]}
    if held != {name: digest for name, digest in found.items() if name != _MANIFEST}:
        raise ArchiveDamaged
    return manifest


def _take_out(tar: tarfile.TarFile, info: tarfile.TarInfo, folder: Path) -> str:
    place = PurePosixPath(info.name)
    inside = place.parts[:1] in {(name,) for name in (*FOLDERS, _DATABASE, _MANIFEST)}
    source = tar.extractfile(info) if info.isreg() and inside and ".." not in place.parts else None
    if source is None:
        raise ArchiveDamaged
    path = folder / place
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with source, os.fdopen(handle, "wb") as target:
        shutil.copyfileobj(source, target, _BLOCK)
    return _digest(path)


def _check_fits(manifest: dict[str, Any]) -> None:
    if manifest["database"] != connection.vendor:
        raise OtherDatabase(made=manifest["database"], here=connection.vendor)
    known = {".".join(each) for each in MigrationLoader(None).disk_migrations}
    newer = sorted(set(manifest["migrations"]) - known)
    if manifest["format"] > FORMAT or newer:
        raise ArchiveTooNew(missing=", ".join(newer[:3]) or f"format {manifest['format']}")


def _place_keys(keys: Path) -> None:
    folder = Path(settings.KEYS_ROOT)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, text in read_keys(keys).items():
        if not (folder / name).exists():
            handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(text + "\n")
    forget_roots()
    forget_keys()


def _verified(manifest: dict[str, Any], *, by: ActingMember, at: datetime) -> dict[str, Any]:
    """Recompute the chain of events and look for every file, then write that this was done."""
    verdict, missing = verify_log(), files_missing()
    why = ""
    if not verdict.whole:
        why = f"entri {verdict.bad_seq}: {verdict.why}"
    elif verdict.entries < manifest["entries"]:
        why = f"{verdict.entries} dari {manifest['entries']} entri"
    elif missing:
        why = f"{missing} berkas tidak ada"
    elif lacking := without_key():
        why = f"{lacking} subjek tanpa kunci: gelang lebih lama daripada arsip"
    if why:
        raise RestoredNotWhole(why=why)
    with transaction.atomic():
        record("backup.restored", by=by, at=at, kind="instance", subject_id=None)
    return {
        "entries": verdict.entries,
        "files": len(manifest["held"]) - 1,
        "made_at": manifest["made_at"],
        "whole": True,
    }
