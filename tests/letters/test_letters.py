"""A letter goes from draft over paraf and signature to its number; then it never changes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from rangkul.audit.models import Event
from rangkul.directory.city import city
from rangkul.domain.errors import ChangedMeanwhile, NotAllowed, NotFound
from rangkul.domain.letters import LetterFrozen, LetterGapEmpty
from rangkul.files.queries import file_by_id, read_bytes
from rangkul.letters.actions import (
    LetterKindUnknown,
    LetterNeedsRecord,
    LetterNotAbout,
    LetterNotYours,
    LetterStateWrong,
    LetterVoidNeedsReason,
    ReturnNeedsWords,
    content_of,
    correct_letter,
    draft_letter,
    give_paraf,
    return_letter,
    save_draft,
    send_letter,
    sign_letter,
    void_letter,
)
from rangkul.letters.models import Counter, Letter
from rangkul.letters.queries import (
    LetterAltered,
    holds,
    kinds_for,
    letter_page,
    letter_pdf,
    letters_about,
    letters_list,
    letters_waiting,
    public_check,
)
from rangkul.vault.sealing import seal_json
from tests.cases.made import an_open_case
from tests.cast import Cast
from tests.letters.made import a_draft, at_signer, issued, whole

pytestmark = pytest.mark.django_db


def test_a_letter_takes_its_number_only_when_it_is_signed(cast: Cast) -> None:
    letter = at_signer(cast)
    assert letter.number == "" and letter.ordinal is None and not Counter.objects.exists()

    letter = sign_letter(letter.pk, by=cast.kadis, at=cast.at)

    assert letter.state == "issued"
    assert letter.number == "400.9.1/0001/SP/DINSOS/2026"
    stored = file_by_id(letter.file_id)
    assert stored is not None and read_bytes(stored).startswith(b"%PDF-")
    assert holds(letter)


def test_each_type_and_year_counts_on_its_own_and_without_a_gap(cast: Cast) -> None:
    next_year = datetime(2027, 1, 2, 3, tzinfo=UTC)
    found = [issued(cast).number, issued(cast).number, issued(cast, "surat_keterangan_orang_telantar").number]
    later = issued(cast, at=next_year).number

    assert found == [
        "400.9.1/0001/SP/DINSOS/2026",
        "400.9.1/0002/SP/DINSOS/2026",
        "400.7.22.1/0001/SKOT/DINSOS/2026",
    ]
    assert later == "400.9.1/0001/SP/DINSOS/2027"


def test_new_year_is_reckoned_in_wib(cast: Cast) -> None:
    in_utc_still_2026 = datetime(2026, 12, 31, 18, tzinfo=UTC)

    assert issued(cast, at=in_utc_still_2026).year == 2027


def test_the_way_goes_by_post_and_only_the_post_in_turn_acts(cast: Cast) -> None:
    letter = send_letter(a_draft(cast).pk, by=cast.peksos, at=cast.at)
    assert letter.state == "paraf" and [line.id for line in letters_waiting(cast.kabid)] == [letter.pk]
    assert letters_waiting(cast.kadis) == []

    with pytest.raises((LetterStateWrong, LetterNotYours)):
        sign_letter(letter.pk, by=cast.kadis, at=cast.at)

    letter = give_paraf(letter.pk, by=cast.kabid, at=cast.at)
    assert letter.state == "sign"
    with pytest.raises(LetterNotYours):
        sign_letter(letter.pk, by=cast.kabid, at=cast.at)


def test_whoever_drafts_gives_no_paraf_to_the_own_draft(cast: Cast) -> None:
    letter = send_letter(a_draft(cast, by=cast.kabid).pk, by=cast.kabid, at=cast.at)

    assert letter.state == "sign"


def test_the_duties_of_a_vacant_post_go_to_the_post_above(cast: Cast) -> None:
    from rangkul.directory.models import PostHolding

    letter = send_letter(a_draft(cast).pk, by=cast.peksos, at=cast.at)
    PostHolding.objects.filter(post_id=cast.kabid.post_id).update(until=cast.at)

    assert [line.id for line in letters_waiting(cast.kadis)] == [letter.pk]
    assert give_paraf(letter.pk, by=cast.kadis, at=cast.at).state == "sign"


def test_a_returned_letter_comes_back_with_words_and_begins_a_new_round(cast: Cast) -> None:
    letter = at_signer(cast)
    with pytest.raises(ReturnNeedsWords):
        return_letter(letter.pk, " ", by=cast.kadis, at=cast.at)

    letter = return_letter(letter.pk, "Alamat panti keliru", by=cast.kadis, at=cast.at)
    assert letter.state == "draft"
    assert "Alamat panti keliru" in {
        step.words for step in letter_page(cast.peksos, letter.pk, cast.at).steps
    }

    save_draft(letter.pk, {"kepada": "Panti Wreda"}, by=cast.peksos, at=cast.at)
    again = send_letter(letter.pk, by=cast.peksos, at=cast.at)
    assert again.state == "paraf" and again.steps.filter(outcome="").count() == 2


def test_a_letter_with_a_hole_is_refused_by_name(cast: Cast) -> None:
    letter = draft_letter(
        "surat_pengantar",
        None,
        whole("surat_pengantar", alasan="", keperluan=" "),
        by=cast.peksos,
        at=cast.at,
    )

    with pytest.raises(LetterGapEmpty) as refusal:
        send_letter(letter.pk, by=cast.peksos, at=cast.at)

    assert refusal.value.facts["labels"] == "Alasan, Keperluan"


def test_an_issued_letter_never_changes(cast: Cast) -> None:
    letter = issued(cast)

    for change in (
        lambda: save_draft(letter.pk, {"nama": "Lain"}, by=cast.peksos, at=cast.at),
        lambda: send_letter(letter.pk, by=cast.peksos, at=cast.at),
        lambda: sign_letter(letter.pk, by=cast.kadis, at=cast.at),
        lambda: return_letter(letter.pk, "ubah", by=cast.kadis, at=cast.at),
    ):
        with pytest.raises(LetterFrozen):
            change()


@pytest.mark.parametrize("planted", ["content", "number", "secrecy"])
def test_a_letter_that_was_changed_behind_our_back_is_told(cast: Cast, planted: str) -> None:
    letter = issued(cast)
    if planted == "content":
        changed = {"content": {**content_of(letter), "nama": "Orang lain"}, "salt": "00"}
        sealed = seal_json(letter.subject_id, f"letters_letter|sealed|{letter.pk}", changed)
        Letter.objects.filter(pk=letter.pk).update(sealed=sealed)
    else:
        Letter.objects.filter(pk=letter.pk).update(**{planted: "lain"})
    letter.refresh_from_db()

    assert not holds(letter)
    assert public_check(letter.code or "").state == "altered"  # type: ignore[union-attr]
    with pytest.raises(LetterAltered):
        letter_pdf(cast.kadis, letter.pk, cast.at)


def test_a_correction_is_a_new_letter_that_names_the_old(cast: Cast) -> None:
    old = issued(cast)
    draft = correct_letter(old.pk, by=cast.peksos, at=cast.at)
    save_draft(draft.pk, {"nama": "Kasno, Wonosobo"}, by=cast.peksos, at=cast.at)
    assert public_check(old.code or "").state == "authentic"  # type: ignore[union-attr]

    send_letter(draft.pk, by=cast.peksos, at=cast.at)
    give_paraf(draft.pk, by=cast.kabid, at=cast.at)
    new = sign_letter(draft.pk, by=cast.kadis, at=cast.at)

    old.refresh_from_db()
    assert new.replaces_id == old.pk and new.number != old.number
    assert old.state == "issued" and holds(old)
    assert public_check(old.code or "").state == "replaced"  # type: ignore[union-attr]


def test_a_void_keeps_number_and_reason(cast: Cast) -> None:
    letter = issued(cast)
    with pytest.raises(LetterVoidNeedsReason):
        void_letter(letter.pk, "", by=cast.kadis, at=cast.at)
    with pytest.raises(NotAllowed):
        void_letter(letter.pk, "salah kirim", by=cast.peksos, at=cast.at)

    void_letter(letter.pk, "salah kirim", by=cast.kadis, at=cast.at)

    assert public_check(letter.code or "").state == "void"  # type: ignore[union-attr]
    assert issued(cast).ordinal == 2


def test_the_public_page_tells_nothing_of_content_or_person(cast: Cast) -> None:
    letter = issued(cast, case=an_open_case(cast))
    found = public_check((letter.code or "").lower())
    assert found is not None

    said = " ".join(map(str, (found.state, found.number, found.issued_on, found.agency, found.secrecy)))
    assert "Kasno" not in said and "Pengantar" not in said
    assert public_check("AAAAA-AAAAA-AAAAA") is None and public_check("' or 1") is None


def test_two_who_act_at_once_are_told(cast: Cast) -> None:
    letter = a_draft(cast)
    save_draft(letter.pk, {"nama": "Satu"}, by=cast.peksos, at=cast.at, seen=letter.revision)

    with pytest.raises(ChangedMeanwhile):
        save_draft(letter.pk, {"nama": "Dua"}, by=cast.peksos, at=cast.at, seen=letter.revision)


def test_letters_are_for_those_of_the_case_and_the_heads(cast: Cast) -> None:
    case = an_open_case(cast)
    letter = issued(cast, "surat_keterangan_orang_telantar", case=case)

    assert [line.id for line in letters_about(cast.peksos, case.pk)] == [letter.pk]
    for stranger in (cast.regu, cast.satpol_desk, cast.trantib, cast.dpo, cast.tksk, cast.nakes, cast.ppa):
        assert letters_list(stranger)[0] == []
        with pytest.raises(NotFound):
            letter_page(stranger, letter.pk, cast.at)


def test_opening_a_letter_leaves_an_event(cast: Cast) -> None:
    letter = issued(cast)
    letter_page(cast.peksos, letter.pk, cast.at)
    letter_pdf(cast.peksos, letter.pk, cast.at)

    names = list(Event.objects.filter(action__startswith="letter.").values_list("action", flat=True))
    assert names.count("letter.viewed") == 1 and names.count("letter.printed") == 1


def test_an_agency_issues_only_its_own_types(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        draft_letter("undangan", None, {}, by=cast.regu, at=cast.at)
    with pytest.raises(LetterKindUnknown):
        draft_letter("tidak_ada", None, {}, by=cast.peksos, at=cast.at)
    with pytest.raises(LetterNotAbout):
        draft_letter("undangan", ("case", an_open_case(cast).pk), {}, by=cast.peksos, at=cast.at)
    with pytest.raises(NotFound):
        draft_letter("undangan", ("meeting", an_open_case(cast, number=2).pk), {}, by=cast.peksos, at=cast.at)


@pytest.mark.parametrize("kind", ["surat_rujukan", "surat_jalan", "ba_kematian"])
def test_a_paper_of_checked_things_is_never_written_freely(cast: Cast, kind: str) -> None:
    """S6, S7: no referral to a hospital past the statements, no travel letter past the escort rule."""
    with pytest.raises(LetterNeedsRecord):
        draft_letter(kind, None, whole(kind), by=cast.kabid, at=cast.at)
    assert kind not in {row.code for row in kinds_for(cast.kabid)}
    assert kind in {row.code for about in city().letters[kind].about for row in kinds_for(cast.kabid, about)}


def test_the_social_report_is_signed_by_the_social_worker_who_wrote_it(cast: Cast) -> None:
    letter = a_draft(cast, "laporan_sosial", case=an_open_case(cast))
    letter = send_letter(letter.pk, by=cast.peksos, at=cast.at)
    letter = give_paraf(letter.pk, by=cast.kabid, at=cast.at)

    assert letter.waiting_id == cast.peksos.post_id
    assert sign_letter(letter.pk, by=cast.peksos, at=cast.at).secrecy == "Rahasia"
