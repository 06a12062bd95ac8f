"""Writes of letters: draft, paraf, signature with issue, return, void, correction."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db.models import Max
from django.urls import reverse
from uuid_utils.compat import uuid7

from rangkul.access.guard import check_may
from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.cases.models import Case
from rangkul.directory.city import city
from rangkul.directory.models import Post
from rangkul.domain.citydata import LetterKind
from rangkul.domain.codes import tracking_code
from rangkul.domain.errors import N_, BadInput, Conflict, NotFound
from rangkul.domain.letters import (
    CLOSED,
    LetterFrozen,
    check_dates,
    content_hash,
    number_of,
    way_of,
)
from rangkul.domain.names import clean
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib_date
from rangkul.files.actions import store
from rangkul.letters.gathering import gather, who_now
from rangkul.letters.models import Counter, Letter, LetterStep
from rangkul.letters.rendering import Sheet, Signer, check_content, drawn_pdf, labels_of
from rangkul.letters.sight import letter_seen_by, locked_letter, posts_answered
from rangkul.vault.sealing import make_key, seal_json, unseal_json

LONGEST: Final = 8000
LONGEST_REASON: Final = 300


class LetterKindUnknown(BadInput):
    """The city has no such type, or this agency does not issue it."""

    code = "letter_kind_unknown"
    says = N_("Jenis surat ini tidak diterbitkan oleh instansi Anda. Pilih dari daftar.")


class LetterNotAbout(BadInput):
    """A type of letter is written about certain things only."""

    code = "letter_not_about"
    says = N_("“{letter}” tidak dibuat dari hal ini. Pilih jenis surat lain.")


class LetterNeedsRecord(BadInput):
    """A type that is written from its record alone: the record holds what was checked before."""

    code = "letter_needs_record"
    says = N_(
        "“{letter}” dibuat dari halaman catatannya, bukan lepas, karena pemeriksaannya ada di sana. "
        "Buka rujukan, pemulangan atau kematiannya, lalu buat suratnya dari situ."
    )


class LetterTooLong(BadInput):
    """More than a gap holds."""

    code = "letter_too_long"
    says = N_("“{label}” terlalu panjang: paling banyak {most} huruf. Persingkat, atau lampirkan.")


class LetterStateWrong(Conflict):
    """The letter is not where this step begins."""

    code = "letter_state_wrong"
    says = N_("Surat ini sudah di langkah lain ({state}). Muat ulang halaman untuk melihat keadaannya.")


class LetterNotYours(Conflict):
    """The step waits for another post."""

    code = "letter_not_yours"
    says = N_("Surat ini menunggu {post}, bukan jabatan Anda.")


class LetterNobodySigns(Conflict):
    """No working post can give the paraf or sign."""

    code = "letter_nobody_signs"
    says = N_("Tidak ada jabatan “{post}” di instansi ini. Lengkapi jabatannya atau letters.toml.")


class ReturnNeedsWords(BadInput):
    """Whoever returns a letter says what is to be mended."""

    code = "return_needs_words"
    says = N_("Tulis apa yang perlu diperbaiki, agar yang menyusun mengerti.")


class LetterVoidNeedsReason(BadInput):
    """Void is a row with a reason."""

    code = "letter_void_needs_reason"
    says = N_("Tulis alasan pembatalan. Nomornya tetap tercatat dan tidak dipakai lagi.")


def sealed_place(letter_id: UUID) -> str:
    """Where the sealed content of a letter stands."""
    return f"letters_letter|sealed|{letter_id}"


def words_place(step_id: UUID) -> str:
    """Where the words of a returned step stand."""
    return f"letters_step|sealed_words|{step_id}"


def content_of(letter: Letter) -> dict[str, str]:
    """What the letter says, by gap, opened."""
    opened: dict[str, Any] = unseal_json(letter.subject_id, sealed_place(letter.pk), letter.sealed)
    return {gap: str(text) for gap, text in opened["content"].items()}


# --- drafting ------------------------------------------------------------------------------------------------------


@act("letter.draft")
def draft_letter(
    kind_key: str,
    about: tuple[str, UUID] | None = None,
    content: Mapping[str, str] | None = None,
    *,
    by: ActingMember,
    at: datetime,
) -> Letter:
    """Begin a letter, filled from what is known and what was typed; it has no number yet.

    Args:
        about: kind and id of the thing it is about, such as ``("case", id)``.
        content: gap -> text; a gap that is not given is filled from what is known.

    Raises:
        LetterKindUnknown, LetterNotAbout, LetterNeedsRecord, NotFound, LetterTooLong: as they say.
    """
    check_may(by, "letter.draft", ("own", "agency"))
    kind = _issued_here(kind_key, by)
    about_kind, about_id = about or ("", None)
    if about_kind and about_kind not in kind.about:
        raise LetterNotAbout(letter=kind.label)
    if not about_kind and kind.only_about:
        raise LetterNeedsRecord(letter=kind.label)
    known = gather(by, kind, about_kind, about_id)
    case = Case.objects.select_related("person").filter(pk=known.case_id).first() if known.case_id else None
    person_id = known.person_id or (case.person_id if case else None)
    letter = Letter(
        id=uuid7(),
        kind=kind.code,
        unit_id=by.agency,
        sensitivity=_sensitivity(kind, case, known.is_protected),
        about_kind=about_kind,
        about_id=about_id,
        case=case,
        person_id=person_id,
        drafted_at=at,
        member_id=by.id,
        post_id=by.post_id,
    )
    letter.secrecy = _secrecy(kind, letter)
    text = {**proposed(kind), **known.content, **(content or {})}
    return _keep_new(letter, kind, text, by, at)


def _keep_new(
    letter: Letter, kind: LetterKind, text: Mapping[str, str], by: ActingMember, at: datetime
) -> Letter:
    letter.subject_id = letter.person_id or letter.pk
    if letter.person_id is None:
        make_key(letter.pk, "letter")
    _seal(letter, _typed(kind, text))
    letter.save(force_insert=True)
    _tell("letter.drafted", letter, by, at)
    return letter


def proposed(kind: LetterKind) -> dict[str, str]:
    """What the city proposes for the gaps of a type; a line break is written as backslash n, so that one row is one line."""
    found = {gap: city().letter_gaps[gap].proposed.replace("\\n", "\n") for gap in kind.gaps}
    found |= {"hal": kind.subject or kind.label, "tembusan": "\n".join(kind.copies)}
    return {gap: text for gap, text in found.items() if gap in kind.gaps and text}


def _issued_here(kind_key: str, by: ActingMember) -> LetterKind:
    kind = city().letters.get(kind_key)
    unit = city().letter_units.get(by.agency)
    if kind is None or unit is None or not unit.writes(kind):
        raise LetterKindUnknown(field="jenis")
    return kind


def _sensitivity(kind: LetterKind, case: Case | None, is_protected: bool) -> str:  # noqa: FBT001 - one fact among three
    if kind.protected or is_protected:
        return "protected"
    return case.sensitivity if case else "ordinary"


def _secrecy(kind: LetterKind, letter: Letter) -> str:
    """Women's and children's matters, and every protected case, go out as *Rahasia*."""
    unit = city().letter_units[letter.unit_id]
    if unit.secrecy:
        return unit.secrecy
    is_guarded = letter.case is not None and letter.case.sensitivity != "ordinary"
    return CLOSED if is_guarded else kind.secrecy


def _typed(kind: LetterKind, text: Mapping[str, str]) -> dict[str, str]:
    """The gaps of this type as typed; what no column can hold is refused, what is no gap is left out."""
    labels = labels_of(kind)
    found = {gap: clean_lines(text.get(gap, "")) for gap in kind.gaps}
    for gap, said in found.items():
        if len(said) > LONGEST:
            raise LetterTooLong(field=gap, label=labels[gap], most=LONGEST)
    return found


def clean_lines(text: str) -> str:
    """The text without what no letter can hold; its line breaks stay."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join("".join(sign for sign in line if sign.isprintable()).rstrip() for line in lines).strip()


