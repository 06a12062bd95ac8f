"""Writes of reports: received, checked, joined, given to a team, answered."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from rangkul.access.guard import check_may
from rangkul.audit.acts import act
from rangkul.audit.recording import record
from rangkul.directory.city import city
from rangkul.directory.models import Post
from rangkul.directory.queries import posts_with_role
from rangkul.domain import reports as rules
from rangkul.domain.codes import tracking_code
from rangkul.domain.errors import N_, BadInput, ChangedMeanwhile, Conflict, NotFound
from rangkul.domain.policy import ActingMember
from rangkul.reports.models import Report, ReportStep, Shift
from rangkul.reports.photos import keep_photo
from rangkul.reports.queries import TEAM_ROLES, code_digest, opened, report_of_code, report_rows
from rangkul.vault.rows import add
from rangkul.vault.sealing import make_key, seal_json

LONGEST_SHIFT_HOURS = 24


class NotATeam(BadInput):
    """Reports go to teams of the street only."""

    code = "not_a_team"
    says = N_("Pilih salah satu regu atau relawan dari daftar.")


class CannotJoin(Conflict):
    """Both reports must be open, apart, and of one kelurahan."""

    code = "cannot_join"
    says = N_(
        "Dua laporan ini tidak dapat digabung: salah satunya sudah selesai, sudah digabung, atau dari kelurahan lain."
    )


class NotOutside(Conflict):
    """Only a place outside the city is offered to another Dinsos."""

    code = "not_outside"
    says = N_("Tempat laporan ini ada di dalam kota; tidak perlu ditawarkan ke Dinsos lain.")


class ReportFinished(Conflict):
    """News for a report that is finished would be read by nobody."""

    code = "report_finished"
    says = N_("Laporan ini sudah selesai. Bila masih ada yang perlu dibantu, buat laporan baru.")


class ShiftTooLong(BadInput):
    """A shift is some hours, not days."""

    code = "shift_too_long"
    says = N_("Satu giliran paling lama {longest} jam dan berakhir sesudah mulai.")


@dataclass(frozen=True, slots=True)
class NewReport:
    """What somebody saw, as it was typed. ``channel`` is web, or how it reached the desk that types it in."""

    words: str
    area_code: str = ""
    outside_code: str = ""
    place_words: str = ""
    still_there: str = "unknown"
    phone: str = ""
    channel: str = "web"
    urgent: bool = False
    photo: bytes | None = None


def receive_report(
    new: NewReport, *, by: ActingMember | None, at: datetime, key: UUID | None = None
) -> dict[str, str]:
    """Take a report and answer with its id and tracking code; ``by`` is None for the public.

    The code stands sealed beside the report and nowhere else; the table keeps its digest.

    Raises:
        BadInput: no place, no words, an unreadable number, a photo that is none.
    """
    report = _receive(new, by=by, at=at, key=key)
    return {"report_id": str(report.pk), "code": str(opened(report)["tracking_code"])}


@act("report.receive")
def _receive(new: NewReport, *, by: ActingMember | None, at: datetime) -> Report:
    if by is not None:
        check_may(by, "report.verify")
    said = _read(new, public=by is None)
    code = tracking_code(os.urandom(16))
    report = Report(
        id=uuid7(),
        code_digest=code_digest(code),
        channel=said.channel,
        received_at=at,
        area_code=said.area_code,
        outside_code=said.outside_code,
        place_words=said.place_words,
        still_there=said.still_there,
        urgent=said.urgent,
        has_phone=bool(said.phone),
        taken_by_id=by.id if by else None,
    )
    make_key(report.pk, "report")
    report.sealed = _seal(report, {"words": said.words, "phone": said.phone, "tracking_code": code})
    add(report)
    _add_step(report, "received", by=by, at=at)
    if said.photo:
        keep_photo(said.photo, about_kind="report", about_id=report.pk, sensitivity="ordinary", by=by, at=at)
    record("report.received", by=by, at=at, kind="report", subject_id=report.pk, facts=_facts(report))
    return report


def _read(new: NewReport, *, public: bool) -> NewReport:
    area, outside = new.area_code.strip(), new.outside_code.strip()
    known = city().areas
    if outside and (outside not in known or not known[outside].is_outside):
        raise rules.PlaceMissing(field="outside_code")
    if not outside and (area not in known or known[area].level != "kelurahan"):
        raise rules.PlaceMissing(field="area_code")
    place = rules.plain_words(new.place_words, field="place_words", longest=rules.PLACE_LONGEST)
    if outside and not place:
        raise rules.LandmarkMissing(field="place_words")
    words = rules.plain_words(new.words, field="words")
    if not words:
        raise rules.WordsMissing(field="words")
    channels = {each.code for each in city().choices_of("channel")}
    if not public and new.channel not in channels:
        raise BadInput(field="channel")
    return NewReport(
        words=words,
        area_code="" if outside else area,
        outside_code=outside,
        place_words=place,
        still_there=new.still_there if new.still_there in rules.STILL_THERE else "unknown",
        phone=rules.read_phone(new.phone),
        channel="web" if public else new.channel,
        urgent=new.urgent and not public,
        photo=new.photo,
    )


def _seal(report: Report, content: dict[str, Any]) -> bytes:
    return seal_json(report.pk, f"reports_report|sealed|{report.pk}", content)


def _facts(report: Report, **more: object) -> dict[str, Any]:
    owner = report.team_id or next((post.pk for post in posts_with_role("duty_desk")), None)
    return {"report_id": report.pk, "urgent": report.urgent, "owner_post_id": owner, **more}


def _add_step(
    report: Report, step: str, *, by: ActingMember | None, at: datetime, note: dict[str, Any] | None = None
) -> None:
    row = ReportStep(
        id=uuid7(),
        report=report,
        step=step,
        at=at,
        post_id=by.post_id if by else None,
        member_id=by.id if by else None,
    )
    if note:
        row.sealed = seal_json(report.pk, f"reports_report_step|sealed|{row.pk}", note)
    add(row)


def locked_report(member: ActingMember, report_id: UUID, action: str, seen: int | None = None) -> Report:
    """The report, locked, if this member may do this to it.

    Raises:
        NotFound: missing or hidden.
        ChangedMeanwhile: the writer saw an older state.
    """
    # Scoped first, then locked by its key: a scope joins tables that must not be locked.
    if not Report.objects.filter(report_rows(member, action), pk=report_id).exists():
        raise NotFound
    report = Report.objects.select_for_update().get(pk=report_id)
    if seen is not None and seen != report.revision:
        last = report.steps.select_related("post").last()
        raise ChangedMeanwhile(who=last.post.title if last and last.post else N_("Petugas lain"))
    return report


_EVENTS = {
    "verified": "report.verified",
    "assigned": "report.assigned",
    "offered": "report.offered",
    "handled": "report.closed",
    "rejected": "report.closed",
    "forwarded": "report.closed",
}
"""Step to event; every other step is ``report.stepped``."""


def take_step(
    report: Report, code: str, *, by: ActingMember | None, at: datetime, note: dict[str, Any] | None = None
) -> Report:
    """Take one step on a locked report: state, closing moment, revision, row, event. For this package only.

    Raises:
        StepNotNow: the state does not lead there.
    """
    step = rules.check_step(report.state, code)
    report.state = step.leads_to or report.state
    _keep_state(report, at)
    _add_step(report, code, by=by, at=at, note=note)
    event = _EVENTS.get(code, "report.stepped")
    record(
        event,
        by=by,
        at=at,
        kind="report",
        subject_id=report.pk,
        sealed_under=report.pk,
        detail={"step": code, **(note or {})},
        facts=_facts(report, step=code),
    )
    if step.closes:
        Report.objects.filter(joined_to=report).update(closed_at=at)
        if event != "report.closed":
            record(
                "report.closed",
                by=by,
                at=at,
                kind="report",
                subject_id=report.pk,
                facts=_facts(report, step=code),
            )
    return report


def _keep_state(report: Report, at: datetime) -> None:
    report.closed_at = at if report.state in rules.CLOSED_STATES else None
    report.revision += 1
    report.save()


# --- the desk ------------------------------------------------------------------------------------------------------


@act("report.verify")
def verify_report(
    report_id: UUID, *, by: ActingMember, at: datetime, urgent: bool | None = None, seen: int | None = None
) -> Report:
    """Somebody of the desk has read it and takes it to be true; ``urgent`` marks danger or a child."""
    report = locked_report(by, report_id, "report.verify", seen)
    if urgent is not None:
        report.urgent = urgent
    return take_step(report, "verified", by=by, at=at)


@act("report.join")
def join_report(
    report_id: UUID, other_id: UUID, *, by: ActingMember, at: datetime, seen: int | None = None
) -> Report:
    """Join another open report of the same kelurahan to this one; from then on they share the outcome (S9).

    Raises:
        CannotJoin: closed, already joined, or from elsewhere.
    """
    if report_id == other_id:
        raise CannotJoin
    # Locked in the order of their keys: two officers who join the same pair wait, they do not block each other.
    rows = {each: locked_report(by, each, "report.join") for each in sorted((report_id, other_id))}
    report, other = rows[report_id], rows[other_id]
    if seen is not None and seen != report.revision:
        raise ChangedMeanwhile(who=N_("Petugas lain"))
    apart = report.joined_to_id is None and other.joined_to_id is None
    if not apart or report.closed_at or other.closed_at or _place(report) != _place(other):
        raise CannotJoin
    rules.check_step(other.state, "joined")
    Report.objects.filter(joined_to=other).update(joined_to=report)
    other.joined_to = report
    other.revision += 1
    other.save()
    report.revision += 1
    report.urgent = report.urgent or other.urgent
    report.save()
    _add_step(other, "joined", by=by, at=at)
    record(
        "report.joined",
        by=by,
        at=at,
        kind="report",
        subject_id=other.pk,
        facts=_facts(other, joined_to=report.pk),
    )
    return report


def _place(report: Report) -> tuple[str, str]:
    return report.area_code, report.outside_code


@act("report.assign")
def assign_team(
    report_id: UUID, post_id: UUID, *, by: ActingMember, at: datetime, seen: int | None = None
) -> Report:
    """Give the report to a team; one not yet checked counts as checked by whoever assigns it.

    Raises:
        NotATeam: the post is no team of the street.
    """
    report = locked_report(by, report_id, "report.assign", seen)
    team = Post.objects.filter(pk=post_id, role__in=TEAM_ROLES, retired_on__isnull=True).first()
    if team is None:
        raise NotATeam(field="post")
    if report.joined_to_id:
        raise CannotJoin
    if report.state == "received":
        take_step(report, "verified", by=by, at=at)
    report.team = team
    return take_step(report, "assigned", by=by, at=at)


@act("report.reject")
def reject_report(
    report_id: UUID, reason: str, *, by: ActingMember, at: datetime, words: str = "", seen: int | None = None
) -> Report:
    """Nothing is done about the report: not what the service is for, or the same as another.

    Raises:
        ReasonMissing: the reason is not of the list.
    """
    report = locked_report(by, report_id, "report.verify", seen)
    if reason not in rules.REJECTIONS:
        raise rules.ReasonMissing(field="reason")
    note = {"reason": reason, "words": rules.plain_words(words, field="words", longest=500)}
    return take_step(report, "rejected", by=by, at=at, note=note)


@act("report.offer")
def offer_outside(
    report_id: UUID, words: str, *, by: ActingMember, at: datetime, seen: int | None = None
) -> Report:
    """The desk has offered a report from outside the city to that Dinsos; ``words`` say to whom and how.

    A body outside never becomes holder of anything here: the reporter is told who was asked (design §3.2).
    """
    report = locked_report(by, report_id, "report.verify", seen)
    if not report.outside_code:
        raise NotOutside
    said = rules.plain_words(words, field="words", longest=500)
    if not said:
        raise rules.ReasonMissing(field="words")
    return take_step(report, "offered", by=by, at=at, note={"words": said})


@act("report.outside_answer")
def answer_outside(
    report_id: UUID,
    *,
    accepted: bool,
    by: ActingMember,
    at: datetime,
    words: str = "",
    seen: int | None = None,
) -> Report:
    """The other Dinsos has answered: it takes the report over, or it comes back to the desk."""
    report = locked_report(by, report_id, "report.verify", seen)
    said = rules.plain_words(words, field="words", longest=500)
    note = {"words": said} if said else None
    return take_step(report, "forwarded" if accepted else "taken_back", by=by, at=at, note=note)


@act("report.close")
def close_report(
    report_id: UUID, *, by: ActingMember, at: datetime, words: str = "", seen: int | None = None
) -> Report:
    """The desk closes a report as handled."""
    report = locked_report(by, report_id, "report.verify", seen)
    said = rules.plain_words(words, field="words", longest=500)
    return take_step(report, "handled", by=by, at=at, note={"words": said} if said else None)


@act("report.start_shift")
def start_shift(
    post_id: UUID, starts_at: datetime, ends_at: datetime, *, by: ActingMember, at: datetime
) -> Shift:
    """Put a team on duty. Only a desk does: a shift opens the repeat check to an enforcement team (design §1.7).

    Raises:
        NotATeam, ShiftTooLong: as they say.
    """
    check_may(by, "report.assign", ("team",))
    team = Post.objects.filter(pk=post_id, role__in=TEAM_ROLES, retired_on__isnull=True).first()
    if team is None or (by.role == "enforcement_desk" and team.agency_id != by.agency):
        raise NotATeam(field="post")
    if not timedelta(0) < ends_at - starts_at <= timedelta(hours=LONGEST_SHIFT_HOURS):
        raise ShiftTooLong(field="ends_at", longest=LONGEST_SHIFT_HOURS)
    shift = Shift.objects.create(post=team, starts_at=starts_at, ends_at=ends_at)
    record("shift.started", by=by, at=at, kind="post", subject_id=team.pk)
    return shift


# --- the team ------------------------------------------------------------------------------------------------------

TEAM_STEPS = ("departed", "on_site", "not_found", "unable", "handled")


@act("report.step")
def step_report(
    report_id: UUID, step: str, *, by: ActingMember, at: datetime, words: str = "", seen: int | None = None
) -> Report:
    """The team says where it is: departed, on_site, not_found, unable (the desk must find another), handled.

    Raises:
        StepNotNow: the state does not lead there.
    """
    report = locked_report(by, report_id, "report.step", seen)
    if step not in TEAM_STEPS:
        raise BadInput(field="step")
    said = rules.plain_words(words, field="words", longest=500)
    if step == "unable":
        rules.check_step(report.state, step)
        report.team = None
    return take_step(report, step, by=by, at=at, note={"words": said} if said else None)


# --- the reporter --------------------------------------------------------------------------------------------------


@act("report.update")
def add_update(code: str, words: str, *, by: ActingMember | None = None, at: datetime) -> Report:
    """News from whoever holds the tracking code; a report *tidak ditemukan* is open again (S9).

    News for a joined report goes to the report it was joined to.

    Raises:
        CodeMistyped, NotFound: no such code.
        ReportFinished: it is closed for another reason.
    """
    own = report_of_code(code)
    said = rules.plain_words(words, field="words", longest=500)
    if not said:
        raise rules.WordsMissing(field="words")
    report = Report.objects.select_for_update().get(pk=own.joined_to_id or own.pk)
    if report.state not in (*rules.OPEN_STATES, rules.NOT_FOUND):
        raise ReportFinished
    note = {"words": said, "from_reporter": True}
    _add_step(own, "update", by=by, at=at, note=note)
    record("report.updated", by=by, at=at, kind="report", subject_id=own.pk, sealed_under=own.pk, detail=note)
    if report.state == rules.NOT_FOUND:
        _reopen(report, by=by, at=at)
    else:
        report.revision += 1
        report.save(update_fields=("revision",))
    return own


def _reopen(report: Report, *, by: ActingMember | None, at: datetime) -> None:
    report.state = rules.state_when_reopened(report.team_id is not None)
    _keep_state(report, at)
    Report.objects.filter(joined_to=report).update(closed_at=None)
    _add_step(report, "reopened", by=by, at=at)
    facts = _facts(report, to_team=report.team_id is not None)
    record("report.reopened", by=by, at=at, kind="report", subject_id=report.pk, facts=facts)


# --- keeping no longer than said -----------------------------------------------------------------------------------

PHONE_DAYS = 90


@act("report.drop_phones")
def drop_old_phones(*, by: ActingMember, at: datetime) -> int:
    """Delete reporters' numbers whose reports closed longer ago than the city keeps them; return how many.

    The daily beat of the clock calls it. UU 27/2022 art. 43: what is no longer needed is deleted.
    """
    before = at - timedelta(days=phone_days())
    old = list(Report.objects.select_for_update().filter(has_phone=True, closed_at__lt=before)[:500])
    for report in old:
        report.sealed = _seal(report, {**opened(report), "phone": ""})
        report.has_phone = False
        report.save(update_fields=("sealed", "has_phone"))
        record("report.phone_dropped", by=by, at=at, kind="report", subject_id=report.pk)
    return len(old)


def phone_days() -> int:
    """For how many days after closing a reporter's number is kept."""
    kept = city().retention.get("reporter_phone")
    return kept.days if kept else PHONE_DAYS
