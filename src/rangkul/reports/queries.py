"""Reads of reports: the desk's inbox, a team's jobs, the public page behind a tracking code."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from rangkul.access.guard import can, check_may
from rangkul.access.scope import scope
from rangkul.audit.recording import record
from rangkul.directory.city import city
from rangkul.directory.models import Post
from rangkul.directory.queries import posts_with_role
from rangkul.domain import reports as rules
from rangkul.domain.codes import CodeMistyped, read_tracking_code
from rangkul.domain.errors import NotFound
from rangkul.domain.policy import ActingMember
from rangkul.files.models import StoredFile
from rangkul.files.queries import files_about
from rangkul.reports.contact_queries import contact_detail, contact_inbox, contacts_seen_by
from rangkul.reports.models import Report, ReportStep, Shift
from rangkul.reports.places import place_of
from rangkul.vault.sealing import load_keys, unseal_json

TEAM_ROLES = ("enforcement_team", "trantib", "volunteer", "village_police", "village_army", "ppa_officer")
INBOX_LONGEST = 200
LONGEST_TYPED_CODE = 60

__all__ = ["Report", "ReportStep", "Shift", "contact_detail", "contact_inbox", "contacts_seen_by", "place_of"]


def report_rows(member: ActingMember, action: str = "report.view") -> Q:
    """The reports on which this member may do the action.

    ``assigned`` is what was given to the member's own post or to one under it; a joined report goes with its
    main one.
    """
    mine = Q(team_id=member.post_id) | Q(team__superior_id=member.post_id)
    joined_to_mine = Q(joined_to__team_id=member.post_id) | Q(joined_to__team__superior_id=member.post_id)
    return scope(
        member,
        action,
        {
            "own": Q(taken_by_id=member.id) if member.id else Q(pk__in=[]),
            "assigned": mine | joined_to_mine,
            "team": Q(team__agency_id=member.agency) | Q(joined_to__team__agency_id=member.agency),
            "area": Q(area_code__in=sorted(member.areas)),
        },
    )


def reports_seen_by(member: ActingMember) -> QuerySet[Report]:
    """Reports this member may read, newest first; the base of every list."""
    return Report.objects.filter(report_rows(member)).select_related("team").order_by("-received_at", "-id")


def opened(report: Report) -> dict[str, Any]:
    """What stands sealed in a report: words, phone, tracking_code. Only for queries and actions of this package."""
    content: dict[str, Any] = unseal_json(report.pk, f"reports_report|sealed|{report.pk}", report.sealed)
    return content


def opened_step(step: ReportStep) -> dict[str, Any]:
    """The note of a step, or nothing."""
    found: dict[str, Any] | None = unseal_json(
        step.report_id, f"reports_report_step|sealed|{step.pk}", step.sealed
    )
    return found or {}


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A report in a list."""

    id: UUID
    words: str
    place: str
    received_at: datetime
    state: str
    urgent: bool
    still_there: str
    channel: str
    team: str
    joined: int
    outside: str
    revision: int
    latest_news: str = ""

    @property
    def state_label(self) -> str:
        """The state in words (a msgid)."""
        return rules.STATE_LABELS[self.state]


@dataclass(frozen=True, slots=True)
class StepLine:
    """One thing that happened, for the desk and the team."""

    label: str
    at: datetime
    post: str
    words: str
    from_reporter: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ReportPage:
    """All that a report's page shows this member."""

    line: ReportLine
    area_code: str
    outside_code: str
    place_words: str
    steps: list[StepLine]
    joined: list[ReportLine]
    joined_to: UUID | None
    nearby: list[ReportLine]
    phone: str
    has_phone: bool
    reporter_shown: bool
    code: str
    photos: list[StoredFile]
    contacts: int
    may: frozenset[str] = field(default=frozenset())


def _lines(reports: Iterable[Report]) -> list[ReportLine]:
    rows = list(reports)
    load_keys([each.pk for each in rows])
    counts = dict(
        Report.objects.filter(joined_to__in=rows).values_list("joined_to").annotate(n=Count("pk")).order_by()
    )
    news = _latest_news(rows)
    areas = city().areas
    return [
        ReportLine(
            id=each.pk,
            words=str(opened(each)["words"]),
            place=place_of(each),
            received_at=each.received_at,
            state=each.state,
            urgent=each.urgent,
            still_there=each.still_there,
            channel=each.channel,
            team=each.team.title if each.team else "",
            joined=counts.get(each.pk, 0),
            outside=areas[each.outside_code].name if each.outside_code in areas else "",
            revision=each.revision,
            latest_news=news.get(each.pk, ""),
        )
        for each in rows
    ]


