"""Sealed cases: known to their named readers and to nobody else; exclusion lists; raising and lowering."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from rangkul.access.models import Exclusion, SealedSeat, TeamSeat
from rangkul.audit.models import Event
from rangkul.cases.actions import (
    Reader,
    ask_lowering,
    decide_lowering,
    end_exclusion,
    end_reader,
    exclude,
    name_reader,
    open_case,
    open_sealed_case,
    open_sealed_from_contact,
    raise_sensitivity,
    seat_post,
    write_note,
)
from rangkul.cases.models import Case, CaseTurn, HolderEntry, StageEntry
from rangkul.cases.queries import Filters, case_list, case_seen_by, stage_counts
from rangkul.cases.refusals import (
    ExcludesHolder,
    ExcludesSelf,
    GuardStays,
    LastReader,
    NobodyToHold,
    NotTrained,
    ReaderUnknown,
    SecondPersonNeeded,
)
from rangkul.deadlines.models import Deadline
from rangkul.directory.city import city
from rangkul.domain.errors import NotAllowed, NotFound
from rangkul.domain.policy import DESK_READS, ActingMember, PermissionTable
from rangkul.domain.repeat_check import Description
from rangkul.matching.models import IndexChange, NameKey
from rangkul.notices.models import Notice
from rangkul.people.actions import add_claims, register_person
from rangkul.people.models import IdentityClaim, Person
from rangkul.people.queries import person_seen_by
from rangkul.people.repeat_check import ContactInHand, enforcement_check, full_check
from rangkul.people.sight import persons_in_sight
from rangkul.people.typed import NewClaim, NewPerson
from rangkul.reports.contact_queries import contacts_seen_by
from tests.access.sealed_world import a_sealed_case, colleague_of, readers
from tests.cases.made import a_contact, an_open_case
from tests.cast import Cast

SECRET = "Melati-Sangat-Rahasia"


def outsiders(cast: Cast, team: Sequence[ActingMember]) -> list[ActingMember]:
    """Everybody else, the operator of the command line included."""
    return [each for each in cast.members.values() if each not in team]


def ordinary_rows(case: Case) -> list[object]:
    """Everything that stands about an ordinary case and its person."""
    return [
        list(Case.objects.filter(pk=case.pk).values()),
        list(Person.objects.filter(pk=case.person_id).values()),
        list(IdentityClaim.objects.filter(person_id=case.person_id).values()),
        list(TeamSeat.objects.order_by("pk").values()),
        list(CaseTurn.objects.filter(case=case).values()),
        list(StageEntry.objects.filter(case=case).values()),
        list(HolderEntry.objects.filter(case=case).values()),
        list(Deadline.objects.order_by("pk").values()),
        list(Notice.objects.order_by("pk").values()),
        list(NameKey.objects.order_by("pk").values()),
        list(IndexChange.objects.order_by("pk").values()),
    ]


def test_sealing_changes_nothing_that_others_saw(cast: Cast) -> None:
    case = an_open_case(cast)
    before = ordinary_rows(case)

    sealed = a_sealed_case(cast, case)

    assert ordinary_rows(case) == before
    assert sealed.person_id != case.person_id
    assert sealed.holder_id == cast.uptd.post_id


def test_only_named_readers_know_of_it(cast: Cast) -> None:
    case = an_open_case(cast)
    sealed = a_sealed_case(cast, case, cast.uptd, cast.peksos)
    now = cast.later(hours=1)

    for member in (cast.uptd, cast.peksos):
        assert case_seen_by(member, sealed.code) == sealed
        assert sealed.code in {row.code for row in case_list(member, Filters(), now).rows}
        assert person_seen_by(member, sealed.person.code).is_sealed
    for member in outsiders(cast, (cast.uptd, cast.peksos)):
        with pytest.raises(NotFound):
            case_seen_by(member, sealed.code)
        assert sealed.code not in {row.code for row in case_list(member, Filters(state="all"), now).rows}
        assert not persons_in_sight(member).filter(pk=sealed.person_id).exists()
    ordinary = [row["n"] for row in stage_counts(cast.kabid, now)]
    assert sum(ordinary) == 1


def test_a_seat_is_of_a_member_in_a_post(cast: Cast) -> None:
    """Neither another officer of the holding post, nor the same officer in another post."""
    sealed = a_sealed_case(cast, an_open_case(cast), cast.uptd)
    colleague = colleague_of(cast.uptd)
    assert colleague.post_id == cast.uptd.post_id

    with pytest.raises(NotFound):
        case_seen_by(colleague, sealed.code)
    elsewhere = replace(cast.uptd, post_id=cast.peksos.post_id, role="social_worker", agency="dinsos")
    with pytest.raises(NotFound):
        case_seen_by(elsewhere, sealed.code)


def test_the_team_works_on_it_and_nobody_hears(cast: Cast) -> None:
    sealed = a_sealed_case(cast, an_open_case(cast))
    deadlines, notices = Deadline.objects.count(), Notice.objects.count()

    write_note(sealed.pk, "isi", by=cast.uptd, at=cast.later(hours=1))
    with pytest.raises(NotFound):
        write_note(sealed.pk, "isi", by=cast.kabid, at=cast.later(hours=1))
    with pytest.raises(NotFound):
        seat_post(sealed.pk, cast.nakes.post_id, "lihat", by=cast.uptd, at=cast.later(hours=1))

    assert (Deadline.objects.count(), Notice.objects.count()) == (deadlines, notices)
    about = Event.objects.filter(action__in=("case.sealed_opened", "case.note_added", "person.registered"))
    assert set(about.filter(at__gte=cast.at).values_list("sensitivity", flat=True)) == {"sealed"}


def test_a_sealed_person_stands_in_no_index(cast: Cast) -> None:
    contact = a_contact(cast, None, post_id=cast.uptd.post_id, sensitivity="protected")
    names, changes = NameKey.objects.count(), IndexChange.objects.count()
    new = NewPerson(name=SECRET, nik="3371994101900001", phone="081200000001", sex="P", age="30")
    sealed = open_sealed_from_contact(
        contact.pk, readers(cast.uptd), "kekerasan", new=new, by=cast.uptd, at=cast.at
    )
    add_claims(sealed.person_id, [NewClaim(kind="alias", value=SECRET)], by=cast.uptd, at=cast.later(hours=1))

    claims = IdentityClaim.objects.filter(person_id=sealed.person_id)
    assert claims.count() >= 4
    assert not claims.exclude(value="").exists()
    assert not claims.filter(blind__isnull=False).exists()
    assert (NameKey.objects.count(), IndexChange.objects.count()) == (names, changes)
    assert not Person.objects.filter(pk=sealed.person_id).exists()
    row = Person.every.get(pk=sealed.person_id)
    assert (row.label, row.sex, row.born_from, row.origin_code) == ("Kasus terbatas", "?", None, "")
    assert contact.person_id is None


def test_who_may_be_a_reader(cast: Cast) -> None:
    case = an_open_case(cast)

    def open_for(*team: ActingMember) -> Case:
        return open_sealed_case(case.pk, readers(*team), "kekerasan", by=cast.peksos, at=cast.at)

    with pytest.raises(NobodyToHold):
        open_for(cast.peksos)
    with pytest.raises(NotTrained):
        open_for(cast.uptd, cast.peksos2)
    for nobody in (cast.kabid, cast.regu, cast.dpo, cast.shelter):
        with pytest.raises(ReaderUnknown):
            open_for(cast.uptd, nobody)
    with pytest.raises(ReaderUnknown):
        open_sealed_case(
            case.pk,
            [Reader(cast.uptd.member_id, cast.peksos.post_id)],
            "kekerasan",
            by=cast.peksos,
            at=cast.at,
        )


def test_whoever_seals_need_not_know(cast: Cast) -> None:
    case = an_open_case(cast)
    sealed = open_sealed_case(case.pk, readers(cast.uptd), "kekerasan", by=cast.peksos, at=cast.at)

    with pytest.raises(NotFound):
        case_seen_by(cast.peksos, sealed.code)
    again = open_sealed_case(case.pk, readers(cast.uptd), "kekerasan", by=cast.peksos, at=cast.at)
    assert again.pk != sealed.pk


def test_only_who_works_on_a_case_seals_it(cast: Cast) -> None:
    case = an_open_case(cast)

    with pytest.raises(NotAllowed):
        open_sealed_case(case.pk, readers(cast.uptd), "x", by=cast.peksos2, at=cast.at)
    with pytest.raises(NotFound):
        open_sealed_case(case.pk, readers(cast.uptd), "x", by=cast.regu1, at=cast.at)


def test_readers_are_named_and_ended(cast: Cast) -> None:
    sealed = a_sealed_case(cast, an_open_case(cast), cast.uptd)
    at = cast.later(hours=1)

    seat = name_reader(
        sealed.pk, cast.peksos.member_id, cast.peksos.post_id, "mendampingi", by=cast.uptd, at=at
    )
    assert case_seen_by(cast.peksos, sealed.code) == sealed
    with pytest.raises(NotAllowed):
        name_reader(sealed.pk, cast.ppa.member_id, cast.ppa.post_id, "x", by=cast.peksos, at=at)
    end_reader(seat.pk, by=cast.uptd, at=at)
    with pytest.raises(NotFound):
        case_seen_by(cast.peksos, sealed.code)
    with pytest.raises(LastReader):
        end_reader(SealedSeat.objects.get(subject_id=sealed.pk, until=None).pk, by=cast.uptd, at=at)


def test_an_exclusion_overrides_every_role(cast: Cast) -> None:
    person = register_person(
        NewPerson(name="Suminah Padmasari", sex="P", age="34"), by=cast.peksos, at=cast.at
    )
    contact = a_contact(cast, person, sex="P")
    case = open_case(contact.pk, by=cast.peksos, at=cast.at)
    sees_before = [m for m in cast.members.values() if persons_in_sight(m).filter(pk=person.pk).exists()]
    assert cast.kabid in sees_before
    assert cast.kadis in sees_before

    rows = exclude(case.pk, "keluarga pelaku", member_id=cast.kabid.member_id, by=cast.peksos, at=cast.at)
    exclude(case.pk, "keluarga pelaku", agency="satpolpp", by=cast.peksos, at=cast.at)
    exclude(case.pk, "keluarga pelaku", post_id=cast.kadis.post_id, by=cast.peksos, at=cast.at)

    for member in (cast.kabid, cast.kadis, cast.regu, cast.regu1, cast.satpol_desk):
        assert not persons_in_sight(member).filter(pk=person.pk).exists()
        assert not persons_in_sight(member, "person.search").filter(pk=person.pk).exists()
        assert not contacts_seen_by(member).filter(pk=contact.pk).exists()
        with pytest.raises(NotFound):
            case_seen_by(member, case.code)
        assert not case_list(member, Filters(state="all"), cast.at).rows
        assert sum(row["n"] for row in stage_counts(member, cast.at)) == 0
    assert case_seen_by(cast.peksos, case.code)

    assert end_exclusion(rows[0].pk, "keliru", by=cast.peksos, at=cast.later(hours=1)) == 1
    assert case_seen_by(cast.kabid, case.code)


def test_the_enforcement_check_knows_nothing_of_who_excludes_it(cast: Cast) -> None:
    """The ex-husband's cousin in Satpol PP asks about her inside a contact of his own."""
    person = register_person(
        NewPerson(name="Suminah Padmasari", sex="P", age="34"), by=cast.peksos, at=cast.at
    )
    contact = a_contact(cast, person, sex="P")
    case = open_case(contact.pk, by=cast.peksos, at=cast.at)
    mine = a_contact(cast, None, sex="P", post_id=cast.regu.post_id)
    hand = ContactInHand(contact_id=mine.pk, is_open=True, is_assigned=True, is_located=True)
    asked = Description(names=("Suminah Padmasari",), sex="P")
    assert enforcement_check(cast.regu, asked, hand, at=cast.at)

    exclude(case.pk, "sepupu pelaku", member_id=cast.regu.member_id, by=cast.peksos, at=cast.at)

    assert not enforcement_check(cast.regu, asked, hand, at=cast.at)
    assert enforcement_check(cast.regu1, asked, hand, at=cast.at)
    exclude(case.pk, "sepupu pelaku", member_id=cast.peksos2.member_id, by=cast.peksos, at=cast.at)
    assert not full_check(cast.peksos2, asked, at=cast.at).candidates


