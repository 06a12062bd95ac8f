"""What allauth asks of the house: where secrets are sealed, who we are to a passkey, how much of an address is kept."""

from __future__ import annotations

import ipaddress
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final
from uuid import UUID

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from rangkul.vault.sealing import has_key, make_key, seal, unseal

_whose: ContextVar[UUID] = ContextVar("whose_factor")
_KEPT_OF: Final = {4: 24, 6: 48}
NOBODY: Final = "0.0.0.0"  # noqa: S104 - an address that is none


@contextmanager
def factor_of(member_id: UUID) -> Iterator[None]:
    """Secrets that allauth seals or opens in here belong to this member and open nowhere else."""
    if not has_key(member_id):
        make_key(member_id, "member")
    token = _whose.set(member_id)
    try:
        yield
    finally:
        _whose.reset(token)


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of the second factor stand sealed under the member's own key."""

    def encrypt(self, text: str) -> str:
        """Seal under the key of ``factor_of``."""
        member_id = _whose.get()
        return b64encode(seal(member_id, f"mfa_authenticator|data|{member_id}", text.encode())).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open under the key of ``factor_of``."""
        member_id = _whose.get()
        return unseal(member_id, f"mfa_authenticator|data|{member_id}", b64decode(encrypted_text)).decode()

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        """The user name: what the member types beside it."""
        return user.get_username()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The host of this request, and the name a passkey shows."""
        return {"id": context.request.get_host().partition(":")[0], "name": "Rangkul"}

    def get_public_key_credential_user_entity(self, user: AbstractBaseUser) -> dict[str, object]:
        """The member's id and user name; nothing of the post, which changes hands."""
        return {
            "id": str(user.pk).encode(),
            "display_name": user.get_username(),
            "name": user.get_username(),
        }

    def send_notification_mail(self, *args: object, **kwargs: object) -> None:
        """Notices are ours (``notices``); none goes out from here."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """No sign-up, no mail, and of an address only the network."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's signature
        """Administrators add members; nobody adds themselves."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The network a session came from (/24, /48): enough to tell one's own phone from a stranger's."""
        try:
            address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
        except ValueError:
            return NOBODY
        network = ipaddress.ip_network((address, _KEPT_OF[address.version]), strict=False)
        return str(network.network_address)

    def send_notification_mail(self, *args: object, **kwargs: object) -> None:
        """Notices are ours (``notices``); none goes out from here."""
