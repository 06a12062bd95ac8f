"""Who looked at a case and why; the trail with its filters; the alarms. Each of these reads is an entry itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from rangkul.access.guard import can, check_may, knows
from rangkul.audit.models import Event
from rangkul.audit.pages import PAGE, Sought, Trail, details_of, looks_about, older_than, trail
from rangkul.audit.recording import record
from rangkul.cases.models import Case
from rangkul.cases.sight import cases_in_sight, decide, held_relations
from rangkul.directory.city import city
from rangkul.directory.models import Member, Post
from rangkul.domain.alarms import LOOKS
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.people.same import group_of
from rangkul.vault.sealing import pseudonyms, unseal_json
from rangkul.watching.models import Alarm

SHOWN: Final = (*sorted(LOOKS), "ticket.opened", "audit.read", "export.made", "page.printed")
"""What the page of a case shows: looks, break-glass, and whoever read this very page."""

_LISTED: Final = 200


@dataclass(frozen=True, slots=True)
class LookLine:
    """One look: who, in which post of which agency, when, by what right and purpose, at what."""

    at: datetime
    who: str
    post: str
    agency: str
    action: str
    relation: str
    purpose: str
    parts: tuple[str, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CaseTrail:
    """A page of looks at one case, newest first."""

    code: str
    lines: list[LookLine]
    next_before: str
    agencies: tuple[str, ...]


def may_read_trail(member: ActingMember, case: Case) -> bool:
    """Whether the page of the case shows the way to its trail."""
    return knows(member, "case.trail") and can(
        member, "case.trail", held_relations(member, case, "case.trail"), case.sensitivity
    )


def looks_at_case(
    member: ActingMember, code: str, sought: Sought | None = None, *, at: datetime, before: str = ""
) -> CaseTrail:
    """Who looked at a case, its person and what hangs on it. This look is written before anything is answered.

    Looks at another case of the same person, and at anything sealed that is not this case, are not in it.

    Args:
        sought: narrows by agency and time; what it says of objects is not asked.

    Raises:
        NotFound: missing, or hidden from this member.
    """
    case = cases_in_sight(member, "case.trail").filter(code=code[:20]).select_related("person").first()
    if case is None:
        raise NotFound
    with transaction.atomic():
        record(
            "audit.read",
            by=member,
            at=at,
            kind="case",
            subject_id=case.pk,
            sealed_under=case.person_id,
            sensitivity=case.sensitivity,
            relation=decide(member, case, "case.trail").relation,
            purpose="audit",
            detail={"part": "trail"},
        )
    rows = _about(case)
    agencies = tuple(sorted(set(rows.order_by().values_list("agency", flat=True).distinct()) - {""}))
    if sought is not None:
        narrow = {
            "agency": sought.agency,
            "at__gte": sought.since,
            "at__lt": sought.until,
            "purpose": sought.purpose,
        }
        rows = rows.filter(**{name: value for name, value in narrow.items() if value})
    found = list(older_than(rows, before)[: PAGE + 1])
    return CaseTrail(
        case.code,
        _lines(found[:PAGE], member.language),
        str(found[PAGE - 1].pk) if len(found) > PAGE else "",
        agencies,
    )


def _about(case: Case) -> Any:  # noqa: ANN401 - a query set of events
    sealed = case.sensitivity == "sealed"
    group = [] if sealed else group_of(case.person)
    names = pseudonyms([case.pk, *group, *([case.contact_id] if case.contact_id else [])])
    rows = looks_about(names.values(), group or [case.pk], SHOWN)
    if sealed:
        return rows
    others = Case.objects.filter(person__in=group).exclude(pk=case.pk).values_list("pk", flat=True)
    rows = rows.exclude(sensitivity="sealed")
    return rows.exclude(object_kind="case", object_pid__in=list(pseudonyms(list(others)).values()))


def _lines(events: list[Event], language: str) -> list[LookLine]:
    details = details_of([each.pk for each in events])
    names = names_of(each.actor_pid for each in events)
    posts = {each.code: each for each in Post.objects.filter(code__in={each.post_code for each in events})}
    lines = []
    for each in events:
        detail, post = details.get(each.pk, {}), posts.get(each.post_code)
        title = (post.title_en if language == "en" else "") or post.title if post else each.post_code
        lines.append(
            LookLine(
                at=each.at,
                who=names.get(each.actor_pid, "") if each.actor_pid else "",
                post=title,
                agency=city().agency_name(each.agency, each.at.date()) if each.agency else "",
                action=each.action,
                relation=each.relation,
                purpose=each.purpose,
                parts=_parts(detail),
                reason=str(detail.get("reason", ""))[:400],
            )
        )
    return lines


def _parts(detail: dict[str, Any]) -> tuple[str, ...]:
    """The codes of what was seen, from whichever word the look used for it."""
    found: list[str] = []
    for name in ("part", "kinds", "groups", "parts", "items", "fields"):
        value = detail.get(name)
        found += (
            [value] if isinstance(value, str) else [each for each in value or [] if isinstance(each, str)]
        )
    return tuple(dict.fromkeys(found))


def names_of(pids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Members by their name in the log."""
    wanted = {each for each in pids if each}
    return dict(Member.objects.filter(pid__in=wanted).values_list("pid", "name"))


