"""Addresses of the cases pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from rangkul.web.cases import (
    assessment_views,
    evidence_views,
    opening_views,
    outside_views,
    plan_views,
    protection_views,
    views,
    visit_views,
)

urlpatterns: list[URLPattern] = [
    path("kasus/", views.cases, name="cases"),
    path("kasus/tahapan/", views.case_stages, name="case_stages"),
    path("kasus/buka/<uuid:contact_id>/", opening_views.case_open, name="case_open"),
    path("kasus/<str:code>/", views.case, name="case"),
    path("kasus/<str:code>/tahap/", opening_views.case_stage, name="case_stage"),
    path("kasus/<str:code>/tutup/", opening_views.case_close, name="case_close"),
    path("kasus/<str:code>/buka-lagi/", opening_views.case_reopen, name="case_reopen"),
    path("kasus/<str:code>/bukti/<str:kind>/", evidence_views.evidence_new, name="evidence_new"),
    path(
        "kasus/<str:code>/bukti/batal/<uuid:evidence_id>/", evidence_views.evidence_void, name="evidence_void"
    ),
    path("kasus/<str:code>/keberfungsian/", evidence_views.rating_new, name="rating_new"),
    path("kasus/<str:code>/batalkan/<str:what>/<uuid:row_id>/", assessment_views.row_void, name="row_void"),
    path("kasus/<str:code>/catatan/", evidence_views.note_new, name="note_new"),
    path("kasus/<str:code>/kabar-luar/", outside_views.outside_news_new, name="outside_news_new"),
    path("kasus/<str:code>/tim/", evidence_views.team_new, name="team_new"),
    path("kasus/<str:code>/tim/<uuid:seat_id>/", evidence_views.team_end, name="team_end"),
    path("kasus/<str:code>/asesmen/", assessment_views.assessment_form, name="assessment_form"),
    path(
        "kasus/<str:code>/asesmen/simpan/", assessment_views.assessment_autosave, name="assessment_autosave"
    ),
    path(
        "kasus/<str:code>/asesmen/<uuid:assessment_id>/batal/",
        assessment_views.assessment_void,
        name="assessment_void",
    ),
    path("kasus/<str:code>/perlindungan/", protection_views.protection, name="protection"),
    path("kasus/<str:code>/perlindungan/maksud/", protection_views.case_purpose, name="case_purpose"),
    path("kasus/<str:code>/perlindungan/naikkan/", protection_views.case_raise, name="case_raise"),
    path("kasus/<str:code>/perlindungan/terbatas/", protection_views.case_seal, name="case_seal"),
    path("kasus/<str:code>/perlindungan/tim/", protection_views.reader_new, name="reader_new"),
    path("kasus/<str:code>/perlindungan/tim/<uuid:seat_id>/", protection_views.reader_end, name="reader_end"),
    path("kasus/<str:code>/perlindungan/kecuali/", protection_views.exclusion_new, name="exclusion_new"),
    path(
        "kasus/<str:code>/perlindungan/kecuali/<uuid:row_id>/",
        protection_views.exclusion_end,
        name="exclusion_end",
    ),
    path("kasus/<str:code>/perlindungan/turunkan/", protection_views.lowering_new, name="lowering_new"),
    path(
        "kasus/<str:code>/perlindungan/turunkan/<uuid:step_id>/",
        protection_views.lowering_decide,
        name="lowering_decide",
    ),
    path("kontak/<uuid:contact_id>/kasus-terbatas/", protection_views.contact_seal, name="contact_seal"),
    path("kasus/<str:code>/rencana/", plan_views.plan_lines_new, name="plan_lines_new"),
    path("kasus/<str:code>/rencana/persetujuan/", plan_views.plan_agreement, name="plan_agreement"),
    path("kasus/<str:code>/rencana/<uuid:line_id>/", plan_views.plan_line_drop, name="plan_line_drop"),
    path("kasus/<str:code>/tujuan/", plan_views.goal_new, name="goal_new"),
    path("kasus/<str:code>/tujuan/<uuid:goal_id>/", plan_views.goal_judge, name="goal_judge"),
    path("kasus/<str:code>/kunjungan/", visit_views.visit_new, name="visit_new"),
    path("kontak/<uuid:contact_id>/kunjungan/", visit_views.contact_visit_new, name="contact_visit_new"),
    path("kunjungan/<uuid:visit_id>/", visit_views.visit, name="visit"),
    path("langkah-khusus/<uuid:entry_id>/", opening_views.override_seen, name="override_seen"),
]
