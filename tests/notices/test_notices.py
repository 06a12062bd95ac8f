"""Nobody is told what is not theirs, nothing that was to be told is lost, and no word is about a person."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from rangkul.access.links import LinkOver
from rangkul.audit.news import News
from rangkul.deadlines.actions import About, Start, start_clocks
from rangkul.deadlines.escalation import carry_up
from rangkul.directory.city import city
from rangkul.directory.models import PostHolding
from rangkul.domain.clocks import listen
from rangkul.domain.errors import NotFound
from rangkul.domain.notices import not_before, retry_at
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import wib
from rangkul.notices import push
from rangkul.notices.actions import BrowserUnknown, EmailWrong, mark_read, prefer, subscribe
from rangkul.notices.followers import follow
from rangkul.notices.models import Notice, Outgoing, Subscription
from rangkul.notices.queries import alike, my_notices, unread_and_training, where_to
from rangkul.notices.sending import deliver, queue_digests, queue_notices
from rangkul.worklist.sharing import page_of_shared, share_link
from tests.cases.made import an_open_case
from tests.cast import Cast, login
from tests.notices.servers import mail_server, push_service

KEYS = {"p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"}
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
PRIVATE = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"


@pytest.fixture
def smtp(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 3
    with mail_server() as server:
        settings.EMAIL_PORT = server.port
        yield server


def a_lapse(cast: Cast) -> datetime:
    """Something overdue beneath the head of rehabilitation; the moment at which she is told."""
    case = an_open_case(cast)
    start = Start(
        code="first_assessment",
        about=About(kind="case", id=case.person_id),
        owner_post_id=cast.peksos.post_id,
        starts_at=cast.at,
    )
    due = start_clocks([start])[0].due_at
    carry_up(by=cast.operator, at=due)
    return due


def wants(cast: Cast, **choice: bool) -> None:
    said = {"by_email": True, "by_push": False, "digest": False} | choice
    prefer("harini@contoh.go.id", by=cast.kabid, at=cast.at, **said)


def test_whoever_is_told_has_it_on_the_list_and_nobody_else(cast: Cast) -> None:
    at = a_lapse(cast)
    told = [line for line in my_notices(cast.kabid) if "Tenggat" in line.words]

    assert told and not told[0].is_read
    assert unread_and_training(cast.kabid)[0] == len(my_notices(cast.kabid))
    assert where_to(cast.kabid, told[0].id)[0] == "deadline"
    for stranger in (cast.peksos2, cast.regu, cast.ppa):
        with pytest.raises(NotFound):
            where_to(stranger, told[0].id)
    mark_read([told[0].id], by=cast.regu, at=at)
    assert Notice.objects.get(pk=told[0].id).read_at is None
    mark_read([], by=cast.kabid, at=at)
    assert unread_and_training(cast.kabid)[0] == 0


def test_for_a_vacant_post_the_post_above_is_told(cast: Cast) -> None:
    PostHolding.objects.filter(post_id=cast.kabid.post_id).update(until=cast.at)
    at = a_lapse(cast)

    assert any(line.at <= at and "Tenggat" in line.words for line in my_notices(cast.kadis))


def test_news_for_a_vacant_post_reaches_who_stands_above_it(cast: Cast) -> None:
    """The ladder finds its way by itself; here the news names the vacant post."""
    PostHolding.objects.filter(post_id=cast.kabid.post_id).update(until=cast.at)
    facts = {"to_post_id": cast.kabid.post_id}
    follow(
        News(
            "deadline.extension_asked",
            subject_kind="deadline",
            subject_id=cast.peksos.post_id,
            by=cast.peksos,
            at=cast.later(hours=1),
            facts=facts,
        )
    )

    assert set(Notice.objects.values_list("member_id", flat=True)) == {cast.kadis.id}


def test_no_words_are_about_a_person(cast: Cast, smtp) -> None:
    wants(cast)
    at = a_lapse(cast)
    queue_notices(at=at)
    deliver(at=at)

    case = an_open_case(cast, number=2)
    said = "".join(smtp.received) + "".join(Outgoing.objects.values_list("body", flat=True))
    assert smtp.received
    for word in (case.person.label, case.code, "Slamet"):
        assert word not in said
    for row in city().notices.values():
        assert "{" not in row.label and "%" not in row.label


def test_a_mail_server_that_is_down_for_a_day_loses_nothing(cast: Cast, smtp, settings) -> None:
    wants(cast)
    at = a_lapse(cast)
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1  # nobody listens there
    queued = queue_notices(at=at)
    assert queued == Outgoing.objects.filter(channel="email").count() > 0

    tries, moment = 0, at
    while moment < at + timedelta(days=1):
        done = deliver(at=moment)
        tries += done["notices_waiting"]
        moment += timedelta(minutes=10)
    assert smtp.received == []
    assert tries < 40 * queued  # backed off: not every ten minutes for a day
    assert Outgoing.objects.filter(sent_at=None, given_up_at=None).count() == queued

    settings.EMAIL_PORT = port
    deliver(at=moment + timedelta(hours=1))
    deliver(at=moment + timedelta(hours=1))
    assert len(smtp.received) == queued
    assert not Outgoing.objects.filter(sent_at=None).exists()


def test_one_refused_address_does_not_hold_up_the_others(cast: Cast, smtp) -> None:
    wants(cast)
    prefer("tidak-ada@contoh.go.id", by_email=True, by_push=False, digest=False, by=cast.kadis, at=cast.at)
    smtp.refused.add("tidak-ada@")
    at = a_lapse(cast) + timedelta(hours=24)
    carry_up(by=cast.operator, at=at)
    queue_notices(at=at)
    deliver(at=at.replace(hour=4))

    assert Outgoing.objects.filter(member_id=cast.kabid.id, sent_at__isnull=False).exists()
    assert Outgoing.objects.filter(member_id=cast.kadis.id, sent_at=None).exists()


def test_two_beats_send_once(cast: Cast, smtp) -> None:
    wants(cast)
    at = a_lapse(cast)

    first = queue_notices(at=at)
    assert queue_notices(at=at) == 0
    deliver(at=at)
    deliver(at=at)

    assert len(smtp.received) == first


def test_one_digest_a_day(cast: Cast, smtp) -> None:
    wants(cast, digest=True)
    at = a_lapse(cast)
    assert queue_notices(at=at) == 0
    morning = at.replace(hour=23, minute=5)  # 06.05 WIB, the next day

    assert queue_digests(at=morning - timedelta(minutes=10)) == 0
    assert queue_digests(at=morning) == 1
    assert queue_digests(at=morning + timedelta(hours=3)) == 0
    deliver(at=morning)

    assert len(smtp.received) == 1
    assert "Tenggat dinaikkan" in smtp.received[0]
    mark_read([], by=cast.kabid, at=morning)
    assert queue_digests(at=morning + timedelta(days=1)) == 0


def test_safety_does_not_wait_for_the_digest_or_the_morning(cast: Cast) -> None:
    wants(cast, digest=True)
    night = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)  # 23.30 WIB
    for code, safety in (("contact_safety", True), ("report_received", False)):
        Notice.objects.create(
            member_id=cast.kabid.id,
            post_id=cast.kabid.post_id,
            code=code,
            page="home",
            safety=safety,
            at=night,
        )

    queue_notices(at=night)

    sent = Outgoing.objects.get(member_id=cast.kabid.id)
    assert sent.next_try_at == night
    assert "segera" in sent.subject


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(lambda at: at.replace(tzinfo=UTC)))
def test_nobody_is_disturbed_from_nine_to_five(at: datetime) -> None:
    moment = not_before(at, quiet_from=21, quiet_until=5, safety=False)

    assert moment >= at
    assert 5 <= wib(moment).hour < 21
    assert moment - at <= timedelta(hours=8)
    assert not_before(at, quiet_from=21, quiet_until=5, safety=True) == at


def test_failures_back_off_to_an_hour_and_no_further() -> None:
    at = datetime(2026, 11, 24, tzinfo=UTC)
    waits = [retry_at(at, n) - at for n in range(1, 12)]

    assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert waits[-1] == timedelta(hours=1)


def test_an_address_is_one(cast: Cast) -> None:
    with pytest.raises(EmailWrong):
        prefer("bukan alamat", by_email=True, by_push=False, digest=True, by=cast.kabid, at=cast.at)
    with pytest.raises(EmailWrong):
        prefer("", by_email=True, by_push=False, digest=True, by=cast.kabid, at=cast.at)


# --- push


def test_a_message_is_sealed_as_rfc_8291_says() -> None:
    """The example of RFC 8291, section 5 and appendix A."""
    number = int.from_bytes(push.unpacked("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big")
    said = push.sealed(
        b"When I grow up, I want to be a watermelon",
        KEYS["p256dh"],
        AUTH,
        sender=ec.derive_private_key(number, push.CURVE),
        salt=push.unpacked("DGv6ra1nlYgDCS1FRnbzlw"),
    )

    assert push.packed(said) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tlz"
        "AC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def opened(body: bytes) -> dict[str, str]:
    """What the browser would read."""
    mine = ec.derive_private_key(int.from_bytes(push.unpacked(PRIVATE), "big"), push.CURVE)
    salt, theirs, sealed = body[:16], body[21:86], body[86:]
    shared = mine.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(push.CURVE, theirs))
    info = b"WebPush: info\0" + push.unpacked(KEYS["p256dh"]) + theirs
    secret = push._derived(push.unpacked(AUTH), shared, info, 32)
    key = push._derived(salt, secret, b"Content-Encoding: aes128gcm\0", 16)
    nonce = push._derived(salt, secret, b"Content-Encoding: nonce\0", 12)
    return json.loads(AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\x02"))


def test_push_reaches_a_browser_and_says_nothing_about_anyone(cast: Cast, settings) -> None:
    settings.PUSH_SERVICES = ["127.0.0.1"]
    with push_service() as (address, given_):
        subscribe(address, KEYS["p256dh"], AUTH, by=cast.kabid, at=cast.at)
        at = a_lapse(cast)
        queue_notices(at=at)
        done = deliver(at=at)

    assert done["notices_sent"] == len(given_) > 0
    headers, body = given_[-1]
    assert headers["Content-Encoding"] == "aes128gcm"
    assert headers["Authorization"].startswith("vapid t=")
    said = opened(body)
    assert said["title"].startswith("Rangkul: ")
    assert "/pemberitahuan/" in said["link"]


def test_a_browser_that_is_gone_is_not_asked_again(cast: Cast, settings) -> None:
    settings.PUSH_SERVICES = ["127.0.0.1"]
    with push_service(410) as (address, given_):
        subscribe(address, KEYS["p256dh"], AUTH, by=cast.kabid, at=cast.at)
        at = a_lapse(cast)
        queue_notices(at=at)
        deliver(at=at)
        deliver(at=at + timedelta(hours=1))

    assert len(given_) == 1
    assert Subscription.objects.get().gone_at is not None


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/abc",
        "https://169.254.169.254/latest",
        "https://localhost/abc",
        "https://evil.example/fcm.googleapis.com",
        "https://fcm.googleapis.com.evil.example/abc",
        "",
    ],
)
def test_the_house_calls_no_address_but_those_of_push_services(cast: Cast, endpoint: str) -> None:
    with pytest.raises(BrowserUnknown):
        subscribe(endpoint, KEYS["p256dh"], AUTH, by=cast.kabid, at=cast.at)
    with pytest.raises(BrowserUnknown):
        subscribe("https://fcm.googleapis.com/abc", "kunci", AUTH, by=cast.kabid, at=cast.at)


# --- words for a group chat


def test_a_shared_link_opens_only_what_its_reader_may_see_and_ends(cast: Cast) -> None:
    case = an_open_case(cast)
    token, until = share_link("case", case.pk, by=cast.peksos, at=cast.at)

    assert page_of_shared(cast.kabid, token, cast.at) == ("case", case.code)
    assert page_of_shared(cast.kabid, token, cast.at) == ("case", case.code)
    for reader, moment in ((cast.regu, cast.at), (cast.kabid, until)):
        with pytest.raises(NotFound):
            page_of_shared(reader, token, moment)
    with pytest.raises(NotFound):
        share_link("case", case.pk, by=cast.regu, at=cast.at)
    newer, _until = share_link("case", case.pk, by=cast.peksos, at=cast.at + timedelta(minutes=1))
    with pytest.raises(LinkOver):
        page_of_shared(cast.kabid, token, cast.at + timedelta(minutes=2))
    assert page_of_shared(cast.kabid, newer, cast.at + timedelta(minutes=2))


# --- never the one who did it, and never a page of the same words


def test_who_did_it_is_not_told_of_it(cast: Cast) -> None:
    """What the head asked is not told to the head; what the social worker asked is."""
    case = an_open_case(cast)
    facts = {"to_post_id": cast.kabid.post_id, "owner_post_id": cast.peksos.post_id}
    for by in (cast.kabid, cast.peksos):
        follow(
            News(
                action="deadline.extension_asked",
                subject_kind="deadline",
                subject_id=case.pk,
                at=cast.at,
                facts=facts,
                by=by,
            )
        )

    told = Notice.objects.filter(code="extension_asked", member_id=cast.kabid.id)
    assert told.count() == 1  # of what the social worker asked; not of what she asked herself


@pytest.mark.parametrize("code", sorted(city().notices))
def test_no_row_of_the_city_tells_whoever_did_it(cast: Cast, code: str) -> None:
    """Every row of ``notices.csv``: the member who acts holds the very post that the row names."""
    row = city().notices[code]
    role = next((name.removeprefix("role:") for name in row.to if name.startswith("role:")), "")
    acts = next(
        (each for each in cast.members.values() if each.id and (not role or each.role == role)), cast.kabid
    )
    heard = listen(row.trigger[0])
    facts: dict[str, object] = {name: acts.post_id for name in row.to if not name.startswith("role:")}
    facts |= {each.fact: each.value or not each.negated for each in heard.conditions}
    told = Notice.objects.filter(member_id=acts.id, code=code)

    def happens(by: ActingMember | None) -> None:
        follow(News(heard.news, subject_kind="case", subject_id=acts.post_id, by=by, at=cast.at, facts=facts))

    happens(acts)
    assert not told.exists()
    happens(None)
    assert told.count() == 1, "whoever holds the post hears what somebody else did"


def test_the_same_words_stand_once_and_safety_always_alone(cast: Cast, client: Client) -> None:
    def told(code: str, hours: int, *, safety: bool = False, read: bool = False) -> None:
        Notice.objects.create(
            member_id=cast.kabid.id,
            post_id=cast.kabid.post_id,
            code=code,
            page="home",
            safety=safety,
            at=cast.later(hours=hours),
            read_at=cast.later(hours=9) if read else None,
        )

    for hours in range(5):
        told("deadline_escalated", hours)
    told("deadline_escalated", 5, read=True)
    for hours in range(3):
        told("contact_safety", hours, safety=True)
    told("holder_changed", 8)

    groups = alike(my_notices(cast.kabid))

    assert [(group.first.code, len(group.lines)) for group in groups] == [
        ("holder_changed", 1),
        ("deadline_escalated", 1),
        ("deadline_escalated", 5),
        ("contact_safety", 1),
        ("contact_safety", 1),
        ("contact_safety", 1),
    ]
    login(client, cast.kabid)
    assert "5 pemberitahuan" in client.get("/pemberitahuan/").content.decode()
    ids = [str(line.id) for line in groups[2].lines]
    client.post("/pemberitahuan/dibaca/", {"id": ids})
    assert Notice.objects.filter(read_at__isnull=True).count() == 4
    # A name that is none reads nothing and everything only when nobody is named.
    client.post("/pemberitahuan/dibaca/", {"id": ["x"]})
    assert Notice.objects.filter(read_at__isnull=True).count() == 4
