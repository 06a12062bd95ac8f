"""Addresses of looking for somebody."""

from __future__ import annotations

from django.urls import path

from rangkul.web.inquiries import public_views, views

urlpatterns = [
    path("mencari/", public_views.inquiry_new, name="inquiry_public"),
    path("mencari/terima-kasih/", public_views.inquiry_thanks, name="inquiry_thanks"),
    path("mencari/<str:code>/", public_views.inquiry_track, name="inquiry_track"),
    path("pencarian/", views.inquiries, name="inquiries"),
    path("pencarian/baru/", views.inquiry_new, name="inquiry_new"),
    path("pencarian/<uuid:inquiry_id>/tutup/", views.inquiry_close, name="inquiry_close"),
    path("pencarian/cocok/<uuid:match_id>/", views.match, name="match"),
    path("pencarian/cocok/<uuid:match_id>/setuju/", views.match_sign, name="match_sign"),
    path("penelusuran/", views.tracing, name="tracing"),
    path("penelusuran/<uuid:text_id>/setujui/", views.text_approve, name="text_approve"),
    path("orang/<str:code>/penelusuran/", views.trace_new, name="trace_new"),
    path("orang/<str:code>/pengakuan/", views.claim_new, name="child_claim_new"),
    path("pengakuan/<uuid:claim_id>/", views.claim, name="claim"),
]
