"""Where the invented people come from: the national list of ``idn-area-data`` where it is installed, else invented."""

from __future__ import annotations

import csv
import itertools
from bisect import bisect
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
NATIONAL: Final = ROOT / "node_modules" / "idn-area-data" / "data"

WEIGHT_OF_PROVINCE: Final[dict[str, float]] = {
    "35": 31.0, "33": 25.5, "32": 21.0, "36": 6.0, "31": 4.8, "34": 2.5, "16": 2.9, "18": 1.9, "73": 1.8, "52": 1.3,
    "12": 0.9, "14": 0.9, "13": 0.7, "51": 0.6, "63": 0.5, "61": 0.45, "17": 0.45, "64": 0.4, "11": 0.3,
}  # fmt: skip
"""Who stands in the streets of Java's towns: mostly people of Java. Every province not named weighs 0.15."""

CITIES: Final[dict[str, float]] = {
    "31.75": 9.0, "35.78": 8.5, "31.73": 8.0, "32.73": 7.4, "32.75": 7.6, "31.74": 7.0, "31.72": 5.8, "36.71": 5.2,
    "32.76": 5.2, "33.74": 5.0, "36.74": 4.0, "32.71": 3.4, "31.71": 3.0, "35.73": 2.6, "32.78": 2.0, "36.73": 2.0,
    "33.72": 1.7, "32.77": 1.6, "36.72": 1.4, "34.71": 1.2, "32.72": 1.1, "35.71": 0.9, "33.75": 0.8, "32.74": 0.8,
    "32.79": 0.7, "33.76": 0.5, "35.74": 0.5, "35.76": 0.4, "33.73": 0.4, "35.77": 0.4, "35.79": 0.4, "33.71": 0.4,
    "35.72": 0.3, "35.75": 0.3,
}  # fmt: skip
"""The towns in which people are met, by how many are."""

MARKET_TOWNS: Final[dict[str, str]] = {
    "33.15": "Purwodadi", "33.02": "Purwokerto", "33.08": "Muntilan", "33.22": "Ungaran", "33.28": "Slawi", "33.16": "Cepu",
    "33.29": "Bumiayu", "33.27": "Comal", "33.17": "Lasem", "33.18": "Juwana", "33.24": "Weleri", "33.05": "Gombong",
    "33.10": "Delanggu", "33.01": "Majenang", "33.25": "Limpung", "33.07": "Sapuran", "34.03": "Wonosari", "34.01": "Wates",
    "35.07": "Kepanjen", "35.10": "Genteng", "35.09": "Ambulu", "35.05": "Wlingi", "35.17": "Ploso", "35.14": "Bangil",
    "35.16": "Mojosari", "35.19": "Caruban", "35.18": "Kertosono", "35.06": "Pare", "35.11": "Klabang", "35.13": "Kraksaan",
    "32.01": "Cibinong", "32.02": "Pelabuhan Ratu", "32.04": "Soreang", "32.05": "Cibatu", "32.07": "Kawali",
    "32.09": "Sumber", "32.12": "Jatibarang", "32.13": "Pamanukan", "32.15": "Rengasdengklok", "32.16": "Cikarang",
    "32.06": "Singaparna", "32.17": "Padalarang", "32.18": "Banjarsari", "36.03": "Tigaraksa", "36.01": "Labuan",
}  # fmt: skip
"""The town that people name instead of the regency."""


@dataclass(frozen=True, slots=True)
class Regency:
    """A kabupaten or kota, as spoken, with its kecamatan and their desa."""

    code: str
    name: str
    province: str
    districts: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]

    @property
    def is_town(self) -> bool:
        """Kota, written before the name."""
        return self.code[3] == "7" and self.province != "DKI Jakarta"


@dataclass(frozen=True)
class Country:
    """The regencies of one list, with how many people come from each."""

    source: str
    regencies: tuple[Regency, ...]
    sums: tuple[float, ...]
    by_province: dict[str, tuple[Regency, ...]]

    def home(self, rng: Random) -> Regency:
        """Where somebody comes from."""
        return self.regencies[bisect(self.sums, rng.random() * self.sums[-1])]


_CITY_CODES: Final = tuple(CITIES)
_CITY_SUMS: Final = tuple(itertools.accumulate(CITIES.values()))


def town_of_finding(rng: Random) -> str:
    """The town in which somebody is met."""
    return _CITY_CODES[bisect(_CITY_SUMS, rng.random() * _CITY_SUMS[-1])]


def country() -> Country:
    """The national list where ``make setup`` has brought it, else an invented one of the same shape."""
    return _national() if (NATIONAL / "regencies.csv").is_file() else invented()


def _rows(name: str) -> list[dict[str, str]]:
    with (NATIONAL / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _national() -> Country:
    provinces = {row["code"]: row["name"].title().replace("Dki", "DKI") for row in _rows("provinces.csv")}
    villages: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in _rows("villages.csv"):
        villages[row["district_code"]].append((row["code"], row["name"]))
    districts: dict[str, list[tuple[str, str, tuple[tuple[str, str], ...]]]] = defaultdict(list)
    for row in _rows("districts.csv"):
        districts[row["regency_code"]].append((row["code"], row["name"], tuple(villages[row["code"]])))
    made = [
        Regency(
            row["code"], _spoken(row["name"]), provinces[row["province_code"]], tuple(districts[row["code"]])
        )
        for row in _rows("regencies.csv")
        if districts[row["code"]]
    ]
    return _weighed("idn-area-data", made)


def _spoken(name: str) -> str:
    words = name.replace("KABUPATEN ", "").replace("KOTA ADMINISTRASI ", "").replace("ADMINISTRASI ", "")
    return words.title()


def _weighed(source: str, made: list[Regency]) -> Country:
    of_province: dict[str, list[Regency]] = defaultdict(list)
    for each in made:
        of_province[each.code[:2]].append(each)
    size = {each.code: sum(len(district[2]) for district in each.districts) ** 0.6 + 3 for each in made}
    total = {code: sum(size[each.code] for each in inside) for code, inside in of_province.items()}
    weights = [
        WEIGHT_OF_PROVINCE.get(each.code[:2], 0.15) * size[each.code] / total[each.code[:2]] for each in made
    ]
    return Country(
        source,
        tuple(made),
        tuple(itertools.accumulate(weights)),
        {code: tuple(inside) for code, inside in of_province.items()},
    )


_SYLLABLES: Final = """
su ka ra ma ja ti ba du lo wi no pa sa ke gu mu ci le tan ban jur bar wan lim sum ber ha re jo
"""


def invented(seed: int = 62) -> Country:
    """A country that exists nowhere, with the codes of this one's provinces: where no list is installed."""
    rng = Random(seed)
    syllables = _SYLLABLES.split()

    def word() -> str:
        return "".join(rng.choice(syllables) for _ in range(rng.choice((2, 3, 3, 4)))).title()

    made = []
    for province in (*WEIGHT_OF_PROVINCE, "21", "62", "71", "81", "91"):
        for number in (*range(1, 19), *range(71, 77)):
            code = f"{province}.{number:02d}"
            districts = tuple(
                (
                    f"{code}.{district:02d}",
                    word(),
                    tuple((f"{code}.{district:02d}.{2000 + village}", word()) for village in range(1, 13)),
                )
                for district in range(1, 16)
            )
            name = f"Kota {word()}" if number > 70 else word()
            made.append(Regency(code, name, f"Provinsi {province}", districts))
    return _weighed("invented", made)