def test_nobody_excludes_themselves_or_the_holder(cast: Cast) -> None:
    case = an_open_case(cast)

    with pytest.raises(ExcludesSelf):
        exclude(case.pk, "x", agency="dinsos", by=cast.peksos, at=cast.at)
    with pytest.raises(ExcludesHolder):
        exclude(case.pk, "x", post_id=cast.peksos.post_id, by=cast.kabid, at=cast.at)
    assert not Exclusion.objects.exists()


def test_raising_is_instant_and_lowering_takes_two(cast: Cast) -> None:
    case = an_open_case(cast)
    assert case_seen_by(cast.desk, case.code)

    raise_sensitivity(case.pk, "diancam", by=cast.peksos, at=cast.at)
    with pytest.raises(NotFound):
        case_seen_by(cast.desk, case.code)

    step = ask_lowering(case.pk, "sudah aman", by=cast.peksos, at=cast.later(hours=1))
    with pytest.raises(NotAllowed):
        decide_lowering(step.pk, "ya", agrees=True, by=cast.peksos, at=cast.later(hours=2))
    with pytest.raises(NotFound):
        decide_lowering(step.pk, "ya", agrees=True, by=cast.shelter, at=cast.later(hours=2))
    decide_lowering(step.pk, "setuju", agrees=True, by=cast.kabid, at=cast.later(hours=2))
    assert case_seen_by(cast.desk, case.code)


