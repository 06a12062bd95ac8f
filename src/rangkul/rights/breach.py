"""The breach pack: who, which data, since when, from the audit trail alone, with drafts of the notices (Ps. 46)."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from openpyxl import Workbook

from rangkul.access.guard import check_may
from rangkul.audit.models import Event
from rangkul.audit.recording import record
from rangkul.cases.models import Case
from rangkul.directory.city import city
from rangkul.directory.models import Agency, Member, Post
from rangkul.domain import breach as rules
from rangkul.domain.events import EVENTS
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib, wib_date
from rangkul.letters.documents import Document, Section, document_pdf
from rangkul.people.models import Person
from rangkul.people.same import same_as
from rangkul.reports.models import Contact
from rangkul.rights.refusals import BreachUnclear, NobodyNamed, PersonNotFound
from rangkul.rights.register import sheet
from rangkul.rights.sight import level_for, person_named
from rangkul.vault.models import SubjectKey
from rangkul.vault.sealing import pseudonyms

MOST_EVENTS: Final = 200_000
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which part of the trail. Of member (user name), agency (key) and subject (person code) each narrows."""

    since: datetime
    until: datetime
    member: str = ""
    agency: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Touch:
    """One event: who did what to which record, and which classes of data it opened."""

    seq: int | None
    at: datetime
    who: str
    post: str
    agency: str
    action: str
    meaning: str
    kind: str
    record: str
    sensitivity: str
    purpose: str
    classes: tuple[str, ...]
    shown: bool


@dataclass(frozen=True, slots=True)
class Affected:
    """One person whose data were touched. ``code`` empty: known to a sealed team alone, which tells the person itself."""

    pid: str
    code: str
    holder: str
    first: datetime
    last: datetime
    events: int
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pack:
    """What the trail says of a failure."""

    scope: Scope
    touches: list[Touch]
    affected: list[Affected]
    classes: tuple[str, ...]
    actors: list[tuple[str, int]]
    cut: bool
    how: str = ""
    handling: str = ""
    words: dict[str, str] = field(default_factory=dict)


def check_scope(scope: Scope) -> None:
    """A span that begins before it ends.

    Raises:
        BreachUnclear.
    """
    if scope.since > scope.until:
        raise BreachUnclear(field="since")


def gathered(scope: Scope, *, by: ActingMember, at: datetime, how: str = "", handling: str = "") -> Pack:
    """Read the trail; the reading is an event of its own. Content of records is never opened.

    Raises:
        NotAllowed; BreachUnclear, NobodyNamed: with the field.
    """
    check_may(by, "rights.breach", ("city",), level_for(by, "rights.breach"))
    check_scope(scope)
    rows = Event.objects.filter(at__gte=scope.since, at__lte=scope.until)
    for name, narrowed in (("member", _of_member), ("agency", _of_agency), ("subject", _of_subject)):
        if value := getattr(scope, name):
            rows = rows.filter(**narrowed(by, value))
    found = list(rows.order_by("at", "id")[: MOST_EVENTS + 1])
    with transaction.atomic():
        record("privacy.pack_made", by=by, at=at, kind="audit", subject_id=None, purpose="hak-subjek")
    known = _Known(found)
    order = tuple(city().data_classes)
    touches = [known.touch(event) for event in found[:MOST_EVENTS] if rules.classes_of_event(event.action)]
    actors = Counter(f"{touch.who}, {touch.post} ({touch.agency})" for touch in touches)
    classes = rules.in_order((each for touch in touches for each in touch.classes), order)
    return Pack(
        scope,
        touches,
        known.affected(found[:MOST_EVENTS], order),
        classes,
        actors.most_common(),
        len(found) > MOST_EVENTS,
        how,
        handling,
        {name: city().data_classes[name].label for name in classes},
    )


def _of_member(_by: ActingMember, username: str) -> dict[str, Any]:
    pid = Member.objects.filter(username=username).values_list("pid", flat=True).first()
    if pid is None:
        raise NobodyNamed(field="member")
    return {"actor_pid": pid}


def _of_agency(_by: ActingMember, key: str) -> dict[str, Any]:
    if not Agency.objects.filter(key=key).exists():
        raise NobodyNamed(field="agency")
    return {"agency": key}


def _of_subject(by: ActingMember, code: str) -> dict[str, Any]:
    try:
        person = person_named(by, code) if level_for(by, "rights.breach") == "ordinary" else _any_person(code)
    except PersonNotFound:
        raise NobodyNamed(field="subject") from None
    return {"object_pid__in": list(set(pseudonyms(subjects_of(person.pk)).values()))}


