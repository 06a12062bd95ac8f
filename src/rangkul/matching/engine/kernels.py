"""The compiled part: walking posting lists, comparing prepared rows, evaluating trees. Numbers in, numbers out.

Every function is compiled once per machine (numba, ``cache=True``) and never depends on anything but its arguments.
"""

from __future__ import annotations

import numpy as np
from numba import njit

# Columns of the packed rows.
T_NAME, T_ALIAS, T_PARENT = 6, 4, 4
T_ALL = T_NAME + T_ALIAS
FEATURES = 44
MISSING = -1.0
DEAD = -1.0
"""What stands in the second column of a glance where the row is nobody any more."""
_NOBODY = -1e9
_ANYBODY = -1e8
_AGES, _DAYS = 5.0, 1.5
"""Years that two ages, and two years of birth, may be apart for nothing."""
_FAR = 6.0
_LONG = 4
"""Shorter words are near to everything; they are only the same or not."""
_SAME, _HEARD, _NEAREST, _NEAR, _SHORT, _BONES, _FAINT = 1.0, 0.93, 0.84, 0.70, 0.58, 0.55, 0.40
_SOUNDS_SAME, _SOUNDS_NEAR, _SOUNDS_FAINT = 0.94, 0.88, 0.82
_HEARD_SAME = 0.9
_PART_OF_NIK, _MOST_OF_NIK = 12, 14
_SCARS = (1, 2, 3, 8)
_MARK_AGREES = 2.0
_TWO_OF_THREE = 2
_NAMED_TWICE = 3
_CLOSE = 4.0
"""Bits within which two candidates are close to each other."""
_M1, _M2, _M4 = np.uint64(0x5555555555555555), np.uint64(0x3333333333333333), np.uint64(0x0F0F0F0F0F0F0F0F)
_ADD = np.uint64(0x0101010101010101)
_ONE, _TWO, _FOUR, _TOP = np.uint64(1), np.uint64(2), np.uint64(4), np.uint64(56)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_SIX_BITS = np.uint64(58)
_EVERY = np.uint64(0xFFFFFFFFFFFFFFFF)


@njit(cache=True)
def bits_in(x):
    """How many bits are set."""
    x = x - ((x >> _ONE) & _M1)
    x = (x & _M2) + ((x >> _TWO) & _M2)
    x = (x + (x >> _FOUR)) & _M4
    return np.int64((x * _ADD) >> _TOP)


@njit(cache=True)
def jaro_winkler(a, la, b, lb):
    """Jaro-Winkler of two words as letters; 1 equal, 0 nothing in common. Prefix of four, weight 0.1."""
    if la == 0 or lb == 0:
        return 0.0
    used, m, taken = _in_common(a, la, b, lb)
    if m == 0:
        return 0.0
    t = _out_of_order(a, la, taken, b, used)
    jaro = (m / la + m / lb + (m - t / 2.0) / m) / 3.0
    prefix = 0
    for i in range(min(4, la, lb)):
        if a[i] != b[i]:
            break
        prefix += 1
    return jaro + prefix * 0.1 * (1.0 - jaro)


