"""What is done to a letter from its page or from the list of those that wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from rangkul.access.guard import guarded
from rangkul.directory.city import city
from rangkul.domain.errors import NotFound, Refusal
from rangkul.letters.actions import (
    correct_letter,
    give_paraf,
    return_letter,
    save_draft,
    send_letter,
    sign_letter,
    void_letter,
)
from rangkul.letters.queries import letter_seen_by, letters_waiting
from rangkul.web import reading
from rangkul.web.context import say_saved
from rangkul.web.letters.views import letters_page, shown
from rangkul.web.middleware import MemberRequest
from rangkul.web.refusals import words

LONGEST_GAP = 12_000
MOST_AT_ONCE = 50


def _done(request: MemberRequest, letter_id: UUID, act: Callable[[], Any], said: str) -> HttpResponse:
    """Act, say so, and show the letter; a refusal comes back with what was typed."""
    try:
        act()
    except NotFound:
        raise
    except Refusal as refusal:
        return shown(request, letter_id, {refusal.field or "__all__": words(refusal)}, refusal.status)
    say_saved(request, said)
    return HttpResponseRedirect(reverse("letter", args=[letter_id]))


@guarded("letter.draft")
@require_POST
def letter_save(request: MemberRequest, letter_id: UUID) -> HttpResponse:
    """Keep what was typed; with ``send`` also send it on its way."""
    kind = city().letters[letter_seen_by(request.member, letter_id).kind]
    content = {gap: reading.text(request.POST, gap, LONGEST_GAP) for gap in kind.gaps if gap in request.POST}
    key, now = reading.client_key(request), timezone.now()
    sends = "send" in request.POST

    def act() -> None:
        kept = save_draft(letter_id, content, by=request.member, at=now, seen=reading.seen(request), key=key)
        if sends:
            send_letter(letter_id, by=request.member, at=now, seen=kept.revision)

    said = _("Surat dikirim. Anda diberi tahu bila dikembalikan.") if sends else _("Konsep tersimpan.")
    return _done(request, letter_id, act, said)


@guarded("letter.paraf")
@require_POST
def letter_paraf(request: MemberRequest, letter_id: UUID) -> HttpResponse:
    """Give the paraf."""
    key, seen = reading.client_key(request), reading.seen(request)
    return _done(
        request,
        letter_id,
        lambda: give_paraf(letter_id, by=request.member, at=timezone.now(), seen=seen, key=key),
        _("Paraf diberikan. Surat diteruskan."),
    )


@guarded("letter.sign")
@require_POST
def letter_sign(request: MemberRequest, letter_id: UUID) -> HttpResponse:
    """Sign and issue."""
    key, seen = reading.client_key(request), reading.seen(request)
    return _done(
        request,
        letter_id,
        lambda: sign_letter(letter_id, by=request.member, at=timezone.now(), seen=seen, key=key),
        _("Surat terbit dengan nomornya. Isinya tidak berubah lagi."),
    )


@guarded("letter.paraf", "letter.sign")
@require_POST
def letter_return(request: MemberRequest, letter_id: UUID) -> HttpResponse:
    """Send it back with words."""
    typed = reading.text(request.POST, "words", LONGEST_GAP)
    key, seen = reading.client_key(request), reading.seen(request)
    return _done(
        request,
        letter_id,
        lambda: return_letter(letter_id, typed, by=request.member, at=timezone.now(), seen=seen, key=key),
        _("Surat dikembalikan kepada penyusunnya."),
    )


@guarded("letter.void", "letter.draft")
@require_POST
def letter_void(request: MemberRequest, letter_id: UUID) -> HttpResponse:
    """Void it with a reason."""
    typed, key = reading.text(request.POST, "reason", 300), reading.client_key(request)
    return _done(
        request,
        letter_id,
        lambda: void_letter(letter_id, typed, by=request.member, at=timezone.now(), key=key),
        _("Surat dibatalkan. Nomornya tetap tercatat."),
    )


@guarded("letter.draft")
@require_POST
def letter_correct(request: MemberRequest, letter_id: UUID) -> HttpResponse:
    """Begin the letter that takes its place."""
    try:
        letter = correct_letter(
            letter_id, by=request.member, at=timezone.now(), key=reading.client_key(request)
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return shown(request, letter_id, {refusal.field or "__all__": words(refusal)}, refusal.status)
    say_saved(request, _("Surat perbaikan dimulai dari isi surat lama."))
    return HttpResponseRedirect(reverse("letter", args=[letter.pk]))


@guarded("letter.paraf", "letter.sign")
@require_POST
def letters_answer(request: MemberRequest) -> HttpResponse:
    """Paraf or sign several that wait; each stands for itself, one refusal does not hold up the others."""
    chosen = {str(key) for key in request.POST.getlist("letters")[:MOST_AT_ONCE]}
    acts = {"paraf": give_paraf, "sign": sign_letter}
    done, errors = 0, {}
    for line in letters_waiting(request.member):
        if str(line.id) not in chosen:
            continue
        try:
            acts[line.state](line.id, by=request.member, at=timezone.now(), seen=line.revision)
            done += 1
        except Refusal as refusal:
            errors[f"letter-{line.id}"] = f"{line.label}: {words(refusal)}"
    if not done and not errors:
        errors["letters"] = _("Belum ada surat yang dipilih. Centang suratnya, lalu tekan lagi.")
    if done:
        said = ngettext("Satu surat diselesaikan.", "%(n)s surat diselesaikan.", done) % {"n": done}
        say_saved(request, said)
    if errors:
        return letters_page(request, errors, 422)
    return HttpResponseRedirect(reverse("letters"))
