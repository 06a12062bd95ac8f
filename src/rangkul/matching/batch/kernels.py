"""The compiled part of the batch: every record asks all the others, through the doors it stands behind itself."""

from __future__ import annotations

import numpy as np
from numba import njit

from rangkul.matching.engine.kernels import DEAD, compare_all, grow, jaro_winkler, keep_best, walk

SHORTEST = 4
"""Shorter forms have no neighbours: everything is near them."""


@njit(cache=True, nogil=True)
def ask_many(
    first,
    last,
    doors,
    posts,
    rows,
    glance,
    vocab,
    idf,
    twins,
    place_bits,
    scratch,
    budget,
    most,
    found,
    count,
    out,
):
    """Candidates and their features for rows ``first`` to ``last``.

    ``doors``: where the doors of each row begin, and of each door the start, the end and the weight; the shortest first.
    ``scratch``: sums (all zeros) and touched rows of this thread. ``found`` and ``out`` hold ``most`` places per
    row; ``count`` says how many of them are used.
    """
    begin, starts, ends, weights = doors
    score, touched = scratch
    sex, born, born_by = rows[4], rows[6], rows[7]
    room = np.empty(most, np.int64)
    for at in range(first, last):
        place = at - first
        if glance[at, 1] == DEAD:
            count[place] = 0
            continue
        low, high = begin[place], begin[place + 1]
        n = walk(posts, starts[low:high], ends[low:high], weights[low:high], score, touched, budget)
        s = sex[at] if sex[at] > 0 else rows[5][at]
        m = keep_best(score, touched, n, glance, at, s, born[at], born_by[at], most, room)
        room[:m].sort()
        base = place * most
        for i in range(m):
            found[base + i] = room[i]
        count[place] = m
        compare_all(room, m, rows, rows, at, vocab, idf, twins, place_bits, out[base : base + most])
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
        compare_all(held[at:end], end - at, rows, rows, asked[at], vocab, idf, twins, place_bits, out[at:end])
        at = end


@njit(cache=True, nogil=True)
def grow_many(x, starts, cuts, owners, masks, leaves, base, out):
    """Trees over many pairs, without holding up the other thread."""
    grow(x, x.shape[0], starts, cuts, owners, masks, leaves, base, out)


@njit(cache=True, nogil=True)
def near_many(grams, begin, posts, offsets, chars, lens, n, least, out, count):
    """The neighbours of every form; ``grams`` from ``begin[form]`` on are its own pieces.

    Everybody asks, so the pieces have lists here; one question at intake runs over all forms instead (``near_words``).
    """
    seen = np.zeros(n + 1, np.uint8)
    touched = np.empty(n + 1, np.int32)
    for form in range(n):
        if lens[form] < SHORTEST or begin[form + 1] == begin[form]:
            continue
        own = grams[begin[form] : begin[form + 1]]
        t = touch(own, posts, offsets, seen, touched)
        wanted = max(2, int(own.shape[0] * 0.4))
        for i in range(t):
            v = touched[i]
            shared = seen[v]
            seen[v] = 0
            if shared < wanted or v == form or count[form] == out.shape[1]:
                continue
            if jaro_winkler(chars[form], lens[form], chars[v], lens[v]) >= least:
                out[form, count[form]] = v
                count[form] += 1


@njit(cache=True, nogil=True)
def touch(grams, posts, offsets, seen, touched):
    """Count for every form how many of some pieces it has; give how many forms have any."""
    t = 0
    for g in range(grams.shape[0]):
        gram = grams[g]
        for at in range(offsets[gram], offsets[gram + 1]):
            v = posts[at]
            if seen[v] == 0:
                touched[t] = v
                t += 1
            seen[v] += 1
    return t
