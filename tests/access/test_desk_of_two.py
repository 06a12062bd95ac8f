"""Two officers of the desk for women and children open a sealed case together; nobody learns of one by a refusal."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from rangkul.access.models import DeskAsk, Exclusion, Ticket
from rangkul.audit import guards
from rangkul.audit.models import Event
from rangkul.cases import emergency_refusals as refusals
from rangkul.cases.actions import write_note
from rangkul.cases.desk_actions import answer_by_two, ask_by_two
from rangkul.cases.emergency_actions import end_ticket, review_ticket
from rangkul.cases.emergency_queries import ticket_list, ticket_page
from rangkul.cases.models import Case
from rangkul.cases.queries import Filters, case_list, case_seen_by
from rangkul.deadlines.models import Deadline
from rangkul.directory.city import permission_table
from rangkul.directory.models import Member, Post, PostHolding
from rangkul.directory.queries import acting_member
from rangkul.domain.citydata_vocabulary import ACTIONS
from rangkul.domain.codes import case_code
from rangkul.domain.errors import NotAllowed, NotFound
from rangkul.domain.policy import ActingMember
from rangkul.notices.models import Notice
from rangkul.people.models import Person
from rangkul.people.queries import person_seen_by
from rangkul.vault.sealing import pseudonym, seal_json
from rangkul.worklist.queries import tasks_for
from tests.access.sealed_world import a_sealed_case, colleague_of
from tests.cases.made import an_open_case
from tests.cast import Cast, login

SignedIn = Callable[[ActingMember], Client]
NOBODYS = case_code(bytes(range(16)))
WHY = "Dijemput paksa malam ini, perlu tahu siapa yang aman dihubungi."


class World:
    """A sealed case that the two of the desk are no readers of: its team is another officer of the same post."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.ordinary = an_open_case(cast)
        self.first, self.reader = cast.uptd, colleague_of(cast.uptd)
        self.case = a_sealed_case(cast, self.ordinary, self.reader)
        self.second = _another(cast)
        self.now = timezone.now()

    def ask(self, code: str | None = None, **more: Any) -> DeskAsk:
        said = {"by": self.first, "at": self.now, **more}
        return ask_by_two(code or self.case.code, "nyawa", WHY, **said)

    def opened(self) -> Ticket:
        answer = answer_by_two(self.ask().pk, agree=True, by=self.second, at=self.now)
        assert answer.ticket is not None
        return answer.ticket


def _another(cast: Cast, name: str = "Sekar Ayuningtyas", post: str = "dp4kb.uptd_ppa") -> ActingMember:
    """One more officer of the post."""
    row = Member(username=name.lower().replace(" ", "-"), name=name)
    row.set_unusable_password()
    row.save()
    post_id = Post.objects.get(code=post).pk
    PostHolding.objects.create(member=row, post_id=post_id, since=cast.at - timedelta(days=30))
    found = acting_member(row.pk, post_id)
    assert found is not None
    return found


@pytest.fixture
def world(cast: Cast) -> World:
    return World(cast)


def sees(member: ActingMember, case: Case) -> bool:
    try:
        case_seen_by(member, case.code)
    except NotFound:
        return False
    return True


def on_list(member: ActingMember, at: datetime) -> list[str]:
    """The tickets that stand on somebody's one list."""
    found = tasks_for(member, at)
    tasks = [*found.overdue, *found.today, *found.later]
    return [task.args[0] for task in tasks if task.page == "ticket"]


def test_two_open_it_for_both_to_read_and_for_nobody_else(world: World) -> None:
    assert not any(sees(each, world.case) for each in (world.first, world.second))
    ticket = world.opened()

    for each in (world.first, world.second):
        assert sees(each, world.case)
        assert person_seen_by(each, Person.every.get(pk=world.case.person_id).code)
        with pytest.raises(NotAllowed):
            write_note(world.case.pk, "catatan", by=each, at=world.now)
    for other in ("kabid", "ppa", "dpo", "peksos2", "desk", "kadis"):
        assert not sees(getattr(world.cast, other), world.case), other
    assert (ticket.ends_at - ticket.opened_at) == timedelta(minutes=60)


def test_it_ends_by_itself_and_by_hand(world: World) -> None:
    ticket = world.opened()
    with guards.down():
        Ticket.objects.filter(pk=ticket.pk).update(
            opened_at=world.now - timedelta(minutes=61), ends_at=world.now - timedelta(minutes=1)
        )
    assert not any(sees(each, world.case) for each in (world.first, world.second))
    again = world.opened()
    end_ticket(again.pk, by=world.reader, at=timezone.now())
    assert not any(sees(each, world.case) for each in (world.first, world.second))


