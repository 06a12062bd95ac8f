"""Every component draws without a database, keeps what was typed, and brings nothing inline."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes

from rangkul.web import words
from rangkul.web.jinja import environment

WEB = Path(__file__).resolve().parents[2] / "src/rangkul/web"
TEMPLATES = WEB / "templates"
COMPONENTS = sorted((TEMPLATES / "components").glob("*.jinja"))
LONG = "Sri Wahyuningsih Kusumaningtyas Prabandari"


@pytest.fixture(scope="module")
def env() -> Environment:
    return environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)


@pytest.fixture(autouse=True)
def indonesian() -> Any:
    with translation.override("id"):
        yield


def draw(env: Environment, component: str, call: str, **context: Any) -> str:
    source = f'{{% from "components/{component}.jinja" import {component} %}}{{{{ {component}({call}) }}}}'
    return env.from_string(source).render(**context)


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_a_file_opens_with_its_contract_and_holds_its_macro(env: Environment, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    macros = [macro.name for macro in env.parse(text).find_all(nodes.Macro)]

    assert text.startswith("{# ")
    assert [name for name in macros if not name.startswith("_")] == [path.stem]


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.jinja")), ids=lambda path: path.name)
def test_no_template_brings_its_own_style_or_script(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert not re.search(r"\sstyle=|<style|\son\w+=[\"']|javascript:", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))


def test_every_icon_asked_for_by_name_is_in_the_sprite() -> None:
    known = set((WEB / "icons.txt").read_text(encoding="utf-8").split())
    name = r"\"([a-z0-9-]+)\""
    asked = {
        found
        for folder, ending, where in (
            (TEMPLATES, "jinja", rf"icon\({name}"),
            (TEMPLATES, "jinja", rf"\"icon\": {name}"),
            (WEB.parent, "py", rf"icon(?:\": |=){name}"),
            (WEB.parents[2] / "cities", "toml", rf"^icon = {name}"),
        )
        for path in folder.rglob(f"*.{ending}")
        for found in re.findall(where, path.read_text(encoding="utf-8"), re.MULTILINE)
    }

    assert asked <= known, sorted(asked - known)


@pytest.mark.parametrize("face", ["desk", "field"])
@pytest.mark.parametrize("language", ["id", "en"])
def test_the_gallery_draws_every_component(env: Environment, face: str, language: str) -> None:
    with translation.override(language):
        page = env.get_template("pages/gallery.jinja").render(
            face=face, language=language, theme="dark", csrf_input=""
        )

    assert 'data-bs-theme="dark"' in page
    assert LONG in page


def test_a_person_without_a_name_gets_no_initials(env: Environment) -> None:
    drawn = draw(env, "person_token", "person", person={"name": None, "label": "Pria-Topi Merah-Pasar-K7M"})

    assert "?" in drawn
    assert "PT" not in drawn


@pytest.mark.parametrize("state", ["overdue", "soon", "later", "met", "paused"])
def test_a_deadline_says_its_words_and_its_moment(env: Environment, state: str) -> None:
    due = {"state": state, "words": "Lewat 1 hari", "due_at": "2026-11-21T12:00+07:00"}

    assert "Lewat 1 hari" in draw(env, "deadline_chip", "due", due=due)
    assert 'datetime="2026-11-21T12:00+07:00"' in draw(env, "deadline_chip", "due, absolute=false", due=due)


def test_nothing_marks_an_ordinary_case(env: Environment) -> None:
    assert draw(env, "sensitivity_chip", "0").strip() == ""


def test_a_figure_without_data_is_words(env: Environment) -> None:
    drawn = draw(env, "figure", 'none, missing="Belum dihitung"')

    assert "Belum dihitung" in drawn
    assert "0" not in re.sub(r"<[^>]+>", "", drawn)


def test_the_rail_says_where_the_case_stands(env: Environment) -> None:
    stages = [{"code": code, "label": code.title()} for code in ("satu", "dua", "tiga")]
    drawn = draw(
        env,
        "stage_rail",
        "stages, 'dua', entries, 2",
        stages=stages,
        entries={"satu": {"entered_on": "2026-11-19"}},
    )

    assert drawn.count('aria-current="step"') == 1
    assert "2 bukti kurang" in drawn


@pytest.mark.parametrize("component", ["field_text", "field_textarea"])
def test_what_was_typed_comes_back_beside_what_to_do(env: Environment, component: str) -> None:
    drawn = draw(env, component, "'place', 'Patokan', '<b>Pasar</b>', 'Tulis patokannya.', 'Nama toko.'")

    assert "&lt;b&gt;Pasar&lt;/b&gt;" in drawn
    assert 'aria-invalid="true"' in drawn
    assert 'aria-describedby="place-hint place-error"' in drawn
    assert 'id="place-error"' in drawn
    assert 'for="f-place"' in drawn


def test_no_choice_is_made_beforehand(env: Environment) -> None:
    drawn = draw(
        env, "field_choices", "'voluntary', 'Ikut dengan sukarela?', [('yes', 'Ya'), ('no', 'Tidak')]"
    )

    assert "checked" not in drawn


def test_a_closed_choice_stays_with_its_reason(env: Environment) -> None:
    option = {"value": "shelter", "label": "Rumah Singgah", "closed": "tidak untuk anak"}
    drawn = draw(env, "field_choices", "'decision', 'Keputusan', [option]", option=option)

    assert "disabled" in drawn
    assert "tidak untuk anak" in drawn


def test_the_gate_must_be_answered_and_brings_its_route(env: Environment) -> None:
    child = {"code": "child", "label": "Anak", "route": {"title": "Hubungi PPA.", "phone_href": "tel:112"}}
    drawn = draw(env, "safety_gate", "[child], ['child'], 'Sentuh salah satu.'", child=child)

    assert drawn.count("checked") == 1
    assert 'value="none"' in drawn
    assert "Hubungi PPA." in drawn
    assert "Sentuh salah satu." in drawn


def test_errors_lead_to_their_fields(env: Environment) -> None:
    drawn = draw(
        env, "error_summary", "errors", errors={"place": ["Tulis patokannya."], "__all__": "Coba lagi."}
    )

    assert 'href="#f-place"' in drawn
    assert "2 hal perlu dibetulkan" in drawn
    assert draw(env, "error_summary", "{}").strip() == ""


def test_small_cells_stay_hidden_on_the_map(env: Environment) -> None:
    areas = [{"code": "1", "name": "Rejowinangun Utara", "row": 1, "col": 1}]
    drawn = draw(
        env, "tile_map", "areas, values, 'Peta'", areas=areas, values={"1": {"n": 7, "hidden": True}}
    )

    assert "di bawah 10" in drawn
    assert ">7<" not in drawn


def test_a_name_is_escaped_everywhere(env: Environment) -> None:
    nasty = "<script>alert(1)</script>"
    task = {"what": nasty, "href": "#", "person": {"name": nasty, "label": nasty}, "line": nasty}

    assert "<script>" not in draw(env, "task_row", "task", task=task)
    assert "<script>" not in draw(
        env, "bed_board", "[{'code': 'P1', 'state': 'used', 'label': nasty}]", nasty=nasty
    )


@pytest.mark.parametrize(
    ("tongue", "moment", "day"),
    [("id", "Sen 2 Nov 2015, 08.12", "2 November 2015"), ("en", "Mon 2 Nov 2015, 08.12", "2 November 2015")],
)
def test_moments_are_read_in_wib_and_in_the_language_of_the_page(tongue: str, moment: str, day: str) -> None:
    with translation.override(tongue):
        assert words.wib("2015-11-02T01:12:00+00:00") == moment
        assert words.tanggal("2015-11-02") == day


@pytest.mark.parametrize(
    ("number", "places", "indonesian", "english"),
    [(1842, None, "1.842", "1,842"), ("81.575", 2, "81,58", "81.58"), (None, None, "belum ada", "none yet")],
)
def test_numbers_follow_the_language(number: Any, places: int | None, indonesian: str, english: str) -> None:
    assert words.angka(number, places) == indonesian
    with translation.override("en"):
        assert words.angka(number, places) == english


def test_long_words_break_between_syllables() -> None:
    assert words.suku("Rejowinangun").replace("\u00ad", "-") == "Re-jo-wi-na-ngun"
    assert words.suku("Wates") == "Wates"


def test_initials_are_of_a_name_only() -> None:
    assert words.initials("Slamet Riyadi") == "SR"
    assert words.initials("") == ""
    assert words.initials(None) == ""


def test_an_unknown_variable_never_breaks_a_page(env: Environment) -> None:
    assert env.undefined is not StrictUndefined
