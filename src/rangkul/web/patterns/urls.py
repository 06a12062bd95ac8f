"""Addresses of patterns."""

from __future__ import annotations

from django.urls import path

from rangkul.web.patterns import views

urlpatterns = [
    path("pola/", views.patterns, name="patterns"),
    path("pola/<uuid:pattern_id>/", views.pattern, name="pattern"),
]