def _latest_news(rows: list[Report]) -> dict[UUID, str]:
    """The newest words of a reporter per report, joined ones included."""
    steps = (
        ReportStep.objects.filter(Q(report__in=rows) | Q(report__joined_to__in=rows), step="update")
        .select_related("report")
        .order_by("at", "id")
    )
    news = list(steps)
    load_keys([each.report_id for each in news])
    return {
        each.report.joined_to_id or each.report_id: str(opened_step(each).get("words", "")) for each in news
    }


def inbox(member: ActingMember, *, closed: bool = False) -> list[ReportLine]:
    """The desk's list: urgent first, then new ones, then by age; joined reports stand under their main one."""
    rows = reports_seen_by(member).filter(joined_to__isnull=True, closed_at__isnull=not closed)
    if closed:
        return _lines(rows.order_by("-closed_at")[:50])
    lines = _lines(rows.order_by("received_at")[:INBOX_LONGEST])
    return sorted(lines, key=lambda line: (not line.urgent, line.state != "received", line.received_at))


def reports_of_team(member: ActingMember) -> list[ReportLine]:
    """Open reports given to the post this member acts for: urgent first, then oldest first."""
    rows = reports_seen_by(member).filter(
        team_id=member.post_id, closed_at__isnull=True, joined_to__isnull=True
    )
    return _lines(rows.order_by("-urgent", "received_at")[:INBOX_LONGEST])


def new_reports(member: ActingMember) -> list[ReportLine]:
    """Reports nobody of the desk has read yet, for the list of work."""
    rows = Report.objects.filter(
        report_rows(member, "report.verify"), state="received", closed_at__isnull=True, joined_to__isnull=True
    ).select_related("team")
    return _lines(rows.order_by("-urgent", "received_at")[:INBOX_LONGEST])


def _seen(member: ActingMember, report_id: UUID) -> Report:
    report = reports_seen_by(member).filter(pk=report_id).first()
    if report is None:
        raise NotFound
    return report


def nearby_open(member: ActingMember, report_id: UUID) -> list[ReportLine]:
    """Other open reports of the same kelurahan, received within 3 hours of this one (the city may set the span)."""
    return _nearby(member, _seen(member, report_id))


def _nearby(member: ActingMember, report: Report) -> list[ReportLine]:
    span = timedelta(hours=city().limit("nearby_report_hours"))
    rows = (
        reports_seen_by(member)
        .filter(
            area_code=report.area_code,
            outside_code=report.outside_code,
            received_at__range=(report.received_at - span, report.received_at + span),
            closed_at__isnull=True,
            joined_to__isnull=True,
        )
        .exclude(pk=report.pk)
    )
    return _lines(rows[:20])


def report_page(member: ActingMember, report_id: UUID, *, at: datetime) -> ReportPage:
    """One report as this member may see it; a look at the reporter's number or code leaves an event.

    Raises:
        NotFound: missing or hidden.
    """
    report = _seen(member, report_id)
    held = held_with(member, report)
    decision = check_may(member, "report.view", held, hide=True)
    shows = decision.opens("reporter")
    content = opened(report)
    if shows and report.has_phone:
        with transaction.atomic():
            record(
                "report.looked",
                by=member,
                at=at,
                kind="report",
                subject_id=report.pk,
                relation=decision.relation,
            )
    joined = list(Report.objects.filter(joined_to=report).select_related("team").order_by("received_at"))
    return ReportPage(
        line=_lines([report])[0],
        area_code=report.area_code,
        outside_code=report.outside_code,
        place_words=report.place_words,
        steps=_steps([report, *joined]),
        joined=_lines(joined),
        joined_to=report.joined_to_id,
        nearby=_nearby(member, report)
        if can(member, "report.join", held) and report.closed_at is None
        else [],
        phone=str(content.get("phone", "")) if shows else "",
        has_phone=report.has_phone,
        reporter_shown=shows,
        code=str(content["tracking_code"]) if shows else "",
        photos=files_about([each.pk for each in (report, *joined)]),
        contacts=report.contacts.count(),
        may=_buttons(member, report, held),
    )


def held_with(member: ActingMember, report: Report) -> tuple[str, ...]:
    """The relations between a member and a report (the twin of ``report_rows`` for one row)."""
    team = report.team or (report.joined_to.team if report.joined_to else None)
    found = []
    if member.id and report.taken_by_id == member.id:
        found.append("own")
    if team and member.post_id in (team.pk, team.superior_id):
        found.append("assigned")
    if team and team.agency_id == member.agency:
        found.append("team")
    if report.area_code in member.areas:
        found.append("area")
    return tuple(found)


_DESK_STEPS = {
    "verified": "report.verify",
    "assigned": "report.assign",
    "rejected": "report.verify",
    "handled": "report.verify",
    "offered": "report.verify",
    "forwarded": "report.verify",
    "taken_back": "report.verify",
    "joined": "report.join",
}
_TEAM_STEPS = ("departed", "on_site", "not_found", "unable", "met")