def trail_seen_by(
    member: ActingMember, sought: Sought, *, who: str = "", case: str = "", before: str = ""
) -> Trail:
    """The whole trail for whoever may read it, a head of agency that of the own agency; for neither anything sealed.

    Args:
        who: part of an officer's name.
        case: code of a case that is not sealed; an unknown one finds nothing.
    """
    whole = can(member, "audit.view", ("city",))
    check_may(member, "audit.view", ("city",) if whole else ("agency",))
    if not whole:
        sought = replace(sought, agency=member.agency)
    if who:
        rows = Member.objects.filter(Q(name__icontains=who) | Q(username=who.lower()))
        sought = replace(sought, actors=frozenset(rows.values_list("pid", flat=True)[:_LISTED]))
    if case:
        sought = replace(sought, objects=_objects_of(case))
    found = trail(member, sought, before=before)
    lines = found.lines if whole else [replace(each, seq=None) for each in found.lines]
    return replace(found, lines=lines, names=names_of(each.actor_pid for each in lines))


def _objects_of(code: str) -> frozenset[UUID]:
    row = Case.objects.filter(code=code[:20]).exclude(sensitivity="sealed").select_related("person").first()
    return frozenset(pseudonyms([row.pk, *group_of(row.person)]).values()) if row else frozenset()


@dataclass(frozen=True, slots=True)
class AlarmLine:
    """An alarm as the officer who judges it reads it; ``case`` is empty where the subject is sealed or unknown."""

    id: UUID
    rule: str
    label: str
    note: str
    law: str
    who: str
    post: str
    agency: str
    case: str
    is_sealed: bool
    count: int
    at: datetime
    raised_at: datetime
    verdict: str
    words: str
    judged_at: datetime | None
    judge: str
    may_judge: bool


def alarms_seen_by(member: ActingMember, *, at: datetime, state: str = "waiting") -> list[AlarmLine]:
    """Alarms, newest first: those that wait for a verdict, or all."""
    check_may(member, "alarm.view", ("city",))
    rows = Alarm.objects.order_by("-raised_at", "-pk").select_related("member", "judged_by")
    if state == "waiting":
        rows = rows.filter(verdict="")
    return _alarm_lines(member, list(rows[:_LISTED]), at)


def alarm_seen_by(member: ActingMember, alarm_id: UUID, *, at: datetime) -> AlarmLine:
    """One alarm.

    Raises:
        NotFound: there is none.
    """
    check_may(member, "alarm.view", ("city",), hide=True)
    row = Alarm.objects.filter(pk=alarm_id).select_related("member", "judged_by").first()
    if row is None:
        raise NotFound
    [line] = _alarm_lines(member, [row], at)
    return line


def _alarm_lines(member: ActingMember, rows: list[Alarm], at: datetime) -> list[AlarmLine]:
    with transaction.atomic():
        record("audit.read", by=member, at=at, kind="alarm", subject_id=None, purpose="audit")
    titles = {each.code: each.title for each in Post.objects.filter(code__in={row.post_code for row in rows})}
    codes = _case_codes(rows)
    return [_alarm_line(member, row, titles, codes) for row in rows]


def _alarm_line(
    member: ActingMember, row: Alarm, titles: dict[str, str], codes: dict[UUID, str]
) -> AlarmLine:
    rule = city().alarms.get(row.rule)
    return AlarmLine(
        id=row.pk,
        rule=row.rule,
        label=rule.named(member.language) if rule else row.rule,
        note=rule.note if rule else "",
        law=rule.cited if rule else "",
        who=row.member.name if row.member else "",
        post=titles.get(row.post_code, row.post_code),
        agency=city().agency_name(row.agency, row.at.date()) if row.agency else "",
        case=codes.get(row.subject_id, "") if row.subject_id and not row.is_sealed else "",
        is_sealed=row.is_sealed,
        count=row.count,
        at=row.at,
        raised_at=row.raised_at,
        verdict=row.verdict,
        words=str(unseal_json(row.pk, f"watching_alarm|sealed_words|{row.pk}", row.sealed_words) or ""),
        judged_at=row.judged_at,
        judge=row.judged_by.name if row.judged_by else "",
        may_judge=can(member, "alarm.judge", ("city",)) and row.member_id != member.id,
    )


def _case_codes(rows: list[Alarm]) -> dict[UUID, str]:
    """Subject -> code of the case it is about (a person's newest that is not sealed)."""
    ids = {row.subject_id for row in rows if row.subject_id and not row.is_sealed}
    cases = Case.objects.filter(Q(pk__in=ids) | Q(person_id__in=ids)).exclude(sensitivity="sealed")
    found: dict[UUID, str] = {}
    for pk, person, code in cases.order_by("opened_at").values_list("pk", "person_id", "code"):
        found |= {pk: code, person: code}
    return found


def alarms_waiting(member: ActingMember) -> list[tuple[str, UUID, int]]:
    """For the list of tasks: rule, its newest alarm, how many wait; nothing that the member did."""
    if not knows(member, "alarm.judge"):
        return []
    rows = Alarm.objects.filter(verdict="").exclude(member_id=member.member_id).order_by("raised_at", "pk")
    newest: dict[str, tuple[UUID, int]] = {}
    for rule, pk in rows.values_list("rule", "pk"):
        newest[rule] = (pk, newest.get(rule, (pk, 0))[1] + 1)
    return [(rule, pk, count) for rule, (pk, count) in newest.items()]
