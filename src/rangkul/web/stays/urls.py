"""Addresses of the shelter and service pages."""

from __future__ import annotations

from django.urls import path

from rangkul.web.stays import service_views, views

urlpatterns = [
    path("rumah-singgah/", views.shelter, name="shelter"),
    path("rumah-singgah/absen/", views.roll_call, name="roll_call"),
    path("rumah-singgah/perpanjangan/<uuid:extension_id>/", views.extension_decide, name="extension_decide"),
    path("rumah-singgah/<uuid:stay_id>/", views.stay, name="stay"),
    path("rumah-singgah/<uuid:stay_id>/pindah/", views.stay_move, name="stay_move"),
    path("rumah-singgah/<uuid:stay_id>/perpanjang/", views.stay_extend, name="stay_extend"),
    path("rumah-singgah/<uuid:stay_id>/keluar/", views.stay_leave, name="stay_leave"),
    path("kasus/<str:code>/tinggal/", views.stay_new, name="stay_new"),
    path("kasus/<str:code>/layanan/", service_views.service_new, name="service_new"),
    path("layanan/<uuid:record_id>/", service_views.service, name="service"),
    path("layanan/<uuid:record_id>/batal/", service_views.service_void, name="service_void"),
]
