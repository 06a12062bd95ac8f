"""The list of returns, the page of one, and reading that somebody was met again."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from rangkul.access.guard import guarded
from rangkul.directory.city import city
from rangkul.trips.actions import see_sighting
from rangkul.trips.queries import TripPage, trip_page, trips_seen_by
from rangkul.web import reading
from rangkul.web.cases.forms import SeeOther
from rangkul.web.context import say_saved
from rangkul.web.middleware import MemberRequest
from rangkul.web.trips import shown


@guarded("trip.view")
@require_GET
def trips(request: MemberRequest) -> HttpResponse:
    """Who is on the way home: the late ones first."""
    which = "over" if reading.text(request.GET, "tampil", 10) == "selesai" else "open"
    lines = trips_seen_by(request.member, timezone.now(), which)
    return render(request, "pages/trips/list.jinja", {"lines": lines, "which": which, "shown": shown})


@guarded("trip.view")
@require_GET
def trip(request: MemberRequest, trip_id: UUID) -> HttpResponse:
    """One return: what lacks, the next step, the way so far."""
    return drawn(request, trip_id)


def drawn(request: MemberRequest, trip_id: UUID, *, link: str = "", refused: str = "") -> HttpResponse:
    """The page of a trip; once, right after it was made, with the words of its link."""
    page = trip_page(request.member, trip_id, timezone.now())
    context = {
        "page": page,
        "trip": page.trip,
        "case": page.case,
        "shown": shown,
        "gap": shown.checklist(page),
        "step": shown.next_step(page),
        "legs": shown.leg_rows(page),
        "link": link,
        "refused": refused,
        "papers": _papers(page),
        "service_words": [
            (city().service(item).named(request.member.language), proof) for item, proof in page.services
        ],
        "key": reading.new_key(),
    }
    return render(request, "pages/trips/trip.jinja", context, status=409 if refused else 200)


def _papers(page: TripPage) -> list[tuple[str, str]]:
    """The letters of a return: type key of law.md §8 with what it is about, and words."""
    if not page.opens:
        return []
    trip, case = f"trip:{page.trip.pk}", f"case:{page.case.pk}"
    return [
        (f"surat_keterangan_orang_telantar&tentang={case}", _("Surat keterangan orang telantar")),
        (f"pengantar_dinsos_tujuan&tentang={trip}", _("Surat pengantar ke Dinsos tujuan")),
        (f"surat_jalan&tentang={trip}", _("Surat jalan")),
        (f"ba_serah_terima&tentang={trip}", _("Berita acara serah terima")),
        (f"ba_bantuan&tentang={trip}", _("Kuitansi tiket")),
    ]


@guarded("case.visit")
@require_POST
def sighting_see(request: MemberRequest, sighting_id: UUID) -> HttpResponse:
    """The case manager has read the alert."""
    row = see_sighting(sighting_id, by=request.member, at=timezone.now(), key=reading.client_key(request))
    say_saved(request, _("Ditandai sudah dibaca."))
    return SeeOther(reverse("case", args=[row.case.code]))
