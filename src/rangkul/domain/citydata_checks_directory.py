"""What must agree among the tables that say where and who: the city, areas, agencies, posts, roles, permissions."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from rangkul.domain import citydata_vocabulary as words
from rangkul.domain.citydata_city import City
from rangkul.domain.citydata_reading import Problem
from rangkul.domain.citydata_rows import Permission, Role
from rangkul.domain.errors import N_

PERMISSIONS: Final = "permissions.csv"


# --- the city itself -----------------------------------------------------------------------------------------------


def identity(city: City) -> Iterator[Problem]:
    """Time zone, languages and weights are possible."""
    file, here = "city.toml", city.identity
    if here.time_zone not in words.TIME_ZONES:
        yield Problem(
            file, here.line, N_("time_zone “{zone}” bukan zona waktu Indonesia"), {"zone": here.time_zone}
        )
    if "id" not in here.languages:
        yield Problem(file, here.line, N_("languages harus memuat id"))
    if city.spm_weights.recipients + city.spm_weights.quality != 1:
        yield Problem(file, city.spm_weights.line, N_("bobot recipients dan quality harus berjumlah 1"))


def limits(city: City) -> Iterator[Problem]:
    """Every number is one or more, and the warning comes before the limit."""
    for row in city.limits.values():
        if row.value < 1:
            yield Problem("city.toml", row.line, N_("batas {code} harus 1 atau lebih"), {"code": row.code})
    warn, most = city.limits.get("warn_at_day"), city.limits.get("max_shelter_days")
    if warn and most and warn.value > most.value:
        yield Problem("city.toml", warn.line, N_("warn_at_day lewat dari max_shelter_days"))


def bands(city: City) -> Iterator[Problem]:
    """The bands go down and cover everything."""
    for above, below in pairwise(city.bands):
        if below.floor >= above.floor:
            yield Problem(
                "city.toml", below.line, N_("floor setiap [[band]] harus lebih rendah dari yang sebelumnya")
            )
    if city.bands and city.bands[-1].floor != 0:
        yield Problem("city.toml", city.bands[-1].line, N_("[[band]] terakhir harus mulai dari 0"))


# --- where and who -------------------------------------------------------------------------------------------------


def areas(city: City) -> Iterator[Problem]:
    """Codes hang together, and every kelurahan has a place of its own on the tile map."""
    for row in city.areas.values():
        facts = {"code": row.code, "parent": row.parent}
        if row.level == "kecamatan" and row.parent != city.code:
            yield Problem("areas.csv", row.line, N_("kecamatan {code} harus di bawah kode kota"), facts)
        if row.level != "outside" and not row.code.startswith(f"{row.parent}."):
            yield Problem(
                "areas.csv", row.line, N_("kode {code} tidak diawali kode induknya {parent}"), facts
            )
        if row.level == "outside" and row.code.startswith(city.code):
            yield Problem("areas.csv", row.line, N_("wilayah luar {code} memakai kode kota ini"), facts)
    yield from _tiles(city)


def _tiles(city: City) -> Iterator[Problem]:
    tiles: dict[tuple[int, int], str] = {}
    for row in city.kelurahan:
        facts = {"code": row.code, "parent": row.parent}
        if (parent := city.areas.get(row.parent)) is None or parent.level != "kecamatan":
            yield Problem("areas.csv", row.line, N_("induk {parent} bukan kecamatan yang ada"), facts)
        tile = (row.tile_row, row.tile_col)
        if min(tile) < 1:
            yield Problem("areas.csv", row.line, N_("kelurahan {code} tanpa tile_row atau tile_col"), facts)
        elif tile in tiles:
            says = N_("petak {tile} sudah dipakai {other}")
            yield Problem("areas.csv", row.line, says, {"tile": tile, "other": tiles[tile]})
        tiles[tile] = row.code


def agencies(city: City) -> Iterator[Problem]:
    """Every agency has a name."""
    named = {row.agency for row in city.agency_names}
    for row in city.agencies.values():
        if row.key not in named:
            yield Problem(
                "agencies.csv", row.line, N_("{key} tanpa nama di agency_names.csv"), {"key": row.key}
            )


def posts(city: City) -> Iterator[Problem]:
    """Posts lie within the city, and no post is above itself."""
    for row in city.posts.values():
        facts = {"code": row.code, "agency": row.agency}
        if not row.code.startswith(f"{row.agency}."):
            yield Problem("posts.csv", row.line, N_("kode {code} harus diawali {agency}."), facts)
        if any(city.areas[code].is_outside for code in row.areas if code in city.areas):
            yield Problem("posts.csv", row.line, N_("{code} memegang wilayah di luar kota"), facts)
        seen: set[str] = set()
        above = row.code
        while above in city.posts and above not in seen:
            seen.add(above)
            above = city.posts[above].superior
        if above in seen:
            yield Problem("posts.csv", row.line, N_("atasan {code} berputar kembali ke dirinya"), facts)


def roles(city: City) -> Iterator[Problem]:
    """Every role has a post; no enforcement role searches; only the operator is built in."""
    with_post = {row.role for row in city.posts.values()}
    for row in city.roles.values():
        facts = {"code": row.code}
        if row.code not in with_post:
            yield Problem("roles.toml", row.line, N_("peran {code} tidak dipakai jabatan mana pun"), facts)
        if row.enforcement and row.search:
            yield Problem("roles.toml", row.line, N_("peran penegakan {code} tidak boleh mencari"), facts)
        if row.built_in != (row.code == words.OPERATOR_ROLE):
            yield Problem("roles.toml", row.line, N_("hanya system_operator yang bawaan (built_in)"), facts)


def permissions(city: City) -> Iterator[Problem]:
    """No cell is set twice, every role has a first page, and the hard rule holds."""
    cells: dict[tuple[str, str, str, str], int] = {}
    for row in city.permissions:
        cell = (row.role, row.relation, row.action, row.sensitivity)
        if cell in cells:
            says = N_("{cell} sudah diatur di baris {line}")
            yield Problem(PERMISSIONS, row.line, says, {"cell": "/".join(cell), "line": cells[cell]})
        cells[cell] = row.line
        if (row.sensitivity == words.SEALED) != (row.relation in words.SEALED_BY):
            says = N_(
                "isi tersegel hanya dibuka relasi sealed_team dan sealed_desk, dan keduanya tidak membuka yang lain"
            )
            yield Problem(PERMISSIONS, row.line, says)
        if row.relation == "sealed_desk" and row.allow and row.action not in words.SEALED_DESK_READS:
            yield Problem(PERMISSIONS, row.line, N_("relasi sealed_desk hanya membaca"))
        role = city.roles.get(row.role)
        if row.allow and role is not None:
            yield from _allowing(row, role)
        elif row.fields and not row.allow:
            yield Problem(PERMISSIONS, row.line, N_("baris yang menolak tidak membuka fields"))
    yield from _first_pages(city)


def _first_pages(city: City) -> Iterator[Problem]:
    for each in city.roles.values():
        facts = {"code": each.code}
        if not each.built_in and not _may(city, each, "worklist.view"):
            says = N_("peran {code} tanpa worklist.view: ia tidak punya halaman pertama")
            yield Problem("roles.toml", each.line, says, facts)
        if each.search and not _may(city, each, "person.search"):
            says = N_("peran {code} boleh mencari, tetapi tanpa baris person.search")
            yield Problem("roles.toml", each.line, says, facts)


def _allowing(row: Permission, role: Role) -> Iterator[Problem]:
    facts = {"role": row.role, "action": row.action}
    if role.enforcement:
        yield from _enforcement(row)
    if row.action == "person.search" and not role.search:
        says = N_("{role} tidak boleh mencari (roles.toml), tetapi baris ini mengizinkan")
        yield Problem(PERMISSIONS, row.line, says, facts)
    if row.action.endswith(".view") and not row.fields:
        yield Problem(PERMISSIONS, row.line, N_("{action} tanpa fields tidak memperlihatkan apa pun"), facts)


def _may(city: City, role: Role, action: str) -> bool:
    return any(row.allow and row.role == role.code and row.action == action for row in city.permissions)


def _enforcement(row: Permission) -> Iterator[Problem]:
    """The hard rule: enforcement sees the task, never the care (design §1.7). No city can set it aside."""
    facts: dict[str, object] = {"role": row.role, "action": row.action, "relation": row.relation}
    if row.action in words.ENFORCEMENT_NEVER:
        says = N_("{role} adalah peran penegakan dan tidak pernah boleh {action}")
        yield Problem(PERMISSIONS, row.line, says, facts)
    if row.relation not in words.ENFORCEMENT_RELATIONS and row.action not in words.ENFORCEMENT_OPEN:
        says = N_("{role} adalah peran penegakan: relasi {relation} terlalu luas")
        yield Problem(PERMISSIONS, row.line, says, facts)
    if closed := sorted(set(row.fields) - words.ENFORCEMENT_FIELDS):
        says = N_("{role} adalah peran penegakan: fields {closed} tertutup baginya")
        yield Problem(PERMISSIONS, row.line, says, {**facts, "closed": ", ".join(closed)})
    if row.sensitivity == "protected" and (
        row.relation != "own" or not row.action.startswith(("contact.", "hand_over.", "belonging."))
    ):
        says = N_("{role} adalah peran penegakan: isi terlindung hanya pada kontaknya sendiri")
        yield Problem(PERMISSIONS, row.line, says, facts)
