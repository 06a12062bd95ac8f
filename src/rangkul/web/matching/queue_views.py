"""The queue of likely doubles, one pair of it, and how well matching does."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from rangkul.access.guard import guarded, knows
from rangkul.domain.errors import NotFound, Refusal
from rangkul.domain.wib import wib_date
from rangkul.people import suspicions
from rangkul.people.merge_queries import merges_waiting, side_by_side
from rangkul.people.merging import propose_merge
from rangkul.web import reading
from rangkul.web.cases.forms import SeeOther
from rangkul.web.context import say_saved
from rangkul.web.matching import shown
from rangkul.web.middleware import MemberRequest
from rangkul.web.refusals import words


@guarded("match.queue", "person.merge_approve")
@require_GET
def queue(request: MemberRequest) -> HttpResponse:
    """What waits for a second person, then likely doubles, the dearest mistake first."""
    member, today = request.member, wib_date(timezone.now())
    pairs = suspicions.queue_of(member, today) if knows(member, suspicions.QUEUE) else None
    context = {
        "waiting": merges_waiting(member),
        "pairs": pairs,
        "shown": shown,
        "may_quality": knows(member, "match.quality"),
    }
    return render(request, "pages/matching/queue.jinja", context)


@guarded("match.queue")
@require_http_methods(["GET", "HEAD", "POST"])
def pair(request: MemberRequest, pair_id: int) -> HttpResponse:
    """One likely double side by side: propose, not the same, later."""
    refused: Refusal | None = None
    if request.method == "POST":
        try:
            return SeeOther(_answer(request, pair_id))
        except NotFound:
            raise
        except Refusal as refusal:
            refused = refusal
    now = timezone.now()
    line = suspicions.pair_seen_by(request.member, pair_id, wib_date(now))
    left, into = _turned(request, line)
    compared = side_by_side(request.member, left, into, at=now, action="match.queue")
    context = {
        "line": line,
        "pair": compared,
        "rows": shown.rows(compared),
        "shown": shown,
        "post": request.POST,
        "turned": request.GET.get("ke") == "lain",
        "errors": {refused.field if refused.field == "reason" else "__all__": words(refused)}
        if refused
        else {},
        "key": reading.new_key(),
    }
    return render(request, "pages/matching/pair.jinja", context, status=refused.status if refused else 200)


def _turned(request: MemberRequest, line: suspicions.PairLine) -> tuple:  # type: ignore[type-arg]
    pair = (line.left_id, line.into_id)
    return pair[::-1] if request.GET.get("ke") == "lain" else pair


def _answer(request: MemberRequest, pair_id: int) -> str:
    said, now, key = request.POST.get("answer", ""), timezone.now(), reading.client_key(request)
    if said != "propose":
        suspicions.decide_pair(pair_id, said, by=request.member, at=now, key=key)
        say_saved(request, _("Tersimpan. Pasangan berikutnya ada di bawah ini."))
        return reverse("merges")
    line = suspicions.pair_seen_by(request.member, pair_id, wib_date(now))
    left, into = _turned(request, line)
    reason = reading.text(request.POST, "reason", 600)
    row = propose_merge(left, into, reason, by=request.member, at=now, key=key)
    say_saved(request, _("Diusulkan. Belum ada yang berubah sampai orang kedua menyetujui."))
    return reverse("merge", args=[row.pk])


@guarded("match.quality")
@require_GET
def quality(request: MemberRequest) -> HttpResponse:
    """How often suggestions were right, month by month; counts without persons."""
    months = suspicions.quality(request.member, wib_date(timezone.now()))
    context = {
        "months": months,
        "run": suspicions.last_run(request.member),
        "lessons": suspicions.lessons(request.member),
    }
    return render(request, "pages/matching/quality.jinja", context)
