"""Addresses of the rights of the person."""

from __future__ import annotations

from django.urls import path

from rangkul.web.rights import house_views, public_views, views

urlpatterns = [
    path("hak/formulir/", public_views.paper_form, name="rights_form"),
    path("hak/catatan/", house_views.register_page, name="processing_register"),
    path("hak/catatan/<str:name>/unduh/", house_views.register_file, name="processing_file"),
    path("hak/kebocoran/", house_views.breaches, name="breaches"),
    path("hak/kebocoran/<uuid:breach_id>/", house_views.breach_page, name="breach"),
    path("hak/kebocoran/<uuid:breach_id>/unduh/", house_views.breach_pack, name="breach_pack"),
    path("hak/retensi/", house_views.retention_page, name="retention"),
    path("hak/retensi/<uuid:run_id>/", house_views.retention_run, name="retention_run"),
    path("hak/penahanan/", house_views.holds_page, name="privacy_holds"),
    path("hak/", views.requests, name="privacy_requests"),
    path("hak/baru/", views.request_new, name="privacy_request_new"),
    path("hak/<uuid:request_id>/", views.request_page, name="privacy_request"),
    path("hak/<uuid:request_id>/orang/", views.request_tie, name="privacy_tie"),
    path("hak/<uuid:request_id>/putusan/", views.request_decide, name="privacy_decide"),
    path("hak/<uuid:request_id>/jalankan/", views.request_carry_out, name="privacy_carry_out"),
    path("hak/<uuid:request_id>/orang-kedua/", views.request_second, name="privacy_second"),
    path("hak/<uuid:request_id>/tarik/", views.request_take_back, name="privacy_take_back"),
    path("hak/<uuid:request_id>/cabut/", views.request_lift, name="privacy_lift"),
    path("hak/<uuid:request_id>/salinan/unduh/", views.request_statement, name="privacy_statement"),
    path("hak/<uuid:request_id>/jawaban/", views.request_answer, name="privacy_answer"),
]
