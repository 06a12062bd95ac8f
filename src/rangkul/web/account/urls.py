"""Addresses of the own account."""

from __future__ import annotations

from django.urls import path

from rangkul.web.account import factor_views, views

urlpatterns = [
    path("akun/", views.account, name="account"),
    path("akun/yakin/", views.be_sure, name="account_sure"),
    path("akun/sandi/", views.password, name="account_password"),
    path("akun/sesi/", views.end_session, name="account_session"),
    path("akun/sesi-lain/", views.end_others, name="account_sessions"),
    path("akun/token/", views.make_token, name="account_token"),
    path("akun/token/<uuid:token_id>/akhiri/", views.end_token, name="account_token_end"),
    path("akun/aplikasi/", factor_views.app, name="account_app"),
    path("akun/kunci/", factor_views.passkey, name="account_passkey"),
    path("akun/kode-cadangan/", factor_views.codes, name="account_codes"),
    path("akun/langkah/hapus/", factor_views.remove, name="account_factor_remove"),
]
