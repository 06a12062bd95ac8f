"""Addresses of the pages of notices."""

from __future__ import annotations

from django.urls import path

from rangkul.web.notices import views

urlpatterns = [
    path("pemberitahuan/", views.notices, name="notices"),
    path("pemberitahuan/dibaca/", views.read_all, name="notices_read"),
    path("pemberitahuan/pengaturan/", views.settings_page, name="notice_settings"),
    path("pemberitahuan/peramban/", views.add_browser, name="notice_browser"),
    path("pemberitahuan/<uuid:notice_id>/", views.open_notice, name="notice"),
    path("bagikan/<str:kind>/<uuid:subject_id>/", views.share, name="share"),
    path("b/<str:token>/", views.open_shared, name="shared"),
]
