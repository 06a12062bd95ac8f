"""Every GET door of the house, walked as somebody who sees protected parts; what is committed is asked from outside.

The world is the training city. What is protected is taken from the sealed columns themselves, so that a new kind of
content is looked for without being listed. A second connection to the database sees what is committed and nothing else;
it is asked in ``start_response``: after it the first byte may leave.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from django.test import Client

from rangkul.config.checks import doors
from rangkul.directory.models import Member
from rangkul.directory.queries import acting_member
from rangkul.domain.alarms import LOOKS
from rangkul.vault.sealing import CannotOpen, unseal
from tests.cast import login

SHORTEST = 9
PROTECTED: tuple[tuple[str, str, str, str], ...] = (
    # model, sealed column, the subject's column, place
    ("people.IdentityClaim", "sealed", "person_id", "people_identity_claim|sealed|{pk}"),
    ("cases.Evidence", "sealed", "case__person_id", "cases_evidence|sealed|{pk}"),
    ("cases.Assessment", "sealed", "case__person_id", "cases_assessment|sealed|{pk}"),
    ("cases.PlanLine", "sealed", "case__person_id", "cases_plan_line|sealed|{pk}"),
    ("cases.Goal", "sealed", "case__person_id", "cases_goal|sealed|{pk}"),
    ("cases.CaseNote", "sealed", "case__person_id", "cases_note|sealed|{pk}"),
    ("trips.Trip", "sealed", "person_id", "trips_trip|sealed|{pk}"),
    ("trips.Death", "sealed", "person_id", "trips_death|sealed|{pk}"),
    ("protocols.Screening", "sealed_answers", "subject_id", "protocols_screening|sealed_answers|{pk}"),
)
"""Which sealed columns hold protected content (design §2); what is sealed at rest but ordinary is not here."""

VARIANTS = {
    "case": ("", "?bagian=asesmen", "?bagian=rencana", "?bagian=tinggal", "?bagian=riwayat"),
    "person": ("", "?lihat=nik", "?bagian=berkas"),
}
NEVER = {"sign_out", "sign_in", "openid_connect_login", "openid_connect_callback", "healthz"}


def texts(value: object) -> Iterator[str]:
    """Every text in a JSON value that is long enough to be found by chance nowhere else."""
    if isinstance(value, str):
        if len(value) >= SHORTEST:
            yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)


def sealed_texts(tables: Iterable[tuple[str, str, str, str]] = PROTECTED) -> dict[str, set[str]]:
    """Model -> the protected texts in it, opened."""
    from django.apps import apps

    found: dict[str, set[str]] = {}
    for name, column, subject, place in tables:
        rows = apps.get_model(name)._base_manager.exclude(**{f"{column}__isnull": True})
        kept = found.setdefault(name, set())
        for pk, owner, sealed in rows.values_list("pk", subject, column):
            try:
                plain = unseal(owner, place.format(pk=pk), sealed)
            except CannotOpen:
                raise AssertionError(
                    f"{name}: place or subject of its seal is not as this test says"
                ) from None
            kept.update(texts(json.loads(plain)))
    return found


@dataclass
class Answer:
    """What a door gave, and how many looks of the member were committed before and when the first byte was free."""

    status: int
    body: bytes
    before: int
    at_start: int
    location: str = ""

    @property
    def is_covered(self) -> bool:
        return self.at_start > self.before


class Outside:
    """A second connection: what it sees is committed."""

    def __init__(self) -> None:
        self.connection = connections["default"].copy()

    def looks(self, pid: UUID) -> int:
        with self.connection.cursor() as cursor:
            marks = ", ".join(["%s"] * len(LOOKS))
            mine = pid.hex if self.connection.vendor == "sqlite" else pid
            cursor.execute(
                f"SELECT count(*) FROM audit_event WHERE actor_pid = %s AND action IN ({marks})",
                [mine, *sorted(LOOKS)],
            )
            count: int = cursor.fetchone()[0]
        return count

    def close(self) -> None:
        self.connection.close()


@dataclass
class Visitor:
    """A member at the WSGI door itself."""

    username: str
    outside: Outside
    pid: UUID = field(init=False)
    cookie: str = field(init=False)

    def __post_init__(self) -> None:
        row = Member.objects.get(username=self.username)
        post = row.holdings.filter(until__isnull=True).order_by("since")[0].post_id
        member = acting_member(row.pk, post)
        assert member is not None
        client = login(Client(), member)
        self.pid, self.cookie = row.pid, f"rangkul_sesi={client.cookies['rangkul_sesi'].value}"

    def get(self, address: str, token: str = "") -> Answer:
        path, _, query = address.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_COOKIE": self.cookie,
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": io.StringIO(),
            "wsgi.url_scheme": "http",
            "wsgi.version": (1, 0),
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        if token:
            environ["HTTP_AUTHORIZATION"] = f"Bearer {token}"
            environ["HTTP_COOKIE"] = ""
        said: dict[str, Any] = {}
        before = self.outside.looks(self.pid)

        def start_response(status: str, headers: list[tuple[str, str]], _info: object = None) -> None:
            said.update(status=int(status[:3]), at_start=self.outside.looks(self.pid), headers=dict(headers))

        answer = WSGIHandler()(environ, start_response)  # type: ignore[arg-type]
        body = b"".join(answer)
        close: Callable[[], None] | None = getattr(answer, "close", None)
        if close is not None:
            close()
        return Answer(said["status"], body, before, said["at_start"], said["headers"].get("Location", ""))


def _ids(label: str, field_name: str = "pk", most: int = 3, **where: Any) -> list[str]:
    from django.apps import apps

    rows = (
        apps.get_model(label)._base_manager.filter(**where).order_by("-pk").values_list(field_name, flat=True)
    )
    return [str(each) for each in rows[:most]]


def filled() -> dict[tuple[str, str], list[str]]:
    """(first word of the address, gap) -> what may stand in it; ``*`` for any first word."""
    cases = _ids("cases.Case", "code", most=5, stage__in=("intervensi", "rencana", "bimbingan_lanjut"))
    persons = _ids("people.Person", "code", most=3, cases__code__in=cases)
    minors = _ids("people.Person", "code", most=1, is_minor=True)
    return {
        ("kasus", "code"): cases,
        ("cases", "code"): cases,
        ("orang", "code"): persons + minors,
        ("lembaga", "code"): _ids("referrals.InstitutionState", "institution", most=1) or ["x"],
        ("angka", "code"): [*_ids("trips.Trip", "person__code", most=2), *persons[:1], "k14", "K14"],
        ("surat", "code"): _ids("letters.Letter", "check_code", most=1) or ["x"],
        ("*", "code"): ["X7K-M2X-9"],
        ("*", "year"): ["2026"],
        ("*", "spm_type"): ["S1", "S4"],
        ("*", "token"): ["AAAAAAAAAAAA"],
        ("*", "kind"): ["first_health_look", "informed_or_ground"],
        ("bagikan", "kind"): ["report", "contact"],
        ("bagikan", "subject_id"): _ids("reports.Report", most=1) + _ids("reports.Contact", most=1),
        ("*", "what"): ["note", "rating"],
        ("*", "row_id"): _ids("cases.CaseNote", most=2) + _ids("cases.FunctioningRating", most=1),
        ("*", "step"): ["langkah", "foto"],
        ("*", "provider_id"): ["kota"],
        ("*", "file_id"): _ids("files.StoredFile", most=4),
        ("*", "contact_id"): _ids("reports.Contact", most=4),
        ("*", "report_id"): _ids("reports.Report", most=2),
        ("*", "case_id"): _ids("cases.Case", most=2),
        ("*", "hand_over_id"): _ids("referrals.HandOver", most=4),
        ("*", "referral_id"): _ids("referrals.Referral", most=4),
        ("*", "check_id"): _ids("referrals.EconomicCheck", most=1) or [_NOTHING],
        ("*", "belonging_id"): _ids("referrals.Belonging", most=1) or [_NOTHING],
        ("*", "trip_id"): _ids("trips.Trip", most=4),
        ("*", "leg_id"): _ids("trips.Leg", most=2),
        ("*", "exception_id"): [_NOTHING],
        ("*", "death_id"): _ids("trips.Death", most=2),
        ("*", "sighting_id"): _ids("trips.Sighting", most=1) or [_NOTHING],
        ("*", "letter_id"): _ids("letters.Letter", most=4),
        ("*", "meeting_id"): _ids("meetings.Meeting", most=2),
        ("*", "item_id"): _ids("meetings.AgendaItem", most=2),
        ("*", "action_id"): _ids("meetings.ActionItem", most=2),
        ("*", "match_id"): _ids("inquiries.InquiryMatch", most=2) or [_NOTHING],
        ("*", "inquiry_id"): _ids("inquiries.Inquiry", most=1),
        ("*", "text_id"): [_NOTHING],
        ("pengakuan", "claim_id"): _ids("inquiries.ChildClaim", most=2) or [_NOTHING],
        ("orang", "claim_id"): _ids("people.IdentityClaim", most=1),
        ("*", "relation_id"): _ids("people.Relation", most=1) or [_NOTHING],
        ("*", "merge_id"): _ids("people.PersonMerge", most=2) or [_NOTHING],
        ("*", "pair_id"): _ids("matching.SuspectedPair", most=2) or ["1"],
        ("*", "visit_id"): _ids("cases.Visit", most=4),
        ("*", "entry_id"): _ids("cases.StageEntry", most=1),
        ("*", "assessment_id"): _ids("cases.Assessment", most=1),
        ("*", "evidence_id"): _ids("cases.Evidence", most=1),
        ("*", "goal_id"): _ids("cases.Goal", most=1) or [_NOTHING],
        ("*", "line_id"): _ids("cases.PlanLine", most=2),
        ("*", "seat_id"): _ids("access.TeamSeat", most=1),
        ("*", "record_id"): _ids("services.ServiceRecord", most=3),
        ("*", "stay_id"): _ids("stays.Stay", most=3),
        ("*", "extension_id"): _ids("stays.StayExtension", most=1) or [_NOTHING],
        ("*", "deadline_id"): _ids("deadlines.Deadline", most=4),
        ("*", "duty_id"): _ids("mandates.Duty", most=2),
        ("*", "notice_id"): _ids("notices.Notice", most=1) or [_NOTHING],
        ("*", "period_id"): _ids("indicators.FrozenPeriod", most=1) or [_NOTHING],
        ("*", "batch_id"): _ids("imports.ImportBatch", most=1) or [_NOTHING],
        ("*", "note_id"): _ids("imports.DataQualityNote", most=1) or [_NOTHING],
        ("*", "holding_id"): _ids("directory.PostHolding", most=1),
        ("*", "member_id"): _ids("directory.Member", most=1),
        ("*", "token_id"): [_NOTHING],
        ("*", "alarm_id"): _ids("watching.Alarm", most=1) or [_NOTHING],
        ("*", "export_id"): [_NOTHING],
    }


_NOTHING = "01900000-0000-7000-8000-000000000001"
_GAP = re.compile(r"<(?:\w+:)?(\w+)>")


def addresses() -> tuple[list[tuple[str, str]], list[str]]:
    """(name of the door, address) of every door that may answer GET; and the gaps that nobody here can fill."""
    values, found, unfilled = filled(), [], []
    for address, name, guard in doors():
        method, _, bare = address.rpartition(" ")
        if method not in {"", "GET"} or guard is None or name in NEVER:
            continue
        first = bare.removeprefix("/api/v1").strip("/").split("/")[0]
        ways = [bare]
        for gap in _GAP.findall(bare):
            given = values.get((first, gap)) or values.get(("*", gap))
            if not given:
                unfilled.append(f"{bare}: {gap}")
                ways = []
                break
            ways = [re.sub(rf"<(?:\w+:)?{gap}>", each, way, count=1) for way in ways for each in given[:5]]
        label = name or bare
        found += [(label, way + more) for way in ways[:8] for more in VARIANTS.get(name, ("",))]
    return found, unfilled