def test_a_supervisor_does_not_decide_what_they_asked(cast: Cast) -> None:
    case = an_open_case(cast)
    raise_sensitivity(case.pk, "diancam", by=cast.kabid, at=cast.at)
    step = ask_lowering(case.pk, "sudah aman", by=cast.kabid, at=cast.later(hours=1))

    with pytest.raises(SecondPersonNeeded):
        decide_lowering(step.pk, "ya", agrees=True, by=cast.kabid, at=cast.later(hours=2))
    decide_lowering(step.pk, "belum", agrees=False, by=cast.kadis, at=cast.later(hours=2))
    case.refresh_from_db()
    assert case.sensitivity == "protected"


def test_a_child_s_case_stays_guarded(cast: Cast) -> None:
    case = an_open_case(cast, minor=True)

    with pytest.raises(GuardStays):
        ask_lowering(case.pk, "x", by=cast.peksos, at=cast.at)


def test_no_city_can_open_sealed_records_by_agency(cast: Cast) -> None:
    rows = [row for row in city().permissions if row.sensitivity == "sealed"]
    assert {row.relation for row in rows} == {"sealed_team", "sealed_desk"}
    assert {row.action for row in rows if row.relation == "sealed_desk"} <= DESK_READS
    one = next(row for row in rows if row.action == "case.view")
    table = PermissionTable([replace(one, relation="agency"), replace(one, relation="city")])
    assert not table.decide(cast.uptd, "case.view", ("agency", "holder"), "sealed").allow
