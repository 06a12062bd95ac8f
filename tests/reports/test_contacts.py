"""Contacts: the gate routes, refusing is a full outcome, and nobody needs a name (practice.md F4, F16, S2, S4, S12)."""

from __future__ import annotations

import re
from datetime import date, timedelta
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from rangkul.access.models import TeamSeat
from rangkul.audit.models import Event
from rangkul.deadlines.models import Deadline
from rangkul.directory.models import Post
from rangkul.domain.contacts import (
    ContactIncomplete,
    DecisionClosed,
    RefusalIncomplete,
    RefusalNotOpen,
    RightsRecordMissing,
)
from rangkul.domain.errors import BadInput, NotAllowed, NotFound
from rangkul.domain.policy import ActingMember
from rangkul.domain.safety_gate import GateContradicts, GateNotAnswered
from rangkul.matching.queries import said_not_same
from rangkul.people.models import Person
from rangkul.people.queries import search_persons
from rangkul.reports import actions, contact_actions
from rangkul.reports.contact_actions import ContactInput, answer_clock, note_contact, record_contact
from rangkul.reports.contact_queries import (
    contact_detail,
    contact_inbox,
    contacts_seen_by,
    opened,
    own_contacts,
)
from rangkul.reports.models import Contact, Report
from rangkul.reports.queries import public_state
from rangkul.reports.who import who_might
from rangkul.reports.who_actions import link_contact, register_person_met, say_not_same
from tests.cast import Cast
from tests.reports.test_reports import UTARA, make, photo_with_place, team

CALM: dict[str, object] = {
    "sex": "L",
    "age": "31-45",
    "area_code": UTARA,
    "place_words": "Pasar Rejowinangun",
    "gate": ("none",),
    "decision": "dibina_pergi",
    "ground": "kemauan_sendiri",
    "voluntary": "yes",
}
RIGHTS = {
    "told_reason": True,
    "force_used": False,
    "belongings_listed": True,
    "companion_called": False,
    "complaint_channel_told": True,
}
REFUSED: dict[str, object] = {
    "decision": "menolak",
    "offered": ("rumah_singgah", "makan"),
    "leaflet_given": True,
    "next_visit_on": date(2026, 11, 27),
}


def typed(**more: object) -> ContactInput:
    return ContactInput(**{**CALM, **more})  # type: ignore[arg-type]


def met(cast: Cast, by: ActingMember | None = None, minutes: float = 0, **more: object) -> Contact:
    return record_contact(typed(**more), by=by or cast.regu, at=cast.later(minutes=minutes))


def on_duty(cast: Cast) -> None:
    actions.start_shift(
        team().pk, cast.at - timedelta(hours=1), cast.at + timedelta(hours=7), by=cast.satpol_desk, at=cast.at
    )


def clocks_of(contact: Contact) -> set[str]:
    return set(
        Deadline.objects.filter(subject_id=contact.pk, met_at=None, dropped_at=None).values_list(
            "clock", flat=True
        )
    )


# --- S2


def test_s2_a_mute_man_without_papers_needs_only_sex_age_place_and_decision(cast: Cast) -> None:
    on_duty(cast)
    contact = met(cast, seen={"clothes": "topi merah"})

    who = who_might(cast.regu, contact.pk, at=cast.at)
    assert (who.short, who.not_in_hand) == ([], False)
    contact = register_person_met(contact.pk, by=cast.regu, at=cast.at)

    person = Person.objects.get(pk=contact.person_id)
    assert re.fullmatch(r"Pria-Topi Merah-Pasar Rejowinangun-[A-Y][2-9][A-Y]", person.street_label)
    assert person.label == person.street_label
    assert (person.identity_level, person.has_name, contact.number) == (0, False, 1)


def test_s2_the_old_label_stays_searchable_for_the_desk(cast: Cast) -> None:
    contact = register_person_met(
        met(cast, cast.desk, seen={"clothes": "topi merah"}).pk, by=cast.desk, at=cast.at
    )

    found = search_persons(cast.desk, "topi merah")
    assert [row.id for row in found] == [contact.person_id]


def test_an_unknown_age_is_an_answer_and_no_answer_is_not(cast: Cast) -> None:
    assert met(cast, age="?").sensitivity == "ordinary"
    with pytest.raises(ContactIncomplete):
        met(cast, age="")


