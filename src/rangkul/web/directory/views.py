"""Pages of the directory: who holds which post; members of one's own agency."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from rangkul.access.guard import can, guarded
from rangkul.directory import actions
from rangkul.directory.pages import directory_of, members_of
from rangkul.domain.errors import NotFound, Refusal
from rangkul.signin import actions as signin
from rangkul.web import reading
from rangkul.web.context import say_saved
from rangkul.web.middleware import MemberRequest
from rangkul.web.refusals import words


def _page(
    request: MemberRequest, errors: dict[str, str] | None = None, form: str = "", status: int = 200
) -> HttpResponse:
    manages = can(request.member, "directory.manage", ("agency",))
    agencies = directory_of(request.member)
    own = [(str(post.id), post.title) for agency in agencies if agency.is_own for post in agency.posts]
    members = members_of(request.member) if manages else []
    context = {
        "agencies": agencies,
        "manages": manages,
        "own_posts": own,
        "members": members,
        "member_choices": [(str(each.id), each.name) for each in members if each.state == "active"],
        "typed": request.POST,
        "errors": errors or {},
        "form": form,
        "client_key_value": reading.new_key(),
    }
    return render(request, "pages/directory/directory.jinja", context, status=status)


@guarded("directory.view")
@require_GET
def directory(request: MemberRequest) -> HttpResponse:
    """Agencies, posts, holders; for the administrator also the members of the own agency."""
    return _page(request)


def _do(request: MemberRequest, form: str, said: str, step: Callable[[], object]) -> HttpResponse:
    try:
        step()
    except Refusal as refusal:
        if isinstance(refusal, NotFound):
            raise
        return _page(request, {refusal.field or "__all__": words(refusal)}, form, refusal.status)
    say_saved(request, said)
    return HttpResponseRedirect(reverse("directory"))


def _uuid(request: MemberRequest, name: str) -> UUID:
    found = reading.uuid_or_none(request.POST.get(name, ""))
    if found is None:
        raise NotFound
    return found


@guarded("directory.manage")
@require_POST
def member_add(request: MemberRequest) -> HttpResponse:
    """A new member in a post."""
    return _do(
        request,
        "add",
        _("Petugas ditambahkan. Serahkan kata sandi pertama secara langsung."),
        lambda: actions.add_member(
            username=reading.text(request.POST, "username", 200),
            name=reading.text(request.POST, "name", 400),
            password=request.POST.get("password", "").replace("\x00", "")[:200],
            post_id=_uuid(request, "post"),
            by=request.member,
            at=timezone.now(),
            key=reading.client_key(request),
        ),
    )


@guarded("directory.manage")
@require_POST
def post_hold(request: MemberRequest) -> HttpResponse:
    """Let a member act for one more post."""
    return _do(
        request,
        "hold",
        _("Jabatan diberikan."),
        lambda: actions.hold_post(
            _uuid(request, "member"), _uuid(request, "post"), by=request.member, at=timezone.now()
        ),
    )


@guarded("directory.manage")
@require_POST
def post_hand_over(request: MemberRequest, holding_id: UUID) -> HttpResponse:
    """One officer hands the post to the next; the list of work stays with the post."""
    return _do(
        request,
        "hand_over",
        _("Jabatan diserahkan. Pekerjaannya ikut jabatan."),
        lambda: actions.hand_over_post(
            holding_id, _uuid(request, "member"), by=request.member, at=timezone.now()
        ),
    )


@guarded("directory.manage")
@require_POST
def post_release(request: MemberRequest, holding_id: UUID) -> HttpResponse:
    """End a holding; a vacant post still holds, its duties go to the post above."""
    return _do(
        request,
        "release",
        _("Jabatan dilepas. Bila kosong, tugasnya naik ke atasan."),
        lambda: actions.release_post(holding_id, by=request.member, at=timezone.now()),
    )


@guarded("directory.manage")
@require_POST
def member_state(request: MemberRequest, member_id: UUID) -> HttpResponse:
    """Suspend, bring back, or let go."""
    return _do(
        request,
        "state",
        _("Keadaan akun berubah. Berlaku pada langkah berikutnya."),
        lambda: actions.set_member_state(
            member_id, reading.text(request.POST, "state", 12), by=request.member, at=timezone.now()
        ),
    )


@guarded("directory.manage")
@require_POST
def member_password(request: MemberRequest, member_id: UUID) -> HttpResponse:
    """A new password; every session of the member ends."""
    return _do(
        request,
        "password",
        _("Kata sandi diganti. Semua sesi petugas itu berakhir."),
        lambda: actions.set_password(
            member_id,
            request.POST.get("password", "").replace("\x00", "")[:200],
            by=request.member,
            at=timezone.now(),
        ),
    )


@guarded("directory.manage")
@require_POST
def member_factors(request: MemberRequest, member_id: UUID) -> HttpResponse:
    """Somebody lost phone and recovery codes: the second step is taken away, and set anew at the next sign-in."""
    return _do(
        request,
        "factors",
        _("Langkah kedua petugas itu dihapus dan semua sesinya berakhir. Pastikan orangnya benar."),
        lambda: signin.reset_factors(member_id, by=request.member, at=timezone.now()),
    )


@guarded("directory.manage")
@require_POST
def member_sessions(request: MemberRequest, member_id: UUID) -> HttpResponse:
    """A lost phone: every session and token of the member ends."""
    return _do(
        request,
        "sessions",
        _("Semua sesi dan token petugas itu berakhir."),
        lambda: signin.end_sessions_of(member_id, by=request.member, at=timezone.now()),
    )
