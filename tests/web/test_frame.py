"""The bar on top is drawn once for a reader and place: what differs between two requests must differ on the page."""

from __future__ import annotations

import re
from html import escape

import pytest
from django.test import Client

from rangkul.directory.models import Member
from rangkul.notices.models import Notice
from tests.cast import Cast, login


def signed_in(cast: Cast, who: str) -> Client:
    return login(Client(), cast.members[who])


def tokens(page: str) -> list[str]:
    return re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)


def test_each_reader_place_and_question_has_its_own_bar(cast: Cast) -> None:
    rini, kabid = signed_in(cast, "peksos"), signed_in(cast, "kabid")
    for _ in range(2):
        for client, who in ((rini, "peksos"), (kabid, "kabid")):
            for path in ("/", "/kasus/", "/kasus/?tahap=asesmen&q=<b>x"):
                page = client.get(path).content.decode()
                name = escape(cast.members[who].name)
                assert page.count(f'<span class="rk-menu__who"><strong>{name}</strong>') == 1
                here = "/" if path == "/" else "/kasus/"
                assert f'<a href="{here}" aria-current="page">' in page
                (next_page,) = set(re.findall(r'name="next" value="([^"]*)"', page)) - {"/"} or {"/"}
                assert next_page == ("/" if path == "/" else escape(path.replace("<b>", "%3Cb%3E")))
                asked = "&lt;b&gt;x" if "q=" in path else ""
                assert f'name="q" value="{asked}"' in page
                assert "@@" not in page


def test_language_theme_name_and_unread_change_the_bar(cast: Cast) -> None:
    client = signed_in(cast, "peksos")
    assert ">Keluar</button>" in client.get("/kasus/").content.decode()
    client.cookies["rangkul_bahasa"] = "en"
    assert ">Sign out</button>" in client.get("/kasus/").content.decode()
    client.cookies["rangkul_tema"] = "dark"
    assert re.search(r'value="dark" aria-pressed="true"', client.get("/kasus/").content.decode())
    assert "rk-bell__n" not in client.get("/kasus/").content.decode()
    Notice.objects.create(
        member_id=cast.peksos.id, post_id=cast.peksos.post_id, code="x", at=cast.at, page="home"
    )
    assert '<span class="rk-bell__n" aria-hidden="true">1</span>' in client.get("/kasus/").content.decode()
    Member.objects.filter(pk=cast.peksos.id).update(name="Rini <i>Baru</i>")
    page = client.get("/kasus/").content.decode()
    assert "<strong>Rini &lt;i&gt;Baru&lt;/i&gt;</strong>" in page


def test_a_page_has_one_token_a_new_one_each_time_and_forms_take_it(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    login(client, cast.peksos)
    seen = []
    for _ in range(2):
        (token,) = set(tokens(client.get("/kasus/").content.decode()))
        seen.append(token)
    assert seen[0] != seen[1]
    for token in seen:
        answer = client.post("/tema/", {"theme": "dark", "csrfmiddlewaretoken": token})
        assert answer.status_code == 302
    assert client.post("/tema/", {"theme": "dark", "csrfmiddlewaretoken": "x" * 64}).status_code == 403


@pytest.mark.parametrize("path", ["/lapor/", "/masuk/"])
def test_public_pages_have_no_member_bar(cast: Cast, path: str) -> None:
    assert cast.at
    page = Client().get(path).content.decode()
    assert "rk-menu" not in page
    assert tokens(page)
