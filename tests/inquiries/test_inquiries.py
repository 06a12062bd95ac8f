"""Whoever looks learns nothing from us; the post that answers for a person learns at once, and asks the person."""

from __future__ import annotations

import gzip
import json
import re
import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.test import Client

from rangkul.audit.models import Event
from rangkul.cases.holder_actions import change_holder
from rangkul.cases.models import Case
from rangkul.directory.models import Post
from rangkul.directory.queries import system_operator
from rangkul.domain.errors import NotAllowed, NotFound
from rangkul.inquiries.actions import (
    ClaimInput,
    InquiryInput,
    add_proofs,
    answer_match,
    approve_text,
    claim_child,
    close_inquiry,
    end_claim,
    sign_claim,
    sign_match,
    take_inquiry,
    write_text,
)
from rangkul.inquiries.finding import look
from rangkul.inquiries.models import ChildClaim, DuePerson, Inquiry, InquiryMatch
from rangkul.inquiries.queries import (
    claim_seen_by,
    inquiries_of,
    match_seen_by,
    matches_waiting,
    texts_to_say,
    texts_waiting,
)
from rangkul.inquiries.refusals import (
    AnswerUnclear,
    ClaimOver,
    InquiryUnclear,
    MatchEnded,
    NameInText,
    ProofsMissing,
    SecondNeeded,
)
from rangkul.letters.actions import content_of, draft_letter
from rangkul.matching.engine.model import SHIPPED
from rangkul.people.actions import add_claims, register_person
from rangkul.people.models import Person
from rangkul.people.typed import NewClaim, NewPerson
from tests.cases.made import an_open_case
from tests.cast import Cast, login

CROWD = ("Wagiman Sutrisna", "Ngadimin Suwito", "Karto Utomo", "Budi Hartono", "Joko Santosa")


def sought(**facts: str) -> InquiryInput:
    given = {
        "name": "Sumarni Rahayu", "relation": "child", "proof": "KTP dan KK", "purpose": "menjemput bapak", "phone": "0811000111",
        "sought_name": "Slamet Riyadi", "sought_sex": "L", "sought_age": "sekitar 47", "sought_origin": "33.23",
    }  # fmt: skip
    return InquiryInput(**{**given, **facts})


def somebody(cast: Cast, name: str = "Slamet Riyadi", by: Any = None, **facts: Any) -> Person:
    new = NewPerson(**{"name": name, "sex": "L", "age": "45", "origin": "33.23", **facts})
    return register_person(new, by=by or cast.peksos, at=cast.at)


def crowd(cast: Cast) -> None:
    for name in CROWD:
        somebody(cast, name, origin="33.71")


def beat(cast: Cast, hours: float = 1) -> int:
    return look(by=system_operator(), at=cast.later(hours=hours))


def case_of(cast: Cast, person: Person, sensitivity: str = "ordinary", holder: str = "peksos2") -> Case:
    """An open case of this person that another post holds."""
    case = an_open_case(cast)
    case.person, case.sensitivity = person, sensitivity
    case.holder_id = getattr(cast, holder).post_id
    case.save()
    return case


def matched(cast: Cast, **facts: Any) -> InquiryMatch:
    """One match of a person and an inquiry of the desk."""
    crowd(cast)
    somebody(cast, **facts)
    take_inquiry(sought(sought_age=facts.get("age", "47")), by=cast.desk, at=cast.at)
    beat(cast)
    return InquiryMatch.objects.get(person__label=facts.get("name", "Slamet Riyadi"))


# --- both ways, and to whom ---------------------------------------------------------------------------------------------


def test_a_new_inquiry_is_held_beside_the_register(cast: Cast) -> None:
    match = matched(cast)

    assert match.holder_id == cast.peksos.post_id
    assert [each.id for each in matches_waiting(cast.peksos)] == [match.pk]


