"""Keys are replaced under load: nothing becomes unreadable, and what was retired opens nothing."""

from __future__ import annotations

import base64
import json
import os
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.conf import LazySettings
from django.db import connection
from django.utils import timezone

from rangkul.files.disk import path_of, read_sealed, seal_again, write_sealed
from rangkul.people.actions import register_person
from rangkul.people.claims import value_of
from rangkul.people.models import IdentityClaim, Person
from rangkul.people.typed import NewPerson
from rangkul.vault import rotation
from rangkul.vault.archive import SealedWriter
from rangkul.vault.models import SubjectKey
from rangkul.vault.ring import put_back, read_ring, write_ring
from rangkul.vault.root import LocalRoots, forget_roots, root_keys, roots
from rangkul.vault.rotation import RootIsElsewhere
from rangkul.vault.sealing import (
    CannotOpen,
    blind_index,
    forget_keys,
    make_key,
    seal,
    unseal,
    version_of,
)
from rangkul.vault.wrapped import open_all
from tests.cast import Cast

FIRST = b"a key for tests, never for live!"
LATER = timedelta(hours=2)


@pytest.fixture
def root_file(settings: LazySettings, tmp_path: Path) -> Iterator[Path]:
    """The same root key as everywhere in tests, in a file: versions can be added to it."""
    settings.ROOT_KEY, settings.KEYS_ROOT = "", tmp_path
    file = tmp_path / "root.key"
    file.write_text(base64.b64encode(FIRST).decode() + "\n", encoding="ascii")
    forget_roots()
    forget_keys()
    yield file
    forget_roots()
    forget_keys()


def aged(file: Path) -> None:
    """The newest root key was made two hours ago."""
    past = timezone.now().timestamp() - LATER.total_seconds()
    os.utime(file, (past, past))
    forget_roots()
    forget_keys()


def a_subject() -> tuple[UUID, bytes]:
    subject = uuid4()
    make_key(subject, "person")
    return subject, seal(subject, "t|c|r", b"rahasia")


@pytest.mark.django_db
def test_a_new_root_key_wraps_everything_and_the_old_one_opens_nothing(root_file: Path) -> None:
    subject, sealed = a_subject()
    index = blind_index("nik", "3371994305800001")
    stolen = bytes(SubjectKey.objects.get(pk=subject).wrapped or b"")

    assert rotation.new_root() == 2
    assert rotation.wrap_anew() >= 2
    assert not SubjectKey.objects.exclude(root_version=2).exists()
    assert rotation.retire(timezone.now())["roots_retired"] == 0  # not yet: another process may hold it
    aged(root_file)
    assert rotation.retire(timezone.now())["roots_retired"] == 1

    assert set(root_keys()) == {2}
    assert unseal(subject, "t|c|r", sealed) == b"rahasia"
    assert blind_index("nik", "3371994305800001") == index
    # A copy of the database of before opens with nothing that there still is.
    assert open_all([(subject, stolen)]) == [None]
    now = bytes(SubjectKey.objects.get(pk=subject).wrapped or b"")
    assert LocalRoots({1: FIRST}).unwrap([(1, now[4:], subject.bytes + b"\x00\x01")]) == [None]


@pytest.mark.django_db
def test_a_root_key_of_the_environment_is_changed_there(settings: LazySettings) -> None:
    subject, sealed = a_subject()
    with pytest.raises(RootIsElsewhere):
        rotation.new_root()
    settings.ROOT_KEY = f"{settings.ROOT_KEY} 2:{base64.b64encode(os.urandom(32)).decode()}"
    forget_roots()
    try:
        assert roots().current() == 2
        assert rotation.wrap_anew() >= 2
        forget_keys()
        assert unseal(subject, "t|c|r", sealed) == b"rahasia"
    finally:
        forget_roots()


@pytest.mark.django_db
def test_new_data_keys_seal_everything_anew(cast: Cast, root_file: Path) -> None:
    person = register_person(NewPerson(name="Sri", nik="3371994305800001"), by=cast.peksos, at=cast.at)
    claim = IdentityClaim.objects.get(person=person, kind="nik")
    old, file_id = bytes(claim.sealed or b""), uuid4()
    write_sealed(file_id, person.pk, os.urandom(70_000))
    content = read_sealed(file_id, person.pk)
    at = timezone.now()

    assert rotation.new_data_keys(at) > 0
    assert rotation.new_data_keys(at) == 0
    assert value_of(claim) == "3371994305800001"  # sealed before, still opens
    assert rotation.seal_anew().done > 0
    assert seal_again(file_id, person.pk)

    claim.refresh_from_db()
    assert version_of(bytes(claim.sealed or b"")) == 2
    assert version_of(path_of(file_id).read_bytes()) == 2
    said = rotation.retire(at + timedelta(minutes=5))
    assert (said["data_retired"], said["data_waiting"] > 0) == (0, True)
    assert rotation.retire(at + LATER)["data_retired"] > 0
    assert value_of(claim) == "3371994305800001"
    assert read_sealed(file_id, person.pk) == content
    with pytest.raises(CannotOpen):
        unseal(person.pk, f"people_identity_claim|sealed|{claim.pk}", old)


