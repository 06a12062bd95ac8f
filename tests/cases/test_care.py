"""Assessment, plan, visits, notes, imports: what may be said, and what is refused with which words."""

from __future__ import annotations

import contextlib
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from rangkul.audit.models import Event
from rangkul.cases.actions import (
    NeedRow,
    PlanLineInput,
    add_goal,
    add_plan_lines,
    close_case,
    enter_stage,
    finish_assessment,
    judge_goal,
    plan_visit,
    rate_functioning,
    record_agreement,
    record_evidence,
    record_needs,
    record_visit,
    reopen_case,
    save_assessment,
    void_assessment,
)
from rangkul.cases.models import AssessedNeed, Assessment, Case, FunctioningRating, HolderEntry, Visit
from rangkul.cases.parts import assessment_draft, assessment_part, plan_part
from rangkul.cases.queries import case_page, case_seen_by, visit_page, visits_of
from rangkul.cases.refusals import (
    AlreadyJudged,
    AssessmentNotFinished,
    ChoiceUnknown,
    DateBeforeBirth,
    DateInFuture,
    DateInPast,
    DateMissing,
    OnlySocialWorker,
    OwnerMissing,
    PlanIsEmpty,
    RatingNotComplete,
    SpmTypesMissing,
    VisitAlreadyRecorded,
    WordsMissing,
    WordsTooLong,
)
from rangkul.domain.assessment import ItemsMissing, ItemUnknown, TypesContradict
from rangkul.domain.errors import ChangedMeanwhile, NotFound, Refusal
from rangkul.domain.wib import wib_date
from tests.cases.made import a_contact, a_person, an_open_case, brought_to, planned, whole_assessment
from tests.cast import Cast

# --- assessment


def test_a_draft_keeps_everything_as_typed(cast: Cast) -> None:
    case = an_open_case(cast)
    typed = whole_assessment(cast, assessed_on="32 November", rating={"housing": "7"})

    draft = save_assessment(case.pk, typed, by=cast.peksos, at=cast.at, seen=0)
    kept = assessment_draft(cast.peksos, case_seen_by(cast.peksos, case.code), cast.at)

    assert (kept.revision, draft.finished_at) == (1, None)
    assert kept.content.assessed_on == "32 November"
    assert kept.content.sections == dict(typed.sections)
    assert kept.content.rating == {"housing": "7"}
    assert not AssessedNeed.objects.exists()


def test_two_writers_of_one_draft_one_is_told(cast: Cast) -> None:
    case = an_open_case(cast)
    save_assessment(case.pk, whole_assessment(cast), by=cast.kabid, at=cast.at, seen=0)

    with pytest.raises(ChangedMeanwhile) as refusal:
        save_assessment(case.pk, whole_assessment(cast), by=cast.peksos, at=cast.at, seen=0)
    assert cast.kabid.post_title in str(refusal.value)


def test_finishing_writes_needs_rating_and_wish(cast: Cast) -> None:
    case = an_open_case(cast)
    save_assessment(case.pk, whole_assessment(cast), by=cast.peksos, at=cast.at)

    finish_assessment(case.pk, whole_assessment(cast), by=cast.peksos, at=cast.at, seen=1)

    need = AssessedNeed.objects.get()
    assert (need.spm_type, need.items, need.case_id) == ("S4", "permakanan;sandang", case.pk)
    assert Assessment.objects.count() == 1
    assert FunctioningRating.objects.get().moment == "entry"
    assert case.evidence.get().kind == "client_wish"
    assert Event.objects.filter(action="assessment.finished").count() == 1


def test_none_is_an_answer_and_names_no_item(cast: Cast) -> None:
    case = an_open_case(cast)

    finish_assessment(case.pk, whole_assessment(cast, types=("none",), items={}), by=cast.peksos, at=cast.at)

    assert AssessedNeed.objects.get().items == ""


