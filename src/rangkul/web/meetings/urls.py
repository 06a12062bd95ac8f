"""Addresses of the pages of meetings."""

from __future__ import annotations

from django.urls import path

from rangkul.web.meetings import room_views, views

urlpatterns = [
    path("rapat/", views.meetings, name="meetings"),
    path("rapat/baru/", views.meeting_new, name="meeting_new"),
    path("rapat/<uuid:meeting_id>/", views.meeting, name="meeting"),
    path("rapat/<uuid:meeting_id>/ubah/", views.meeting_edit, name="meeting_edit"),
    path("rapat/<uuid:meeting_id>/kode-hadir/", room_views.sign_in_board, name="meeting_code"),
    path("rapat/<uuid:meeting_id>/hadir/", room_views.attend, name="meeting_attend"),
    path("rapat/<uuid:meeting_id>/bahasan/<uuid:item_id>/", room_views.discuss, name="meeting_item"),
    path("rapat/<uuid:meeting_id>/bahan/<uuid:file_id>/", room_views.material, name="meeting_material"),
    path("tindak-lanjut/<uuid:action_id>/", room_views.action_item, name="action_item"),
    path("kabar/", views.news, name="news"),
]
