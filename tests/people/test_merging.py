"""Two records become one by a link, a second person agrees, and an undo restores exactly (issue 4 part 4)."""

from __future__ import annotations

import threading
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from rangkul.audit.models import Event
from rangkul.domain.errors import ChangedMeanwhile, NotFound
from rangkul.domain.merging import (
    MarkedNotSame,
    MergedAlready,
    MergeNotInForce,
    MergeReasonMissing,
    MergeSettled,
    MergeWaits,
    PairChanged,
    SameRecord,
    SecondPersonNeeded,
)
from rangkul.domain.policy import ActingMember
from rangkul.matching.models import NameKey, NotSamePerson, SuspectedPair
from rangkul.people.actions import add_claims, register_person, relate, say_not_same
from rangkul.people.merging import approve_merge, propose_merge, refuse_merge, undo_merge
from rangkul.people.models import IdentityClaim, Person, PersonMerge
from rangkul.people.queries import identity_of, person_seen_by, search_persons
from rangkul.people.repeat_check import repeat_check
from rangkul.people.same import group_of, links_of, records_of, same_as
from rangkul.people.typed import NewClaim, NewPerson
from tests.cast import Cast
from tests.people.test_search_and_repeat import asked

WHY = "luka bakar dan asal sama, suaranya juga"


def person(cast: Cast, name: str = "Slamet Riyadi", **facts: Any) -> Person:
    by = facts.pop("by", cast.peksos)
    new = NewPerson(**{"name": name, "sex": "L", "age": "45", "origin": "33.23", **facts})
    return register_person(new, by=by, at=cast.at)


def merged(cast: Cast, left: Person, into: Person) -> PersonMerge:
    proposal = propose_merge(left.pk, into.pk, WHY, by=cast.peksos, at=cast.at)
    return approve_merge(proposal.pk, by=cast.kabid, at=cast.later(hours=1))


COLUMNS = (
    "label", "has_name", "street_label", "sex", "born_from", "born_to", "is_minor", "identity_level", "citizen",
    "origin_code", "merged_into_id", "joined",
)  # fmt: skip


def state(*persons: Person) -> Any:
    """Everything that a merge could touch, but the count of changes."""
    ids = [each.pk for each in persons]
    rows = list(Person.objects.filter(pk__in=ids).order_by("pk").values_list(*COLUMNS))
    keys = sorted(NameKey.objects.filter(person_id__in=ids).values_list("person_id", "kind", "key"))
    claims = sorted(
        IdentityClaim.objects.filter(person_id__in=ids).values_list("pk", "person_id", "value", "voided_at"),
        key=str,
    )
    sealed = sorted(
        IdentityClaim.objects.filter(person_id__in=ids, sealed__isnull=False).values_list("pk", flat=True)
    )
    return rows, keys, claims, sealed


# --- the main way --------------------------------------------------------------------------------------------------


def test_nothing_changes_before_a_second_person_agrees(cast: Cast) -> None:
    left, into = person(cast, "Riadi Slamet"), person(cast)
    before = state(left, into)
    proposal = propose_merge(left.pk, into.pk, WHY, by=cast.peksos, at=cast.at)
    assert state(left, into) == before
    with pytest.raises(SecondPersonNeeded):
        approve_merge(proposal.pk, by=cast.peksos, at=cast.at)
    assert state(left, into) == before
    assert Event.objects.filter(action="person.merge_proposed").count() == 1
    assert not Event.objects.filter(action="person.merged").exists()


