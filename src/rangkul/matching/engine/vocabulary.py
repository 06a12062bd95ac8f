"""Every different word of the register once: its heard form, its bones, its short forms, how many bear it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from rangkul.matching.engine.record import MOST_NICKS, bones, heard, nicks

LETTERS: Final = 24
SPARE: Final = 96
"""Rows at the end for the words of one question; they are used again by the next."""
_GRAMS: Final = 28 * 28
_CODE: Final = {sign: at for at, sign in enumerate("abcdefghijklmnopqrstuvwxyz", start=1)}
_PRIOR_STRENGTH: Final = 2000.0
_UNHEARD_OF: Final = 2e-5
_LEAST_BITS, _MOST_BITS = 1.0, 15.0

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


def grams_of(form: str) -> Array:
    """The two-letter pieces of a form, with its edges, each once."""
    signs = [0, *(_CODE.get(sign, 27) for sign in form[:LETTERS]), 0]
    return np.unique(np.array([a * 28 + b for a, b in zip(signs, signs[1:], strict=False)], np.int64))


class Vocabulary:
    """Words and heard forms by number. Grows by what is added; a question leaves nothing behind."""

    heard: Array
    bones: Array
    idf: Array
    df: Array
    chars: Array
    lens: Array
    nicks: Array
    form_df: Array
    form_bits: Array
    word_room: int
    form_room: int
    masks: Array

    def __init__(self, prior: Mapping[str, float]) -> None:
        self.prior = prior
        self.words: dict[str, int] = {}
        self.forms: dict[str, int] = {}
        self.bone_ids: dict[str, int] = {}
        self._room_words(1024)
        self._room_forms(4096)
        self.form_bits = np.zeros(0)
        self.new_bits = _MOST_BITS
        self.borne = np.zeros(0, np.int64)
        self.gram_posts = np.zeros(0, np.int32)
        self.gram_offsets = np.zeros(_GRAMS + 1, np.int64)
        self.gram_upto = 0
        self.counts = np.zeros(1, np.uint8)

    def _room_words(self, room: int) -> None:
        old: Array = getattr(self, "heard", None)
        n = len(self.words)
        self.heard = np.zeros(room + SPARE, np.int64)
        bones_of = np.full(room + SPARE, -1, np.int64)
        idf = np.full(room + SPARE, _MOST_BITS, np.float64)
        df = np.zeros(room + SPARE, np.int64)
        if old is not None:
            self.heard[:n], bones_of[:n], idf[:n], df[:n] = old[:n], self.bones[:n], self.idf[:n], self.df[:n]
        self.bones, self.idf, self.df, self.word_room = bones_of, idf, df, room

    def _room_forms(self, room: int) -> None:
        old: Array = getattr(self, "chars", None)
        n = len(self.forms)
        self.chars = np.zeros((room + SPARE, LETTERS), np.uint8)
        lens = np.zeros(room + SPARE, np.int64)
        short = np.full((room + SPARE, MOST_NICKS), -1, np.int32)
        masks = np.zeros(room + SPARE, np.int64)
        df = np.zeros(room + SPARE, np.int64)
        if old is not None:
            self.chars[:n], lens[:n], short[:n], df[:n] = old[:n], self.lens[:n], self.nicks[:n], self.form_df[:n]
            masks[:n] = self.masks[:n]
        self.lens, self.nicks, self.form_df, self.form_room, self.masks = lens, short, df, room, masks

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
        self.forms[text] = at
        return at

    def count(self, words: Sequence[int], by: int) -> None:
        """A person bears these words (``by`` 1), or does no longer (-1)."""
        for each in set(words):
            self.df[each] += by
        for form in {int(self.heard[each]) for each in words}:
            self.form_df[form] += by

    def reckon(self, persons: int) -> None:
        """Bits of every word from how many bear its heard form, blended with the shipped frequencies."""
        n = len(self.words)
        forms = self.heard[:n]
        expected = np.full(len(self.forms), _UNHEARD_OF)
        for form, share in self.prior.items():
            at = self.forms.get(form)
            if at is not None:
                expected[at] = share
        held = (self.form_df[: len(self.forms)] + _PRIOR_STRENGTH * expected) / (persons + _PRIOR_STRENGTH)
        self.form_bits = np.clip(-np.log2(np.maximum(held, 1e-9)), _LEAST_BITS, _MOST_BITS)
        self.idf[:n] = self.form_bits[forms]
        unheard = _PRIOR_STRENGTH * _UNHEARD_OF / (persons + _PRIOR_STRENGTH)
        self.new_bits = float(min(-np.log2(max(unheard, 1e-9)), _MOST_BITS))

    def index_grams(self) -> None:
        """Two-letter pieces of every form that somebody bears, for ``near``."""
        texts = list(self.forms)
        borne = np.flatnonzero(self.form_df[: len(texts)] > 0)
        pieces = [grams_of(texts[at]) for at in borne]
        lengths = np.array([len(each) for each in pieces], np.int64)
        flat = np.concatenate(pieces) if pieces else np.zeros(0, np.int64)
        owner = np.repeat(borne, lengths).astype(np.int32) if len(borne) else np.zeros(0, np.int32)
        order = np.argsort(flat, kind="stable")
        self.gram_posts = owner[order]
        self.gram_offsets = np.searchsorted(flat[order], np.arange(_GRAMS + 1)).astype(np.int64)
        self.gram_upto = len(texts)
        self.counts = np.zeros(len(texts) + SPARE, np.uint8)

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
