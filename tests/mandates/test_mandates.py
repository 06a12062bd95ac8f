"""Who does what is data, and an event lays the duty on the post that must act."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rangkul.cases.actions import close_case
from rangkul.cases.models import Case
from rangkul.deadlines.escalation import carry_up
from rangkul.deadlines.models import Deadline, Escalation
from rangkul.directory.models import Member, PostHolding
from rangkul.directory.queries import acting_member, post_of_code
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.mandates.actions import AnswerMissing, DutyOver, answer_duty
from rangkul.mandates.models import Duty
from rangkul.mandates.queries import duty_seen_by, my_duties, who_does_what
from rangkul.worklist.queries import tasks_for
from tests.cases.made import an_open_case
from tests.cast import Cast


@pytest.fixture
def clerk(cast: Cast) -> ActingMember:
    """An officer of the civil registry."""
    member = Member.objects.create(username="catatan_sipil", name="Ratih Kusuma", password="!")
    post = post_of_code("disdukcapil.mitra")
    PostHolding.objects.create(member=member, post=post, since=cast.at - timedelta(days=9))
    found = acting_member(member.pk, post.pk)
    assert found is not None
    return found


def duty_of(case: Case) -> Duty:
    return Duty.objects.get(case_id=case.pk, mandate="dukcapil_identitas")


def test_a_case_without_identity_is_a_duty_of_the_registry_without_a_person_on_it(
    cast: Cast, clerk: ActingMember
) -> None:
    case = an_open_case(cast)
    duty = duty_of(case)

    assert duty.post_id == clerk.post_id
    [line] = my_duties(clerk, cast.at)
    task = next(
        each
        for each in tasks_for(clerk, cast.at).today + tasks_for(clerk, cast.at).later
        if each.page == "duty"
    )
    assert task.due_at == cast.later(hours=24)
    assert cast.peksos.post_title in task.line
    for words in (line.what, line.event, line.ask, task.what, task.line):
        assert case.person.label not in words and case.code not in words
    assert task.person is None


def test_only_its_post_opens_and_answers_a_duty(cast: Cast, clerk: ActingMember) -> None:
    duty = duty_of(an_open_case(cast))

    for member in (cast.peksos, cast.regu, cast.nakes):
        with pytest.raises(NotFound):
            duty_seen_by(member, duty.pk, cast.at)
        with pytest.raises(NotFound):
            answer_duty(duty.pk, "done", "x", by=member, at=cast.at)
    for answer, words in (("perhaps", "x"), ("done", " ")):
        with pytest.raises(AnswerMissing):
            answer_duty(duty.pk, answer, words, by=clerk, at=cast.at)
    answer_duty(duty.pk, "done", "Alat siap, Kamis pagi", by=clerk, at=cast.at)

    assert Deadline.objects.get(subject_id=duty.pk).met_at == cast.at
    assert my_duties(clerk, cast.at) == []
    with pytest.raises(DutyOver):
        answer_duty(duty.pk, "done", "lagi", by=clerk, at=cast.at)


def test_who_watches_over_a_duty_hears_when_it_is_not_done(cast: Cast, clerk: ActingMember) -> None:
    duty = duty_of(an_open_case(cast))
    clock = Deadline.objects.get(subject_id=duty.pk)

    carry_up(by=cast.operator, at=clock.due_at)

    told = {
        (each.rung, each.post_id) for each in Escalation.objects.filter(deadline=clock).exclude(rung="holder")
    }
    assert told == {("hears", cast.kabid.post_id)}  # the registry's post has nobody above it here


def test_a_closed_case_asks_nothing_of_anybody(cast: Cast, clerk: ActingMember) -> None:
    case = an_open_case(cast)
    close_case(case.pk, "menolak_layanan", "Menolak di depan saksi", by=cast.peksos, at=cast.later(hours=1))

    assert my_duties(clerk, cast.later(hours=2)) == []
    assert not Deadline.objects.filter(subject_id=duty_of(case).pk, met_at=None, dropped_at=None).exists()


def test_the_page_names_the_post_that_stands_in_for_a_vacant_one(cast: Cast) -> None:
    PostHolding.objects.filter(post_id=cast.desk.post_id).update(until=cast.at)
    parts = who_does_what(cast.regu, cast.at, agency="dinsos", event="Laporan masuk")

    assert [(part.what, part.stands_in) for part in parts] == [
        ("Memeriksa laporan dan menugaskan regu", "Kepala Bidang Rehabilitasi Sosial")
    ]
    assert {part.agency_key for part in who_does_what(cast.tksk, cast.at)} >= {
        "disperindag",
        "disnaker",
        "disdukcapil",
        "dinkes",
        "dp4kb",
        "polres",
        "rsj_soerojo",
        "",
    }
