"""Addresses of the reports and contacts pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from rangkul.web.reports import contact_views, report_views, who_views

urlpatterns: list[URLPattern] = [
    path("laporan/", report_views.reports, name="reports"),
    path("laporan/baru/", report_views.report_enter, name="report_enter"),
    path("laporan/jaga/", report_views.shifts, name="shifts"),
    path("laporan/<uuid:report_id>/", report_views.report, name="report"),
    path("tugas/<uuid:report_id>/", report_views.job, name="job"),
    path("kontak/", contact_views.my_contacts, name="my_contacts"),
    path("kontak/baru/", contact_views.contact_new, name="contact_new"),
    path("kontak-masuk/", contact_views.inbox, name="contact_inbox"),
    path("kontak/<uuid:contact_id>/", contact_views.contact, name="contact"),
    path("kontak/<uuid:contact_id>/siapa/", who_views.contact_who, name="contact_who"),
    path("kontak/<uuid:contact_id>/siapa/calon/", who_views.contact_candidates, name="contact_candidates"),
    path("kontak/<uuid:contact_id>/catat/", contact_views.contact_note, name="contact_note"),
    path("kontak/<uuid:contact_id>/jawab/", contact_views.contact_answer, name="contact_answer"),
]