def _seal(letter: Letter, content: Mapping[str, str]) -> None:
    held = {"content": dict(content), "salt": os.urandom(16).hex()}
    letter.sealed = seal_json(letter.subject_id, sealed_place(letter.pk), held)


@act("letter.save")
def save_draft(
    letter_id: UUID, content: Mapping[str, str], *, by: ActingMember, at: datetime, seen: int | None = None
) -> Letter:
    """Keep what was typed into a draft. An issued letter is refused; one on its way is first returned.

    Raises:
        LetterFrozen, LetterStateWrong, LetterTooLong, LetterDateWrong, ChangedMeanwhile: as they say.
    """
    letter = locked_letter(by, letter_id, "letter.draft", seen=seen)
    _in_state(letter, "draft")
    kind = city().letters[letter.kind]
    text = _typed(kind, {**content_of(letter), **content})
    dates = {gap: label for gap, label in labels_of(kind).items() if city().letter_gaps[gap].kind == "date"}
    check_dates(dates, text)
    _seal(letter, text)
    letter.revision += 1
    letter.save(update_fields=("sealed", "revision"))
    _tell("letter.saved", letter, by, at)
    return letter


def _in_state(letter: Letter, *states: str) -> None:
    if letter.state in states:
        return
    if letter.state == "issued":
        raise LetterFrozen
    raise LetterStateWrong(state=letter.state)


