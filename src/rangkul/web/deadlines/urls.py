"""Addresses of the clocks."""

from __future__ import annotations

from django.urls import path

from rangkul.web.deadlines import views

urlpatterns = [
    path("tenggat/", views.deadlines, name="deadlines"),
    path("tenggat/akui/", views.acknowledged_all, name="deadlines_acknowledge"),
    path("tenggat/<uuid:deadline_id>/", views.deadline, name="deadline"),
    path("tenggat/<uuid:deadline_id>/jeda/", views.pause, name="deadline_pause"),
    path("tenggat/<uuid:deadline_id>/lanjut/", views.resume, name="deadline_resume"),
    path("tenggat/<uuid:deadline_id>/perpanjang/", views.ask, name="deadline_ask"),
    path("tenggat/<uuid:deadline_id>/putuskan/<uuid:extension_id>/", views.decide, name="deadline_decide"),
    path("tenggat/<uuid:deadline_id>/akui/", views.acknowledged, name="deadline_acknowledge"),
]
