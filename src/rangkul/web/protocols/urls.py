"""Addresses of the pages of protocols and guidance sessions."""

from __future__ import annotations

from django.urls import path

from rangkul.web.protocols import views

urlpatterns = [
    path("protokol/", views.protocols, name="protocols"),
    path("bimbingan/", views.sessions, name="sessions"),
    path("bimbingan/baru/", views.session_new, name="session_new"),
]