# --- the way of a letter -------------------------------------------------------------------------------------------


def posts_of_way(letter: Letter) -> list[tuple[Post, str]]:
    """The posts that a letter must pass, each with its duty, as the city's data name them.

    Raises:
        LetterNobodySigns: the agency has no such post.
    """
    kind, unit = city().letters[letter.kind], city().letter_units[letter.unit_id]
    posts = {
        post.code: post for post in Post.objects.filter(agency_id=letter.unit_id, retired_on__isnull=True)
    }
    drafter = letter.post.code if letter.post else ""
    sign = _named(unit.sign or kind.sign, posts, drafter)
    paraf = [] if unit.sign else [_named(word, posts, drafter) for word in kind.paraf]
    return [(posts[step.post], step.duty) for step in way_of(paraf, sign, drafter)]


def _named(word: str, posts: Mapping[str, Post], drafter: str) -> str:
    """The post that a word of the city's data means here: its code, or the first post of its role.

    Of several posts of one role the drafter's own is meant: a social report is signed by the social worker who wrote it.
    """
    if word in posts:
        return word
    of_role = sorted(code for code, post in posts.items() if post.role == word)
    if not of_role:
        raise LetterNobodySigns(post=word)
    return drafter if drafter in of_role else of_role[0]


@act("letter.send")
def send_letter(letter_id: UUID, *, by: ActingMember, at: datetime, seen: int | None = None) -> Letter:
    """Send a draft on its way: to the first paraf, or straight to whoever signs.

    Raises:
        LetterGapEmpty, LetterGapUnknown, LetterDateWrong: the letter still has a hole.
        LetterNobodySigns, LetterStateWrong, LetterFrozen, ChangedMeanwhile: as they say.
    """
    letter = locked_letter(by, letter_id, "letter.draft", seen=seen)
    _in_state(letter, "draft")
    check_content(city().letters[letter.kind], content_of(letter))
    round_ = (letter.steps.aggregate(most=Max("round"))["most"] or 0) + 1
    for position, (post, duty) in enumerate(posts_of_way(letter), 1):
        LetterStep.objects.create(letter=letter, round=round_, position=position, duty=duty, post=post)
    _wait_for_next(letter, at)
    _tell("letter.sent", letter, by, at)
    return letter


def _open_step(letter: Letter) -> LetterStep | None:
    """The step that the letter waits for: the first of the newest round without an outcome."""
    return letter.steps.filter(outcome="").select_related("post").order_by("round", "position").first()


def _wait_for_next(letter: Letter, at: datetime) -> None:
    step = _open_step(letter)
    letter.state = step.duty if step else "draft"
    letter.waiting = step.post if step else None
    letter.waiting_since = at if step else None
    letter.revision += 1
    letter.save(update_fields=("state", "waiting", "waiting_since", "revision"))


def _own_step(letter: Letter, by: ActingMember, *duties: str) -> LetterStep:
    """The open step, if it waits for this member's post (or for a vacant post under it)."""
    _in_state(letter, *duties)
    step = _open_step(letter)
    if step is None:
        raise LetterStateWrong(state=letter.state)
    if step.post_id not in posts_answered(by):
        raise LetterNotYours(post=step.post.title)
    return step


def _close_step(step: LetterStep, outcome: str, by: ActingMember, at: datetime) -> None:
    step.outcome, step.done_at, step.member_id, step.acted_post_id = outcome, at, by.id, by.post_id
    step.save(update_fields=("outcome", "done_at", "member", "acted_post", "sealed_words"))


