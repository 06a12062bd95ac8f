"""Whoever fishes with the short repeat check is told of to the data protection post (design §1.7)."""

from __future__ import annotations

from rangkul.audit.models import Event
from rangkul.matching.models import CheckRun, MatchDecision
from rangkul.notices.models import Notice
from rangkul.reports.who import who_might
from rangkul.reports.who_actions import link_contact, register_person_met, say_not_same
from tests.cast import Cast
from tests.reports.test_contacts import met, on_duty

NAMES = ("Kasno", "Wagiman", "Ngadimin", "Karto", "Joko", "Budi", "Agus")


def known(cast: Cast) -> None:
    contact = met(cast, cast.desk, seen={"name": "Slamet Riyadi", "mark": "bekas luka bakar"})
    register_person_met(contact.pk, by=cast.desk, at=cast.at)
    on_duty(cast)


def alarms() -> list[str]:
    return list(
        Event.objects.filter(action="person.check_alarm").order_by("at").values_list("result", flat=True)
    )


def test_the_sixth_check_of_an_hour_is_told_to_the_dpo_once_and_every_run_is_an_event(cast: Cast) -> None:
    known(cast)
    for minute, name in enumerate(NAMES, start=1):
        contact = met(cast, minutes=minute, seen={"name": name})
        who_might(cast.regu, contact.pk, at=cast.later(minutes=minute))
        register_person_met(contact.pk, by=cast.regu, at=cast.later(minutes=minute))
        assert bool(alarms()) == (minute > 5), minute
    assert alarms() == ["many"]
    assert Event.objects.filter(action="person.repeat_checked").count() >= len(NAMES)
    told = Notice.objects.filter(code="check_alarm")
    assert [each.member_id for each in told] == [cast.dpo.id]
    assert "Slamet" not in str(told.values())


def test_looking_again_at_the_same_contact_is_the_same_run(cast: Cast) -> None:
    known(cast)
    contact = met(cast, minutes=1, seen={"name": "Slamet"})
    for minute in range(1, 20):
        who_might(cast.regu, contact.pk, at=cast.later(minutes=minute))
    assert CheckRun.objects.count() == 1
    assert alarms() == []


def test_candidates_never_chosen_raise_the_alarm_and_one_that_was_does_not(cast: Cast) -> None:
    known(cast)
    for hour, name in enumerate(("Slamet Riyadi", "Riadi Slamet", "Slamet", "Riyadi"), start=1):
        contact = met(cast, minutes=hour * 20, seen={"name": name})
        who = who_might(cast.regu, contact.pk, at=cast.later(minutes=hour * 20))
        assert who.short
        if hour == 2:
            link_contact(contact.pk, who.short[0].person_id, by=cast.regu, at=cast.later(minutes=hour * 20))
    assert alarms() == []
    for hour, name in enumerate(("Slamet Riyadi", "Riadi Slamet", "Slamet"), start=5):
        contact = met(cast, minutes=hour * 20, seen={"name": name})
        who_might(cast.regu, contact.pk, at=cast.later(minutes=hour * 20))
    assert alarms() == ["never_chosen"]


def test_care_roles_are_not_counted_and_answers_are_kept_for_training(cast: Cast) -> None:
    known(cast)
    for minute in range(1, 9):
        contact = met(cast, cast.desk, minutes=minute, seen={"name": "Slamet Riyadi", "origin": "Temanggung"})
        who = who_might(cast.desk, contact.pk, at=cast.later(minutes=minute))
    assert not CheckRun.objects.exists()
    say_not_same(contact.pk, who.full[0].person_id, by=cast.desk, at=cast.later(minutes=10))
    link_contact(contact.pk, who.full[0].person_id, by=cast.desk, at=cast.later(minutes=11))
    rows = list(
        MatchDecision.objects.exclude(answer__in=("new", "passed"))
        .order_by("pk")
        .values_list("answer", "rank")
    )
    assert rows == [("not_same", 1), ("same", 1)]
    assert "name_sound" in MatchDecision.objects.get(answer="same").reasons
