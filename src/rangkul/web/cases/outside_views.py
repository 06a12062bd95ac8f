"""News from outside: police, court, LPSK, told on the case."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rangkul.access.guard import guarded
from rangkul.cases.queries import case_seen_by
from rangkul.domain.citydata import OUTSIDE_NEWS
from rangkul.domain.errors import Refusal
from rangkul.outside.actions import tell_outside_news
from rangkul.outside.facts import words_of
from rangkul.outside.queries import news_of
from rangkul.web import reading
from rangkul.web.cases import forms, shown
from rangkul.web.middleware import MemberRequest


@guarded("case.outside_news")
@require_http_methods(["GET", "POST"])
def outside_news_new(request: MemberRequest, code: str) -> HttpResponse:
    """Which news, when it happened, by which paper; the clocks of the law begin at that moment."""
    case = case_seen_by(request.member, code)
    told = news_of(request.member, case)

    def drawn(refusal: Refusal | None) -> HttpResponse:
        form = forms.Form(
            title=_("Kabar dari luar"),
            lead=_("Yang dilakukan polisi, pengadilan atau LPSK. Jam hukum berjalan sejak hal itu terjadi."),
            crumbs=shown.crumbs(code, _("Kabar dari luar")),
            notices=[
                {"title": _("Sudah dicatat"), "text": f"{words_of(each.event)} · {each.number}"}
                for each in told
            ],
            fields=(
                forms.Field(
                    kind="select",
                    name="event",
                    label=_("Kabar"),
                    options=[(event, words_of(event)) for event in OUTSIDE_NEWS],
                ),
                forms.Field(kind="moment", name="happened_at", label=_("Terjadi pada")),
                forms.Field(
                    kind="text",
                    name="number",
                    label=_("Nomor surat, laporan atau penetapan"),
                    hint=_("Belum ada nomor? Tulis dari siapa kabarnya."),
                    most=80,
                ),
                forms.Field(kind="textarea", name="words", label=_("Catatan"), required=False),
            ),
            submit=_("Simpan kabar"),
            back=reverse("case", args=[code]),
        )
        return forms.draw(request, form, refusal)

    def act(key: UUID | None) -> str:
        now = timezone.now()
        tell_outside_news(
            case.pk,
            reading.text(request.POST, "event", 48),
            reading.moment(request.POST, "happened_at", now),
            reading.text(request.POST, "number", 200),
            reading.text(request.POST, "words", 2000),
            by=request.member,
            at=now,
            key=key,
        )
        return reverse("case", args=[code])

    return forms.answer(
        request, drawn, act, _("Kabar tersimpan. Jam hukumnya berjalan sejak hal itu terjadi.")
    )
