"""A meeting from plan to minutes: who sees what, what binds, what comes back next time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from rangkul.audit.models import Event
from rangkul.cases.models import Case
from rangkul.deadlines.models import Deadline
from rangkul.directory.city import city
from rangkul.domain import meetings as rules
from rangkul.domain.errors import ChangedMeanwhile, NotAllowed, NotFound
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib_date
from rangkul.letters.gathering import gather
from rangkul.letters.rendering import pdf
from rangkul.meetings import actions as do
from rangkul.meetings import queries as ask
from rangkul.meetings.models import ActionItem, AgendaItem, Attendance, Meeting, MeetingDecision
from rangkul.meetings.papers import letter_facts_of_meeting
from rangkul.meetings.running_actions import ActionItemEnded, SignInCodeOld
from rangkul.referrals.hand_over_actions import accept_hand_over, offer_case, refuse_hand_over
from rangkul.referrals.hand_over_content import Answer, Offer
from tests.cases.made import an_open_case, brought_to
from tests.cast import Cast

ASKED = ("peksos", "regu", "ppa", "nakes")


def plan_for(cast: Cast, kind: str = "coordination", **other: object) -> do.MeetingPlan:
    facts: dict[str, object] = {
        "kind": kind,
        "title": "Rapat koordinasi penanganan PGOT",
        "place": "Aula Dinsos",
        "starts_at": cast.later(days=3),
        "ends_at": cast.later(days=3, hours=2),
        "chair_id": cast.kabid.post_id,
        "minute_taker_id": cast.desk.post_id,
        "post_ids": [getattr(cast, name).post_id for name in ASKED],
    }
    return do.MeetingPlan(**{**facts, **other})  # type: ignore[arg-type]


def invited(cast: Cast, kind: str = "coordination", **other: object) -> Meeting:
    meeting = do.plan_meeting(plan_for(cast, kind, **other), by=cast.kabid, at=cast.at)
    do.add_topic(meeting.pk, "Jadwal penjangkauan bersama", by=cast.kabid, at=cast.at)
    return do.send_invitations(meeting.pk, by=cast.kabid, at=cast.at)


def running(
    cast: Cast, kind: str = "coordination", came: tuple[str, ...] = ("peksos", "regu", "ppa"), **o: object
) -> Meeting:
    meeting = invited(cast, kind, **o)
    do.open_meeting(meeting.pk, by=cast.kabid, at=cast.later(days=3))
    for name in came:
        do.sign_in(meeting.pk, ask.sign_in_code(meeting), by=getattr(cast, name), at=cast.later(days=3))
    meeting.refresh_from_db()
    return meeting


def agenda(meeting: Meeting, member: ActingMember, at: datetime) -> list[ask.ItemLine]:
    return ask.meeting_page(member, meeting.pk, at).items


def overdue_case(cast: Cast, number: int = 1) -> Case:
    case = an_open_case(cast, number=number)
    Deadline.objects.filter(subject_id=case.pk).update(due_at=cast.later(hours=-number))
    return case


def test_the_agenda_builds_itself_from_overdue_cases_longest_first(cast: Cast) -> None:
    cases = [overdue_case(cast, number) for number in (1, 2, 3)]
    meeting = do.plan_meeting(plan_for(cast), by=cast.kabid, at=cast.at)
    items = AgendaItem.objects.filter(meeting=meeting)
    assert [item.case_id for item in items] == [case.pk for case in reversed(cases)]
    assert {item.source for item in items} == {"overdue"}


def test_what_was_taken_off_does_not_come_back(cast: Cast) -> None:
    overdue_case(cast)
    meeting = do.plan_meeting(plan_for(cast), by=cast.kabid, at=cast.at)
    do.take_off(AgendaItem.objects.get(meeting=meeting).pk, by=cast.kabid, at=cast.at)
    assert do.gather_agenda(meeting.pk, by=cast.kabid, at=cast.at) == []


def test_each_attendee_sees_only_the_cases_it_may_and_no_gap_tells_of_the_others(cast: Cast) -> None:
    overdue_case(cast)
    meeting = invited(cast)
    seen = agenda(meeting, cast.kabid, cast.at)
    assert [(line.number, bool(line.case_code)) for line in seen] == [(1, True), (2, False)]
    for who in (cast.regu, cast.ppa):
        lines = agenda(meeting, who, cast.at)
        assert [(line.number, line.case_code) for line in lines] == [(1, "")]
        assert "Kasno" not in repr(lines)


def test_a_plan_is_its_makers_alone_until_it_is_sent(cast: Cast) -> None:
    meeting = do.plan_meeting(plan_for(cast), by=cast.kabid, at=cast.at)
    with pytest.raises(NotFound):
        ask.meeting_page(cast.regu, meeting.pk, cast.at)
    do.add_topic(meeting.pk, "Jadwal", by=cast.kabid, at=cast.at)
    do.send_invitations(meeting.pk, by=cast.kabid, at=cast.at)
    assert ask.meeting_page(cast.regu, meeting.pk, cast.at).invitation is not None
    with pytest.raises(NotFound):
        ask.meeting_page(cast.babinsa, meeting.pk, cast.at)


def test_an_invited_post_may_look_but_not_run(cast: Cast) -> None:
    meeting = invited(cast)
    with pytest.raises(NotAllowed):
        do.open_meeting(meeting.pk, by=cast.ppa, at=cast.at)
    with pytest.raises(NotAllowed):
        do.add_topic(meeting.pk, "Lain", by=cast.regu, at=cast.at)


def test_signing_in_twice_is_one_line_and_an_old_code_is_refused(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = running(cast, came=())
    code = ask.sign_in_code(meeting)
    first = do.sign_in(meeting.pk, code, by=cast.regu, at=cast.later(days=3))
    again = do.sign_in(meeting.pk, code, by=cast.regu, at=cast.later(days=3, minutes=1))
    assert first.pk == again.pk
    assert Attendance.objects.filter(meeting=meeting).count() == 1
    other = running(cast, came=())
    with pytest.raises(SignInCodeOld):
        do.sign_in(meeting.pk, ask.sign_in_code(other), by=cast.ppa, at=cast.at)
    with pytest.raises(SignInCodeOld):
        do.sign_in(meeting.pk, code[:-2] + "xx", by=cast.ppa, at=cast.at)
    monkeypatch.setattr("rangkul.meetings.running_actions.CODE_LIVES_SECONDS", -1)
    with pytest.raises(SignInCodeOld):
        do.sign_in(meeting.pk, code, by=cast.ppa, at=cast.at)


def test_without_quorum_nothing_is_decided_and_it_waits_for_the_next_meeting(cast: Cast) -> None:
    case = brought_to(cast, "asesmen")
    meeting = running(cast, "case_conference", came=("peksos",))
    item = do.add_case(meeting.pk, case.code, by=cast.kabid, at=cast.later(days=3))
    with pytest.raises(rules.NoQuorum) as refused:
        do.decide(item.pk, "Dirujuk", "ingin pulang", by=cast.kabid, at=cast.later(days=3))
    assert refused.value.facts["present"] == 1
    do.close_meeting(meeting.pk, "Kuorum tidak tercapai", by=cast.kabid, at=cast.later(days=3))
    follow_up = do.plan_meeting(
        plan_for(cast, "case_conference", follows_id=meeting.pk), by=cast.kabid, at=cast.later(days=3)
    )
    assert AgendaItem.objects.filter(meeting=follow_up, case=case).exists()


def test_a_case_conference_ends_in_a_decision_with_the_wish_and_the_dissent(cast: Cast) -> None:
    case = brought_to(cast, "asesmen")
    at = cast.later(days=3)
    meeting = running(cast, "case_conference")
    item = do.add_case(meeting.pk, case.code, by=cast.kabid, at=at)
    with pytest.raises(rules.Undecided):
        do.close_meeting(meeting.pk, by=cast.kabid, at=at)
    with pytest.raises(rules.WishMissing):
        do.decide(item.pk, "Dirujuk ke panti", by=cast.kabid, at=at)
    dissent = [do.Dissent(agency="dinkes", words="RAHASIA-BEDA belum sehat")]
    do.decide(item.pk, "RAHASIA-PUTUS dirujuk", "RAHASIA-INGIN pulang", dissent, by=cast.kabid, at=at)
    do.close_meeting(meeting.pk, by=cast.kabid, at=at)
    (line,) = [each for each in agenda(meeting, cast.kabid, at) if each.case_code]
    assert line.decisions[0].wish == "RAHASIA-INGIN pulang"
    assert line.decisions[0].dissent[0]["agency"] == "dinkes"
    assert Event.objects.filter(action="case.looked").exists()
    stored = bytes(MeetingDecision.objects.get().sealed)
    assert b"RAHASIA" not in stored
    assert "RAHASIA" not in repr(agenda(meeting, cast.regu, at))


def test_closed_minutes_never_change(cast: Cast) -> None:
    at = cast.later(days=3)
    meeting = running(cast)
    item = AgendaItem.objects.filter(meeting=meeting, source="topic").first()
    assert item is not None
    do.write_minutes(item.pk, "Disepakati.", by=cast.desk, at=at)
    do.close_meeting(meeting.pk, by=cast.kabid, at=at)
    for late in (
        lambda: do.write_minutes(item.pk, "Lain", by=cast.desk, at=at),
        lambda: do.decide(item.pk, "Lain", by=cast.kabid, at=at),
        lambda: do.give_action(item.pk, "Lain", cast.regu.post_id, wib_date(at), by=cast.kabid, at=at),
        lambda: do.list_attendee(meeting.pk, "Pak Lain", "", "RT", by=cast.kabid, at=at),
    ):
        with pytest.raises(rules.WrongState):
            late()


def given_action(cast: Cast, owner: ActingMember) -> tuple[Meeting, ActionItem]:
    at = cast.later(days=3)
    meeting = running(cast)
    item = AgendaItem.objects.filter(meeting=meeting, source="topic").first()
    assert item is not None
    row = do.give_action(
        item.pk, "Kirim jadwal patroli", owner.post_id, wib_date(at) + timedelta(days=7), by=cast.kabid, at=at
    )
    return meeting, row


def test_an_action_item_stands_with_its_owner_and_opens_the_next_agenda(cast: Cast) -> None:
    meeting, row = given_action(cast, cast.regu)
    (mine,) = ask.action_items_of(cast.regu)
    assert (mine.what, mine.meeting_id) == ("Kirim jadwal patroli", meeting.pk)
    assert ask.action_items_of(cast.ppa) == []
    do.close_meeting(meeting.pk, by=cast.kabid, at=cast.later(days=3))
    overdue_case(cast, 9)
    following = do.plan_meeting(plan_for(cast), by=cast.kabid, at=cast.later(days=4))
    first = AgendaItem.objects.filter(meeting=following).first()
    assert first is not None
    assert (first.source, first.promised_id) == ("carried", row.pk)


def test_a_promise_about_a_case_says_nothing_to_who_may_not_know_the_case(cast: Cast) -> None:
    case = overdue_case(cast)
    meeting, at = running(cast), cast.later(days=3)
    item = AgendaItem.objects.get(meeting=meeting, case=case)
    due = wib_date(at) + timedelta(days=7)
    row = do.give_action(item.pk, "RAHASIA-JANJI", cast.peksos.post_id, due, by=cast.kabid, at=at)
    do.close_meeting(meeting.pk, by=cast.kabid, at=at)
    following = do.plan_meeting(plan_for(cast), by=cast.kabid, at=cast.later(days=4))
    do.send_invitations(following.pk, by=cast.kabid, at=cast.later(days=4))

    assert AgendaItem.objects.filter(meeting=following, promised=row).exists()
    for who in (cast.kabid, cast.peksos):
        assert "RAHASIA-JANJI" in repr(agenda(following, who, cast.later(days=4)))
    for who in (cast.regu, cast.ppa, cast.nakes):
        told = repr(agenda(following, who, cast.later(days=4)))
        assert "RAHASIA-JANJI" not in told
        assert case.code not in told and "Kasno" not in told


def test_only_the_owner_says_it_is_done_and_only_the_chair_lets_it_drop(cast: Cast) -> None:
    _, row = given_action(cast, cast.regu)
    at = cast.later(days=4)
    for by, done in ((cast.ppa, True), (cast.regu, False), (cast.kabid, True)):
        with pytest.raises(NotFound):
            do.end_action(row.pk, "sudah", done=done, by=by, at=at)
    do.end_action(row.pk, "sudah dikirim", done=True, by=cast.regu, at=at)
    with pytest.raises(ActionItemEnded):
        do.end_action(row.pk, "tidak perlu", done=False, by=cast.kabid, at=at)


def test_public_words_are_refused_while_a_person_stands_in_them(cast: Cast) -> None:
    overdue_case(cast)
    at = cast.later(days=3)
    meeting = running(cast)
    do.close_meeting(meeting.pk, by=cast.kabid, at=at)
    with pytest.raises(rules.NewsNamesSomebody):
        do.approve_news(meeting.pk, "Kasno 1 akan dipulangkan.", by=cast.kabid, at=at)
    an_open_case(cast, number=7)
    with pytest.raises(rules.NewsNamesSomebody):  # of no item of this meeting, but the writer sees the case
        do.approve_news(meeting.pk, "Kasno 7 sudah pulang.", by=cast.kabid, at=at)
    with pytest.raises(rules.NewsMayNameSomebody) as asked:
        do.approve_news(meeting.pk, "Semua memuji Raharjo.", by=cast.kabid, at=at)
    assert asked.value.facts["words"] == "Raharjo"
    said = do.approve_news(meeting.pk, "Semua memuji Raharjo.", sure="Raharjo", by=cast.kabid, at=at)
    assert said.news == "Semua memuji Raharjo."
    said = do.approve_news(meeting.pk, "Lima instansi bersepakat.", by=cast.kabid, at=at)
    assert said.news == "Lima instansi bersepakat."


def test_who_comes_second_is_told(cast: Cast) -> None:
    meeting = invited(cast)
    do.open_meeting(meeting.pk, by=cast.kabid, at=cast.at, seen=meeting.revision)
    with pytest.raises(ChangedMeanwhile):
        do.close_meeting(meeting.pk, by=cast.kabid, at=cast.at, seen=meeting.revision)


def test_a_moved_day_takes_the_answers_back(cast: Cast) -> None:
    meeting = invited(cast)
    do.answer_invitation(meeting.pk, "coming", by=cast.regu, at=cast.at)
    do.change_meeting(meeting.pk, plan_for(cast, title="Lain"), by=cast.kabid, at=cast.at)
    assert ask.invitations_waiting(cast.regu, cast.at) == []
    later = plan_for(cast, starts_at=cast.later(days=4), ends_at=cast.later(days=4, hours=1))
    do.change_meeting(meeting.pk, later, by=cast.kabid, at=cast.at)
    assert [row.pk for row in ask.invitations_waiting(cast.regu, cast.at)] == [meeting.pk]


def test_an_item_ends_once_also_in_the_database(cast: Cast) -> None:
    _, row = given_action(cast, cast.regu)
    with pytest.raises(IntegrityError), transaction.atomic():
        ActionItem.objects.filter(pk=row.pk).update(done_at=cast.at, dropped_at=cast.at)


def test_a_big_register_costs_a_bounded_number_of_queries(
    cast: Cast, django_assert_max_num_queries: object
) -> None:
    for number in range(1, 8):
        overdue_case(cast, number)
    with django_assert_max_num_queries(30):  # type: ignore[operator]
        meeting = do.plan_meeting(plan_for(cast), by=cast.kabid, at=cast.at)
    do.send_invitations(meeting.pk, by=cast.kabid, at=cast.at)
    with django_assert_max_num_queries(18):  # type: ignore[operator]
        ask.meeting_page(cast.kabid, meeting.pk, cast.at)


def test_papers_hold_what_belongs_to_all_and_name_no_case(cast: Cast) -> None:
    overdue_case(cast)
    at = cast.later(days=3)
    meeting = running(cast)
    topic = AgendaItem.objects.filter(meeting=meeting, source="topic").first()
    about = AgendaItem.objects.filter(meeting=meeting, case__isnull=False).first()
    assert topic is not None
    assert about is not None
    do.write_minutes(topic.pk, "Semua sepakat.", by=cast.kabid, at=at)
    do.write_minutes(about.pk, "RAHASIA-KASUS", by=cast.kabid, at=at)
    do.decide(about.pk, "RAHASIA-PUTUS", "RAHASIA-INGIN", by=cast.kabid, at=at)
    do.give_action(about.pk, "RAHASIA-TUGAS", cast.peksos.post_id, wib_date(at), by=cast.kabid, at=at)
    facts = letter_facts_of_meeting(cast.kabid, meeting.pk)
    said = repr([fact() if callable(fact) else fact for fact in facts.values()])
    assert "Semua sepakat." in said
    assert "1 kasus (tertutup" in said
    for hidden in ("RAHASIA", "Kasno", about.case.code if about.case else "-"):
        assert hidden not in said


@pytest.mark.parametrize("kind", ["undangan", "daftar_hadir", "notulen"])
def test_each_paper_of_a_meeting_becomes_a_pdf(cast: Cast, kind: str) -> None:
    meeting = running(cast)
    item = AgendaItem.objects.filter(meeting=meeting, source="topic").first()
    assert item is not None
    do.write_minutes(item.pk, "Semua sepakat.", by=cast.kabid, at=cast.later(days=3))
    row = city().letters[kind]
    found = gather(cast.kabid, row, "meeting", meeting.pk)
    content = {gap: "-" for gap in row.gaps if gap not in row.optional} | {
        k: v for k, v in found.content.items() if v
    }
    assert pdf(kind, content).startswith(b"%PDF")


def refused(cast: Cast, case: Case, reason: str = "penuh", **later: float) -> None:
    """A hand-over that the hospital's liaison refuses."""
    offer = Offer(notes={"facts": "Sadar, belum makan."})
    row = offer_case(case.pk, cast.rsj.post_id, offer, by=cast.peksos, at=cast.later(**later))
    refuse_hand_over(row.pk, reason, by=cast.rsj, at=cast.later(minutes=5, **later), next_words="RSUD Tidar")


