"""Addresses of who does what."""

from __future__ import annotations

from django.urls import path

from rangkul.web.mandates import views

urlpatterns = [
    path("siapa-berbuat-apa/", views.who_does_what_page, name="who_does_what"),
    path("tugas-instansi/<uuid:duty_id>/", views.duty, name="duty"),
]
