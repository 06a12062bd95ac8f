"""A death in care: no step in silence, and the holder stays until burial or claim."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from rangkul.audit.models import Event
from rangkul.cases.actions import close_case
from rangkul.cases.models import HolderEntry
from rangkul.deadlines.models import Deadline
from rangkul.domain import deaths as rules
from rangkul.domain.errors import NotFound
from rangkul.domain.wib import wib_date
from rangkul.people.models import Person
from rangkul.trips import refusals
from rangkul.trips.actions import attach_photo, depart, plan_trip, record_death, record_step
from rangkul.trips.models import Death, DeathStep
from rangkul.trips.papers import letter_facts_of_death
from rangkul.trips.queries import death_page, deaths_open
from tests.cast import Cast
from tests.trips.made import a_case, hours, readied, to_garut

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)


def a_death(cast: Cast, **case: Any) -> Death:
    return record_death(
        a_case(cast, **case).pk,
        wib_date(cast.at),
        "RSUD Tidar",
        "RAHASIA-KEMATIAN",
        by=cast.peksos,
        at=cast.at,
    )


def walk(cast: Cast, death: Death, *steps: str, day: int = 0) -> None:
    """Take these steps so many days after the death."""
    said = {
        "who": "Aiptu Heru",
        "number": "LP/1",
        "result": "not_found",
        "where": "TPU Giriloyo blok C",
        "proof": "KK",
        "words": "kata",
    }
    at = cast.later(days=day, hours=1)
    for step in steps:
        record_step(death.pk, step, wib_date(at), said, by=cast.peksos, at=at)


def test_the_holder_stays_until_burial(cast: Cast) -> None:
    death = a_death(cast)
    for reason in ("meninggal", "bukan_sasaran", "menolak_layanan"):
        with pytest.raises(rules.NotSettled):
            close_case(death.case_id, reason, "surat", by=cast.peksos, at=cast.later(hours=1))
    walk(cast, death, "police", "visum", "identification", "publication")
    with pytest.raises(rules.NotSettled):
        close_case(death.case_id, "meninggal", "surat", by=cast.peksos, at=cast.later(hours=3))
    assert HolderEntry.objects.get(case_id=death.case_id, until__isnull=True).post_id == cast.peksos.post_id

    walk(cast, death, "burial", day=9)

    closed = close_case(
        death.case_id, "meninggal", "berita acara", by=cast.peksos, at=cast.later(days=9, hours=2)
    )
    assert closed.closed_at is not None


def test_died_is_no_reason_without_a_recorded_death(cast: Cast) -> None:
    with pytest.raises(rules.NotSettled):
        close_case(a_case(cast).pk, "meninggal", "surat", by=cast.peksos, at=cast.at)


def test_a_claim_by_the_family_settles_it_too(cast: Cast) -> None:
    death = a_death(cast)
    walk(cast, death, "police", "claim")

    death.refresh_from_db()
    assert (death.settled_by, death.settled_on) == ("claim", wib_date(cast.at))
    with pytest.raises(rules.StepDone):
        walk(cast, death, "burial")
    assert close_case(death.case_id, "meninggal", "surat", by=cast.peksos, at=cast.later(hours=3)).closed_at


def test_the_notice_runs_its_days_before_burial_unless_somebody_agreed(cast: Cast) -> None:
    death = a_death(cast)
    walk(cast, death, "police", "visum", "identification", "publication")
    death.refresh_from_db()
    assert death.published_until == wib_date(cast.at) + timedelta(days=7)
    with pytest.raises(rules.PublicationRuns):
        walk(cast, death, "burial", day=7)
    at = cast.later(days=2)
    record_step(
        death.pk,
        "burial",
        wib_date(at),
        {"where": "TPU", "who": "Dinsos", "reason": "surat dokter; disetujui Kapolsek"},
        by=cast.peksos,
        at=at,
    )
    death.refresh_from_db()
    assert death.settled_by == "burial"


def test_steps_are_in_order_and_say_what_they_must(cast: Cast) -> None:
    death = a_death(cast)
    with pytest.raises(rules.StepTooEarly):
        walk(cast, death, "visum")
    with pytest.raises(refusals.StepMissing):
        record_step(death.pk, "police", wib_date(cast.at), {}, by=cast.peksos, at=cast.at)
    walk(cast, death, "police")
    with pytest.raises(rules.StepDone):
        walk(cast, death, "police")
    assert DeathStep.objects.count() == 1


def test_a_family_that_comes_later_is_recorded_on_the_closed_case(cast: Cast) -> None:
    death = a_death(cast)
    walk(cast, death, "police", "visum", "identification", "publication")
    walk(cast, death, "burial", day=9)
    close_case(death.case_id, "meninggal", "ba", by=cast.peksos, at=cast.later(days=10))

    walk(cast, death, "later_claim", day=400)

    assert DeathStep.objects.filter(death=death, step="later_claim").count() == 1
    death.refresh_from_db()
    assert death.settled_by == "burial"


def test_a_death_ends_the_journey_and_the_clocks_of_the_living(cast: Cast) -> None:
    trip = depart(readied(cast).pk, by=cast.peksos, at=hours(cast, 1))

    record_death(trip.case_id, wib_date(cast.at), "di bus", "", by=cast.peksos, at=hours(cast, 3))

    trip.refresh_from_db()
    assert trip.state == "cancelled"
    running = Deadline.objects.filter(subject_id=trip.case_id, met_at__isnull=True, dropped_at__isnull=True)
    assert list(running.values_list("clock", flat=True)) == ["death_settled"]
    with pytest.raises(refusals.DeathRecorded):
        plan_trip(trip.case_id, to_garut(), by=cast.peksos, at=hours(cast, 4))
    with pytest.raises(refusals.DeathRecorded):
        record_death(trip.case_id, wib_date(cast.at), "x", "", by=cast.peksos, at=hours(cast, 4))
    assert Person.objects.get(pk=trip.person_id).died_on == wib_date(cast.at)


def test_only_the_team_of_the_case_opens_it_and_each_look_is_an_event(cast: Cast) -> None:
    death = a_death(cast)
    for member in (
        cast.regu,
        cast.shelter,
        cast.desk,
        cast.tksk,
        cast.nakes,
        cast.admin,
        cast.dpo,
        cast.peksos2,
    ):
        with pytest.raises(NotFound):
            death_page(member, death.pk, cast.at)
    for member in (cast.peksos, cast.kabid, cast.kadis):
        assert death_page(member, death.pk, cast.at).content["words"] == "RAHASIA-KEMATIAN"
    assert Event.objects.filter(action="death.looked").count() == 3
    assert [each.pk for each in deaths_open(cast.peksos)] == [death.pk]
    assert deaths_open(cast.peksos2) == []


def test_photos_open_for_the_team_only(cast: Cast, signed_in: Any) -> None:
    death = a_death(cast)
    photo = attach_photo(death.pk, PNG, by=cast.peksos, at=cast.at)

    assert signed_in(cast.peksos).get(f"/berkas/{photo.pk}/").status_code == 200
    for member in (cast.desk, cast.shelter, cast.regu, cast.steward, cast.peksos2):
        assert signed_in(member).get(f"/berkas/{photo.pk}/").status_code == 404, member.role
    assert Event.objects.filter(action="attachment.viewed").count() == 1


def test_the_minutes_of_a_death_are_filled_from_its_steps(cast: Cast) -> None:
    death = a_death(cast)
    walk(cast, death, "police", "visum", "identification", "publication")

    facts = letter_facts_of_death(cast.peksos, death.pk)

    assert "LP/1" in str(facts["nomor_polisi"])
    assert facts["tempat_meninggal"] == "RSUD Tidar"
    with pytest.raises(NotFound):
        letter_facts_of_death(cast.desk, death.pk)


def test_nobody_passes_a_death_on_to_another_agency(cast: Cast) -> None:
    from rangkul.cases.refusals import HolderStays
    from rangkul.referrals.hand_over_actions import Offer, offer_case

    death = a_death(cast)
    offer = Offer(notes={"facts": "sudah meninggal"})

    with pytest.raises(HolderStays):
        offer_case(death.case_id, cast.peksos2.post_id, offer, by=cast.peksos, at=cast.at)
