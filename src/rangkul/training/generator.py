"""A register of N invented cases for the benches: written in bulk, opening like any other, one batch event."""

from __future__ import annotations

import gc
import json
import random
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from rangkul.access.models import TeamSeat
from rangkul.audit.recording import record
from rangkul.cases.assessment_content import AssessmentInput
from rangkul.cases.models import AssessedNeed, Assessment, Case, CaseTurn, HolderEntry, StageEntry
from rangkul.directory.city import city
from rangkul.directory.models import Member, Post
from rangkul.directory.queries import instance_city, system_operator
from rangkul.domain.age import AgeRange
from rangkul.domain.codes import case_code, label_code
from rangkul.domain.errors import N_, BadInput
from rangkul.domain.labels import street_label
from rangkul.domain.safety_gate import CHILD
from rangkul.domain.spm import AssessmentFact, CaseSpan, PersonFacts, ServiceFact
from rangkul.domain.wib import wib_date
from rangkul.indicators.keeping import Carried, CellChanges, Stand, want
from rangkul.indicators.models import Cell, OpenNeed, Standing
from rangkul.matching.keys import Keyable, all_keys
from rangkul.matching.models import NameKey
from rangkul.people.claims import blind_of
from rangkul.people.models import IdentityClaim, Person
from rangkul.reports.models import Contact
from rangkul.services.models import ServiceRecord
from rangkul.training.accounts import ACCOUNTS
from rangkul.training.bulk import Tables, zone
from rangkul.training.hands import UNITS, training_nik
from rangkul.training.stories import become_training
from rangkul.vault.models import SubjectKey
from rangkul.vault.sealing import FreshKey, fresh_keys, make_key

Progress = Callable[[str], None]
MOST: Final = 20_000_000
CHUNK: Final = 5_000
SERVICES: Final = 5
_DAYS: Final = 1000
_PATHS: Final = (
    ("pendekatan_awal", "asesmen", "rencana"),
    ("pendekatan_awal", "asesmen", "terminasi"),
    ("pendekatan_awal", "terminasi", "bimbingan_lanjut"),
)
_ITEMS: Final = {
    "S1": ("akses_dik_kes", "alat_bantu", "perbekalan_kesehatan", "permakanan"),
    "S2": ("akses_dik_kes", "bimbingan_fms", "permakanan", "sandang"),
    "S3": ("bimbingan_keluarga", "perbekalan_kesehatan", "permakanan", "sandang"),
    "S4": ("adminduk", "permakanan", "reunifikasi", "sandang"),
}
_CATEGORIES: Final = {
    "S1": ("disabilitas_telantar",),
    "S2": ("anak_jalanan", "anak_telantar"),
    "S3": ("lansia_telantar",),
    "S4": ("gelandangan", "pengemis", "orang_telantar", "pengamen", "pemulung"),
}
_ADULT, _ELDER = 18, 60
_FIRST: Final = date(1970, 1, 1)


class CasesUnreadable(BadInput):
    """A number of cases that nobody wants."""

    code = "cases_unreadable"
    says = N_("Jumlah kasus ditulis sebagai bilangan bulat, dari 1 sampai {most}.")


def generate(*, cases: int, seed: int, at: datetime, progress: Progress) -> dict[str, Any]:
    """Write N invented cases with persons, contacts, stages, assessments, services, seats, keys and figures.

    The same seed and moment give the same people and facts (data keys and nonces are always fresh). Written in chunks:
    a run that is broken off leaves whole chunks behind.

    Raises:
        CasesUnreadable, NotReady, LiveInstance: as they say; nothing was written.
    """
    if not 1 <= cases <= MOST:
        raise CasesUnreadable(most=MOST)
    started = datetime.now(tz=UTC)
    with transaction.atomic():
        become_training(at=at, progress=progress)
        batch_id = UUID(int=random.Random(f"batch-{seed}-{at.isoformat()}").getrandbits(128), version=4)  # noqa: S311
        make_key(batch_id, "batch")
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA cache_size=-400000")
    register = _Register(seed, at, batch_id, cases)
    made = 0
    while made < cases:
        with transaction.atomic(), _no_collecting():
            made += register.write_chunk(min(CHUNK, cases - made))
        progress(f"{made:,} kasus, {register.tables.written:,} baris".replace(",", "."))
    with transaction.atomic():
        record(
            "training.loaded",
            by=system_operator(),
            at=at,
            kind="batch",
            subject_id=batch_id,
            sealed_under=batch_id,
            detail={"cases": cases, "seed": seed, "rows": register.tables.written},
        )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    seconds = (datetime.now(tz=UTC) - started).total_seconds()
    return {
        "cases": cases,
        "persons": register.persons,
        "rows": register.tables.written,
        "seed": seed,
        "seconds": round(seconds, 2),
        "cases_per_second": round(cases / max(seconds, 0.001)),
    }


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Rows hold no cycles: looking for them among a million tuples costs a fifth of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@dataclass(frozen=True, slots=True)
class _Words:
    """Weighted lists of invented words."""

    men: Sequence[str]
    women: Sequence[str]
    last: Sequence[str]
    places: Sequence[str]
    features: Sequence[str]

    @classmethod
    def read(cls) -> _Words:
        path = Path(settings.CITIES) / instance_city() / "demo" / "names.toml"
        said = tomllib.loads(path.read_text(encoding="utf-8"))
        return cls(said["first_men"], said["first_women"], said["last"], said["places"], said["features"])