def test_a_refused_case_asks_for_the_agenda_until_somebody_takes_it(cast: Cast) -> None:
    case = an_open_case(cast)
    refused(cast, case)
    meeting = do.plan_meeting(plan_for(cast), by=cast.kabid, at=cast.later(hours=2))
    item = AgendaItem.objects.get(meeting=meeting)
    assert (item.case_id, item.source, item.why) == (case.pk, "refused", "penuh")
    assert agenda(meeting, cast.kabid, cast.at)[0].why == "Penuh"
    offer = Offer(notes={"facts": "Sadar."})
    row = offer_case(case.pk, cast.peksos2.post_id, offer, by=cast.peksos, at=cast.later(hours=3))
    assert not AgendaItem.objects.filter(
        meeting=do.plan_meeting(plan_for(cast), by=cast.kabid, at=cast.later(hours=4))
    )
    accept_hand_over(row.pk, Answer(), by=cast.peksos2, at=cast.later(hours=5))
    assert not AgendaItem.objects.filter(
        meeting=do.plan_meeting(plan_for(cast), by=cast.kabid, at=cast.later(hours=6))
    )


def test_refused_as_anothers_duty_is_contested(cast: Cast) -> None:
    case = an_open_case(cast)
    refused(cast, case, "bukan_kewenangan")
    meeting = do.plan_meeting(plan_for(cast), by=cast.kabid, at=cast.later(hours=2))
    item = AgendaItem.objects.get(meeting=meeting)
    assert (item.case_id, item.source) == (case.pk, "contested")
