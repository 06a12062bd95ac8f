"""Who may give leave for what: no order is consent, no suspect consents, everything ends, nothing opens unnamed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.domain import consents as rules
from rangkul.domain.consents import BASES, GIVEN_BY, ITEMS, Asked, check, is_open, shown, state
from rangkul.domain.errors import Refusal

TODAY = date(2026, 11, 24)
MOST = 365
FINE = Asked(
    given_by="subject",
    basis="consent",
    items=("name", "health"),
    words="Di ruang konseling, 24-11, lisan, disaksikan",
    is_minor=False,
    receiver_kind="health",
    until=TODAY + timedelta(days=90),
)
ORDER = ("B/12/XI/2026", "24-11-2026", "Polres", "hanya nama dan alamat")

ASKED = st.builds(
    Asked,
    given_by=st.sampled_from([*GIVEN_BY, "", "police"]),
    basis=st.sampled_from([*BASES, ""]),
    items=st.lists(st.sampled_from([*ITEMS, "file:1", "file:2", "everything"]), max_size=4).map(tuple),
    words=st.sampled_from(["", "ya", FINE.words]),
    is_minor=st.booleans(),
    receiver_kind=st.sampled_from(["civil", "health", "police", "enforcement", "army", ""]),
    until=st.sampled_from([None, TODAY, TODAY + timedelta(days=1), TODAY + timedelta(days=366)]),
    guardian_suspect=st.sampled_from(["no", "yes", "unknown"]),
    suspected_before=st.booleans(),
    why_not_alone=st.sampled_from(["", "belum dapat menyatakan kehendak"]),
    order=st.sampled_from([ORDER, ("", "", "", ""), ("x", "", "y", "z")]),
)


@given(ASKED)
def test_whatever_passes_is_lawful_in_every_part(asked: Asked) -> None:
    try:
        check(asked, today=TODAY, most_days=MOST, files=("1",))
    except Refusal as refusal:
        assert refusal.field
        return
    assert asked.receiver_kind not in ("enforcement", "army")
    assert asked.items and set(asked.items) <= {*ITEMS, "file:1"}
    assert asked.until is not None and TODAY < asked.until <= TODAY + timedelta(days=MOST)
    assert asked.basis in rules.BASES_OF[asked.given_by]
    assert not (asked.given_by == "subject" and asked.is_minor)
    if asked.given_by == "guardian":
        assert asked.guardian_suspect == "no" and not asked.suspected_before
    if asked.given_by == "legal_order":
        assert all(asked.order)
    if asked.given_by in ("guardian", "best_interest") and not asked.is_minor:
        assert asked.why_not_alone


@given(st.lists(st.sampled_from(ITEMS), unique=True), st.lists(st.sampled_from(ITEMS), unique=True))
def test_exactly_what_was_granted_is_shown(granted: list[str], there: list[str]) -> None:
    assert shown(granted, there) == tuple(each for each in there if each in granted)


@given(st.integers(0, 100), st.integers(1, 100), st.none() | st.integers(0, 200), st.integers(-10, 300))
def test_open_only_between_its_beginning_and_its_first_end(
    since: int, lasts: int, ended: int | None, now: int
) -> None:
    zero = datetime(2026, 1, 1, tzinfo=UTC)
    moment = [zero + timedelta(hours=n) for n in (since, since + lasts, now)]
    end = None if ended is None else zero + timedelta(hours=ended)
    opens = is_open(moment[0], moment[1], end, moment[2])
    assert opens == (since <= now < since + lasts and (ended is None or now < ended))
    assert (state(moment[0], moment[1], end, moment[2]) == "open") == opens


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"receiver_kind": "enforcement"}, rules.ReceiverNever),
        ({"is_minor": True}, rules.GiverWrong),
        ({"is_minor": True, "given_by": "guardian"}, rules.GuardianIsSuspect),
        ({"is_minor": True, "given_by": "guardian", "guardian_suspect": "yes"}, rules.GuardianIsSuspect),
        (
            {"is_minor": True, "given_by": "guardian", "guardian_suspect": "no", "suspected_before": True},
            rules.GuardianIsSuspect,
        ),
        ({"given_by": "guardian", "guardian_suspect": "no"}, rules.GuardianNeedsWords),
        ({"basis": "vital_interest"}, rules.BasisWrong),
        ({"given_by": "legal_order", "basis": "consent"}, rules.BasisWrong),
        ({"given_by": "legal_order", "basis": "legal_obligation"}, rules.OrderIncomplete),
        ({"words": "ya"}, rules.EvidenceMissing),
        ({"items": ()}, rules.ItemsMissing),
        ({"items": ("name", "file:7")}, rules.ItemsMissing),
        ({"until": TODAY}, rules.UntilWrong),
        ({"until": None}, rules.UntilWrong),
    ],
)
def test_what_is_refused_and_why(change: dict[str, object], refusal: type[Refusal]) -> None:
    check(FINE, today=TODAY, most_days=MOST)
    with pytest.raises(refusal):
        check(replace(FINE, **change), today=TODAY, most_days=MOST)  # type: ignore[arg-type]


def test_a_best_interest_decision_stands_where_the_guardian_is_the_suspect() -> None:
    asked = replace(
        FINE, is_minor=True, given_by="best_interest", basis="public_task", guardian_suspect="yes"
    )
    check(asked, today=TODAY, most_days=MOST)
