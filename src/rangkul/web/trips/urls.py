"""Addresses of the pages of returns, deaths and people met again."""

from __future__ import annotations

from django.urls import path

from rangkul.web.trips import arrival_views, death_views, leg_views, plan_views, road_views, views

urlpatterns = [
    path("pemulangan/", views.trips, name="trips"),
    path("pemulangan/<uuid:trip_id>/", views.trip, name="trip"),
    path("pemulangan/<uuid:trip_id>/ubah/", plan_views.trip_change, name="trip_change"),
    path("pemulangan/<uuid:trip_id>/jawaban/", plan_views.trip_answer, name="trip_answer"),
    path("pemulangan/<uuid:trip_id>/keadaan/", plan_views.trip_condition, name="trip_condition"),
    path("pemulangan/<uuid:trip_id>/surat-polisi/", plan_views.trip_letter, name="trip_letter"),
    path("pemulangan/<uuid:trip_id>/pengecualian/", plan_views.trip_exception, name="trip_exception"),
    path(
        "pemulangan/pengecualian/<uuid:exception_id>/",
        plan_views.trip_exception_decide,
        name="trip_exception_decide",
    ),
    path("pemulangan/<uuid:trip_id>/biaya/", plan_views.trip_cost, name="trip_cost"),
    path("pemulangan/<uuid:trip_id>/ruas/", leg_views.leg_new, name="leg_new"),
    path("pemulangan/<uuid:trip_id>/ruas/<uuid:leg_id>/", leg_views.leg_edit, name="leg_edit"),
    path("pemulangan/ruas/<uuid:leg_id>/hapus/", leg_views.leg_drop, name="leg_drop"),
    path("pemulangan/<uuid:trip_id>/berangkat/", road_views.trip_depart, name="trip_depart"),
    path("pemulangan/<uuid:trip_id>/diterima/", road_views.trip_next, name="trip_next"),
    path("pemulangan/<uuid:trip_id>/lanjut/", road_views.trip_go_on, name="trip_go_on"),
    path("pemulangan/<uuid:trip_id>/tertahan/", road_views.trip_hold, name="trip_hold"),
    path("pemulangan/<uuid:trip_id>/dicari/", road_views.trip_lost, name="trip_lost"),
    path("pemulangan/<uuid:trip_id>/ditemukan/", road_views.trip_found, name="trip_found"),
    path("pemulangan/<uuid:trip_id>/tiba/", road_views.trip_arrive, name="trip_arrive"),
    path("pemulangan/<uuid:trip_id>/batal/", road_views.trip_cancel, name="trip_cancel"),
    path("pemulangan/<uuid:trip_id>/layanan/", road_views.trip_services, name="trip_services"),
    path("pemulangan/<uuid:trip_id>/tautan/", road_views.trip_link, name="trip_link"),
    path("kasus/<str:code>/pemulangan/", plan_views.trip_new, name="trip_new"),
    path("kasus/<str:code>/bimbingan-lanjut/", plan_views.aftercare_new, name="aftercare_new"),
    path("tiba/<str:token>/", arrival_views.arrival, name="arrival"),
    path("kasus/<str:code>/kematian/", death_views.death_new, name="death_new"),
    path("kematian/<uuid:death_id>/", death_views.death, name="death"),
    path("kematian/<uuid:death_id>/foto/", death_views.death_photo, name="death_photo"),
    path("kematian/<uuid:death_id>/<str:step>/", death_views.death_step, name="death_step"),
    path("ditemui-lagi/<uuid:sighting_id>/", views.sighting_see, name="sighting_see"),
]
