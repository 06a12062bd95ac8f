"""The city's own sign-in (OpenID Connect): allauth speaks the protocol, we say who that is here."""

from __future__ import annotations

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.openid_connect.views import callback, login
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from requests import RequestException

from rangkul.access.guard import open_to_all
from rangkul.domain.errors import NotFound
from rangkul.signin.linking import member_of_city_account
from rangkul.signin.queries import single_sign_on
from rangkul.web.home import entering, views


class CityAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Signs in whom an administrator has added; makes nobody."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:  # noqa: ARG002
        """Administrators add members; an account of the city alone opens nothing."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """The city said who this is: let the member of that name in, or say that there is none."""
        data: dict[str, Any] = sociallogin.account.extra_data
        said = {**data.get("id_token", {}), **data.get("userinfo", {}), **data}
        member = member_of_city_account(
            sociallogin.account.uid, str(said.get(settings.OIDC_CLAIM, "")), at=timezone.now()
        )
        if member is None:
            raise ImmediateHttpResponse(
                views.sign_in_page(request, status=422, unknown_account=True, failed=False)
            )
        # What the city's sign-in already asked for twice is not asked for again.
        proved = "mfa" in said.get("amr", ()) or "otp" in said.get("amr", ())
        go = entering.let_in if proved else entering.enter
        raise ImmediateHttpResponse(go(request, member, reverse("home")))

    def on_authentication_error(self, request: HttpRequest, provider: object, **facts: object) -> None:  # noqa: ARG002
        """The city's sign-in did not answer, was cancelled, or answered wrongly: back at our door, said plainly."""
        raise ImmediateHttpResponse(views.sign_in_page(request, status=502, city_failed=True, failed=False))


@open_to_all("leads to the city's own sign-in, where there is one")
def begin(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Off to the city's sign-in, with state, nonce and PKCE in the session."""
    return _with_city(request, provider_id, login)


@open_to_all("comes back from the city's own sign-in; state and PKCE are checked")
def come_back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back with a code: it is exchanged, the token checked, and the member let in by ``CityAdapter``."""
    return _with_city(request, provider_id, callback)


def _with_city(request: HttpRequest, provider_id: str, step: Any) -> HttpResponse:  # noqa: ANN401 - allauth's views
    if not single_sign_on():
        raise NotFound
    try:
        answer: HttpResponse = step(request, provider_id)
    except RequestException:
        return views.sign_in_page(request, status=502, city_failed=True, failed=False)
    return answer
