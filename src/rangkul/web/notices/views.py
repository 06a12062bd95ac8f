"""Pemberitahuan: the list, how one wants to be told, and words that are safe to forward."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rangkul.access.guard import for_any_member, guarded
from rangkul.directory.city import city
from rangkul.domain.errors import Refusal
from rangkul.notices.actions import mark_read, prefer, subscribe
from rangkul.notices.push import house_public_key
from rangkul.notices.queries import alike, how_told, my_notices, where_to
from rangkul.web import reading
from rangkul.web.addresses import address
from rangkul.web.context import say_saved
from rangkul.web.middleware import MemberRequest
from rangkul.web.refusals import words
from rangkul.worklist.sharing import page_of_shared, share_link


@for_any_member("one's own notices")
@require_GET
def notices(request: MemberRequest) -> HttpResponse:
    """The list, newest first."""
    lines = my_notices(request.member)
    context = {
        "groups": alike(lines),
        "unread": sum(not line.is_read for line in lines),
        "keys": reading.new_key,
    }
    return render(request, "pages/notices/list.jinja", context)


@for_any_member("one's own notices")
@require_POST
def read_all(request: MemberRequest) -> HttpResponse:
    """Mark all as read, or those that are named."""
    chosen = [found for each in request.POST.getlist("id") if (found := reading.uuid_or_none(each))]
    if chosen or not request.POST.getlist("id"):
        mark_read(chosen, by=request.member, at=timezone.now(), key=reading.client_key(request))
    return HttpResponseRedirect(address("notices"))


@for_any_member("one's own notices")
@require_GET
def open_notice(request: MemberRequest, notice_id: UUID) -> HttpResponse:
    """The way from a notice to what it is about; that page guards itself."""
    page, arg = where_to(request.member, notice_id)
    mark_read([notice_id], by=request.member, at=timezone.now())
    return HttpResponseRedirect(address(page, arg) if arg else address(page))


@for_any_member("one's own settings")
@require_http_methods(["GET", "POST"])
def settings_page(request: MemberRequest) -> HttpResponse:
    """E-mail, push, digest."""
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        try:
            prefer(
                reading.text(request.POST, "email", 160),
                by_email=bool(request.POST.get("by_email")),
                by_push=bool(request.POST.get("by_push")),
                digest=request.POST.get("how") == "digest",
                by=request.member,
                at=timezone.now(),
                key=reading.client_key(request),
            )
        except Refusal as refusal:
            errors, status = {refusal.field or "__all__": words(refusal)}, refusal.status
        else:
            say_saved(request, _("Pengaturan pemberitahuan tersimpan."))
            return HttpResponseRedirect(address("notice_settings"))
    context = {
        "told": how_told(request.member),
        "typed": request.POST,
        "errors": errors,
        "key": reading.new_key(),
        "push_key": house_public_key(),
        "quiet_from": city().limit("quiet_from"),
        "quiet_until": city().limit("quiet_until"),
        "digest_hour": city().limit("digest_hour"),
    }
    return render(request, "pages/notices/settings.jinja", context, status=status)


@for_any_member("one's own browser")
@require_POST
def add_browser(request: MemberRequest) -> HttpResponse:
    """Take this browser in; the page's script sends what the browser gave it."""
    try:
        subscribe(
            reading.text(request.POST, "endpoint", 600),
            reading.text(request.POST, "p256dh", 120),
            reading.text(request.POST, "auth", 40),
            by=request.member,
            at=timezone.now(),
        )
    except Refusal as refusal:
        return HttpResponse(words(refusal), status=refusal.status, content_type="text/plain; charset=utf-8")
    return HttpResponse(status=204)


@guarded("case.view", "report.view")
@require_http_methods(["GET", "POST"])
def share(request: MemberRequest, kind: str, subject_id: UUID) -> HttpResponse:
    """Words without a person and a link that ends: what may be pasted into a group chat."""
    context: dict[str, object] = {"link": "", "until": None}
    if request.method == "POST":
        token, until = share_link(kind, subject_id, by=request.member, at=timezone.now())
        context = {"link": settings.PUBLIC_ADDRESS + address("shared", token), "until": until}
    return render(request, "pages/notices/share.jinja", context)


@for_any_member("opens only what the page behind it lets this member see")
@require_GET
def open_shared(request: MemberRequest, token: str) -> HttpResponse:
    """Follow a shared link after sign-in; unknown and ended look the same."""
    page, arg = page_of_shared(request.member, token, timezone.now())
    return HttpResponseRedirect(address(page, arg))
