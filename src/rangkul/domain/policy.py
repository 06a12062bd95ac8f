"""Who may do what: one pure engine over one table (design §1.8, §4; house/security.md B).

The table is city data (``permissions.csv``): role, relation, action, sensitivity -> allow, fields. The default is deny. A role
alone never opens a record: a row also names the relation that must hold between the member and the record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from rangkul.domain.errors import NotAllowed, NotFound

RELATIONS = ("own", "assigned", "holder", "team", "area", "agency", "city", "granted", "ticket")
"""By which an ordinary or protected record opens. A sealed one knows ``SEALED_TEAM`` and ``SEALED_DESK`` alone."""
SEALED_TEAM = "sealed_team"
SEALED_DESK = "sealed_desk"
"""Two officers of the desk for women and children who opened it together, for minutes; it only ever reads."""
SEALED_BY = frozenset({SEALED_TEAM, SEALED_DESK})
BY_TICKET = frozenset({"ticket", SEALED_DESK})
"""Relations by which something is open for minutes: every part that is opened is an event, the first page too."""
DESK_READS = frozenset({"case.view", "person.view", "service.view"})
EXCLUDED = "excluded"
"""No relation of the table: whoever is on a record's exclusion list holds it, and nothing overrides that."""
SENSITIVITIES = ("aggregate", "ordinary", "protected", "sealed")
ALL_FIELDS = "*"


@dataclass(frozen=True, slots=True)
class ActingMember:
    """A member in the post they act for now: the first argument of every query, ``by=`` of every action.

    ``id`` is None only for the built-in post *operator sistem*, behind which the command line acts.
    ``areas`` are Kemendagri codes; empty means the whole city.
    """

    id: UUID | None
    pid: UUID | None
    name: str
    post_id: UUID
    post_code: str
    post_title: str
    agency: str
    role: str
    areas: frozenset[str] = frozenset()
    language: str = "id"
    theme: str = "auto"
    posts: tuple[tuple[UUID, str], ...] = field(default=(), compare=False)

    @property
    def member_id(self) -> UUID:
        """The id of a person who signed in.

        Raises:
            NotFound: the operator of the command line has no account of its own.
        """
        if self.id is None:
            raise NotFound
        return self.id

    @property
    def own_id(self) -> UUID:
        """The member's id for questions of the database; of the command line's operator one that is nobody's."""
        return self.id or UUID(int=0)

    @property
    def initials(self) -> str:
        """Up to two letters for the round staff token."""
        return "".join(word[0] for word in self.name.split()[:2]).upper()


class PermissionRow(Protocol):
    """What the engine reads of a row of ``permissions.csv``."""

    @property
    def role(self) -> str:
        """Whose row it is."""

    @property
    def relation(self) -> str:
        """Which relation must hold."""

    @property
    def action(self) -> str:
        """What may be done."""

    @property
    def sensitivity(self) -> str:
        """To records of which sensitivity."""

    @property
    def allow(self) -> bool:
        """Allowed, or barred whatever other rows say."""

    @property
    def fields(self) -> tuple[str, ...]:
        """Which field groups open."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The engine's answer: allowed or not, by which relation, and which field groups open."""

    allow: bool
    relation: str = ""
    fields: frozenset[str] = frozenset()

    def opens(self, group: str) -> bool:
        """True when this field group may be shown; anything not named is absent."""
        return self.allow and (ALL_FIELDS in self.fields or group in self.fields)


DENIED = Decision(allow=False)


class PermissionTable:
    """The rows, indexed. A deny row beats every allow row of the same role, action and sensitivity."""

    def __init__(self, rows: Iterable[PermissionRow]) -> None:
        allowed: dict[tuple[str, str, str], dict[str, frozenset[str]]] = {}
        denied: set[tuple[str, str, str, str]] = set()
        for row in rows:
            key = (row.role, row.action, row.sensitivity)
            if (row.sensitivity == "sealed") != (row.relation in SEALED_BY):
                # Whatever a city wrote: agency, area, office or city never open a sealed record.
                continue
            if row.relation == SEALED_DESK and row.action not in DESK_READS:
                continue
            if row.allow:
                entry = allowed.setdefault(key, {})
                entry[row.relation] = entry.get(row.relation, frozenset()) | frozenset(row.fields)
            else:
                denied.add((*key, row.relation))
        self._rows: Mapping[tuple[str, str, str], dict[str, frozenset[str]]] = {
            key: {
                relation: fields
                for relation, fields in entry.items()
                if (*key, relation) not in denied and (*key, "city") not in denied
            }
            for key, entry in allowed.items()
        }
        self._actions = {(role, action) for (role, action, _), entry in self._rows.items() if entry}

    def relations(self, role: str, action: str, sensitivity: str = "ordinary") -> frozenset[str]:
        """The relations by which this role may do the action; what SQL scopes are compiled from."""
        return frozenset(self._rows.get((role, action, sensitivity), ()))

    def knows(self, role: str, action: str) -> bool:
        """True when some relation and sensitivity lets this role do the action (is the door worth showing)."""
        return (role, action) in self._actions

    def decide(
        self, member: ActingMember, action: str, held: Iterable[str] = (), sensitivity: str = "ordinary"
    ) -> Decision:
        """Answer for a member whose relations to the record are ``held`` (``city`` always is, but not to a sealed one).

        Whoever is excluded is refused before any row is read.
        """
        held = tuple(held)
        entry = self._rows.get((member.role, action, sensitivity))
        if not entry or EXCLUDED in held:
            return DENIED
        relations = [relation for relation in (*held, "city") if relation in entry]
        if not relations:
            return DENIED
        fields = frozenset().union(*(entry[relation] for relation in relations))
        return Decision(allow=True, relation=relations[0], fields=fields)

    def check(
        self,
        member: ActingMember,
        action: str,
        held: Iterable[str] = (),
        sensitivity: str = "ordinary",
        *,
        hide: bool = False,
    ) -> Decision:
        """Like ``decide``, but refuse.

        Args:
            hide: the record's very existence is not for this member: refuse as if it were missing.

        Raises:
            NotAllowed: the table does not let this member do it.
            NotFound: the same, when ``hide``.
        """
        decision = self.decide(member, action, held, sensitivity)
        if not decision.allow:
            raise NotFound if hide else NotAllowed(action=action)
        return decision