@pytest.mark.django_db
def test_a_ring_that_comes_back_tells_what_was_retired(root_file: Path, tmp_path: Path) -> None:
    """After a restore nobody is sent to look for keys that are gone; a ring from before its head named columns is read too."""
    a_subject()
    at = timezone.now()
    rotation.new_data_keys(at)
    rotation.seal_anew()
    assert rotation.retire(at + LATER)["data_retired"] > 0
    ring = tmp_path / "ring"
    write_ring(ring, at)

    held = SubjectKey.objects.order_by("pk")
    before = list(held.values_list("pk", "version", "retired_below", "wrapped"))
    SubjectKey.objects.all().delete()
    put_back(read_ring(ring, roots()))

    assert list(held.values_list("pk", "version", "retired_below", "wrapped")) == before
    assert rotation.listed()["data"]["older_kept"] == 0


@pytest.mark.django_db
def test_a_ring_of_before_is_still_read(root_file: Path, tmp_path: Path) -> None:
    """Its head names no columns: then it has those of before, and the new one its default."""
    subject, sealed = a_subject()
    with (tmp_path / "ring").open("wb") as file:
        old = SealedWriter(file, roots(), b"RANGKUL-RING-1\n")
        row = SubjectKey.objects.get(pk=subject)
        old.write(json.dumps({"made_at": timezone.now().isoformat()}).encode() + b"\n")
        values = [
            str(row.pk),
            row.kind,
            str(row.pid),
            base64.b64encode(bytes(row.wrapped or b"")).decode(),
            1,
            1,
            None,
        ]
        old.write(json.dumps([*values, str(row.created_at), None, ""]).encode() + b"\n")
        old.close()
    SubjectKey.objects.filter(pk=subject).delete()
    put_back(read_ring(tmp_path / "ring", roots()))
    forget_keys()
    assert unseal(subject, "t|c|r", sealed) == b"rahasia"


@pytest.mark.django_db
def test_a_value_given_another_version_does_not_open(root_file: Path) -> None:
    subject, sealed = a_subject()
    rotation.new_data_keys(timezone.now())
    forged = sealed[:1] + b"\x00\x02" + sealed[3:]
    with pytest.raises(CannotOpen):
        unseal(subject, "t|c|r", forged)


def test_every_sealed_column_is_listed() -> None:
    assert rotation.unlisted() == []


@pytest.mark.django_db
def test_no_data_key_goes_while_a_value_does_not_open(cast: Cast, root_file: Path) -> None:
    person = register_person(NewPerson(name="Sri", nik="3371994305800001"), by=cast.peksos, at=cast.at)
    claim, at = IdentityClaim.objects.get(person=person, kind="nik"), timezone.now()
    whole = bytes(claim.sealed or b"")
    IdentityClaim.objects.filter(pk=claim.pk).update(sealed=whole[:-1] + bytes([whole[-1] ^ 1]))
    rotation.new_data_keys(at)
    said = rotation.retire(at + LATER)
    assert (said["behind"], said["data_retired"]) == (1, 0)
    IdentityClaim.objects.filter(pk=claim.pk).update(sealed=whole)
    said = rotation.retire(at + LATER)
    assert (said["behind"], said["data_retired"] > 0) == (0, True)
    assert value_of(IdentityClaim.objects.get(pk=claim.pk)) == "3371994305800001"


@pytest.mark.django_db
def test_an_erased_subject_gets_no_new_key(cast: Cast, root_file: Path) -> None:
    subject, _sealed = a_subject()
    SubjectKey.objects.filter(pk=subject).update(wrapped=None, shredded_at=timezone.now())
    rotation.new_root()
    rotation.wrap_anew()
    rotation.new_data_keys(timezone.now())
    assert SubjectKey.objects.get(pk=subject).wrapped is None


def test_nothing_becomes_unreadable_while_everybody_writes(committed_cast: Cast, root_file: Path) -> None:
    """Writers register and read people while root and data keys are replaced, twice."""
    unreadable: list[object] = []
    written: list[UUID] = []
    stop = threading.Event()

    def write(number: int) -> None:
        try:
            turn = 0
            while not stop.is_set() and turn < 40:
                turn += 1
                nik = f"337199{number:02d}05{turn:02d}0001"
                new = NewPerson(name="Orang Uji", nik=nik)
                person = register_person(new, by=committed_cast.peksos, at=committed_cast.at)
                claim = IdentityClaim.objects.get(person=person, kind="nik")
                if value_of(claim) != nik:
                    unreadable.append(nik)
                written.append(person.pk)
        except Exception as fault:  # noqa: BLE001 - whatever it is, it is counted
            unreadable.append(fault)
        finally:
            connection.close()

    writers = [threading.Thread(target=write, args=(number,)) for number in (11, 12)]
    for each in writers:
        each.start()
    for _round in range(2):
        rotation.new_root()
        rotation.wrap_anew()
        rotation.new_data_keys(timezone.now())
        rotation.seal_anew()
    stop.set()
    for each in writers:
        each.join()
    rotation.wrap_anew()
    rotation.seal_anew()
    aged(root_file)
    rotation.retire(timezone.now() + LATER)

    forget_keys()
    assert not unreadable
    assert len(written) > 2
    assert Person.objects.filter(pk__in=written).count() == len(written)
    opened = [value_of(row) for row in IdentityClaim.objects.filter(kind="nik")]
    assert len(opened) == len(written)
