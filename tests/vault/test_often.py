"""A kept question answers like the query set that it was made from, whatever the values and the thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection
from django.db.models import F, QuerySet
from django.test.utils import CaptureQueriesContext

from rangkul.audit.models import Receipt
from rangkul.cases.models import Case, HolderEntry
from rangkul.cases.sight import cases_in_sight
from rangkul.deadlines.models import Deadline
from rangkul.directory.city import permission_table
from rangkul.domain.policy import ActingMember, PermissionTable
from rangkul.vault import often as kept
from rangkul.vault.often import NotAValue, often, often_set
from rangkul.vault.rows import add, add_all, add_if_new, change
from tests.cases import made
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    kept._kept.clear()
    yield
    kept._kept.clear()


def _due(subjects: list[UUID], until: datetime) -> QuerySet[Deadline, Any]:
    rows = Deadline.objects.filter(subject_id__in=subjects, due_at__lt=until).order_by("due_at", "id")
    return rows.values_list("clock", "due_at", "statutory")


def _in_sight(member: ActingMember, code: str, *, table: PermissionTable) -> QuerySet[Case]:  # noqa: ARG001
    return cases_in_sight(member).filter(code=code).select_related("person", "holder")


def test_columns_models_moments_and_lists_are_those_of_the_query_set(cast: Cast) -> None:
    cases = [made.an_open_case(cast, number=number) for number in range(1, 4)]
    far, near = cast.at + timedelta(days=90), cast.at + timedelta(days=2)
    ask = often(_due)
    for count in (1, 2, 3, 3, 0):
        ids = [case.pk for case in cases[:count]]
        for until in (far, near):
            assert ask(ids, until) == list(_due(ids, until))
    assert ask([case.pk for case in cases], far)

    see, table = often(_in_sight), permission_table()
    for case in cases:
        (found,) = see(cast.peksos, case.code, table=table)
        assert (found, found.person.label, found.holder.title) == (case, case.person.label, case.holder.title)
    with CaptureQueriesContext(connection) as seen:
        assert see(cast.peksos, cases[0].code, table=table)[0].person.code == cases[0].person.code
    assert len(seen) == 1


def test_a_row_made_quickly_is_the_row_that_django_makes(cast: Cast) -> None:
    case = made.an_open_case(cast)

    def _whole(key: UUID) -> QuerySet[Case]:
        return Case.objects.filter(pk=key).select_related("person", "holder", "death")

    def _part(key: UUID) -> QuerySet[Case]:
        return Case.objects.filter(pk=key).select_related("person").only("code", "person__label")

    (quick,), slow = often(_whole)(case.pk), _whole(case.pk).get()
    for one, other in ((quick, slow), (quick.person, slow.person), (quick.holder, slow.holder)):
        assert type(one) is type(other)
        own, same = dict(vars(one)), dict(vars(other))
        made_as, like = own.pop("_state"), same.pop("_state")
        assert own == same
        assert (made_as.db, made_as.adding) == (like.db, like.adding)
        assert made_as.fields_cache.keys() == like.fields_cache.keys()
    assert not hasattr(quick, "death")
    (part,) = often(_part)(case.pk)
    assert part.get_deferred_fields() == _part(case.pk).get().get_deferred_fields()
    with CaptureQueriesContext(connection) as seen:
        assert (part.code, part.person.label, part.stage) == (slow.code, slow.person.label, slow.stage)
    assert len(seen) == 1  # only what was left out is asked for
    part.stage = "asesmen"
    part.save(update_fields=("stage",))
    assert Case.objects.get(pk=case.pk).stage == "asesmen"


def test_a_member_sees_only_their_own_scope_with_a_kept_question(cast: Cast) -> None:
    case = made.an_open_case(cast)
    see, table = often(_in_sight), permission_table()
    stranger = replace(cast.peksos, post_id=uuid4(), agency="satpolpp")
    for _ in range(2):
        for member in (
            cast.peksos,
            cast.kabid,
            cast.regu,
            stranger,
            replace(cast.peksos, areas=frozenset({"x"})),
        ):
            assert see(member, case.code, table=table) == list(_in_sight(member, case.code, table=table))
    assert see(cast.peksos, case.code, table=table) == [case]
    assert see(stranger, case.code, table=table) == []


def test_two_officers_of_one_post_are_two_values_of_a_kept_question(cast: Cast) -> None:
    keys = {each.id: uuid4() for each in (cast.peksos, cast.peksos2)}
    for member_id, key in keys.items():
        Receipt.objects.create(key=key, member_id=member_id, action="x", content_hash=b"", answer={})
    ask = often(lambda member: Receipt.objects.filter(member_id=member.id).values_list("key", flat=True))
    colleague = replace(cast.peksos, id=cast.peksos2.id)
    assert ask(cast.peksos) == [keys[cast.peksos.id]]
    assert ask(colleague) == [keys[cast.peksos2.id]]
    assert ask(replace(cast.peksos, id=None)) == []


def test_another_permission_table_is_another_question(cast: Cast) -> None:
    case = made.an_open_case(cast)
    see = often(_in_sight)
    assert see(cast.peksos, case.code, table=permission_table())
    permission_table.cache_clear()
    assert see(cast.peksos, case.code, table=permission_table()) == [case]
    assert sum(key[0] is see.__wrapped__ for key in kept._kept) == 2  # type: ignore[attr-defined]


def test_a_value_that_would_not_stand_in_the_sql_is_refused(cast: Cast) -> None:
    made.an_open_case(cast)
    with pytest.raises(NotAValue):
        often(lambda text: Case.objects.filter(code__startswith=text))("ABC")
    with pytest.raises(NotAValue):
        often(lambda since: Case.objects.filter(holder_id=since))(None)
    with pytest.raises(NotAValue):
        often(lambda _unused: Case.objects.all())("ABC")
    by_day = often(lambda day: Case.objects.filter(opened_at__date=day))
    assert by_day(date(1999, 1, 1)) == []


def test_a_question_may_not_ask_the_database_while_it_is_made(cast: Cast) -> None:
    """Its answer would be about a marker, and kept for everybody."""
    case = made.an_open_case(cast)

    def codes(case_id: UUID) -> QuerySet[Case]:
        return Case.objects.filter(
            code__in=list(Case.objects.filter(pk=case_id).values_list("code", flat=True))
        )

    with pytest.raises(NotAValue):
        often(codes)(case.pk)


def test_what_is_set_is_set_where_the_values_say(cast: Cast) -> None:
    one, other = (made.an_open_case(cast, number=number) for number in (1, 2))
    later = cast.later(days=1)

    @often_set
    def moved(case_id: UUID, at: datetime) -> tuple[QuerySet[Case], dict[str, Any]]:
        return Case.objects.filter(pk=case_id), {"stage_since": at, "revision": F("revision") + 1}

    for row in (one, other):
        before = row.revision
        assert moved(row.pk, later) == 1
        row.refresh_from_db()
        assert (row.stage_since, row.revision) == (later, before + 1)
    assert moved(uuid4(), later) == 0


def test_a_row_is_added_as_save_adds_it_and_a_taken_key_is_said(cast: Cast) -> None:
    case = made.an_open_case(cast)
    row = HolderEntry(case=case, post_id=cast.peksos.post_id, since=cast.at, until=cast.later(hours=1))
    add(row)
    assert (
        HolderEntry.objects.filter(pk=row.pk, until=row.until).values_list("since", flat=True)[0] == cast.at
    )
    key = uuid4()
    receipts = [Receipt(key=key, action="a", content_hash=bytes(32), answer={"n": n}) for n in (1, 2)]
    assert [add_if_new(each) for each in receipts] == [True, False]
    assert Receipt.objects.get(pk=key).answer == {"n": 1}


@pytest.mark.django_db(transaction=True)
def test_a_question_kept_by_one_thread_answers_another_over_its_own_connection(committed_cast: Cast) -> None:
    case = made.an_open_case(committed_cast)
    ask = often(lambda case_id: HolderEntry.objects.filter(case_id=case_id).values_list("since", flat=True))
    here = ask(case.pk)
    there: list[Any] = []

    def other() -> None:
        there.append(ask(case.pk))
        there.append(connection.connection is not None)
        connection.close()

    thread = Thread(target=other)
    thread.start()
    thread.join()
    assert here == there[0] != []
    assert there[1]
    assert here[0].tzinfo is not None
    assert here[0] > datetime(2000, 1, 1, tzinfo=UTC)


def test_many_rows_of_a_table_are_added_with_one_statement(
    cast: Cast, django_assert_num_queries: Callable[[int], Any]
) -> None:
    case = made.an_open_case(cast)
    rows = [
        HolderEntry(case=case, post_id=cast.peksos.post_id, since=cast.at, until=cast.later(hours=n))
        for n in (1, 2, 3)
    ]
    with django_assert_num_queries(1):
        add_all(rows)
    assert HolderEntry.objects.filter(pk__in=[row.pk for row in rows]).count() == len(rows)
    add_all([])


def test_some_fields_are_changed_as_django_would_and_a_row_that_is_gone_is_no_silent_success(
    cast: Cast,
) -> None:
    case = made.an_open_case(cast)
    case.stage, case.revision = "intervensi", 77
    change(case, "revision", "held_since", "holder")
    found = Case.objects.get(pk=case.pk)
    assert (found.revision, found.holder_id, found.held_since) == (77, case.holder_id, case.held_since)
    assert found.stage != "intervensi"
    case.pk = uuid4()
    with pytest.raises(DatabaseError):
        change(case, "revision")


def test_a_number_is_a_value_of_any_width(cast: Cast) -> None:
    """PostgreSQL's driver wraps numbers in types of their own; a search by the keys of a name stood on that."""
    case = made.an_open_case(cast)

    @often
    def ask(revision: int, code: str) -> QuerySet[Case, Any]:
        return Case.objects.filter(revision=revision, code=code).values_list("pk", flat=True)

    assert ask(case.revision, case.code) == [case.pk]
    assert ask(case.revision + 1, case.code) == []
