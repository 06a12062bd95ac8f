"""What must agree among clocks, the news they listen to, and the ladder that carries what runs out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from rangkul.domain import citydata_vocabulary as words
from rangkul.domain.alarms import COUNTED
from rangkul.domain.citydata_city import City
from rangkul.domain.citydata_reading import Problem
from rangkul.domain.citydata_rows import LadderRung
from rangkul.domain.clocks import listen
from rangkul.domain.errors import N_
from rangkul.domain.events import EVENTS

CLOCKS: Final = "clocks.csv"
LADDER: Final = "ladder.csv"
NOTICES: Final = "notices.csv"
MANDATES: Final = "mandates.csv"


def limits_of_time(city: City) -> Iterator[Problem]:
    """Time limits are positive, statutory ones name their law, and the stay agrees with the limits."""
    for row in city.clocks.values():
        if row.amount < 1:
            yield Problem(CLOCKS, row.line, N_("tenggat {code} harus 1 atau lebih"), {"code": row.code})
        if row.statutory and not row.law:
            says = N_("tenggat {code} disebut menurut undang-undang, tetapi tanpa law")
            yield Problem(CLOCKS, row.line, says, {"code": row.code})
    clock, most = city.clocks.get("shelter_stay"), city.limits.get("max_shelter_days")
    if clock and most and clock.amount != most.value:
        says = N_("tenggat {code} berbeda dari batas {limit} di city.toml")
        yield Problem(CLOCKS, clock.line, says, {"code": clock.code, "limit": most.code})


def listening(city: City) -> Iterator[Problem]:
    """Every word of the three news columns names news that somebody tells."""
    for row in city.clocks.values():
        for column in ("trigger", "met_by", "dropped_by"):
            for word in getattr(row, column):
                yield from _news(CLOCKS, row.line, column, word)
        if not row.trigger:
            yield Problem(CLOCKS, row.line, N_("tenggat {code} tanpa trigger"), {"code": row.code})
        if (row.pause_law or row.extend_law) and not row.statutory:
            says = N_("{code}: pause_law dan extend_law hanya untuk tenggat menurut undang-undang")
            yield Problem(CLOCKS, row.line, says, {"code": row.code})
        if row.is_fixed and row.dropped_by:
            says = N_("{code}: tinjauan akses darurat tidak dapat digugurkan (dropped_by kosong)")
            yield Problem(CLOCKS, row.line, says, {"code": row.code})


def _news(file: str, line: int, column: str, word: str) -> Iterator[Problem]:
    facts = {"column": column, "word": word}
    try:
        heard = listen(word)
    except ValueError:
        says = N_("{column}: “{word}” bukan nama peristiwa (contoh: case.opened?is_minor)")
        yield Problem(file, line, says, facts)
        return
    if heard.news not in EVENTS:
        yield Problem(file, line, N_("{column}: peristiwa “{word}” tidak dikenal"), facts)


def ladders(city: City) -> Iterator[Problem]:
    """Every clock has a ladder; a ladder goes up and later, and ends above the post itself."""
    names = {row.ladder for row in city.ladder}
    for clock in city.clocks.values():
        if clock.ladder not in names:
            says = N_("ladder “{word}” tidak ada di ladder.csv")
            yield Problem(CLOCKS, clock.line, says, {"word": clock.ladder})
    for name in sorted(names):
        yield from _goes_up(name, [row for row in city.rungs(name) if row.rung in words.RUNGS])


def _goes_up(name: str, rows: list[LadderRung]) -> Iterator[Problem]:
    facts = {"name": name}
    if all(row.rung == words.RUNGS[0] for row in rows):
        yield Problem(LADDER, 0, N_("tangga {name} tidak sampai ke atasan"), facts)
    for row in rows:
        if min(row.after_percent, row.after_hours) < 0:
            yield Problem(LADDER, row.line, N_("tangga {name}: angka negatif"), facts)
    for below, above in pairwise(rows):
        facts = {"name": name, "rung": above.rung}
        if words.RUNGS.index(above.rung) <= words.RUNGS.index(below.rung):
            says = N_("tangga {name}: {rung} harus di atas anak tangga sebelumnya")
            yield Problem(LADDER, above.line, says, facts)
        elif (above.after_percent, above.after_hours) < (below.after_percent, below.after_hours):
            says = N_("tangga {name}: {rung} lebih cepat dari anak tangga sebelumnya")
            yield Problem(LADDER, above.line, says, facts)


def notices(city: City) -> Iterator[Problem]:
    """Notices listen to news that somebody tells, and name posts or roles that there are."""
    for row in city.notices.values():
        for word in row.trigger:
            yield from _news(NOTICES, row.line, "trigger", word)
        for name in row.to:
            role = name.removeprefix("role:")
            if role != name and role not in city.roles:
                says = N_("to: “{word}” tidak ada di roles.toml")
                yield Problem(NOTICES, row.line, says, {"word": role})


def alarms(city: City) -> Iterator[Problem]:
    """Numbers of an alarm are not negative, and a rule that counts says within which time."""
    for row in city.alarms.values():
        if min(row.most, row.minutes) < 0 or (row.code in COUNTED and not (row.most and row.minutes)):
            says = N_("peringatan {code}: most dan minutes harus 1 atau lebih")
            yield Problem("alarms.csv", row.line, says, {"code": row.code})


def mandates(city: City) -> Iterator[Problem]:
    """A mandate's agency has a post that can do it, and its events are news."""
    posts = {(post.agency, post.role) for post in city.posts.values()}
    for row in city.mandates:
        for word in row.trigger:
            yield from _news(MANDATES, row.line, "trigger", word)
        if row.agency and (row.agency, row.role) not in posts:
            says = N_("{agency} tidak punya jabatan dengan peran {role}")
            yield Problem(MANDATES, row.line, says, {"agency": row.agency, "role": row.role})
        clock = city.clocks.get(row.clock)
        if clock is not None and clock.subject == "duty" and not row.hears:
            says = N_("{code}: sebutkan siapa yang diberi tahu bila tidak dikerjakan (hears)")
            yield Problem(MANDATES, row.line, says, {"code": row.code})