# --- S12


def test_s12_a_refusal_keeps_what_was_offered_and_the_next_visit(cast: Cast) -> None:
    contact = met(cast, **REFUSED)

    page = contact_detail(cast.regu, contact.pk, at=cast.at)
    assert page.refusal == {"offered": ["rumah_singgah", "makan"], "leaflet_given": True, "reason": ""}
    assert page.line.next_visit_on == date(2026, 11, 27)
    assert not contact.transported
    assert clocks_of(contact) == {"refusal_visit"}
    visit = Deadline.objects.get(subject_id=contact.pk)
    assert visit.owner_post.role == "volunteer"


@pytest.mark.parametrize(
    "gap",
    [
        {"offered": ()},
        {"leaflet_given": False},
        {"next_visit_on": None},
        {"next_visit_on": date(2026, 11, 1)},
    ],
)
def test_s12_a_refusal_without_offer_leaflet_or_visit_is_not_complete(
    cast: Cast, gap: dict[str, object]
) -> None:
    with pytest.raises(RefusalIncomplete):
        met(cast, **{**REFUSED, **gap})


def test_s12_two_refusals_lead_to_a_volunteer_not_a_patrol(cast: Cast) -> None:
    on_duty(cast)
    first = register_person_met(
        met(cast, seen={"name": "Slamet Riyadi"}, **REFUSED).pk, by=cast.regu, at=cast.at
    )
    assert first.inbox == "none"

    second = met(cast, minutes=30, seen={"name": "Riadi Slamet"}, **REFUSED)
    second = link_contact(second.pk, first.person_id, by=cast.regu, at=cast.later(minutes=31))

    second.refresh_from_db()
    assert (second.number, second.inbox) == (2, "waiting")
    seats = TeamSeat.objects.filter(subject_id=second.pk).values_list("post__role", flat=True)
    assert list(seats) == ["volunteer"]
    owners = Deadline.objects.filter(subject_id=second.pk).values_list("clock", "owner_post__role")
    assert dict(owners) == {"refusal_visit": "volunteer", "outreach_plan": "volunteer"}
    assert [line.id for line in contact_inbox(cast.desk)] == [second.pk]


def test_s12_a_refusal_counts_as_a_contact(cast: Cast) -> None:
    contact = register_person_met(met(cast, **REFUSED).pk, by=cast.regu, at=cast.at)

    assert contact.number == 1


@pytest.mark.parametrize("yes", ["cannot_care", "danger", "child"])
def test_s12_incapacity_child_and_danger_close_the_refusal_until_two_decide(cast: Cast, yes: str) -> None:
    with pytest.raises((RefusalNotOpen, DecisionClosed)):
        met(cast, gate=(yes,), **REFUSED)

    joint = {
        "supervisor": "Harini",
        "health_worker": "dr. Nurul",
        "joint_ground": "Keluarga menjemput malam ini",
    }
    contact = met(cast, gate=(yes,), **REFUSED, **joint)
    assert opened(contact)["joint"]["ground"] == "Keluarga menjemput malam ini"
    assert contact.inbox == "waiting"


def test_the_promised_visit_is_answered_in_words(cast: Cast) -> None:
    contact = met(cast, **REFUSED)
    with pytest.raises(NotFound):
        answer_clock(contact.pk, "refusal_visit", "Sudah", by=cast.bhabin, at=cast.at)

    page = contact_detail(cast.tksk, contact.pk, at=cast.at)
    assert (page.gate, page.rights, page.seen) == (None, None, None)
    answer_clock(contact.pk, "refusal_visit", "Bertemu, mau makan bersama", by=cast.tksk, at=cast.at)

    assert clocks_of(contact) == set()


# --- the gate


def test_the_gate_must_be_touched(cast: Cast) -> None:
    with pytest.raises(GateNotAnswered):
        met(cast, gate=())
    with pytest.raises(GateContradicts):
        met(cast, gate=("none", "child"))
    with pytest.raises(GateContradicts):
        met(cast, gate=("razia",))


