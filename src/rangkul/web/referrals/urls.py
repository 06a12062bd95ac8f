"""Addresses of the pages of referrals."""

from __future__ import annotations

from django.urls import URLPattern, path

from rangkul.web.referrals import belonging_views, hand_over_views, offer_views, referral_urls

urlpatterns: list[URLPattern] = [
    path("kasus/<str:code>/serah-terima/", offer_views.case_hand_over_new, name="case_hand_over_new"),
    path(
        "kontak/<uuid:contact_id>/serah-terima/",
        offer_views.contact_hand_over_new,
        name="contact_hand_over_new",
    ),
    path("kasus/<str:code>/penerimaan-luar/", offer_views.outside_new, name="outside_new"),
    path("serah-terima/<uuid:hand_over_id>/", hand_over_views.hand_over, name="hand_over"),
    path(
        "serah-terima/<uuid:hand_over_id>/belum/", hand_over_views.hand_over_refuse, name="hand_over_refuse"
    ),
    path(
        "serah-terima/<uuid:hand_over_id>/tarik/",
        hand_over_views.hand_over_withdraw,
        name="hand_over_withdraw",
    ),
    path("serah-terima/<uuid:hand_over_id>/kode/", hand_over_views.hand_over_code, name="hand_over_code"),
    path("kasus/<str:code>/barang/", belonging_views.case_belongings, name="case_belongings"),
    path(
        "serah-terima/<uuid:hand_over_id>/barang/",
        belonging_views.hand_over_belongings,
        name="hand_over_belongings",
    ),
    *referral_urls.urlpatterns,
]