def test_whoever_reads_either_finds_the_one_person(cast: Cast) -> None:
    left = person(cast, "Riadi Slamet", alias="Pak Met", marks=("bekas luka bakar tangan kiri",))
    into = person(cast, street_name="Mbah Bejo")
    merged(cast, left, into)
    kept = person_seen_by(cast.peksos, left.code)
    assert (
        kept.pk
        == into.pk
        == person_seen_by(cast.peksos, into.code).pk
        == person_seen_by(cast.peksos, left.pk).pk
    )
    page = identity_of(cast.peksos, kept, at=cast.at)
    said = {line.value for _kind, lines in page.groups for line in lines}
    assert {"Riadi Slamet", "Pak Met", "Slamet Riyadi", "Mbah Bejo", "bekas luka bakar tangan kiri"} <= said
    for text in (left.code, into.code, "Pak Met", "Mbah Bejo", "Riadi Slamet"):
        assert [hit.id for hit in search_persons(cast.peksos, text)] == [into.pk], text
    found = repeat_check(cast.desk, asked(), at=cast.at)
    assert [each.person_id for each in found] == [into.pk]
    assert {"name_sound", "mark"} <= set(found[0].reasons)
    assert set(same_as(left.pk)) == set(same_as(into.pk)) == {left.pk, into.pk}
    assert {row["pk"] for row in records_of(left.pk)} == {left.pk, into.pk}
    left.refresh_from_db()
    assert left.label == kept.label, "a case that hangs on the record shows the person"


def test_an_undo_restores_exactly_and_the_pair_is_not_suggested_again(cast: Cast) -> None:
    left = person(cast, "Riadi Slamet", alias="Pak Met", age="50-60")
    into = person(cast, nik="3371991708850001")
    add_claims(left.pk, [NewClaim(kind="citizenship", value="ya")], by=cast.peksos, at=cast.at)
    add_claims(into.pk, [NewClaim(kind="language", value="ngapak")], by=cast.peksos, at=cast.at)
    SuspectedPair.objects.create(
        low_id=min(left.pk, into.pk), high_id=max(left.pk, into.pk), probability=0.9, found_at=cast.at
    )
    before = state(left, into)
    merge = merged(cast, left, into)
    assert state(left, into) != before
    undo_merge(merge.pk, "ternyata kakaknya", by=cast.kabid, at=cast.later(hours=2))
    assert state(left, into) == before
    assert person_seen_by(cast.peksos, left.code).pk == left.pk
    assert SuspectedPair.objects.get().state == "not_same"
    assert NotSamePerson.objects.count() == 1
    with pytest.raises(MergeNotInForce):
        undo_merge(merge.pk, "sekali lagi", by=cast.kabid, at=cast.later(hours=3))
    assert Event.objects.filter(action="person.unmerged").count() == 1


def test_the_stricter_sensitivity_wins_and_comes_off_again(cast: Cast) -> None:
    child = person(cast, "Bagas", age="12", by=cast.peksos)
    grown = person(cast, "Bagas Setiawan", age="19")
    before = state(child, grown)
    merge = merged(cast, child, grown)
    child.refresh_from_db()
    grown.refresh_from_db()
    assert child.is_minor and grown.is_minor
    assert "Bagas" not in grown.label and not grown.has_name
    names = IdentityClaim.objects.filter(person=grown, kind="name")
    assert all(row.sealed is not None and not row.value for row in names)
    with pytest.raises(NotFound):
        person_seen_by(cast.steward, grown.code)
    assert search_persons(cast.desk, "Bagas Setiawan") == []
    undo_merge(merge.pk, "bukan anak yang sama", by=cast.kabid, at=cast.later(hours=2))
    assert state(child, grown) == before


def test_what_is_written_meanwhile_stays_with_the_kept_record(cast: Cast) -> None:
    left, into = person(cast, "Riadi Slamet"), person(cast)
    merge = merged(cast, left, into)
    add_claims(left.pk, [NewClaim(kind="alias", value="Pak Bejo")], by=cast.peksos, at=cast.later(hours=2))
    assert IdentityClaim.objects.get(value="Pak Bejo").person_id == into.pk
    assert [hit.id for hit in search_persons(cast.peksos, "Pak Bejo")] == [into.pk]
    undo_merge(merge.pk, "keliru orang", by=cast.kabid, at=cast.later(hours=3))
    assert [hit.id for hit in search_persons(cast.peksos, "Pak Bejo")] == [into.pk]
    assert [hit.id for hit in search_persons(cast.peksos, left.code)] == [left.pk]


