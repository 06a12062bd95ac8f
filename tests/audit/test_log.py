"""Any change to the trail is found, and the first bad entry is named."""

from __future__ import annotations

import hashlib
import importlib
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from rangkul.audit import checkpoints, guards, signing, tree
from rangkul.audit.models import Checkpoint, Event, EventDetail
from rangkul.audit.recording import drain, entry_of, place, record
from rangkul.audit.verify import verify_log
from rangkul.domain import merkle
from rangkul.domain.events import canonical, commit
from rangkul.vault.sealing import make_key
from tests.cast import Cast


def write(cast: Cast, count: int) -> None:
    with transaction.atomic():
        for n in range(count):
            record(
                "audit.read", by=cast.dpo, at=cast.at + timedelta(seconds=n), kind="audit", subject_id=None
            )
    drain()


def test_an_untouched_log_is_whole(cast: Cast) -> None:
    write(cast, 12)

    verdict = verify_log()

    assert verdict.whole
    assert verdict.entries >= 12


def test_entries_are_numbered_without_gap(cast: Cast) -> None:
    write(cast, 5)

    numbers = list(Event.objects.order_by("seq").values_list("seq", flat=True))

    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize(
    "change",
    [{"action": "case.opened"}, {"agency": "satpolpp"}, {"result": "denied"}, {"object_kind": "case"}],
    ids=lambda change: next(iter(change)),
)
def test_an_edited_entry_is_named(cast: Cast, change: dict[str, str]) -> None:
    write(cast, 9)
    victim = Event.objects.order_by("seq")[4]
    with guards.down():
        Event.objects.filter(pk=victim.pk).update(**change)

    verdict = verify_log()

    assert verdict.bad_seq == victim.seq


def test_a_dropped_entry_is_named(cast: Cast) -> None:
    write(cast, 9)
    victim = Event.objects.order_by("seq")[4]
    number = victim.seq
    with guards.down():
        Event.objects.filter(pk=victim.pk).delete()

    assert verify_log().bad_seq == number


def test_two_swapped_entries_are_found(cast: Cast) -> None:
    write(cast, 9)
    one, other = Event.objects.order_by("seq")[3:5]
    first = one.seq
    with guards.down():
        Event.objects.filter(pk=one.pk).update(seq=-1)
        Event.objects.filter(pk=other.pk).update(seq=first)
        Event.objects.filter(pk=one.pk).update(seq=(first or 0) + 1)

    assert verify_log().bad_seq == first


def test_a_moment_moved_by_a_second_is_found(cast: Cast) -> None:
    write(cast, 4)
    victim = Event.objects.order_by("seq")[1]
    with guards.down():
        Event.objects.filter(pk=victim.pk).update(at=victim.at + timedelta(seconds=1))

    assert verify_log().bad_seq == victim.seq


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused(committed_cast: Cast) -> None:
    with pytest.raises(RuntimeError):
        record("audit.read", by=committed_cast.dpo, at=committed_cast.at, kind="audit", subject_id=None)


def test_a_name_that_is_not_in_the_list_is_refused(cast: Cast) -> None:
    with pytest.raises(KeyError):
        record("made.up", by=cast.dpo, at=cast.at, kind="audit", subject_id=None)


def anew(first: int) -> None:
    """What somebody with the database and the log's own program does: write the tail anew, with fitting hashes."""
    log = tree.range_of(first - 1)
    with guards.down():
        for event in Event.objects.filter(seq__gte=first).order_by("seq"):
            log = place(event, log)
            Event.objects.filter(pk=event.pk).update(seq=event.seq, hash=event.hash)
    tree.remember(log)


def test_a_tail_written_anew_is_found_at_the_checkpoint(cast: Cast) -> None:
    write(cast, 6)
    first = checkpoints.make(cast.at)
    write(cast, 7)
    checkpoints.make(cast.later(minutes=2))
    victim = Event.objects.get(seq=first.size + 3)
    with guards.down():
        Event.objects.filter(pk=victim.pk).update(agency="satpolpp")
    anew(victim.seq)

    verdict = verify_log()

    assert verdict.bad_seq == first.size + 1
    assert "ditulis ulang" in verdict.why


def test_a_tail_cut_off_is_found_at_the_checkpoint(cast: Cast) -> None:
    write(cast, 9)
    mark = checkpoints.make(cast.at)
    with guards.down():
        Event.objects.filter(seq__gt=mark.size - 3).delete()

    verdict = verify_log()

    assert verdict.bad_seq == mark.size - 2
    assert "dipotong" in verdict.why


