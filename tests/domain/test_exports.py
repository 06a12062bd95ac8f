"""When a list may leave alone, and the marks it bears."""

from __future__ import annotations

import random

import pytest

from rangkul.directory.city import city
from rangkul.domain.exports import (
    MOST_ROWS,
    ExportEmpty,
    ExportTooLong,
    Size,
    check_size,
    needs_second,
    new_code,
    new_password,
    read_code,
)


def test_over_the_cap_and_for_anything_protected_a_second_person_agrees() -> None:
    rule = city().export_rule("cases", "rehab_head")
    assert rule is not None
    assert not needs_second(rule, Size(rule.most))
    assert needs_second(rule, Size(rule.most + 1))
    assert needs_second(rule, Size(1, 1))


def test_persons_behind_a_figure_always_need_a_second_person() -> None:
    rule = city().export_rule("spm_persons", "agency_head")
    assert rule is not None
    assert needs_second(rule, Size(1))


def test_a_role_without_a_row_takes_nothing() -> None:
    roles = [role.code for role in city().roles.values() if role.enforcement] + [
        "volunteer",
        "shelter",
        "duty_desk",
    ]
    for role in roles:
        for row in city().exports:
            assert city().export_rule(row.code, role) is None


def test_nothing_empty_and_nothing_endless() -> None:
    with pytest.raises(ExportEmpty):
        check_size(Size(0))
    with pytest.raises(ExportTooLong):
        check_size(Size(MOST_ROWS + 1))


def test_a_mark_is_read_however_it_was_typed_off() -> None:
    for _n in range(200):
        code = new_code()
        assert read_code(code.lower().replace("-", random.choice(["", " ", " - ", "–"]))) == code


def test_passwords_are_words_and_never_alike() -> None:
    made = {new_password() for _n in range(500)}
    assert len(made) == 500
    assert all(len(each) == 29 and each.count("-") == 4 for each in made)
