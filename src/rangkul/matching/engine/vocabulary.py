"""Every different word of the register once: its heard form, its bones, its short forms, how many bear it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Final

import numpy as np

from rangkul.matching.engine.kernels import near_words, sign_of
from rangkul.matching.engine.record import MOST_NICKS, bones, heard, nicks

LETTERS: Final = 24
SPARE: Final = 96
"""Rows at the end for the words of one question; they are used again by the next."""
_CODE: Final = {sign: at for at, sign in enumerate("abcdefghijklmnopqrstuvwxyz", start=1)}
_PRIOR_STRENGTH: Final = 2000.0
_UNHEARD_OF: Final = 2e-5
_LEAST_BITS, _MOST_BITS = 1.0, 15.0
_LONG: Final = 4
"""Shorter forms have no neighbours: everything is near them."""
_NEAR: Final = 0.86
_MOST_NEAR: Final = 48
_MOST_FOUND: Final = 2_048
_MOST_KEPT: Final = 20_000
"""How many answers to "which words are nearly this one" are kept until the words change."""

Array = Any


def letters(form: str) -> tuple[Array, int]:
    """A form as small numbers, at most ``LETTERS`` of them."""
    row = np.zeros(LETTERS, np.uint8)
    found = [_CODE.get(sign, 27) for sign in form[:LETTERS]]
    row[: len(found)] = found
    return row, len(found)


def mask_of(row: Array, length: int) -> int:
    """The letters of a form as bits."""
    found = 0
    for each in row[: int(length)]:
        found |= 1 << int(each)
    return found


class Vocabulary:
    """Words and heard forms by number. Grows by what is added; a question leaves nothing behind."""

    heard: Array
    bones: Array
    idf: Array
    chars: Array
    lens: Array
    nicks: Array
    form_df: Array
    form_bits: Array
    word_room: int
    form_room: int
    masks: Array
    signs: Array

    def __init__(self, prior: Mapping[str, float]) -> None:
        self.prior = prior
        self.words: dict[str, int] = {}
        self.forms: dict[str, int] = {}
        self.bone_ids: dict[str, int] = {}
        self._room_words(1024)
        self._room_forms(4096)
        self.form_bits = np.zeros(0)
        self.new_bits = _MOST_BITS
        self.expected = np.zeros(0)
        self.near: dict[bytes, list[int]] = {}
        self._found = np.empty(_MOST_FOUND, np.int64), np.empty(_MOST_FOUND, np.float64)

    def _room_words(self, room: int) -> None:
        old: Array = getattr(self, "heard", None)
        n = len(self.words)
        self.heard = np.zeros(room + SPARE, np.int64)
        bones_of = np.full(room + SPARE, -1, np.int64)
        idf = np.full(room + SPARE, _MOST_BITS, np.float64)
        if old is not None:
            self.heard[:n], bones_of[:n], idf[:n] = old[:n], self.bones[:n], self.idf[:n]
        self.bones, self.idf, self.word_room = bones_of, idf, room

    def _room_forms(self, room: int) -> None:
        old: Array = getattr(self, "chars", None)
        n = len(self.forms)
        self.chars = np.zeros((room + SPARE, LETTERS), np.uint8)
        lens = np.zeros(room + SPARE, np.int64)
        short = np.full((room + SPARE, MOST_NICKS), -1, np.int32)
        masks = np.zeros(room + SPARE, np.int64)
        signs = np.zeros(room + SPARE, np.uint64)
        df = np.zeros(room + SPARE, np.int64)
        if old is not None:
            self.chars[:n], lens[:n], short[:n] = old[:n], self.lens[:n], self.nicks[:n]
            masks[:n], signs[:n], df[:n] = self.masks[:n], self.signs[:n], self.form_df[:n]
        self.lens, self.nicks, self.form_df, self.form_room = lens, short, df, room
        self.masks, self.signs = masks, signs

    def word(self, text: str) -> int:
        """The number of a word of the register; made when it is new."""
        known = self.words.get(text)
        if known is not None:
            return known
        at = len(self.words)
        if at >= self.word_room:
            self._room_words(self.word_room * 2)
        form = self.form(heard(text))
        bone = bones(text)
        self.heard[at] = form
        self.bones[at] = self.bone_ids.setdefault(bone, len(self.bone_ids)) if bone else -1
        if self.nicks[form, 0] < 0:
            for place, nick in enumerate(nicks(text)):
                # Making a form may move the arrays: look the row up again each time.
                number = self.form(nick)
                self.nicks[form, place] = number
        self.words[text] = at
        return at

    def form(self, text: str) -> int:
        """The number of a heard form."""
        known = self.forms.get(text)
        if known is not None:
            return known
        at = len(self.forms)
        if at >= self.form_room:
            self._room_forms(self.form_room * 2)
        self.chars[at], self.lens[at] = letters(text)
        self.masks[at] = mask_of(self.chars[at], self.lens[at])
        self.signs[at] = sign_of(self.chars[at], self.lens[at])
        self.forms[text] = at
        return at

    def reckon(self, persons: int) -> None:
        """Bits of every word from how many bear its heard form, blended with the shipped frequencies."""
        n = len(self.words)
        expected = self._expected()
        held = (self.form_df[: len(self.forms)] + _PRIOR_STRENGTH * expected) / (persons + _PRIOR_STRENGTH)
        self.form_bits = np.clip(-np.log2(np.maximum(held, 1e-9)), _LEAST_BITS, _MOST_BITS)
        self.idf[:n] = self.form_bits[self.heard[:n]]
        unheard = _PRIOR_STRENGTH * _UNHEARD_OF / (persons + _PRIOR_STRENGTH)
        self.new_bits = float(min(-np.log2(max(unheard, 1e-9)), _MOST_BITS))

    def _expected(self) -> Array:
        """The shipped share of every form, or of what is not heard of; worked out once for each form."""
        done, n = len(self.expected), len(self.forms)
        if done < n:
            fresh = np.full(n - done, _UNHEARD_OF)
            known: Iterable[tuple[int | None, float | None]] = (
                ((self.forms.get(form), share) for form, share in self.prior.items())
                if n - done > len(self.prior)
                else ((at, self.prior.get(form)) for form, at in islice(self.forms.items(), done, None))
            )
            for at, share in known:
                if at is not None and share is not None and at >= done:
                    fresh[at - done] = share
            self.expected = np.concatenate([self.expected, fresh])
        return self.expected

    def near_forms(self, word: int) -> list[int]:
        """Heard forms of the register that are nearly this word's, the nearest first."""
        form = int(self.heard[word])
        length = int(self.lens[form])
        if length < _LONG:
            return []
        text = self.chars[form, :length].tobytes()
        if text in self.near:
            return self.near[text]
        out, how_near = self._found
        n = near_words(
            self.signs, len(self.forms), self.chars, self.lens, self.form_df, self.chars[form], length,
            _NEAR, out, how_near,
        )  # fmt: skip
        order = np.lexsort((out[:n], -how_near[:n]))[: _MOST_NEAR + 1]
        found = [each for each in out[order].tolist() if each != form][:_MOST_NEAR]
        if len(self.near) < _MOST_KEPT:
            self.near[text] = found
        return found

    # --- a question ------------------------------------------------------------------------------------------------

    def ask(self, texts: Sequence[str]) -> list[int]:
        """Numbers for the words of one question. What nobody bears gets a spare row, until the next question."""
        found = []
        spare_word, spare_form = self.word_room, self.form_room
        for text in texts:
            known = self.words.get(text)
            if known is None:
                known = spare_word
                spare_word += 1
                spare_form = self._lay_out(text, known, spare_form)
            found.append(known)
        return found

    def _lay_out(self, text: str, word: int, spare: int) -> int:
        form_text = heard(text)
        form = self.forms.get(form_text)
        if form is None:
            form = spare
            spare += 1
            self.chars[form], self.lens[form] = letters(form_text)
            self.masks[form] = mask_of(self.chars[form], self.lens[form])
            self.nicks[form, :] = -1
            for place, nick in enumerate(nicks(text)):
                self.nicks[form, place] = self.forms.get(nick, -1)
            self.idf[word] = self.new_bits
        else:
            self.idf[word] = self.form_bits[form] if form < len(self.form_bits) else self.new_bits
        self.heard[word] = form
        self.bones[word] = self.bone_ids.get(bones(text), -2) if bones(text) else -1
        return spare

    @property
    def tables(self) -> tuple[Array, Array, Array, Array, Array, Array]:
        """What the kernels read."""
        return self.heard, self.bones, self.chars, self.lens, self.nicks, self.masks
