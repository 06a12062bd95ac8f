"""From what people say of where they come from to Kemendagri codes, and back.

The national list comes from the package ``idn-area-data`` at set-up (``tools/assets.py`` lays it into ``build/regions``;
its data are ODbL and stay out of the repository). Without it codes are still compared and market towns known.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

from rapidfuzz import fuzz, process
from rapidfuzz.distance import JaroWinkler

REGIONS: Final = Path(__file__).resolve().parents[4] / "build" / "regions"
MARKET_TOWNS: Final[dict[str, str]] = {
    "purwodadi": "33.15", "purwokerto": "33.02", "muntilan": "33.08", "mungkid": "33.08", "ungaran": "33.22",
    "ambarawa": "33.22", "slawi": "33.28", "cepu": "33.16", "bumiayu": "33.29", "lasem": "33.17", "juwana": "33.18",
    "weleri": "33.24", "gombong": "33.05", "delanggu": "33.10", "majenang": "33.01", "kroya": "33.01", "limpung": "33.25",
    "parakan": "33.23", "kartasura": "33.11", "prambanan": "34.04", "wates": "34.01", "wonosari": "34.03",
    "kepanjen": "35.07", "lawang": "35.07", "genteng": "35.10", "ambulu": "35.09", "wlingi": "35.05", "ploso": "35.17",
    "bangil": "35.14", "mojosari": "35.16", "caruban": "35.19", "kertosono": "35.18", "pare": "35.06", "kraksaan": "35.13",
    "cibinong": "32.01", "pelabuhan ratu": "32.02", "palabuhanratu": "32.02", "soreang": "32.04", "cibatu": "32.05",
    "kawali": "32.07", "sumber": "32.09", "jatibarang": "32.12", "pamanukan": "32.13", "rengasdengklok": "32.15",
    "cikarang": "32.16", "singaparna": "32.06", "padalarang": "32.17", "ngamprah": "32.17", "tigaraksa": "36.03",
    "labuan": "36.01", "rangkasbitung": "36.02", "jogja": "34.71", "yogya": "34.71", "solo": "33.72",
}  # fmt: skip
"""Towns that people name instead of their regency (house/identity.md 3), and short names of cities."""

_KIND: Final = re.compile(
    r"^(kab(?:upaten)?|kota(?: adm(?:inistrasi)?)?|adm|kodya|kec(?:amatan)?|kel(?:urahan)?|desa|ds|dsn|dusun|dk)\b\.?\s*"
)
_BETWEEN: Final = re.compile(r"[,;/]")
_PLAIN: Final = re.compile(r"[^a-z ]+")
_DIGITS: Final = re.compile(r"\D+")
_NEAR: Final = 0.92
_FIRST_TOWN: Final = 71
"""Towns (kota) of a province count from 71."""
MOST_CHARS: Final = 120
_DISTRICT: Final = 6
"""Digits of a district; between it and a village there is nothing."""
_LONG: Final = 4
"""Shorter names are only the same or not."""
_JAVA: Final = range(31, 37)


def code_number(code: str) -> int:
    """A Kemendagri code at whatever level as ten digits, zeros where nothing is known: ``33.15.14`` → 3315140000."""
    digits = _DIGITS.sub("", code)[:10]
    if len(digits) not in {2, 4, 6, 10}:
        digits = digits[: _DISTRICT if len(digits) > _DISTRICT else len(digits) // 2 * 2]
    return int(digits.ljust(10, "0")) if digits else 0


def code_text(number: int) -> str:
    """The code of ten digits as it is written, without the levels that are not known."""
    digits = f"{number:010d}"
    parts = [digits[:2], digits[2:4], digits[4:6], digits[6:]]
    return ".".join(part for at, part in enumerate(parts) if any(int(each) for each in parts[at:]))


def plain(text: str) -> str:
    """Lower case, letters and single spaces."""
    return " ".join(_PLAIN.sub(" ", text.lower()).split())


@dataclass
class Gazetteer:
    """Names of regencies, districts and villages; each name to the codes it may mean."""

    provinces: dict[str, int] = field(default_factory=dict)
    regencies: dict[str, list[int]] = field(default_factory=dict)
    districts: dict[str, list[int]] = field(default_factory=dict)
    villages: dict[int, dict[str, int]] = field(default_factory=dict)
    by_village: dict[str, list[int]] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)

    def said(self, text: str) -> tuple[int, ...]:
        """The codes that a spoken origin may mean, best first, at most two; empty when nothing fits."""
        return _said(self, text[:MOST_CHARS])

    def name_of(self, number: int) -> str:
        """How people call the regency (or province) of a code; empty when the list is not installed."""
        return self.names.get(number // 1_000_000) or self.names.get(number // 100_000_000, "")


def _parts(text: str) -> list[tuple[str, str]]:
    """The pieces between commas, each with what it says it is (kab, kota, kec, kel, or nothing)."""
    found = []
    for piece in _BETWEEN.split(text.lower()):
        rest = " ".join(piece.replace("(", " ").replace(")", " ").split())
        kind = ""
        while match := _KIND.match(rest):
            kind, rest = match[1].rstrip("."), rest[match.end() :]
        name = plain(rest)
        if name:
            found.append((kind, name))
    return found


def _near(name: str, known: dict[str, list[int]]) -> list[int]:
    if name in known:
        return known[name]
    if len(name) < _LONG:
        return []
    # A slip in the first letter is rare, and seven thousand districts are many.
    alike = _by_letter(id(known), known).get(name[0], ())
    hit = process.extractOne(name, alike, scorer=JaroWinkler.similarity, score_cutoff=_NEAR)
    return known[hit[0]] if hit else []


_letters: dict[int, dict[str, list[str]]] = {}


def _by_letter(which: int, known: dict[str, list[int]]) -> dict[str, list[str]]:
    if which not in _letters:
        found: dict[str, list[str]] = defaultdict(list)
        for name in known:
            found[name[0]].append(name)
        _letters[which] = found
    return _letters[which]


@lru_cache(maxsize=16_384)
def _said_cached(key: int, text: str) -> tuple[int, ...]:
    return _work_out(_known[key], text)


_known: dict[int, Gazetteer] = {}


def _said(gazetteer: Gazetteer, text: str) -> tuple[int, ...]:
    _known[id(gazetteer)] = gazetteer
    return _said_cached(id(gazetteer), text)


def _work_out(here: Gazetteer, text: str) -> tuple[int, ...]:
    parts = _parts(text)
    if not parts:
        return ()
    tops = _tops(here, *parts[-1])
    if not tops and len(parts) > 1:
        parts = parts[:-1]
        tops = _tops(here, *parts[-1])
    return tuple(dict.fromkeys(_narrowed(here, top, parts[:-1]) for top in tops[:2]))


def _tops(here: Gazetteer, kind: str, name: str) -> list[int]:
    """What the last piece may mean: exactly, from the large to the small; only then nearly."""
    low = kind.startswith(("kec", "kel", "d"))
    if not low:
        if name in MARKET_TOWNS:
            return [code_number(MARKET_TOWNS[name])]
        if name in here.regencies:
            return _town_or_country(kind, here.regencies[name])
        if name in here.provinces:
            return [here.provinces[name]]
    smaller = (
        (here.by_village, here.districts)
        if kind.startswith(("kel", "d"))
        else (here.districts, here.by_village)
    )
    for known in smaller:
        if name in known:
            return known[name]
    if not low and (found := _near(name, here.regencies)):
        return _town_or_country(kind, found)
    return _near(name, here.districts)


def _town_or_country(kind: str, found: list[int]) -> list[int]:
    """Of a town and the regency around it of one name, the regency, unless the town was said."""
    towns = [each for each in found if each // 1_000_000 % 100 >= _FIRST_TOWN]
    rural = [each for each in found if each // 1_000_000 % 100 < _FIRST_TOWN]
    return (towns or rural) if kind.startswith("ko") else (rural or towns)


def _narrowed(here: Gazetteer, top: int, parts: list[tuple[str, str]]) -> int:
    """A regency narrowed by the pieces before it: a district, a village."""
    for _, name in reversed(parts):
        if top % 1_000_000 == 0:
            inside = [each for each in here.districts.get(name, ()) if each // 1_000_000 == top // 1_000_000]
            if inside:
                top = inside[0]
                continue
        level = top // 10_000 if top % 1_000_000 else top // 1_000_000
        known = here.villages.get(level, {})
        if name in known:
            return known[name]
        hit = process.extractOne(name, known.keys(), scorer=fuzz.ratio, score_cutoff=86) if known else None
        if hit:
            return known[hit[0]]
    return top


@lru_cache(maxsize=4)
def gazetteer(folder: Path = REGIONS) -> Gazetteer:
    """The national list, read once a process (about half a second)."""
    here = Gazetteer()
    if not (folder / "regencies.csv").exists():
        return here
    for row in _rows(folder / "provinces.csv"):
        here.names[int(row[0])] = row[1]
        here.provinces[plain(row[1])] = code_number(row[0])
    here.provinces |= {"jakarta": code_number("31"), "yogyakarta": code_number("34.71")}
    regencies: dict[str, list[int]] = defaultdict(list)
    for code, _, name in _rows(folder / "regencies.csv"):
        number = code_number(code)
        bare = re.sub(
            r"^(kabupaten|kota administrasi|kota|adm\.?)\s+(administrasi\s+)?", "", name, flags=re.IGNORECASE
        )
        here.names[number // 1_000_000] = name.replace("Kabupaten ", "") if name.startswith("Kab") else name
        regencies[plain(bare)].append(number)
    districts: dict[str, list[int]] = defaultdict(list)
    for code, _, name in _rows(folder / "districts.csv"):
        districts[plain(name)].append(code_number(code))
    by_village: dict[str, list[int]] = defaultdict(list)
    villages: dict[int, dict[str, int]] = defaultdict(dict)
    for code, _, name in _rows(folder / "villages.csv"):
        number, bare = code_number(code), plain(name)
        villages[number // 10_000][bare] = number
        villages[number // 1_000_000].setdefault(bare, number)
        by_village[bare].append(number)
    # Java first: that is where an unclear name most often lies for whoever is met there.
    for table in (districts, by_village):
        for codes in table.values():
            codes.sort(key=lambda each: (each // 100_000_000 not in _JAVA, each))
    here.regencies, here.districts = dict(regencies), dict(districts)
    here.villages, here.by_village = dict(villages), dict(by_village)
    return here


def _rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]
