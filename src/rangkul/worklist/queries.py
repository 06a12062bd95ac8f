"""Perlu saya kerjakan: one list per post, overdue first. A bounded number of queries, whatever the size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rangkul.access.guard import knows
from rangkul.audit.models import Event
from rangkul.cases.models import Case
from rangkul.cases.queries import overrides_unseen
from rangkul.cases.sight import cases_in_sight
from rangkul.cases.visit_sight import visits_in_sight
from rangkul.deadlines.queries import Due
from rangkul.deadlines.sight import answers_for
from rangkul.directory.city import city, permission_table
from rangkul.directory.models import Post, PostHolding
from rangkul.domain.identity import WAYS, clocks_of_way
from rangkul.domain.policy import ActingMember, PermissionTable
from rangkul.domain.wib import end_of_day, wib, wib_date
from rangkul.imports.models import DataQualityNote, ImportBatch
from rangkul.people.models import Person
from rangkul.reports.models import Contact, Report
from rangkul.reports.queries import ReportLine, inbox, reports_of_team
from rangkul.stays.models import Stay
from rangkul.stays.queries import (
    extensions_waiting,
    roll_call_missing,
    stays_needing_attention,
    waiting_for_bed,
)
from rangkul.vault.often import often
from rangkul.worklist.alarms import alarm_tasks
from rangkul.worklist.clocks import OWN_PAGES, clock_tasks
from rangkul.worklist.duties import duty_tasks
from rangkul.worklist.exports import export_tasks
from rangkul.worklist.hand_overs import hand_over_tasks
from rangkul.worklist.inquiries import inquiry_tasks
from rangkul.worklist.letters import letter_tasks
from rangkul.worklist.meetings import meeting_tasks
from rangkul.worklist.merging import merging_tasks
from rangkul.worklist.owed import late_by_stage, owed_by
from rangkul.worklist.patterns import pattern_tasks
from rangkul.worklist.referrals import referral_tasks
from rangkul.worklist.rights import rights_tasks
from rangkul.worklist.task import PARTS, Desk, Task, part_of
from rangkul.worklist.tickets import ticket_tasks
from rangkul.worklist.trips import OWN_CLOCKS, trip_tasks

IDENTITY_CLOCKS: Final = frozenset(clock for way in WAYS for clock in clocks_of_way(way))
LONGEST: Final = 200
TAKEN_WITHIN: Final = timedelta(hours=24)
MORNING, NOON, EVENING = 11, 15, 18


@dataclass(slots=True)
class Worklist:
    """The list in three parts, and what stands beside it. ``sizes`` and ``counts`` tell of all, read or not."""

    overdue: list[Task] = field(default_factory=list)
    today: list[Task] = field(default_factory=list)
    later: list[Task] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    held: int = 0
    stages: list[dict[str, Any]] = field(default_factory=list)
    sizes: dict[str, int] = field(default_factory=dict)
    area_counts: list[dict[str, Any]] = field(default_factory=list)


def kind_labels() -> dict[str, str]:
    """Kinds of work, in the order of the filter row."""
    return {
        "report": _("Laporan"),
        "contact": _("Kontak"),
        "hand_over": _("Serah terima"),
        "case": _("Kasus"),
        "identity": _("Identitas"),
        "visit": _("Kunjungan"),
        "stay": _("Rumah Singgah"),
        "decision": _("Keputusan"),
        "trip": _("Pemulangan"),
        "meeting": _("Rapat"),
        "letter": _("Surat"),
        "deadline": _("Tenggat"),
        "referral": _("Rujukan"),
        "duty": _("Tugas instansi"),
        "records": _("Data"),
    }


def tasks_for(member: ActingMember, now: datetime, kind: str = "", drawn: int | None = None) -> Worklist:
    """The one list of the post the member acts for.

    Args:
        kind: show only this kind of work; unknown kinds show all.
        drawn: at least so many rows of each part are read, the most pressing first; None reads all.
    """
    mine = answers_for(member, now)
    kind = kind if kind in kind_labels() else ""
    work_of = partial(_work_of, identifies=knows(member, "person.identify"))
    owed = owed_by(member, now, mine, work_of=work_of, kind=kind, drawn=drawn)
    desk = Desk(member, now, owed.dues, mine, drawn, owed.more)
    tasks = [task for room in _ROOMS for task in room(desk)]
    found = Worklist(sizes=dict.fromkeys(PARTS, 0))
    for (work, _part), n in desk.more.items():
        found.counts[work] = found.counts.get(work, 0) + n
    for task in tasks:
        found.counts[task.kind] = found.counts.get(task.kind, 0) + 1
    if kind and kind not in found.counts:
        return tasks_for(member, now, "", drawn)  # nothing of this kind: all is shown, and was not read yet
    if kind:
        tasks = [task for task in tasks if task.kind == kind]
    for (work, part), n in desk.more.items():
        found.sizes[part] += n if kind in {"", work} else 0
    _sort(found, tasks, now)
    if knows(member, "case.enter_stage"):
        found.stages = _held_by_stage(desk)
        found.held = sum(row["n"] for row in found.stages)
    if knows(member, "area.count"):
        found.area_counts = _area_counts(member, now)
    return found


def _sort(found: Worklist, tasks: list[Task], now: datetime) -> None:
    tonight = end_of_day(wib_date(now))
    parts = {"overdue": found.overdue, "today": found.today, "later": found.later}
    for task in sorted(tasks, key=lambda task: (task.due_at or tonight, task.what)):
        parts[part_of(task.due_at, now)].append(task)
    for part, listed in parts.items():
        found.sizes[part] += len(listed)


def greeting(member: ActingMember, now: datetime) -> str:
    """Good morning, with the name the member is called by."""
    hour = wib(now).hour
    first = member.name.split()[0]
    if hour < MORNING:
        return _("Selamat pagi, %(name)s.") % {"name": first}
    if hour < NOON:
        return _("Selamat siang, %(name)s.") % {"name": first}
    if hour < EVENING:
        return _("Selamat sore, %(name)s.") % {"name": first}
    return _("Selamat malam, %(name)s.") % {"name": first}


def sentence(worklist: Worklist) -> str:
    """One true sentence about the list."""
    late, today = worklist.sizes["overdue"], worklist.sizes["today"]
    if late and today:
        return _("%(late)s hal lewat tenggat, %(today)s jatuh hari ini.") % {"late": late, "today": today}
    if late:
        return ngettext("Satu hal lewat tenggat.", "%(n)s hal lewat tenggat.", late) % {"n": late}
    if today:
        return ngettext(
            "Satu hal jatuh hari ini. Tidak ada yang lewat tenggat.",
            "%(n)s hal jatuh hari ini. Tidak ada yang lewat tenggat.",
            today,
        ) % {"n": today}
    return _("Tidak ada yang lewat tenggat atau jatuh hari ini.")


# --- the rooms; each asks once or twice


def _reports(desk: Desk) -> list[Task]:
    member, _now = desk.member, desk.now
    if knows(member, "report.verify"):
        dues = _soonest(desk, "report")
        open_lines = [line for line in inbox(member) if line.state in {"received", "verified"}]
        return [_desk_task(line, dues.get(line.id)) for line in open_lines[:LONGEST]]
    if knows(member, "report.step"):
        dues = _soonest(desk, "report")
        return [_job(line, dues.get(line.id)) for line in reports_of_team(member)[:LONGEST]]
    return []


def _soonest(desk: Desk, kind: str) -> dict[UUID, Due]:
    """The nearest clock of each subject of a kind."""
    return {due.subject_id: due for due in reversed(desk.dues) if due.subject_kind == kind}


def _desk_task(line: ReportLine, due: Due | None) -> Task:
    words = {
        "received": _("Periksa laporan baru"),
        "verified": _("Tugaskan regu"),
    }
    return Task(
        kind="report",
        what=_news(line) or words[line.state],
        page="report",
        args=(str(line.id),),
        line=line.place,
        icon="alert-triangle" if line.urgent else "message-report",
        due_at=due.due_at if due else None,
    )


def _news(line: ReportLine) -> str:
    """What the reporter wrote last: where to look now (S9)."""
    return _("Kabar pelapor: %(words)s") % {"words": line.latest_news[:70]} if line.latest_news else ""


def _job(line: ReportLine, due: Due | None) -> Task:
    return Task(
        kind="report",
        what=_news(line) or line.words[:90] or _("Temui orang di lokasi"),
        page="job",
        args=(str(line.id),),
        line=line.place,
        icon="walk",
        action=_("Buka tugas"),
        due_at=due.due_at if due else None,
    )


def _contact_inbox(desk: Desk) -> list[Task]:
    member, _now = desk.member, desk.now
    if not knows(member, "contact.take"):
        return []
    words = {
        code: _("Terima kontak: %(decision)s") % {"decision": row.named(member.language)}
        for code, row in city().decisions.items()
    }
    return [
        Task(
            kind="contact",
            what=words.get(decision) or _("Terima kontak: %(decision)s") % {"decision": decision},
            page="contact",
            args=(str(key),),
            person=_named(*person) if person[0] is not None else None,
            line=place,
            icon="inbox",
            due_at=(since or recorded_at) + TAKEN_WITHIN,
        )
        for key, decision, place, since, recorded_at, *person in _waiting_here(desk)
    ]


def _waiting_here(desk: Desk) -> list[Any]:
    """The contacts that wait; with ``drawn`` only the first of each part, the others counted."""
    if desk.drawn is None:
        return _waiting()
    room, chosen = dict.fromkeys(PARTS, desk.drawn), []
    for key, since, recorded_at in _waiting_since():
        part = part_of((since or recorded_at) + TAKEN_WITHIN, desk.now)
        if room[part]:
            room[part] -= 1
            chosen.append(key)
        else:
            desk.more["contact", part] += 1
    return _waiting_of(chosen) if chosen else []


@often
def _waiting() -> Any:  # noqa: ANN401 - a query set of columns
    return _first_waiting().values_list(*_WAITING)[:LONGEST]


@often
def _waiting_since() -> Any:  # noqa: ANN401 - a query set of columns
    return _first_waiting().values_list("pk", "inbox_since", "recorded_at")[:LONGEST]


@often
def _waiting_of(keys: list[UUID]) -> Any:  # noqa: ANN401 - a query set of columns
    return Contact.objects.filter(pk__in=keys).order_by("inbox_since").values_list(*_WAITING)


def _first_waiting() -> QuerySet[Contact]:
    return Contact.objects.filter(inbox="waiting").order_by("inbox_since")


_WAITING: Final = (
    *("pk", "decision", "place_words", "inbox_since", "recorded_at"),
    *("person__label", "person__has_name", "person__is_minor"),
)


def _named(label: str, has_name: bool, is_minor: bool) -> tuple[str, bool]:  # noqa: FBT001 - columns of a person
    """What a list shows of a person, and whether it has a name to take initials from."""
    return label, has_name and not is_minor


def _own_contacts(desk: Desk) -> list[Task]:
    """Contacts of the post that still have no person, and visits promised after a refusal.

    Whoever declined is not visited by a patrol: the clock of the visit stands on a volunteer's list (practice.md S12).
    """
    member, now = desk.member, desk.now
    if not knows(member, "contact.record"):
        return []
    today = wib_date(now)
    since = now - timedelta(days=7)
    nobody = [
        code for code, row in city().decisions.items() if not row.met or row.report_state == "not_target"
    ]
    tasks = [
        Task(
            kind="contact",
            what=_("Lengkapi kontak: orangnya sudah pernah ditemui?"),
            page="contact",
            args=(str(key),),
            line=place,
            icon="walk",
        )
        for key, place in _unfinished(member.post_id, since, nobody)
    ]
    if city().roles[member.role].enforcement:
        return tasks
    promised = _promised(member.post_id, today - timedelta(days=30), today + timedelta(days=7))
    tasks.extend(
        Task(
            kind="visit",
            what=_("Kunjungi lagi, seperti dijanjikan"),
            page="contact",
            args=(str(key),),
            line=place,
            icon="calendar-event",
            due_at=end_of_day(day),
        )
        for key, place, day in promised
    )
    return tasks


@often
def _unfinished(post_id: UUID, since: datetime, nobody: list[str]) -> Any:  # noqa: ANN401 - a query set of columns
    rows = Contact.objects.filter(post_id=post_id, person__isnull=True, recorded_at__gte=since)
    rows = rows.exclude(restricted=True)  # who it is stands with Unit PPA alone
    # Sorted out before the cut: many who were not met must not hide one who was.
    return rows.exclude(decision__in=nobody).order_by("recorded_at").values_list("pk", "place_words")[:50]


@often
def _promised(post_id: UUID, since: date, until: date) -> Any:  # noqa: ANN401 - a query set of columns
    met_since = Contact.objects.filter(person_id=OuterRef("person_id"), met_at__gt=OuterRef("met_at"))
    rows = Contact.objects.filter(
        ~Exists(met_since),
        visited_at__isnull=True,
        post_id=post_id,
        next_visit_on__gte=since,
        next_visit_on__lte=until,
    )
    return rows.order_by("next_visit_on").values_list("pk", "place_words", "next_visit_on")[:50]


def _work_of(subject_kind: str, clock: str, *, identifies: bool) -> str:
    """Which kind of work a clock is on this list; empty when another room shows what it is about."""
    if clock in OWN_CLOCKS:
        return ""
    if subject_kind == "person":
        return "identity" if identifies and clock in IDENTITY_CLOCKS else "case"
    if subject_kind == "contact":
        return "contact" if clock != "contact_taken" else ""
    if subject_kind in {"case", "stay"}:
        return subject_kind
    return "" if subject_kind in OWN_PAGES else "deadline"


def _case_deadlines(desk: Desk) -> list[Task]:
    identifies = knows(desk.member, "person.identify")
    worked = ((due, _work_of(due.subject_kind, due.clock, identifies=identifies)) for due in desk.dues)
    dues = [(due, work) for due, work in worked if work and work != "deadline"][:LONGEST]
    about: dict[str, list[UUID]] = {"case": [], "stay": [], "identity": []}
    for due, work in dues:
        if work in about and not (work == "case" and due.subject_kind != "case"):
            about[work].append(due.subject_id)
    beside = _Beside(
        _cases(desk.member, about["case"]) if about["case"] else {},
        {stay.pk: stay for stay in _stays(about["stay"])} if about["stay"] else {},
        {person.pk: person for person in _persons(about["identity"])} if about["identity"] else {},
    )
    tasks = (_clock_task(due, work, beside) for due, work in dues)
    return [task for task in tasks if task is not None]


@dataclass(frozen=True, slots=True)
class _Beside:
    """What clocks are about, as far as it is in sight."""

    cases: dict[UUID, tuple[str, str, tuple[str, bool]]]
    stays: dict[UUID, Stay]
    persons: dict[UUID, Person]


def _clock_task(due: Due, work: str, beside: _Beside) -> Task | None:
    facts: dict[str, Any] = {
        "kind": work,
        "due_at": due.due_at,
        "law": due.law,
        "statutory": due.statutory,
        "what": due.label,
    }
    if work == "case" and due.subject_id in beside.cases:
        code, stage, person = beside.cases[due.subject_id]
        return Task(page="case", args=(code,), person=person, stage=stage, **facts)
    if work == "identity" and due.subject_id in beside.persons:
        return _identity_task(beside.persons[due.subject_id], due.clock, facts)
    if work in {"case", "identity"}:
        return Task(page="deadline", args=(str(due.id),), icon="clock", **facts)
    if work == "contact":
        return Task(page="contact", args=(str(due.subject_id),), icon="walk", **facts)
    if due.subject_id not in beside.stays:
        return None
    stay = beside.stays[due.subject_id]
    person = _named(stay.person.label, stay.person.has_name, stay.person.is_minor)
    return Task(page="stay", args=(str(stay.pk),), person=person, line=stay.bed_id, **facts)


@often
def _stays(ids: list[UUID]) -> Any:  # noqa: ANN401 - a query set of stays
    return Stay.objects.filter(pk__in=ids).select_related("person")


@often
def _persons(ids: list[UUID]) -> Any:  # noqa: ANN401 - a query set of persons
    return Person.objects.filter(pk__in=ids)


def _identity_task(person: Person, clock: str, facts: dict[str, Any]) -> Task:
    way = next(way for way in WAYS if clock in clocks_of_way(way))
    return Task(
        page="identity_try",
        args=(person.code,),
        query=f"?cara={way}",
        person=(person.label, person.has_name and not person.is_minor),
        icon="user-question",
        **facts,
    )


def _cases(member: ActingMember, ids: list[UUID]) -> dict[UUID, tuple[str, str, tuple[str, bool]]]:
    """Code, stage and person of those in sight: a duty about a case does not open the case."""
    rows = _case_rows(member, ids, table=permission_table())
    return {key: (code, stage, _named(*person)) for key, code, stage, *person in rows}


@often
def _case_rows(member: ActingMember, ids: list[UUID], *, table: PermissionTable) -> Any:  # noqa: ANN401, ARG001 - a query set of columns; the table is part of its shape
    columns = ("pk", "code", "stage", "person__label", "person__has_name", "person__is_minor")
    return cases_in_sight(member).filter(pk__in=ids).values_list(*columns)


def _who(case: Case) -> tuple[str, bool]:
    return case.person.label, case.person.has_name and not case.person.is_minor


def _visits(desk: Desk) -> list[Task]:
    member, now = desk.member, desk.now
    if not knows(member, "case.visit"):
        return []
    soon = wib_date(now) + timedelta(days=14)
    words = {
        "follow_up": _("Kunjungan bimbingan lanjut"),
        "address": _("Pastikan alamat keluarga"),
        "outreach": _("Kunjungan penjangkauan setelah menolak"),
    }
    tasks = []
    for key, kind, due_on, stage, *who in _own_visits(member, soon, table=permission_table()):
        person = who[:3] if stage is not None else who[3:]
        tasks.append(
            Task(
                kind="visit",
                what=words.get(kind, kind),
                page="visit",
                args=(str(key),),
                person=_named(*person) if person[0] is not None else None,
                stage=stage or "",
                icon="home-check",
                due_at=end_of_day(due_on),
            )
        )
    return tasks


@often
def _own_visits(member: ActingMember, soon: date, *, table: PermissionTable) -> Any:  # noqa: ANN401, ARG001 - a query set of columns; the table is part of its shape
    rows = visits_in_sight(member).filter(owner_id=member.post_id, done_at__isnull=True, due_on__lte=soon)
    persons = [
        f"{via}__person__{name}" for via in ("case", "contact") for name in ("label", "has_name", "is_minor")
    ]
    return rows.order_by("due_on").values_list("pk", "kind", "due_on", "case__stage", *persons)[:LONGEST]


def _shelter(desk: Desk) -> list[Task]:
    member, now = desk.member, desk.now
    tasks = []
    if roll_call_missing(member, now):
        tasks.append(
            Task(kind="stay", what=_("Tanda tangani absen hari ini"), page="roll_call", icon="list-check")
        )
    tasks.extend(
        Task(
            kind="stay",
            what=_("Pilih tempat tidur"),
            page="stay_new",
            args=(case.code,),
            person=_who(case),
            icon="bed",
            due_at=case.opened_at + timedelta(hours=2),
        )
        for case in waiting_for_bed(member)
    )
    known = {due.subject_id for due in desk.dues if due.subject_kind == "stay"}
    for tile in stays_needing_attention(member, now):
        if tile.stay_id is None or tile.stay_id in known:
            continue
        tasks.append(
            Task(
                kind="stay",
                what=_("Perpanjang masa tinggal, atau catat kepergian"),
                page="stay",
                args=(str(tile.stay_id),),
                person=(tile.person_label, False),
                line=_("%(bed)s, malam %(night)s") % {"bed": tile.code, "night": tile.night},
                due_at=end_of_day(tile.limit_on) if tile.limit_on else None,
            )
        )
    return tasks


def _decisions(desk: Desk) -> list[Task]:
    member, _now = desk.member, desk.now
    tasks = [
        Task(
            kind="decision",
            what=_("Putuskan perpanjangan masa singgah"),
            page="stay",
            args=(str(each.stay.pk),),
            person=(each.stay.person.label, each.stay.person.has_name and not each.stay.person.is_minor),
            line=_("sampai %(day)s") % {"day": f"{each.until_on:%d-%m-%Y}"},
            icon="calendar-plus",
            due_at=end_of_day(each.stay.limit_on),
        )
        for each in extensions_waiting(member)
    ]
    tasks.extend(
        Task(
            kind="decision",
            what=_("Lihat pengecualian tahap: %(stage)s") % {"stage": each.stage_label},
            page="case",
            args=(each.case_code,),
            query="?bagian=riwayat",
            person=(each.label, False),
            line=each.by,
            icon="eye",
        )
        for each in overrides_unseen(member)
    )
    return tasks


def _records(desk: Desk) -> list[Task]:
    member, now = desk.member, desk.now
    tasks = []
    if knows(member, "import.run"):
        notes = DataQualityNote.objects.filter(settled_at__isnull=True).count()
        if notes:
            what = ngettext("Periksa satu catatan mutu data", "Periksa %(n)s catatan mutu data", notes) % {
                "n": notes
            }
            tasks.append(
                Task(kind="records", what=what, page="imports", query="?bagian=mutu", icon="database")
            )
        refused = ImportBatch.objects.filter(refused__gt=0, started_at__gte=now - timedelta(days=7)).count()
        if refused:
            what = ngettext(
                "Perbaiki baris yang ditolak dari satu berkas",
                "Perbaiki baris yang ditolak dari %(n)s berkas",
                refused,
            ) % {"n": refused}
            tasks.append(Task(kind="records", what=what, page="imports", icon="file-alert"))
    if knows(member, "directory.manage"):
        vacant = _vacant_posts(member)
        if vacant:
            what = ngettext("Isi satu jabatan kosong", "Isi %(n)s jabatan kosong", vacant) % {"n": vacant}
            tasks.append(Task(kind="records", what=what, page="directory", icon="user-plus"))
    if knows(member, "audit.view"):
        day = end_of_day(wib_date(now)) - timedelta(days=1)
        count = Event.objects.filter(at__gt=day).exclude(sensitivity="sealed").count()
        what = _("Periksa jejak hari ini: %(n)s peristiwa") % {"n": count}
        tasks.append(Task(kind="records", what=what, page="audit", icon="shield-check"))
    return tasks


def _vacant_posts(member: ActingMember) -> int:
    held = PostHolding.objects.filter(until__isnull=True).values("post_id")
    posts = Post.objects.filter(agency_id=member.agency, retired_on__isnull=True)
    return posts.exclude(pk__in=held).exclude(role="system_operator").count()


_ROOMS: Final[tuple[Callable[[Desk], list[Task]], ...]] = (
    hand_over_tasks,
    _reports,
    _contact_inbox,
    _own_contacts,
    _case_deadlines,
    _visits,
    _shelter,
    _decisions,
    meeting_tasks,
    letter_tasks,
    clock_tasks,
    trip_tasks,
    referral_tasks,
    merging_tasks,
    pattern_tasks,
    inquiry_tasks,
    rights_tasks,
    duty_tasks,
    alarm_tasks,
    ticket_tasks,
    export_tasks,
    _records,
)


def _held_by_stage(desk: Desk) -> list[dict[str, Any]]:
    member = desk.member
    counts = dict(_stages_held(member.post_id))
    if not counts:
        return []
    late = late_by_stage(member, desk.now, desk.mine)
    return [
        {
            "code": stage.code,
            "label": stage.short_named(member.language),
            "n": counts.get(stage.code, 0),
            "late": late.get(stage.code, 0),
        }
        for stage in city().stage_table.values()
    ]


@often
def _stages_held(post_id: UUID) -> Any:  # noqa: ANN401 - a query set of columns
    rows = Case.objects.filter(holder_id=post_id, closed_at__isnull=True)
    return rows.values_list("stage").annotate(n=Count("*")).order_by()


def _area_counts(member: ActingMember, now: datetime) -> list[dict[str, Any]]:
    """Contacts and distinct persons of the year per kelurahan of the post; counts only."""
    if not member.areas:
        return []
    year = wib_date(now).year
    rows = (
        Contact.objects.filter(area_code__in=member.areas, met_at__year=year)
        .exclude(restricted=True)
        .values("area_code")
        .annotate(contacts=Count("pk"), persons=Count("person", distinct=True))
        .order_by("area_code")
    )
    found = {row["area_code"]: (row["contacts"], row["persons"]) for row in rows}
    return [
        {
            "name": city().area(code).name,
            "contacts": found.get(code, (0, 0))[0],
            "persons": found.get(code, (0, 0))[1],
        }
        for code in sorted(member.areas)
        if code in city().areas
    ]


def open_reports(member: ActingMember) -> int:
    """How many reports wait at this desk; for the count on the bar."""
    if not knows(member, "report.verify"):
        return 0
    return Report.objects.filter(state="received", closed_at__isnull=True, joined_to__isnull=True).count()
