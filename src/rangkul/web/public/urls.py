"""Addresses of the public pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from rangkul.web.public import views

urlpatterns: list[URLPattern] = [
    path("lapor/", views.report_new, name="report_new"),
    path("lapor/terima-kasih/", views.report_thanks, name="report_thanks"),
    path("lacak/", views.track, name="track"),
    path("lacak/<str:code>/", views.track_report, name="track_report"),
    path("privasi/", views.privacy, name="privacy"),
]
