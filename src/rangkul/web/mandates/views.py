"""Siapa berbuat apa, and one duty."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from rangkul.access.guard import guarded
from rangkul.domain.errors import NotFound, Refusal
from rangkul.mandates.actions import answer_duty
from rangkul.mandates.queries import agencies_and_events, duty_seen_by, who_does_what
from rangkul.web import reading
from rangkul.web.addresses import address
from rangkul.web.context import say_saved
from rangkul.web.middleware import MemberRequest
from rangkul.web.refusals import words


def _within(clock: tuple[int, str] | None) -> str:
    if clock is None:
        return _("tanpa batas")
    n, unit = clock
    return {
        "minutes": ngettext("%(n)s menit", "%(n)s menit", n),
        "hours": ngettext("%(n)s jam", "%(n)s jam", n),
        "days": ngettext("%(n)s hari", "%(n)s hari", n),
        "working_days": ngettext("%(n)s hari kerja", "%(n)s hari kerja", n),
    }[unit] % {"n": n}


@guarded("directory.view")
@require_GET
def who_does_what_page(request: MemberRequest) -> HttpResponse:
    """Which agency must do what on which event, within which time, and who hears if it does not."""
    now = timezone.now()
    agency, event = reading.text(request.GET, "instansi", 40), reading.text(request.GET, "peristiwa", 200)
    agencies, events = agencies_and_events(now)
    context = {
        "rows": [(part, _within(part.clock)) for part in who_does_what(request.member, now, agency, event)],
        "agencies": agencies,
        "events": [(each, each) for each in events],
        "agency": agency,
        "event": event,
    }
    return render(request, "pages/mandates/who_does_what.jinja", context)


@guarded("duty.do")
@require_http_methods(["GET", "POST"])
def duty(request: MemberRequest, duty_id: UUID) -> HttpResponse:
    """One duty: what, because of what, whom to ask; and the answer."""
    now = timezone.now()
    shown = duty_seen_by(request.member, duty_id, now)
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        try:
            answer_duty(
                duty_id,
                reading.text(request.POST, "answer", 12),
                reading.text(request.POST, "words"),
                by=request.member,
                at=now,
                key=reading.client_key(request),
            )
        except NotFound:
            raise
        except Refusal as refusal:
            errors, status = {refusal.field or "__all__": words(refusal)}, refusal.status
        else:
            say_saved(request, _("Tugas selesai. Terima kasih."))
            return HttpResponseRedirect(address("home"))
    context = {"duty": shown, "typed": request.POST, "errors": errors, "key": reading.new_key()}
    return render(request, "pages/mandates/duty.jinja", context, status=status)
