"""Addresses of the pages of letters."""

from __future__ import annotations

from django.urls import path

from rangkul.web.letters import act_views, views

urlpatterns = [
    path("surat/", views.letters, name="letters"),
    path("surat/baru/", views.letter_new, name="letter_new"),
    path("surat/menunggu/", act_views.letters_answer, name="letters_answer"),
    path("surat/periksa/", views.letter_check_form, name="letter_check_form"),
    path("surat/periksa/<str:code>/", views.letter_check, name="letter_check"),
    path("surat/<uuid:letter_id>/", views.letter, name="letter"),
    path("surat/<uuid:letter_id>/pdf/", views.letter_as_pdf, name="letter_pdf"),
    path("surat/<uuid:letter_id>/simpan/", act_views.letter_save, name="letter_save"),
    path("surat/<uuid:letter_id>/paraf/", act_views.letter_paraf, name="letter_paraf"),
    path("surat/<uuid:letter_id>/terbit/", act_views.letter_sign, name="letter_sign"),
    path("surat/<uuid:letter_id>/kembalikan/", act_views.letter_return, name="letter_return"),
    path("surat/<uuid:letter_id>/batal/", act_views.letter_void, name="letter_void"),
    path("surat/<uuid:letter_id>/perbaiki/", act_views.letter_correct, name="letter_correct"),
]
