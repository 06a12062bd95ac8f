"""Addresses of the imports pages."""

from __future__ import annotations

from django.urls import path

from rangkul.web.imports import views

urlpatterns = [
    path("data-masuk/", views.imports, name="imports"),
    path("data-masuk/<uuid:batch_id>/", views.batch, name="import_batch"),
    path("data-masuk/<uuid:batch_id>/kemajuan/", views.progress, name="import_progress"),
    path("data-masuk/<uuid:batch_id>/lanjut/", views.go_on, name="import_go_on"),
    path("data-masuk/<uuid:batch_id>/ditolak/", views.refused, name="import_refused"),
    path("data-masuk/mutu/<uuid:note_id>/selesai/", views.settle, name="import_settle"),
]