def test_a_new_person_is_held_beside_the_open_inquiries(cast: Cast) -> None:
    crowd(cast)
    take_inquiry(sought(), by=None, at=cast.at)
    assert beat(cast) == 0

    found = somebody(cast)
    beat(cast, 2)

    assert InquiryMatch.objects.get().person_id == found.pk
    assert not DuePerson.objects.exists()


@pytest.mark.parametrize("who_comes_first", ["inquiry", "person"])
def test_what_officers_taught_counts_when_a_family_looks_too(
    cast: Cast, settings: Any, tmp_path: Path, who_comes_first: str
) -> None:
    """Answers that made the model of this instance doubt everything: then nobody is told of, here as at the intake."""
    taught = json.loads(gzip.decompress(SHIPPED.read_bytes()))
    taught["answers"] = {"intake": {"scale": 1.0, "shift": -30.0, "weights": {}}}
    settings.MATCHING_MODEL = tmp_path / "model.json.gz"
    settings.MATCHING_MODEL.write_bytes(gzip.compress(json.dumps(taught).encode()))
    crowd(cast)
    if who_comes_first == "inquiry":
        take_inquiry(sought(), by=None, at=cast.at)
        beat(cast)
    somebody(cast)
    if who_comes_first == "person":
        take_inquiry(sought(), by=None, at=cast.at)

    assert beat(cast, 2) == 0


@pytest.mark.django_db(transaction=True)
def test_who_becomes_known_while_the_clock_looks_is_not_forgotten(committed_cast: Cast) -> None:
    """The name is not yet committed when the clock comes by: it waits and reads it, or finds the person due again."""
    cast = committed_cast
    crowd(cast)
    take_inquiry(sought(), by=None, at=cast.at)
    person = somebody(cast, "")
    beat(cast)
    DuePerson.objects.create(person_id=person.pk, since=cast.at)

    def looks() -> None:
        try:
            beat(cast, 2)
        finally:
            connections.close_all()

    clock = threading.Thread(target=looks)
    with transaction.atomic():
        name = NewClaim(kind="name", value="Slamet Riyadi")
        add_claims(person.pk, [name], by=cast.peksos, at=cast.later(hours=1))
        clock.start()
        clock.join(2)  # as far as it comes: to its end, or to where it waits for us
    clock.join(30)
    beat(cast, 3)

    assert InquiryMatch.objects.filter(person=person).exists()


def test_a_second_beat_tells_nothing_twice(cast: Cast) -> None:
    matched(cast)
    told = InquiryMatch.objects.count()

    assert beat(cast, 3) == 0
    assert InquiryMatch.objects.count() == told


def test_the_holder_of_the_case_is_told_not_who_once_registered(cast: Cast) -> None:
    crowd(cast)
    person = somebody(cast)
    case_of(cast, person)
    take_inquiry(sought(), by=cast.desk, at=cast.at)
    beat(cast)

    match = InquiryMatch.objects.get(person=person)
    assert match.holder_id == cast.peksos2.post_id
    assert not [each for each in matches_waiting(cast.peksos) if each.id == match.pk]
    with pytest.raises(NotFound):
        match_seen_by(cast.peksos, match.pk, cast.at)


def test_a_match_goes_with_the_case(cast: Cast) -> None:
    """Whoever holds the case asks; who gave it away neither sees the match any more nor answers it."""
    match = matched(cast)
    case = case_of(cast, match.person, holder="peksos")
    assert [each.id for each in matches_waiting(cast.peksos)] == [match.pk]

    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        taker = Post.objects.get(pk=cast.peksos2.post_id)
        change_holder(
            locked,
            taker,
            from_post_id=cast.peksos.post_id,
            by=cast.peksos,
            at=cast.later(hours=2),
            stays_on=False,
        )

    assert matches_waiting(cast.peksos) == []
    assert [each.id for each in matches_waiting(cast.peksos2)] == [match.pk]
    with pytest.raises(NotFound):
        answer_match(match.pk, "agreed", "Ya", by=cast.peksos, at=cast.later(hours=3))
    assert Event.objects.filter(action="inquiry.match_moved").count() == 1
    answer_match(match.pk, "declined", "Tidak", by=cast.peksos2, at=cast.later(hours=3))


