"""What a bench or proof needs in its register, made through the product's own actions.

``python -m bench.world NEEDS`` (a JSON object) on an instance prints where things are as one JSON line.
"""

from __future__ import annotations

import json
import os
import random
import sys
from datetime import timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rangkul.config.settings")
django.setup()

from django.db import transaction  # noqa: E402 - Django must be set up before anything of ours is read
from django.utils import timezone  # noqa: E402

from rangkul.cases.models import Case  # noqa: E402
from rangkul.cases.queries import cases_seen_by  # noqa: E402
from rangkul.deadlines.actions import About, Start, start_clocks  # noqa: E402
from rangkul.deadlines.models import Deadline  # noqa: E402
from rangkul.directory.city import city  # noqa: E402
from rangkul.directory.models import Instance, Member, Post, PostHolding  # noqa: E402
from rangkul.directory.queries import acting_member, posts_with_role, system_operator  # noqa: E402
from rangkul.domain.policy import ActingMember  # noqa: E402
from rangkul.indicators.models import Standing  # noqa: E402
from rangkul.people.models import Person  # noqa: E402
from rangkul.referrals.hand_over_actions import offer_case  # noqa: E402
from rangkul.referrals.hand_over_content import Offer  # noqa: E402
from rangkul.referrals.referral_actions import send_referral  # noqa: E402
from rangkul.referrals.sheet import NewReferral  # noqa: E402
from rangkul.training.accounts import PASSWORD, make_accounts  # noqa: E402
from rangkul.worklist.queries import tasks_for  # noqa: E402
from tests.cases import made  # noqa: E402
from tests.cast import Cast  # noqa: E402
from tests.letters.made import at_signer  # noqa: E402

CODES = ("first_assessment", "assessment", "reporter_informed")
CHUNK = 2000
ROLES = {
    "desk": "piket",
    "peksos": "rini",
    "peksos2": "bagas",
    "kabid": "kabid",
    "kadis": "kadis",
    "regu": "regu2",
    "tksk": "tksk",
    "satpol_desk": "satpolpp",
    "steward": "data",
    "market": "mitra",
}
LISTED = "bench"
"""The account whose list holds as many tasks as ``bench.together`` says; no case of the generated register is its own."""


def the_cast() -> Cast:
    """The training accounts in the parts that ``tests.cast`` knows, acting now."""
    at = timezone.now()
    Instance.objects.filter(pk=1).update(is_training=True)
    make_accounts(by=system_operator(), at=at)
    members = {}
    for part, username in ROLES.items():
        acting = acting_member(Member.objects.get(username=username).pk, None)
        assert acting is not None
        members[part] = acting
    return Cast(members, at - timedelta(seconds=5))


def _number() -> int:
    return random.SystemRandom().randrange(1 << 20, 1 << 120)


def _person(cast: Cast) -> Person:
    return made.a_person(cast, number=_number(), label=f"Kasno {random.randrange(10**6)}")


def new_case(cast: Cast, stage: str) -> Case:
    """A case carried to a stage on evidence."""
    return made.brought_to(cast, stage, number=_number())


def _offered(cast: Cast) -> tuple[str, list[str]]:
    """A hand-over that waits for Rini, with two belongings to tick."""
    case = made.an_open_case(cast, by=cast.peksos2, number=_number())
    offer = Offer(notes={"facts": "Sehat, sudah makan."}, belongings=("Tas kain", "Topi"))
    row = offer_case(case.pk, cast.peksos.post_id, offer, by=cast.peksos2, at=cast.at)
    return str(row.pk), [str(each) for each in row.items.values_list("belonging_id", flat=True)]


def listed() -> ActingMember:
    """A third social worker, whose list is measured."""
    post = Post.objects.get(code="dinsos.peksos3")
    member, new = Member.objects.get_or_create(username=LISTED, defaults={"name": "Sari Bench"})
    if new:
        member.set_password(PASSWORD)
        member.save()
        since = timezone.now() - timedelta(days=400)
        PostHolding.objects.create(member=member, post=post, since=since)
    acting = acting_member(member.pk, post.pk)
    assert acting is not None
    return acting