def test_one_alone_opens_nothing_and_nothing_is_looked_up(world: World) -> None:
    ask = world.ask()
    assert not sees(world.first, world.case)
    with pytest.raises(refusals.TwoPeople):
        answer_by_two(ask.pk, agree=True, by=world.first, at=world.now)
    with pytest.raises(IntegrityError), transaction.atomic():
        DeskAsk.objects.filter(pk=ask.pk).update(answered_by_id=world.first.id)
    assert not Event.objects.filter(object_pid=pseudonym(world.case.pk), action__contains="by_two").exists()
    assert not Ticket.objects.exists()


@pytest.mark.parametrize("who", ["police", "peksos", "kabid", "kadis", "desk", "dpo", "satpol_desk"])
def test_the_police_and_all_others_are_not_of_the_desk(world: World, who: str) -> None:
    member = _another(world.cast, "Ipda Retno", "polres.ppa") if who == "police" else getattr(world.cast, who)
    assert (member.role == "ppa_officer") == (who == "police")
    ask = world.ask()
    with pytest.raises(NotFound):
        ask_by_two(world.case.code, "nyawa", WHY, by=member, at=world.now)
    with pytest.raises(NotFound):
        answer_by_two(ask.pk, agree=True, by=member, at=world.now)


def test_an_old_question_and_an_answered_one_are_over(world: World) -> None:
    ask = world.ask()
    with pytest.raises(refusals.AskWaits):
        world.ask()
    with pytest.raises(refusals.AskOver):
        answer_by_two(ask.pk, agree=True, by=world.second, at=world.now + timedelta(minutes=15))
    answer_by_two(ask.pk, agree=False, by=world.second, at=world.now)
    with pytest.raises(refusals.AskOver):
        answer_by_two(ask.pk, agree=True, by=world.second, at=world.now)
    assert not Ticket.objects.exists()


def unknown(_world: World) -> str:
    return NOBODYS


def ordinary(world: World) -> str:
    return world.ordinary.code


def _excluded(world: World, member: ActingMember) -> str:
    person = world.case.person_id
    row = Exclusion(subject_id=person, member_id=member.id, since=world.now, made_by_id=world.reader.id)
    row.made_post_id = world.reader.post_id
    row.sealed_reason = seal_json(person, f"access_exclusion|sealed_reason|{row.pk}", {"words": "x"})
    row.save()
    return world.case.code


def first_excluded(world: World) -> str:
    return _excluded(world, world.first)


def second_excluded(world: World) -> str:
    return _excluded(world, world.second)


def _told(world: World, code: str, client: Client) -> tuple[Any, ...]:
    """Everything that both are told, and all that is left in the log, for a code that opens nothing."""
    before = set(Event.objects.values_list("pk", flat=True))
    login(client, world.first)
    asked = client.post("/akses-darurat/berdua/", {"code": code, "reason": "nyawa", "words": WHY})
    ask = DeskAsk.objects.get(answer="")
    mine = client.get(f"/akses-darurat/berdua/{ask.pk}/")
    login(client, world.second)
    seen = client.get(f"/akses-darurat/berdua/{ask.pk}/")
    answered = client.post(f"/akses-darurat/berdua/{ask.pk}/", {"do": "agree"})
    listed = client.get("/akses-darurat/berdua/")
    rows = Event.objects.exclude(pk__in=before).order_by("at", "pk")
    log = sorted(
        rows.values_list("action", "object_kind", "decision", "sensitivity", "relation", "purpose", "result")
    )
    pages = [_plain(each.content.decode(), ask, code) for each in (mine, seen, answered, listed)]
    return asked.status_code, seen.status_code, answered.status_code, pages, log


def _plain(page: str, ask: DeskAsk, code: str) -> str:
    page = page.replace(str(ask.pk), "ASK").replace(code, "CODE")
    return re.sub(r'(csrfmiddlewaretoken|client_key|X-CSRF-Token)"[^>]*', "", page)


