"""Invented worlds of street intake: a register of persons, later intakes of some of them and of strangers, the truth.

``python -m bench.matching.worlds --persons 20000 --queries 8000 --unknown 1600 --seed 7 --noise 1.35 --out DIR``

The columns are those of ``rangkul match``. Nobody in it lives: names are combined from ``names.py``, places from the
national list, and every NIK ends in 9xxx, a serial that no kecamatan reaches on one day, so that no real number is hit
while the number still says where and when somebody was registered. The same seed gives the same world.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Final, TypeAlias

from bench.matching import marks, names
from bench.matching.noise import (
    broken,
    heard_wrongly,
    old_spelling,
    part_of_number,
    short_form,
    slip,
    wrong_digits,
)
from bench.matching.places import MARKET_TOWNS, Country, Regency, country, town_of_finding

COLUMNS: Final = (
    "name", "alias", "sex", "birth_date", "age_est", "recorded_on", "origin_text", "origin_code", "mother_name",
    "father_name", "nik", "marks", "found_code",
)  # fmt: skip
CHUNK: Final = 20_000
FIRST_DAY: Final = date(2018, 1, 1).toordinal()
LAST_REGISTERED: Final = date(2024, 12, 31).toordinal()
LAST_DAY: Final = date(2026, 10, 31).toordinal()
YEAR: Final = 365.25


@dataclass(frozen=True)
class Setting:
    """What a world is made of; the same setting gives the same world."""

    persons: int = 20_000
    queries: int = 8_000
    unknown: int = 1_600
    seed: int = 1
    noise: float = 1.0

    @property
    def name(self) -> str:
        """Short, for tables."""
        return f"{self.persons // 1000}k-{self.seed}-{self.noise:g}"


HARDER: Final = Setting(20_000, 8_000, 1_600, 41, 1.2)
"""The harder set: another seed, more noise than ``identity-dev`` (whose kind is noise 1.0)."""


@dataclass(slots=True)
class Person:
    """The truth about one invented person."""

    entity: str
    sex: str
    born: int
    regency: Regency
    district: int
    village: int
    words: tuple[str, ...]
    mother: tuple[str, ...]
    father: tuple[str, ...]
    nik: str
    marks: tuple[tuple[int, str], ...]
    street: str
    call: str
    town: str
    household: int = -1


# People


def _given(rng: Random, sex: str, year: int, culture: str) -> str:
    if year < 1965:
        old, pious = 0.66, 0.9
    elif year < 1982:
        old, pious = 0.46, 0.78
    elif year < 1998:
        old, pious = 0.2, 0.56
    else:
        old, pious = 0.06, 0.5
    chance = rng.random()
    if chance < old:
        return names.TRADITIONAL[culture, sex].pick(rng)
    return (names.ARABIC if chance < pious else names.MODERN)[sex].pick(rng)


def _count_of_words(rng: Random, year: int) -> int:
    if year < 1970:
        shares = (0.6, 0.9, 0.98)
    elif year < 1985:
        shares = (0.44, 0.8, 0.97)
    elif year < 1998:
        shares = (0.22, 0.6, 0.93)
    else:
        shares = (0.1, 0.42, 0.88)
    chance = rng.random()
    return 1 + sum(chance >= share for share in shares)


def full_name(rng: Random, sex: str, year: int, culture: str) -> tuple[str, ...]:
    """The words of a name, as a person of that sex, year and origin may bear it."""
    count = _count_of_words(rng, year)
    words: list[str] = []
    if sex == "L" and count > 1 and rng.random() < (0.27 if year < 1985 else 0.4):
        first = names.MUHAMMAD if rng.random() < 0.78 else names.AHMAD
        words.append(first[int(rng.random() * len(first))])
    elif sex == "P" and count > 1 and rng.random() < 0.12:
        words.append(("Siti", "Sri", "Nur", "Siti", "Dewi")[int(rng.random() * 5)])
    while len(words) < count:
        later = bool(words) and words[0] not in names.MUHAMMAD
        words.append(names.SECOND[sex].pick(rng) if later else _given(rng, sex, year, culture))
    if culture == "batak" and rng.random() < 0.4:
        words.append(names.CLAN.pick(rng))
    return tuple(dict.fromkeys(words))


def _nik(rng: Random, sex: str, born: int, regency: Regency, district: int) -> str:
    if rng.random() < 0.02:  # registered elsewhere
        district = int(rng.random() * len(regency.districts))
    day = date.fromordinal(born)
    number = day.day + (40 if sex == "P" else 0)
    serial = 9001 + min(int(rng.expovariate(0.45)), 60)
    return f"{regency.districts[district][0].replace('.', '')}{number:02d}{day:%m%y}{serial}"


def _birthday(rng: Random) -> int:
    """Ages of people met in the street: few small children, most between 20 and 60."""
    age = rng.gauss(38, 23)
    age = min(age if age > 0 else rng.random() * 16, 94)
    return int(date(2023, 1, 1).toordinal() - age * YEAR - rng.random() * 365)


def _call(rng: Random, words: tuple[str, ...]) -> str:
    """What the person is called by friends: one word of the name, often cut."""
    word = _one_word(rng, words)
    return short_form(rng, word) if rng.random() < 0.5 else word


def _single(rng: Random, land: Country, *, sex: str = "", born: int = 0) -> Person:
    regency = land.home(rng)
    district = int(rng.random() * len(regency.districts))
    culture = names.culture_of(regency.code)
    if rng.random() < 0.12:
        culture = "java"
    sex = sex or ("L" if rng.random() < 0.615 else "P")
    born = born or _birthday(rng)
    year = date.fromordinal(born).year
    words = full_name(rng, sex, year, culture)
    return Person(
        "",
        sex,
        born,
        regency,
        district,
        int(rng.random() * max(len(regency.districts[district][2]), 1)),
        words,
        full_name(rng, "P", year - 45, culture),
        full_name(rng, "L", year - 48, culture),
        _nik(rng, sex, born, regency, district),
        marks.some(rng),
        names.STREET_NAMES.pick(rng) if rng.random() < 0.3 else "",
        _call(rng, words),
        town_of_finding(rng),
    )


def _relative(rng: Random, land: Country, head: Person, kind: str) -> Person:
    """A sibling, a twin or a child of somebody: same home, same mother (or she is the mother)."""
    born = head.born
    if kind == "sibling":
        born += int((1 if rng.random() < 0.5 else -1) * (1 + rng.random() * 9) * YEAR)
    elif kind == "child":
        born = min(head.born + int((17 + rng.random() * 18) * YEAR), LAST_REGISTERED - 60)
    sex = head.sex if kind == "twin" and rng.random() < 0.6 else ("L" if rng.random() < 0.5 else "P")
    other = _single(rng, land, sex=sex, born=min(born, LAST_REGISTERED - 30))
    other.regency, other.district, other.village = head.regency, head.district, head.village
    culture = names.culture_of(head.regency.code)
    other.words = full_name(rng, sex, date.fromordinal(other.born).year, culture)
    if kind == "twin" and len(other.words) > 1 and rng.random() < 0.6:
        other.words = (*other.words[:-1], head.words[-1])
    other.call = _call(rng, other.words)
    other.mother = head.words if kind == "child" else head.mother
    other.father = other.father if kind == "child" else head.father
    other.nik = _nik(rng, sex, other.born, head.regency, head.district)
    if rng.random() < 0.5:
        other.town = head.town
    return other


def households(rng: Random, land: Country) -> Iterator[list[Person]]:
    """People one by one or with brothers, sisters, twins or children, without end."""
    while True:
        chance = rng.random()
        if chance < 0.87:
            yield [_single(rng, land)]
            continue
        kind = "sibling" if chance < 0.94 else "twin" if chance < 0.955 else "child"
        mother = {"sex": "P", "born": _birthday(rng) - int(12 * YEAR)} if kind == "child" else {}
        head = _single(rng, land, **mother)  # type: ignore[arg-type]
        size = 1 if kind == "twin" else 1 + int(rng.random() * 1.5)
        yield [head, *(_relative(rng, land, head, kind) for _ in range(size))]


# What is written of them


@dataclass(frozen=True)
class Rates:
    """How often a field is filled, and how a name is written, in one kind of record."""

    kinds: tuple[tuple[str, float], ...]
    date: float
    no_age: float
    sex: float
    sex_wrong: float
    origin: float
    code: float
    depth: tuple[float, float, float]
    mother: float
    father: float
    nik: float
    marks: float
    alias: float


REGISTER: Final = Rates(
    (("full", 0.42), ("variant", 0.27), ("token", 0.14), ("nick", 0.08), ("broken", 0.06), ("initials", 0.03)),
    0.43, 0.02, 0.995, 0.004, 0.9, 0.78, (0.03, 0.28, 0.22), 0.55, 0.255, 0.545, 0.42, 0.42,
)  # fmt: skip
INTAKE: Final = Rates(
    (("full", 0.25), ("variant", 0.29), ("nick", 0.187), ("token", 0.178), ("broken", 0.08), ("alias_only", 0.015)),
    0.175, 0.045, 0.984, 0.008, 0.78, 0.64, (0.1, 0.52, 0.18), 0.365, 0.09, 0.425, 0.29, 0.27,
)  # fmt: skip


def _chosen(rng: Random, kinds: tuple[tuple[str, float], ...], noise: float) -> str:
    chance = rng.random()
    if noise != 1.0:  # less is written in full, in proportion
        full = kinds[0][1] / noise
        if chance < full:
            return "full"
        chance = kinds[0][1] + (chance - full) * (1 - kinds[0][1]) / (1 - full)
    for kind, share in kinds:
        if chance < share:
            return kind
        chance -= share
    return kinds[-1][0]


def _variant(rng: Random, words: tuple[str, ...], noise: float) -> list[str]:
    made = []
    for word in words:
        chance = rng.random()
        if chance < 0.12:
            made.append(old_spelling(word))
        elif chance < 0.12 + 0.68 * noise:
            made.append(heard_wrongly(rng, word, 1 + (rng.random() < 0.35 * noise) + (rng.random() < 0.1)))
        else:
            made.append(word)
    if len(made) > 1 and rng.random() < 0.12:
        made.pop(int(rng.random() * len(made)))
    return made


def _one_word(rng: Random, words: tuple[str, ...]) -> str:
    telling = [word for word in words if word not in names.MUHAMMAD] or list(words)
    return telling[int(rng.random() * len(telling))]


def written_name(rng: Random, person: Person, kind: str, noise: float) -> list[str]:
    """The name in one of the ways of being written."""
    words = person.words
    if kind == "variant":
        return _variant(rng, words, noise)
    if kind == "broken" and rng.random() < 0.78:
        return _broken(rng, words)
    if kind in {"token", "nick"}:
        word = _one_word(rng, words)
        if kind == "nick" and rng.random() < 0.6:
            word = short_form(rng, word)
        return [heard_wrongly(rng, word, 1) if rng.random() < 0.3 * noise else word]
    if kind == "alias_only":
        return [person.street or short_form(rng, _one_word(rng, words))]
    if len(words) > 1 and (kind == "initials" or (len(words) > 2 and rng.random() < 0.06)):
        return [words[0], *(word[0] for word in words[1:])]
    return list(words)


def _broken(rng: Random, words: tuple[str, ...]) -> list[str]:
    made = [broken(rng, word) if rng.random() < 0.7 else heard_wrongly(rng, word, 1) for word in words]
    kept = made if rng.random() < 0.5 else made[: 1 + int(rng.random() * len(made))]
    return ["".join(kept).capitalize()] if rng.random() < 0.15 else kept


def _name(rng: Random, person: Person, kind: str, noise: float, father: str) -> str:
    words = written_name(rng, person, kind, noise)
    made = " ".join(words)
    chance = rng.random()
    if chance < 0.075:
        before = names.MEN_BEFORE if person.sex == "L" else names.WOMEN_BEFORE
        made = f"{before[int(rng.random() * len(before))]} {made}"
    elif chance < 0.083:
        made = f"{made}, {names.TITLES[int(rng.random() * len(names.TITLES))]}"
    if father and rng.random() < 0.09:
        made = f"{made} {'bin' if person.sex == 'L' else 'binti'} {father}"
    return made


def _parent(rng: Random, words: tuple[str, ...], sex: str, noise: float) -> str:
    chance = rng.random()
    if chance < 0.36 / noise:
        made = " ".join(words)
    elif chance < 0.73:
        made = " ".join(_variant(rng, words, noise))
    elif chance < 0.95:
        made = _one_word(rng, words)
        if rng.random() < 0.4:
            made = short_form(rng, made)
    else:
        made = " ".join(broken(rng, word) for word in words[:2])
    if rng.random() < 0.1:
        before = names.MEN_BEFORE if sex == "L" else names.WOMEN_BEFORE
        made = f"{before[int(rng.random() * len(before))]} {made}"
    return made


def _born(rng: Random, person: Person, when: int, rates: Rates, noise: float) -> tuple[str, str]:
    """Birth date or estimated age; a date may be a year only, or wrong in one digit."""
    if rng.random() < rates.date:
        day = date.fromordinal(person.born)
        return _written_date(rng, day, noise), ""
    if rng.random() < rates.no_age:
        return "", ""
    years = max((when - person.born) / YEAR, 0.5)
    guess = years + rng.gauss(0, (0.4 + 0.067 * years) * noise**0.5) if rng.random() < 0.85 else years
    if guess >= 20 and rng.random() < 0.47:
        guess = 5 * round(guess / 5)
    return "", str(max(int(guess), 1))


def _written_date(rng: Random, day: date, noise: float) -> str:
    chance = rng.random()
    if chance < 0.19:
        month, dom = ((1, 1), (12, 31), (1, 1), (12, 31), (7, 1))[int(rng.random() * 4.35)]
        year = day.year if rng.random() < 0.75 else day.year + (1 if rng.random() < 0.5 else -1)
        return f"{year}-{month:02d}-{dom:02d}"
    wrong = 0.11 * noise
    if chance < 0.19 + wrong:
        what = rng.random()
        if what < 0.3:
            return f"{day.year + (10 if rng.random() < 0.5 else -10)}-{day.month:02d}-{day.day:02d}"
        if what < 0.55:
            return f"{day.year + (1 if rng.random() < 0.5 else -1)}-{day.month:02d}-{day.day:02d}"
        if what < 0.7 and day.day <= 12:
            return f"{day.year}-{day.day:02d}-{day.month:02d}"
        return f"{day.year}-{day.month:02d}-{1 + int(rng.random() * 28):02d}"
    return day.isoformat()


def _origin(rng: Random, person: Person, rates: Rates, noise: float, land: Country) -> tuple[str, str]:
    if rng.random() >= rates.origin / noise**0.15:
        return "", ""
    regency, district, village = person.regency, person.district, person.village
    if rng.random() < 0.05 * noise:  # says another place: where the family lives now, or a name heard wrongly
        near = land.by_province[regency.code[:2]]
        regency = near[int(rng.random() * len(near))] if rng.random() < 0.7 else land.home(rng)
        district, village = int(rng.random() * len(regency.districts)), 0
    code_of, said = _place_words(rng, regency, district, village, rates)
    text = slip(rng, said) if rng.random() < 0.055 * noise else said
    return text, code_of if rng.random() < rates.code else ""


def _place_words(rng: Random, regency: Regency, district: int, village: int, rates: Rates) -> tuple[str, str]:
    """Code and words, as deep as it was said."""
    chance = rng.random()
    province, kabupaten, kecamatan = rates.depth
    if chance < province:
        return regency.code[:2], regency.province
    code, name, inside = regency.districts[district]
    if chance < province + kabupaten or not inside or regency.code[0] != "3":
        if regency.code in MARKET_TOWNS and rng.random() < 0.18:
            return regency.code, MARKET_TOWNS[regency.code]
        return (
            regency.code,
            regency.name if regency.is_town or rng.random() < 0.72 else f"Kab. {regency.name}",
        )
    if chance < province + kabupaten + kecamatan:
        return code, name if rng.random() < 0.45 else f"{name}, {regency.name}"
    full, place = inside[village % len(inside)]
    before = ("Desa ", "Ds. ", "Kel. ", "")[int(rng.random() * 4)]
    after = (", " + name + ", " + regency.name, ", " + regency.name, ", " + name, "")[int(rng.random() * 4)]
    return full, f"{before}{place}{after}"


def _number(rng: Random, person: Person, noise: float) -> str:
    chance = rng.random()
    if chance < 0.23 * noise:
        return wrong_digits(rng, person.nik)
    if chance < 0.35 * noise:
        return part_of_number(rng, person.nik)
    if chance < 0.38 * noise:
        return "".join(str(int(rng.random() * 10)) for _ in range(12)) + f"9{int(rng.random() * 1000):03d}"
    return person.nik


def _alias(rng: Random, person: Person, kind: str) -> str:
    if person.street and kind != "alias_only" and rng.random() < 0.55:
        return person.street
    return person.call if rng.random() < 0.6 else _call(rng, person.words)


def observe(
    rng: Random, person: Person, when: int, rates: Rates, noise: float, land: Country
) -> tuple[str, list[str]]:
    """One record of a person: how the name was written, and the columns."""
    kind = _chosen(rng, rates.kinds, noise)
    less = noise**0.15
    father = _parent(rng, person.father, "L", noise) if rng.random() < max(rates.father, 0.2) / less else ""
    name = _name(rng, person, kind, noise, father)
    born, age = _born(rng, person, when, rates, noise)
    text, code = _origin(rng, person, rates, noise, land)
    sex = person.sex if rng.random() >= rates.sex_wrong * noise else ("P" if person.sex == "L" else "L")
    seen = [marks.described(rng, mark, noise) for mark in person.marks if rng.random() < 0.75]
    return kind, [
        name,
        _alias(rng, person, kind) if rng.random() < rates.alias / less else "",
        sex if rng.random() < rates.sex else "",
        born,
        age,
        date.fromordinal(when).isoformat(),
        text,
        code,
        _parent(rng, person.mother, "P", noise) if rng.random() < rates.mother / less else "",
        father if rng.random() < rates.father / max(rates.father, 0.2) else "",
        _number(rng, person, noise) if rng.random() < rates.nik / less else "",
        "; ".join(seen) if rng.random() < rates.marks * 1.15 / less else "",
        person.town if rates is REGISTER or rng.random() < 0.76 else town_of_finding(rng),
    ]


# Worlds


@dataclass(frozen=True)
class Part:
    """One share of a world, made on its own so that shares can be made at once."""

    number: int
    persons: int
    known: int
    unknown: int


def parts(setting: Setting) -> list[Part]:
    """The shares of a world; where they end does not depend on how many are made at once."""
    count = max(1, -(-setting.persons // CHUNK))
    known = setting.queries - setting.unknown

    def share(total: int, number: int) -> int:
        return total * (number + 1) // count - total * number // count

    return [
        Part(number, share(setting.persons, number), share(known, number), share(setting.unknown, number))
        for number in range(count)
    ]


@lru_cache(maxsize=1)
def _land() -> Country:
    return country()


def _people(rng: Random, land: Country, part: Part, extra: int) -> list[Person]:
    made: list[Person] = []
    for number, household in enumerate(households(rng, land)):
        for person in household:
            person.household = number if len(household) > 1 else -1
        made.extend(household)
        if len(made) >= part.persons + extra:
            break
    del made[part.persons + extra :]
    for number, person in enumerate(made):
        person.entity = f"E{part.number:03d}{number:05d}"
    return made


def _visits(rng: Random, total: int) -> list[int]:
    """How often people come again, one number per person, ``total`` together: most once, few up to six times."""
    made: list[int] = []
    left = total
    while left:
        times = 1
        while times < min(6, left) and rng.random() < 0.27:
            times += 1
        made.append(times)
        left -= times
    return made


Made: TypeAlias = tuple[list[list[str]], list[list[str]]]


def _home(part: Part, person: Person) -> str:
    return f"H{part.number:03d}{person.household:05d}" if person.household >= 0 else ""


def make_part(setting: Setting, part: Part) -> Made:
    """Register rows with their household; intake rows with row number of the person (or nothing), entity, kind, household."""
    rng, land = Random(f"{setting.seed}:{setting.persons}:{part.number}"), _land()
    visits = _visits(rng, part.unknown)
    strangers = len(visits)
    people = _people(rng, land, part, strangers)
    rng.shuffle(people)
    outside, inside = people[:strangers], people[strangers:]
    register: list[list[str]] = []
    registered: list[int] = []
    for person in inside:
        when = _first_met(rng, person)
        registered.append(when)
        register.append([_home(part, person), *observe(rng, person, when, REGISTER, setting.noise, land)[1]])
    intakes: list[list[str]] = []

    def come(person: Person, after: int, known_as: str, times: int) -> None:
        for _ in range(times):
            when = min(after + 30 + int(rng.expovariate(1 / 430)), LAST_DAY)
            kind, row = observe(rng, person, when, INTAKE, setting.noise, land)
            intakes.append([known_as, person.entity, kind, _home(part, person), *row])

    for times in _visits(rng, part.known):
        at = int(rng.random() * len(inside))
        come(inside[at], registered[at], str(at), times)
    for person, times in zip(outside, visits, strict=True):
        come(person, _first_met(rng, person), "", times)
    return register, intakes


def _first_met(rng: Random, person: Person) -> int:
    return max(
        int(FIRST_DAY + rng.random() * (LAST_REGISTERED - FIRST_DAY)), min(person.born + 30, LAST_REGISTERED)
    )


def write(setting: Setting, folder: Path, jobs: int = 1) -> dict[str, object]:
    """Write persons.csv, queries.csv, truth.csv, households.csv and world.json; returns what world.json says."""
    folder.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    intakes: list[list[str]] = []
    homes: list[tuple[str, str]] = []
    with (folder / "persons.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("person_id", *COLUMNS))
        number = 0
        for register, came in _all_parts(setting, jobs):
            rows.writerows((f"P{number + at + 1:07d}", *row[1:]) for at, row in enumerate(register))
            homes.extend((f"P{number + at + 1:07d}", row[0]) for at, row in enumerate(register) if row[0])
            intakes.extend([f"P{number + int(row[0]) + 1:07d}" if row[0] else "", *row[1:]] for row in came)
            number += len(register)
    Random(f"{setting.seed}:order").shuffle(intakes)
    _write_intakes(folder, intakes, homes)
    said: dict[str, object] = {
        **asdict(setting),
        "places": _land().source,
        "seconds": round(time.monotonic() - began, 1),
    }
    (folder / "world.json").write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    return said


def _all_parts(setting: Setting, jobs: int) -> Iterator[Made]:
    shares = parts(setting)
    if jobs < 2 or len(shares) < 2:
        yield from (make_part(setting, part) for part in shares)
        return
    with ProcessPoolExecutor(jobs) as workers:
        yield from workers.map(make_part, [setting] * len(shares), shares)


def _write_intakes(folder: Path, intakes: list[list[str]], homes: list[tuple[str, str]]) -> None:
    with (
        (folder / "queries.csv").open("w", encoding="utf-8", newline="") as asked,
        (folder / "truth.csv").open("w", encoding="utf-8", newline="") as answers,
        (folder / "households.csv").open("w", encoding="utf-8", newline="") as families,
    ):
        queries, truth, household = (
            csv.writer(file, lineterminator="\n") for file in (asked, answers, families)
        )
        queries.writerow(("query_id", *COLUMNS))
        truth.writerow(("query_id", "person_id", "entity_id", "name_kind"))
        household.writerow(("record_id", "household"))
        household.writerows(homes)
        for number, (person, entity, kind, home, *row) in enumerate(intakes, 1):
            queries.writerow((f"Q{number:06d}", *row))
            truth.writerow((f"Q{number:06d}", person, entity, kind))
            if home:
                household.writerow((f"Q{number:06d}", home))


def main() -> None:
    """Write one world."""
    ask = argparse.ArgumentParser(prog="python -m bench.matching.worlds", description=__doc__)
    ask.add_argument("--persons", type=int, default=HARDER.persons)
    ask.add_argument("--queries", type=int, default=0, help="default: 8,000, at most two for five persons")
    ask.add_argument("--unknown", type=int, default=-1, help="default: a fifth of the queries")
    ask.add_argument("--seed", type=int, default=HARDER.seed)
    ask.add_argument("--noise", type=float, default=HARDER.noise, help="1.0 as identity-dev; more is harder")
    ask.add_argument("--jobs", type=int, default=1)
    ask.add_argument("--out", type=Path, required=True)
    given = ask.parse_args()
    queries = given.queries or min(8_000, given.persons * 2 // 5)
    unknown = given.unknown if given.unknown >= 0 else queries // 5
    setting = Setting(given.persons, queries, unknown, given.seed, given.noise)
    print(json.dumps(write(setting, given.out, given.jobs)))


if __name__ == "__main__":
    main()
