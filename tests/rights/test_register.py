"""The register is the tables: every column of a person stands in a class, every class in the city's table with basis and time."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from openpyxl import load_workbook

from rangkul.directory.city import city
from rangkul.domain import fields
from rangkul.domain.errors import NotAllowed
from rangkul.domain.processing import readers_of, register, risks, without_class
from rangkul.rights.register import FORMATS, WHICH, made
from tests.cast import Cast, login

EXEMPT = (models.ForeignKey, models.UUIDField, models.BooleanField, models.DateTimeField)


def stored() -> dict[str, list[str]]:
    """Every table of ours with the columns that can hold something of a person."""
    return {
        model._meta.db_table: [
            field.column
            for field in model._meta.local_concrete_fields
            if not field.primary_key and not isinstance(field, EXEMPT)
        ]
        for model in apps.get_models()
        if model.__module__.startswith("rangkul.")
    }


def test_every_stored_column_stands_in_a_class() -> None:
    assert fields.unlisted(stored()) == []
    assert fields.gone(stored()) == []


def test_a_column_that_nobody_named_is_found() -> None:
    tables = stored()
    tables["people_person"].append("mothers_maiden_name")
    tables["people_diary"] = ["words"]

    assert fields.unlisted(tables) == ["people_diary", "people_person.mothers_maiden_name"]


def test_sealed_columns_are_of_protected_classes() -> None:
    for name, columns in fields.columns_by_class().items():
        if any(".sealed" in column for column in columns):
            assert city().data_classes[name].sensitivity == "protected" or name in {
                "trips",
                "stays",
                "case",
                "clocks",
                "plan",
            }, name


def test_classes_and_columns_agree() -> None:
    assert without_class(city()) == []


def test_every_class_says_its_basis_purpose_and_time() -> None:
    for each in register(city()):
        assert each.purpose and each.basis and each.columns and each.sources, each.code
        assert each.retention_days or each.retention_act == "keep", each.code


def test_enforcement_reads_no_class_of_the_care() -> None:
    care = ("assessment", "plan", "notes", "numbers", "referrals", "outside", "inquiries")
    roles = {role.code for role in city().roles.values() if role.enforcement}
    for name in care:
        row = city().data_classes[name]
        shown = {(each.role, each.relation) for each in readers_of(city(), row) if each.role in roles}
        assert not shown or name == "inquiries", name


def test_the_protection_officer_reads_no_class_of_content() -> None:
    for each in register(city()):
        readers = {reader.role for reader in each.readers}
        if each.code in {"assessment", "numbers", "plan", "notes", "files", "services", "case"}:
            assert "dpo" not in readers, each.code


@pytest.mark.parametrize("which", WHICH)
@pytest.mark.parametrize("form", FORMATS)
def test_each_is_made_in_each_form_by_the_officer_and_the_operator(cast: Cast, which: str, form: str) -> None:
    for member in (cast.dpo, cast.operator):
        found = made(which, form, by=member, at=cast.at)
        if form == "json":
            assert json.loads(found)["law"] == "UU 27/2022"
        elif form == "xlsx":
            assert load_workbook(BytesIO(found)).sheetnames
        else:
            assert found.startswith(b"%PDF-")
            Path("build").mkdir(exist_ok=True)
    with pytest.raises(NotAllowed):
        made(which, form, by=cast.peksos, at=cast.at)


def test_the_heaviest_stand_first() -> None:
    weights = [each.weight for each in risks(city())]
    assert weights == sorted(weights, key=("high", "medium", "low").index)
    assert "high" in weights


def test_the_page_gives_files_to_the_officer_only(cast: Cast, client: Client) -> None:
    login(client, cast.dpo)
    page = client.get("/hak/catatan/")
    assert page.status_code == 200
    assert "Asesmen dan kesehatan" in page.content.decode()
    assert client.get("/hak/catatan/dpia.pdf/unduh/").content.startswith(b"%PDF-")
    assert client.get("/hak/catatan/register.exe/unduh/").status_code == 404
    login(client, cast.desk)
    assert client.get("/hak/catatan/").status_code == 404
    assert client.get("/hak/catatan/register.xlsx/unduh/").status_code == 404