@njit(cache=True)
def _in_common(a, la, b, lb):
    """Letters of both words that are the same and not far apart: which of ``b``, how many, which of ``a``; as bits."""
    window = max(max(la, lb) // 2 - 1, 0)
    used = 0
    taken = 0
    m = 0
    for i in range(la):
        for j in range(max(0, i - window), min(lb, i + window + 1)):
            if a[i] == b[j] and (used >> j) & 1 == 0:
                used |= 1 << j
                taken |= 1 << i
                m += 1
                break
    return used, m, taken


@njit(cache=True)
def _out_of_order(a, la, taken, b, used):
    """How many of the common letters stand in another order."""
    t = 0
    k = 0
    for i in range(la):
        if (taken >> i) & 1:
            while (used >> k) & 1 == 0:
                k += 1
            t += a[i] != b[k]
            k += 1
    return t


@njit(cache=True)
def walk(posts, starts, ends, weights, score, touched, budget):
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
        w = np.float32(weights[d])
        for at in range(starts[d], ends[d]):
            p = posts[at]
            if score[p] == 0.0:
                touched[n] = p
                n += 1
            score[p] += w
    return n


@njit(cache=True)
def _at_a_glance(s, born, kind, q_sex, q_born, q_by):
    """A sum of doors with what sex and age say for or against it; ``kind``: sex times four, and how the age is known."""
    sex = kind >> 2
    by = kind & 3
    if q_sex > 0 and sex > 0:
        s += 0.6 if q_sex == sex else -4.0
    if q_by > 0 and by > 0:
        d = abs(q_born - born)
        slack = _DAYS if q_by > 1 and by > 1 else _AGES
        s += 1.5 - d / slack if d < _FAR * slack else -4.5
    return s


@njit(cache=True)
def keep_best(score, touched, n, glance, skip, q_sex, q_born, q_by, most, out):
    """The ``most`` persons with the largest sums, after what speaks against them at a glance; clears ``score``.

    ``glance``: birth and kind of each row side by side, so that one look fetches both. ``skip``: a row that is not meant.
    Ties are broken by place, so that the answer never depends on what was asked before.
    """
    values = np.empty(n, np.float64)
    for i in range(n):
        p = touched[i]
        s = score[p]
        score[p] = 0.0
        kind = glance[p, 1]
        if kind == DEAD or p == skip:
            values[i] = _NOBODY
        else:
            values[i] = _at_a_glance(s, glance[p, 0], np.int64(kind), q_sex, q_born, q_by)
    k = min(most, n)
    cut = np.partition(values, n - k)[n - k] if n > k else _ANYBODY
    m = 0
    for i in range(n):
        if values[i] > cut and values[i] > _ANYBODY:
            out[m] = touched[i]
            m += 1
    return _with_ties(values, touched, n, cut, m, k, out) if m < k and cut > _ANYBODY else m


@njit(cache=True)
def _with_ties(values, touched, n, cut, m, k, out):
    """Fill up from those who stand exactly on the cut, by place."""
    ties = np.empty(n, np.int64)
    t = 0
    for i in range(n):
        if values[i] == cut:
            ties[t] = touched[i]
            t += 1
    ties = np.sort(ties[:t])
    for i in range(min(t, k - m)):
        out[m] = ties[i]
        m += 1
    return m


@njit(cache=True)
def may_be_near(a, b):
    """Can two words be 0.82 near by the letters they share? Masks of letters; a cheap no before the dear yes."""
    return bits_in(np.uint64(a & b)) * 2 >= bits_in(np.uint64(a | b))


@njit(cache=True)
def _sound(hq, hp, vocab):
    """Jaro-Winkler of two heard forms, 0 where either is short or they share few letters."""
    chars, lens, masks = vocab[2], vocab[3], vocab[5]
    if lens[hq] < _LONG or lens[hp] < _LONG or not may_be_near(masks[hq], masks[hp]):
        return 0.0
    return jaro_winkler(chars[hq], lens[hq], chars[hp], lens[hp])


@njit(cache=True)
def _is_short_of(hq, hp, nicks):
    """Is either form a short form of the other?"""
    for i in range(nicks.shape[1]):
        if nicks[hq, i] == hp or nicks[hp, i] == hq:
            return True
    return False


@njit(cache=True)
def word_nearness(q, p, vocab):
    """How near two words are, 0 to 1: the same, heard the same, nearly the same, a short form, the same bones."""
    if q == p:
        return _SAME
    heard, bones, nicks = vocab[0], vocab[1], vocab[4]
    hq, hp = heard[q], heard[p]
    if hq == hp:
        return _HEARD
    near = _sound(hq, hp, vocab)
    if near >= _SOUNDS_NEAR:
        return _NEAREST if near >= _SOUNDS_SAME else _NEAR
    if _is_short_of(hq, hp, nicks):
        return _SHORT
    if bones[q] >= 0 and bones[q] == bones[p]:
        return _BONES
    return _FAINT if near >= _SOUNDS_FAINT else 0.0


@njit(cache=True)
def _word_value(q, p, idf, vocab):
    """Nearness of two words and its bits: nearness times how rare the rarer spelling is. The same both ways."""
    near = word_nearness(q, p, vocab)
    return near, (near * min(idf[q], idf[p]) if near < _SAME else idf[q])


@njit(cache=True)
def place_level(a, b, twins):
    """How far two places (ten digits) agree.

    6 village, 5 district, 4 regency, 3 town and regency of one name, 2 province, 1 not at all, 0 nothing known.
    """
    if a == 0 or b == 0:
        return 0
    if a == b and a % 10_000 != 0:
        return 6
    if a // 10_000 == b // 10_000 and a % 1_000_000 != 0:
        return 5
    ra, rb = a // 1_000_000, b // 1_000_000
    if ra == rb and ra % 100 != 0:
        return 4
    if max(ra, rb) < twins.shape[0] and twins[ra] == twins[rb] and twins[ra] > 0:
        return 3
    return 2 if a // 100_000_000 == b // 100_000_000 else 1


@njit(cache=True)
def digit_masks(digits, length):
    """Where each of the ten digits stands in a number, as bits: read once per question."""
    found = np.zeros(10, np.int64)
    for i in range(length):
        found[digits[i]] |= 1 << i
    return found


@njit(cache=True)
def _longest_common(masks, la, b, lb):
    """Length of the longest common subsequence of two numbers; all columns of a row at once, as bits."""
    whole = (1 << la) - 1
    v = whole
    for j in range(lb):
        u = v & masks[b[j]]
        v = ((v + u) | (v - u)) & whole
    return la - bits_in(np.uint64(v))


@njit(cache=True)
def number_nearness(a, la, masks, b, lb):
    """How much of two numbers agrees, 0 to 1, and how many digits that speaks of.

    Whole numbers: the longest common subsequence, so that one digit left out costs one digit. Parts: the better of the
    beginning and the end.
    """
    short = min(la, lb)
    if short == 0:
        return -1.0, 0
    head = 0
    tail = 0
    for i in range(short):
        if a[i] == b[i]:
            head += 1
        if a[la - 1 - i] == b[lb - 1 - i]:
            tail += 1
    best = max(head, tail)
    if short < _PART_OF_NIK:
        return best / short, short
    best = max(best, _longest_common(masks, la, b, lb))
    return best / (max(la, lb) if short >= _MOST_OF_NIK else short), short


@njit(cache=True)
def _mark_pair(one, other):
    """How well two marks agree; see ``mark_level``."""
    ka, kb = one // 1000, other // 1000
    pa, pb = one // 10 % 100, other // 10 % 100
    sa, sb = one % 10, other % 10
    scars = ka in _SCARS and kb in _SCARS
    if ka != kb and not scars:
        return 0.5 if pa == pb and pa > 0 and sa == sb else 0.0
    open_side = sa == 0 or sb == 0
    if pa == pb:
        level = 4.0 if sa == sb else (3.0 if open_side else 1.5)
    else:
        level = 2.0 if (pa == 0 or pb == 0) and (sa == sb or open_side) else 1.0
    return level - 0.4 if scars and ka != kb else level


@njit(cache=True)
def mark_level(a, na, b, nb):
    """How well the best pair of marks agrees, and how many pairs agree at 2 or more.

    4 kind, place and side; 3 kind and place; 2 kind and no contradiction; 1 kind only; 0.5 place only; 0 nothing.
    """
    best = 0.0
    agreed = 0
    for i in range(na):
        mine = 0.0
        for j in range(nb):
            mine = max(mine, _mark_pair(a[i], b[j]))
        if mine >= _MARK_AGREES:
            agreed += 1
        best = max(best, mine)
    return best, agreed


@njit(cache=True)
def _held(words):
    """How many words stand in a row of them; they stand at its beginning."""
    n = 0
    while n < words.shape[0] and words[n] >= 0:
        n += 1
    return n


@njit(cache=True)
def _names(f, q_names, nq, q_aliases, nqa, names, n_names, aliases, n_aliases, idf, vocab, near, value):
    """Features of two people's names: every word of one beside every word of the other, looked at once."""
    n = n_names + n_aliases
    for i in range(nq + nqa):
        q = q_names[i] if i < nq else q_aliases[i - nq]
        for j in range(n):
            p = names[j] if j < n_names else aliases[j - n_names]
            near[i, j], value[i, j] = _word_value(q, p, idf, vocab)
    _of_the_asked(f, nq, nqa, n, near, value)
    _of_the_held(f, names, n_names, n, nq + nqa, value, idf)


@njit(cache=True)
def _of_the_asked(f, nq, nqa, n, near, value):
    bits = 0.0
    best = 0.0
    best_bits = 0.0
    second_bits = 0.0
    lost = 0
    exact = 0
    a_bits = -1.0
    a_near = -1.0
    for i in range(nq + nqa):
        word_bits = 0.0
        word_near = 0.0
        for j in range(n):
            if value[i, j] > word_bits:
                word_bits = value[i, j]
                word_near = near[i, j]
        if i >= nq:
            a_bits = max(a_bits, word_bits)
            a_near = max(a_near, word_near)
            continue
        bits += word_bits
        exact += word_near >= _HEARD_SAME
        lost += word_near == 0.0
        second_bits = max(second_bits, min(word_bits, best_bits))
        if word_bits > best_bits:
            best_bits = word_bits
            best = word_near
    f[0] = bits
    f[2] = best
    f[3] = best_bits
    f[6] = a_bits
    f[7] = a_near
    f[11] = lost
    f[12] = exact
    f[13] = second_bits


@njit(cache=True)
def _of_the_held(f, names, n_names, n, asked, value, idf):
    total = 0.0
    back = 0.0
    r_bits = -1.0
    for j in range(n):
        word_bits = 0.0
        for i in range(asked):
            word_bits = max(word_bits, value[i, j])
        if j < n_names:
            total += idf[names[j]]
            back += word_bits
        else:
            r_bits = max(r_bits, word_bits)
    f[4] = back / total if total > 0 else -1.0
    f[8] = r_bits
    f[34] = total


@njit(cache=True)
def _sex_and_age(f, q_sex, q_nik_sex, q_born, q_by, sex, nik_sex, born, by):
    s = q_sex if q_sex > 0 else q_nik_sex
    t = sex if sex > 0 else nik_sex
    f[14] = 0.0 if s == 0 or t == 0 else (1.0 if s == t else -1.0)
    known = q_by > 0 and by > 0
    f[15] = abs(q_born - born) if known else -1.0
    f[16] = q_by * 4 + by if known else 0.0
    f[17] = q_born - born if known else 0.0


@njit(cache=True)
def _places(f, q_origins, q_nik_place, origins, nik_place, twins, place_bits):
    level = 0
    rare = 0.0
    cross = place_level(q_nik_place, nik_place, twins)
    for i in range(2):
        for j in range(2):
            here = place_level(q_origins[i], origins[j], twins)
            if here > level:
                level = here
                rare = bits_of_place(q_origins[i], here, place_bits)
        cross = max(
            cross, place_level(q_nik_place, origins[i], twins), place_level(q_origins[i], nik_place, twins)
        )
    f[19] = level
    f[20] = rare
    f[21] = cross


@njit(cache=True)
def _marks(f, q_marks, na, marks):
    nb = 0
    for i in range(marks.shape[0]):
        nb += marks[i] > 0
    if na > 0 and nb > 0:
        f[28], f[29] = mark_level(q_marks, na, marks, nb)
    else:
        f[28] = -1.0
        f[29] = -1.0


@njit(cache=True)
def compare_all(found, m, rows, q_rows, q, vocab, idf, twins, place_bits, out):
    """Every candidate beside the question, as ``FEATURES`` numbers each; see ``levels.FEATURE_NAMES`` for what they are."""
    (names, aliases, mothers, fathers, sex, nik_sex, born, born_by, day, nik_day, origins, nik_place, nik, nik_len, marks,
     where, recorded, glued, glued_len) = rows  # fmt: skip
    (q_names, q_aliases, q_mothers, q_fathers, q_sex, q_nik_sex, q_born, q_by, q_day, q_nik_day, q_origins, q_nik_place,
     q_nik, q_nik_len, q_marks, q_where, q_recorded, q_glued, q_glued_len) = q_rows  # fmt: skip
    near = np.empty((T_ALL, T_ALL), np.float64)
    value = np.empty((T_ALL, T_ALL), np.float64)
    nq = _held(q_names[q])
    nqa = _held(q_aliases[q])
    q_total = 0.0
    for i in range(nq):
        q_total += idf[q_names[q, i]]
    digits = digit_masks(q_nik[q], q_nik_len[q])
    na = 0
    for i in range(q_marks.shape[1]):
        na += q_marks[q, i] > 0
    for c in range(m):
        p = found[c]
        f = out[c]
        n_names = _held(names[p])
        _names(
            f,
            q_names[q],
            nq,
            q_aliases[q],
            nqa,
            names[p],
            n_names,
            aliases[p],
            _held(aliases[p]),
            idf,
            vocab,
            near,
            value,
        )
        f[1] = f[0] / q_total if q_total > 0 else -1.0
        f[5] = jaro_winkler(q_glued[q], q_glued_len[q], glued[p], glued_len[p])
        f[9] = nq
        f[10] = n_names
        f[32] = idf[q_names[q, 0]] if nq > 0 else 0.0
        f[33] = q_total
        _sex_and_age(f, q_sex[q], q_nik_sex[q], q_born[q], q_by[q], sex[p], nik_sex[p], born[p], born_by[p])
        f[18] = day_level(q_day[q], q_nik_day[q], day[p], nik_day[p])
        _places(f, q_origins[q], q_nik_place[q], origins[p], nik_place[p], twins, place_bits)
        f[22], f[23] = number_nearness(q_nik[q], q_nik_len[q], digits, nik[p], nik_len[p])
        f[24], f[25] = parent(q_mothers[q], mothers[p], idf, vocab, value)
        f[26], f[27] = parent(q_fathers[q], fathers[p], idf, vocab, value)
        _marks(f, q_marks[q], na, marks[p])
        same_town = q_where[q] == where[p] and where[p] > 0
        f[30] = 2.0 if same_town else (1.0 if q_where[q] // 100 == where[p] // 100 else 0.0)
        f[31] = abs(q_recorded[q] - recorded[p]) if q_recorded[q] > 0 and recorded[p] > 0 else -1.0
    return m


@njit(cache=True)
def _day_pair(a, b):
    """How two birth days agree: 2 the same, 1 two of day, month, year, or day and month turned round, 0 no."""
    if a == b:
        return 2
    month, day = a // 100 % 100, a % 100
    other_month, other_day = b // 100 % 100, b % 100
    same = 0
    if a // 10_000 % 100 == b // 10_000 % 100:
        same += 1
    if month == other_month:
        same += 1
    if day == other_day:
        same += 1
    turned = a // 10_000 == b // 10_000 and day == other_month and other_day == month
    return 1 if same == _TWO_OF_THREE or turned else 0


@njit(cache=True)
def day_level(q_day, q_nik_day, day, nik_day):
    """Birth days: 3 the same, 2 the same by a NIK, 1 two of day, month, year the same, 0 no, -1 not both known."""
    best = -1
    if q_day > 0 and day > 0:
        level = _day_pair(q_day, day)
        best = 3 if level == _TWO_OF_THREE else level
    if q_day > 0 and nik_day > 0:
        best = max(best, _day_pair(q_day, nik_day))
    if q_nik_day > 0 and day > 0:
        best = max(best, _day_pair(q_nik_day, day))
    if q_nik_day > 0 and nik_day > 0:
        best = max(best, _day_pair(q_nik_day, nik_day))
    return best


@njit(cache=True)
def bits_of_place(place, level, place_bits):
    """How rare the regency of a place is among the register, in bits."""
    at = place // 1_000_000
    return place_bits[at] if level >= _NAMED_TWICE and at < place_bits.shape[0] else 0.0


@njit(cache=True)
def parent(q_words, words, idf, vocab, value):
    """Bits and share of a parent's name that agrees; -1 where either is not known."""
    nq = _held(q_words)
    n = _held(words)
    if nq == 0 or n == 0:
        return -1.0, -1.0
    bits = 0.0
    total = 0.0
    for i in range(nq):
        best = 0.0
        for j in range(n):
            value[i, j] = _word_value(q_words[i], words[j], idf, vocab)[1]
            best = max(best, value[i, j])
        bits += best
        total += idf[q_words[i]]
    back = 0.0
    back_total = 0.0
    for j in range(n):
        best = 0.0
        for i in range(nq):
            best = max(best, value[i, j])
        back += best
        back_total += idf[words[j]]
    return max(bits, back), max(bits / total, back / back_total)


# --- levels, weights, the list ---------------------------------------------------------------------------------------


@njit(cache=True)
def level_all(features, columns, edges, edges_held, unknown, is_unknown, out):
    """The level of every pair in every comparison; -1 where not known. ``columns``: the feature of each comparison."""
    for c in range(columns.shape[0]):
        column = columns[c]
        for r in range(features.shape[0]):
            x = features[r, column]
            if is_unknown[c] and x == unknown[c]:
                out[r, c] = -1
                continue
            k = 0
            while k + 1 < edges_held[c] and x >= edges[c, k + 1]:
                k += 1
            out[r, c] = k
    return out


@njit(cache=True)
def weigh_levels(levels, table, out):
    """Bits of every level; 0 where it is not known."""
    for r in range(levels.shape[0]):
        for c in range(levels.shape[1]):
            k = levels[r, c]
            out[r, c] = table[c, k] if k >= 0 else 0.0
    return out


@njit(cache=True)
def _two_best(values):
    """Where the largest stands, and how large the next is (0 where there is none)."""
    top = np.argmax(values)
    other = 0.0
    for r in range(values.shape[0]):
        if r != top:
            other = max(other, values[r])
    return top, other


@njit(cache=True)
def list_all(features, bits, first, held, without_name, names, asked):
    """What only a whole list tells of each of it; ``first``: the column where that begins, in the order of the names."""
    n = features.shape[0]
    weight = bits.sum(axis=1)
    order = np.argsort(-weight, kind="mergesort")
    best = weight[order[0]]
    second = weight[order[1]] if n > 1 else best - 20.0
    top, other = _two_best(features[:, names])
    for place in range(n):
        r = order[place]
        f = features[r]
        close = 0
        while close < n and weight[order[close]] > weight[r] - _CLOSE:
            close += 1
        known = np.sum(f[held] > 0)
        rest = np.sum(bits[r][without_name])
        f[first] = weight[r]
        f[first + 1] = weight[r] - (second if place == 0 else best)
        f[first + 2] = best - weight[r]
        f[first + 3] = place
        f[first + 4] = close - 1
        f[first + 5] = asked
        f[first + 6] = known
        f[first + 7] = f[names] - (other if r == top else features[top, names])
        f[first + 8] = rest


# --- trees -----------------------------------------------------------------------------------------------------------


@njit(cache=True)
def grow(x, m, starts, cuts, owners, masks, leaves, base, out):
    """Evaluate boosted trees on ``m`` rows: the sum of the leaves, in log odds.

    Not tree by tree but question by question, from the smallest cut of each feature on: each that is passed takes the
    leaves to its left away from its tree; what is left at last, the first of them is the leaf (QuickScorer). There is no
    branch that a processor could guess wrong but the end of each list.
    """
    trees = leaves.shape[0]
    state = np.empty(trees, np.uint64)
    for c in range(m):
        state[:] = _EVERY
        for feature in range(starts.shape[0] - 1):
            value = x[c, feature]
            for at in range(starts[feature], starts[feature + 1]):
                if value <= cuts[at]:
                    break
                state[owners[at]] &= masks[at]
        total = base
        for t in range(trees):
            s = state[t]
            total += leaves[t, bits_in((s & (~s + _ONE)) - _ONE)]
        out[c] = total


# --- words -----------------------------------------------------------------------------------------------------------


@njit(cache=True)
def sign_of(row, length):
    """The two-letter pieces of a form, its edges too, as 64 bits: who shares few of these shares few pieces."""
    found = np.uint64(0)
    before = np.uint64(0)
    for i in range(length + 1):
        here = np.uint64(row[i]) if i < length else np.uint64(0)
        piece = (before * np.uint64(28) + here + _ONE) * _SPREAD
        found |= _ONE << (piece >> _SIX_BITS)
        before = here
    return found


@njit(cache=True)
def near_words(signs, n, chars, lens, borne, word, length, least, out, how_near):
    """Heard forms that somebody bears and that are nearly this one: enough pieces in common, then Jaro-Winkler."""
    found = 0
    sign = sign_of(word, length)
    wanted = max(2, np.int64(bits_in(sign) * 0.4))
    for v in range(n):
        if bits_in(signs[v] & sign) < wanted or borne[v] <= 0:
            continue
        near = jaro_winkler(word, length, chars[v], lens[v])
        if near >= least and found < out.shape[0]:
            out[found] = v
            how_near[found] = near
            found += 1
    return found


@njit(cache=True)
def glue(names, first, last, heard, chars, lens, glued, glued_len):
    """The heard forms of each name as one word, as far as there is room."""
    for r in range(first, last):
        at = 0
        for i in range(names.shape[1]):
            if names[r, i] < 0:
                break
            form = heard[names[r, i]]
            for k in range(lens[form]):
                if at < glued.shape[1]:
                    glued[r, at] = chars[form, k]
                    at += 1
        glued_len[r] = at
        for k in range(at, glued.shape[1]):
            glued[r, k] = 0


@njit(cache=True)
def count_words(names, aliases, first, last, heard, borne, by):
    """Add ``by`` to how many people bear each heard form, once per person."""
    seen = np.empty(T_ALL, np.int64)
    for r in range(first, last):
        n = 0
        for i in range(T_ALL):
            word = names[r, i] if i < T_NAME else aliases[r, i - T_NAME]
            if word < 0:
                continue
            form = heard[word]
            known = False
            for k in range(n):
                known = known or seen[k] == form
            if not known:
                seen[n] = form
                n += 1
                borne[form] += by


@njit(cache=True)
def count_places(origins, first, last, counts, by):
    """Add ``by`` to how many people name each regency, once per person."""
    for r in range(first, last):
        one, other = origins[r, 0] // 1_000_000, origins[r, 1] // 1_000_000
        if one > 0:
            counts[one] += by
        if other > 0 and other != one:
            counts[other] += by