def test_relations_follow_and_a_tie_between_the_two_is_not_shown(cast: Cast) -> None:
    left, into, sister = person(cast, "Riadi Slamet"), person(cast), person(cast, "Sri Wahyuni", sex="P")
    relate(left.pk, "sibling", sister.code, by=cast.peksos, at=cast.at)
    relate(left.pk, "companion", into.code, by=cast.peksos, at=cast.at)
    merged(cast, left, into)
    page = identity_of(cast.peksos, person_seen_by(cast.peksos, into.code), at=cast.at)
    assert [line.other_code for line in page.relations or []] == [sister.code]
    other = identity_of(cast.peksos, person_seen_by(cast.peksos, sister.code), at=cast.at)
    assert [line.other_code for line in other.relations or []] == [into.code]


# --- refusals ------------------------------------------------------------------------------------------------------


def test_what_cannot_be_merged_is_refused_by_name(cast: Cast) -> None:
    left, into, third = person(cast, "Riadi Slamet"), person(cast), person(cast, "Slamet Riadi")
    with pytest.raises(SameRecord):
        propose_merge(left.pk, left.pk, WHY, by=cast.peksos, at=cast.at)
    with pytest.raises(MergeReasonMissing):
        propose_merge(left.pk, into.pk, " ", by=cast.peksos, at=cast.at)
    propose_merge(left.pk, into.pk, WHY, by=cast.peksos, at=cast.at)
    with pytest.raises(MergeWaits):
        propose_merge(into.pk, left.pk, WHY, by=cast.desk, at=cast.at)
    merge = merged(cast, third, into)
    with pytest.raises(MergedAlready):
        propose_merge(third.pk, left.pk, WHY, by=cast.peksos, at=cast.at)
    with pytest.raises(MergeSettled):
        approve_merge(merge.pk, by=cast.kabid, at=cast.at)
    say_not_same(left.pk, [third.pk], by=cast.peksos, at=cast.at)


def test_bukan_dia_is_remembered_against_a_merge(cast: Cast) -> None:
    left, into = person(cast, "Riadi Slamet"), person(cast)
    proposal = propose_merge(left.pk, into.pk, WHY, by=cast.peksos, at=cast.at)
    refuse_merge(proposal.pk, "usianya jauh berbeda", by=cast.kabid, at=cast.at, not_same=True)
    with pytest.raises(MarkedNotSame):
        propose_merge(left.pk, into.pk, WHY, by=cast.peksos, at=cast.at)
    again = propose_merge(left.pk, into.pk, "NIK kini sama", by=cast.peksos, at=cast.at, anyway=True)
    assert refuse_merge(again.pk, "saya tarik dahulu", by=cast.peksos, at=cast.at).outcome == "withdrawn"


def test_a_pair_that_changed_is_compared_again(cast: Cast) -> None:
    left, into = person(cast, "Riadi Slamet"), person(cast)
    proposal = propose_merge(left.pk, into.pk, WHY, by=cast.peksos, at=cast.at)
    add_claims(left.pk, [NewClaim(kind="alias", value="Pak Met")], by=cast.peksos, at=cast.at)
    with pytest.raises(PairChanged):
        approve_merge(proposal.pk, by=cast.kabid, at=cast.at)
    with pytest.raises(ChangedMeanwhile):
        approve_merge(proposal.pk, by=cast.kabid, at=cast.at, seen=(1, 1))
    assert approve_merge(proposal.pk, by=cast.kabid, at=cast.at, seen=(2, 1)).outcome == "approved"


def test_a_proposal_about_a_record_that_stepped_back_is_overtaken(cast: Cast) -> None:
    left, into, third = person(cast, "Riadi Slamet"), person(cast), person(cast, "Slamet R")
    waiting = propose_merge(third.pk, left.pk, WHY, by=cast.peksos, at=cast.at)
    merged(cast, left, into)
    waiting.refresh_from_db()
    assert waiting.outcome == "overtaken"


