"""Every address of the house. Page addresses follow the reader's language: Indonesian."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import URLPattern, URLResolver, include, path


def _by_first_word(rooms: Iterable[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """The pages of the rooms in the same order, those of one first word together: a request tries few of them."""
    found: dict[str, list[URLPattern | URLResolver]] = {}
    bare: list[URLPattern | URLResolver] = []
    for room in rooms:
        if not isinstance(room, URLResolver) or str(room.pattern):
            bare.append(room)
            continue
        for page in room.url_patterns:
            word, slash, rest = str(page.pattern).partition("/")
            if isinstance(page, URLResolver) or not slash or "<" in word:
                bare.append(page)
            else:
                shown = path(rest, page.callback, page.default_args, page.name)
                found.setdefault(f"{word}/", []).append(shown)
    return bare + [path(word, include(pages)) for word, pages in found.items()]


_rooms: list[URLPattern | URLResolver] = [
    path("", include("rangkul.web.home.urls")),
    path("", include("rangkul.web.public.urls")),
    path("", include("rangkul.web.reports.urls")),
    path("", include("rangkul.web.matching.urls")),
    path("", include("rangkul.web.inquiries.urls")),
    path("", include("rangkul.web.patterns.urls")),
    path("", include("rangkul.web.people.urls")),
    path("", include("rangkul.web.cases.urls")),
    path("", include("rangkul.web.emergency.urls")),
    path("", include("rangkul.web.consents.urls")),
    path("", include("rangkul.web.stays.urls")),
    path("", include("rangkul.web.deadlines.urls")),
    path("", include("rangkul.web.mandates.urls")),
    path("", include("rangkul.web.referrals.urls")),
    path("", include("rangkul.web.rights.urls")),
    path("", include("rangkul.web.letters.urls")),
    path("", include("rangkul.web.trips.urls")),
    path("", include("rangkul.web.protocols.urls")),
    path("", include("rangkul.web.meetings.urls")),
    path("", include("rangkul.web.notices.urls")),
    path("", include("rangkul.web.indicators.urls")),
    path("", include("rangkul.web.imports.urls")),
    path("", include("rangkul.web.directory.urls")),
    path("", include("rangkul.web.watching.urls")),
    path("", include("rangkul.web.exports.urls")),
    path("", include("rangkul.web.account.urls")),
    path("api/v1/", include("rangkul.api.urls")),
]
urlpatterns = _by_first_word(_rooms)
handler404 = "rangkul.web.refusals.not_found"
handler500 = "rangkul.web.refusals.server_fault"
