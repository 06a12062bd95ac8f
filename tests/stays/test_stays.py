"""Nights in the shelter: one bed one person, a signed list, no silent extension."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from rangkul.audit.models import Event
from rangkul.cases.actions import exclude
from rangkul.deadlines.models import Deadline
from rangkul.domain.errors import ChangedMeanwhile, NotAllowed, NotFound
from rangkul.domain.wib import wib_date
from rangkul.services.models import ServiceRecord
from rangkul.stays import actions
from rangkul.stays.actions import (
    ask_extension,
    decide_extension,
    enter_shelter,
    leave_shelter,
    move_bed,
    take_roll_call,
)
from rangkul.stays.models import Bed, Stay, StayExtension
from rangkul.stays.queries import (
    bed_board,
    extensions_waiting,
    reason_asked,
    roll_call_missing,
    stays_needing_attention,
)
from tests.cases.made import an_open_case
from tests.cast import Cast


@pytest.fixture(autouse=True)
def beds(db: None) -> None:
    Bed.objects.bulk_create(
        [
            Bed(code="P1", room="Putra"),
            Bed(code="P2", room="Putra"),
            Bed(code="K1", room="Keluarga", kind="family"),
        ]
    )


def a_stay(cast: Cast, bed: str = "P1", number: int = 1) -> Stay:
    return enter_shelter(an_open_case(cast, number=number).pk, bed, by=cast.shelter, at=cast.at)


def leave(cast: Cast, stay: Stay, **facts: Any) -> Stay:
    given: dict[str, Any] = {
        "left_at": cast.later(days=1),
        "receiver": "",
        "words": "",
        "at": cast.later(days=1),
    }
    return leave_shelter(stay.pk, "keluarga", by=cast.shelter, **{**given, **facts})


def test_the_last_allowed_day_is_the_seventh_with_the_day_of_arrival(cast: Cast) -> None:
    stay = a_stay(cast)

    assert stay.limit_on == wib_date(cast.at) + timedelta(days=6)
    clock = Deadline.objects.get(subject_id=stay.pk, clock="shelter_stay")
    assert wib_date(clock.due_at) == stay.limit_on


def test_two_people_do_not_get_one_bed(cast: Cast) -> None:
    a_stay(cast)

    with pytest.raises(actions.BedTaken):
        a_stay(cast, number=2)


def test_one_person_does_not_get_two_beds(cast: Cast) -> None:
    stay = a_stay(cast)

    with pytest.raises(actions.AlreadyStays):
        enter_shelter(stay.case_id, "P2", by=cast.peksos, at=cast.at)


def test_a_child_sleeps_in_the_family_room_only(cast: Cast) -> None:
    case = an_open_case(cast, minor=True)

    with pytest.raises(actions.ChildNotWithAdults):
        enter_shelter(case.pk, "P1", by=cast.peksos, at=cast.at)
    assert enter_shelter(case.pk, "K1", by=cast.peksos, at=cast.at).bed_id == "K1"


def test_the_signed_list_writes_the_meals_and_proves_them(cast: Cast) -> None:
    here, out = a_stay(cast), a_stay(cast, "P2", 2)

    take_roll_call(
        wib_date(cast.at), {here.pk: "present", out.pk: "out"}, by=cast.shelter, at=cast.later(hours=1)
    )

    [meal] = ServiceRecord.objects.all()
    assert (meal.person_id, meal.item, meal.quantity, meal.setting) == (
        here.person_id,
        "permakanan",
        3,
        "luar_panti",
    )
    assert wib_date(cast.at).isoformat() in meal.proof


def test_an_unmarked_person_stops_the_signature(cast: Cast) -> None:
    here = a_stay(cast)
    a_stay(cast, "P2", 2)

    with pytest.raises(actions.RollCallIncomplete) as refusal:
        take_roll_call(wib_date(cast.at), {here.pk: "present"}, by=cast.shelter, at=cast.at)

    assert refusal.value.facts["count"] == 1
    assert not ServiceRecord.objects.exists()


def test_a_day_is_signed_once(cast: Cast) -> None:
    here = a_stay(cast)
    take_roll_call(wib_date(cast.at), {here.pk: "present"}, by=cast.shelter, at=cast.at)

    with pytest.raises(actions.RollCallSigned):
        take_roll_call(wib_date(cast.at), {here.pk: "out"}, by=cast.shelter, at=cast.at)


@pytest.mark.parametrize("days", [1, -8])
def test_only_today_and_the_last_seven_days_are_signed(cast: Cast, days: int) -> None:
    with pytest.raises(actions.RollCallDayWrong):
        take_roll_call(wib_date(cast.at) + timedelta(days=days), {}, by=cast.shelter, at=cast.at)


def test_who_left_without_notice_leaves_with_the_list(cast: Cast) -> None:
    stay = a_stay(cast)

    take_roll_call(wib_date(cast.at), {stay.pk: "left"}, by=cast.shelter, at=cast.later(hours=1))

    assert Stay.objects.get(pk=stay.pk).destination == "tanpa_pamit"
    assert not ServiceRecord.objects.exists()


def asked(cast: Cast, stay: Stay, days: int = 3) -> StayExtension:
    return ask_extension(
        stay.pk,
        stay.limit_on + timedelta(days=days),
        "keluarga_belum_ketemu",
        "Keluarga di Wonosobo sedang dicari.",
        by=cast.shelter,
        at=cast.later(days=5),
    )


def test_an_extension_moves_the_limit_only_when_approved(cast: Cast) -> None:
    stay = a_stay(cast)
    extension = asked(cast, stay)
    assert Stay.objects.get(pk=stay.pk).limit_on == stay.limit_on

    silent = {"approved": True, "by": cast.kabid, "at": cast.later(days=6)}
    with pytest.raises(actions.DecisionNeedsReason):
        decide_extension(extension.pk, words=" ", funding="baznas", **silent)
    with pytest.raises(actions.ExtensionNeedsFunding):
        decide_extension(extension.pk, words="Keluarga hampir ketemu.", **silent)
    with pytest.raises(actions.ExtensionNeedsFunding):
        decide_extension(extension.pk, words="Keluarga hampir ketemu.", funding="entah", **silent)
    assert Stay.objects.get(pk=stay.pk).limit_on == stay.limit_on
    decide_extension(extension.pk, words="Keluarga hampir ketemu.", funding="baznas", **silent)

    assert StayExtension.objects.get(pk=extension.pk).funding == "baznas"
    assert Stay.objects.get(pk=stay.pk).limit_on == stay.limit_on + timedelta(days=3)
    running = Deadline.objects.get(subject_id=stay.pk, clock="shelter_stay", dropped_at__isnull=True)
    assert wib_date(running.due_at) == stay.limit_on + timedelta(days=3)


def test_who_decides_reads_the_reason_after_a_look_and_an_excluded_head_hears_nothing(cast: Cast) -> None:
    stay = a_stay(cast)
    extension = asked(cast, stay)
    assert [each.id for each in extensions_waiting(cast.kabid)] == [extension.pk]
    assert not Event.objects.filter(action="case.looked").exists()

    assert "Wonosobo" in reason_asked(cast.kabid, extension.pk, at=cast.later(days=6))
    assert Event.objects.filter(action="case.looked", actor_pid=cast.kabid.pid).count() == 1

    exclude(stay.case_id, "saudara", member_id=cast.kabid.member_id, by=cast.peksos, at=cast.at)
    assert extensions_waiting(cast.kabid) == []
    with pytest.raises(NotFound):
        reason_asked(cast.kabid, extension.pk, at=cast.later(days=6))


def test_a_refused_extension_says_why_and_changes_nothing(cast: Cast) -> None:
    stay = a_stay(cast)
    extension = asked(cast, stay)
    with pytest.raises(actions.DecisionNeedsReason):
        decide_extension(extension.pk, approved=False, words="", by=cast.kabid, at=cast.later(days=6))

    decide_extension(
        extension.pk, approved=False, words="Panti siap menerima.", by=cast.kabid, at=cast.later(days=6)
    )

    assert Stay.objects.get(pk=stay.pk).limit_on == stay.limit_on
    with pytest.raises(actions.ExtensionDecided):
        decide_extension(extension.pk, approved=True, words="", by=cast.kabid, at=cast.later(days=6))


def test_who_asks_does_not_decide(cast: Cast) -> None:
    extension = asked(cast, a_stay(cast))

    with pytest.raises((NotAllowed, NotFound, actions.NotOwnExtension)):
        decide_extension(extension.pk, approved=True, words="", by=cast.shelter, at=cast.later(days=6))


def test_a_second_extension_waits_for_the_first(cast: Cast) -> None:
    stay = a_stay(cast)
    asked(cast, stay)

    with pytest.raises(actions.ExtensionWaiting):
        asked(cast, stay, 5)


def test_two_officers_moving_one_bed_make_one_move(cast: Cast) -> None:
    stay = a_stay(cast)
    move_bed(stay.pk, "P2", by=cast.shelter, at=cast.at, seen=stay.revision)

    with pytest.raises(ChangedMeanwhile):
        move_bed(stay.pk, "P1", by=cast.shelter, at=cast.at, seen=stay.revision)


def test_leaving_needs_a_known_destination_and_a_possible_hour(cast: Cast) -> None:
    stay = a_stay(cast)
    with pytest.raises(actions.DestinationMissing):
        leave_shelter(
            stay.pk, "bulan", left_at=cast.at, receiver="", words="", by=cast.shelter, at=cast.later(days=1)
        )
    with pytest.raises(actions.LeftBeforeEntering):
        leave(cast, stay, left_at=cast.at - timedelta(hours=1))

    gone = leave(cast, stay)

    assert gone.left_at is not None
    assert not Deadline.objects.filter(
        subject_id=stay.pk, met_at__isnull=True, dropped_at__isnull=True
    ).exists()


def test_the_minute_of_entering_is_no_moment_before_it(cast: Cast) -> None:
    """Screens ask for minutes, and somebody came in the middle of one."""
    came = cast.at.replace(second=30)
    stay = enter_shelter(an_open_case(cast).pk, "P1", by=cast.shelter, at=came)
    gone = leave(cast, stay, left_at=came.replace(second=0), at=came + timedelta(minutes=2))
    assert gone.left_at == came


def test_the_board_shows_nights_and_warns_in_time(cast: Cast) -> None:
    a_stay(cast)
    states = {}
    for day in (0, 3, 4, 6, 7):
        tiles = {tile.code: tile for tile in bed_board(cast.shelter, cast.later(days=day))}
        states[day] = (tiles["P1"].night, tiles["P1"].state)

    assert states == {
        0: (1, "taken"),
        3: (4, "taken"),
        4: (5, "warn"),
        6: (7, "warn"),
        7: (8, "over"),
    }
    assert [tile.code for tile in stays_needing_attention(cast.shelter, cast.later(days=8))] == ["P1"]


def test_todays_list_is_missed_until_it_is_signed(cast: Cast) -> None:
    stay = a_stay(cast)
    assert roll_call_missing(cast.shelter, cast.at) == wib_date(cast.at)

    take_roll_call(wib_date(cast.at), {stay.pk: "present"}, by=cast.shelter, at=cast.at)

    assert roll_call_missing(cast.shelter, cast.at) is None


@pytest.mark.parametrize("who", ["regu", "satpol_desk", "bhabin", "trantib", "kesra", "admin", "dpo"])
def test_others_see_no_bed(cast: Cast, who: str) -> None:
    with pytest.raises((NotFound, NotAllowed)):
        bed_board(getattr(cast, who), cast.at)


def test_unknown_stays_are_not_found(cast: Cast) -> None:
    with pytest.raises(NotFound):
        move_bed(UUID(int=1), "P1", by=cast.shelter, at=cast.at)
