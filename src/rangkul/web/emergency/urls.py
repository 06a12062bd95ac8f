"""Addresses of emergency access."""

from __future__ import annotations

from django.urls import path

from rangkul.web.emergency import desk_views, views

urlpatterns = [
    path("akses-darurat/", views.emergency, name="emergency"),
    path("akses-darurat/berdua/", desk_views.desk, name="desk"),
    path("akses-darurat/berdua/<uuid:ask_id>/", desk_views.desk_ask, name="desk_ask"),
    path("akses-darurat/<uuid:ticket_id>/", views.ticket, name="ticket"),
    path("akses-darurat/<uuid:ticket_id>/tutup/", views.ticket_end, name="ticket_end"),
]
