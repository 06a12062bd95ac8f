"""Reads of letters: the list, one letter, what waits for a post, and what the public page may say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from hmac import compare_digest
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from rangkul.access.guard import can, knows
from rangkul.audit.recording import record
from rangkul.cases.models import Case
from rangkul.directory.city import city, permission_table
from rangkul.directory.models import PostHolding
from rangkul.directory.queries import who_words
from rangkul.domain.citydata import LetterKind
from rangkul.domain.codes import CodeMistyped, read_tracking_code
from rangkul.domain.errors import N_, Conflict, NotFound
from rangkul.domain.policy import ActingMember, PermissionTable
from rangkul.domain.wib import wib_date
from rangkul.files.queries import file_by_id, read_bytes
from rangkul.letters.actions import (
    LetterNobodySigns,
    content_of,
    digest_of,
    posts_of_way,
    sheet_of,
    words_place,
)
from rangkul.letters.gathering import known_kinds
from rangkul.letters.models import Letter, LetterStep
from rangkul.letters.rendering import Sheet, Signer, drawn_pdf, pictures
from rangkul.letters.sight import decide, has_letters, letter_seen_by, letters_in_sight, posts_answered
from rangkul.vault.often import often
from rangkul.vault.sealing import CannotOpen, SubjectErased, has_key, load_keys, unseal_json

__all__ = [
    "Letter",
    "LetterLine",
    "LetterPage",
    "kinds_for",
    "kinds_offered",
    "letter_page",
    "letter_pdf",
    "letter_seen_by",
    "letters_about",
    "letters_list",
    "letters_waiting",
    "public_check",
]
PAGE_SIZE: Final = 50


class LetterAltered(Conflict):
    """An issued letter does not say any more what it said when it was issued."""

    code = "letter_altered"
    says = N_(
        "Isi surat ini tidak cocok dengan saat terbit. Jangan dipakai; laporkan kepada pengelola sistem."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterLine:
    """A letter in a list."""

    id: UUID
    kind: str
    label: str
    number: str
    state: str
    secrecy: str
    about: str
    case_code: str
    drafted_at: datetime
    issued_at: datetime | None
    waiting: str
    waiting_since: datetime | None
    revision: int
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    """One step on the way of a letter; ``words`` say why it was returned."""

    round: int
    duty: str
    post: str
    outcome: str
    done_at: datetime | None
    who: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterPage:
    """Everything the page of a letter shows to this member."""

    letter: Letter
    kind: LetterKind
    line: LetterLine
    content: dict[str, str]
    steps: list[StepLine]
    pages: list[bytes]
    may: frozenset[str]
    holds: bool | None
    replaced_by: list[Letter] = field(default_factory=list)


def _line(row: Letter, language: str) -> LetterLine:
    kind = city().letters.get(row.kind)
    person = row.person
    return LetterLine(
        id=row.pk,
        kind=row.kind,
        label=kind.named(language) if kind else row.kind,
        number=row.number,
        state=row.state,
        secrecy=row.secrecy,
        about=person.label if person else "",
        case_code=row.case.code if row.case else "",
        drafted_at=row.drafted_at,
        issued_at=row.issued_at,
        waiting=row.waiting.title if row.waiting else "",
        waiting_since=row.waiting_since,
        revision=row.revision,
        by=who_words(row.member, row.post),
    )


def _rows(rows: QuerySet[Letter]) -> QuerySet[Letter]:
    return rows.select_related("person", "case", "waiting", "member", "post")


def letters_list(
    member: ActingMember, *, state: str = "", kind: str = "", page: int = 1
) -> tuple[list[LetterLine], bool]:
    """One page of the letters this member may see, newest first, and whether there are more."""
    rows = letters_in_sight(member)
    if state:
        rows = rows.filter(state=state)
    if kind:
        rows = rows.filter(kind=kind)
    start = (max(1, page) - 1) * PAGE_SIZE
    found = list(_rows(rows).order_by("-drafted_at", "-pk")[start : start + PAGE_SIZE + 1])
    return [_line(row, member.language) for row in found[:PAGE_SIZE]], len(found) > PAGE_SIZE


def letters_waiting(member: ActingMember, mine: frozenset[UUID] | None = None) -> list[LetterLine]:
    """Letters that wait for this post (or a vacant one under it), the oldest first.

    Args:
        mine: the posts the member answers for, when the caller knows them.
    """
    if not (knows(member, "letter.paraf") or knows(member, "letter.sign")):
        return []
    found = _waiting(member, sorted(mine or posts_answered(member)), table=permission_table())
    return [_line(row, member.language) for row in found]


@often
def _waiting(member: ActingMember, mine: list[UUID], *, table: PermissionTable) -> Any:  # noqa: ANN401, ARG001 - a query set of letters; the table is part of its shape
    rows = letters_in_sight(member, answered=mine).filter(waiting_id__in=mine)
    return _rows(rows).order_by("waiting_since", "pk")[:200]


def letters_returned(member: ActingMember, mine: frozenset[UUID] | None = None) -> list[LetterLine]:
    """Drafts of this post that came back with words.

    Args:
        mine: the posts the member answers for, when the caller knows them.
    """
    if not knows(member, "letter.draft"):
        return []
    found = _returned(member, sorted(mine or posts_answered(member)), table=permission_table())
    return [_line(row, member.language) for row in found]


@often
def _returned(member: ActingMember, mine: list[UUID], *, table: PermissionTable) -> Any:  # noqa: ANN401, ARG001 - a query set of letters; the table is part of its shape
    returned = LetterStep.objects.filter(outcome="returned", letter_id=OuterRef("pk"))
    rows = letters_in_sight(member, answered=mine).filter(
        Exists(returned), state="draft", post_id=member.post_id
    )
    return _rows(rows).order_by("drafted_at", "pk")[:200]


def letters_about(member: ActingMember, about_id: UUID) -> list[LetterLine]:
    """Letters about one thing, or of one case, that this member may see, newest first."""
    if not knows(member, "letter.view") or not has_letters(about_id):
        return []
    found = _about(member, about_id, posts_answered(member), table=permission_table())
    return [_line(row, member.language) for row in found]


@often
def _about(
    member: ActingMember,
    about_id: UUID,
    answered: list[UUID],
    *,
    table: PermissionTable,  # noqa: ARG001 - compiled in
) -> Any:  # noqa: ANN401 - a query set of letters
    rows = letters_in_sight(member, answered=answered).filter(Q(about_id=about_id) | Q(case_id=about_id))
    return _rows(rows).order_by("-drafted_at", "-pk")[:50]


def kinds_for(member: ActingMember, about_kind: str = "") -> list[LetterKind]:
    """The types of letter that this member's agency issues, about this kind of thing when one is given."""
    unit = city().letter_units.get(member.agency)
    if unit is None or not knows(member, "letter.draft"):
        return []
    return [
        kind
        for kind in sorted(city().letters.values(), key=lambda each: each.order)
        if unit.writes(kind) and (about_kind in kind.about if about_kind else not kind.only_about)
    ]


