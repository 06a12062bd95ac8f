"""Addresses of the home pages."""

from __future__ import annotations

from django.urls import path

from rangkul.web.home import entering, single_sign_on, situation_views, views

urlpatterns = [
    path("", views.home, name="home"),
    path("masuk/", views.sign_in, name="sign_in"),
    path("masuk/kode/", entering.second_step, name="sign_in_second"),
    path("masuk/kunci/", entering.passkey, name="sign_in_passkey"),
    path("masuk/kota/<slug:provider_id>/", single_sign_on.begin, name="openid_connect_login"),
    path("masuk/kota/<slug:provider_id>/kembali/", single_sign_on.come_back, name="openid_connect_callback"),
    path("keluar/", views.sign_out, name="sign_out"),
    path("bahasa/", views.set_language, name="set_language"),
    path("tema/", views.set_theme, name="set_theme"),
    path("jabatan/", views.switch_post, name="switch_post"),
    path("keadaan/", situation_views.situation_page, name="situation"),
    path("keadaan/ditolak/", situation_views.refusals, name="situation_refusals"),
    path("keadaan/janji/", situation_views.promises, name="situation_promises"),
    path("galeri/", views.gallery, name="gallery"),
    path("healthz", views.healthz, name="healthz"),
]
