"""Addresses of the people pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from rangkul.web.people import file_views, search_views, views

urlpatterns: list[URLPattern] = [
    path("cari/", search_views.search, name="search"),
    path("orang/baru/", search_views.person_new, name="person_new"),
    path("orang/baru/calon/", search_views.person_candidates, name="person_candidates"),
    path("orang/<str:code>/", views.person, name="person"),
    path("orang/<str:code>/keterangan/", views.claim_new, name="claim_new"),
    path("orang/<str:code>/keterangan/<uuid:claim_id>/batal/", views.claim_void, name="claim_void"),
    path("orang/<str:code>/upaya/", views.identity_try, name="identity_try"),
    path("orang/<str:code>/hubungan/", views.relation_new, name="relation_new"),
    path("orang/<str:code>/hubungan/<uuid:relation_id>/akhiri/", views.relation_end, name="relation_end"),
    path("orang/<str:code>/berkas/", views.file_new, name="file_new"),
    path("berkas/<uuid:file_id>/", file_views.file, name="file"),
]