@lru_cache(maxsize=64)
def _zipf(length: int) -> list[float]:
    """Cumulative Zipf weights: names are as unevenly spread as in a real register."""
    return list(accumulate(1 / (rank + 2) for rank in range(length)))


@lru_cache(maxsize=4096)
def _keys_of_word(word: str) -> tuple[tuple[str, int], ...]:
    """Name keys stand word by word, so each word is hashed once."""
    return tuple(all_keys(Keyable(UUID(int=0), names=(word,))))


@lru_cache(maxsize=64)
def _keys_of_origin(origin: str) -> tuple[tuple[str, int], ...]:
    return tuple(all_keys(Keyable(UUID(int=0), origin=origin)))


@lru_cache(maxsize=8192)
def _day(of: date) -> str:
    return of.isoformat()


@lru_cache(maxsize=8192)
def _day_text(since_1970: int) -> str:
    return (_FIRST + timedelta(days=since_1970)).isoformat()


@lru_cache(maxsize=8192)
def _date(since_1970: int) -> date:
    return _FIRST + timedelta(days=since_1970)


def _wib(second: int) -> date:
    """The WIB day of a moment."""
    return _date((second + 7 * 3600) // 86_400)


def _dashed(text: str) -> str:
    """A UUID as text with dashes, from its 32 signs."""
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


@dataclass(slots=True)
class _Someone:
    """One invented person while being written."""

    id: int
    hex: str
    dashed: str
    key: FreshKey
    sex: str
    born: date
    spm: str
    citizen: str
    label: str
    minor: bool
    seated: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class _Carried:
    """One case of a person while being written."""

    hex: str
    opened: int
    closed: int | None


class _Register:
    """Makes persons with their cases, row by row, from one seeded source of chance."""

    def __init__(self, seed: int, at: datetime, batch_id: UUID, cases: int) -> None:
        self.rng = random.Random(seed)  # noqa: S311 - invented people, the same each time
        self.at, self.today, self.batch = int(at.timestamp()), wib_date(at), batch_id.hex
        self._zone = zone()
        # Codes are drawn apart: one that is taken already must not change the people.
        self._lots = random.Random(f"codes-{seed}")  # noqa: S311
        self.persons = 0
        self.tables = Tables()
        self.words = _Words.read()
        # Ids lie in the order of writing, so that indexes grow at their end.
        self._clock = self.at * 1000 - cases * 2
        self._codes = {"person": _taken(Person), "case": _taken(Case)}
        self._rules = city().rules_version
        self._laws = {
            code: (row.law, json.dumps(sorted(row.needs))) for code, row in city().stage_table.items()
        }
        self._areas = [code for code, row in city().areas.items() if row.level == "kelurahan"]
        self._now = self._text(self.at)
        self._fresh = fresh_keys()
        self._people()
        self._name_tables()

    def _people(self) -> None:
        posts = dict(Post.objects.values_list("code", "pk"))
        members = dict(Member.objects.values_list("username", "pk"))
        held = {each.username: (members[each.username].hex, posts[each.post].hex) for each in ACCOUNTS}
        self._holders = (held["rini"], held["bagas"])
        self._desk = held["piket"]
        self._teams = (held["regu1"], held["regu2"])
        child = next(row for row in city().gate if row.code == CHILD)
        self._guards = tuple(posts[code].hex for code in child.posts)

    def _name_tables(self) -> None:
        table = self.tables.table
        self._key = table(
            SubjectKey, "subject_id", "kind", "pid", "wrapped", "root_version", "created_at", "shredded_at"
        )
        self._person = table(
            Person, "id", "code", "label", "has_name", "street_label", "sex", "born_from", "born_to", "is_minor",
            "identity_level", "citizen", "origin_code", "person_key", "registered_by_id", "registered_at", "revision",
        )  # fmt: skip
        self._claim = table(
            IdentityClaim, "id", "person_id", "kind", "value", "sealed", "blind", "source", "source_words",
            "confidence", "claimed_on", "recorded_at", "recorded_by_id", "post_id", "batch_id", "void_reason",
        )  # fmt: skip
        self._name_key = table(NameKey, "person_id", "kind", "key")
        self._seat = table(TeamSeat, "id", "subject_id", "post_id", "since", "reason")
        self._contact = table(
            Contact, "id", "person_id", "number", "post_id", "member_id", "trigger", "met_at", "recorded_at",
            "area_code", "outside_code", "place_words", "sex", "age_low", "age_high", "category", "ground",
            "voluntary", "decision", "gate_answered", "transported", "rights_recorded", "sealed", "sensitivity",
            "inbox", "inbox_since", "revision", "restricted",
        )  # fmt: skip
        self._case = table(
            Case, "id", "code", "person_id", "contact_id", "agency_id", "area_code", "category", "sensitivity",
            "rule_version", "opened_at", "stage", "stage_since", "holder_id", "held_since", "closed_at",
            "closing_reason", "revision",
        )  # fmt: skip
        self._turn = table(
            CaseTurn, "id", "case_id", "turn", "at", "reason", "sealed", "contact_id", "member_id", "post_id"
        )
        self._holder = table(HolderEntry, "id", "case_id", "post_id", "since", "until")
        self._stage = table(
            StageEntry, "id", "case_id", "stage", "origin", "entered_at", "member_id", "post_id", "rule_version",
            "law", "facts", "override", "missing",
        )  # fmt: skip
        self._assessment = table(
            Assessment, "id", "person_id", "case_id", "assessed_on", "recorded_at", "finished_at", "sealed",
            "member_id", "post_id", "batch_id", "revision", "void_reason",
        )  # fmt: skip
        self._need = table(
            AssessedNeed,
            "id",
            "assessment_id",
            "person_id",
            "case_id",
            "assessed_on",
            "spm_type",
            "items",
            "voided",
        )
        self._service = table(
            ServiceRecord, "id", "person_id", "case_id", "item", "given_on", "quantity", "unit", "agency_id",
            "setting", "proof", "recorded_at", "member_id", "post_id", "batch_id", "void_reason",
        )  # fmt: skip
        self._standing = table(
            Standing, "person_id", "year", "spm_type", "reason", "needed", "missing", "unproven", "served",
            "served_month", "assessed_on", "citizenship_unknown",
        )  # fmt: skip
        self._open_need = table(
            OpenNeed, "person_id", "spm_type", "from_year", "needed", "assessed_on", "citizenship_unknown"
        )

    # --- small change

    def _text(self, second: int) -> str:
        """A moment (seconds since 1970) as the database keeps it."""
        day, rest = divmod(second, 86_400)
        hour, rest = divmod(rest, 3600)
        return f"{_day_text(day)} {hour:02d}:{rest // 60:02d}:{rest % 60:02d}.000000{self._zone}"

    def _id(self) -> int:
        """A UUIDv7 whose chance comes from the seed."""
        chance = self.rng.getrandbits(74)
        return (
            (self._clock << 80) | (0x7000 | chance >> 62) << 64 | (0x8 << 60) | (chance & 0x0FFFFFFFFFFFFFFF)
        )

    def _hex(self) -> str:
        return f"{self._id():032x}"

    def _code(self, of: str) -> str:
        taken = self._codes[of]
        code = case_code(self._lots.randbytes(16))
        while code in taken:
            code = case_code(self._lots.randbytes(16))
        taken.add(code)
        return code

    def _pick(self, words: Sequence[str]) -> str:
        weights = _zipf(len(words))
        return self.rng.choices(words, cum_weights=weights)[0]

    # --- one chunk

    def write_chunk(self, cases: int) -> int:
        """Make persons until so many cases stand, and write them; return how many cases."""
        changes = CellChanges()
        made = 0
        while made < cases:
            self._clock += 2
            made += self._someone(cases - made, changes)
        self.tables.write()
        changes.write()
        return made

    def _someone(self, room: int, changes: CellChanges) -> int:
        person = self._person_row()
        twice = room > 1 and self.rng.random() < 0.1  # noqa: PLR2004 - one in ten came back
        facts: list[AssessmentFact] = []
        given: list[ServiceFact] = []
        spans: list[CaseSpan] = []
        start = self.at - int((3 + self.rng.random() * (_DAYS - 3)) * 86_400)
        for number in range(1, 3 if twice else 2):
            last = number == (2 if twice else 1)
            case = self._case_rows(person, start, number, must_close=not last)
            self._assessment_row(person, case, number, facts)
            self._service_rows(person, case, facts[-1].items if facts else (), given)
            end = _wib(case.closed) if case.closed else None
            spans.append(CaseSpan(case.hex, _wib(case.opened), end))
            if case.closed is not None and not last:
                start = case.closed + int((self.at - case.closed) * self.rng.uniform(0.1, 0.8))
        self._figures(
            person, PersonFacts(_CITIZEN[person.citizen], tuple(facts), tuple(given), tuple(spans)), changes
        )
        return 2 if twice else 1

    def _person_row(self) -> _Someone:
        rng, words = self.rng, self.words
        self.persons += 1
        number = self._id()
        sex = "L" if rng.random() < 0.64 else "P"  # noqa: PLR2004
        low, high = rng.choices(((6, 16), (19, 58), (61, 84)), cum_weights=(1, 8, 10))[0]
        born = self.today - timedelta(days=int((low + rng.random() * (high - low)) * 365.25))
        minor, age = high < _ADULT, (self.today - born).days * 4 // 1461
        spm = "S2" if minor else "S3" if low > _ELDER else "S1" if rng.random() < 0.3 else "S4"  # noqa: PLR2004
        chance = rng.random()
        citizen = "ya" if chance < 0.9 else "" if chance < 0.98 else "tidak"  # noqa: PLR2004
        name = f"{self._pick(words.men if sex == 'L' else words.women)} {self._pick(words.last)}"
        if rng.random() < 0.2:  # noqa: PLR2004
            name = f"{name} {self._pick(words.last)}"
        street = self._street(sex, age) if minor else ""
        text = f"{number:032x}"
        person = _Someone(
            number,
            text,
            _dashed(text),
            self._fresh(number.to_bytes(16)),
            sex,
            born,
            spm,
            citizen,
            street or name,
            minor,
        )
        origin = "33.08" if rng.random() < 0.4 else "33.71"  # noqa: PLR2004
        has_nik = rng.random() < 0.5  # noqa: PLR2004
        self._key.add(
            (text, "person", person.key.pid.hex, person.key.wrapped, person.key.root_version, self._now, None)
        )
        self._person.add(
            (
                text, self._code("person"), person.label, not minor, street, sex, _day(born), _day(born), minor,
                3 if has_nik else 2, citizen, origin, None, self._desk[1], self._now, 1,
            )
        )  # fmt: skip
        claims = [("name", name), ("birth_date", _day(born)), ("sex", sex), ("origin", origin)]
        if has_nik:
            claims.append(("nik", training_nik(born, sex, self.persons)))
        if citizen:
            claims.append(("citizenship", citizen))
        self._claim_rows(person, claims, "document" if has_nik else "self")
        keys = {
            pair
            for word in (*name.split(), *street.replace("-", " ").split())
            for pair in _keys_of_word(word)
        }
        for kind, key in sorted(keys.union(_keys_of_origin(origin))):
            self._name_key.add((text, kind, key))
        return person

    def _street(self, sex: str, age: int) -> str:
        words, code = self.words, label_code(self.rng.randbytes(16))
        years = AgeRange(age, age, self.today)
        return street_label(sex, years, self._pick(words.features), self._pick(words.places), code)

    def _claim_rows(self, person: _Someone, claims: Iterable[tuple[str, str]], source: str) -> None:
        member, post = self._desk
        for kind, value in claims:
            number = self._id()
            shown, sealed, blind = value, None, None
            if kind == "nik" or (person.minor and kind == "name"):
                place = f"people_identity_claim|sealed|{_dashed(f'{number:032x}')}"
                shown, sealed = "", person.key.seal(person.dashed, place, f'"{value}"'.encode())
                blind = blind_of(kind, value) if kind == "nik" else None
            self._claim.add(
                (
                    f"{number:032x}", person.hex, kind, shown, sealed, blind, source, "", "medium", _day(self.today),
                    self._now, member, post, self.batch, "",
                )
            )  # fmt: skip

    def _case_rows(self, person: _Someone, start: int, number: int, *, must_close: bool) -> _Carried:
        rng = self.rng
        age_then = max(0, (_wib(start) - person.born).days // 365)
        contact, area = self._contact_row(person, start, number, age_then)
        # Somebody met in the last hours has a case by now all the same.
        opened = min(start + 3600 + int(rng.random() * 40_000), (start + self.at) // 2)
        path = rng.choices(_PATHS, (5, 2, 3))[0]
        span = (self.at - opened) / 4
        moments = (
            opened,
            opened + int(span * rng.uniform(0.01, 0.6)),
            opened + int(span * rng.uniform(0.7, 1.6)),
        )
        closed = opened + int(span * rng.uniform(1.7, 3.5)) if must_close or rng.random() < 0.55 else None  # noqa: PLR2004
        holder = rng.choice(self._holders)
        case, code = self._hex(), self._code("case")
        texts = [self._text(each) for each in moments]
        ended = self._text(closed) if closed else None
        reason = (
            "" if closed is None else "selesai" if path[-1] == "bimbingan_lanjut" else rng.choice(_REASONS)
        )
        category = rng.choice(_CATEGORIES[person.spm])
        self._case.add(
            (
                case, code, person.hex, contact, "dinsos", area, category, "protected" if person.minor else "ordinary",
                self._rules, texts[0], path[-1], texts[2], None if closed else holder[1], None if closed else texts[0],
                ended, reason, 3,
            )
        )  # fmt: skip
        member, post = holder
        self._turn.add((self._hex(), case, "opened", texts[0], "", None, contact, member, post))
        if ended:
            turn = self._id()
            plain = f'{{"words":"Data latihan.","happened_on":"{ended[:10]}"}}'.encode()
            sealed = person.key.seal(person.dashed, f"cases_turn|sealed|{_dashed(f'{turn:032x}')}", plain)
            self._turn.add((f"{turn:032x}", case, "closed", ended, reason, sealed, None, member, post))
        self._holder.add((self._hex(), case, post, texts[0], ended))
        if holder not in person.seated:
            person.seated.append(holder)
            self._seat.add((self._hex(), person.hex, post, texts[0], ""))
        origin = ""
        for stage, entered in zip(path, texts, strict=True):
            law, facts = self._laws[stage]
            self._stage.add(
                (
                    self._hex(),
                    case,
                    stage,
                    origin,
                    entered,
                    member,
                    post,
                    self._rules,
                    law,
                    facts,
                    False,
                    "[]",
                )
            )
            origin = stage
        return _Carried(case, opened, closed)

    def _contact_row(self, person: _Someone, met: int, number: int, age: int) -> tuple[str, str]:
        rng = self.rng
        team = rng.choice(self._teams)
        area, at = self._pick(self._areas), self._text(met)
        contact = self._id()
        text = f"{contact:032x}"
        dashed, key = _dashed(text), self._fresh(contact.to_bytes(16))
        sealed = key.seal(dashed, f"reports_contact|sealed|{dashed}", _SEEN_CHILD if person.minor else _SEEN)
        self._key.add((text, "contact", key.pid.hex, key.wrapped, key.root_version, at, None))
        self._contact.add(
            (
                text, person.hex, number, team[1], team[0], "patroli", at, at, area, "", self._pick(self.words.places),
                person.sex, age, age, rng.choice(_CATEGORIES[person.spm]),
                "pelindungan_anak" if person.minor else "kemauan_sendiri", "yes", "diserahkan_dinsos", True, False,
                False, sealed, "protected" if person.minor else "ordinary", "taken", at, 2,
                False,
            )
        )  # fmt: skip
        if person.minor:
            for post in self._guards:
                self._seat.add((self._hex(), text, post, at, ""))
        return text, area

    def _assessment_row(
        self, person: _Someone, case: _Carried, order: int, facts: list[AssessmentFact]
    ) -> None:
        rng = self.rng
        day = min(_wib(case.opened) + timedelta(days=int(rng.random() * 4)), self.today)
        none = rng.random() < 0.08  # noqa: PLR2004 - needs nothing of the standard
        items = () if none else tuple(sorted(rng.sample(_ITEMS[person.spm], rng.randint(2, 3))))
        spm = "none" if none else person.spm
        number = self._id()
        text = f"{number:032x}"
        quoted = '","'.join(items)
        named = "" if none else f'"{spm}":["{quoted}"]'
        plain = _CONTENT % (_day(day), spm, named)
        place = f"cases_assessment|sealed|{_dashed(text)}"
        sealed = person.key.seal(person.dashed, place, plain.encode())
        at = f"{_day(day)} 09:00:00.000000{self._zone}"
        member, post = self._holders[order % 2]
        self._assessment.add(
            (text, person.hex, case.hex, _day(day), at, at, sealed, member, post, self.batch, 1, "")
        )
        self._need.add((self._hex(), text, person.hex, case.hex, _day(day), spm, ";".join(items), False))
        if not none:
            facts.append(AssessmentFact(day, order, spm, frozenset(items), case.hex))

    def _service_rows(
        self, person: _Someone, case: _Carried, needed: Iterable[str], given: list[ServiceFact]
    ) -> None:
        rng = self.rng
        first = _wib(case.opened)
        room = max(1, min(60, (self.today - first).days))
        member, post = self._holders[0]
        wanted = [item for item in sorted(needed) if rng.random() < 0.85]  # noqa: PLR2004
        while len(wanted) < SERVICES:
            wanted.append(rng.choice(_ITEMS[person.spm]))
        for item in wanted[:SERVICES]:
            day = first + timedelta(days=int(rng.random() * room))
            unit, quantity = _GIVEN.get(item, _ONCE)
            proof = f"Tanda terima {_day(day)}" if rng.random() < 0.85 else ""  # noqa: PLR2004
            self._service.add(
                (
                    self._hex(), person.hex, case.hex, item, _day(day), quantity, unit, "dinsos", "luar_panti",
                    proof, self._now, member, post, self.batch, "",
                )
            )  # fmt: skip
            given.append(ServiceFact(item, day, bool(proof), "luar_panti"))

    def _figures(self, person: _Someone, known: PersonFacts, changes: CellChanges) -> None:
        """The standings that the indicators would keep, by the same function."""
        if not known.assessments:
            return
        wanted: dict[tuple[UUID, int, str], Stand] = {}
        carried: dict[tuple[UUID, str], Carried] = {}
        want(UUID(int=person.id), known, set(), wanted, carried)
        for (_person, year, spm), stand in wanted.items():
            self._standing.add(
                (
                    person.hex, year, spm, stand.reason, stand.needed, stand.missing, stand.unproven, stand.served,
                    stand.served_month, _day(stand.assessed_on), stand.citizenship_unknown,
                )
            )  # fmt: skip
            changes.add(year, spm, stand.served_month, stand.citizenship_unknown)
        for (_person, spm), need in carried.items():
            self._open_need.add(
                (
                    person.hex,
                    spm,
                    need.from_year,
                    need.needed,
                    _day(need.assessed_on),
                    need.citizenship_unknown,
                )
            )
            changes.add(need.from_year, spm, Cell.CARRIED, need.citizenship_unknown)


_GIVEN: Final = {item: (unit, str(quantity)) for item, (unit, quantity) in UNITS.items()}
_ONCE: Final = ("kali", "1")
_CITIZEN: Final[dict[str, Any]] = {"ya": "ya", "tidak": "tidak", "": None}
_REASONS: Final = ("menolak_layanan", "diserahkan_daerah_lain", "tidak_ditemukan_90_hari")
_SECTIONS: Final = {
    "biological": "Data latihan: makan tidak teratur sebelum ditemui.",
    "psychological": "Data latihan: tenang dan dapat bercerita.",
    "social": "Data latihan: masih ada keluarga di luar kota.",
    "spiritual": "Data latihan: beribadah seperti biasa.",
}
_CONTENT: Final = json.dumps(
    AssessmentInput(assessed_on="@day", sections=_SECTIONS, types=("@type",), items={"@items": ()}).plain(),
    separators=(",", ":"),
).replace("@day", "%s").replace("@type", "%s").replace('"@items":[]', "%s")  # fmt: skip
_SEEN: Final = b'{"gate":[],"seen":{"words":"Data latihan."},"not_same":[]}'
_SEEN_CHILD: Final = b'{"gate":["child"],"seen":{"words":"Data latihan."},"not_same":[]}'


def _taken(model: type[Person] | type[Case]) -> set[str]:
    return set(model._default_manager.values_list("code", flat=True))