def test_a_match_that_ended_stays_where_it_was_answered(cast: Cast) -> None:
    match = matched(cast)
    case = case_of(cast, match.person, holder="peksos")
    answer_match(match.pk, "declined", "Tidak mau", by=cast.peksos, at=cast.later(hours=2))

    with transaction.atomic():
        taker = Post.objects.get(pk=cast.peksos2.post_id)
        change_holder(
            case,
            taker,
            from_post_id=cast.peksos.post_id,
            by=cast.peksos,
            at=cast.later(hours=3),
            stays_on=False,
        )

    match.refresh_from_db()
    assert match.holder_id == cast.peksos.post_id


def test_a_sealed_case_tells_nobody_anything(cast: Cast) -> None:
    crowd(cast)
    person = somebody(cast)
    case_of(cast, person, "sealed")
    take_inquiry(sought(), by=cast.desk, at=cast.at)
    beat(cast)

    assert not InquiryMatch.objects.filter(person=person).exists()


@pytest.mark.parametrize(
    "who", ["desk", "regu", "bhabin", "ppa", "kadis", "steward", "dpo", "sekda", "peksos2"]
)
def test_nobody_but_the_holder_learns_of_a_match(cast: Cast, who: str) -> None:
    match = matched(cast)
    member = getattr(cast, who)

    assert matches_waiting(member) == []
    with pytest.raises(NotFound):
        match_seen_by(member, match.pk, cast.at)
    with pytest.raises((NotFound, NotAllowed)):
        answer_match(match.pk, "agreed", "ya", by=member, at=cast.later(hours=2))


def test_reading_a_match_leaves_an_event_and_the_phone_waits_for_a_yes(cast: Cast) -> None:
    match = matched(cast)

    page = match_seen_by(cast.peksos, match.pk, cast.later(hours=2))
    assert (page.inquirer["name"], page.phone) == ("Sumarni Rahayu", "")
    assert Event.objects.filter(action="inquiry.match_looked").count() == 1
    answer_match(match.pk, "agreed", "Itu anak saya, mau pulang.", by=cast.peksos, at=cast.later(hours=3))
    assert match_seen_by(cast.peksos, match.pk, cast.later(hours=4)).phone == "0811000111"


def test_a_no_stays_a_no_and_shows_no_phone(cast: Cast) -> None:
    match = matched(cast)
    answer_match(match.pk, "declined", "Takut kepadanya.", by=cast.peksos, at=cast.later(hours=3))

    assert match_seen_by(cast.peksos, match.pk, cast.later(hours=4)).phone == ""
    with pytest.raises(MatchEnded):
        answer_match(match.pk, "agreed", "berubah", by=cast.peksos, at=cast.later(hours=5))


def test_an_answer_needs_the_words_of_the_person(cast: Cast) -> None:
    match = matched(cast)
    with pytest.raises(AnswerUnclear):
        answer_match(match.pk, "agreed", " ", by=cast.peksos, at=cast.later(hours=2))
    answer_match(match.pk, "later", "Masih tidur.", by=cast.peksos, at=cast.later(hours=2))
    assert matches_waiting(cast.peksos)


def test_for_a_child_unit_ppa_decides_with_the_holder(cast: Cast) -> None:
    match = _child_match(cast)

    answer_match(match.pk, "agreed", "Anak mengenali ibunya.", by=cast.peksos, at=cast.later(hours=2))
    assert match_seen_by(cast.peksos, match.pk, cast.later(hours=3)).phone == ""
    assert [each.id for each in matches_waiting(cast.ppa)] == [match.pk]
    with pytest.raises((NotAllowed, NotFound)):
        sign_match(match.pk, by=cast.peksos, at=cast.later(hours=3))
    sign_match(match.pk, by=cast.ppa, at=cast.later(hours=4))
    assert match_seen_by(cast.peksos, match.pk, cast.later(hours=5)).phone == "0811000111"


