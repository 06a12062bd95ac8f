"""The gallery is for those who build screens: in training only."""

from __future__ import annotations

import pytest
from django.test import Client

from rangkul.directory.models import Instance
from tests.cast import Cast, login


@pytest.mark.parametrize("query", ["", "?muka=lapangan"])
def test_the_gallery_is_drawn_in_training(cast: Cast, client: Client, query: str) -> None:
    login(client, cast.peksos)
    assert client.get(f"/galeri/{query}").status_code == 200


def test_the_gallery_is_nowhere_else(cast: Cast, client: Client) -> None:
    login(client, cast.peksos)
    Instance.objects.update(is_training=False)
    assert client.get("/galeri/").status_code == 404


def test_nobody_outside_sees_it(cast: Cast, client: Client) -> None:
    assert client.get("/galeri/").status_code == 302


def test_the_theme_that_follows_the_device_is_called_otomatis(cast: Cast, client: Client) -> None:
    page = login(client, cast.peksos).get("/").content.decode()
    assert "Otomatis" in page
    assert "Ikut HP" not in page
