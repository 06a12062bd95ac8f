"""Who may ask, by when it is answered, on which grounds it may be refused, and what is then done."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from rangkul.access.actions import give_grant
from rangkul.access.models import Grant
from rangkul.audit.models import Event
from rangkul.deadlines.models import Deadline
from rangkul.directory.city import city
from rangkul.domain import rights as rules
from rangkul.domain.deadlines import due_at
from rangkul.domain.errors import NotAllowed, NotFound
from rangkul.people.actions import add_claims
from rangkul.people.models import IdentityClaim, Person
from rangkul.people.queries import identity_of
from rangkul.people.typed import NewClaim
from rangkul.rights.actions import DecisionInput, decide, receive, take_back, tie
from rangkul.rights.carrying import (
    Change,
    carry_out_correction,
    carry_out_withdrawal,
    lift_restriction,
)
from rangkul.rights.models import PrivacyRequest
from rangkul.rights.queries import answer_to, request_seen_by, requests_for, waiting_for
from rangkul.rights.refusals import NothingToEnd, NotTied, PersonNotFound
from rangkul.worklist.queries import tasks_for
from tests.cast import Cast, login
from tests.rights.made import a_subject, asked, granted, said

CANARY = "KANARI-NAMA-PEMOHON"


def clock_of(row: PrivacyRequest) -> Deadline:
    return Deadline.objects.get(subject_id=row.pk)


# --- the clock ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", rules.KINDS)
def test_the_clock_is_three_times_24_hours_from_the_asking(cast: Cast, kind: str) -> None:
    row = receive(said(kind, asked_at=cast.later(hours=-5)), by=cast.desk, at=cast.at)

    clock = clock_of(row)

    assert clock.clock == rules.CLOCKS[kind]
    assert clock.due_at == cast.later(hours=-5) + timedelta(hours=72)
    assert clock.owner_post_id == cast.dpo.post_id
    assert clock.statutory is (kind != "erasure")


@given(asked_at=st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)), kind=st.sampled_from(rules.KINDS))
def test_whatever_the_day_and_hour_the_clock_is_real_time(asked_at: datetime, kind: str) -> None:
    row = city().clock(rules.CLOCKS[kind])
    moment = asked_at.astimezone()

    due = due_at(moment, row.amount, row.unit, lambda day: False)  # type: ignore[arg-type]

    assert due - moment == timedelta(hours=72)


def test_an_answer_meets_the_clock_and_taking_back_drops_it(cast: Cast) -> None:
    person, _case = a_subject(cast)
    refused, back = asked(cast, "access", person), asked(cast, "restriction", person)

    decide(
        refused.pk,
        DecisionInput(outcome="refused", ground="bahaya", words="Membahayakan."),
        by=cast.dpo,
        at=cast.later(hours=2),
    )
    take_back(back.pk, "", by=cast.dpo, at=cast.later(hours=3))

    assert clock_of(refused).met_at == cast.later(hours=2)
    assert clock_of(back).dropped_why == "privacy.taken_back"


def test_what_is_granted_is_not_answered_until_it_is_done(cast: Cast) -> None:
    person, _case = a_subject(cast)
    row = granted(cast, "correction", person)
    assert clock_of(row).met_at is None

    carry_out_correction(
        row.pk, Change(kind="name", value="Sri Wahyuni"), by=cast.dpo, at=cast.later(hours=9)
    )

    assert clock_of(row).met_at == cast.later(hours=9)


def test_the_moment_of_asking_is_neither_ahead_nor_long_ago(cast: Cast) -> None:
    for moment in (cast.later(hours=1), cast.later(days=-91)):
        with pytest.raises(rules.AskedWhen):
            receive(said("access", asked_at=moment), by=cast.desk, at=cast.at)


# --- who asks, and about whom ------------------------------------------------------------------------------------------------


@given(asker=st.sampled_from(rules.ASKERS), identity=st.sampled_from(("", *rules.IDENTITIES)),
       authority=st.sampled_from(("", *rules.AUTHORITIES)))  # fmt: skip
def test_nobody_asks_without_proof(asker: str, identity: str, authority: str) -> None:
    right = bool(identity) and (asker == "self" or authority in rules.AUTHORITY_OF[asker])

    if right:
        rules.check_proof(asker, identity, authority)
    else:
        with pytest.raises(rules.ProofMissing):
            rules.check_proof(asker, identity, authority)


def test_a_desk_receives_and_ties_but_does_not_decide(cast: Cast) -> None:
    person, _case = a_subject(cast)
    row = receive(said("access", about="ibu di terminal"), by=cast.desk, at=cast.at)
    assert [each.step for each in waiting_for(cast.desk)] == ["tie"]

    tie(row.pk, person.code, by=cast.desk, at=cast.later(hours=1))

    assert waiting_for(cast.desk) == []
    with pytest.raises(NotAllowed):
        decide(row.pk, DecisionInput(outcome="granted"), by=cast.desk, at=cast.later(hours=2))
    assert [task.what for task in tasks_for(cast.dpo, cast.at).later] == [
        "Putuskan permintaan menyangkut data pribadi"
    ]


def test_nothing_is_granted_about_nobody_and_a_wrong_code_is_refused(cast: Cast) -> None:
    row = asked(cast, "access")

    with pytest.raises(NotTied):
        decide(row.pk, DecisionInput(outcome="granted"), by=cast.dpo, at=cast.at)
    with pytest.raises(PersonNotFound):
        tie(row.pk, "7QK-M2X-9", by=cast.dpo, at=cast.at)

    decide(row.pk, DecisionInput(outcome="nothing_kept"), by=cast.dpo, at=cast.at)
    assert clock_of(row).met_at == cast.at


@pytest.mark.parametrize("who", ["peksos", "regu", "satpol_desk", "shelter", "kabid", "admin", "nakes"])
def test_for_all_others_requests_are_not_there(cast: Cast, client: Client, who: str) -> None:
    row = asked(cast, "access")

    with pytest.raises(NotFound):
        request_seen_by(getattr(cast, who), row.pk, cast.at)
    login(client, getattr(cast, who))
    assert client.get("/hak/").status_code == 404
    assert client.get(f"/hak/{row.pk}/").status_code == 404


def test_a_desk_sees_its_own_requests_only(cast: Cast) -> None:
    person, _case = a_subject(cast)
    theirs, own = asked(cast, "access", person), receive(said("access"), by=cast.desk, at=cast.at)

    assert [each.id for each in requests_for(cast.desk, cast.at)] == [own.pk]
    with pytest.raises(NotFound):
        request_seen_by(cast.desk, theirs.pk, cast.at)


def test_what_was_said_stands_in_no_readable_column(cast: Cast) -> None:
    row = receive(
        said("access", name=CANARY, words=CANARY, contact=CANARY, about=CANARY), by=cast.desk, at=cast.at
    )
    decide(
        row.pk, DecisionInput(outcome="refused", ground="tidak_berhak", words=CANARY), by=cast.dpo, at=cast.at
    )

    with connection.cursor() as cursor:
        for table in ("rights_request", "rights_step", "audit_event", "deadlines_deadline"):
            cursor.execute(f"SELECT * FROM {table}")
            assert CANARY not in str(cursor.fetchall())


def test_a_look_is_recorded_with_its_purpose(cast: Cast) -> None:
    row = asked(cast, "access")

    request_seen_by(cast.dpo, row.pk, cast.at)

    event = Event.objects.filter(action="privacy.looked").get()
    assert (event.purpose, event.sensitivity) == ("hak-subjek", "protected")


# --- the decision --------------------------------------------------------------------------------------------------------------


@given(
    kind=st.sampled_from(rules.KINDS),
    outcome=st.sampled_from(("refused", "partly")),
    ground=st.sampled_from(["", "karena_repot", *city().rights_grounds]),
    words=st.sampled_from(["", "  ", "Karena itu."]),
)
def test_no_refusal_without_a_ground_of_its_kind_and_words(
    kind: str, outcome: str, ground: str, words: str
) -> None:
    lawful = {each.code for each in city().grounds_to_refuse(kind)}

    if ground in lawful and words.strip():
        rules.check_decision(outcome, ground, words, lawful)
    else:
        with pytest.raises((rules.GroundMissing, rules.WordsMissing)):
            rules.check_decision(outcome, ground, words, lawful)


def test_the_database_knows_no_refusal_without_a_ground(cast: Cast) -> None:
    row = asked(cast, "access")

    with pytest.raises(IntegrityError), transaction.atomic():
        PrivacyRequest.objects.filter(pk=row.pk).update(state="refused")


@given(
    kind=st.sampled_from(rules.KINDS),
    steps=st.lists(st.sampled_from(rules.STEPS), max_size=8),
)
def test_whatever_is_tried_the_way_ends_and_never_begins_again(kind: str, steps: list[str]) -> None:
    state, ended = rules.RECEIVED, False
    for step in steps:
        try:
            state = rules.next_state(state, step, kind)
        except rules.StepNotNow:
            continue
        assert not ended
        ended = state not in rules.OPEN
        assert not (kind == "erasure" and step == "carry_out")
        assert not (kind != "erasure" and state == rules.WAITING)


def test_the_answer_names_the_ground_and_nothing_of_the_person(cast: Cast, client: Client) -> None:
    person, _case = a_subject(cast)
    row = asked(cast, "access", person)
    decide(
        row.pk,
        DecisionInput(outcome="refused", ground="data_orang_lain", words="Lihat penjelasan."),
        by=cast.dpo,
        at=cast.at,
    )

    answer = answer_to(cast.dpo, row.pk, cast.at)
    assert answer.ground is not None
    assert answer.ground.law == "UU 27/2022 Ps. 33"
    page = login(client, cast.dpo).get(f"/hak/{row.pk}/jawaban/").content.decode()
    assert "Ps. 33" in page
    assert person.label not in page


# --- correction ------------------------------------------------------------------------------------------------------------------


def test_a_correction_adds_a_claim_with_its_source_and_voids_the_wrong_one(cast: Cast) -> None:
    person, _case = a_subject(cast)
    add_claims(
        person.pk, [NewClaim(kind="domicile", value="Jl. Lama", source="self")], by=cast.peksos, at=cast.at
    )
    wrong = IdentityClaim.objects.get(person=person, kind="domicile")
    row = granted(cast, "correction", person)

    carry_out_correction(
        row.pk,
        Change(kind="domicile", value="Jl. Baru 5", replaces=wrong.pk, document=True),
        by=cast.dpo,
        at=cast.later(hours=2),
    )

    claim = IdentityClaim.objects.get(person=person, kind="domicile", voided_at__isnull=True)
    assert (claim.value, claim.source, claim.source_words) == (
        "Jl. Baru 5",
        "subject_request",
        f"permohonan subjek {row.code}",
    )
    wrong.refresh_from_db()
    assert wrong.voided_at is not None
    page = request_seen_by(cast.dpo, row.pk, cast.later(hours=3))
    assert page.corrected is not None
    assert (page.replaced, page.corrected.value) == ("Jl. Lama", "Jl. Baru 5")
    shown = identity_of(cast.peksos, Person.objects.get(pk=person.pk), at=cast.later(hours=3))
    assert "Jl. Baru 5" in str(shown)


def test_a_corrected_name_is_what_lists_show(cast: Cast) -> None:
    person, _case = a_subject(cast)
    add_claims(
        person.pk, [NewClaim(kind="name", value="Kasno Wiyono", source="self")], by=cast.peksos, at=cast.at
    )
    wrong = IdentityClaim.objects.get(person=person, kind="name")
    row = granted(cast, "correction", person)

    carry_out_correction(
        row.pk, Change(kind="name", value="Kasnawi", replaces=wrong.pk), by=cast.dpo, at=cast.later(hours=2)
    )

    assert Person.objects.get(pk=person.pk).label == "Kasnawi"


# --- withdrawal --------------------------------------------------------------------------------------------------------------------


def opened_to(cast: Cast, person: Any, about: Any) -> None:
    with transaction.atomic():
        give_grant(
            person, about_kind="referral", about_id=about, parts=["identity"], posts=[cast.naker.post_id], receiver="x",
            by=cast.peksos, at=cast.at,
        )  # fmt: skip


def test_a_withdrawal_ends_what_consent_had_opened(cast: Cast) -> None:
    person, case = a_subject(cast)
    opened_to(cast, person.pk, person.pk)
    opened_to(cast, person.pk, case.pk)
    row = granted(cast, "withdrawal", person)

    carry_out_withdrawal(row.pk, [person.pk], by=cast.dpo, at=cast.later(hours=2))

    assert [each.about_id for each in Grant.objects.filter(until__isnull=True)] == [case.pk]
    assert clock_of(row).met_at == cast.later(hours=2)


def test_with_nothing_open_there_is_nothing_to_end(cast: Cast) -> None:
    person, _case = a_subject(cast)
    row = granted(cast, "withdrawal", person)

    with pytest.raises(NothingToEnd):
        carry_out_withdrawal(row.pk, by=cast.dpo, at=cast.later(hours=2))


def test_lifting_needs_words(cast: Cast) -> None:
    person, _case = a_subject(cast)
    row = granted(cast, "restriction", person)

    with pytest.raises(rules.WordsMissing):
        lift_restriction(row.pk, " ", by=cast.dpo, at=cast.at)


# --- the face for programs ------------------------------------------------------------------------------------------------------------


def test_the_api_says_what_the_page_says(cast: Cast, client: Client) -> None:
    from tests.api.test_api import bearer

    person, _case = a_subject(cast)
    headers = bearer(cast.dpo)
    body = {
        "kind": "restriction",
        "asker": "self",
        "name": "Sri",
        "identity": "ktp",
        "person_code": person.code,
    }
    made = client.post("/api/v1/privacy-requests", body, content_type="application/json", headers=headers)
    assert made.status_code == 200, made.content
    where = f"/api/v1/privacy-requests/{made.json()['id']}"

    wrong = client.post(
        f"{where}/decision", {"outcome": "refused"}, content_type="application/json", headers=headers
    )
    assert (wrong.status_code, wrong.json()["code"]) == (422, "rights_ground_missing")
    assert (
        client.post(
            f"{where}/decision", {"outcome": "granted"}, content_type="application/json", headers=headers
        ).status_code
        == 200
    )
    assert (
        client.post(f"{where}/carry-out", {}, content_type="application/json", headers=headers).status_code
        == 200
    )
    assert client.get(where, headers=headers).json()["restricted"] is True
    assert Person.objects.get(pk=person.pk).restricted_at is not None