def _child_match(cast: Cast) -> InquiryMatch:
    crowd(cast)
    somebody(cast, "Dimas Wijaya", age="6")
    take_inquiry(
        sought(sought_name="Dimas Wijaya", sought_age="6", relation="parent"), by=cast.desk, at=cast.at
    )
    beat(cast)
    return InquiryMatch.objects.get(person__is_minor=True)


# --- what the inquirer sees ---------------------------------------------------------------------------------------------


def _neutral(text: str) -> str:
    """A page without what differs on any two requests."""
    return re.sub(r'(nonce|value|content)="[^"]*"', "", text)


def test_found_or_not_the_page_says_the_same(cast: Cast, client: Client) -> None:
    crowd(cast)
    somebody(cast)
    known = take_inquiry(sought(), by=None, at=cast.at)
    unknown = take_inquiry(
        sought(sought_name="Zulkarnain Bimantoro", sought_origin="12.01"), by=None, at=cast.at
    )
    before = client.get(f"/mencari/{known}/")
    beat(cast)
    match = InquiryMatch.objects.get()
    answer_match(match.pk, "agreed", "mau", by=cast.peksos, at=cast.later(hours=3))

    found, nothing = client.get(f"/mencari/{known}/"), client.get(f"/mencari/{unknown}/")

    assert match.inquiry.code_digest != Inquiry.objects.exclude(pk=match.inquiry_id).get().code_digest
    assert found.status_code == nothing.status_code == 200
    assert (
        _neutral(before.content.decode())
        == _neutral(found.content.decode())
        == _neutral(nothing.content.decode())
    )


def test_what_the_desk_sees_tells_of_no_match(cast: Cast) -> None:
    crowd(cast)
    take_inquiry(sought(), by=cast.desk, at=cast.at)
    before = inquiries_of(cast.desk, cast.at)
    somebody(cast)
    beat(cast)

    assert InquiryMatch.objects.exists()
    assert inquiries_of(cast.desk, cast.at) == before


def test_asking_costs_the_same_whether_somebody_is_known(cast: Cast) -> None:
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 - two counts to compare

    crowd(cast)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            take_inquiry(sought(), by=None, at=cast.at)
        counts.append(len(asked))
        somebody(cast)
    assert counts[0] == counts[1]


def test_the_public_form_keeps_what_was_typed_and_gives_a_code(cast: Cast, client: Client) -> None:
    refused = client.post("/mencari/", {"sought_name": "Slamet Riyadi", "key": ""})
    assert refused.status_code == 422
    assert "Slamet Riyadi" in refused.content.decode()

    typed = {name: getattr(sought(), name) for name in sought().__dataclass_fields__ if name != "channel"}
    assert client.post("/mencari/", typed).status_code == 303
    answer = client.get("/mencari/terima-kasih/")

    code = re.search(r'id="kode">([^<]+)<', answer.content.decode())
    assert code and client.get(f"/mencari/{code.group(1)}/").status_code == 200
    assert client.get("/mencari/AAAA-BBBB/").status_code == 404


def test_nothing_said_stands_in_plain(cast: Cast) -> None:
    take_inquiry(sought(), by=None, at=cast.at)
    row = Inquiry.objects.get()

    for word in (b"Slamet", b"Sumarni", b"0811000111"):
        assert word not in bytes(row.sealed)


def test_an_empty_inquiry_is_refused(cast: Cast) -> None:
    with pytest.raises(InquiryUnclear):
        take_inquiry(sought(sought_name=""), by=None, at=cast.at)
    with pytest.raises(InquiryUnclear):
        take_inquiry(sought(relation="king"), by=None, at=cast.at)
    with pytest.raises((NotAllowed, NotFound)):
        take_inquiry(sought(), by=cast.regu, at=cast.at)


