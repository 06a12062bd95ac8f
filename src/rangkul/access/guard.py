"""Every door has a guard, and the start refuses a door without one (config/checks.py).

A guard on a page, API operation or command says which action of the permission table the door is for. It refuses
whoever can never do that action; what exactly may be done to which record is decided behind the door.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from rangkul.directory.city import permission_table
from rangkul.domain.errors import N_, NotFound, Refusal
from rangkul.domain.policy import ActingMember, Decision

View = TypeVar("View", bound=Callable[..., Any])


class SignInNeeded(Refusal):
    """Nobody is signed in; a page sends to the sign-in, the API answers 401."""

    code = "sign_in_needed"
    status = 401
    says = N_("Silakan masuk dahulu.")


@dataclass(frozen=True, slots=True)
class Guard:
    """What stands at a door: ``actions`` of the table (any of them opens it), or nobody when it is public."""

    actions: tuple[str, ...]
    public: bool = False
    why: str = ""


def guarded(*actions: str) -> Callable[[View], View]:
    """Let only members pass whose role can do one of the actions; for all others the door is not there."""

    def wrap(view: View) -> View:
        @wraps(view)
        def inner(request: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - any view
            member = getattr(request, "member", None)
            if member is None:
                raise SignInNeeded
            if not any(permission_table().knows(member.role, action) for action in actions):
                raise NotFound
            return view(request, *args, **kwargs)

        inner.guard = Guard(actions)  # type: ignore[attr-defined]
        return inner  # type: ignore[return-value]

    return wrap


def for_any_member(why: str) -> Callable[[View], View]:
    """A door for whoever is signed in (own settings, sign-out); ``why`` says why no action guards it."""

    def wrap(view: View) -> View:
        @wraps(view)
        def inner(request: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - any view
            if getattr(request, "member", None) is None:
                raise SignInNeeded
            return view(request, *args, **kwargs)

        inner.guard = Guard((), why=why)  # type: ignore[attr-defined]
        return inner  # type: ignore[return-value]

    return wrap


def open_to_all(why: str) -> Callable[[View], View]:
    """A public door; ``why`` is printed in the generated list of doors."""

    def wrap(view: View) -> View:
        view.guard = Guard((), public=True, why=why)  # type: ignore[attr-defined]
        return view

    return wrap


def check_may(
    member: ActingMember,
    action: str,
    held: tuple[str, ...] = (),
    sensitivity: str = "ordinary",
    *,
    hide: bool = False,
) -> Decision:
    """Refuse unless the table lets this member do the action; see ``PermissionTable.check``."""
    return permission_table().check(member, action, held, sensitivity, hide=hide)


def can(member: ActingMember, action: str, held: tuple[str, ...] = (), sensitivity: str = "ordinary") -> bool:
    """The twin of ``check_may`` for buttons."""
    return permission_table().decide(member, action, held, sensitivity).allow


def knows(member: ActingMember, action: str) -> bool:
    """Is this kind of work this role's at all (for menus)?"""
    return permission_table().knows(member.role, action)
