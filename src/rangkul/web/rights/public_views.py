"""For everybody: the paper on which somebody asks about their own data."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from rangkul.access.guard import open_to_all
from rangkul.web.rights import shown


@open_to_all("Formulir kertas hak subjek data: dicetak siapa pun, tidak menyimpan apa pun.")
@require_safe
def paper_form(request: HttpRequest) -> HttpResponse:
    """A sheet to print, fill in by hand and bring to the desk; nothing is sent by it."""
    context = {
        "kinds": shown.kinds(),
        "kind_hints": shown.kind_hints(),
        "askers": shown.askers(),
        "identities": shown.identities(),
        "authorities": shown.authorities(),
    }
    return render(request, "pages/rights/paper_form.jinja", context)