def test_an_age_below_18_answers_child_by_itself_and_closes_the_adult_shelter(cast: Cast) -> None:
    with pytest.raises(DecisionClosed):
        met(cast, age="6-12", decision="rumah_singgah", rights=RIGHTS)

    contact = met(
        cast,
        age="6-12",
        decision="unit_ppa",
        ground="pelindungan_anak",
        rights={**RIGHTS, "apart_from_adults": True},
    )
    assert contact.sensitivity == "protected"
    assert "child_contact" in clocks_of(contact)
    assert contact.inbox == "waiting"
    assert [each.pk for each in contacts_seen_by(cast.ppa)] == [contact.pk]


def test_the_post_the_gate_leads_to_sees_the_contact_and_others_do_not(cast: Cast) -> None:
    contact = met(
        cast, gate=("violence",), decision="unit_ppa", ground="korban_kekerasan", rights=RIGHTS, sex="P"
    )

    assert contact_detail(cast.ppa, contact.pk, at=cast.at).gate == ("violence",)
    for other in (
        cast.regu1,
        cast.bhabin,
        cast.babinsa,
        cast.trantib,
        cast.tksk,
        cast.satpol_desk,
        cast.steward,
    ):
        with pytest.raises(NotFound):
            contact_detail(other, contact.pk, at=cast.at)


def test_whoever_owns_a_clock_of_a_contact_can_open_it(cast: Cast) -> None:
    contact = met(cast, gate=("cannot_care",), decision="rs_psc", rights=RIGHTS, area_code="33.71.01.1007")

    owners = set(Deadline.objects.filter(subject_id=contact.pk).values_list("owner_post_id", flat=True))
    seats = set(TeamSeat.objects.filter(subject_id=contact.pk).values_list("post_id", flat=True))
    assert owners <= seats


def test_violence_takes_no_photo(cast: Cast) -> None:
    with pytest.raises(contact_actions.PhotoNotHere):
        met(
            cast,
            gate=("violence",),
            decision="unit_ppa",
            ground="korban_kekerasan",
            rights=RIGHTS,
            photo=photo_with_place(),
        )
    assert not Contact.objects.exists()


# --- rights, ground, willingness


def test_whoever_is_transported_has_a_rights_record(cast: Cast) -> None:
    with pytest.raises(RightsRecordMissing) as refusal:
        met(cast, decision="rumah_singgah", rights={"told_reason": True})
    assert "belongings_listed" in refusal.value.facts["gaps"]

    contact = met(cast, decision="rumah_singgah", rights=RIGHTS)
    assert contact.rights_recorded
    assert opened(contact)["rights"]["told_reason"] is True


def test_a_ground_that_ended_is_not_open(cast: Cast) -> None:
    with pytest.raises(ContactIncomplete):
        met(cast, ground="kuhp_504")


@pytest.mark.parametrize("voluntary", ["no", "unknown"])
def test_nobody_is_brought_along_unwillingly_on_their_own_wish(cast: Cast, voluntary: str) -> None:
    """*Not known* is a full answer, of somebody unconscious for one, and as strict as *no*."""
    with pytest.raises(contact_actions.GroundNeedsWillingness):
        met(cast, decision="rumah_singgah", rights=RIGHTS, voluntary=voluntary)

    held = met(cast, decision="rs_psc", rights=RIGHTS, voluntary=voluntary, ground="gawat_darurat_kesehatan")
    assert held.voluntary == voluntary
    assert "involuntary_hold" in clocks_of(held)


def test_voluntary_is_never_assumed(cast: Cast) -> None:
    with pytest.raises(contact_actions.VoluntaryNotSaid):
        met(cast, voluntary="")