@pytest.mark.parametrize(
    ("change", "refused", "where"),
    [
        ({"sections": {}}, AssessmentNotFinished, "section_biological"),
        ({"types": ()}, SpmTypesMissing, "types"),
        ({"types": ("S4", "none")}, TypesContradict, "types"),
        ({"items": {}}, ItemsMissing, "items_S4"),
        ({"types": ("S4", "S1")}, ItemsMissing, "items_S1"),
        ({"rating": {"housing": "2"}}, RatingNotComplete, "rating"),
        ({"assessed_on": ""}, DateMissing, "assessed_on"),
        ({"assessed_on": "31-02-2026"}, DateMissing, "assessed_on"),
        ({"assessed_on": "2027-01-01"}, DateInFuture, "assessed_on"),
        ({"assessed_on": "1950-01-01"}, DateBeforeBirth, "assessed_on"),
        ({"rating_note": "x" * 20_001}, WordsTooLong, "rating_note"),
    ],
)
def test_what_is_not_finished_is_refused_at_its_field(
    cast: Cast, change: dict[str, object], refused: type[Refusal], where: str
) -> None:
    case = an_open_case(cast)

    with pytest.raises(refused) as refusal:
        finish_assessment(case.pk, whole_assessment(cast, **change), by=cast.peksos, at=cast.at)

    assert refusal.value.field == where
    assert not AssessedNeed.objects.exists()
    assert not Assessment.objects.exists()


def test_only_a_social_worker_finishes(cast: Cast) -> None:
    case = an_open_case(cast)

    with pytest.raises(OnlySocialWorker):
        finish_assessment(case.pk, whole_assessment(cast), by=cast.kabid, at=cast.at)


def test_an_item_outside_its_type_is_a_warning(cast: Cast) -> None:
    case = an_open_case(cast)
    typed = whole_assessment(cast, types=("S2",), items={"S2": ("alat_bantu", "sandang")})
    finish_assessment(case.pk, typed, by=cast.peksos, at=cast.at)

    shown = assessment_part(cast.peksos, case_seen_by(cast.peksos, case.code), cast.at).finished[0]

    assert shown.outside == ("alat_bantu",)


def test_flags_and_items_are_suggested_as_plan_lines_until_planned(cast: Cast) -> None:
    case = brought_to(cast, "rencana")
    seen = case_seen_by(cast.peksos, case.code)

    assert set(plan_part(cast.peksos, seen, cast.at).suggested) >= {"permakanan", "sandang"}
    planned(cast, case)
    assert {"permakanan", "sandang"}.isdisjoint(plan_part(cast.peksos, seen, cast.at).suggested)


def test_a_voided_assessment_frees_the_way_for_a_corrected_one(cast: Cast) -> None:
    case = an_open_case(cast)
    first = finish_assessment(case.pk, whole_assessment(cast), by=cast.peksos, at=cast.at)
    void_assessment(first.pk, "keliru orang", by=cast.peksos, at=cast.at)

    finish_assessment(case.pk, whole_assessment(cast), by=cast.peksos, at=cast.at)

    assert AssessedNeed.objects.filter(voided=False).count() == 1


# --- imports


def test_imported_needs_stand_or_fall_alone(cast: Cast) -> None:
    person = a_person(cast)
    day = date(2025, 3, 1)
    rows = [
        NeedRow(person_id=person.pk, assessed_on=day, spm_type="S4", items=("sandang", "permakanan")),
        NeedRow(person_id=person.pk, assessed_on=day, spm_type="S4", items=("permakanan", "sandang")),
        NeedRow(person_id=person.pk, assessed_on=day, spm_type="S4", items=("adminduk",)),
        NeedRow(person_id=person.pk, assessed_on=day, spm_type="S1"),
        NeedRow(person_id=person.pk, assessed_on=day, spm_type="S9", items=("sandang",)),
        NeedRow(person_id=person.pk, assessed_on=day, spm_type="S3", items=("sandang", "tidak_ada")),
        NeedRow(person_id=person.pk, assessed_on=date(2030, 1, 1), spm_type="none"),
        NeedRow(person_id=person.pk, assessed_on=day, spm_type="none"),
    ]

    outcomes = record_needs(rows, by=cast.operator, at=cast.at, batch_id=uuid7())

    assert [each.result for each in outcomes] == ["new", "same", *["refused"] * 5, "new"]
    assert isinstance(outcomes[5].refusal, ItemUnknown)
    assert Event.objects.filter(action="assessments.imported").count() == 1
    again = record_needs(rows[:1], by=cast.operator, at=cast.at, batch_id=uuid7())
    assert again[0].result == "same"


def test_a_voided_import_stays_voided_and_lets_a_corrected_one_in(cast: Cast) -> None:
    person = a_person(cast)
    row = NeedRow(person_id=person.pk, assessed_on=date(2025, 3, 1), spm_type="S4", items=("sandang",))
    record_needs([row], by=cast.operator, at=cast.at, batch_id=uuid7())
    void_assessment(Assessment.objects.get().pk, "salah orang", by=cast.steward, at=cast.at)

    same = record_needs([row], by=cast.operator, at=cast.at, batch_id=uuid7())
    other = NeedRow(person_id=person.pk, assessed_on=row.assessed_on, spm_type="S4", items=("adminduk",))
    corrected = record_needs([other], by=cast.operator, at=cast.at, batch_id=uuid7())

    assert (same[0].result, corrected[0].result) == ("same", "new")
    assert AssessedNeed.objects.get(voided=False).items == "adminduk"


