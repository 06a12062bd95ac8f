"""Any change to the trail is found, and the first bad entry is named."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from rangkul.audit.models import Event
from rangkul.audit.recording import drain, record
from rangkul.audit.verify import verify_chain
from tests.cast import Cast


def write(cast: Cast, count: int) -> None:
    with transaction.atomic():
        for n in range(count):
            record(
                "audit.read", by=cast.dpo, at=cast.at + timedelta(seconds=n), kind="audit", subject_id=None
            )
    drain()


def test_an_untouched_chain_is_whole(cast: Cast) -> None:
    write(cast, 12)

    verdict = verify_chain()

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
    Event.objects.filter(pk=victim.pk).update(**change)

    verdict = verify_chain()

    assert verdict.bad_seq == victim.seq


def test_a_dropped_entry_is_named(cast: Cast) -> None:
    write(cast, 9)
    victim = Event.objects.order_by("seq")[4]
    number = victim.seq
    Event.objects.filter(pk=victim.pk).delete()

    assert verify_chain().bad_seq == number


def test_two_swapped_entries_are_found(cast: Cast) -> None:
    write(cast, 9)
    one, other = Event.objects.order_by("seq")[3:5]
    first = one.seq
    Event.objects.filter(pk=one.pk).update(seq=-1)
    Event.objects.filter(pk=other.pk).update(seq=first)
    Event.objects.filter(pk=one.pk).update(seq=(first or 0) + 1)

    assert verify_chain().bad_seq == first


def test_a_moment_moved_by_a_second_is_found(cast: Cast) -> None:
    write(cast, 4)
    victim = Event.objects.order_by("seq")[1]
    Event.objects.filter(pk=victim.pk).update(at=victim.at + timedelta(seconds=1))

    assert verify_chain().bad_seq == victim.seq


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused(committed_cast: Cast) -> None:
    with pytest.raises(RuntimeError):
        record("audit.read", by=committed_cast.dpo, at=committed_cast.at, kind="audit", subject_id=None)


def test_a_name_that_is_not_in_the_list_is_refused(cast: Cast) -> None:
    with pytest.raises(KeyError):
        record("made.up", by=cast.dpo, at=cast.at, kind="audit", subject_id=None)
