"""Addresses of the pages about looks."""

from __future__ import annotations

from django.urls import path

from rangkul.web.watching import views

urlpatterns = [
    path("kasus/<str:code>/jejak/", views.case_trail, name="case_trail"),
    path("jejak/", views.trail, name="audit"),
    path("jejak/peringatan/", views.alarms, name="alarms"),
    path("jejak/peringatan/<uuid:alarm_id>/", views.alarm, name="alarm"),
]