# --- plan


def test_a_plan_line_names_known_services_and_agencies_and_days_to_come(cast: Cast) -> None:
    case = an_open_case(cast)
    yesterday = wib_date(cast.at) - timedelta(days=1)
    for line, refused in (
        (PlanLineInput(item="mobil", agency="dinsos"), ChoiceUnknown),
        (PlanLineInput(item="sandang", agency="nasa"), ChoiceUnknown),
        (PlanLineInput(item="sandang", agency="dinsos", due_on=yesterday), DateInPast),
    ):
        with pytest.raises(refused):
            add_plan_lines(case.pk, [line], by=cast.peksos, at=cast.at)
    with pytest.raises(WordsMissing):
        add_plan_lines(case.pk, [], by=cast.peksos, at=cast.at)
    assert not case.plan_lines.exists()


def test_agreement_needs_a_plan_and_a_reason_when_refused(cast: Cast) -> None:
    case = an_open_case(cast)
    day = wib_date(cast.at)
    with pytest.raises(PlanIsEmpty):
        record_agreement(case.pk, "client", "", day, by=cast.peksos, at=cast.at)
    add_plan_lines(case.pk, [PlanLineInput(item="sandang", agency="dinsos")], by=cast.peksos, at=cast.at)
    with pytest.raises(ChoiceUnknown):
        record_agreement(case.pk, "not", "tidak mau", day, by=cast.peksos, at=cast.at)
    with pytest.raises(WordsMissing):
        record_agreement(case.pk, "not", "", day, not_agreed="tidak_setuju", by=cast.peksos, at=cast.at)

    record_agreement(
        case.pk, "not", "ingin pulang dahulu", day, not_agreed="tidak_setuju", by=cast.peksos, at=cast.at
    )

    assert case.evidence.get().kind == "plan_agreed"


def test_a_goal_is_judged_once(cast: Cast) -> None:
    case = an_open_case(cast)
    goal = add_goal(case.pk, "punya KTP", by=cast.peksos, at=cast.at)

    judge_goal(goal.pk, "met", by=cast.peksos, at=cast.at)
    with pytest.raises(AlreadyJudged):
        judge_goal(goal.pk, "not_met", by=cast.peksos, at=cast.at)


def test_a_rating_is_whole_or_refused(cast: Cast) -> None:
    case = an_open_case(cast)
    with pytest.raises(RatingNotComplete):
        rate_functioning(case.pk, "exit", {"housing": "5"}, wib_date(cast.at), by=cast.peksos, at=cast.at)
    with pytest.raises(ChoiceUnknown):
        rate_functioning(case.pk, "later", {}, wib_date(cast.at), by=cast.peksos, at=cast.at)


def test_evidence_has_the_shape_of_its_kind(cast: Cast) -> None:
    case, day = an_open_case(cast), wib_date(cast.at)
    for kind, content, refused, where in (
        ("informed_or_ground", {}, WordsMissing, "way"),
        ("informed_or_ground", {"way": "ground", "words": "x"}, WordsMissing, "ground"),
        ("informed_or_ground", {"way": "ground", "ground": "zzz", "words": "x"}, ChoiceUnknown, "ground"),
        ("first_health_look", {"look": "dead"}, ChoiceUnknown, "look"),
        ("client_wish", {"words": "x"}, ChoiceUnknown, "kind"),
    ):
        with pytest.raises(refused) as refusal:
            record_evidence(case.pk, kind, content, day, by=cast.peksos, at=cast.at)
        assert refusal.value.field == where


# --- visits


