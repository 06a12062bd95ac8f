"""The city data we ship can be served, and says what the law and the design ask of it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from rangkul.directory.city import city_files
from rangkul.domain.citydata import ENFORCEMENT_NEVER, City, Stage, parse_city
from rangkul.domain.policy import PermissionTable
from rangkul.domain.spm import ITEMS

CITIES = Path(__file__).parents[2] / "cities"
SHIPPED = "id-3371-magelang"
FOLDERS = sorted(each.name for each in CITIES.iterdir() if each.is_dir())


def files_of(name: str) -> dict[str, str]:
    return city_files(CITIES / name)


@pytest.fixture(scope="module")
def magelang() -> City:
    return parse_city(files_of(SHIPPED))


@pytest.fixture(scope="module")
def table(magelang: City) -> PermissionTable:
    return PermissionTable(magelang.permissions)


ENFORCEMENT = ("enforcement_desk", "enforcement_team", "village_police", "village_army", "trantib")


@pytest.mark.parametrize("name", FOLDERS)
def test_every_city_in_the_repository_can_be_served(name: str) -> None:
    parse_city(files_of(name))


def test_every_row_names_its_law_or_source(magelang: City) -> None:
    assert all(row.cited for _, row in magelang.rows())
    assert all(row.line > 0 for _, row in magelang.rows())


REGULATION = re.compile(
    r"(?:UU|PP|Permensos|Permendagri|Permen PPPA|Kepmendagri|Perda Kota Magelang|KUHP lama) [\w./-]+"
)


def test_every_regulation_that_a_row_rests_on_has_its_page(magelang: City) -> None:
    pages = "\n".join(
        page.read_text(encoding="utf-8") for page in (CITIES.parent / "docs" / "law").glob("*.md")
    )
    laws = {name for _, row in magelang.rows() for name in REGULATION.findall(row.law)}

    assert len(laws) > 10
    assert {name for name in laws if name.replace("KUHP lama Ps.", "old KUHP") not in pages} == set()


def test_what_nobody_has_read_in_the_gazette_is_listed(magelang: City) -> None:
    unconfirmed = magelang.unconfirmed()

    assert ("spm_weights", magelang.spm_weights) in unconfirmed
    assert all(table != "areas" for table, _ in unconfirmed)


def test_the_city_has_three_kecamatan_and_seventeen_kelurahan(magelang: City) -> None:
    assert [len(magelang.kecamatan), len(magelang.kelurahan)] == [3, 17]
    assert magelang.area("33.71.01.1003").name == "Rejowinangun Selatan"
    assert "33.71.01.1001" not in magelang.areas, "this code exists nowhere, though many repositories use it"
    assert magelang.area("33.08").is_outside
    assert (
        magelang.agency_name(magelang.area("33.08").agency, date(2026, 1, 1))
        == "Dinas Sosial Kabupaten Magelang"
    )


def test_north_lies_above_south_on_the_tile_map(magelang: City) -> None:
    rows: dict[str, list[int]] = {each.parent: [] for each in magelang.kelurahan}
    for each in magelang.kelurahan:
        rows[each.parent].append(each.tile_row)

    assert max(rows["33.71.02"]) < min(rows["33.71.03"]) <= max(rows["33.71.03"]) <= min(rows["33.71.01"])


def test_a_letter_of_last_year_keeps_the_name_of_last_year(magelang: City) -> None:
    assert magelang.agency_short("polres_ppa", date(2026, 1, 15)) == "Unit PPA"
    assert magelang.agency_short("polres_ppa", date(2026, 2, 17)) == "Satres PPA-PPO"
    assert magelang.agency_short("polres_ppa", date(2010, 1, 1)) == "Unit PPA"
    with pytest.raises(KeyError):
        magelang.agency_name("nobody", date(2026, 1, 1))


def test_every_kelurahan_has_a_trantib_and_a_kasi_kesra(magelang: City) -> None:
    for area in magelang.kelurahan:
        for role in ("trantib", "kasi_kesra"):
            post = magelang.post(f"{area.agency}.{role}")
            assert (post.role, post.areas) == (role, (area.code,))
            assert magelang.post(post.superior).role == role


def test_the_old_criminal_code_is_no_ground_any_more(magelang: City) -> None:
    last_day = date(2026, 1, 1)

    assert magelang.ground_in_force("kuhp_504", last_day) is not None
    assert magelang.ground_in_force("kuhp_504", last_day + timedelta(days=1)) is None
    assert magelang.ground("kuhp_504").label, "old records still show its name"
    assert magelang.ground_in_force("korban_kekerasan", date(2022, 5, 8)) != magelang.ground(
        "korban_kekerasan"
    )
    with pytest.raises(KeyError):
        magelang.ground("no_such_ground")


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 24), True),
        (date(2026, 11, 22), False),  # Sunday
        (date(2026, 8, 17), False),  # independence day, a Monday
        (date(2026, 3, 20), False),  # collective leave before Idul Fitri
    ],
)
def test_working_days_follow_the_calendar(magelang: City, day: date, works: bool) -> None:
    assert magelang.is_working_day(day) is works


def test_holidays_are_known_from_2017_to_2027(magelang: City) -> None:
    assert all(magelang.knows_holidays_of(year) for year in range(2017, 2028))
    assert not magelang.knows_holidays_of(2028)


def test_thirteen_items_and_five_types(magelang: City) -> None:
    assert tuple(each.key for each in magelang.spm_items) == ITEMS
    assert len(magelang.items_of_type("S5")) == 13, "S5 may name any item"
    assert "alat_bantu" not in {each.code for each in magelang.items_of_type("S2")}
    assert magelang.service("permakanan").sipd == "1.06.04.2.01.0001"
    assert not magelang.service("pendampingan_ekonomi").is_spm
    assert magelang.spm_weights.recipients == Decimal("0.80")
    assert [str(each.floor) for each in magelang.bands] == ["100", "90", "80", "70", "60", "0"]


def test_a_figure_holds_from_a_day_on(magelang: City) -> None:
    found = magelang.indicator("S4", date(2025, 1, 1))

    assert found is not None
    assert found.recipient == "gelandangan dan pengemis"
    assert magelang.indicator("S4", date(2018, 12, 31)) is None


DESIGN = {
    "pendekatan_awal": {"contact_complete", "gate_answered", "rights_record_if_transported"},
    "asesmen": {"informed_or_ground", "first_health_look"},
    "rencana": {"assessment_finished", "spm_types_recorded", "entry_rating"},
    "intervensi": {"plan_has_lines", "client_wish", "plan_agreed"},
    "resosialisasi": {"plan_lines_done", "tracing_result"},
    "terminasi": {"destination_and_receiver", "exit_rating", "no_open_referral_or_trip"},
    "bimbingan_lanjut": {"ba_terminasi", "visits_planned"},
}


def test_the_stages_are_those_of_the_law_with_the_evidence_of_the_design(magelang: City) -> None:
    stages = magelang.stage_table

    assert {code: set(each.needs) for code, each in stages.items()} == DESIGN
    assert [each.law for each in stages.values()] == [f"PP 39/2012 Ps. 7(2){letter}" for letter in "abcdefg"]
    assert magelang.first_stage.code == "pendekatan_awal"


@pytest.mark.parametrize("code", DESIGN)
def test_back_moves_begin_with_the_fourth_stage_and_terminasi_is_near(magelang: City, code: str) -> None:
    stage: Stage = magelang.stage(code)

    assert stage.back == (("asesmen", "rencana") if stage.order >= 4 else ())
    assert code == "terminasi" or "terminasi" in stage.moves


def test_limits_are_named(magelang: City) -> None:
    assert (magelang.max_shelter_days, magelang.warn_at_day) == (7, 5)
    assert (magelang.meals_per_day, magelang.meal_days) == (3, 7)
    assert magelang.clock("tpks_lapor_polisi").amount == 72


def test_words_come_in_both_languages(magelang: City) -> None:
    asesmen = magelang.stage("asesmen")

    assert magelang.label(asesmen, "en") == "Understanding the problem (assessment)"
    assert magelang.label(asesmen, "id") == asesmen.label
    assert asesmen.short_named("en") == "Assessment"
    assert magelang.post("dinsos.piket").named("en") == "Duty Desk, Social Agency"
    for name, row in magelang.rows():
        if hasattr(row, "label_en") and name not in {"washington"}:
            assert row.label_en, f"{name} {row} has no English words"


def test_lists_are_in_the_city_s_order(magelang: City) -> None:
    assert magelang.choices_of("channel")[0].code == "web"
    assert magelang.choice("destination", "keluarga").label == "Keluarga"
    with pytest.raises(KeyError):
        magelang.choice("destination", "penuh")


def test_a_child_is_not_let_go_not_sheltered_with_adults_and_cannot_refuse(magelang: City) -> None:
    child = next(each for each in magelang.gate if each.code == "child")

    assert {"dibina_pergi", "rumah_singgah", "menolak"} <= set(child.closed)
    assert "polres.ppa" in child.posts
    assert len(magelang.gate) == 8


def test_nobody_invented_a_phone_number(magelang: City) -> None:
    assert {each.phone for each in magelang.phones.values()} <= {"", "112", "119", "129"}


@pytest.mark.parametrize("role", ENFORCEMENT)
def test_enforcement_never_reaches_the_care(magelang: City, table: PermissionTable, role: str) -> None:
    assert magelang.role(role).enforcement
    for action in ENFORCEMENT_NEVER:
        assert not table.knows(role, action), f"{role} may {action}"
    assert table.relations(role, "contact.view") == {"own"}
    assert table.relations(role, "person.repeat_check") == {"assigned"}


@pytest.mark.parametrize("role", ["agency_admin", "system_operator", "dpo"])
def test_who_runs_the_house_reads_no_content(table: PermissionTable, role: str) -> None:
    for action in (
        "report.view",
        "contact.view",
        "person.view",
        "case.view",
        "service.view",
        "attachment.view",
    ):
        assert not table.knows(role, action)


def test_protected_content_opens_to_holder_team_and_supervisor_only(table: PermissionTable) -> None:
    assert table.relations("social_worker", "case.view", "protected") == {"holder", "team", "ticket"}
    assert table.relations("rehab_head", "case.view", "protected") == {"agency", "holder", "team", "ticket"}
    for role in ("duty_desk", "data_steward", "kasi_kesra", "volunteer"):
        assert not table.relations(role, "case.view", "protected")


def test_kasi_kesra_does_visits_and_counts_and_opens_no_case(table: PermissionTable) -> None:
    assert table.relations("kasi_kesra", "case.visit") == {"assigned"}
    assert table.relations("kasi_kesra", "area.count", "aggregate") == {"area"}
    assert not table.knows("kasi_kesra", "case.view")
