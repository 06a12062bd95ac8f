"""Addresses of the pages about lists that leave the house."""

from __future__ import annotations

from django.urls import path

from rangkul.web.exports import views

urlpatterns = [
    path("unduhan/", views.exports, name="exports"),
    path("unduhan/baru/", views.export_new, name="export_new"),
    path("unduhan/periksa/", views.export_trace, name="export_trace"),
    path("unduhan/<uuid:export_id>/", views.export, name="export"),
    path("unduhan/<uuid:export_id>/putuskan/", views.export_decide, name="export_decide"),
    path("unduhan/<uuid:export_id>/ambil/", views.export_take, name="export_take"),
]