def kinds_offered(member: ActingMember, case: Case) -> list[LetterKind]:
    """The letters that fit a case at its present stage; for its page."""
    if case.closed_at is not None or "case" not in known_kinds():
        return []
    return [kind for kind in kinds_for(member, "case") if not kind.stages or case.stage in kind.stages]


# --- one letter ----------------------------------------------------------------------------------------------------


def letter_page(member: ActingMember, letter_id: UUID, at: datetime) -> LetterPage:
    """One letter with its content, drawn; the look is recorded first.

    Raises:
        NotFound: missing, hidden, or its content is not for this member.
    """
    letter = letter_seen_by(member, letter_id)
    _look(member, letter, "letter.viewed", at)
    content = content_of(letter)
    kind = city().letters[letter.kind]
    return LetterPage(
        letter=letter,
        kind=kind,
        line=_line(letter, member.language),
        content=content,
        steps=_steps(letter),
        pages=pictures(kind, content, _sheet(letter), letter.unit_id),
        may=_may(member, letter),
        holds=holds(letter) if letter.issued_at and has_key(letter.subject_id) else None,
        replaced_by=list(Letter.objects.filter(replaces=letter).exclude(state="void")),
    )


def _look(member: ActingMember, letter: Letter, event: str, at: datetime) -> None:
    decision = decide(member, letter)
    if not decision.opens("words"):
        raise NotFound
    load_keys([letter.subject_id])
    with transaction.atomic():
        record(
            event,
            by=member,
            at=at,
            kind="letter",
            subject_id=letter.pk,
            sealed_under=letter.subject_id,
            sensitivity=letter.sensitivity,
            relation=decision.relation,
            detail={"letter": str(letter.pk)},
        )


def _may(member: ActingMember, letter: Letter) -> frozenset[str]:
    """The buttons: what this member can do with the letter now."""
    table = {
        action: decide(member, letter, action).allow
        for action in ("letter.draft", "letter.paraf", "letter.sign", "letter.void")
    }
    waits = letter.waiting_id is not None and letter.waiting_id in posts_answered(member)
    found = set()
    if letter.state == "draft" and table["letter.draft"]:
        found |= {"save", "send", "drop"}
    if letter.state in {"paraf", "sign"} and waits and table[f"letter.{letter.state}"]:
        found |= {letter.state, "return"}
    if letter.state == "issued":
        found |= {
            name for name, action in (("void", "letter.void"), ("correct", "letter.draft")) if table[action]
        }
    return frozenset(found)


