"""What must agree among the tables that carry a person: gate, grounds, stages, services and figures."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Final, Protocol

from rangkul.domain import citydata_vocabulary as words
from rangkul.domain.citydata_city import City
from rangkul.domain.citydata_reading import Problem
from rangkul.domain.citydata_rows import SPM_TYPES, Stage
from rangkul.domain.errors import N_
from rangkul.domain.spm import ITEMS

TOP_LEVEL: Final = 4


class _Dated(Protocol):
    @property
    def line(self) -> int: ...
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date | None: ...


# --- contacts ------------------------------------------------------------------------------------------------------


_REGION: Final = re.compile(r"\d{2}(\.\d{2})?")


def gate(city: City) -> Iterator[Problem]:
    """A yes of a child closes what is for adults; whoever cannot decide is not taken at a refusal."""
    adults_only = {row.code for row in city.decisions.values() if row.needs_adult}
    refusals = {row.code for row in city.decisions.values() if row.refusal}
    for row in city.gate:
        must_close = (adults_only if row.code == "child" else set()) | (
            refusals if row.closes_refusal else set()
        )
        for decision in sorted(must_close - set(row.closed)):
            says = N_("{code} harus menutup keputusan {decision}")
            yield Problem("gate.toml", row.line, says, {"code": row.code, "decision": decision})
        if row.closed and not (row.closed_reason and row.closed_reason_en):
            yield Problem(
                "gate.toml",
                row.line,
                N_("{code} menutup keputusan tanpa menyebut alasan"),
                {"code": row.code},
            )
        if len(row.closed) >= len(city.decisions):
            yield Problem("gate.toml", row.line, N_("{code} menutup semua keputusan"), {"code": row.code})
    if not any(row.code == "child" and row.closes_refusal for row in city.gate):
        yield Problem("gate.toml", 0, N_("child harus menutup jalur menolak (closes_refusal)"))
    if not refusals:
        yield Problem("decisions.csv", 0, N_("tidak ada keputusan menolak: menolak bantuan adalah hak"))
    if not adults_only:
        yield Problem("decisions.csv", 0, N_("tidak ada keputusan khusus dewasa (needs_adult)"))
    yield from _ascending("gate.toml", [(row.order, row.line) for row in city.gate])


def _overlaps(file: str, rows: Iterable[tuple[str, _Dated]]) -> Iterator[Problem]:
    """Of two rows of one code, one must have ended before the other begins."""
    last: dict[str, _Dated] = {}
    for code, row in sorted(rows, key=lambda pair: (pair[0], pair[1].valid_from)):
        if row.valid_to is not None and row.valid_to < row.valid_from:
            yield Problem(file, row.line, N_("{code}: valid_to sebelum valid_from"), {"code": code})
        before = last.get(code)
        if before is not None and (before.valid_to is None or before.valid_to >= row.valid_from):
            says = N_("{code}: masa berlakunya bertindih dengan baris {line}")
            yield Problem(file, row.line, says, {"code": code, "line": before.line})
        last[code] = row


def dates(city: City) -> Iterator[Problem]:
    """Dated rows of one code neither overlap nor, for names, leave a gap."""
    yield from _overlaps("agency_names.csv", [(row.agency, row) for row in city.agency_names])
    yield from _overlaps("grounds.csv", [(row.code, row) for row in city.grounds])
    yield from _overlaps("indicators.toml", [(row.code, row) for row in city.indicators])
    for earlier, later in pairwise(sorted(city.agency_names, key=lambda row: (row.agency, row.valid_from))):
        gap = earlier.valid_to and later.valid_from - earlier.valid_to > timedelta(days=1)
        if earlier.agency == later.agency and gap:
            says = N_("{code}: ada hari tanpa nama sebelum baris ini")
            yield Problem("agency_names.csv", later.line, says, {"code": later.agency})


# --- cases and services --------------------------------------------------------------------------------------------


def stages(city: City) -> Iterator[Problem]:
    """Every stage names its law, can be reached, and can end."""
    file, table = "stages.toml", city.stages
    yield from _ascending(file, [(row.order, row.line) for row in table.values()])
    ordinary = _reached(city.first_stage.code, lambda code: table[code].next, table)
    for row in table.values():
        facts = {"code": row.code}
        if any(table[code].order <= row.order for code in row.next if code in table):
            yield Problem(file, row.line, N_("next dari {code} harus menuju tahap sesudahnya"), facts)
        if any(table[code].order >= row.order for code in row.back if code in table):
            yield Problem(file, row.line, N_("back dari {code} harus menuju tahap sebelumnya"), facts)
        if not row.law:
            yield Problem(file, row.line, N_("tahap {code} tanpa law"), facts)
        if row.code not in ordinary:
            yield Problem(file, row.line, N_("tahap {code} tidak dapat dicapai dari tahap pertama"), facts)
        if words.LAST_SERVICE_STAGE not in _reached(row.code, lambda code: table[code].moves, table):
            yield Problem(file, row.line, N_("dari tahap {code} tidak ada jalan ke terminasi"), facts)


def _reached(origin: str, moves: Callable[[str], Iterable[str]], table: Mapping[str, Stage]) -> set[str]:
    reached: set[str] = set()
    waiting = [origin]
    while waiting:
        code = waiting.pop()
        if code in table and code not in reached:
            reached.add(code)
            waiting.extend(moves(code))
    return reached


def closing(city: City) -> Iterator[Problem]:
    """A case can be closed from every stage."""
    if not any(not row.stages for row in city.closing_reasons.values()):
        yield Problem(
            "closing_reasons.csv", 0, N_("tidak ada alasan penutupan yang berlaku dari setiap tahap")
        )


def relays(city: City) -> Iterator[Problem]:
    """Destinations are Kemendagri codes of provinces or regencies, and no two lines claim the same one."""
    claimed: dict[str, int] = {}
    for row in city.relays.values():
        for start in row.destinations:
            if not _REGION.fullmatch(start):
                says = N_(
                    "tujuan “{start}” harus kode provinsi atau kabupaten/kota Kemendagri, misalnya 34 atau 32.05"
                )
                yield Problem("relays.csv", row.line, says, {"start": start})
            elif start in claimed:
                says = N_("tujuan {start} sudah ada di baris {line}")
                yield Problem("relays.csv", row.line, says, {"start": start, "line": claimed[start]})
            claimed.setdefault(start, row.line)


def services(city: City) -> Iterator[Problem]:
    """The basic items are those of the standard, and one of them is the meals."""
    file = "services.csv"
    yield from _ascending(file, [(row.order, row.line) for row in city.services.values()])
    for row in city.services.values():
        if row.is_spm != (row.code in ITEMS):
            says = N_("hanya 13 layanan dasar yang berkolom spm; {code} tidak sesuai")
            yield Problem(file, row.line, says, {"code": row.code})
    for spm_type in SPM_TYPES:
        if not city.items_of_type(spm_type):
            yield Problem(file, 0, N_("{type} tidak punya layanan dasar"), {"type": spm_type})
    if sum(row.meals for row in city.services.values()) != 1:
        yield Problem(file, 0, N_("tepat satu layanan harus bertanda meals"))


def indicators(city: City) -> Iterator[Problem]:
    """The worked example of each figure comes out."""
    for row in city.indicators:
        share = Decimal(row.example_served * 100) / Decimal(max(row.example_in_need, 1))
        percent = str(share.quantize(Decimal("0.01"), ROUND_HALF_UP))
        if percent != row.example_percent:
            says = N_("contoh {code} menghasilkan {percent}, bukan {example}")
            facts = {"code": row.code, "percent": percent, "example": row.example_percent}
            yield Problem("indicators.toml", row.line, says, facts)
        if row.age_to and row.age_from > row.age_to:
            yield Problem(
                "indicators.toml", row.line, N_("age_from lewat dari age_to pada {code}"), {"code": row.code}
            )


def contested(city: City) -> Iterator[Problem]:
    """What is called contested is a reason that somebody can give."""
    given = {row.code for row in city.choices if row.list in {"refusal_reason", "hand_over_refusal"}}
    for row in city.choices:
        if row.list == "contested_reason" and row.code not in given:
            says = N_("alasan {code} tidak ada di refusal_reason maupun hand_over_refusal")
            yield Problem("lists.csv", row.line, says, {"code": row.code})


def criteria(city: City) -> Iterator[Problem]:
    """The value of every criterion can be read."""
    documents = {row.code for row in city.choices if row.list == "referral_document"}
    for row in city.institution_criteria:
        readable = {
            "min_age": row.value.isascii() and row.value.isdigit(),
            "max_age": row.value.isascii() and row.value.isdigit(),
            "identity_level": row.value in {"1", "2", "3", "4"},
            "sex": row.value in {"L", "P"},
            "documents": set(row.value.split(";")) <= documents,
        }
        if not readable.get(row.criterion, not row.value):
            says = N_("value “{value}” tidak dapat dibaca untuk {criterion}")
            facts: dict[str, object] = {"criterion": row.criterion, "value": row.value}
            yield Problem("institution_criteria.csv", row.line, says, facts)


def institutions(city: City) -> Iterator[Problem]:
    """No way leads in a circle of one, and every kind of institution can see who is asked for and end a referral."""
    for place in city.institutions.values():
        if place.code in place.next:
            says = N_("{code} menyebut dirinya sendiri sebagai jalan berikutnya")
            yield Problem("institutions.csv", place.line, says, {"code": place.code})
    ended = {kind for row in city.referral_results.values() if row.ends for kind in row.kinds}
    for kind in city.institution_kinds.values():
        if not {"asked", "identity"} <= set(kind.shares):
            says = N_("{code}: shares harus memuat identity dan asked")
            yield Problem("institution_kinds.csv", kind.line, says, {"code": kind.code})
        if kind.code not in ended:
            says = N_("tidak ada hasil yang menutup rujukan ke {code}")
            yield Problem("referral_results.csv", 0, says, {"code": kind.code})


def instruments(city: City) -> Iterator[Problem]:
    """The instruments are whole and in order."""
    for file, rows in (
        ("functioning.toml", city.functioning),
        ("washington.toml", city.washington),
        ("assessment.toml", tuple(city.assessment.values())),
    ):
        yield from _ascending(file, [(row.order, row.line) for row in rows])
    counts = (
        ("functioning.toml", len(city.functioning), 5),
        ("washington.toml", len(city.washington), 6),
        ("washington.toml", len(city.washington_answers), 4),
        ("ppks.csv", len(city.ppks), 26),
    )
    for file, found, wanted in counts:
        if found != wanted:
            says = N_("ada {found} baris, seharusnya {wanted}")
            yield Problem(file, 0, says, {"found": found, "wanted": wanted})
    if [row.value for row in city.functioning_levels] != list(range(TOP_LEVEL + 1)):
        yield Problem("functioning.toml", 0, N_("[[level]] harus 0 sampai 4, berurutan"))
    for section in city.assessment.values():
        if section.domain != (section.code in words.DOMAINS):
            says = N_("{code}: domain hanya untuk keempat ranah asesmen")
            yield Problem("assessment.toml", section.line, says, {"code": section.code})


def _ascending(file: str, orders: list[tuple[int, int]]) -> Iterator[Problem]:
    for (before, _), (after, line) in pairwise(orders):
        if after <= before:
            yield Problem(
                file,
                line,
                N_("order {after} harus lebih besar dari {before}"),
                {"after": after, "before": before},
            )
