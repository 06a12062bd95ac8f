"""The city served: its files, read once per process."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from rangkul.domain.citydata import City, parse_city
from rangkul.domain.policy import PermissionTable


def city_files(folder: Path) -> dict[str, str]:
    """Every table of a city's folder: relative path -> text. Training stories (``demo/``) are read by ``training``.

    A letter for which the city has no template of its own is set from the common one in ``_template/letters``.
    """
    common = folder.parent / "_template"
    shared = {
        path.relative_to(common).as_posix(): path for path in sorted((common / "letters").glob("*.typ"))
    }
    own = {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.suffix in {".toml", ".csv", ".typ"} and "demo" not in path.relative_to(folder).parts
    }
    return {name: path.read_text(encoding="utf-8-sig") for name, path in (shared | own).items()}


def read_city(name: str) -> City:
    """Read and check the folder ``cities/<name>``.

    Raises:
        CityFileRefused: with file, line and reason of every fault.
    """
    return parse_city(city_files(Path(settings.CITIES) / name))


@lru_cache(maxsize=1)
def city() -> City:
    """The city of this instance (``RANGKUL_CITY``)."""
    return read_city(settings.CITY)


@lru_cache(maxsize=1)
def permission_table() -> PermissionTable:
    """The permission table of this instance's city."""
    return PermissionTable(city().permissions)
