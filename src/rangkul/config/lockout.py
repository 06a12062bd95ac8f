"""A name with too many wrong passwords: each face answers in its own language."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from rangkul.access.guard import open_to_all
from rangkul.api import doors
from rangkul.web.home import views


@open_to_all("the answer to a locked name; it says how long")
def locked_out(request: HttpRequest, *args: object, **facts: object) -> HttpResponse:
    """Problem details at the API's sign-in, the sign-in page elsewhere."""
    answer = doors.locked_out if request.path == reverse("api:sign_in") else views.locked_out
    return answer(request, *args, **facts)
