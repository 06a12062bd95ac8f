"""Addresses of the indicators pages."""

from __future__ import annotations

from django.urls import path

from rangkul.web.indicators import form_views, frozen_views, hand_over_views, return_views, views

urlpatterns = [
    path("angka/serah-terima/", hand_over_views.hand_over_figures, name="hand_over_figures"),
    path("angka/pulang/", return_views.returns, name="returns"),
    path("angka/pulang/<str:code>/", return_views.return_persons, name="return_persons"),
    path("angka/spm/", views.spm, name="spm"),
    path("angka/spm/unduh/", views.download, name="spm_xlsx"),
    path("angka/spm/<int:year>/<str:spm_type>/orang/", views.persons, name="spm_persons"),
    path("angka/spm/<int:year>/<str:spm_type>/bukti/<str:code>/", views.proofs, name="spm_proofs"),
    path("angka/spm/<int:year>/mutu/", form_views.quality, name="spm_quality"),
    path("angka/spm/mutu/<uuid:record_id>/batal/", form_views.drop_quality, name="spm_quality_void"),
    path("angka/spm/<int:year>/anggaran/", form_views.budget, name="spm_budget"),
    path("angka/spm/beku/", frozen_views.periods, name="spm_periods"),
    path("angka/spm/<int:year>/bekukan/", frozen_views.freeze, name="spm_freeze"),
    path("angka/spm/beku/<uuid:period_id>/", frozen_views.period, name="spm_period"),
    path("angka/spm/beku/<uuid:period_id>/unduh/", frozen_views.download, name="spm_period_xlsx"),
    path(
        "angka/spm/beku/<uuid:period_id>/<str:spm_type>/orang/",
        frozen_views.persons,
        name="spm_period_persons",
    ),
    path(
        "angka/spm/beku/<uuid:period_id>/<str:spm_type>/bukti/<str:code>/",
        frozen_views.proofs,
        name="spm_period_proofs",
    ),
]