def test_a_code_that_opens_nothing_says_the_same_whatever_it_is(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unknown, ordinary, or sealed and not for one of the two: one answer, the same pages, the same events."""
    moment = world.now
    monkeypatch.setattr(timezone, "now", lambda: moment)
    told = []
    for code_of in (unknown, ordinary, first_excluded, second_excluded):
        with transaction.atomic():
            point = transaction.savepoint()
            told.append(_told(world, code_of(world), client))
            transaction.savepoint_rollback(point)
    assert told[0][:3] == (302, 200, 404)
    assert [each == told[0] for each in told] == [True] * 4
    assert "ticket.refused" in [row[0] for row in told[0][4]]


def test_codes_are_not_guessed_by_two_either(world: World) -> None:
    for _n in range(5):
        answer_by_two(world.ask(NOBODYS).pk, agree=True, by=world.second, at=world.now)
    with pytest.raises(refusals.TooManyTries):
        world.ask()
    with pytest.raises(refusals.TooManyTries):
        world.ask(by=world.second)
    assert Notice.objects.filter(post__role="dpo").exists()


def test_both_stand_in_the_log_and_each_look_is_an_emergency(world: World, client: Client) -> None:
    world.opened()
    pid = pseudonym(world.case.pk)
    by_two = Event.objects.filter(object_pid=pid, action="case.opened_by_two")
    assert set(by_two.values_list("actor_pid", flat=True)) == {world.first.pid, world.second.pid}
    assert set(by_two.values_list("sensitivity", flat=True)) == {"sealed"}

    page = login(client, world.second).get(f"/kasus/{world.case.code}/")

    assert page.status_code == 200
    assert "Akses darurat" in page.content.decode()
    looks = Event.objects.filter(object_pid=pid, actor_pid=world.second.pid).exclude(
        action="case.opened_by_two"
    )
    assert set(looks.values_list("relation", "purpose", "sensitivity")) == {
        ("sealed_desk", "darurat", "sealed")
    }


def test_the_team_is_told_at_once_and_the_officer_reviews_without_the_case(
    world: World, client: Client
) -> None:
    ticket = world.opened()
    at = world.now + timedelta(minutes=1)
    assert str(ticket.pk) in on_list(world.reader, at)
    page = ticket_page(world.reader, ticket.pk, at)
    assert (page.line.code, page.words, page.confirmed_by) == (world.case.code, WHY, world.second.name)
    assert on_list(world.cast.peksos2, at) == []

    assert str(ticket.pk) in on_list(world.cast.dpo, at)
    answer = login(client, world.cast.dpo).get(f"/akses-darurat/{ticket.pk}/")
    person = Person.every.get(pk=world.case.person_id)
    for secret in (world.case.code, person.code, person.label):
        assert secret not in answer.content.decode()
    clock = Deadline.objects.get(subject_id=ticket.pk)
    assert clock.met_at is None
    end_ticket(ticket.pk, by=world.first, at=at)
    with pytest.raises(NotFound):
        review_ticket(ticket.pk, "justified", "sendiri", by=world.second, at=at)
    review_ticket(ticket.pk, "justified", "Nyawa terancam, dua orang, singkat.", by=world.cast.dpo, at=at)
    clock.refresh_from_db()
    assert clock.met_at == at
    assert on_list(world.reader, at) == []


def test_who_shares_the_post_of_the_team_learns_nothing(world: World, client: Client) -> None:
    """The team is told as members: a colleague of the same post reads no line, no notice, no ticket."""
    ticket = world.opened()
    colleague = _another(world.cast, "Tuti Handayani")
    assert on_list(colleague, world.now) == []
    assert ticket_list(colleague, world.now) == []
    assert login(client, colleague).get(f"/akses-darurat/{ticket.pk}/").status_code == 404
    assert not Notice.objects.filter(post_id=colleague.post_id).exists()


def test_it_stands_in_no_list_of_others_while_it_is_open(world: World) -> None:
    world.opened()
    for who in ("kabid", "ppa", "peksos"):
        rows = case_list(getattr(world.cast, who), Filters(state="all"), world.now)
        assert world.case.code not in str(rows), who


def test_what_was_asked_and_answered_is_not_edited(world: World) -> None:
    ask = world.ask()
    for change in ({"reason": "lain"}, {"member_id": world.second.id}):
        with pytest.raises(DatabaseError), transaction.atomic():
            DeskAsk.objects.filter(pk=ask.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        DeskAsk.objects.filter(pk=ask.pk).delete()


def test_who_leaves_the_desk_meanwhile_opens_nothing(world: World) -> None:
    ask = world.ask()
    PostHolding.objects.filter(member_id=world.first.id).update(until=world.now)
    answer = answer_by_two(ask.pk, agree=True, by=world.second, at=world.now)
    assert (answer.answer, answer.ticket) == ("nothing", None)


def test_the_table_opens_reading_alone(cast: Cast) -> None:
    assert cast.uptd.role == "ppa_officer"
    table = permission_table()
    opened = {each for each in ACTIONS if "sealed_desk" in table.relations("ppa_officer", each, "sealed")}
    assert opened == {"case.view", "person.view", "service.view"}
    assert Post.objects.filter(role="ppa_officer").count() > 1