@act("letter.paraf")
def give_paraf(letter_id: UUID, *, by: ActingMember, at: datetime, seen: int | None = None) -> Letter:
    """Give the paraf; the letter goes to the next post.

    Raises:
        LetterNotYours, LetterStateWrong, LetterFrozen, ChangedMeanwhile: as they say.
    """
    letter = locked_letter(by, letter_id, "letter.paraf", seen=seen)
    _close_step(_own_step(letter, by, "paraf"), "done", by, at)
    _wait_for_next(letter, at)
    _tell("letter.initialled", letter, by, at)
    return letter


@act("letter.return")
def return_letter(
    letter_id: UUID, words: str, *, by: ActingMember, at: datetime, seen: int | None = None
) -> Letter:
    """Send a letter back to whoever drafted it, with words; the steps that were left fall away.

    Raises:
        ReturnNeedsWords, LetterNotYours, LetterStateWrong, LetterFrozen, ChangedMeanwhile: as they say.
    """
    letter = locked_letter(by, letter_id, "letter.view", seen=seen)
    step = _own_step(letter, by, "paraf", "sign")
    check_may(by, f"letter.{step.duty}", ("assigned",), letter.sensitivity)
    said = clean_lines(words)[:LONGEST]
    if not said:
        raise ReturnNeedsWords(field="words")
    step.sealed_words = seal_json(letter.subject_id, words_place(step.pk), {"words": said})
    _close_step(step, "returned", by, at)
    letter.steps.filter(outcome="").update(outcome="dropped")
    _wait_for_next(letter, at)
    _tell("letter.returned", letter, by, at)
    return letter


# --- issue ---------------------------------------------------------------------------------------------------------


@act("letter.sign")
def sign_letter(letter_id: UUID, *, by: ActingMember, at: datetime, seen: int | None = None) -> Letter:
    """Sign and issue: number, date, code, PDF and hash in one transaction, so that no number is ever lost or double.

    Raises:
        LetterNotYours, LetterStateWrong, LetterFrozen, ChangedMeanwhile: as they say.
        LetterGapEmpty, LetterGapUnknown, LetterNotDrawn: nothing was issued, no number was taken.
    """
    letter = locked_letter(by, letter_id, "letter.sign", seen=seen)
    _close_step(_own_step(letter, by, "sign"), "done", by, at)
    kind, content = city().letters[letter.kind], content_of(letter)
    check_content(kind, content)
    _number(letter, kind, at)
    letter.signer_id, letter.signer_post_id = by.id, by.post_id
    letter.issued_at, letter.code = at, tracking_code(os.urandom(16))
    letter.state, letter.waiting, letter.waiting_since = "issued", None, None
    letter.revision += 1
    stored = store(
        drawn_pdf(kind, content, sheet_of(letter), letter.unit_id),
        subject_id=letter.subject_id,
        about_kind="letter",
        about_id=letter.pk,
        kind="document",
        sensitivity=letter.sensitivity,
        by=by,
        at=at,
        name=f"{letter.kind}.pdf",
    )
    letter.file_id = stored.pk
    letter.digest = digest_of(letter)
    letter.save()
    _tell("letter.issued", letter, by, at)
    return letter


def _number(letter: Letter, kind: LetterKind, at: datetime) -> None:
    """Take the next number. The counter's row is locked until the letter is committed with it."""
    year = wib_date(at).year
    which = {"kind": letter.kind, "unit": letter.unit_id, "year": year}
    Counter.objects.bulk_create([Counter(**which)], ignore_conflicts=True)
    counter = Counter.objects.select_for_update().get(**which)
    counter.last += 1
    counter.save(update_fields=("last",))
    letter.year, letter.ordinal = year, counter.last
    unit = city().letter_units[letter.unit_id].number_code
    letter.number = number_of(
        kind.pattern, code=kind.class_code, ordinal=counter.last, short=kind.short, unit=unit, on=wib_date(at)
    )


def sheet_of(letter: Letter) -> Sheet:
    """What the frame of an issued letter says."""
    post, signer = letter.signer_post, letter.signer
    named = letter.steps.filter(duty="sign", outcome="done").select_related("post").order_by("-round").first()
    stands_in = named.post.title if named and named.post_id != letter.signer_post_id else ""
    return Sheet(
        number=letter.number,
        secrecy=letter.secrecy,
        issued_on=wib_date(letter.issued_at) if letter.issued_at else None,
        signer=Signer(
            title=post.title if post else "",
            name=signer.name if signer else "",
            acting_for=city().letter_units[letter.unit_id].acting_for or stands_in,
        ),
        replaces=letter.replaces.number if letter.replaces else "",
        check_url=check_url(letter.code) if letter.code else "",
    )


