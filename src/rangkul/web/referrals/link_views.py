"""The single-use answer link: made by the sender, answered by an institution without an account, watched by the desk."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from rangkul.access import limits
from rangkul.access.guard import guarded, open_to_all
from rangkul.access.links import LinkOver
from rangkul.directory.city import city
from rangkul.domain.errors import NotFound, Refusal
from rangkul.referrals.answer_actions import Answer, refusal_reasons
from rangkul.referrals.link_actions import (
    LinkPage,
    answer_by_link,
    institution_of_link,
    mark_tries_seen,
    new_answer_link,
    note_tried,
    open_link,
    tried_links,
)
from rangkul.referrals.referral_queries import referral_seen_by
from rangkul.referrals.wording import place_name
from rangkul.web import reading, words
from rangkul.web.context import say_saved
from rangkul.web.middleware import MemberRequest
from rangkul.web.referrals import referral_shown as shown
from rangkul.web.referrals.referral_views import errors_of, page_with_link, refused_page

LONGEST_TOKEN = 80


@guarded("referral.follow")
@require_POST
def referral_link(request: MemberRequest, referral_id: UUID) -> HttpResponse:
    """Make a link and show it this once; earlier links stop working."""
    now = timezone.now()
    try:
        token = new_answer_link(referral_id, by=request.member, at=now)
    except NotFound:
        raise
    except Refusal as refusal:
        return refused_page(request, referral_id, refusal, "link")
    address = request.build_absolute_uri(reverse("answer_link", args=[token]))
    until = words.hari_tanggal(now + timedelta(days=city().limit("referral_link_days")))
    place = referral_seen_by(request.member, referral_id, at=now).line.institution
    text = _(
        "Yth. %(place)s, ada permohonan rujukan dari Dinsos. Mohon dijawab lewat tautan ini, sekali pakai, "
        "sampai %(until)s: %(address)s"
    ) % {"place": place, "until": until, "address": address}
    return page_with_link(request, referral_id, {"link": {"address": address, "until": until, "text": text}})


@guarded("referral.link_watch")
@require_http_methods(["GET", "POST"])
def link_refusals(request: MemberRequest) -> HttpResponse:
    """Links that were tried when they no longer worked: the desk calls the institution and ticks them off."""
    if request.method == "POST":
        link_id = reading.uuid_or_none(reading.text(request.POST, "link", 40))
        if link_id is None:
            raise NotFound
        mark_tries_seen(link_id, by=request.member, at=timezone.now())
        say_saved(request, _("Ditandai sudah dilihat."))
        return HttpResponseRedirect(reverse("link_refusals"))
    rows = [
        (link, place_name(link.institution, request.member.language)) for link in tried_links(request.member)
    ]
    return render(request, "pages/referrals/links.jinja", {"rows": rows})


@open_to_all("Lembaga tanpa akun menjawab satu rujukan lewat tautan sekali pakai; tokennya adalah izinnya.")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer_page(request: HttpRequest, token: str) -> HttpResponse:
    """The sheet of one referral and its answer; afterwards a calm page that shows nothing of it."""
    now = timezone.now()
    token = token[:LONGEST_TOKEN]
    try:
        limits.ANSWERS.check(limits.network_of(request), now)
        if request.method != "POST":
            return _cover(request, token)
        if request.POST.get("step") == "open":
            return _form(request, open_link(token, now))
        return _answered(request, token)
    except LinkOver:
        note_tried(token, now)
        return _private(render(request, "pages/referrals/link_gone.jinja", status=LinkOver.status))


def _cover(request: HttpRequest, token: str) -> HttpResponse:
    """Nothing of the person yet: chat programs fetch every address that is pasted, and must not read a sheet."""
    place = institution_of_link(token, timezone.now())
    return _private(
        render(request, "pages/referrals/link_cover.jinja", {"place": place.named(words.language())})
    )


def _answered(request: HttpRequest, token: str) -> HttpResponse:
    now = timezone.now()
    try:
        said = Answer(
            answer=reading.text(request.POST, "answer", 10),
            reason=reading.text(request.POST, "reason", 32),
            place_from=reading.day(request.POST, "place_from"),
            words=reading.text(request.POST, "words", 2000),
        )
        answer_by_link(token, said, by=None, at=now, key=reading.client_key(request))
    except LinkOver:
        raise
    except Refusal as refusal:
        return _form(request, open_link(token, now), errors=errors_of(refusal), status=refusal.status)
    return _private(
        render(request, "pages/referrals/link_thanks.jinja", {"accepted": said.answer == "accept"})
    )


def _form(
    request: HttpRequest, page: LinkPage, *, errors: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    language = words.language()
    reasons = [row for row in shown.choices_of("refusal_reason", language) if row[0] in refusal_reasons()]
    context: dict[str, Any] = {
        "page": page,
        "place": page.place.named(language),
        "reasons": reasons,
        "typed": request.POST,
        "errors": errors or {},
        "key": reading.new_key(),
    }
    return _private(render(request, "pages/referrals/link.jinja", context, status=status))


def _private(response: HttpResponse) -> HttpResponse:
    """The address is the key: it goes to no other site, no search engine, no cache."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
