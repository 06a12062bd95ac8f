"""Addresses of the directory pages."""

from __future__ import annotations

from django.urls import path

from rangkul.web.directory import views

urlpatterns = [
    path("instansi/", views.directory, name="directory"),
    path("instansi/petugas/", views.member_add, name="member_add"),
    path("instansi/jabatan/", views.post_hold, name="post_hold"),
    path("instansi/jabatan/<uuid:holding_id>/serahkan/", views.post_hand_over, name="post_hand_over"),
    path("instansi/jabatan/<uuid:holding_id>/lepas/", views.post_release, name="post_release"),
    path("instansi/petugas/<uuid:member_id>/keadaan/", views.member_state, name="member_state"),
    path("instansi/petugas/<uuid:member_id>/sandi/", views.member_password, name="member_password"),
    path("instansi/petugas/<uuid:member_id>/langkah-kedua/", views.member_factors, name="member_factors"),
    path("instansi/petugas/<uuid:member_id>/sesi/", views.member_sessions, name="member_sessions"),
]