def test_the_kelurahan_answers_a_visit_with_five_taps_and_sees_nothing_else(cast: Cast) -> None:
    case = an_open_case(cast)
    due = wib_date(cast.at) + timedelta(days=7)
    visit = plan_visit(
        "address", cast.kesra.post_id, due, "Jl. Mawar 3 RAHASIA", case_id=case.pk, by=cast.peksos, at=cast.at
    )

    assert [line.id for line in visits_of(cast.kesra)] == [visit.pk]
    assert visit_page(cast.kesra, visit.pk, cast.at).asked == "Jl. Mawar 3 RAHASIA"
    with pytest.raises(NotFound):
        case_seen_by(cast.kesra, case.code)
    record_visit(
        visit.pk, "at_home", {"home": "yes", "safe": "yes"}, "baik", by=cast.kesra, at=cast.later(days=1)
    )

    assert visits_of(cast.kesra) == []
    assert visit_page(cast.peksos, visit.pk, cast.at).taps["working"] == "unknown"
    with pytest.raises(VisitAlreadyRecorded):
        record_visit(visit.pk, "not_there", {}, "", by=cast.kesra, at=cast.later(days=1))
    assert Event.objects.filter(action="visit.looked").count() == 2


@pytest.mark.parametrize("who", ["regu", "trantib", "bhabin", "babinsa", "satpol_desk", "nakes", "admin"])
def test_no_visit_is_handed_to_enforcement_and_none_is_seen_by_others(cast: Cast, who: str) -> None:
    case = an_open_case(cast)
    due = wib_date(cast.at)
    member = getattr(cast, who)
    with pytest.raises(OwnerMissing):
        plan_visit("address", member.post_id, due, "x", case_id=case.pk, by=cast.peksos, at=cast.at)
    visit = plan_visit("address", cast.kesra.post_id, due, "x", case_id=case.pk, by=cast.peksos, at=cast.at)

    with pytest.raises(NotFound):
        visit_page(member, visit.pk, cast.at)
    with pytest.raises(NotFound):
        record_visit(visit.pk, "at_home", {}, "", by=member, at=cast.at)


def test_after_a_refusal_a_volunteer_visits_without_any_case(cast: Cast) -> None:
    """S12: a refusal is a full outcome; a visit follows it, not a case and not a hold."""
    contact = a_contact(cast, a_person(cast), decision="menolak", inbox="none")
    due = wib_date(cast.at) + timedelta(days=3)

    visit = plan_visit(
        "outreach", cast.tksk.post_id, due, "tawarkan lagi", contact_id=contact.pk, by=cast.peksos, at=cast.at
    )
    record_visit(visit.pk, "declined", {}, "masih belum mau", by=cast.tksk, at=cast.later(days=3))

    contact.refresh_from_db()
    assert contact.visited_at == cast.later(days=3)
    assert not Case.objects.exists()


def test_closing_takes_open_visits_off_every_list(cast: Cast) -> None:
    case = brought_to(cast, "bimbingan_lanjut")
    close_case(case.pk, "bukan_sasaran", "alasan", by=cast.peksos, at=cast.at)

    assert visits_of(cast.tksk) == []
    assert Visit.objects.get().outcome == "cancelled"


def test_a_finished_last_follow_up_offers_closing(cast: Cast) -> None:
    case = brought_to(cast, "bimbingan_lanjut")
    seen = case_seen_by(cast.peksos, case.code)
    assert not case_page(cast.peksos, seen, cast.at).closing_offered

    record_visit(Visit.objects.get().pk, "at_home", {}, "", by=cast.tksk, at=cast.at)

    assert case_page(cast.peksos, seen, cast.at).closing_offered


# --- the holder


STEPS = st.lists(st.sampled_from(("close", "reopen", "override", "back")), max_size=6)


@settings(max_examples=12)
@given(steps=STEPS)
def test_a_case_never_has_two_holders_and_an_open_one_never_none(cast: Cast, steps: list[str]) -> None:
    number = Case.objects.count() + 1
    case = an_open_case(cast, number=number)
    at = cast.at
    acts = {
        "close": lambda: close_case(case.pk, "bukan_sasaran", "x", by=cast.kabid, at=at),
        "reopen": lambda: reopen_case(case.pk, "x", by=cast.peksos2, at=at),
        "override": lambda: enter_stage(
            case.pk, "intervensi", override=True, reason="x", by=cast.kabid, at=at
        ),
        "back": lambda: enter_stage(case.pk, "asesmen", override=True, reason="x", by=cast.kadis, at=at),
    }
    for step in steps:
        at += timedelta(hours=1)
        with contextlib.suppress(Refusal):
            acts[step]()
        case.refresh_from_db()
        running = HolderEntry.objects.filter(case=case, until__isnull=True)
        assert running.count() == (0 if case.closed_at else 1)
        assert (case.holder_id is None) == (case.closed_at is not None)
        if case.closed_at is None:
            assert running.get().post_id == case.holder_id
