"""Addresses of the pages about looks."""

from __future__ import annotations

from django.urls import path

from rangkul.web.watching import code_views, views

urlpatterns = [
    path("kasus/<str:code>/jejak/", views.case_trail, name="case_trail"),
    path("jejak/", views.trail, name="audit"),
    path("jejak/kode-harian/", code_views.daily_code, name="daily_code"),
    path("jejak/kode-harian/pdf/", code_views.daily_code_pdf, name="daily_code_pdf"),
    path("jejak/peringatan/", views.alarms, name="alarms"),
    path("jejak/peringatan/<uuid:alarm_id>/", views.alarm, name="alarm"),
]
