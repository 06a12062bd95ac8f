"""Numbers without gap and without double, whatever happens in between and however many sign at once."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rangkul.domain.errors import Refusal
from rangkul.letters import actions
from rangkul.letters.actions import (
    correct_letter,
    draft_letter,
    return_letter,
    send_letter,
    sign_letter,
    void_letter,
)
from rangkul.letters.models import Counter, Letter
from rangkul.letters.rendering import LetterNotDrawn
from tests.cast import Cast
from tests.letters.made import at_signer, issued, whole

KINDS = ("surat_pernyataan", "ba_bantuan")
MOVES = st.lists(
    st.tuples(st.sampled_from(("draft", "send", "sign", "return", "void", "correct")), st.integers(0, 9)),
    max_size=14,
)


def numbers() -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for kind, ordinal in (
        Letter.objects.exclude(ordinal=None).order_by("ordinal").values_list("kind", "ordinal")
    ):
        found.setdefault(kind, []).append(ordinal)
    return found


def assert_whole() -> None:
    for kind, found in numbers().items():
        assert found == list(range(1, len(found) + 1)), (kind, found)
    for row in Counter.objects.all():
        assert row.last == len(numbers().get(row.kind, []))


@pytest.mark.django_db
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=MOVES)
def test_any_sequence_of_acts_leaves_numbers_without_gap_or_double(
    cast: Cast, moves: list[tuple[str, int]]
) -> None:
    letters: list[Letter] = []
    for move, which in moves:
        try:
            _move(cast, move, which, letters)
        except Refusal:
            continue
    assert_whole()


def _move(cast: Cast, move: str, which: int, letters: list[Letter]) -> None:
    if move == "draft" or not letters:
        kind = KINDS[which % len(KINDS)]
        letters.append(draft_letter(kind, None, whole(kind), by=cast.peksos, at=cast.at))
        return
    letter = letters[which % len(letters)]
    signer = cast.kabid if letter.kind == "ba_bantuan" else cast.peksos
    if move == "send":
        send_letter(letter.pk, by=cast.peksos, at=cast.at)
    elif move == "sign":
        sign_letter(letter.pk, by=signer, at=cast.at)
    elif move == "return":
        return_letter(letter.pk, "perbaiki", by=signer, at=cast.at)
    elif move == "void":
        void_letter(letter.pk, "keliru", by=cast.kadis, at=cast.at)
    else:
        letters.append(correct_letter(letter.pk, by=cast.peksos, at=cast.at))


@pytest.mark.django_db
def test_a_letter_that_cannot_be_drawn_takes_no_number(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = at_signer(cast), at_signer(cast)

    def broken(*_args: object) -> bytes:
        raise LetterNotDrawn(letter="x", reason="y")

    with monkeypatch.context() as planted:
        planted.setattr(actions, "drawn_pdf", broken)
        with pytest.raises(LetterNotDrawn):
            sign_letter(first.pk, by=cast.kadis, at=cast.at)

    first.refresh_from_db()
    assert first.state == "sign" and first.number == ""
    assert sign_letter(second.pk, by=cast.kadis, at=cast.at).ordinal == 1
    assert_whole()


@pytest.mark.slow
def test_many_who_sign_at_once_get_numbers_without_gap_or_double(committed_cast: Cast) -> None:
    cast = committed_cast
    waiting = [at_signer(cast).pk for _ in range(8)]
    ready, failed = Barrier(4), []

    def sign(mine: list[object]) -> None:
        try:
            ready.wait()
            for pk in mine:
                sign_letter(pk, by=cast.kadis, at=cast.at)  # type: ignore[arg-type]
        except Exception as fault:  # noqa: BLE001 - told by the main thread
            failed.append(fault)
        finally:
            connection.close()

    threads = [Thread(target=sign, args=(waiting[place::4],)) for place in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert failed == []
    assert numbers() == {"surat_pengantar": list(range(1, 9))}
    assert_whole()


def test_two_who_sign_the_same_letter_issue_it_once(committed_cast: Cast) -> None:
    cast = committed_cast
    letter = at_signer(cast)
    ready, said = Barrier(2), []

    def sign() -> None:
        try:
            ready.wait()
            said.append(sign_letter(letter.pk, by=cast.kadis, at=cast.at, seen=letter.revision).number)
        except Refusal as refusal:
            said.append(refusal.code)
        finally:
            connection.close()

    threads = [Thread(target=sign) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert sorted(said) == ["400.9.1/0001/SP/DINSOS/2026", "changed_meanwhile"]
    assert Letter.objects.filter(ordinal__isnull=False).count() == 1


@pytest.mark.django_db
def test_the_database_itself_refuses_a_number_twice(cast: Cast) -> None:
    from django.db import IntegrityError, transaction

    first, second = issued(cast), issued(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Letter.objects.filter(pk=second.pk).update(ordinal=first.ordinal)
    with pytest.raises(IntegrityError), transaction.atomic():
        Letter.objects.filter(pk=second.pk).update(ordinal=None)
