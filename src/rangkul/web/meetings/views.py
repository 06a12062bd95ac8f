"""Pages of meetings: the list, the plan, one meeting with its next step, the public words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from rangkul.access.guard import guarded, knows, open_to_all
from rangkul.directory.city import city
from rangkul.domain.errors import BadInput, NotFound, Refusal
from rangkul.domain.meetings import NewsMayNameSomebody
from rangkul.letters.queries import kinds_for, letters_about, states
from rangkul.meetings import actions
from rangkul.meetings.queries import (
    Meeting,
    meeting_page,
    meeting_seen_by,
    meetings_seen_by,
    posts_to_ask,
    public_news,
)
from rangkul.protocols.queries import asked
from rangkul.web import reading
from rangkul.web.context import say_saved
from rangkul.web.meetings import forms
from rangkul.web.middleware import MemberRequest
from rangkul.web.refusals import words

STATES = ("planned", "invited", "open", "closed")


def errors_of(refusal: Refusal) -> dict[str, str]:
    """A refusal at its field, or above the form."""
    return {refusal.field or "__all__": words(refusal)}


@guarded("meeting.view")
@require_GET
def meetings(request: MemberRequest) -> HttpResponse:
    """Coming meetings, or past ones."""
    past = request.GET.get("lihat") == "selesai"
    context = {
        "rows": meetings_seen_by(request.member, past=past),
        "past": past,
        "may_plan": knows(request.member, "meeting.plan"),
        "state_words": state_words(),
    }
    return render(request, "pages/meetings/list.jinja", context)


def state_words() -> dict[str, str]:
    """How a meeting stands, in a word."""
    return {
        "planned": _("Disiapkan"),
        "invited": _("Diundang"),
        "open": _("Berlangsung"),
        "closed": _("Ditutup"),
        "cancelled": _("Dibatalkan"),
    }


@guarded("meeting.plan")
@require_http_methods(["GET", "POST"])
def meeting_new(request: MemberRequest) -> HttpResponse:
    """Plan a meeting; its agenda gathers itself."""
    now = timezone.now()
    typed, errors, status = forms.blank_plan(now), {}, 200
    typed |= {"follows": request.GET.get("lanjutan", ""), "kind": request.GET.get("jenis", "")}
    if request.method == "POST":
        try:
            made = actions.plan_meeting(
                forms.plan_of(request.POST), by=request.member, at=now, key=reading.client_key(request)
            )
        except Refusal as refusal:
            typed, errors, status = forms.typed_plan(request.POST), errors_of(refusal), refusal.status
        else:
            say_saved(request, _("Rapat disiapkan. Periksa agendanya, lalu kirim undangan."))
            return HttpResponseRedirect(reverse("meeting", args=[made.pk]))
    return _form(request, typed, errors, status, None)


@guarded("meeting.manage")
@require_http_methods(["GET", "POST"])
def meeting_edit(request: MemberRequest, meeting_id: UUID) -> HttpResponse:
    """Change a meeting that has not opened."""
    found = meeting_seen_by(request.member, meeting_id)
    if not meeting_page(request.member, meeting_id, timezone.now()).runs:
        raise NotFound
    typed, errors, status = forms.plan_as_typed(found), {}, 200
    if request.method == "POST":
        try:
            actions.change_meeting(
                meeting_id,
                forms.plan_of(request.POST),
                by=request.member,
                at=timezone.now(),
                seen=reading.seen(request),
                key=reading.client_key(request),
            )
        except Refusal as refusal:
            typed, errors, status = forms.typed_plan(request.POST), errors_of(refusal), refusal.status
        else:
            say_saved(request, _("Rapat diubah. Bila hari atau tempatnya berganti, jawaban ditanyakan lagi."))
            return HttpResponseRedirect(reverse("meeting", args=[meeting_id]))
    return _form(request, typed, errors, status, found)


def _form(
    request: MemberRequest, typed: dict[str, Any], errors: dict[str, str], status: int, found: Meeting | None
) -> HttpResponse:
    language = request.member.language
    context = {
        "typed": typed,
        "errors": errors,
        "meeting": found,
        "kinds": [(row.code, row.named(language)) for row in city().meeting_kinds.values()],
        "agencies": post_options(),
        "screening": asked("meeting", timezone.localdate(), language),
        "client_key_value": reading.new_key(),
    }
    return render(request, "pages/meetings/form.jinja", context, status=status)


def post_options() -> list[dict[str, Any]]:
    """Posts grouped by agency, as drop-downs and tick lists take them; kecamatan and kelurahan make one group each."""
    groups: dict[str, list[tuple[str, str]]] = {}
    together = {"district": _("Kecamatan"), "village": _("Kelurahan")}
    for post in posts_to_ask():
        label = together.get(post.agency.kind) or agency_words(post.agency_id)
        groups.setdefault(label, []).append((str(post.pk), post.title))
    return [{"label": label, "options": options} for label, options in groups.items()]


@guarded("meeting.view")
@require_http_methods(["GET", "POST"])
def meeting(request: MemberRequest, meeting_id: UUID) -> HttpResponse:
    """One meeting, with the next step of whoever looks."""
    errors: dict[str, str] = {}
    status, unsure = 200, ""
    if request.method == "POST":
        try:
            say_saved(request, _step(request, meeting_id))
            return HttpResponseRedirect(reverse("meeting", args=[meeting_id]))
        except Refusal as refusal:
            if refusal.status == NotFound.status and refusal.field is None:
                raise
            errors, status = errors_of(refusal), refusal.status
            unsure = str(refusal.facts.get("words", "")) if isinstance(refusal, NewsMayNameSomebody) else ""
    page = meeting_page(request.member, meeting_id, timezone.now())
    context = {
        "page": page,
        "errors": errors,
        "typed": request.POST.dict() if errors else {},
        "key": reading.new_key,
        "states": [(code, state_words()[code]) for code in STATES],
        "source_words": source_words(),
        "agency_words": agency_words,
        "letters": letters_about(request.member, meeting_id),
        "letter_kinds": kinds_for(request.member, "meeting"),
        "letter_states": {code: _(word) for code, word in states().items()},
        "unsure": unsure,
        "news_draft": _news_draft(page.meeting, len(page.attendances)),
    }
    return render(request, "pages/meetings/meeting.jinja", context, status=status)


def agency_words(key: str) -> str:
    """The short name of an agency of the city, or the words that were typed."""
    return city().agency_short(key, timezone.localdate()) if key in city().agencies else key


def source_words() -> dict[str, str]:
    """Why something stands on an agenda."""
    return {
        "carried": _("Tindak lanjut rapat lalu"),
        "overdue": _("Lewat tenggat"),
        "refused": _("Ditolak"),
        "contested": _("Belum diputuskan"),
        "case": _("Kasus"),
        "topic": _("Topik"),
    }


def _news_draft(found: Meeting, came: int) -> str:
    """Public words to begin with; they name no one and no case."""
    day = f"{timezone.localtime(found.starts_at):%d-%m-%Y}"
    return _(
        "Pada %(day)s, %(came)s petugas dari berbagai instansi duduk bersama di %(place)s dalam “%(title)s”. "
        "Semua sepakat: orang yang membutuhkan pertolongan tidak boleh berpindah tangan tanpa ada yang bertanggung jawab."
    ) % {"day": day, "came": came, "place": found.place, "title": found.title}


Step = Callable[[MemberRequest, UUID, dict[str, Any]], str]


def _step(request: MemberRequest, meeting_id: UUID) -> str:
    step = _STEPS.get(request.POST.get("do", ""))
    if step is None:
        raise BadInput
    who: dict[str, Any] = {
        "by": request.member,
        "at": timezone.now(),
        "key": reading.client_key(request),
    }
    return step(request, meeting_id, who)


def _seen(request: MemberRequest, who: dict[str, Any]) -> dict[str, Any]:
    return {**who, "seen": reading.seen(request)}


def _gather(request: MemberRequest, meeting_id: UUID, who: dict[str, Any]) -> str:
    added = actions.gather_agenda(meeting_id, **_seen(request, who))
    return _("%(n)s hal ditambahkan ke agenda.") % {"n": len(added)}


def _topic(request: MemberRequest, meeting_id: UUID, who: dict[str, Any]) -> str:
    data = request.POST
    actions.add_topic(meeting_id, reading.text(data, "title", 300), reading.text(data, "speaker", 200), **who)
    return _("Topik ditambahkan.")


def _case(request: MemberRequest, meeting_id: UUID, who: dict[str, Any]) -> str:
    actions.add_case(meeting_id, reading.text(request.POST, "code", 20), **who)
    return _("Kasus ditambahkan ke agenda.")


def _take_off(request: MemberRequest, _meeting_id: UUID, who: dict[str, Any]) -> str:
    actions.take_off(reading.uuid_or_none(request.POST.get("item", "")) or forms.NOBODY, **who)
    return _("Dikeluarkan dari agenda.")


def _invite(request: MemberRequest, meeting_id: UUID, who: dict[str, Any]) -> str:
    actions.send_invitations(meeting_id, **_seen(request, who))
    return _("Undangan terkirim ke daftar kerja semua yang diundang.")


def _answer(request: MemberRequest, meeting_id: UUID, who: dict[str, Any]) -> str:
    data = request.POST
    actions.answer_invitation(
        meeting_id, reading.text(data, "answer", 10), reading.text(data, "words", 400), **who
    )
    return _("Jawaban tersimpan.")


def _open(request: MemberRequest, meeting_id: UUID, who: dict[str, Any]) -> str:
    actions.open_meeting(meeting_id, **_seen(request, who))
    return _("Rapat dibuka. Tampilkan kode hadir, lalu bahas agenda satu per satu.")


def _bring(request: MemberRequest, meeting_id: UUID, who: dict[str, Any]) -> str:
    actions.add_material(
        meeting_id, request.FILES.get("file"), reading.text(request.POST, "material", 120), **who
    )
    return _("Bahan tersimpan. Semua yang diundang dapat membukanya.")


def _unbring(request: MemberRequest, meeting_id: UUID, who: dict[str, Any]) -> str:
    actions.take_material(
        meeting_id, reading.uuid_or_none(request.POST.get("file_id", "")) or forms.NOBODY, **who
    )
    return _("Bahan dikeluarkan dari daftar.")


def _sign(_request: MemberRequest, meeting_id: UUID, who: dict[str, Any]) -> str:
    actions.sign_in_here(meeting_id, **who)
    return _("Anda tercatat hadir.")


def _attendee(request: MemberRequest, meeting_id: UUID, who: dict[str, Any]) -> str:
    data = request.POST
    actions.list_attendee(
        meeting_id,
        reading.text(data, "name", 200),
        reading.text(data, "post_title", 200),
        reading.text(data, "agency", 200),
        **who,
    )
    return _("Ditambahkan ke daftar hadir.")


def _close(request: MemberRequest, meeting_id: UUID, who: dict[str, Any]) -> str:
    actions.close_meeting(meeting_id, reading.text(request.POST, "words", 1000), **_seen(request, who))
    return _("Rapat ditutup. Notula dan daftar hadir tidak berubah lagi.")


def _cancel(request: MemberRequest, meeting_id: UUID, who: dict[str, Any]) -> str:
    actions.cancel_meeting(meeting_id, reading.text(request.POST, "words", 1000), **_seen(request, who))
    return _("Rapat dibatalkan. Agendanya menunggu rapat berikutnya.")


def _news(request: MemberRequest, meeting_id: UUID, who: dict[str, Any]) -> str:
    sure = reading.text(request.POST, "sure", 2000)
    actions.approve_news(
        meeting_id, reading.text(request.POST, "text", 5000), sure=sure, **_seen(request, who)
    )
    return _("Berita publik disetujui dan tampil di halaman Kabar.")


_STEPS: dict[str, Step] = {
    "gather": _gather,
    "topic": _topic,
    "case": _case,
    "take_off": _take_off,
    "invite": _invite,
    "answer": _answer,
    "open": _open,
    "bring": _bring,
    "unbring": _unbring,
    "sign": _sign,
    "attendee": _attendee,
    "close": _close,
    "cancel": _cancel,
    "news": _news,
}


@open_to_all("berita rapat yang disetujui, tanpa orang di dalamnya")
@require_GET
def news(request: HttpRequest) -> HttpResponse:
    """Public words about meetings."""
    return render(request, "pages/meetings/news.jinja", {"rows": public_news()})