def test_only_who_took_it_closes_it_and_waiting_matches_end(cast: Cast) -> None:
    match = matched(cast)
    with pytest.raises(NotFound):
        close_inquiry(match.inquiry_id, "withdrawn", by=cast.peksos, at=cast.later(hours=2))
    close_inquiry(match.inquiry_id, "withdrawn", by=cast.desk, at=cast.later(hours=2))

    assert matches_waiting(cast.peksos) == []
    with pytest.raises(MatchEnded):
        answer_match(match.pk, "agreed", "ya", by=cast.peksos, at=cast.later(hours=3))


# --- words that may be said out loud ---------------------------------------------------------------------------------


def test_a_tracing_text_names_nobody(cast: Cast) -> None:
    person = somebody(cast)
    for text in ("Dicari keluarga Slamet, baju biru", "keluarga RIYADI."):
        with pytest.raises(NameInText):
            write_text(person.pk, text, "Piket 0293", by=cast.peksos, at=cast.at)


def test_a_tracing_text_is_heard_once_another_person_approved(cast: Cast) -> None:
    person = somebody(cast)
    row = write_text(person.pk, "Laki-laki sekitar 45, baju biru", "Piket 0293", by=cast.peksos, at=cast.at)

    assert texts_to_say(cast.regu, cast.at) == []
    with pytest.raises(NotFound):
        approve_text(row.pk, by=cast.peksos, at=cast.at)
    with pytest.raises(NotFound):
        approve_text(row.pk, by=cast.ppa, at=cast.at)
    assert [each.id for each in texts_waiting(cast.kabid)] == [row.pk]
    approve_text(row.pk, by=cast.kabid, at=cast.later(hours=1))
    assert [each.text for each in texts_to_say(cast.regu, cast.later(days=1))] == [
        "Laki-laki sekitar 45, baju biru"
    ]
    assert texts_to_say(cast.regu, cast.later(days=9)) == []


def test_a_childs_text_goes_to_unit_ppa(cast: Cast) -> None:
    child = somebody(cast, "Dimas Wijaya", age="6")
    row = write_text(child.pk, "Anak sekitar 6, baju kuning", "Piket 0293", by=cast.peksos, at=cast.at)

    with pytest.raises(NotFound):
        approve_text(row.pk, by=cast.kabid, at=cast.at)
    approve_text(row.pk, by=cast.ppa, at=cast.at)


def test_the_writer_never_approves(cast: Cast) -> None:
    person = somebody(cast)
    row = write_text(person.pk, "Laki-laki, baju biru", "Piket", by=cast.kabid, at=cast.at)
    with pytest.raises(SecondNeeded):
        approve_text(row.pk, by=cast.kabid, at=cast.at)


# --- a child that somebody claims --------------------------------------------------------------------------------------

PROOFS = {"identity": "KK asli", "second": "foto bersama", "reaction": "memeluk ibunya"}


def claimed(cast: Cast, **proofs: str) -> ChildClaim:
    child = somebody(cast, "Dimas Wijaya", age="6")
    said = ClaimInput(name="Sumarni", relation="parent", **proofs)
    return claim_child(child.pk, said, by=cast.peksos, at=cast.at)


@pytest.mark.parametrize("missing", [*PROOFS, "ppa"])
def test_without_any_one_of_the_proofs_no_child_is_handed_over(cast: Cast, missing: str) -> None:
    claim = claimed(cast, **{name: words for name, words in PROOFS.items() if name != missing})
    if missing != "ppa":
        sign_claim(claim.pk, by=cast.ppa, at=cast.later(hours=1))

    with pytest.raises(ProofsMissing):
        end_claim(claim.pk, release=True, by=cast.peksos, at=cast.later(hours=2))
    claim.refresh_from_db()
    assert claim.released_at is None
    assert claim_seen_by(cast.peksos, claim.pk, cast.at).missing == (missing,)


