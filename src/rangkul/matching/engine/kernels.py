"""The compiled part: walking posting lists, comparing prepared rows, evaluating trees. Numbers in, numbers out.

Every function is compiled once per machine (numba, ``cache=True``) and never depends on anything but its arguments.
"""

from __future__ import annotations

import numpy as np
from numba import njit

# Columns of the packed rows.
T_NAME, T_ALIAS, T_PARENT = 6, 4, 4
FEATURES = 44
MISSING = -1.0


@njit(cache=True)
def jaro_winkler(a, la, b, lb):  # noqa: ANN001, ANN201, C901 - arrays of letters and their lengths
    """Jaro-Winkler of two words as letters; 1 equal, 0 nothing in common. Prefix of four, weight 0.1."""
    if la == 0 or lb == 0:
        return 0.0
    window = max(max(la, lb) // 2 - 1, 0)
    used = np.zeros(24, np.uint8)
    taken = np.zeros(24, np.uint8)
    m = 0
    for i in range(la):
        for j in range(max(0, i - window), min(lb, i + window + 1)):
            if used[j] == 0 and a[i] == b[j]:
                used[j] = 1
                taken[i] = 1
                m += 1
                break
    if m == 0:
        return 0.0
    t = 0
    k = 0
    for i in range(la):
        if taken[i] == 1:
            while used[k] == 0:
                k += 1
            if a[i] != b[k]:
                t += 1
            k += 1
    jaro = (m / la + m / lb + (m - t / 2.0) / m) / 3.0
    prefix = 0
    for i in range(min(4, min(la, lb))):
        if a[i] != b[i]:
            break
        prefix += 1
    return jaro + prefix * 0.1 * (1.0 - jaro)


@njit(cache=True)
def walk(posts, starts, ends, weights, score, touched, budget):  # noqa: ANN001, ANN201
    """Add the weight of each door to everybody behind it; give how many were touched.

    ``score`` is all zeros before and holds sums afterwards for ``touched[:n]``; doors come rarest first, and those that
    would go beyond the budget stay shut.
    """
    n = 0
    seen = 0
    for d in range(starts.shape[0]):
        length = ends[d] - starts[d]
        if seen + length > budget and seen > 0:
            continue
        seen += length
        w = weights[d]
        for at in range(starts[d], ends[d]):
            p = posts[at]
            if score[p] == 0.0:
                touched[n] = p
                n += 1
            score[p] += w
    return n


@njit(cache=True)
def keep_best(score, touched, n, alive, sex, born, born_by, q_sex, q_born, q_by, most, out):  # noqa: ANN001, ANN201, C901, PLR0912, PLR0913
    """The ``most`` persons with the largest sums, after what speaks against them at a glance; clears ``score``.

    Ties are broken by place, so that the answer never depends on what was asked before.
    """
    values = np.empty(n, np.float64)
    for i in range(n):
        p = touched[i]
        s = score[p]
        score[p] = 0.0
        if not alive[p]:
            values[i] = -1e9
            continue
        if q_sex > 0 and sex[p] > 0:
            s += 0.6 if q_sex == sex[p] else -4.0
        if q_by > 0 and born_by[p] > 0:
            d = abs(q_born - born[p])
            slack = 1.5 if q_by > 1 and born_by[p] > 1 else 5.0
            s += 1.5 - d / slack if d < 6.0 * slack else -4.5
        values[i] = s
    k = min(most, n)
    if n > k:
        cut = np.partition(values, n - k)[n - k]
    else:
        cut = -1e8
    m = 0
    for i in range(n):
        if values[i] > cut and values[i] > -1e8:
            out[m] = touched[i]
            m += 1
    if m < k:
        ties = np.empty(n, np.int64)
        t = 0
        for i in range(n):
            if values[i] == cut and cut > -1e8:
                ties[t] = touched[i]
                t += 1
        ties = np.sort(ties[:t])
        for i in range(min(t, k - m)):
            out[m] = ties[i]
            m += 1
    return m


@njit(cache=True)
def may_be_near(a, b):  # noqa: ANN001, ANN201
    """Can two words be 0.82 near by the letters they share? Masks of letters; a cheap no before the dear yes."""
    common = a & b
    either = a | b
    n = 0
    while common:
        common &= common - 1
        n += 1
    m = 0
    while either:
        either &= either - 1
        m += 1
    return n * 2 >= m


@njit(cache=True)
def word_nearness(q, p, heard, bones, chars, lens, nicks, masks):  # noqa: ANN001, ANN201, PLR0911
    """How near two words are, 0 to 1: the same, heard the same, nearly the same, a short form, the same bones."""
    if q == p:
        return 1.0
    hq, hp = heard[q], heard[p]
    if hq == hp:
        return 0.93
    near = 0.0
    if lens[hq] >= 4 and lens[hp] >= 4 and may_be_near(masks[hq], masks[hp]):
        near = jaro_winkler(chars[hq], lens[hq], chars[hp], lens[hp])
    if near >= 0.94 and lens[hq] >= 4 and lens[hp] >= 4:
        return 0.84
    short = False
    for i in range(nicks.shape[1]):
        if nicks[hq, i] == hp or nicks[hp, i] == hq:
            short = True
            break
    if near >= 0.88 and lens[hq] >= 4 and lens[hp] >= 4:
        return 0.70
    if short:
        return 0.58
    if bones[q] >= 0 and bones[q] == bones[p]:
        return 0.55
    if near >= 0.82 and lens[hq] >= 4 and lens[hp] >= 4:
        return 0.40
    return 0.0


@njit(cache=True)
def best_of(q, words, n, idf, vocab):  # noqa: ANN001, ANN201
    """The nearest of several words to one: nearness and its bits (nearness times how rare the rarer spelling is)."""
    best = 0.0
    bits = 0.0
    for i in range(n):
        near = word_nearness(q, words[i], vocab[0], vocab[1], vocab[2], vocab[3], vocab[4], vocab[5])
        if near > 0.0:
            value = near * min(idf[q], idf[words[i]]) if near < 1.0 else idf[q]
            if value > bits:
                bits = value
                best = near
    return best, bits


@njit(cache=True)
def place_level(a, b, twins):  # noqa: ANN001, ANN201, PLR0911
    """How far two places (ten digits) agree: 6 village, 5 district, 4 regency, 3 town and regency of one name, 2 province,
    1 not at all, 0 nothing known."""  # noqa: D205
    if a == 0 or b == 0:
        return 0
    if a == b and a % 10_000 != 0:
        return 6
    if a // 10_000 == b // 10_000 and a % 1_000_000 != 0 and b % 1_000_000 != 0:
        return 5
    ra, rb = a // 1_000_000, b // 1_000_000
    if ra == rb and ra % 100 != 0:
        return 4
    if ra < twins.shape[0] and rb < twins.shape[0] and twins[ra] == twins[rb] and twins[ra] > 0:
        return 3
    if a // 100_000_000 == b // 100_000_000:
        return 2
    return 1


@njit(cache=True)
def number_nearness(a, la, b, lb):  # noqa: ANN001, ANN201, C901
    """How much of two numbers agrees, 0 to 1, and how many digits that speaks of.

    Whole numbers: the longest common subsequence, so that one digit left out costs one digit. Parts: the better of the
    beginning and the end.
    """
    short = min(la, lb)
    if short == 0:
        return -1.0, 0
    head = 0
    for i in range(short):
        if a[i] == b[i]:
            head += 1
    tail = 0
    for i in range(1, short + 1):
        if a[la - i] == b[lb - i]:
            tail += 1
    best = max(head, tail)
    if short >= 12:
        row = np.zeros(17, np.int64)
        for i in range(la):
            before = 0
            for j in range(lb):
                keep = row[j + 1]
                row[j + 1] = before + 1 if a[i] == b[j] else max(row[j + 1], row[j])
                before = keep
        best = max(best, row[lb])
        return best / max(la, lb) if min(la, lb) >= 14 else best / short, short
    return best / short, short


@njit(cache=True)
def mark_level(a, na, b, nb):  # noqa: ANN001, ANN201
    """How well the best pair of marks agrees: 4 kind, place and side; 3 kind and place; 2 kind and no contradiction;
    1 kind only; 0.5 place only; 0 nothing; and how many pairs agree at 2 or more."""  # noqa: D205
    best = 0.0
    agreed = 0
    for i in range(na):
        mine = 0.0
        for j in range(nb):
            ka, kb = a[i] // 1000, b[j] // 1000
            pa, pb = a[i] // 10 % 100, b[j] // 10 % 100
            sa, sb = a[i] % 10, b[j] % 10
            scars = ka in (1, 2, 3, 8) and kb in (1, 2, 3, 8)
            level = 0.0
            if ka == kb or scars:
                same_place = pa == pb
                open_place = pa == 0 or pb == 0
                same_side = sa == sb
                open_side = sa == 0 or sb == 0
                if same_place and same_side:
                    level = 4.0
                elif same_place and open_side:
                    level = 3.0
                elif open_place and (same_side or open_side):
                    level = 2.0
                elif same_place:
                    level = 1.5
                else:
                    level = 1.0
                if scars and ka != kb and level > 0.5:
                    level -= 0.4
            elif pa == pb and pa > 0 and sa == sb:
                level = 0.5
            mine = max(mine, level)
        if mine >= 2.0:
            agreed += 1
        best = max(best, mine)
    return best, agreed


@njit(cache=True)
def compare_all(found, m, rows, q_rows, q, vocab, idf, twins, place_bits, mark_bits, out):  # noqa: ANN001, ANN201, C901, PLR0912, PLR0913, PLR0915
    """Every candidate beside the question, as ``FEATURES`` numbers each; see ``levels.FEATURE_NAMES`` for what they are."""
    (names, aliases, mothers, fathers, sex, nik_sex, born, born_by, day, nik_day, origins, nik_place, nik, nik_len, marks,
     where, recorded, glued, glued_len) = rows  # fmt: skip
    (q_names, q_aliases, q_mothers, q_fathers, q_sex, q_nik_sex, q_born, q_by, q_day, q_nik_day, q_origins, q_nik_place,
     q_nik, q_nik_len, q_marks, q_where, q_recorded, q_glued, q_glued_len) = q_rows  # fmt: skip
    everything = np.empty(T_NAME + T_ALIAS, np.int64)
    q_everything = np.empty(T_NAME + T_ALIAS, np.int64)
    nq = 0
    for i in range(T_NAME):
        if q_names[q, i] >= 0:
            nq += 1
    nqa = 0
    for i in range(T_ALIAS):
        if q_aliases[q, i] >= 0:
            nqa += 1
    for i in range(nq):
        q_everything[i] = q_names[q, i]
    for i in range(nqa):
        q_everything[nq + i] = q_aliases[q, i]
    q_total = 0.0
    for i in range(nq):
        q_total += idf[q_names[q, i]]
    for c in range(m):
        p = found[c]
        f = out[c]
        n = 0
        for i in range(T_NAME):
            if names[p, i] >= 0:
                everything[n] = names[p, i]
                n += 1
        np_ = n
        for i in range(T_ALIAS):
            if aliases[p, i] >= 0:
                everything[n] = aliases[p, i]
                n += 1
        # --- names
        bits = 0.0
        best = 0.0
        best_bits = 0.0
        second_bits = 0.0
        lost = 0
        exact = 0
        for i in range(nq):
            near, value = best_of(q_names[q, i], everything, n, idf, vocab)
            bits += value
            if near >= 0.9:
                exact += 1
            if near == 0.0:
                lost += 1
            if value > best_bits:
                second_bits = best_bits
                best_bits = value
                best = near
            elif value > second_bits:
                second_bits = value
        p_total = 0.0
        p_bits = 0.0
        for i in range(np_):
            p_total += idf[everything[i]]
            _, value = best_of(everything[i], q_everything, nq + nqa, idf, vocab)
            p_bits += value
        f[0] = bits
        f[1] = bits / q_total if q_total > 0 else -1.0
        f[2] = best
        f[3] = best_bits
        f[4] = p_bits / p_total if p_total > 0 else -1.0
        f[5] = jaro_winkler(q_glued[q], q_glued_len[q], glued[p], glued_len[p])
        a_bits = -1.0
        a_near = -1.0
        for i in range(nqa):
            near, value = best_of(q_aliases[q, i], everything, n, idf, vocab)
            a_bits = max(a_bits, value)
            a_near = max(a_near, near)
        f[6] = a_bits
        f[7] = a_near
        r_bits = -1.0
        for i in range(np_, n):
            _, value = best_of(everything[i], q_everything, nq + nqa, idf, vocab)
            r_bits = max(r_bits, value)
        f[8] = r_bits
        f[9] = nq
        f[10] = np_
        f[11] = lost
        f[12] = exact
        f[13] = second_bits
        # --- sex and age
        s = q_sex[q] if q_sex[q] > 0 else q_nik_sex[q]
        t = sex[p] if sex[p] > 0 else nik_sex[p]
        f[14] = 0.0 if s == 0 or t == 0 else (1.0 if s == t else -1.0)
        if q_by[q] > 0 and born_by[p] > 0:
            f[15] = abs(q_born[q] - born[p])
            f[16] = q_by[q] * 4 + born_by[p]
            f[17] = q_born[q] - born[p]
        else:
            f[15] = -1.0
            f[16] = 0.0
            f[17] = 0.0
        f[18] = day_level(q_day[q], q_nik_day[q], day[p], nik_day[p])
        # --- places
        level = 0
        rare = 0.0
        for i in range(2):
            for j in range(2):
                here = place_level(q_origins[q, i], origins[p, j], twins)
                if here > level:
                    level = here
                    rare = bits_of_place(q_origins[q, i], here, place_bits)
        f[19] = level
        f[20] = rare
        cross = place_level(q_nik_place[q], nik_place[p], twins)
        for i in range(2):
            cross = max(cross, place_level(q_nik_place[q], origins[p, i], twins))
            cross = max(cross, place_level(q_origins[q, i], nik_place[p], twins))
        f[21] = cross
        # --- number
        near, speaks = number_nearness(q_nik[q], q_nik_len[q], nik[p], nik_len[p])
        f[22] = near
        f[23] = speaks
        # --- parents
        f[24], f[25] = parent(q_mothers[q], mothers[p], idf, vocab)
        f[26], f[27] = parent(q_fathers[q], fathers[p], idf, vocab)
        # --- marks
        na = 0
        nb = 0
        for i in range(4):
            if q_marks[q, i] > 0:
                na += 1
            if marks[p, i] > 0:
                nb += 1
        if na > 0 and nb > 0:
            f[28], agreed = mark_level(q_marks[q], na, marks[p], nb)
            f[29] = agreed
        else:
            f[28] = -1.0
            f[29] = -1.0
        f[30] = 2.0 if q_where[q] == where[p] and where[p] > 0 else (1.0 if q_where[q] // 100 == where[p] // 100 else 0.0)
        f[31] = abs(q_recorded[q] - recorded[p]) if q_recorded[q] > 0 and recorded[p] > 0 else -1.0
        f[32] = idf[q_names[q, 0]] if nq > 0 else 0.0
        f[33] = q_total
        f[34] = p_total
    return m


@njit(cache=True)
def day_level(q_day, q_nik_day, day, nik_day):  # noqa: ANN001, ANN201
    """Birth days: 3 the same, 2 the same by a NIK, 1 two of day, month, year the same, 0 no, -1 not both known."""
    best = -1
    for i in range(2):
        a = q_day if i == 0 else q_nik_day
        if a == 0:
            continue
        for j in range(2):
            b = day if j == 0 else nik_day
            if b == 0:
                continue
            if a == b:
                level = 3 if i == 0 and j == 0 else 2
            else:
                same = 0
                if a // 10_000 % 100 == b // 10_000 % 100:
                    same += 1
                if a // 100 % 100 == b // 100 % 100:
                    same += 1
                if a % 100 == b % 100:
                    same += 1
                swapped = a // 10_000 == b // 10_000 and a % 100 == b // 100 % 100 and b % 100 == a // 100 % 100
                level = 1 if same == 2 or swapped else 0
            best = max(best, level)
    return best


@njit(cache=True)
def bits_of_place(place, level, place_bits):  # noqa: ANN001, ANN201
    """How rare the regency of a place is among the register, in bits."""
    at = place // 1_000_000
    return place_bits[at] if level >= 3 and at < place_bits.shape[0] else 0.0


@njit(cache=True)
def parent(q_words, words, idf, vocab):  # noqa: ANN001, ANN201
    """Bits and share of a parent's name that agrees; -1 where either is not known."""
    nq = 0
    n = 0
    for i in range(T_PARENT):
        if q_words[i] >= 0:
            nq += 1
        if words[i] >= 0:
            n += 1
    if nq == 0 or n == 0:
        return -1.0, -1.0
    bits = 0.0
    total = 0.0
    for i in range(nq):
        _, value = best_of(q_words[i], words, n, idf, vocab)
        bits += value
        total += idf[q_words[i]]
    back = 0.0
    back_total = 0.0
    for i in range(n):
        _, value = best_of(words[i], q_words, nq, idf, vocab)
        back += value
        back_total += idf[words[i]]
    return max(bits, back), max(bits / total, back / back_total)


@njit(cache=True)
def grow(x, m, feature, cut, left, right, value, roots, base, out):  # noqa: ANN001, ANN201, PLR0913
    """Evaluate boosted trees on ``m`` rows: the sum of the leaves, in log odds. Missing is an ordinary number here."""
    for c in range(m):
        out[c] = base
    # Tree by tree: its nodes stay at hand while every row walks it.
    for t in range(roots.shape[0]):
        root = roots[t]
        for c in range(m):
            at = root
            while feature[at] >= 0:
                at = left[at] if x[c, feature[at]] <= cut[at] else right[at]
            out[c] += value[at]


@njit(cache=True)
def near_words(grams, posts, offsets, counts, chars, lens, word, length, least, out):  # noqa: ANN001, ANN201, PLR0913
    """Heard forms that are nearly this one: share of two-letter pieces first, then Jaro-Winkler."""
    n = 0
    touched = np.empty(4096, np.int64)
    t = 0
    for g in range(grams.shape[0]):
        gram = grams[g]
        for at in range(offsets[gram], offsets[gram + 1]):
            v = posts[at]
            if counts[v] == 0 and t < 4096:
                touched[t] = v
                t += 1
            if counts[v] < 100:
                counts[v] += 1
    wanted = max(2, int(grams.shape[0] * 0.4))
    for i in range(t):
        v = touched[i]
        if counts[v] >= wanted and n < out.shape[0] and jaro_winkler(word, length, chars[v], lens[v]) >= least:
            out[n] = v
            n += 1
    for g in range(grams.shape[0]):
        gram = grams[g]
        for at in range(offsets[gram], offsets[gram + 1]):
            counts[posts[at]] = 0
    return n
