"""Alarms from the trail: raised by the city's rules, each once; judged by the data-protection officer."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from rangkul.audit.models import Event
from rangkul.audit.recording import record
from rangkul.cases.models import Case
from rangkul.directory.models import Member, Post
from rangkul.domain.errors import ChangedMeanwhile
from rangkul.domain.policy import ActingMember
from rangkul.notices.models import Notice
from rangkul.people.models import Person, Relation
from rangkul.watching.actions import OwnAlarm, VerdictUnknown, VerdictWithoutWords, judge_alarm
from rangkul.watching.models import Alarm
from rangkul.watching.noticing import notice
from rangkul.watching.queries import alarm_seen_by, alarms_seen_by, alarms_waiting
from tests.cases.made import a_person, an_open_case
from tests.cast import Cast, login


def look(by: ActingMember, case: Case, at: datetime, sensitivity: str = "protected") -> None:
    with transaction.atomic():
        record(
            "case.looked",
            by=by,
            at=at,
            kind="case",
            subject_id=case.pk,
            sealed_under=case.person_id,
            sensitivity=sensitivity,
            detail={"part": "assessment"},
        )


def raised(cast: Cast, **later: float) -> list[str]:
    notice(by=cast.operator, at=cast.later(**(later or {"days": 1})))
    return sorted(Alarm.objects.values_list("rule", flat=True))


def in_area(member: ActingMember, *areas: str) -> None:
    Post.objects.filter(pk=member.post_id).update(areas=list(areas))


def test_a_reader_outside_the_own_area_is_told_once_a_day(cast: Cast) -> None:
    case = an_open_case(cast)
    in_area(cast.peksos2, "33.71.03.1001")
    assert raised(cast) == []
    for minute in range(3):
        look(cast.peksos2, case, cast.later(minutes=minute))
    look(cast.peksos, case, cast.later(minutes=9))

    assert raised(cast) == ["outside_area"]
    alarm = Alarm.objects.get()
    assert (alarm.member_id, alarm.subject_id) == (cast.peksos2.id, case.person_id)
    assert raised(cast) == ["outside_area"]


def test_the_same_area_raises_nothing(cast: Cast) -> None:
    case = an_open_case(cast)
    in_area(cast.peksos2, case.area_code)
    look(cast.peksos2, case, cast.at)

    assert raised(cast) == []


def test_many_people_within_an_hour(cast: Cast) -> None:
    raised(cast)
    persons = [a_person(cast, number=n, label=f"Orang {n}") for n in range(1, 43)]
    for place, person in enumerate(persons):
        with transaction.atomic():
            record(
                "person.protected_viewed",
                by=cast.peksos,
                at=cast.later(minutes=place),
                kind="person",
                subject_id=person.pk,
                sealed_under=person.pk,
                detail={"kinds": ["nik"]},
            )

    assert raised(cast) == ["many_cases"]
    assert Alarm.objects.get().at == cast.later(minutes=40)


def test_looks_counted_across_two_beats_of_the_clock(cast: Cast) -> None:
    raised(cast)
    persons = [a_person(cast, number=n, label=f"Orang {n}") for n in range(1, 43)]
    for place, person in enumerate(persons):
        with transaction.atomic():
            record(
                "person.viewed",
                by=cast.peksos,
                at=cast.later(minutes=place),
                kind="person",
                subject_id=person.pk,
            )
        if place == 20:
            assert raised(cast) == []

    assert raised(cast) == ["many_cases"]


def test_own_name_and_recorded_relatives(cast: Cast) -> None:
    mine, niece = a_person(cast, number=3, label="Rini Astuti"), a_person(cast, number=4, label="Ayu")
    mother = a_person(cast, number=5, label="Bagas Prakoso")
    Relation.objects.create(kind="parent_of", person=mother, other=niece, recorded_at=cast.at)
    for by, person in ((cast.peksos, mine), (cast.peksos2, niece), (cast.peksos2, mine)):
        with transaction.atomic():
            record("person.viewed", by=by, at=cast.at, kind="person", subject_id=person.pk)

    assert raised(cast) == ["own_family", "own_family"]
    told = set(Alarm.objects.values_list("member_id", "subject_id"))
    assert told == {(cast.peksos.id, mine.pk), (cast.peksos2.id, niece.pk)}


def test_many_refusals(cast: Cast, client: Client) -> None:
    raised(cast)
    login(client, cast.regu)
    for _n in range(22):
        assert client.get("/kasus/").status_code == 404
        assert client.get(f"/rujukan/{uuid4()}/").status_code == 404

    assert raised(cast) and set(raised(cast)) == {"refusals"}
    denied = Event.objects.filter(action="access.denied", decision="deny")
    assert denied.count() == 44
    assert {row.object_pid for row in denied} == {None}


def test_a_reader_of_public_pages_leaves_no_denial(db: None, client: Client) -> None:
    client.get("/tidak-ada/")

    assert not Event.objects.filter(action="access.denied").exists()


def test_repeat_checks_go_the_same_way_and_are_told_once(cast: Cast) -> None:
    from rangkul.reports.who import who_might
    from rangkul.reports.who_actions import register_person_met
    from tests.reports.test_check_alarm import NAMES, known
    from tests.reports.test_contacts import met

    known(cast)
    for minute, name in enumerate(NAMES, start=1):
        contact = met(cast, minutes=minute, seen={"name": name})
        who_might(cast.regu, contact.pk, at=cast.later(minutes=minute))
        register_person_met(contact.pk, by=cast.regu, at=cast.later(minutes=minute))

    assert "checks" in raised(cast)
    assert Notice.objects.filter(code="check_alarm").count() == 1
    assert Notice.objects.filter(code="access_alarm").count() == Alarm.objects.exclude(rule="checks").count()


def test_the_officer_is_told_and_finds_it_among_the_tasks(cast: Cast, client: Client) -> None:
    alarm = one_alarm(cast)

    assert [each.member_id for each in Notice.objects.filter(code="access_alarm")] == [cast.dpo.id]
    assert [(rule, count) for rule, _pk, count in alarms_waiting(cast.dpo)] == [("outside_area", 1)]
    assert alarms_waiting(cast.peksos) == []
    login(client, cast.dpo)
    assert reverse("alarm", args=[alarm]) in client.get("/").content.decode()
    page = client.get(reverse("alarm", args=[alarm])).content.decode()
    assert cast.peksos2.name in page


def one_alarm(cast: Cast, sensitivity: str = "protected") -> UUID:
    case = an_open_case(cast)
    in_area(cast.peksos2, "33.71.03.1001")
    look(cast.peksos2, case, cast.at, sensitivity)
    raised(cast)
    return Alarm.objects.get().pk


def test_of_a_sealed_subject_nobody_is_told_which_it_is(cast: Cast, client: Client) -> None:
    alarm = one_alarm(cast, "sealed")
    code = Case.objects.get().code

    assert alarm_seen_by(cast.dpo, alarm, at=cast.at).case == ""
    login(client, cast.dpo)
    for page in (reverse("alarms"), reverse("alarm", args=[alarm])):
        assert code not in client.get(page).content.decode()


def test_a_verdict_is_words_and_stands(cast: Cast, client: Client) -> None:
    alarm = one_alarm(cast)
    with pytest.raises(VerdictUnknown):
        judge_alarm(alarm, "", "", by=cast.dpo, at=cast.at)
    with pytest.raises(VerdictWithoutWords):
        judge_alarm(alarm, "explained", " ", by=cast.dpo, at=cast.at)
    judge_alarm(alarm, "seen", "", by=cast.dpo, at=cast.at)

    login(client, cast.dpo)
    said = {"verdict": "inspectorate", "words": "Tidak ada tugas di sana."}
    assert client.post(reverse("alarm", args=[alarm]), said).status_code == 302

    line = alarm_seen_by(cast.dpo, alarm, at=cast.at)
    assert (line.verdict, line.words, line.judge) == (
        "inspectorate",
        "Tidak ada tugas di sana.",
        cast.dpo.name,
    )
    assert b"Tidak ada tugas" not in bytes(Alarm.objects.get().sealed_words)
    assert alarms_seen_by(cast.dpo, at=cast.at) == []
    assert len(alarms_seen_by(cast.dpo, at=cast.at, state="all")) == 1
    with pytest.raises(ChangedMeanwhile):
        judge_alarm(alarm, "explained", "lain", by=cast.dpo, at=cast.at)
    assert (
        client.post(reverse("alarm", args=[alarm]), {"verdict": "explained", "words": "lain"}).status_code
        == 409
    )
    assert list(Event.objects.filter(action="audit.alarm_judged").values_list("result", flat=True)) == [
        "seen",
        "inspectorate",
    ]


def test_nobody_judges_an_alarm_about_themselves(cast: Cast) -> None:
    alarm = one_alarm(cast)
    Alarm.objects.filter(pk=alarm).update(member_id=cast.dpo.id)

    assert not alarm_seen_by(cast.dpo, alarm, at=cast.at).may_judge
    assert alarms_waiting(cast.dpo) == []
    with pytest.raises(OwnAlarm):
        judge_alarm(alarm, "seen", "", by=cast.dpo, at=cast.at)


@pytest.mark.parametrize("who", ["peksos", "kabid", "kadis", "regu", "admin"])
def test_no_other_role_reads_alarms(cast: Cast, client: Client, who: str) -> None:
    alarm = one_alarm(cast)
    login(client, getattr(cast, who))

    assert client.get(reverse("alarms")).status_code == 404
    assert client.get(reverse("alarm", args=[alarm])).status_code == 404


def test_an_erased_person_stops_no_beat(cast: Cast) -> None:
    from rangkul.vault.models import SubjectKey
    from rangkul.vault.sealing import forget_keys

    case = an_open_case(cast)
    look(cast.peksos, case, cast.at)
    SubjectKey.objects.filter(pk=case.person_id).update(wrapped=None)
    forget_keys()

    assert raised(cast) == []


def test_the_trail_of_an_older_instance_is_not_judged_afterwards(cast: Cast) -> None:
    """What stood in the log before is behind the place where reading begins (migration 0001)."""
    from rangkul.watching.models import Place

    case = an_open_case(cast)
    in_area(cast.peksos2, "33.71.03.1001")
    look(cast.peksos2, case, cast.at)
    newest = Event.objects.filter(seq__isnull=False).order_by("-seq").first()
    if newest is not None:  # on PostgreSQL the sequencer has not numbered them yet
        Place.objects.update_or_create(pk=1, defaults={"seq": newest.seq})
        assert raised(cast) == []
    assert Person.objects.filter(pk=case.person_id).exists()
    assert Member.objects.filter(pk=cast.peksos2.id).exists()
    assert timedelta(days=1)
