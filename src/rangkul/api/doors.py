"""Bearer sign-in, guards and refusals of the JSON face."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.operation import Operation as NinjaOperation
from ninja.security import HttpBearer
from ninja.utils import contribute_operation_callback

from rangkul.access.denials import note_denial
from rangkul.access.guard import Guard, SignInNeeded
from rangkul.directory.actions import READ, token_digest
from rangkul.directory.city import permission_table
from rangkul.directory.queries import member_of_token
from rangkul.domain.errors import N_, BadInput, NotAllowed, NotFound, Refusal
from rangkul.domain.policy import ActingMember

Operation = TypeVar("Operation", bound=Callable[..., Any])


class ApiRequest(HttpRequest):
    """A request that passed the bearer check."""

    member: ActingMember
    auth_digest: bytes


class Bearer(HttpBearer):
    """``Authorization: Bearer <token>``; the member behind it is asked anew on each request, then the door's guard.

    Here and not later: ninja reads the body right after, and whom a door is not for must not learn from what is said of a
    body that somebody stands behind it.
    """

    def __init__(self, guard: Guard | None = None) -> None:
        super().__init__()
        self.guard = guard

    def authenticate(self, request: HttpRequest, token: str) -> ActingMember | None:
        """The member, or None (401)."""
        found = member_of_token(token_digest(token), timezone.now())
        member, scope = found or (None, frozenset())
        request.member = member  # type: ignore[attr-defined]
        request.token_scope = scope  # type: ignore[attr-defined]
        request.auth_digest = token_digest(token)  # type: ignore[attr-defined]
        if member is not None and self.guard is not None:
            _check_door(request, member, self.guard)
        return member


def _check_door(request: HttpRequest, member: ActingMember, guard: Guard) -> None:
    """Refuse whoever can never do any of the door's actions, or whose token was made for less."""
    if guard.actions and not any(permission_table().knows(member.role, action) for action in guard.actions):
        raise NotFound
    _check_scope(request, guard.actions)


def _asks_first(guard: Guard, operation: NinjaOperation) -> None:
    operation.auth_callbacks = [
        Bearer(guard) if isinstance(each, Bearer) else each for each in operation.auth_callbacks
    ]


def door(*actions: str, why: str = "", public: bool = False) -> Callable[[Operation], Operation]:
    """The guard of an operation: one of the actions of the permission table must be the role's at all.

    Written without ``from __future__ import annotations`` in the modules that use it: ninja reads real types.
    """
    guard = Guard(actions, public=public, why=why)

    def wrap(operation: Operation) -> Operation:
        @wraps(operation)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - any operation
            if not public:
                # Asked before the body was read; asked here too, so that an operation written without a bearer stays shut.
                member = getattr(request, "member", None)
                if member is None:
                    raise SignInNeeded
                _check_door(request, member, guard)
            return operation(request, *args, **kwargs)

        inner.guard = guard  # type: ignore[attr-defined]
        contribute_operation_callback(inner, partial(_asks_first, guard))
        return inner  # type: ignore[return-value]

    return wrap


class OutsideScope(NotAllowed):
    """The post may do this; the token was made for less."""

    code = "outside_scope"
    says = N_("Token ini dibuat untuk hal lain. Buat token dengan cakupan yang sesuai.")


def _check_scope(request: HttpRequest, actions: tuple[str, ...]) -> None:
    """A token's scope narrows: ``read`` lets nothing be written; names of actions open only their doors."""
    scope: frozenset[str] = getattr(request, "token_scope", frozenset())
    if not scope or not actions:  # a door without actions is about oneself: every token may end itself
        return
    if READ in scope and request.method not in {"GET", "HEAD"}:
        raise OutsideScope
    wanted = scope - {READ}
    if wanted and not wanted.intersection(actions):
        raise OutsideScope


def problem(status: int, code: str, detail: str, **more: object) -> HttpResponse:
    """RFC 9457 problem details with the domain's stable code."""
    body = {
        "type": f"urn:rangkul:{code}",
        "title": code,
        "status": status,
        "code": code,
        "detail": detail,
        **more,
    }
    return JsonResponse(body, status=status, content_type="application/problem+json")


class LockedOut(Refusal):
    """Too many wrong passwords for this name, known or not."""

    code = "locked_out"
    status = 429
    says = N_("Terlalu banyak percobaan untuk nama ini. Tunggu seperempat jam, lalu coba lagi.")


def locked_out(request: HttpRequest, *_args: object, **_facts: object) -> HttpResponse:  # noqa: ARG001 - axes' signature
    """The answer of the API's sign-in to a locked name."""
    answer = problem(LockedOut.status, LockedOut.code, _(LockedOut.says), field=None)
    answer["Retry-After"] = str(round(settings.AXES_COOLOFF_TIME * 3600))
    return answer


def hang_handlers(api: NinjaAPI) -> None:
    """Refusals, unreadable input and missing sign-in become problems; nothing else is swallowed."""

    @api.exception_handler(Refusal)
    def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
        note_denial(getattr(request, "member", None), refusal, at=timezone.now())
        text = _(refusal.says)
        try:
            text = text.format(**refusal.facts)
        except (KeyError, IndexError):
            text = str(refusal)
        answer = problem(refusal.status, refusal.code, text, field=refusal.field)
        if "seconds" in refusal.facts:
            answer["Retry-After"] = str(refusal.facts["seconds"])
        return answer

    @api.exception_handler(ValidationError)
    def unreadable(request: HttpRequest, fault: ValidationError) -> HttpResponse:  # noqa: ARG001
        errors = [
            {"field": ".".join(str(part) for part in each["loc"]), "says": each["msg"]}
            for each in fault.errors
        ]
        return problem(422, BadInput.code, _(BadInput.says), errors=errors)

    @api.exception_handler(HttpError)
    def http_error(request: HttpRequest, fault: HttpError) -> HttpResponse:  # noqa: ARG001
        code = {401: SignInNeeded.code, 404: NotFound.code}.get(fault.status_code, "bad_request")
        says = {401: SignInNeeded.says, 404: NotFound.says}.get(fault.status_code, BadInput.says)
        return problem(fault.status_code, code, _(says))