def test_with_all_of_them_two_people_see_the_child_off(cast: Cast) -> None:
    claim = claimed(cast)
    add_proofs(claim.pk, PROOFS, by=cast.peksos, at=cast.later(hours=1))
    sign_claim(claim.pk, by=cast.ppa, at=cast.later(hours=2))
    with pytest.raises(ProofsMissing):
        end_claim(claim.pk, release=True, by=cast.ppa, at=cast.later(hours=2))

    end_claim(claim.pk, release=True, by=cast.peksos, at=cast.later(hours=3))

    claim.refresh_from_db()
    assert claim.released_by_id == cast.peksos.post_id
    with pytest.raises(ClaimOver):
        add_proofs(claim.pk, PROOFS, by=cast.peksos, at=cast.later(hours=4))


def test_the_paper_of_a_child_names_claimant_and_proofs_and_only_once_it_was_given(cast: Cast) -> None:
    claim = claimed(cast, **PROOFS)
    sign_claim(claim.pk, by=cast.ppa, at=cast.later(hours=2))
    about = ("claim", claim.pk)
    with pytest.raises(ProofsMissing):
        draft_letter("ba_serah_terima", about, {}, by=cast.peksos, at=cast.later(hours=2))
    end_claim(claim.pk, release=True, by=cast.peksos, at=cast.later(hours=3))

    letter = draft_letter(
        "ba_serah_terima", about, {"kondisi": "Sehat"}, by=cast.peksos, at=cast.later(hours=4)
    )

    said = content_of(letter)
    assert said["pihak_kedua_nama"] == "Sumarni"
    assert all(words in said["dokumen"] for words in ("KK asli", "foto bersama", "Unit PPA"))
    assert "memeluk ibunya" in said["yang_perlu_diketahui"]
    assert (letter.sensitivity, letter.person_id) == ("protected", claim.person_id)
    with pytest.raises(NotFound):
        draft_letter("ba_serah_terima", about, {}, by=cast.peksos2, at=cast.later(hours=4))


def test_the_database_itself_hands_over_no_child_without_unit_ppa(cast: Cast) -> None:
    claim = claimed(cast, **PROOFS)
    with pytest.raises(IntegrityError), transaction.atomic():
        ChildClaim.objects.filter(pk=claim.pk).update(released_at=cast.at)


@pytest.mark.parametrize("who", ["desk", "regu", "bhabin", "peksos2", "nakes", "steward"])
def test_others_find_no_claim(cast: Cast, who: str) -> None:
    claim = claimed(cast, **PROOFS)
    with pytest.raises(NotFound):
        claim_seen_by(getattr(cast, who), claim.pk, cast.at)


# --- the pages ---------------------------------------------------------------------------------------------------------


def test_every_page_opens_for_its_people_and_leads_on(cast: Cast, client: Client) -> None:
    match, child = _child_match(cast), Person.objects.get(is_minor=True)
    claim = claim_child(child.pk, ClaimInput("Sumarni", "parent"), by=cast.peksos, at=cast.at)
    write_text(child.pk, "Anak sekitar 6, baju kuning", "Piket", by=cast.peksos, at=cast.at)
    opens: dict[str, list[str]] = {
        "desk": ["/pencarian/", "/pencarian/baru/", "/penelusuran/"],
        "peksos": [
            f"/pencarian/cocok/{match.pk}/", f"/orang/{child.code}/", f"/orang/{child.code}/penelusuran/",
            f"/orang/{child.code}/pengakuan/", f"/pengakuan/{claim.pk}/", "/",
        ],
        "ppa": ["/penelusuran/", f"/pengakuan/{claim.pk}/", "/"],
    }  # fmt: skip
    for who, pages in opens.items():
        login(client, getattr(cast, who))
        for page in pages:
            assert client.get(page).status_code == 200, (who, page)


def test_a_match_is_answered_on_its_page_and_what_was_typed_comes_back(cast: Cast, client: Client) -> None:
    match = matched(cast)
    login(client, cast.peksos)
    page = f"/pencarian/cocok/{match.pk}/"

    refused = client.post(page, {"words": "ia menggeleng"})
    assert refused.status_code == 422
    assert "ia menggeleng" in refused.content.decode()
    assert client.post(page, {"words": "ia menggeleng", "answer": "declined"}).status_code == 302
    match.refresh_from_db()
    assert match.answer == "declined"
