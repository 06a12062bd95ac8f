"""What every page knows: who looks, where they may go, the city, the language."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from django.core.signing import BadSignature
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from markupsafe import Markup

from rangkul.access.guard import knows
from rangkul.directory.city import city, permission_table
from rangkul.directory.queries import is_training
from rangkul.domain.errors import N_
from rangkul.domain.policy import ActingMember, PermissionTable
from rangkul.notices.queries import unread_and_training
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
    (N_("Pola pada anak"), "patterns", "pattern.view"),
    ("Rapat", "meetings", "meeting.view"),
    ("Bimbingan", "sessions", "session.view"),
    ("Protokol", "protocols", "protocol.view"),
    ("Data masuk", "imports", "import.run"),
    (N_("Lembaga rujukan"), "institutions", "institution.view"),
    (N_("Angka rujukan"), "referral_figures", "referral.count"),
    ("Instansi", "directory", "directory.view"),
    (N_("Hak subjek data"), "privacy_requests", "rights.receive"),
    (N_("Penghapusan data"), "privacy_requests", "rights.second"),
    (N_("Dibagikan kepada saya"), "shared_list", "grant.view"),
    (N_("Akses darurat"), "emergency", "ticket.view"),
    ("Jejak audit", "audit", "audit.view"),
    (N_("Unduhan"), "exports", "export.ask"),
    (N_("Kode harian"), "daily_code", "audit.code"),
)
FIELD_PLACES = (
    ("Tugas", "home", "worklist.view", "clipboard-list"),
    (N_("Rujukan masuk"), "referrals", "referral.answer", "inbox"),
    ("Kontak baru", "contact_new", "contact.record", "walk"),
    ("Kiriman saya", "my_contacts", "contact.record", "history"),
)


def page(request: HttpRequest) -> dict[str, Any]:
    """Context of every template (see ``templates/base``).

    The token of its forms is made once; Django would make a new one for each form of the page.
    """
    member: ActingMember | None = getattr(request, "member", None)
    language = translation.get_language() or "id"
    token = get_token(request)
    return {
        "request": request,
        "csrf_token": token,
        "csrf_input": Markup('<input type="hidden" name="csrfmiddlewaretoken" value="{}">').format(token),
        "member": member,
        "city": city(),
        "language": language,
        "theme": request.COOKIES.get(THEME_COOKIE) or (member.theme if member else "auto"),
        "messages_saved": _said(request),
        **(_of_member(request, member, language) if member else _of_nobody()),
    }


def _of_nobody() -> dict[str, Any]:
    return {
        "is_field": False,
        "nav": [],
        "nav_more": [],
        "nav_field": [],
        "unread": 0,
        "training": is_training(),
    }


def _of_member(request: HttpRequest, member: ActingMember, language: str) -> dict[str, Any]:
    """Where this member may go, and what waits to be read."""
    unread, training = unread_and_training(member)
    places = _places(permission_table(), member.role, language)
    role = city().roles.get(member.role)
    return {
        "agency_name": city().agency_name(member.agency, timezone.localdate()),
        "is_field": bool(role and role.face == "field"),
        **{list_name: _marked(request.path, rows) for list_name, rows in places.items()},
        "unread": unread,
        "can_search": knows(member, "person.search"),
        "training": training,
    }


@lru_cache(maxsize=128)
def _places(table: PermissionTable, role: str, _language: str) -> dict[str, list[dict[str, Any]]]:
    """The places that a role knows, in the language of the page; the same for everybody in that role."""
    return {
        list_name: [
            {"label": _(label), "href": address(name), "current": False, "count": None, "icon": "".join(icon)}
            for label, name, action, *icon in rows
            if table.knows(role, action)
        ]
        for list_name, rows in (("nav", DESK_PLACES), ("nav_more", MORE_PLACES), ("nav_field", FIELD_PLACES))
    }


def _marked(path: str, places: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same places, the one where the reader is marked."""
    return [{**each, "current": True} if _is_here(path, each["href"]) else each for each in places]


def _is_here(path: str, href: str) -> bool:
    return path == href if href == "/" else path.startswith(href)


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