def _steps(letter: Letter) -> list[StepLine]:
    rows = letter.steps.select_related("post", "member", "acted_post").order_by("-round", "position")
    return [
        StepLine(
            round=row.round,
            duty=row.duty,
            post=row.post.title,
            outcome=row.outcome,
            done_at=row.done_at,
            who=who_words(row.member, row.acted_post),
            words=unseal_json(letter.subject_id, words_place(row.pk), row.sealed_words)["words"]
            if row.sealed_words
            else "",
        )
        for row in rows
    ]


def _sheet(letter: Letter) -> Sheet:
    """The frame as it is, or as it will be: a draft bears its signer's title and the watermark."""
    if letter.issued_at:
        return sheet_of(letter)
    title, name = "", ""
    try:
        post = posts_of_way(letter)[-1][0]
    except LetterNobodySigns:
        post = None
    if post is not None:
        title = post.title
        holding = PostHolding.objects.filter(post=post, until__isnull=True).select_related("member").first()
        name = holding.member.name if holding else ""
    return Sheet(
        secrecy=letter.secrecy,
        signer=Signer(title=title, name=name, acting_for=city().letter_units[letter.unit_id].acting_for),
        replaces=letter.replaces.number if letter.replaces else "",
        draft=True,
        foot="KONSEP, belum bernomor dan belum berlaku.",
    )


def holds(letter: Letter) -> bool:
    """Does an issued letter still say what it said when it was issued?"""
    stored = file_by_id(letter.file_id) if letter.file_id else None
    if stored is None:
        return False
    try:
        return compare_digest(bytes(letter.digest or b""), digest_of(letter))
    except CannotOpen:
        return False


def letter_pdf(member: ActingMember, letter_id: UUID, at: datetime) -> tuple[str, bytes]:
    """File name and PDF: the kept bytes of an issued letter, a draft with its watermark; the look is recorded.

    Raises:
        NotFound: missing, hidden, or not for this member.
        SubjectErased: the person it was about is erased.
        LetterAltered: the kept letter is not what was issued.
    """
    letter = letter_seen_by(member, letter_id)
    _look(member, letter, "letter.printed", at)
    if not has_key(letter.subject_id):
        raise SubjectErased
    kind = city().letters[letter.kind]
    if letter.issued_at is None:
        return f"konsep-{letter.kind}.pdf", drawn_pdf(
            kind, content_of(letter), _sheet(letter), letter.unit_id
        )
    stored = file_by_id(letter.file_id) if letter.file_id else None
    if stored is None or not holds(letter):
        raise LetterAltered
    name = "".join(sign if sign.isalnum() else "-" for sign in letter.number)
    return f"{letter.kind}-{name}.pdf", read_bytes(stored)


# --- for everybody -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicCheck:
    """What anybody with the code may know: no content, no person, not even what kind of letter it is."""

    state: str  # authentic | void | replaced | altered | erased
    number: str
    issued_on: date
    agency: str
    secrecy: str


def public_check(code: str) -> PublicCheck | None:
    """Whether a letter with this code was issued here; None when there is none."""
    try:
        which = read_tracking_code(code[:40])
    except CodeMistyped:
        return None
    letter = Letter.objects.filter(code=which, issued_at__isnull=False).select_related("unit").first()
    if letter is None or letter.issued_at is None:
        return None
    issued_on = wib_date(letter.issued_at)
    return PublicCheck(
        state=_public_state(letter),
        number=letter.number,
        issued_on=issued_on,
        agency=city().agency_name(letter.unit_id, issued_on),
        secrecy=letter.secrecy,
    )


def _public_state(letter: Letter) -> str:
    if letter.state == "void":
        return "void"
    if not has_key(letter.subject_id):
        return "erased"
    if not holds(letter):
        return "altered"
    return "replaced" if Letter.objects.filter(replaces=letter, state="issued").exists() else "authentic"


def can_draft(member: ActingMember) -> bool:
    """May this member begin a letter at all (for buttons)?"""
    return can(member, "letter.draft", ("own", "agency")) and member.agency in city().letter_units


def states() -> Mapping[str, str]:
    """State -> its word in the source language."""
    return {
        "draft": N_("Konsep"),
        "paraf": N_("Menunggu paraf"),
        "sign": N_("Menunggu tanda tangan"),
        "issued": N_("Terbit"),
        "void": N_("Dibatalkan"),
    }
