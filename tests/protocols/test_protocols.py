"""A protocol appears in forms while it is on and only then; screening never withholds (S11)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from rangkul.cases.models import Case
from rangkul.deadlines.models import Deadline
from rangkul.directory.city import city
from rangkul.domain import protocols as rules
from rangkul.domain.errors import NotAllowed, NotFound
from rangkul.domain.wib import wib_date
from rangkul.protocols import actions as do
from rangkul.protocols import queries as ask
from rangkul.protocols.followers import IsolationFirst
from rangkul.protocols.models import GuidanceSession, Screening
from rangkul.reports.contact_actions import ContactInput, record_contact
from rangkul.reports.models import Contact
from rangkul.services.actions import ServiceInput, record_services
from rangkul.services.models import ServiceRecord
from rangkul.stays.actions import enter_shelter
from rangkul.stays.models import Bed, Stay
from tests.cases.made import an_open_case, brought_to
from tests.cast import Cast, login

SICK = {"wabah.demam": "yes", "wabah.sesak": "no", "wabah.kontak_erat": "unknown"}


@pytest.fixture
def outbreak(cast: Cast) -> Cast:
    """The health protocol is on since today."""
    do.switch_on("wabah", wib_date(cast.at), "Edaran Dinkes", by=cast.kabid, at=cast.at)
    return cast


def contact_of(cast: Cast, screening: dict[str, str]) -> Contact:
    new = ContactInput(
        decision="dibina_pergi",
        sex="L",
        age="31-45",
        area_code=city().kelurahan[0].code,
        ground="kemauan_sendiri",
        voluntary="yes",
        gate=("none",),
        screening=screening,
    )
    return record_contact(new, by=cast.regu, at=cast.at)


def test_forms_ask_only_while_it_is_on(cast: Cast) -> None:
    today = wib_date(cast.at)
    assert not ask.asked("contact", today)
    do.switch_on("wabah", today + timedelta(days=1), "Edaran", by=cast.kabid, at=cast.at)
    assert not ask.asked("contact", today)
    tomorrow = ask.asked("contact", today + timedelta(days=1))
    assert [code for code, _ in tomorrow.questions] == ["wabah.demam", "wabah.sesak"]
    do.switch_off("wabah", today + timedelta(days=3), by=cast.kabid, at=cast.at)
    assert ask.asked("intake", today + timedelta(days=3))
    assert not ask.asked("intake", today + timedelta(days=4))


def test_it_is_on_once_and_only_a_head_switches(outbreak: Cast) -> None:
    today = wib_date(outbreak.at)
    with pytest.raises(rules.AlreadyOn):
        do.switch_on("wabah", today, "Lagi", by=outbreak.kadis, at=outbreak.at)
    with pytest.raises(NotAllowed):
        do.switch_off("wabah", today, by=outbreak.peksos, at=outbreak.at)
    do.switch_off("wabah", today + timedelta(days=9), by=outbreak.kabid, at=outbreak.at)
    with pytest.raises(rules.PeriodOverlaps):
        do.switch_on("wabah", today + timedelta(days=5), "Lagi", by=outbreak.kabid, at=outbreak.at)


def test_a_yes_calls_health_staff_and_answers_are_sealed(outbreak: Cast) -> None:
    contact = contact_of(outbreak, {"wabah.demam": "yes"})
    row = Screening.objects.get(about_id=contact.pk)
    assert row.suspected
    assert ask.opened(row) == {"wabah.demam": "yes", "wabah.sesak": "unknown"}
    assert b"wabah" not in bytes(row.sealed_answers)
    assert Deadline.objects.filter(subject_id=contact.pk, clock="screening_look").exists()


def test_nothing_answered_stops_nothing(outbreak: Cast) -> None:
    assert contact_of(outbreak, {}).pk
    assert not Screening.objects.exists()


def test_a_suspected_contact_is_saved_though_an_isolation_bed_is_free(outbreak: Cast) -> None:
    beds(("I1", "isolation"))
    contact = contact_of(outbreak, {"wabah.demam": "yes", "wabah.sesak": "yes"})
    assert Screening.objects.get(about_id=contact.pk).suspected


def test_an_intake_without_answers_gives_the_bed_and_the_meals(outbreak: Cast) -> None:
    beds(("P1", "ordinary"), ("I1", "isolation"))
    case = an_open_case(outbreak)
    stay = enter_shelter(case.pk, "P1", screening={}, by=outbreak.shelter, at=outbreak.at)
    assert stay.bed_id == "P1"
    assert not Screening.objects.exists()


def test_no_answer_keeps_food_or_help_from_anybody(outbreak: Cast) -> None:
    case = brought_to(outbreak, "intervensi")
    for number, screening in enumerate((SICK, {})):
        assert contact_of(outbreak, screening).pk, number
    meal = ServiceInput(
        item="permakanan",
        quantity=Decimal(3),
        unit="porsi",
        given_on=wib_date(outbreak.at),
        agency="dinsos",
        proof="Daftar makan",
    )
    assert record_services(case.pk, [meal], by=outbreak.peksos, at=outbreak.at)


def test_answers_sent_after_the_protocol_ended_are_left_out(cast: Cast) -> None:
    assert contact_of(cast, {"wabah.demam": "yes"}).pk
    assert not Screening.objects.exists()


def beds(*codes: tuple[str, str]) -> None:
    for code, kind in codes:
        Bed.objects.get_or_create(code=code, defaults={"room": "Putra", "kind": kind})


def test_a_suspected_person_gets_the_isolation_bed_while_one_is_free(outbreak: Cast) -> None:
    beds(("P1", "ordinary"), ("I1", "isolation"))
    case = an_open_case(outbreak)
    with pytest.raises(IsolationFirst):
        enter_shelter(case.pk, "P1", screening=SICK, by=outbreak.shelter, at=outbreak.at)
    assert not Stay.objects.exists()
    assert enter_shelter(case.pk, "I1", screening=SICK, by=outbreak.shelter, at=outbreak.at).bed_id == "I1"
    assert Deadline.objects.filter(subject_id=case.pk, clock="screening_look_case").exists()


def test_without_a_free_isolation_bed_nobody_is_sent_away(outbreak: Cast) -> None:
    beds(("P1", "ordinary"))
    Bed.objects.filter(kind="isolation").update(out_of_use=True)
    case = an_open_case(outbreak)
    assert enter_shelter(case.pk, "P1", screening=SICK, by=outbreak.shelter, at=outbreak.at).bed_id == "P1"


def test_enforcement_asks_but_never_reads(outbreak: Cast) -> None:
    contact = contact_of(outbreak, {"wabah.demam": "yes"})
    assert ask.screenings_of(outbreak.regu, contact.pk, outbreak.at) == []
    assert ask.screenings_of(outbreak.desk, contact.pk, outbreak.at) == []
    (line,) = ask.screenings_of(outbreak.nakes, contact.pk, outbreak.at)
    assert line.suspected


def session(cast: Cast, **other: Any) -> do.SessionInput:
    facts: dict[str, Any] = {
        "kind": "guidance",
        "topic": "Menjaga kesehatan di jalan",
        "audience": "penghuni rumah singgah",
        "place": "Aula",
        "held_on": wib_date(cast.at),
        "attended": 8,
    }
    return do.SessionInput(**{**facts, **other})


def test_taking_part_is_a_service_with_the_session_as_proof(outbreak: Cast) -> None:
    case = brought_to(outbreak, "intervensi")
    new = session(outbreak, case_ids=[case.pk], kits=8, steps=("wabah.masker", "lain"))
    held = do.hold_session(new, by=outbreak.peksos, at=outbreak.at)
    given = ServiceRecord.objects.filter(case=case, given_on=new.held_on)
    assert {row.item for row in given} == {"bimbingan_fms", "perbekalan_kesehatan"}
    assert all("Menjaga kesehatan" in row.proof for row in given)
    assert held.steps == ["wabah.masker"]
    assert held.protocols == [{"code": "wabah", "version": "2"}]


def test_a_session_is_limited_while_the_protocol_is_on_and_only_then(outbreak: Cast) -> None:
    with pytest.raises(rules.SessionTooLarge):
        do.hold_session(session(outbreak, attended=11), by=outbreak.peksos, at=outbreak.at)
    before = wib_date(outbreak.at) - timedelta(days=1)
    do.hold_session(session(outbreak, attended=40, held_on=before), by=outbreak.peksos, at=outbreak.at)
    assert GuidanceSession.objects.get().protocols == []


def test_nobody_records_for_a_case_that_is_not_theirs(cast: Cast) -> None:
    case: Case = an_open_case(cast)
    with pytest.raises(NotFound):
        do.hold_session(session(cast, case_ids=[case.pk]), by=cast.nakes, at=cast.at)
    assert not GuidanceSession.objects.exists()


def test_the_contact_form_grows_and_shrinks_on_the_screen(cast: Cast, client: Client) -> None:
    regu, kabid = login(client, cast.regu), Client()
    assert "Demam" not in regu.get("/kontak/baru/").content.decode()
    switch = {"do": "on", "protocol": "wabah", "reason": "Edaran Dinkes"}
    assert login(kabid, cast.kabid).post("/protokol/", switch).status_code == 302
    text = regu.get("/kontak/baru/").content.decode()
    assert "Demam" in text
    assert "tidak pernah menunggu skrining" in text
    assert kabid.post("/protokol/", switch | {"reason": ""}).status_code == 409
    assert regu.get("/protokol/").status_code == 404


def test_a_session_from_the_screen_keeps_what_was_typed(outbreak: Cast, client: Client) -> None:
    peksos = login(client, outbreak.peksos)
    typed = {"kind": "education", "topic": "Gizi", "audience": "warga", "place": "Balai", "attended": "99"}
    page = peksos.post("/bimbingan/baru/", typed)
    assert page.status_code == 409
    assert "Gizi" in page.content.decode()
    assert peksos.post("/bimbingan/baru/", typed | {"attended": "9"}).status_code == 302
    assert "Gizi" in peksos.get("/bimbingan/").content.decode()
