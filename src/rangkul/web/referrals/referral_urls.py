"""Addresses of referrals, institutions and the public answer link."""

from __future__ import annotations

from django.urls import URLPattern, path

from rangkul.web.referrals import institution_views, link_views, referral_views

urlpatterns: list[URLPattern] = [
    path("lembaga/", institution_views.institutions, name="institutions"),
    path("lembaga/<str:code>/", institution_views.institution, name="institution"),
    path("kasus/<str:code>/rujukan/", referral_views.case_referrals, name="case_referrals"),
    path("kasus/<str:code>/rujukan/baru/", referral_views.referral_new, name="referral_new"),
    path("rujukan/", referral_views.incoming_referrals, name="referrals"),
    path("rujukan/tautan/", link_views.link_refusals, name="link_refusals"),
    path("rujukan/<uuid:referral_id>/", referral_views.referral, name="referral"),
    path("rujukan/<uuid:referral_id>/jawab/", referral_views.referral_answer, name="referral_answer"),
    path("rujukan/<uuid:referral_id>/hasil/", referral_views.referral_result, name="referral_result"),
    path("rujukan/<uuid:referral_id>/tarik/", referral_views.referral_withdraw, name="referral_withdraw"),
    path("rujukan/<uuid:referral_id>/putuskan/", referral_views.referral_decide, name="referral_decide"),
    path("rujukan/<uuid:referral_id>/tautan/", link_views.referral_link, name="referral_link"),
    path("rujukan/<uuid:referral_id>/balasan/", referral_views.reply_slip, name="reply_slip"),
    path("rujukan/ekonomi/<uuid:check_id>/", referral_views.economic_check, name="economic_check"),
    path("angka/rujukan/", institution_views.figures, name="referral_figures"),
    path("jawab/<str:token>/", link_views.answer_page, name="answer_link"),
]