def test_the_database_itself_refuses_one_pair_of_eyes_and_two_ends(cast: Cast) -> None:
    left, into, third = person(cast, "Riadi Slamet"), person(cast), person(cast, "Slamet R")
    merge = merged(cast, left, into)
    with pytest.raises(IntegrityError), transaction.atomic():
        PersonMerge.objects.filter(pk=merge.pk).update(decided_by_id=merge.proposed_by_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        PersonMerge.objects.create(
            left=left, into=third, low_id=min(left.pk, third.pk), high_id=max(left.pk, third.pk),
            sealed_reason=b"", sealed_preview=b"", left_revision=1, into_revision=1, proposed_at=cast.at,
            proposed_by_id=cast.peksos.id, outcome="approved", decided_by_id=cast.kabid.id,
        )  # fmt: skip


# --- who may -------------------------------------------------------------------------------------------------------


def test_enforcement_and_strangers_find_no_door(cast: Cast) -> None:
    left, into = person(cast, "Riadi Slamet"), person(cast)
    for member in (cast.regu, cast.shelter, cast.dpo, cast.tksk, cast.nakes):
        with pytest.raises(NotFound):
            propose_merge(left.pk, into.pk, WHY, by=member, at=cast.at)
    proposal = propose_merge(left.pk, into.pk, WHY, by=cast.peksos, at=cast.at)
    for member in (cast.regu, cast.desk, cast.peksos2, cast.dpo):
        with pytest.raises(NotFound):
            approve_merge(proposal.pk, by=member, at=cast.at)


def test_a_pair_of_which_nobody_sees_both_goes_masked_to_the_steward_only_when_matching_suspects_it(
    cast: Cast,
) -> None:
    child = register_person(NewPerson(name="Bagas", sex="L", age="12"), by=cast.peksos, at=cast.at)
    grown = person(cast, "Bagas Setiawan", age="19", by=cast.peksos2)
    for member in (cast.peksos2, cast.desk, cast.steward):
        with pytest.raises(NotFound):
            propose_merge(child.pk, grown.pk, WHY, by=member, at=cast.at)
    low, high = sorted((child.pk, grown.pk))
    SuspectedPair.objects.create(low_id=low, high_id=high, probability=0.9, found_at=cast.at)
    for member in (cast.peksos2, cast.desk):
        with pytest.raises(NotFound):
            propose_merge(child.pk, grown.pk, WHY, by=member, at=cast.at)
    proposal = propose_merge(child.pk, grown.pk, WHY, by=cast.steward, at=cast.at)
    assert proposal.masked
    assert approve_merge(proposal.pk, by=cast.kabid, at=cast.at).outcome == "approved"


def test_whoever_saw_one_side_sees_the_person(cast: Cast) -> None:
    """A seat on the record that stepped back opens the kept one, and not before."""
    child = register_person(NewPerson(name="Bagas", sex="L", age="12"), by=cast.peksos, at=cast.at)
    other = register_person(NewPerson(name="Bagas", sex="L", age="12"), by=cast.peksos2, at=cast.at)
    with pytest.raises(NotFound):
        person_seen_by(cast.peksos2, child.code)
    proposal = propose_merge(other.pk, child.pk, WHY, by=cast.kabid, at=cast.at)
    approve_merge(proposal.pk, by=cast.kadis, at=cast.at)
    assert person_seen_by(cast.peksos2, child.code).pk == child.pk
    assert person_seen_by(cast.peksos, other.code).pk == child.pk
    page = identity_of(cast.peksos2, person_seen_by(cast.peksos2, child.code), at=cast.at)
    assert page.name == "Bagas"


# --- random merges -------------------------------------------------------------------------------------------------

STEPS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 4), st.sampled_from(["merge", "merge", "undo"])), max_size=12
)


@settings(max_examples=15)
@given(STEPS)
@pytest.mark.django_db
def test_random_merges_leave_no_orphan_no_circle_and_can_all_be_undone(
    steps: list[tuple[int, int, str]],
) -> None:
    from tests.cast import make_cast  # noqa: PLC0415 - each example in a rolled back transaction of its own

    with transaction.atomic():
        cast = make_cast()
        people = [person(cast, name, age=age) for name, age in
                  (("Slamet", "45"), ("Riyadi", "44-50"), ("Met", "17"), ("Bejo", "60"), ("Karto", "12-19"))]  # fmt: skip
        before = state(*people)
        for one, other, what in steps:
            _step(cast, people[one], people[other], what)
            _holds(people)
        for merge in PersonMerge.objects.filter(outcome="approved", undone_at__isnull=True).order_by("?"):
            undo_merge(merge.pk, "dipisahkan lagi", by=cast.kabid, at=cast.at)
            _holds(people)
        assert state(*people) == before
        transaction.set_rollback(True)


