"""After a merge two cases stay open, each with its holder, until the two holders join them (design §3.1)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from rangkul.cases.actions import close_case, open_case, reopen_case
from rangkul.cases.joining import CLOCK, join_cases, joining_of
from rangkul.cases.models import Case, HolderEntry
from rangkul.cases.queries import open_case_of
from rangkul.cases.refusals import JoinByBoth, JoinNotYours, NothingToJoin, OpenCaseExists
from rangkul.deadlines.models import Deadline
from rangkul.domain.closing import JoinedElsewhere
from rangkul.domain.errors import NotFound
from rangkul.people.actions import register_person
from rangkul.people.merging import approve_merge, propose_merge, undo_merge
from rangkul.people.models import Person, PersonMerge
from rangkul.people.typed import NewPerson
from rangkul.reports.contact_actions import attach_person
from tests.cases.made import a_contact
from tests.cast import Cast


def person(cast: Cast, name: str) -> Person:
    return register_person(NewPerson(name=name, sex="L", age="45"), by=cast.peksos, at=cast.at)


def two_cases(cast: Cast) -> tuple[Case, Case, PersonMerge]:
    """Cases of two records, held by two posts, then merged."""
    left, into = person(cast, "Riadi Slamet"), person(cast, "Slamet Riyadi")
    one = open_case(a_contact(cast, left).pk, by=cast.peksos, at=cast.at)
    other = open_case(a_contact(cast, into).pk, by=cast.peksos2, at=cast.at)
    proposal = propose_merge(left.pk, into.pk, "luka bakar sama", by=cast.peksos, at=cast.at)
    merge = approve_merge(proposal.pk, by=cast.kabid, at=cast.later(hours=1))
    return one, other, merge


def running(cast: Cast) -> list[datetime]:
    rows = Deadline.objects.filter(clock=CLOCK, met_at__isnull=True, dropped_at__isnull=True)
    return list(rows.values_list("due_at", flat=True))


def test_both_stay_open_each_with_its_holder_and_a_clock_runs(cast: Cast) -> None:
    one, other, _merge = two_cases(cast)
    assert {row.holder_id for row in Case.objects.filter(closed_at__isnull=True)} == {
        cast.peksos.post_id,
        cast.peksos2.post_id,
    }
    assert running(cast)
    page = joining_of(cast.peksos, one.code, cast.at)
    assert (page.mine.code, page.other.code, page.may_agree, page.may_decide) == (
        one.code,
        other.code,
        True,
        False,
    )
    assert set(open_case_of(cast.kabid, [one.person_id]).values()) <= {one.code, other.code}


def test_the_second_holder_s_word_joins_them(cast: Cast) -> None:
    one, other, _merge = two_cases(cast)
    row = join_cases(one.pk, other.pk, by=cast.peksos, at=cast.later(hours=2))
    assert row.joined_at is None and running(cast)
    assert joining_of(cast.peksos2, other.code, cast.at).mine.agreed == (cast_title(cast.peksos.post_id),)
    join_cases(one.pk, other.pk, by=cast.peksos2, at=cast.later(hours=3))
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.closing_reason, one.holder_id) == ("digabung", None)
    assert other.closed_at is None and other.holder_id == cast.peksos2.post_id
    assert HolderEntry.objects.filter(until__isnull=True).count() == 1
    assert not running(cast)
    with pytest.raises(NotFound):
        joining_of(cast.peksos2, other.code, cast.at)
    with pytest.raises(JoinedElsewhere):
        reopen_case(one.pk, "dibuka lagi", by=cast.kabid, at=cast.later(hours=4))


def cast_title(post_id: object) -> str:
    from rangkul.directory.models import Post  # noqa: PLC0415

    return Post.objects.get(pk=post_id).title


def test_one_way_and_the_other_are_two_agreements(cast: Cast) -> None:
    one, other, _merge = two_cases(cast)
    join_cases(one.pk, other.pk, by=cast.peksos, at=cast.later(hours=2))
    row = join_cases(other.pk, one.pk, by=cast.peksos2, at=cast.later(hours=3))
    assert row.joined_at is None, "they did not agree on which one goes on"


def test_the_head_decides_only_after_two_working_days(cast: Cast) -> None:
    one, other, _merge = two_cases(cast)
    with pytest.raises(JoinNotYours):
        join_cases(one.pk, other.pk, by=cast.kadis, at=cast.later(hours=2))
    with pytest.raises(JoinNotYours):
        join_cases(one.pk, other.pk, by=cast.kabid, at=cast.later(days=9))
    due = running(cast)[0]
    assert joining_of(cast.kadis, one.code, due + timedelta(minutes=1)).may_decide
    assert join_cases(one.pk, other.pk, by=cast.kadis, at=due + timedelta(minutes=1)).as_head
    assert Case.objects.get(pk=one.pk).closing_reason == "digabung"


def test_nobody_joins_by_the_closing_form_or_what_is_not_one_person(cast: Cast) -> None:
    one, other, merge = two_cases(cast)
    with pytest.raises(JoinByBoth):
        close_case(one.pk, "digabung", other.code, by=cast.peksos, at=cast.later(hours=2))
    with pytest.raises(NotFound):
        join_cases(one.pk, other.pk, by=cast.regu, at=cast.later(hours=2))
    undo_merge(merge.pk, "bukan orang yang sama", by=cast.kabid, at=cast.later(hours=2))
    assert not running(cast)
    with pytest.raises(NothingToJoin):
        join_cases(one.pk, other.pk, by=cast.peksos, at=cast.later(hours=3))


def test_a_second_case_is_refused_for_either_record_and_an_undone_merge_frees_the_joined_one(
    cast: Cast,
) -> None:
    one, other, merge = two_cases(cast)
    for who in (one.person, other.person):
        with pytest.raises(OpenCaseExists):
            open_case(a_contact(cast, who).pk, by=cast.peksos, at=cast.later(hours=2))
    join_cases(one.pk, other.pk, by=cast.peksos, at=cast.later(hours=2))
    join_cases(one.pk, other.pk, by=cast.peksos2, at=cast.later(hours=3))
    undo_merge(merge.pk, "bukan orang yang sama", by=cast.kabid, at=cast.later(hours=4))
    again = reopen_case(one.pk, "penyatuan dibatalkan", by=cast.peksos, at=cast.later(hours=5))
    assert again.closed_at is None


def test_the_next_contact_of_either_counts_on(cast: Cast) -> None:
    one, other, _merge = two_cases(cast)
    for who in (one.person_id, other.person_id):
        contact = a_contact(cast, None)
        attach_person(contact, who, by=cast.peksos, at=cast.later(hours=2))
    assert contact.number == 4
