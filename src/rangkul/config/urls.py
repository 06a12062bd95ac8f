"""Every address of the house. Page addresses follow the reader's language: Indonesian."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("rangkul.web.home.urls")),
    path("", include("rangkul.web.public.urls")),
    path("", include("rangkul.web.reports.urls")),
    path("", include("rangkul.web.matching.urls")),
    path("", include("rangkul.web.inquiries.urls")),
    path("", include("rangkul.web.people.urls")),
    path("", include("rangkul.web.cases.urls")),
    path("", include("rangkul.web.stays.urls")),
    path("", include("rangkul.web.deadlines.urls")),
    path("", include("rangkul.web.mandates.urls")),
    path("", include("rangkul.web.referrals.urls")),
    path("", include("rangkul.web.letters.urls")),
    path("", include("rangkul.web.trips.urls")),
    path("", include("rangkul.web.protocols.urls")),
    path("", include("rangkul.web.meetings.urls")),
    path("", include("rangkul.web.notices.urls")),
    path("", include("rangkul.web.indicators.urls")),
    path("", include("rangkul.web.imports.urls")),
    path("", include("rangkul.web.directory.urls")),
    path("", include("rangkul.web.account.urls")),
    path("api/v1/", include("rangkul.api.urls")),
]
handler404 = "rangkul.web.refusals.not_found"
handler500 = "rangkul.web.refusals.server_fault"
