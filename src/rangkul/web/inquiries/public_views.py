"""For everybody: say whom one looks for; read, always, the same words."""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from rangkul.access import limits
from rangkul.access.guard import open_to_all
from rangkul.domain.codes import CodeMistyped, read_tracking_code
from rangkul.domain.errors import NotFound, Refusal
from rangkul.inquiries.actions import take_inquiry
from rangkul.inquiries.queries import is_known_code
from rangkul.web import reading
from rangkul.web.inquiries import shown
from rangkul.web.public.views import HONEYPOT, emergency_number
from rangkul.web.refusals import with_wait, words

COOKIE = "rangkul_pencarian"
SECONDS = 900


@open_to_all("Siapa pun boleh mencari keluarganya, tanpa akun; jawabannya selalu sama.")
@require_http_methods(["GET", "HEAD", "POST"])
def inquiry_new(request: HttpRequest) -> HttpResponse:
    """The public form."""
    if request.method != "POST":
        return _form(request)
    try:
        limits.INQUIRIES.check(limits.network_of(request), timezone.now())
        if request.POST.get(HONEYPOT):
            return HttpResponseRedirect(reverse("inquiry_public"))
        said = shown.typed_inquiry(request.POST)
        code = take_inquiry(said, by=None, at=timezone.now(), key=reading.client_key(request))
    except Refusal as refusal:
        return _form(request, refusal)
    response = HttpResponse(status=303, headers={"Location": reverse("inquiry_thanks")})
    response.set_cookie(
        COOKIE,
        signing.dumps(code, salt=COOKIE),
        max_age=SECONDS,
        path=reverse("inquiry_public"),
        httponly=True,
        secure=settings.HTTPS,
        samesite="Lax",
    )
    return response


def _form(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    context = {
        "typed": request.POST,
        "errors": {refusal.field or "__all__": words(refusal)} if refusal else {},
        "key": reading.new_key(),
        "relations": shown.relations(),
        "honeypot": HONEYPOT,
        "emergency": emergency_number(),
    }
    page = render(
        request, "pages/inquiries/public_new.jinja", context, status=refusal.status if refusal else 200
    )
    return with_wait(page, refusal)


@open_to_all("Halaman sesudah pencarian dicatat: kode bagi pencari.")
@require_safe
def inquiry_thanks(request: HttpRequest) -> HttpResponse:
    """The code, for a quarter of an hour, and the words that never change."""
    try:
        code = signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=SECONDS)
    except signing.BadSignature:
        return HttpResponseRedirect(reverse("inquiry_public"))
    return render(request, "pages/inquiries/neutral.jinja", {"code": code, "fresh": True})


@open_to_all("Kata yang sama bagi setiap pencari, apa pun yang ditemukan.")
@require_safe
def inquiry_track(request: HttpRequest, code: str) -> HttpResponse:
    """The same words for every inquiry: found or not, asked or not, closed or open."""
    try:
        limits.LOOK_UPS.check(limits.network_of(request), timezone.now())
        read = read_tracking_code(code[:40])
    except CodeMistyped:
        raise NotFound from None
    if not is_known_code(read):
        raise NotFound
    return render(request, "pages/inquiries/neutral.jinja", {"code": "", "fresh": False})