def _listed(cast: Cast, tasks: int) -> int:
    """Open cases of that social worker until the list holds so many tasks; how many it holds."""
    acting = listed()
    while (open_now := sum(tasks_for(acting, cast.at).counts.values())) < tasks:
        for _ in range(max(1, (tasks - open_now) // 4)):
            made.an_open_case(cast, by=acting, number=_number())
    return open_now


def _clocked() -> int:
    """Three clocks for every open case that has none, owned by the desks of the kelurahan; how many cases are open."""
    owners = [post.pk for post in posts_with_role("kasi_kesra")]
    known = Deadline.objects.filter(subject_kind="case").values("subject_id")
    rows = Case.objects.filter(closed_at__isnull=True).exclude(pk__in=known).values_list("pk", "opened_at")
    starts = [
        Start(
            code=code,
            about=About(kind="case", id=pk),
            owner_post_id=owners[place % len(owners)],
            starts_at=at,
        )
        for place, (pk, at) in enumerate(rows)
        for code in CODES
    ]
    for first in range(0, len(starts), CHUNK):
        start_clocks(starts[first : first + CHUNK])
    return Case.objects.filter(closed_at__isnull=True).count()


@transaction.atomic
def together(tasks: int) -> dict[str, Any]:
    """What ``bench.together`` asks about: a list of so many tasks, clocks on every open case, who leads a meeting."""
    cast = the_cast()
    day = cast.at + timedelta(days=3)
    return {
        "tasks": _listed(cast, tasks),
        "open_now": _clocked(),
        "year": cast.at.year,
        "clocks": Deadline.objects.count(),
        "chair": str(cast.kadis.post_id),
        "minute_taker": str(cast.peksos.post_id),
        "meeting_at": f"{timezone.localtime(day):%Y-%m-%dT%H:%M}",
        "meeting_ends": f"{timezone.localtime(day + timedelta(hours=2)):%Y-%m-%dT%H:%M}",
    }


@transaction.atomic
def make(needs: dict[str, Any]) -> dict[str, Any]:
    """Contacts that wait for a case, cases ready for the next stage, and a random sample of what is there."""
    cast = the_cast()
    found: dict[str, Any] = {"kelurahan": next(iter(city().kelurahan)).code}
    found["waiting_contacts"] = [
        str(made.a_contact(cast, _person(cast)).pk) for _ in range(needs.get("waiting_contacts", 0))
    ]
    found["ready_cases"] = []
    for _ in range(needs.get("ready_cases", 0)):
        case = made.an_open_case(cast, number=_number())
        made.informed(cast, case)
        found["ready_cases"].append((case.code, str(case.pk)))
    found["hand_overs"] = [_offered(cast) for _ in range(needs.get("hand_overs", 0))]
    found["to_refer"] = [
        (case.code, str(case.pk))
        for case in (made.an_open_case(cast, number=_number()) for _ in range(needs.get("to_refer", 0)))
    ]
    found["stage_cases"] = [
        (case.code, str(case.pk))
        for case in (new_case(cast, "intervensi") for _ in range(needs.get("stage_cases", 0)))
    ]
    new = NewReferral(
        institution="disperindag_lapak",
        asked="Lapak sayur",
        id_place="city",
        consent="agreed",
        reason="bench",
    )
    found["sent_referrals"] = [
        str(send_referral(made.an_open_case(cast, number=_number()).pk, new, by=cast.peksos, at=cast.at).pk)
        for _ in range(needs.get("sent_referrals", 0))
    ]
    found["waiting_letters"] = [str(at_signer(cast).pk) for _ in range(needs.get("waiting_letters", 0))]
    sample = needs.get("sample", 0)
    if sample:
        open_cases = cases_seen_by(cast.peksos).filter(closed_at__isnull=True)
        found["open_cases"] = list(open_cases.order_by("code").values_list("code", flat=True)[:sample])
        names = Person.objects.filter(has_name=True, is_minor=False).order_by("code")
        found["names"] = list(names.values_list("label", flat=True)[:sample])
        year = Standing.objects.order_by("-year").values_list("year", flat=True).first()
        found["year"] = year or cast.at.year
    found["counts"] = {"cases": Case.objects.count(), "persons": Person.objects.count()}
    return found


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    print(json.dumps(together(asked["tasks"]) if "tasks" in asked else make(asked)))