def _any_person(code: str) -> Person:
    found = Person.objects.filter(code=code).first()
    if found is None:
        raise NobodyNamed(field="subject")
    return found


def subjects_of(person_id: UUID) -> list[UUID]:
    """Everything in the trail that is about this person: its records, cases and contacts."""
    records = same_as(person_id)
    cases = Case.objects.filter(person__in=records).exclude(sensitivity="sealed").values_list("pk", flat=True)
    contacts = Contact.objects.filter(person__in=records).values_list("pk", flat=True)
    return [*records, *cases, *contacts]


class _Known:
    """What stands behind the pseudonyms of some events: codes of records, names of officers. A few queries in all."""

    def __init__(self, events: list[Event]) -> None:
        pids = {event.object_pid for event in events if event.object_pid}
        self.subjects = dict(_in_parts(SubjectKey.objects, "pid", pids, "pid", "subject_id"))
        ids = {self.subjects.get(pid, pid) for pid in pids}
        persons = list(_in_parts(Person.objects, "pk", ids, "pk", "code"))
        cases = list(
            _in_parts(
                Case.objects.exclude(sensitivity="sealed"),
                "pk",
                ids,
                "pk",
                "code",
                "person_id",
                "holder__title",
            )
        )
        contacts = list(_in_parts(Contact.objects, "pk", ids, "pk", "person_id"))
        self.codes = dict(persons) | {pk: code for pk, code, _p, _h in cases}
        self.person_of = (
            {pk: pk for pk, _c in persons}
            | {pk: p for pk, _c, p, _h in cases}
            | {pk: p for pk, p in contacts if p}
        )
        people = set(self.person_of.values())
        self.person_codes = dict(_in_parts(Person.objects, "pk", people, "pk", "code"))
        held = _in_parts(Case.objects.filter(closed_at__isnull=True).exclude(sensitivity="sealed"), "person_id", people,
                         "person_id", "holder__title")  # fmt: skip
        self.holders = {person: title or "" for person, title in held}
        actors = {event.actor_pid for event in events if event.actor_pid}
        self.names = dict(_in_parts(Member.objects, "pid", actors, "pid", "name"))
        self.posts = dict(Post.objects.values_list("code", "title"))

    def touch(self, event: Event) -> Touch:
        subject = self.subjects.get(event.object_pid, event.object_pid) if event.object_pid else None
        return Touch(
            seq=event.seq,
            at=event.at,
            who=self.names.get(event.actor_pid, "")
            or ("umum" if event.actor_pid is None else "tidak dikenal"),
            post=self.posts.get(event.post_code, event.post_code),
            agency=event.agency,
            action=event.action,
            meaning=EVENTS.get(event.action, ""),
            kind=event.object_kind,
            record=self.codes.get(subject, "") if subject else "",
            sensitivity=event.sensitivity,
            purpose=event.purpose,
            classes=rules.classes_of_event(event.action),
            shown=rules.shows(event.action),
        )

    def affected(self, events: list[Event], order: tuple[str, ...]) -> list[Affected]:
        by_person: dict[Any, list[Event]] = {}
        for event in events:
            if event.object_pid is None or not rules.classes_of_event(event.action):
                continue
            subject = self.subjects.get(event.object_pid, event.object_pid)
            if event.sensitivity == "sealed" and subject not in self.person_of:
                by_person.setdefault(event.object_pid, []).append(event)
            elif subject in self.person_of:
                by_person.setdefault(self.person_of[subject], []).append(event)
        return [self._one(who, theirs, order) for who, theirs in by_person.items()]

    def _one(self, who: UUID, events: list[Event], order: tuple[str, ...]) -> Affected:
        names = (name for event in events for name in rules.classes_of_event(event.action))
        return Affected(
            pid=str(events[0].object_pid),
            code=self.person_codes.get(who, ""),
            holder=self.holders.get(who, ""),
            first=events[0].at,
            last=events[-1].at,
            events=len(events),
            classes=rules.in_order(names, order),
        )


def _in_parts(rows: Any, column: str, wanted: set[Any], *columns: str) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401 - a manager or query set
    every = sorted(wanted, key=str)
    for start in range(0, len(every), _AT_ONCE):
        yield from rows.filter(**{f"{column}__in": every[start : start + _AT_ONCE]}).values_list(*columns)


# --- as files -----------------------------------------------------------------------------------------------------------------


def _said(at: datetime) -> str:
    return f"{wib(at):%d-%m-%Y %H.%M} WIB"


def _names(pack: Pack, classes: tuple[str, ...]) -> str:
    return ", ".join(pack.words.get(name, name) for name in classes)


