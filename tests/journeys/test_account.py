"""A member sets up a passkey and a code app, loses neither way in, and ends a session on a phone left behind."""

from __future__ import annotations

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from rangkul.training.accounts import PASSWORD
from tests.journeys.conftest import Open, Visitor


def sign_in(page: Page, address: str, username: str) -> None:
    page.goto(f"{address}/masuk/")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button.rk-btn--main")


def with_authenticator(visitor: Visitor) -> None:
    """A phone's own passkeys: the browser's virtual authenticator, which always says yes."""
    devtools = visitor.context.new_cdp_session(visitor.page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


@pytest.mark.parametrize(("language", "username"), [("id", "naker"), ("en", "rsud")])
def test_a_second_step_is_set_up_used_and_taken_away(visit: Open, language: str, username: str) -> None:
    visitor = visit(None, language=language)
    # Passkeys belong to a name, not to a number: the same server under the name it has on this machine.
    visitor.address = visitor.address.replace("127.0.0.1", "localhost")
    visitor.context.add_cookies([{"name": "rangkul_bahasa", "value": language, "url": visitor.address}])
    with_authenticator(visitor)
    page = visitor.page
    sign_in(page, visitor.address, username)
    page.wait_for_url(visitor.address + "/")

    visitor.go("/akun/")
    place = page.locator("[data-passkey-new]")
    place.get_by_role("textbox").fill("HP saya")
    place.get_by_role("button").click()
    codes = place.locator("[data-codes] li")
    expect(codes).to_have_count(10)
    recovery = codes.first.inner_text()
    visitor.check()
    place.get_by_role("link").click()
    expect(page.locator("#langkah")).to_contain_text("HP saya")
    visitor.picture(f"akun-{language}")

    page.click("#langkah a[href='/akun/aplikasi/']")
    visitor.check()
    secret = (
        page.locator("details code").inner_text(timeout=5000) if page.locator("details[open]").count() else ""
    )
    if not secret:
        page.locator("details summary", has_text=re.compile("memindai|scan")).click()
        secret = page.locator("main details code").inner_text()
    page.fill("input[name=code]", format_hotp_value(hotp_value(secret, int(time.time()) // 30 - 1)))
    page.click("main form button.rk-btn--main")
    expect(page).to_have_url(visitor.address + "/akun/")

    # Out, and in again by password and code.
    page.locator(".rk-menu summary").click()
    page.locator("form[action='/keluar/'] button").click()
    sign_in(page, visitor.address, username)
    expect(page).to_have_url(visitor.address + "/masuk/kode/")
    visitor.check()
    page.fill("input[name=code]", "000000")
    page.click("main form button.rk-btn--main")
    expect(page.locator(".rk-error")).to_be_visible()
    page.fill("input[name=code]", recovery)
    page.click("main form button.rk-btn--main")
    page.wait_for_url(visitor.address + "/")

    # Out, and in by the passkey alone.
    page.locator(".rk-menu summary").click()
    page.locator("form[action='/keluar/'] button").click()
    visitor.check()
    page.locator("[data-passkey] button").click()
    page.wait_for_url(visitor.address + "/")

    # Both ways are taken away again.
    for _ in range(2):
        page.goto(visitor.address + "/akun/")
        page.locator("#langkah form[action='/akun/langkah/hapus/'] button").first.click()
    expect(page.locator("#langkah form[action='/akun/langkah/hapus/']")).to_have_count(0)
    assert not visitor.faults


def test_a_phone_left_behind_is_signed_out_from_the_desk(visit: Open) -> None:
    phone, desk = visit(None, phone=True, dark=True), visit(None)
    for each in (phone, desk):
        sign_in(each.page, each.address, "dukcapil")
        each.page.wait_for_url(each.address + "/")
    phone.go("/akun/")
    phone.picture("akun-hp")

    # The sweep signs in as this account too: whatever is open beside this session is ended, the phone with it.
    desk.go("/akun/")
    expect(desk.page.locator("#sesi li").nth(1)).to_be_visible()
    ends = desk.page.locator("#sesi form[action='/akun/sesi/'] button")
    for left in range(ends.count(), 0, -1):
        ends.first.click()
        expect(ends).to_have_count(left - 1)

    phone.page.goto(phone.address + "/")
    expect(phone.page).to_have_url(re.compile("/masuk/"))
