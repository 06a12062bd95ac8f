"""Who did what, written in one way only."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rangkul.domain.events import (
    EVENTS,
    FIELDS,
    canonical,
    commit,
    detail_holds,
)

NAMES = sorted(FIELDS - {"seq"})
VALUES = st.lists(st.text(max_size=6), min_size=len(NAMES), max_size=len(NAMES))


def entry(seq: int, **change: str) -> dict[str, str | int | None]:
    """An entry as ``audit`` writes it."""
    return {
        "seq": seq,
        "id": f"u{seq}",
        "at": "2025-03-07T02:00:00+00:00",
        "actor_pid": "a1",
        "post_code": "dinsos.piket",
        "agency": "dinsos",
        "action": "case.viewed",
        "object_kind": "case",
        "object_pid": "o1",
        "sensitivity": "ordinary",
        "purpose": "layanan",
        "relation": "holder",
        "decision": "allow",
        "result": "done",
        "request_id": "",
        "commit": commit(bytes(32), b"detail").hex(),
    } | change


def test_every_event_is_a_noun_and_what_happened() -> None:
    for name, meaning in EVENTS.items():
        assert re.fullmatch(r"[a-z_]+\.[a-z_]+", name) and len(name) <= 48 and meaning


def test_the_canonical_writing_never_changes() -> None:
    """Old logs are checked with this; a change of one byte would break them all."""
    assert (
        canonical(entry(1, agency="Dinas Sosial é", commit="01"))
        == (
            '{"action":"case.viewed","actor_pid":"a1","agency":"Dinas Sosial é","at":"2025-03-07T02:00:00+00:00",'
            '"commit":"01","decision":"allow","id":"u1","object_kind":"case","object_pid":"o1",'
            '"post_code":"dinsos.piket","purpose":"layanan","relation":"holder","request_id":"","result":"done",'
            '"sensitivity":"ordinary","seq":1}'
        ).encode()
    )


@given(VALUES, VALUES)
def test_two_entries_share_a_writing_only_when_they_are_equal(one: list[str], other: list[str]) -> None:
    first, second = (entry(1, **dict(zip(NAMES, values, strict=True))) for values in (one, other))

    assert (canonical(first) == canonical(second)) == (first == second)


@pytest.mark.parametrize("wrong", [{}, {"seq": 1}, entry(1) | {"ip": "x"}])
def test_a_field_outside_the_hash_is_a_fault_of_ours(wrong: dict) -> None:
    with pytest.raises(ValueError, match="these fields"):
        canonical(wrong)


def test_a_commitment_hides_the_detail_and_proves_it() -> None:
    assert commit(b"s" * 32, b"NIK") != commit(b"t" * 32, b"NIK")
    assert detail_holds(entry(1), bytes(32), b"detail") and not detail_holds(entry(1), bytes(32), b"Detail")
    with pytest.raises(ValueError, match="32"):
        commit(b"short", b"x")