def check_url(code: str) -> str:
    """The public address that the QR code leads to."""
    return settings.PUBLIC_ADDRESS + reverse("letter_check", args=[code])


def digest_of(letter: Letter) -> bytes:
    """The hash over everything that the letter says, salted with what stands sealed beside its content."""
    opened = unseal_json(letter.subject_id, sealed_place(letter.pk), letter.sealed)
    return content_hash(
        {
            "kind": letter.kind,
            "unit": letter.unit_id,
            "number": letter.number,
            "ordinal": letter.ordinal,
            "year": letter.year,
            "issued_on": wib_date(letter.issued_at).isoformat() if letter.issued_at else "",
            "secrecy": letter.secrecy,
            "signer": str(letter.signer_id),
            "signer_post": str(letter.signer_post_id),
            "replaces": str(letter.replaces_id or ""),
            "code": letter.code,
            "file": str(letter.file_id),
            "content": opened["content"],
            "salt": opened["salt"],
        }
    )


# --- what follows --------------------------------------------------------------------------------------------------


@act("letter.void")
def void_letter(letter_id: UUID, reason: str, *, by: ActingMember, at: datetime) -> Letter:
    """Void a letter with a reason. A draft is dropped by its own desk; an issued one keeps number, PDF and hash.

    Raises:
        LetterVoidNeedsReason, LetterStateWrong, NotAllowed: as they say.
    """
    was = letter_seen_by(by, letter_id).state
    letter = locked_letter(by, letter_id, "letter.void" if was == "issued" else "letter.draft")
    _in_void_state(letter, was)
    said = clean(reason)[:LONGEST_REASON]
    if not said:
        raise LetterVoidNeedsReason(field="reason")
    letter.steps.filter(outcome="").update(outcome="dropped")
    letter.state, letter.voided_at, letter.voided_by_id, letter.void_reason = "void", at, by.id, said
    letter.waiting, letter.waiting_since = None, None
    letter.revision += 1
    letter.save(
        update_fields=(
            "state", "voided_at", "voided_by", "void_reason", "waiting", "waiting_since", "revision",
        )
    )  # fmt: skip
    _tell("letter.voided", letter, by, at)
    return letter


def _in_void_state(letter: Letter, was: str) -> None:
    if letter.state != was or letter.state == "void":
        raise LetterStateWrong(state=letter.state)


@act("letter.correct")
def correct_letter(letter_id: UUID, *, by: ActingMember, at: datetime) -> Letter:
    """Begin a new letter that names an issued one and takes its place; the old one stays as it is.

    It says what the old one said, but who the person is by what is known now (practice S2).

    Raises:
        LetterStateWrong: it was never issued.
    """
    old = letter_seen_by(by, letter_id)
    check_may(by, "letter.draft", ("own", "agency"), old.sensitivity)
    if old.issued_at is None:
        raise LetterStateWrong(state=old.state)
    if old.unit_id != by.agency:
        raise NotFound
    letter = Letter(
        id=uuid7(),
        kind=old.kind,
        unit_id=old.unit_id,
        sensitivity=old.sensitivity,
        secrecy=old.secrecy,
        about_kind=old.about_kind,
        about_id=old.about_id,
        case_id=old.case_id,
        person_id=old.person_id,
        drafted_at=at,
        member_id=by.id,
        post_id=by.post_id,
        replaces=old,
    )
    kind = city().letters[old.kind]
    text = {**content_of(old), **who_now(by, kind, old.person_id)}
    return _keep_new(letter, kind, text, by, at)


def _tell(action: str, letter: Letter, by: ActingMember, at: datetime) -> None:
    record(
        action,
        by=by,
        at=at,
        kind="letter",
        subject_id=letter.pk,
        sealed_under=letter.subject_id,
        sensitivity=letter.sensitivity,
        detail={
            "letter": str(letter.pk),
            "kind": letter.kind,
            "number": letter.number,
            "state": letter.state,
        },
        facts={
            "letter_id": letter.pk,
            "kind": letter.kind,
            "case_id": letter.case_id,
            "person_id": letter.person_id,
            "owner_post_id": letter.waiting_id or letter.post_id,
        },
    )
