"""Meetings of the training instance: the workshop of 24 February 2022, one that ended lately, one that is to come."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from rangkul.directory.models import Post
from rangkul.directory.queries import instance_city
from rangkul.domain.policy import ActingMember
from rangkul.domain.wib import at_wib, wib_date
from rangkul.meetings import actions as do
from rangkul.meetings.models import AgendaItem, Meeting
from rangkul.meetings.running_actions import sign_in_code
from rangkul.training.hands import Hands

FILE = "2022-02-lokakarya.toml"


def load_meetings(hands: Hands, progress: Callable[[str], None]) -> None:
    """The workshop as its source tells it, then two coordination meetings around ``hands.at``."""
    path = Path(settings.CITIES) / instance_city() / "demo" / FILE
    if path.exists():
        _workshop(tomllib.loads(path.read_text(encoding="utf-8")), hands)
    _lately(hands)
    _to_come(hands)
    progress("rapat dan tindak lanjutnya")


def _post_ids(codes: list[str]) -> list[Any]:
    found = dict(Post.objects.filter(code__in=codes).values_list("code", "pk"))
    return [found[code] for code in codes]


def _of_roles(roles: list[str]) -> list[Any]:
    return list(Post.objects.filter(role__in=roles, retired_on__isnull=True).values_list("pk", flat=True))


def _workshop(said: dict[str, Any], hands: Hands) -> None:
    facts, host, desk = said["meeting"], hands.ppa, hands.piket
    starts = datetime.fromisoformat(facts["starts_at"])
    plan = do.MeetingPlan(
        kind=facts["kind"],
        title=facts["title"],
        purpose=facts["purpose"],
        place=facts["place"],
        protocol=facts["protocol"],
        starts_at=starts,
        ends_at=datetime.fromisoformat(facts["ends_at"]),
        chair_id=host.post_id,
        minute_taker_id=desk.post_id,
        speaker_ids=_post_ids(facts["speakers"]),
        post_ids=[*_post_ids(facts["posts"]), *_of_roles(facts["roles"])],
    )
    meeting = do.plan_meeting(plan, by=host, at=starts - timedelta(days=7))
    items = [
        do.add_topic(meeting.pk, each["title"], each["speaker"], by=host, at=starts - timedelta(days=7))
        for each in said["topic"]
    ]
    do.send_invitations(meeting.pk, by=host, at=starts - timedelta(days=6))
    _hold(meeting, host, [getattr(hands, name) for name in facts["came"]], starts)
    for name, title, agency in facts["listed"]:
        do.list_attendee(meeting.pk, name, title, agency, by=desk, at=starts)
    for item, each in zip(items, said["topic"], strict=True):
        _speak(item, each, hands, starts)
    do.close_meeting(meeting.pk, by=host, at=plan.ends_at)
    do.approve_news(meeting.pk, facts["news"], by=host, at=plan.ends_at + timedelta(days=1))


def _hold(meeting: Meeting, host: ActingMember, came: list[ActingMember], at: datetime) -> None:
    do.open_meeting(meeting.pk, by=host, at=at)
    do.sign_in_here(meeting.pk, by=host, at=at)
    for member in came:
        do.sign_in(meeting.pk, sign_in_code(meeting), by=member, at=at)


def _speak(item: AgendaItem, said: dict[str, Any], hands: Hands, at: datetime) -> None:
    do.write_minutes(item.pk, said["minutes"], by=hands.piket, at=at)
    if said.get("decision"):
        do.decide(item.pk, said["decision"], by=hands.piket, at=at)
    owners = {"satpolpp.piket": hands.satpolpp, "dinsos.kabid_rehsos": hands.kabid}
    for each in said.get("action", ()):
        owner = owners[each["owner"]]
        due = date.fromisoformat(each["due_on"])
        given = do.give_action(item.pk, each["what"], owner.post_id, due, by=hands.piket, at=at)
        do.end_action(given.pk, each["done"], done=True, by=owner, at=at + timedelta(days=7))


def _plan(hands: Hands, title: str, starts: datetime, **more: Any) -> do.MeetingPlan:  # noqa: ANN401 - fields of the plan
    return do.MeetingPlan(
        kind="coordination",
        title=title,
        place="Ruang rapat Dinas Sosial",
        starts_at=starts,
        ends_at=starts + timedelta(hours=2),
        chair_id=hands.kabid.post_id,
        minute_taker_id=hands.piket.post_id,
        post_ids=[
            each.post_id
            for each in (
                hands.rini,
                hands.satpolpp,
                hands.bhabin,
                hands.babinsa,
                hands.ppa,
                hands.nakes,
                hands.trantib,
            )
        ],
        **more,
    )


def _lately(hands: Hands) -> None:
    """Three weeks ago; what it gave to do is partly still open."""
    at, kabid = at_wib(wib_date(hands.ago(days=21)), time(9, 0)), hands.kabid
    meeting = do.plan_meeting(_plan(hands, "Rapat koordinasi bulanan", at), by=kabid, at=hands.ago(days=25))
    for row in AgendaItem.objects.filter(meeting=meeting):
        do.take_off(row.pk, by=kabid, at=hands.ago(days=25))
    item = do.add_topic(meeting.pk, "Orang yang diantar malam hari", by=kabid, at=hands.ago(days=25))
    do.send_invitations(meeting.pk, by=kabid, at=hands.ago(days=24))
    _hold(meeting, kabid, [hands.rini, hands.satpolpp, hands.bhabin, hands.nakes], at)
    do.write_minutes(
        item.pk,
        "Rumah singgah perlu tahu sebelum regu tiba, juga sesudah pukul 21.00.",
        by=hands.piket,
        at=at,
    )
    do.decide(item.pk, "Regu menelepon rumah singgah sebelum berangkat.", by=kabid, at=at)
    soon, later = wib_date(hands.ago(days=2)), wib_date(hands.ago(days=-5))
    do.give_action(
        item.pk,
        "Membagikan nomor telepon jaga malam kepada semua regu",
        hands.satpolpp.post_id,
        soon,
        by=kabid,
        at=at,
    )
    do.give_action(
        item.pk, "Menyiapkan lembar serah terima malam", hands.piket.post_id, later, by=kabid, at=at
    )
    do.close_meeting(meeting.pk, by=kabid, at=at + timedelta(hours=2))


def _to_come(hands: Hands) -> None:
    """In two days; its agenda has gathered itself, and Satpol PP has answered."""
    starts = at_wib(wib_date(hands.at) + timedelta(days=2), time(9, 0))
    meeting = do.plan_meeting(
        _plan(hands, "Rapat koordinasi penanganan PGOT", starts), by=hands.kabid, at=hands.ago(hours=20)
    )
    do.add_topic(
        meeting.pk,
        "Jadwal penjangkauan bersama bulan depan",
        "Satpol PP",
        by=hands.kabid,
        at=hands.ago(hours=20),
    )
    do.send_invitations(meeting.pk, by=hands.kabid, at=hands.ago(hours=19))
    do.answer_invitation(meeting.pk, "coming", by=hands.satpolpp, at=hands.ago(hours=3))