def workbook(pack: Pack) -> bytes:
    """Three sheets: what happened, who was touched, who did it."""
    book = Workbook()
    first = book.active
    if first is not None:
        book.remove(first)
    heads = ["Nomor", "Waktu", "Petugas", "Jabatan", "Instansi", "Peristiwa", "Arti", "Jenis", "Catatan", "Kepekaan",
             "Tujuan", "Golongan data", "Dilihat atau diubah"]  # fmt: skip
    lines = [
        [str(each.seq or ""), _said(each.at), each.who, each.post, each.agency, each.action, each.meaning, each.kind,
         each.record, each.sensitivity, each.purpose, _names(pack, each.classes), "dilihat" if each.shown else "diubah"]
        for each in pack.touches
    ]  # fmt: skip
    sheet(book, "Peristiwa", heads, lines)
    sheet(book, "Subjek", ["Kode orang", "Samaran", "Penanggung jawab", "Pertama", "Terakhir", "Peristiwa", "Golongan data"], [
        [each.code or "lewat tim tersegel", each.pid, each.holder, _said(each.first), _said(each.last), str(each.events),
         _names(pack, each.classes)] for each in pack.affected
    ])  # fmt: skip
    sheet(book, "Pelaku", ["Siapa", "Peristiwa"], [[who, str(count)] for who, count in pack.actors])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def notice(pack: Pack, to: str, known_at: datetime) -> bytes:
    """The draft of a notice: ``subject`` (one text for each; the holder hands it over) or ``authority``."""
    blank = "(diisi Pejabat Pelindungan Data Pribadi)"
    span = f"{_said(pack.scope.since)} sampai {_said(pack.scope.until)}"
    facts = (
        ("Data yang terungkap", _names(pack, pack.classes) or "belum ditemukan"),
        ("Kapan", span),
        ("Bagaimana", pack.how or blank),
        ("Penanganan dan pemulihan", pack.handling or blank),
        ("Diketahui pada", _said(known_at)),
        ("Diberitahukan paling lambat", _said(known_at + timedelta(hours=rules.HOURS))),
        ("Narahubung", f"Pejabat Pelindungan Data Pribadi {city().name}"),
    )
    if to == "subject":
        title = "Pemberitahuan kegagalan pelindungan data pribadi"
        lead: tuple[str, ...] = ("Kepada: ....................    Kode orang: ....................",
                "Kami memberi tahu bahwa data pribadi Anda mungkin dilihat atau dipakai oleh yang tidak berhak.")  # fmt: skip
        sections: tuple[Section, ...] = (Section(title="Yang terjadi", facts=facts),)
        closing = (
            "Anda berhak melihat, memperbaiki, dan membatasi data Anda; formulirnya ada di piket Dinas Sosial.",
        )
    else:
        title = "Laporan kegagalan pelindungan data pribadi kepada lembaga"
        lead = ("Menurut UU 27/2022 Pasal 46. Konsep; ditinjau sebelum dikirim.",)
        per_class = Counter(name for each in pack.affected for name in each.classes)
        sections = (
            Section(title="Yang terjadi", facts=(*facts, ("Jumlah subjek", str(len(pack.affected))),
                                                 ("Jumlah peristiwa", str(len(pack.touches))))),
            Section(title="Golongan data dan jumlah subjek", heads=("Golongan data", "Subjek"),
                    rows=tuple((pack.words.get(name, name), str(count)) for name, count in per_class.most_common()),
                    widths=(4, 1)),
        )  # fmt: skip
        closing = ("Tanda tangan: ....................",)
    foot = "Konsep dari jejak audit Rangkul"
    return document_pdf(
        Document(title=title, lead=lead, sections=sections, closing=closing, foot=foot, on=wib_date(known_at))
    )


def zipped(pack: Pack, known_at: datetime) -> bytes:
    """The whole pack as one archive: workbook, both notices, and the scope as JSON."""
    files = {
        "peristiwa.xlsx": workbook(pack),
        "pemberitahuan-subjek.pdf": notice(pack, "subject", known_at),
        "laporan-lembaga.pdf": notice(pack, "authority", known_at),
        "cakupan.json": json.dumps(
            {**asdict(pack.scope), "events": len(pack.touches), "subjects": len(pack.affected), "cut": pack.cut,
             "classes": list(pack.classes), "known_at": known_at, "tell_until": known_at + timedelta(hours=rules.HOURS)},
            ensure_ascii=False, indent=1, default=str,
        ).encode(),
    }  # fmt: skip
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()