def test_whoever_also_signs_anew_is_found_by_what_a_witness_holds(cast: Cast) -> None:
    write(cast, 9)
    seen = signing.opened(checkpoints.make(cast.at).note)
    write(cast, 4)
    with guards.down():
        Event.objects.filter(seq=seen.size - 2).update(agency="satpolpp")
        Checkpoint.objects.all().delete()
    anew(seen.size - 2)
    checkpoints.make(cast.later(minutes=5))

    assert verify_log().whole, "with the real key and every row, the house alone cannot tell"
    assert verify_log([seen]).bad_seq == 1


def test_a_cut_log_is_never_signed_again(cast: Cast) -> None:
    write(cast, 9)
    mark = checkpoints.make(cast.at)
    with guards.down():
        Event.objects.filter(seq__gt=mark.size - 3).delete()

    assert checkpoints.make(cast.later(minutes=2)) is None


def test_a_forged_checkpoint_is_named(cast: Cast) -> None:
    write(cast, 9)
    mark = checkpoints.make(cast.at)
    with guards.down():
        Checkpoint.objects.filter(pk=mark.pk).update(note=mark.note.replace("2026", "2027"))

    assert verify_log().bad_seq == mark.size


def test_the_clock_signs_when_a_minute_or_a_thousand_entries_passed(cast: Cast) -> None:
    write(cast, 2)
    first = checkpoints.make_if_due(cast.at)
    assert first is not None
    assert checkpoints.make_if_due(cast.later(seconds=61)) is None, "nothing new"
    write(cast, 2)
    assert checkpoints.make_if_due(cast.later(seconds=30)) is None, "not yet"
    assert checkpoints.make_if_due(cast.later(seconds=60)) is not None


@pytest.mark.parametrize("model", [Event, EventDetail, Checkpoint], ids=lambda model: model.__name__)
@pytest.mark.parametrize("how", ["update", "delete"])
def test_the_database_itself_refuses(cast: Cast, model: type, how: str) -> None:
    write(cast, 3)
    checkpoints.make(cast.at)
    subject = uuid4()
    make_key(subject, "person")
    with transaction.atomic():
        record(
            "audit.read",
            by=cast.dpo,
            at=cast.at,
            kind="person",
            subject_id=subject,
            sealed_under=subject,
            detail={"a": 1},
        )
    drain()
    rows = model.objects.all()
    field = {Event: "agency", EventDetail: "salt", Checkpoint: "note"}[model]

    with pytest.raises(DatabaseError, match="append only"), transaction.atomic():
        rows.update(**{field: getattr(rows[0], field)}) if how == "update" else rows._raw_delete(rows.db)


def test_verify_says_which_guards_are_missing(cast: Cast) -> None:
    assert verify_log().unguarded == ()
    guards.take_down()
    assert "audit_event_kept_u" in verify_log().unguarded
    guards.put_up()
    assert guards.missing() == []


def test_a_rolled_back_entry_leaves_no_trace_in_the_tree(cast: Cast) -> None:
    write(cast, 5)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record("audit.read", by=cast.dpo, at=cast.at, kind="audit", subject_id=None)
        raise ZeroDivisionError
    write(cast, 5)

    assert verify_log().whole


def test_entries_written_by_another_process_are_read_before_the_next(cast: Cast) -> None:
    write(cast, 5)
    tree.remember(merkle.Range(3, (b"x" * 32, b"y" * 32)))
    write(cast, 2)

    assert verify_log().whole


def test_the_old_chain_becomes_the_leaves(cast: Cast) -> None:
    migration = importlib.import_module("rangkul.audit.migrations.0002_the_log_is_a_tree")
    write(cast, 9)
    previous = bytes(32)
    with guards.down():
        for event in Event.objects.order_by("seq"):
            previous = hashlib.sha256(b"rangkul/audit/1\x00" + previous + canonical(entry_of(event))).digest()
            Event.objects.filter(pk=event.pk).update(hash=previous)
        migration.into_leaves(apps, SimpleNamespace(connection=connection))
    drain()

    verdict, last = verify_log(), Event.objects.order_by("-seq")[0]
    assert verdict.whole
    assert (last.action, last.result) == ("audit.tree_begun", "done")
    assert bytes(last.commit) == commit(bytes(32), f"{last.seq - 1} {previous.hex()}".encode())