def _buttons(member: ActingMember, report: Report, held: tuple[str, ...]) -> frozenset[str]:
    """The steps worth a button now; the actions decide again."""
    if report.joined_to_id:
        return frozenset()
    steps = {
        code
        for code, action in _DESK_STEPS.items()
        if rules.can_step(report.state, code) and can(member, action, held)
    }
    if not report.outside_code:
        steps -= {"offered"}
    if can(member, "report.step", held):
        steps |= {code for code in _TEAM_STEPS if rules.can_step(report.state, code)}
        if report.state == "met":
            steps.add("finish")
    return frozenset(steps)


def _steps(reports: list[Report]) -> list[StepLine]:
    load_keys([each.pk for each in reports])
    main = reports[0].pk
    rows = ReportStep.objects.filter(report__in=reports).select_related("post").order_by("-at", "-id")
    lines = []
    for row in rows:
        if row.report_id != main and row.step not in ("joined", "update"):
            continue
        note = opened_step(row)
        lines.append(
            StepLine(
                label=rules.STEPS[row.step].label,
                at=row.at,
                post=row.post.title if row.post else "",
                words=str(note.get("words", "")),
                from_reporter=bool(note.get("from_reporter")),
                reason=str(note.get("reason", "")),
            )
        )
    return lines


# --- teams on duty -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TeamLine:
    """A team that can be sent: until when it is on duty, and how many open reports it has."""

    post_id: UUID
    title: str
    agency: str
    until: datetime | None
    busy: int


def teams(member: ActingMember, *, area: str = "", at: datetime) -> list[TeamLine]:
    """Teams the desk may send: those on duty first, then those answerable for the kelurahan.

    A desk of an enforcement agency sees its own teams only.
    """
    posts = posts_with_role(*TEAM_ROLES, area=area or None)
    if member.role == "enforcement_desk":
        posts = [each for each in posts if each.agency_id == member.agency]
    shifts = dict(
        Shift.objects.filter(starts_at__lte=at, ends_at__gt=at)
        .order_by("ends_at")
        .values_list("post_id", "ends_at")
    )
    busy = dict(
        Report.objects.filter(team__in=posts, closed_at__isnull=True, joined_to__isnull=True)
        .values_list("team")
        .annotate(n=Count("pk"))
        .order_by()
    )
    lines = [
        TeamLine(
            post_id=each.pk,
            title=each.title,
            agency=each.agency.name,
            until=shifts.get(each.pk),
            busy=busy.get(each.pk, 0),
        )
        for each in posts
    ]
    return sorted(lines, key=lambda line: (line.until is None, line.title))


def on_shift(post_id: UUID, at: datetime) -> bool:
    """Is this team on duty at this moment?"""
    return Shift.objects.filter(post_id=post_id, starts_at__lte=at, ends_at__gt=at).exists()


def desk_posts() -> list[Post]:
    """The posts that read new reports."""
    return posts_with_role("duty_desk")


# --- the public page -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PublicReport:
    """What whoever holds a tracking code may know: coarse states, and nothing of the person or the officers."""

    code: str
    state: str
    steps: list[rules.PublicStep]
    joined_with: int
    outside: str
    may_update: bool


def code_digest(code: str) -> bytes:
    """What the table keeps of a tracking code."""
    return hashlib.sha256(code.encode()).digest()


def report_of_code(typed: str) -> Report:
    """The report of a tracking code, read leniently; only for this package.

    Raises:
        CodeMistyped: it cannot be a code of ours (says what to check).
        NotFound: no report has it.
    """
    if len(typed) > LONGEST_TYPED_CODE:
        raise CodeMistyped(field="code")
    report = (
        Report.objects.filter(code_digest=code_digest(read_tracking_code(typed)))
        .select_related("joined_to")
        .first()
    )
    if report is None:
        raise NotFound
    return report


def public_state(code: str) -> PublicReport:
    """The public page of a tracking code. A joined report tells the outcome of the one it was joined to (S9).

    Raises:
        CodeMistyped: it cannot be a code of ours.
        NotFound: no report has it.
    """
    own = report_of_code(code)
    main = own.joined_to or own
    shown = [
        (row.step, row.at)
        for row in ReportStep.objects.filter(report__in={own.pk, main.pk}).order_by("at", "id")
        if row.report_id == own.pk or row.step not in ("received", "update")
    ]
    areas = city().areas
    others = Report.objects.filter(joined_to=main).count()
    return PublicReport(
        code=str(opened(own)["tracking_code"]),
        state=rules.public_state(shown),
        steps=rules.public_steps(shown),
        joined_with=others,
        outside=areas[main.outside_code].name if main.outside_code in areas else "",
        may_update=main.state in (*rules.OPEN_STATES, rules.NOT_FOUND),
    )
