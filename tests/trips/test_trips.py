"""A return home: what must stand before departure, the road, and the arrival that only the receiver confirms."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from rangkul.access.links import LinkOver
from rangkul.audit.models import Event
from rangkul.cases import actions as case_actions
from rangkul.cases.models import HolderEntry, Visit
from rangkul.cases.refusals import TripNotOver, WordsMissing
from rangkul.deadlines.models import Deadline
from rangkul.domain import trips as rules
from rangkul.domain.errors import ChangedMeanwhile, NotAllowed, NotFound
from rangkul.domain.stages import EvidenceMissing
from rangkul.services.models import ServiceRecord
from rangkul.trips import refusals
from rangkul.trips.actions import (
    add_cost,
    ask_exception,
    cancel_leg,
    cancel_trip,
    change_plan,
    confirm_arrival,
    confirm_by_link,
    decide_exception,
    depart,
    drop_leg,
    hand_to_next,
    make_arrival_link,
    plan_trip,
    record_answer,
    record_condition,
    record_police_letter,
    record_trip_services,
    report_found,
    report_lost,
    save_leg,
    start_next_leg,
)
from rangkul.trips.models import Leg, Trip
from rangkul.trips.queries import arrival_by_link, late_trips, trip_page, trips_seen_by
from tests.cases.made import an_open_case, brought_to
from tests.cast import Cast
from tests.trips.made import WELL, a_case, a_plan, answered, hours, leg_input, readied, to_garut


def on_the_road(cast: Cast) -> Trip:
    """Departed on the first leg."""
    return depart(readied(cast).pk, by=cast.peksos, at=hours(cast, 1))


def at_garut_door(cast: Cast) -> Trip:
    """On the last leg."""
    trip = on_the_road(cast)
    hand_to_next(trip.pk, hours(cast, 5), "phone", "Bu Yuni, DIY", by=cast.peksos, at=hours(cast, 5))
    return start_next_leg(trip.pk, by=cast.peksos, at=hours(cast, 9))


def arrived(cast: Cast) -> Trip:
    """Confirmed by Garut."""
    trip = at_garut_door(cast)
    return confirm_arrival(
        trip.pk,
        hours(cast, 14),
        "phone",
        "Pak Asep",
        "sudah di rumah ibunya",
        by=cast.peksos,
        at=hours(cast, 15),
    )


# --- planning


def test_the_relay_line_gives_the_legs(cast: Cast) -> None:
    trip = a_plan(cast)

    assert trip.relay == "diy_jabar"
    assert [(leg.origin, leg.target, leg.target_agency_id) for leg in trip.legs.all()] == [
        ("Kota Magelang", "Dinsos DIY", "dinsos_diy"),
        ("Dinsos DIY", "Dinsos Kab. Garut", "dinsos_kab_garut"),
    ]


def test_a_neighbour_is_reached_directly_and_a_place_unlisted_in_words(cast: Cast) -> None:
    near = a_plan(cast, new=to_garut(destination_code="33.23"))
    far = a_plan(
        cast,
        a_case(cast, number=2),
        new=to_garut(destination_code="", destination="Kabupaten Ende", receiver="family"),
    )

    assert [leg.target for leg in near.legs.all()] == ["Dinsos Kab. Temanggung"]
    assert [leg.target for leg in far.legs.all()] == ["Kabupaten Ende"]


def test_a_case_has_one_open_trip(cast: Cast) -> None:
    trip = a_plan(cast)

    with pytest.raises(refusals.TripOpen):
        plan_trip(trip.case_id, to_garut(), by=cast.peksos, at=cast.at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Trip.objects.create(
            case=trip.case,
            person=trip.person,
            receiver="family",
            destination="X",
            sealed=b"",
            planned_at=cast.at,
        )


def test_without_a_receiver_or_place_nothing_is_planned(cast: Cast) -> None:
    case = a_case(cast)
    for new, refusal in (
        (to_garut(destination_code=""), refusals.DestinationMissing),
        (to_garut(receiver="family", receiver_name=" "), refusals.ReceiverMissing),
        (to_garut(destination_code="", destination="Ende"), refusals.ReceiverMissing),
    ):
        with pytest.raises(refusal):
            plan_trip(case.pk, new, by=cast.peksos, at=cast.at)
    assert not Trip.objects.exists()


def test_who_does_not_hold_the_case_neither_plans_nor_sees_protected_words(cast: Cast) -> None:
    trip = readied(cast)

    for member in (
        cast.regu,
        cast.tksk,
        cast.kesra,
        cast.ppa,
        cast.admin,
        cast.dpo,
        cast.steward,
        cast.nakes,
    ):
        with pytest.raises(NotFound):
            trip_page(member, trip.pk, cast.at)
        assert trips_seen_by(member, cast.at) == []
    with pytest.raises(NotAllowed):
        record_police_letter(trip.pk, "X", by=cast.peksos2, at=cast.at)
    seen = trip_page(cast.desk, trip.pk, cast.at)
    assert not seen.opens
    assert "RAHASIA" not in str(seen)
    assert "RAHASIA-ALAMAT" in str(trip_page(cast.kabid, trip.pk, cast.at).content)


def test_a_look_at_the_protected_words_is_an_event(cast: Cast) -> None:
    trip = readied(cast)
    trip_page(cast.peksos, trip.pk, cast.at)
    trip_page(cast.desk, trip.pk, cast.at)

    assert Event.objects.filter(action="trip.looked").count() == 1


# --- before departure


def test_everything_must_stand_before_departure(cast: Cast) -> None:
    trip = a_plan(cast)

    with pytest.raises(rules.NotReady) as refusal:
        depart(trip.pk, by=cast.peksos, at=cast.later(hours=1))

    assert refusal.value.facts["missing"] == ["answer", "police_letter", "condition", "tickets", "escort"]
    assert not Deadline.objects.filter(clock="trip_arrival").exists()


def test_only_the_newest_answer_of_the_present_receiver_counts(cast: Cast) -> None:
    trip = readied(cast)
    answered(cast, trip, "declines", cast.later(minutes=30))
    with pytest.raises(rules.NotReady) as refusal:
        depart(trip.pk, by=cast.peksos, at=hours(cast, 1))
    assert refusal.value.facts["missing"] == ["answer"]

    answered(cast, trip, "accepts", cast.later(minutes=40))
    change_plan(
        trip.pk, to_garut(receiver="family", receiver_name="paman"), by=cast.peksos, at=cast.later(minutes=50)
    )
    with pytest.raises(rules.NotReady) as refusal:
        depart(trip.pk, by=cast.peksos, at=hours(cast, 1))
    assert refusal.value.facts["missing"] == ["answer"]


def test_an_answer_lies_not_ahead_and_is_not_written_on_the_road(cast: Cast) -> None:
    trip = readied(cast)
    with pytest.raises(refusals.MomentWrong):
        record_answer(
            trip.pk, "accepts", "phone", hours(cast, 2), "A", "ya", by=cast.peksos, at=hours(cast, 1)
        )
    depart(trip.pk, by=cast.peksos, at=hours(cast, 1))
    with pytest.raises(rules.WrongMove):
        answered(cast, trip, at=hours(cast, 2))


def test_who_does_not_want_to_go_is_not_sent(cast: Cast) -> None:
    trip = readied(cast)
    change_plan(trip.pk, to_garut(wish="declines"), by=cast.peksos, at=cast.later(minutes=20))

    with pytest.raises(rules.NotReady) as refusal:
        depart(trip.pk, by=cast.peksos, at=hours(cast, 1))
    assert refusal.value.facts["missing"] == ["wish"]


def test_an_exception_is_asked_with_a_reason_and_decided_by_somebody_else(cast: Cast) -> None:
    case = a_case(cast, level=2)
    trip = readied(cast, case)
    with pytest.raises(rules.NotReady):
        depart(trip.pk, by=cast.peksos, at=hours(cast, 1))
    asked = ask_exception(
        trip.pk, "identity", "RAHASIA e-KTP hilang", by=cast.peksos, at=cast.later(minutes=20)
    )
    with pytest.raises(refusals.AskedAlready):
        ask_exception(trip.pk, "identity", "lagi", by=cast.peksos, at=cast.later(minutes=20))
    with pytest.raises(NotAllowed):
        decide_exception(asked.pk, is_granted=True, words="ya", by=cast.peksos, at=cast.later(minutes=21))

    decide_exception(
        asked.pk, is_granted=True, words="dikenali keluarga", by=cast.kabid, at=cast.later(minutes=22)
    )

    assert depart(trip.pk, by=cast.peksos, at=hours(cast, 1)).state == "under_way"
    with pytest.raises(refusals.Decided):
        decide_exception(asked.pk, is_granted=False, words="x", by=cast.kabid, at=hours(cast, 1))


def test_who_asks_does_not_decide(cast: Cast) -> None:
    trip = readied(cast, a_case(cast, level=2))
    asked = ask_exception(trip.pk, "identity", "alasan", by=cast.kabid, at=cast.later(minutes=20))

    with pytest.raises(refusals.NotOwnRequest):
        decide_exception(asked.pk, is_granted=True, words="ya", by=cast.kabid, at=cast.later(minutes=21))


# --- never alone, never cash


def test_a_solo_ticket_for_who_may_not_travel_alone_is_refused_with_the_reason(cast: Cast) -> None:
    trip = a_plan(cast)
    record_condition(trip.pk, {**WELL, "ill": "yes"}, "demam", by=cast.peksos, at=cast.at)
    leg = trip.legs.first()
    assert leg is not None

    with pytest.raises(rules.NeverAlone) as refusal:
        save_leg(trip.pk, leg_input(cast, leg), leg_id=leg.pk, by=cast.peksos, at=cast.at)

    assert refusal.value.facts["reasons"] == ["ill"]
    escorted = leg_input(cast, leg, escort="post", escort_post_id=cast.tksk.post_id)
    assert save_leg(trip.pk, escorted, leg_id=leg.pk, by=cast.peksos, at=cast.at).escort == "post"


def test_a_child_never_travels_alone_and_nobody_can_except_it(cast: Cast) -> None:
    case = a_case(cast, minor=True)
    trip = a_plan(cast, case, new=to_garut(wish="guardian_agrees"))
    leg = trip.legs.first()
    assert leg is not None

    with pytest.raises(rules.ChildNeverAlone):
        save_leg(trip.pk, leg_input(cast, leg), leg_id=leg.pk, by=cast.peksos, at=cast.at)
    with pytest.raises(rules.ChildNeverAlone):
        ask_exception(trip.pk, "escort", "sudah besar", by=cast.peksos, at=cast.at)


def test_becoming_ill_after_the_ticket_was_bought_stops_the_departure(cast: Cast) -> None:
    trip = readied(cast)
    record_condition(trip.pk, {**WELL, "ill": "yes"}, "", by=cast.peksos, at=cast.later(minutes=30))

    with pytest.raises(rules.NeverAlone):
        depart(trip.pk, by=cast.peksos, at=hours(cast, 1))
    trip.refresh_from_db()
    assert trip.state == "planned"


def test_an_excepted_solo_journey_is_marked_for_k15(cast: Cast) -> None:
    trip = readied(cast)
    record_condition(trip.pk, {**WELL, "ill": "yes"}, "", by=cast.peksos, at=cast.later(minutes=30))
    asked = ask_exception(trip.pk, "escort", "batuk ringan", by=cast.peksos, at=cast.later(minutes=31))
    decide_exception(asked.pk, is_granted=True, words="boleh", by=cast.kabid, at=cast.later(minutes=32))

    trip = depart(trip.pk, by=cast.peksos, at=hours(cast, 1))

    assert (trip.departed_alone, trip.vulnerable) == (True, "ill")


def test_money_goes_to_a_carrier_or_a_receipt_never_as_cash(cast: Cast) -> None:
    trip = a_plan(cast)
    leg = trip.legs.first()
    assert leg is not None
    with pytest.raises(rules.CashRefused):
        save_leg(
            trip.pk, leg_input(cast, leg, ticket="dibayar tunai"), leg_id=leg.pk, by=cast.peksos, at=cast.at
        )
    for words, receipt in (("uang saku", "K-1"), ("makan", "tunai")):
        with pytest.raises(rules.CashRefused):
            add_cost(trip.pk, words, receipt, 50_000, by=cast.peksos, at=cast.at)
    with pytest.raises(refusals.AmountWrong):
        add_cost(trip.pk, "makan", "", 50_000, by=cast.peksos, at=cast.at)

    add_cost(trip.pk, "makan di jalan", "K-7", 45_000, by=cast.peksos, at=cast.at)
    assert trip_page(cast.peksos, trip.pk, cast.at).total == 45_000


def test_no_table_of_a_trip_has_a_column_for_cash() -> None:
    columns = {field.name for model in (Trip, Leg) for field in model._meta.get_fields()}

    assert not {name for name in columns if "cash" in name or "tunai" in name or "pocket" in name}


# --- the road


def test_departure_runs_the_alarm_and_counts_nothing(cast: Cast) -> None:
    trip = on_the_road(cast)

    leg = trip.legs.get(state="running")
    clock = Deadline.objects.get(subject_id=trip.case_id, clock="trip_arrival", dropped_at__isnull=True)
    assert clock.due_at == leg.eta_at + timedelta(hours=12)
    assert clock.owner_post_id == cast.peksos.post_id
    assert trip.arrived_at is None
    assert not Visit.objects.filter(case_id=trip.case_id).exists()


def test_the_relay_hands_on_and_the_alarm_waits_for_the_next_leg(cast: Cast) -> None:
    trip = at_garut_door(cast)

    assert [leg.state for leg in trip.legs.all()] == ["done", "running"]
    clock = Deadline.objects.get(
        subject_id=trip.case_id, clock="trip_arrival", dropped_at__isnull=True, met_at__isnull=True
    )
    assert clock.due_at == trip.legs.all()[1].eta_at + timedelta(hours=12)
    with pytest.raises(refusals.LastLeg):
        hand_to_next(trip.pk, hours(cast, 10), "phone", "A", by=cast.peksos, at=hours(cast, 10))


def test_an_unconfirmed_arrival_alarms_holder_and_superior_after_twelve_hours(cast: Cast) -> None:
    trip = on_the_road(cast)
    due = trip.eta_at + timedelta(hours=12)  # type: ignore[operator]

    assert late_trips(cast.peksos, due) == []
    late = due + timedelta(seconds=1)
    assert [line.id for line in late_trips(cast.peksos, late)] == [trip.pk]
    assert [line.id for line in late_trips(cast.kabid, late)] == [trip.pk]
    assert late_trips(cast.peksos2, late) == []
    assert late_trips(cast.kadis, late) == []


def test_only_the_receivers_confirmation_makes_an_arrival(cast: Cast) -> None:
    trip = arrived(cast)

    assert (trip.state, trip.confirmed_via) == ("arrived", "phone")
    clock = Deadline.objects.filter(subject_id=trip.case_id, clock="trip_arrival", met_at__isnull=False)
    assert clock.count() == 1
    planned = list(Visit.objects.filter(case_id=trip.case_id).values_list("after_days", "owner_id"))
    assert planned == [(after, cast.peksos.post_id) for after in (7, 30, 90, 180)]
    with pytest.raises(IntegrityError), transaction.atomic():
        Trip.objects.filter(pk=trip.pk).update(confirmed_at=None)


def test_an_arrival_is_not_before_the_departure_nor_ahead(cast: Cast) -> None:
    trip = at_garut_door(cast)
    for moment in (hours(cast, 0.5), hours(cast, 16)):
        with pytest.raises(refusals.MomentWrong):
            confirm_arrival(trip.pk, moment, "phone", "A", "", by=cast.peksos, at=hours(cast, 15))
    with pytest.raises(rules.WrongMove):
        confirm_arrival(
            a_plan(cast, a_case(cast, number=9)).pk, cast.at, "phone", "A", "", by=cast.peksos, at=cast.at
        )


def test_the_minute_of_the_departure_is_no_moment_before_it(cast: Cast) -> None:
    """Screens ask for minutes, and the bus leaves in the middle of one."""
    trip = readied(cast)
    left = hours(cast, 1).replace(second=40)
    depart(trip.pk, by=cast.peksos, at=left)
    typed = left.replace(second=0, microsecond=0)
    arrived = confirm_arrival(
        trip.pk, typed, "phone", "A", "", by=cast.peksos, at=left + timedelta(minutes=1)
    )
    assert arrived.arrived_at == left


def test_the_receiver_confirms_by_a_link_that_works_once(cast: Cast) -> None:
    trip = at_garut_door(cast)
    old = make_arrival_link(trip.pk, by=cast.peksos, at=hours(cast, 10))
    token = make_arrival_link(trip.pk, by=cast.peksos, at=hours(cast, 10))
    with pytest.raises(LinkOver):
        arrival_by_link(old, hours(cast, 11))
    shown = arrival_by_link(token, hours(cast, 11))
    assert (shown.destination, shown.ticket, shown.is_open) == ("Kabupaten Garut", "RJ-2", True)
    assert "RAHASIA" not in str(shown)

    with pytest.raises(refusals.MomentWrong):
        confirm_by_link(token, hours(cast, 20), "Pak Asep", "", by=None, at=hours(cast, 14))
    confirm_by_link(token, hours(cast, 13), "Pak Asep", "sehat", by=None, at=hours(cast, 14))

    trip.refresh_from_db()
    assert (trip.state, trip.confirmed_via, trip.confirmed_by_id) == ("arrived", "link", None)
    assert Visit.objects.filter(case_id=trip.case_id, kind="follow_up").count() == 4
    with pytest.raises(LinkOver):
        confirm_by_link(token, hours(cast, 13), "Pak Asep", "", by=None, at=hours(cast, 14))


def test_a_confirmation_by_phone_ends_the_link(cast: Cast) -> None:
    trip = at_garut_door(cast)
    token = make_arrival_link(trip.pk, by=cast.peksos, at=hours(cast, 10))
    confirm_arrival(trip.pk, hours(cast, 13), "phone", "Asep", "", by=cast.peksos, at=hours(cast, 14))

    with pytest.raises(LinkOver):
        arrival_by_link(token, hours(cast, 15))


def test_no_receipt_keeps_the_words_of_a_link(cast: Cast) -> None:
    from rangkul.audit.models import Receipt

    token = make_arrival_link(on_the_road(cast).pk, by=cast.peksos, at=hours(cast, 10))

    assert not [row for row in Receipt.objects.all() if token in str(row.answer)]


# --- bad days


def test_a_cancelled_leg_holds_the_trip_up_and_says_who_has_the_person(cast: Cast) -> None:
    trip = at_garut_door(cast)
    with pytest.raises(WordsMissing):
        cancel_leg(trip.pk, "bus mogok", " ", by=cast.peksos, at=hours(cast, 10))

    trip = cancel_leg(
        trip.pk, "bus mogok", "Dinsos Kab. Purworejo, Bu Tuti", by=cast.peksos, at=hours(cast, 10)
    )

    assert trip.state == "held_up"
    assert [leg.state for leg in trip.legs.all()] == ["done", "cancelled"]
    page = trip_page(cast.peksos, trip.pk, hours(cast, 10))
    assert page.content["where_now"] == "Dinsos Kab. Purworejo, Bu Tuti"
    assert page.needs == {**dict.fromkeys(page.needs, True), "legs": False, "tickets": False}
    assert HolderEntry.objects.get(case_id=trip.case_id, until__isnull=True).post_id == cast.peksos.post_id
    assert not Deadline.objects.filter(
        subject_id=trip.case_id, clock="trip_arrival", dropped_at__isnull=True, met_at__isnull=True
    ).exists()


def test_a_held_up_trip_is_planned_again_and_goes_on(cast: Cast) -> None:
    trip = cancel_leg(at_garut_door(cast).pk, "mogok", "Dinsos Purworejo", by=cast.peksos, at=hours(cast, 10))
    last = trip.legs.last()
    assert last is not None
    save_leg(trip.pk, leg_input(cast, last, hours=12, origin="Purworejo"), by=cast.peksos, at=hours(cast, 11))

    trip = depart(trip.pk, by=cast.peksos, at=hours(cast, 13))

    assert trip.state == "under_way"
    assert trip.departed_at == hours(cast, 1)
    done = confirm_arrival(trip.pk, hours(cast, 18), "phone", "Asep", "", by=cast.peksos, at=hours(cast, 18))
    assert done.state == "arrived"


def test_who_is_not_on_the_bus_is_looked_for(cast: Cast) -> None:
    trip = report_lost(at_garut_door(cast).pk, "tidak ada di bus", by=cast.peksos, at=hours(cast, 10))

    assert trip.state == "tracing"
    assert Deadline.objects.filter(
        subject_id=trip.case_id, clock="trip_tracing", met_at__isnull=True
    ).exists()
    with pytest.raises(rules.WrongMove):
        cancel_trip(trip.pk, "sudahlah", by=cast.peksos, at=hours(cast, 11))
    with pytest.raises(rules.WrongMove):
        cancel_leg(trip.pk, "mogok", "siapa", by=cast.peksos, at=hours(cast, 11))
    found = report_found(trip.pk, "Polsek Gombong", by=cast.peksos, at=hours(cast, 12))
    assert found.state == "held_up"
    assert not Deadline.objects.filter(
        subject_id=trip.case_id, clock="trip_tracing", met_at__isnull=True
    ).exists()


def test_nobody_on_the_road_is_cancelled(cast: Cast) -> None:
    trip = on_the_road(cast)

    with pytest.raises(rules.WrongMove):
        cancel_trip(trip.pk, "batal", by=cast.peksos, at=hours(cast, 2))


def test_a_case_with_an_open_trip_is_neither_ended_nor_closed(cast: Cast) -> None:
    case = brought_to(cast, "resosialisasi")
    from tests.cases.made import _ending

    _ending(cast, case)
    trip = a_plan(cast, case)

    with pytest.raises(EvidenceMissing) as refusal:
        case_actions.enter_stage(case.pk, "terminasi", by=cast.peksos, at=cast.at)
    assert "no_open_referral_or_trip" in str(refusal.value.facts)
    with pytest.raises(TripNotOver):
        case_actions.close_case(case.pk, "menolak_layanan", "kata", by=cast.peksos, at=cast.at)

    cancel_trip(trip.pk, "belum mau", by=cast.peksos, at=cast.at)
    assert case_actions.enter_stage(case.pk, "terminasi", by=cast.peksos, at=cast.at)


def test_of_two_officers_the_second_is_told(cast: Cast) -> None:
    trip = readied(cast)
    seen = trip.revision
    depart(trip.pk, by=cast.peksos, at=hours(cast, 1), seen=seen)

    with pytest.raises(ChangedMeanwhile):
        cancel_leg(trip.pk, "x", "y", by=cast.kabid, at=hours(cast, 2), seen=seen)


def test_a_begun_leg_is_not_changed_and_a_planned_one_can_be_dropped(cast: Cast) -> None:
    trip = on_the_road(cast)
    first, second = trip.legs.all()

    with pytest.raises(refusals.LegUnknown):
        save_leg(trip.pk, leg_input(cast, first), leg_id=first.pk, by=cast.peksos, at=hours(cast, 2))
    with pytest.raises(refusals.LegUnknown):
        drop_leg(first.pk, by=cast.peksos, at=hours(cast, 2))
    assert drop_leg(second.pk, by=cast.peksos, at=hours(cast, 2)).state == "cancelled"


# --- services


def test_the_services_of_a_return_are_recorded_once_with_their_proofs(cast: Cast) -> None:
    trip = at_garut_door(cast)
    with pytest.raises(refusals.NothingProven):
        record_trip_services(trip.pk, by=cast.peksos, at=hours(cast, 10))
    confirm_arrival(trip.pk, hours(cast, 14), "phone", "Asep", "", by=cast.peksos, at=hours(cast, 15))

    record_trip_services(trip.pk, by=cast.peksos, at=hours(cast, 16))

    given = {row.item: row.proof for row in ServiceRecord.objects.filter(case_id=trip.case_id)}
    assert set(given) == {"penelusuran_keluarga", "reunifikasi", "rujukan", "tiket_pemulangan"}
    assert all(given.values())
    with pytest.raises(refusals.ServicesRecorded):
        record_trip_services(trip.pk, by=cast.peksos, at=hours(cast, 17))


def test_another_post_of_the_person_sees_nothing_of_a_sealed_case(cast: Cast) -> None:
    trip = readied(cast, an_open_case(cast, number=7))
    type(trip.case).objects.filter(pk=trip.case_id).update(sensitivity="sealed")

    for member in (cast.peksos, cast.kabid, cast.desk):
        with pytest.raises(NotFound):
            trip_page(member, trip.pk, cast.at)
