"""What every page knows: who looks, where they may go, the city, the language."""

from __future__ import annotations

import json
from typing import Any

from django.core.signing import BadSignature
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from rangkul.access.guard import knows
from rangkul.directory.city import city
from rangkul.directory.queries import is_training
from rangkul.domain.errors import N_
from rangkul.domain.policy import ActingMember
from rangkul.notices.queries import unread
from rangkul.web.addresses import address
from rangkul.web.middleware import SAID_COOKIE, SAID_SECONDS, THEME_COOKIE

# (label, url name, guard action): a place is shown when the role knows the action. At most five words on the desk bar.
DESK_PLACES = (
    ("Perlu saya kerjakan", "home", "worklist.view"),
    ("Kasus", "cases", "case.view"),
    ("Laporan masuk", "reports", "report.assign"),
    (N_("Rujukan masuk"), "referrals", "referral.answer"),
    ("Rumah Singgah", "shelter", "stay.view"),
    ("Angka", "spm", "spm.view"),
)
MORE_PLACES = (
    ("Surat", "letters", "letter.view"),
    ("Tenggat", "deadlines", "deadline.view"),
    ("Keadaan", "situation", "situation.view"),
    ("Siapa berbuat apa", "who_does_what", "directory.view"),
    ("Kontak masuk", "contact_inbox", "contact.take"),
    (N_("Catatan ganda"), "merges", "match.queue"),
    ("Pemulangan", "trips", "trip.view"),
    (N_("Pencarian keluarga"), "inquiries", "inquiry.take"),
    (N_("Teks pencarian"), "tracing", "inquiry.hear"),
    ("Rapat", "meetings", "meeting.view"),
    ("Bimbingan", "sessions", "session.view"),
    ("Protokol", "protocols", "protocol.view"),
    ("Data masuk", "imports", "import.run"),
    (N_("Lembaga rujukan"), "institutions", "institution.view"),
    (N_("Angka rujukan"), "referral_figures", "referral.count"),
    ("Instansi", "directory", "directory.view"),
    ("Jejak audit", "audit", "audit.view"),
)
FIELD_PLACES = (
    ("Tugas", "home", "worklist.view", "clipboard-list"),
    (N_("Rujukan masuk"), "referrals", "referral.answer", "inbox"),
    ("Kontak baru", "contact_new", "contact.record", "walk"),
    ("Kiriman saya", "my_contacts", "contact.view", "history"),
)


def page(request: HttpRequest) -> dict[str, Any]:
    """Context of every template (see ``templates/base``)."""
    member: ActingMember | None = getattr(request, "member", None)
    role = city().roles.get(member.role) if member else None
    return {
        "request": request,
        "member": member,
        "agency_name": city().agency_name(member.agency, timezone.localdate()) if member else "",
        "is_field": bool(role and role.face == "field"),
        "nav": _places(request, member, DESK_PLACES) if member else [],
        "nav_more": _places(request, member, MORE_PLACES) if member else [],
        "nav_field": _field_places(request, member) if member else [],
        "unread": unread(member) if member else 0,
        "can_search": bool(member and knows(member, "person.search")),
        "training": is_training(),
        "city": city(),
        "language": translation.get_language() or "id",
        "theme": request.COOKIES.get(THEME_COOKIE) or (member.theme if member else "auto"),
        "messages_saved": _said(request),
    }


def _places(
    request: HttpRequest, member: ActingMember, places: tuple[tuple[str, str, str], ...]
) -> list[dict[str, Any]]:
    return [
        {"label": _(label), "href": href, "current": _is_here(request, href), "count": None}
        for label, name, action in places
        if knows(member, action)
        for href in (address(name),)
    ]


def _field_places(request: HttpRequest, member: ActingMember) -> list[dict[str, Any]]:
    return [
        {"label": _(label), "href": href, "current": _is_here(request, href), "icon": icon}
        for label, name, action, icon in FIELD_PLACES
        if knows(member, action)
        for href in (address(name),)
    ]


def _is_here(request: HttpRequest, href: str) -> bool:
    return request.path == href if href == "/" else request.path.startswith(href)


def say_saved(request: HttpRequest, text: str) -> None:
    """Leave a sentence for the next page ("Kontak tersimpan."). No personal data: it rides in a signed cookie.

    In the session it would cost a transaction of its own after every act, and another when it is read.
    """
    request.said_next = [*getattr(request, "said_next", []), text][-3:]  # type: ignore[attr-defined]


def _said(request: HttpRequest) -> list[str]:
    if getattr(request, "member", None) is None or SAID_COOKIE not in request.COOKIES:
        return []
    request.said_now = True  # type: ignore[attr-defined]
    try:
        said: list[str] = json.loads(request.get_signed_cookie(SAID_COOKIE, max_age=SAID_SECONDS) or "[]")
    except (BadSignature, ValueError):
        return []
    return said
