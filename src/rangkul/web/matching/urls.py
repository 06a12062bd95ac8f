"""Addresses of merging, the queue of likely doubles, and joining two cases."""

from __future__ import annotations

from django.urls import URLPattern, path

from rangkul.web.matching import join_views, merge_views, queue_views

urlpatterns: list[URLPattern] = [
    path("orang/<str:code>/satukan/", merge_views.merge_new, name="merge_new"),
    path("penyatuan/", queue_views.queue, name="merges"),
    path("penyatuan/mutu/", queue_views.quality, name="match_quality"),
    path("penyatuan/pasangan/<int:pair_id>/", queue_views.pair, name="match_pair"),
    path("penyatuan/<uuid:merge_id>/", merge_views.merge, name="merge"),
    path("penyatuan/<uuid:merge_id>/pisahkan/", merge_views.merge_undo, name="merge_undo"),
    path("kasus/<str:code>/gabung/", join_views.join, name="case_join"),
]
