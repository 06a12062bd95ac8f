"""The compiled part of the batch: every record asks all the others, through the doors it stands behind itself."""

from __future__ import annotations

import numpy as np
from numba import njit

from rangkul.matching.engine.kernels import compare_all, grow, keep_best, near_words, walk

SHORTEST = 4
"""Shorter forms have no neighbours: everything is near them."""


@njit(cache=True, nogil=True)
def ask_many(
    first, last, doors, posts, rows, vocab, idf, twins, place_bits, scratch, budget, most, found, count, out
):
    """Candidates and their features for rows ``first`` to ``last``.

    ``doors``: where the doors of each row begin, and of each door the start, the end and the weight; the shortest first.
    ``scratch``: sums (all zeros), touched rows, living rows of this thread. ``found`` and ``out`` hold ``most`` places per
    row; ``count`` says how many of them are used.
    """
    begin, starts, ends, weights = doors
    score, touched, alive = scratch
    sex, born, born_by = rows[4], rows[6], rows[7]
    room = np.empty(most, np.int64)
    for at in range(first, last):
        place = at - first
        if not alive[at]:
            count[place] = 0
            continue
        alive[at] = False
        low, high = begin[place], begin[place + 1]
        n = walk(posts, starts[low:high], ends[low:high], weights[low:high], score, touched, budget)
        s = sex[at] if sex[at] > 0 else rows[5][at]
        m = keep_best(score, touched, n, alive, sex, born, born_by, s, born[at], born_by[at], most, room)
        alive[at] = True
        room[:m].sort()
        base = place * most
        for i in range(m):
            found[base + i] = room[i]
        count[place] = m
        compare_all(room, m, rows, rows, at, vocab, idf, twins, place_bits, 0.0, out[base : base + most])
    return last - first


@njit(cache=True, nogil=True)
def compare_pairs(asked, held, rows, vocab, idf, twins, place_bits, out):
    """Features of chosen pairs; runs of one asking row are compared together."""
    n = asked.shape[0]
    at = 0
    while at < n:
        end = at + 1
        while end < n and asked[end] == asked[at]:
            end += 1
        compare_all(
            held[at:end], end - at, rows, rows, asked[at], vocab, idf, twins, place_bits, 0.0, out[at:end]
        )
        at = end


@njit(cache=True, nogil=True)
def grow_many(x, feature, cut, left, right, value, roots, base, out):
    """Trees over many pairs, without holding up the other thread."""
    grow(x, x.shape[0], feature, cut, left, right, value, roots, base, out)


@njit(cache=True, nogil=True)
def near_many(grams, begin, posts, offsets, chars, lens, n, least, out, count):
    """The neighbours of every form; ``grams`` from ``begin[form]`` on are its own pieces."""
    seen = np.zeros(n + 1, np.uint8)
    room = np.empty(out.shape[1] + 1, np.int64)
    for form in range(n):
        if lens[form] < SHORTEST or begin[form + 1] == begin[form]:
            continue
        found = near_words(
            grams[begin[form] : begin[form + 1]],
            posts,
            offsets,
            seen,
            chars,
            lens,
            chars[form],
            lens[form],
            least,
            room,
        )
        for i in range(found):
            if room[i] != form and count[form] < out.shape[1]:
                out[form, count[form]] = room[i]
                count[form] += 1