@pytest.mark.parametrize(
    "more",
    [
        {"sex": ""},
        {"sex": "X"},
        {"decision": ""},
        {"decision": "ditangkap"},
        {"area_code": ""},
        {"area_code": "33.71\x00"},
        {"category": "pelaku"},
        {"trigger": "gaib"},
        {"place_words": "a" * 201},
        {"seen": {"name": "a" * 300}},
    ],
)
def test_what_cannot_be_right_is_refused_with_nothing_written(cast: Cast, more: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        met(cast, **more)
    assert not Contact.objects.exists()


def test_odd_signs_do_no_harm(cast: Cast) -> None:
    contact = met(
        cast, seen={"name": "Sri\x00 🌙", "words": "=HYPERLINK(1)"}, latitude="NaN", longitude="abc"
    )

    assert opened(contact)["seen"] == {"name": "Sri 🌙", "words": "=HYPERLINK(1)"}
    assert contact.latitude is None


def test_the_future_and_long_ago_are_refused(cast: Cast) -> None:
    with pytest.raises(contact_actions.MetInFuture):
        met(cast, met_at=cast.later(hours=1))
    with pytest.raises(contact_actions.MetTooLongAgo):
        met(cast, met_at=cast.later(days=-400))


def test_the_same_key_makes_one_contact(cast: Cast) -> None:
    key = uuid7()

    first = record_contact(typed(), by=cast.regu, at=cast.at, key=key)
    second = record_contact(typed(), by=cast.regu, at=cast.later(seconds=2), key=key)

    assert (first.pk, Contact.objects.count()) == (second.pk, 1)


def test_gate_and_names_stand_nowhere_in_the_clear(cast: Cast) -> None:
    contact = met(
        cast, seen={"name": "Sri Wahyuningsih"}, gate=("pregnant_baby",), decision="rs_psc", rights=RIGHTS
    )

    row = str(Contact.objects.filter(pk=contact.pk).values().get())
    assert "Wahyuningsih" not in row
    assert "pregnant_baby" not in row


# --- who it was


def test_s1_the_team_learns_number_days_and_whom_to_call_and_nothing_else(cast: Cast) -> None:
    earlier = met(cast, cast.desk, seen={"name": "Slamet Riyadi", "mark": "bekas luka bakar"})
    earlier = register_person_met(earlier.pk, by=cast.desk, at=cast.at)
    on_duty(cast)

    contact = met(cast, minutes=10, seen={"name": "Riadi Slamet"})
    who = who_might(cast.regu, contact.pk, at=cast.later(minutes=11))

    assert who.full == []
    assert [each.person_id for each in who.short] == [earlier.person_id]
    assert vars_of(who.short[0].answer) == {"contact_number", "days_since_last", "post_to_call"}
    contact = link_contact(contact.pk, earlier.person_id, by=cast.regu, at=cast.later(minutes=12))
    assert (contact.number, Person.objects.count()) == (2, 1)


def vars_of(answer: object) -> set[str]:
    return set(answer.__slots__)  # type: ignore[attr-defined]


def test_without_a_shift_or_a_report_the_team_gets_no_answer(cast: Cast) -> None:
    register_person_met(met(cast, cast.desk, seen={"name": "Slamet Riyadi"}).pk, by=cast.desk, at=cast.at)
    contact = met(cast, seen={"name": "Slamet Riyadi"})

    who = who_might(cast.regu, contact.pk, at=cast.at)
    assert (who.short, who.full, who.not_in_hand) == ([], [], True)


def test_a_day_later_the_team_gets_no_answer(cast: Cast) -> None:
    register_person_met(met(cast, cast.desk, seen={"name": "Slamet Riyadi"}).pk, by=cast.desk, at=cast.at)
    on_duty(cast)
    contact = met(cast, seen={"name": "Slamet Riyadi"})

    assert who_might(cast.regu, contact.pk, at=cast.later(hours=25)).not_in_hand


def test_a_team_cannot_name_somebody_whom_the_check_did_not_offer(cast: Cast) -> None:
    other = register_person_met(met(cast, cast.desk, seen={"name": "Kasno"}).pk, by=cast.desk, at=cast.at)
    on_duty(cast)
    contact = met(cast, seen={"name": "Slamet"})

    for nobody in (other.person_id, uuid7()):
        with pytest.raises(NotFound):
            link_contact(contact.pk, UUID(str(nobody)), by=cast.regu, at=cast.at)


def test_not_the_same_is_remembered_for_good(cast: Cast) -> None:
    first = register_person_met(
        met(cast, cast.desk, seen={"name": "Slamet Riyadi"}).pk, by=cast.desk, at=cast.at
    )
    contact = met(cast, cast.desk, seen={"name": "Slamet Riyadi"})

    say_not_same(contact.pk, first.person_id, by=cast.desk, at=cast.at)
    assert who_might(cast.desk, contact.pk, at=cast.at).full == []

    contact = register_person_met(contact.pk, by=cast.desk, at=cast.at)
    assert said_not_same({first.person_id}, contact.person_id) == {first.person_id}


def test_a_contact_is_named_once(cast: Cast) -> None:
    contact = register_person_met(met(cast).pk, by=cast.regu, at=cast.at)

    with pytest.raises(contact_actions.AlreadyLinked):
        register_person_met(contact.pk, by=cast.regu, at=cast.at)


# --- who may


def test_enforcement_opens_its_own_contacts_and_no_others_by_id(cast: Cast) -> None:
    mine, theirs = met(cast), met(cast, cast.regu1)

    assert [line.id for line in own_contacts(cast.regu)] == [mine.pk]
    assert contact_detail(cast.regu, mine.pk, at=cast.at).ground == "kemauan_sendiri"
    with pytest.raises(NotFound):
        contact_detail(cast.regu, theirs.pk, at=cast.at)
    with pytest.raises(NotFound):
        register_person_met(theirs.pk, by=cast.regu, at=cast.at)


def test_enforcement_never_reads_a_name_found_later(cast: Cast) -> None:
    on_duty(cast)
    contact = register_person_met(met(cast, seen={"name": "Kasno"}).pk, by=cast.regu, at=cast.at)

    assert Person.objects.get(pk=contact.person_id).has_name
    assert "Kasno" not in contact_detail(cast.regu, contact.pk, at=cast.at).line.label
    assert own_contacts(cast.regu)[0].label.startswith("Pria-")


@pytest.mark.parametrize("who", ["kesra", "nakes", "admin", "dpo", "steward"])
def test_whoever_records_no_contacts_records_none(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        met(cast, getattr(cast, who))


def test_the_inbox_is_for_dinsos_and_noting_asks_a_reason(cast: Cast) -> None:
    contact = met(cast, decision="diserahkan_dinsos")

    assert [line.id for line in contact_inbox(cast.peksos)] == [contact.pk]
    assert contact_inbox(cast.regu) == []
    with pytest.raises(BadInput):
        note_contact(contact.pk, " ", by=cast.desk, at=cast.at)
    with pytest.raises(NotFound):
        note_contact(contact.pk, "cukup", by=cast.regu, at=cast.at)
    note_contact(contact.pk, "Sudah diantar keluarga", by=cast.desk, at=cast.at)
    assert contact_inbox(cast.peksos) == []
    assert "contact_taken" not in clocks_of(contact)


def test_a_look_at_a_contact_leaves_an_event(cast: Cast) -> None:
    contact = met(cast)

    contact_detail(cast.desk, contact.pk, at=cast.at)

    assert Event.objects.filter(action="contact.looked", actor_pid=cast.desk.pid).count() == 1


# --- the report behind it


def test_a_contact_answers_its_report(cast: Cast) -> None:
    report, code = make(cast)
    actions.assign_team(report.pk, team().pk, by=cast.desk, at=cast.at)
    actions.step_report(report.pk, "departed", by=cast.regu, at=cast.at)

    met(cast, report_id=report.pk)
    assert public_state(code).state == "met"

    actions.step_report(report.pk, "handled", by=cast.regu, at=cast.at)
    assert public_state(code).state == "handled"


@pytest.mark.parametrize(
    ("decision", "state"), [("tidak_ditemukan", "not_found"), ("bukan_sasaran", "closed")]
)
def test_nobody_there_or_no_target_closes_the_report_honestly(cast: Cast, decision: str, state: str) -> None:
    report, code = make(cast)
    actions.assign_team(report.pk, team().pk, by=cast.desk, at=cast.at)

    met(cast, report_id=report.pk, decision=decision)

    assert public_state(code).state == state
    assert Report.objects.get(pk=report.pk).closed_at is not None


def test_a_report_of_another_team_cannot_be_answered(cast: Cast) -> None:
    report, _ = make(cast)
    actions.assign_team(report.pk, Post.objects.get(code="satpolpp.regu1").pk, by=cast.desk, at=cast.at)

    with pytest.raises(NotFound):
        met(cast, report_id=report.pk)
    assert not Contact.objects.exists()
