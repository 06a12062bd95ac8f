"""Protected content: sealed at rest, opened only through recorded looks, and never for enforcement (design §1.7, §1.9)."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection, models

from rangkul.audit.models import Event
from rangkul.cases.actions import record_evidence, seat_post, unseat_post, write_note
from rangkul.cases.facts import facts_of
from rangkul.cases.page import case_page
from rangkul.cases.parts import assessment_part, history_part, plan_part
from rangkul.cases.queries import Filters, case_list, case_seen_by, cases_seen_by, stage_counts
from rangkul.cases.refusals import KindNotYours, PostUnknown
from rangkul.domain.errors import NotAllowed, NotFound
from rangkul.domain.wib import wib_date
from rangkul.reports.models import Contact
from tests.cases.made import an_open_case, assessed, brought_to, informed
from tests.cast import Cast

ENFORCEMENT = ("regu", "regu1", "satpol_desk", "bhabin", "babinsa", "trantib")


def everything_stored() -> bytes:
    """Every column of every row of our tables, as the database holds it."""
    found = []
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if model._meta.app_label in {"cases", "audit", "people", "access", "reports"}:
                cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')
                found += [repr(row).encode() for row in cursor.fetchall()]
                found += [
                    bytes(value)
                    for row in _rows(cursor, model)
                    for value in row
                    if isinstance(value, (bytes, memoryview))
                ]
    return b"\n".join(found)


def _rows(cursor: object, model: type[models.Model]) -> list[tuple[object, ...]]:
    return list(model._default_manager.values_list())


def test_no_protected_word_stands_in_the_database(cast: Cast) -> None:
    case = brought_to(cast, "intervensi")
    write_note(case.pk, "RAHASIA-CATATAN", by=cast.peksos, at=cast.at)

    assert b"RAHASIA" not in everything_stored()
    assert b"ingin kerja di bengkel" not in everything_stored()


def test_each_opened_part_leaves_an_event(cast: Cast) -> None:
    case = brought_to(cast, "intervensi")
    seen = case_seen_by(cast.peksos, case.code)

    assert assessment_part(cast.peksos, seen, cast.at).finished[0].content.wish == "ingin kerja di bengkel"
    assert plan_part(cast.peksos, seen, cast.at).lines[0].words == "RAHASIA-RENCANA"
    assert history_part(cast.peksos, seen, cast.at).evidence

    looks = Event.objects.filter(action="case.looked")
    assert [look.sensitivity for look in looks] == ["protected"] * 3
    assert {look.relation for look in looks} == {"holder"}


def test_the_summary_opens_nothing_and_leaves_no_event(cast: Cast) -> None:
    case = brought_to(cast, "intervensi")
    seen = case_seen_by(cast.peksos, case.code)

    page = case_page(cast.peksos, seen, cast.at)

    assert "RAHASIA" not in repr(page.events)
    assert not Event.objects.filter(action="case.looked").exists()


@pytest.mark.parametrize("who", ENFORCEMENT)
def test_enforcement_reaches_no_case_by_any_query(cast: Cast, who: str) -> None:
    case = an_open_case(cast)
    member = getattr(cast, who)

    assert not cases_seen_by(member).exists()
    assert case_list(member, Filters(state="all"), cast.at).rows == []
    assert sum(row["n"] for row in stage_counts(member, cast.at)) == 0
    with pytest.raises(NotFound):
        case_seen_by(member, case.code)


def test_even_a_seat_would_open_nothing_to_enforcement(cast: Cast) -> None:
    case = an_open_case(cast)

    with pytest.raises(PostUnknown):
        seat_post(case.pk, cast.regu.post_id, "jaga", by=cast.peksos, at=cast.at)


def test_missing_and_hidden_are_the_same_refusal(cast: Cast) -> None:
    case = an_open_case(cast, minor=True)

    for code in (case.code, "2X2-2X2-2"):
        with pytest.raises(NotFound):
            case_seen_by(cast.peksos2, code)


def test_another_social_worker_sees_the_way_but_not_the_care(cast: Cast) -> None:
    case = brought_to(cast, "intervensi")
    seen = case_seen_by(cast.peksos2, case.code)

    page = case_page(cast.peksos2, seen, cast.at)

    assert page.parts == ("ringkasan", "tinggal", "riwayat")
    kinds = {entry.kind for entry in page.events}
    assert "stage" in kinds
    assert kinds.isdisjoint({"assessment", "plan", "note", "rating", "evidence"})
    for part in (assessment_part, plan_part):
        with pytest.raises(NotFound):
            part(cast.peksos2, seen, cast.at)
    assert history_part(cast.peksos2, seen, cast.at).evidence == []


def test_the_duty_desk_sees_who_holds_and_where_it_stands_only(cast: Cast) -> None:
    case = brought_to(cast, "rencana")
    page = case_page(cast.desk, case_seen_by(cast.desk, case.code), cast.at)

    assert page.decision.fields == {"stage", "holder"}
    assert (page.events, page.gap, page.needed, page.may) == ([], None, [], frozenset())


def test_the_health_worker_joins_by_a_seat_and_records_health_only(cast: Cast) -> None:
    case = an_open_case(cast)
    day = wib_date(cast.at)
    with pytest.raises(NotFound):
        record_evidence(case.pk, "first_health_look", {"look": "fit"}, day, by=cast.nakes, at=cast.at)
    seat = seat_post(case.pk, cast.nakes.post_id, "pemeriksaan awal", by=cast.peksos, at=cast.at)

    record_evidence(case.pk, "first_health_look", {"look": "needs_clinic"}, day, by=cast.nakes, at=cast.at)
    with pytest.raises(KindNotYours):
        told = {"way": "agreed", "words": "x"}
        record_evidence(case.pk, "informed_or_ground", told, day, by=cast.nakes, at=cast.at)

    assert facts_of(case, ("first_health_look",)) == {"first_health_look"}
    unseat_post(seat.pk, by=cast.peksos, at=cast.at)
    with pytest.raises(NotFound):
        case_seen_by(cast.nakes, case.code)


def test_the_shelter_records_the_health_look_but_no_plan(cast: Cast) -> None:
    case = an_open_case(cast)
    seat_post(case.pk, cast.shelter.post_id, "tempat tidur", by=cast.peksos, at=cast.at)

    record_evidence(
        case.pk, "first_health_look", {"look": "fit"}, wib_date(cast.at), by=cast.shelter, at=cast.at
    )
    with pytest.raises(NotAllowed):
        write_note(case.pk, "x", by=cast.shelter, at=cast.at)
    page = case_page(cast.shelter, case_seen_by(cast.shelter, case.code), cast.at)
    assert page.parts == ("ringkasan", "tinggal")


def test_a_sealed_case_is_in_nobodys_sight(cast: Cast) -> None:
    case = an_open_case(cast)
    type(case).objects.filter(pk=case.pk).update(sensitivity="sealed")

    for member in cast.members.values():
        assert not cases_seen_by(member).filter(pk=case.pk).exists()


def test_the_list_takes_two_queries_whatever_its_length(
    cast: Cast, django_assert_num_queries: object
) -> None:
    for number in range(1, 8):
        an_open_case(cast, number=number)
        with django_assert_num_queries(2):  # type: ignore[operator]
            assert len(case_list(cast.peksos, Filters(), cast.at).rows) == number


def test_the_case_page_takes_the_same_queries_whatever_happened(
    cast: Cast, django_assert_max_num_queries: object
) -> None:
    case = brought_to(cast, "bimbingan_lanjut")
    for n in range(5):
        write_note(case.pk, f"catatan {n}", by=cast.peksos, at=cast.at)
    # Each room above asks once, whatever kinds it has; what it has nothing of, it does not read.
    with django_assert_max_num_queries(23):  # type: ignore[operator]
        case_page(cast.peksos, case_seen_by(cast.peksos, case.code), cast.at)


def test_paging_by_key_shows_every_case_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from rangkul.cases import queries

    monkeypatch.setattr(queries, "PAGE_SIZE", 3)
    made = {an_open_case(cast, number=number).code for number in range(1, 9)}
    seen: list[str] = []
    after = ""
    while True:
        page = case_list(cast.peksos, Filters(), cast.at, after)
        seen += [row.code for row in page.rows]
        if not page.next_after:
            break
        after = page.next_after

    assert sorted(seen) == sorted(made)
    assert len(case_list(cast.peksos, Filters(), cast.at, "not-a-key").rows) == 3


def test_filters_narrow_the_list(cast: Cast) -> None:
    first = an_open_case(cast, number=1)
    second = an_open_case(cast, number=2, by=cast.peksos2)
    informed(cast, first)

    def codes(**wanted: object) -> set[str]:
        return {row.code for row in case_list(cast.kabid, Filters(**wanted), cast.later(days=30)).rows}  # type: ignore[arg-type]

    assert codes() == {first.code, second.code}
    assert codes(holder=str(cast.peksos2.post_id)) == {second.code}
    assert codes(holder="not-a-post") == set()
    assert codes(stage="asesmen") == set()
    assert codes(state="closed") == set()
    assert codes(code=first.code.lower().replace("-", " ")) == {first.code}
    assert codes(code="!!") == set()
    assert codes(overdue=True) == {first.code, second.code}
    assessed(cast, first)
    assert codes(category="tidak_ada") == set()
    assert Contact.objects.count() == 2
