"""Invented persons with needs and services of this year and last year, brought in through the import."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import Final

from rangkul.imports.actions import receive_file, run_batch
from rangkul.indicators.actions import record_budget, record_quality
from rangkul.people.typed import NewPerson
from rangkul.training.hands import UNITS, Hands, training_nik

KEY: Final = "rekap"
PERSONS: Final = 52
SEED: Final = 3371
_ITEMS: Final = {
    "S1": ("alat_bantu", "akses_dik_kes", "permakanan", "perbekalan_kesehatan"),
    "S2": ("permakanan", "sandang", "bimbingan_fms", "akses_dik_kes"),
    "S3": ("permakanan", "sandang", "perbekalan_kesehatan", "bimbingan_keluarga"),
    "S4": ("permakanan", "sandang", "reunifikasi", "adminduk"),
}
_TYPES: Final = ("S1", "S1", "S2", "S2", "S3", "S3", "S3", "S4", "S4", "S4")
_AGES: Final = {"S1": (22, 55), "S2": (8, 16), "S3": (62, 84), "S4": (20, 58)}
_MEN: Final = (
    "Sunardi",
    "Rustam",
    "Kuncoro",
    "Suparman",
    "Maryadi",
    "Jatmiko",
    "Sutarno",
    "Bowo",
    "Kliwon",
    "Hartanto",
)
_WOMEN: Final = (
    "Sukarti",
    "Mulyati",
    "Partinah",
    "Ratmi",
    "Sudarsih",
    "Yatinem",
    "Murwati",
    "Endang",
    "Kasiyem",
    "Sulami",
)
_LAST: Final = (
    "Adiwijaya",
    "Sasmita",
    "Kertarajasa",
    "Wirawan",
    "Puspitasari",
    "Gunadharma",
    "Maheswari",
    "Danurwenda",
)


def load_figures(hands: Hands, progress: Callable[[str], None]) -> None:
    """Persons, assessments, services, quality and budget; two rows of a file stay refused for the data steward."""
    rng = random.Random(SEED)  # noqa: S311 - invented people, the same each time
    assessments: list[Sequence[str]] = []
    services: list[Sequence[str]] = []
    for number in range(1, PERSONS + 1):
        key, spm_type = f"{KEY}:{number:02d}", rng.choice(_TYPES)
        day = hands.today - timedelta(days=rng.randint(25, (hands.today - _new_year(hands, 1)).days))
        _person(hands, key, number, spm_type, rng)
        for on in (day, *_again(hands, day, rng)):
            items = sorted(rng.sample(_ITEMS[spm_type], rng.randint(2, 3)))
            assessments.append((key, on.isoformat(), spm_type, ";".join(items)))
            services.extend(_services(hands, key, items, on, rng))
    services.append(
        (f"{KEY}:99", "permakanan", hands.today.isoformat(), "3", "porsi", "dinsos", "", "luar_panti")
    )
    services.append(
        (f"{KEY}:01", "permakanan", "31 Februari", "3", "porsi", "dinsos", "Tanda terima", "luar_panti")
    )
    _bring_in(hands, "assessments", ("person_key", "assessed_on", "spm_type", "needed_items"), assessments)
    _bring_in(
        hands,
        "services",
        ("person_key", "item", "given_on", "quantity", "unit", "agency", "proof", "setting"),
        services,
    )
    progress(f"{PERSONS} orang dengan asesmen dan layanan dua tahun")
    _quality_and_budget(hands)


def _new_year(hands: Hands, years_back: int) -> date:
    return date(hands.today.year - years_back, 1, 5)


def _person(hands: Hands, key: str, number: int, spm_type: str, rng: random.Random) -> None:
    sex = rng.choice("LP")
    low, high = _AGES[spm_type]
    born = date(hands.today.year - rng.randint(low, high), rng.randint(1, 12), rng.randint(1, 28))
    first = rng.choice(_MEN if sex == "L" else _WOMEN)
    known = rng.random()
    new = NewPerson(
        name=f"{first} {rng.choice(_LAST)}",
        nik=training_nik(born, sex, 100 + number) if known > 0.4 else "",  # noqa: PLR2004 - most have papers
        birth_date=born,
        sex=sex,
        citizen="ya" if known > 0.12 else "",  # noqa: PLR2004 - of a few nobody knows it
        origin="33.08" if rng.random() < 0.3 else "",  # noqa: PLR2004
        source="document" if known > 0.4 else "self",  # noqa: PLR2004
        person_key=key,
    )
    hands.register(None, new, by=hands.rini if number % 2 else hands.bagas, at=hands.ago(days=3))


def _again(hands: Hands, first: date, rng: random.Random) -> Iterable[date]:
    """Some were assessed again in the next year."""
    later = first + timedelta(days=rng.randint(200, 330))
    if later.year != first.year and later < hands.today - timedelta(days=5) and rng.random() < 0.5:  # noqa: PLR2004
        yield later


def _services(
    hands: Hands, key: str, items: Sequence[str], on: date, rng: random.Random
) -> Iterable[Sequence[str]]:
    last = min(hands.today - timedelta(days=4), date(on.year, 12, 30))
    for item in items:
        if rng.random() < 0.12:  # noqa: PLR2004 - not given yet
            continue
        given = min(on + timedelta(days=rng.randint(0, 45)), last)
        unit, quantity = UNITS.get(item, ("kali", 1))
        proof = f"Tanda terima {given.isoformat()}" if rng.random() < 0.88 else ""  # noqa: PLR2004
        yield (key, item, given.isoformat(), str(quantity), unit, "dinsos", proof, "luar_panti")


def _bring_in(hands: Hands, kind: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows((header, *rows))
    by, at = hands.data, hands.ago(days=2)
    batch = receive_file(kind, f"{kind}-latihan.csv", text.getvalue().encode(), by=by, at=at)
    run_batch(batch.pk, by=by, at=at)


def _quality_and_budget(hands: Hands) -> None:
    """Part B and C: last year for every type, this year still without S4, so that the page says what is missing."""
    by, at = hands.data, hands.ago(days=1)
    for back, types in ((1, ("S1", "S2", "S3", "S4")), (0, ("S1", "S2", "S3"))):
        year, months = hands.today.year - back, 12 if back else hands.today.month
        for number, spm_type in enumerate(types, start=2):
            filled = [number if month < months else 0 for month in range(12)]
            record_quality(
                year,
                spm_type,
                "B1",
                "Paket permakanan sesuai standar gizi",
                "paket",
                number * 13,
                filled,
                by=by,
                at=at,
            )
            record_quality(
                year, spm_type, "B2", "Pekerja sosial bersertifikat", "orang", 3,
                [1 if month in {0, 4, 8} and month < months else 0 for month in range(12)], by=by, at=at,
            )  # fmt: skip
            spent = [4_250_000 * number if month < months else 0 for month in range(12)]
            record_budget(year, spm_type, 60_000_000 * number, spent, by=by, at=at)
