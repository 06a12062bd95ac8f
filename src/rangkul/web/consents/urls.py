"""Addresses of leaves to share."""

from __future__ import annotations

from django.urls import path

from rangkul.web.consents import views

urlpatterns = [
    path("kasus/<str:code>/izin/", views.consents, name="consents"),
    path("kasus/<str:code>/izin/baru/", views.consent_new, name="consent_new"),
    path("izin/<uuid:consent_id>/", views.consent, name="consent"),
    path("izin/<uuid:consent_id>/tarik/", views.consent_withdraw, name="consent_withdraw"),
    path("izin/<uuid:consent_id>/lembar/", views.consent_sheet, name="consent_sheet"),
    path("izin/<uuid:consent_id>/lembar/unduh/", views.consent_paper_file, name="consent_paper"),
    path("izin/<uuid:consent_id>/berhenti/", views.consent_stopped, name="consent_stopped"),
    path("dibagikan/", views.shared_list, name="shared_list"),
    path("dibagikan/<uuid:consent_id>/", views.shared, name="shared_leave"),
    path("dibagikan/<uuid:consent_id>/berkas/<uuid:file_id>/", views.shared_file, name="shared_file"),
]