def _step(cast: Cast, one: Person, other: Person, what: str) -> None:
    if what == "undo":
        merge = PersonMerge.objects.filter(left=one, outcome="approved", undone_at__isnull=True).first()
        if merge:
            undo_merge(merge.pk, "dipisahkan lagi", by=cast.kabid, at=cast.at)
        return
    try:
        proposal = propose_merge(one.pk, other.pk, WHY, by=cast.peksos, at=cast.at, anyway=True)
        approve_merge(proposal.pk, by=cast.kabid, at=cast.at)
    except (SameRecord, MergedAlready):
        pass


def _holds(people: list[Person]) -> None:
    rows = {row.pk: row for row in Person.objects.filter(pk__in=[each.pk for each in people])}
    edges = dict(
        PersonMerge.objects.filter(outcome="approved", undone_at__isnull=True).values_list(
            "left_id", "into_id"
        )
    )
    for pk, row in rows.items():
        end, way = pk, 0
        while end in edges:
            end, way = edges[end], way + 1
            assert way <= len(edges), "a circle"
        assert (row.merged_into_id or pk) == end, "the pointer repeats where the edges end"
        assert rows[end].merged_into_id is None, "no orphan: who stands for somebody stands"
        assert row.joined == (end != pk or pk in {rows[each].merged_into_id for each in rows})
        assert row.label == rows[end].label
    assert set(links_of(list(rows))) == {pk for pk, row in rows.items() if row.merged_into_id}
    assert all(group_of(row)[0] == (row.merged_into_id or row.pk) for row in rows.values())


# --- at once -------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_a_into_b_and_b_into_a_at_once_one_wins(committed_cast: Cast) -> None:
    cast = committed_cast
    for _round in range(4):
        one, two, third = person(cast, "Riadi Slamet"), person(cast), person(cast, "Slamet R")
        first = propose_merge(one.pk, two.pk, WHY, by=cast.peksos, at=cast.at)
        # The waiting pair is one; the other way round waits through a third record that ends at the same one.
        second = propose_merge(two.pk, third.pk, WHY, by=cast.peksos, at=cast.at)
        third_way = propose_merge(third.pk, one.pk, WHY, by=cast.peksos, at=cast.at)
        answers = _at_once(cast.kabid, cast, [first.pk, second.pk, third_way.pk])
        _holds([one, two, third])
        assert 1 <= sum(answer == "approved" for answer in answers) <= 2


@pytest.mark.django_db(transaction=True)
def test_of_two_opposite_merges_at_once_one_wins(committed_cast: Cast) -> None:
    cast = committed_cast
    for _round in range(4):
        one, two = person(cast, "Riadi Slamet"), person(cast)
        first = propose_merge(one.pk, two.pk, WHY, by=cast.peksos, at=cast.at)
        back = PersonMerge.objects.create(
            left=two, into=one, low_id=UUID(int=min(one.pk.int, two.pk.int) - 1), high_id=first.high_id,
            sealed_reason=first.sealed_reason, sealed_preview=first.sealed_preview, left_revision=two.revision,
            into_revision=one.revision, proposed_at=cast.at, proposed_by_id=cast.peksos.id,
        )  # fmt: skip
        answers = _at_once(cast.kabid, cast, [first.pk, back.pk])
        assert sorted(answers) in (["approved", "merged_already"], ["approved", "merge_settled"])
        _holds([one, two])


def _at_once(by: ActingMember, cast: Cast, merges: list[UUID]) -> list[str]:
    ready = threading.Barrier(len(merges))
    answers: list[str] = [""] * len(merges)

    def run(place: int, merge_id: UUID) -> None:
        try:
            ready.wait()
            answers[place] = approve_merge(merge_id, by=by, at=cast.at, seen=None).outcome
        except (MergedAlready, MergeSettled, PairChanged) as refusal:
            answers[place] = refusal.code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(merges)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return answers
