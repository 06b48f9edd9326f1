"""The inner loops: an inverted index gathers candidates, their scores are then added up exactly, part by part.

Compiled by numba and free of Python's lock, so that threads share one copy of the vectors.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,untyped-decorator"
# ruff: noqa: ANN001, ANN201, ANN202

from __future__ import annotations

import numba
import numpy as np

MICRO = 1_000_000  # scores are whole millionths: their parts add up exactly
SLACK = 3e-5  # more than single precision and rounding to millionths can take from a score


@numba.njit(cache=True, nogil=True)
def _greatest(acc, itself, most, best, value):
    """Fill `best` and `value` with the `most` greatest of `acc` above 0, the lower row first among equals."""
    held = 0
    lowest = np.float32(0.0)
    for i in range(len(acc)):
        s = acc[i]
        if s <= lowest or i == itself:
            continue
        j = held if held < most else most - 1
        while j > 0 and value[j - 1] < s:
            value[j] = value[j - 1]
            best[j] = best[j - 1]
            j -= 1
        value[j] = s
        best[j] = i
        if held < most:
            held += 1
        if held == most:
            lowest = value[most - 1]
    return held


@numba.njit(cache=True, nogil=True)
def parts_of(dense, indices, data, lo, hi, starts, sides, together, parts):
    """Put the parts of one pair's score into `parts`, in millionths, and return their sum.

    `dense` is one trial's row spread out; lo and hi bound the other's entries.  Block b has the columns from starts[b]
    to starts[b + 1].  The last part is `together` times the sum of the blocks on side 1 times that of those on side 2.
    """
    total = np.int64(0)
    first = 0.0
    second = 0.0
    p = lo
    for b in range(len(starts) - 1):
        end = starts[b + 1]
        s = 0.0
        while p < hi and indices[p] < end:
            s += np.float64(dense[indices[p]]) * np.float64(data[p])
            p += 1
        if sides[b] == 1:
            first += s
        elif sides[b] == 2:
            second += s
        parts[b] = np.int64(np.floor(s * MICRO + 0.5))
        total += parts[b]
    last = len(starts) - 1
    parts[last] = np.int64(np.floor(together * second * first * MICRO + 0.5))
    return total + parts[last]


@numba.njit(cache=True, nogil=True)
def _score(dense, idx, val, ptr, row, starts, sides, together, parts):
    return parts_of(dense, idx, val, ptr[row], ptr[row + 1], starts, sides, together, parts)


@numba.njit(cache=True, nogil=True)
def _place(row, score, k, held, rows, scores):
    """Put a row among the k best so far, best first, the lower row first among equals; return how many there are."""
    if score <= 0:
        return held
    j = held if held < k else k
    while j > 0 and (scores[j - 1] < score or (scores[j - 1] == score and rows[j - 1] > row)):
        j -= 1
    if j == k:
        return held
    held = min(held + 1, k)
    for i in range(held - 1, j, -1):
        rows[i] = rows[i - 1]
        scores[i] = scores[i - 1]
    rows[j] = row
    scores[j] = score
    return held


@numba.njit(cache=True, nogil=True)
def invert(ptr, idx, val, group, cptr, crow, cval):
    """Fill the index: for each column of no group, its rows and their values; `cptr` holds where each starts."""
    at = cptr[:-1].copy()
    for r in range(len(ptr) - 1):
        for p in range(ptr[r], ptr[r + 1]):
            c = idx[p]
            if group[c] < 0:
                crow[at[c]] = r
                cval[at[c]] = val[p]
                at[c] += 1


@numba.njit(cache=True, nogil=True)
def lengths(ptr, idx, val, group, out):
    """Fill `out` (row, group) with the length of what each row holds in the columns of each group."""
    for r in range(len(ptr) - 1):
        for p in range(ptr[r], ptr[r + 1]):
            g = group[idx[p]]
            if g >= 0:
                out[r, g] += val[p] * val[p]
        for g in range(out.shape[1]):
            out[r, g] = np.sqrt(out[r, g])


@numba.njit(cache=True, nogil=True)
def _gather(q, ptr, idx, val, group, cptr, crow, cval, starts, sides, together, acc, one, two):
    """Add up in `acc` what row q shares with every row in the columns of the index; `one` and `two` are room for it."""
    acc[:] = 0
    ones = False
    twos = False
    p = ptr[q]
    for b in range(len(starts) - 1):
        into = acc
        if sides[b] == 1:
            into = one
        elif sides[b] == 2:
            into = two
        while p < ptr[q + 1] and idx[p] < starts[b + 1]:
            c = idx[p]
            w = val[p]
            p += 1
            if group[c] >= 0:
                continue
            if sides[b] == 1 and not ones:
                one[:] = 0
                ones = True
            elif sides[b] == 2 and not twos:
                two[:] = 0
                twos = True
            for e in range(cptr[c], cptr[c + 1]):
                into[crow[e]] += w * cval[e]
    if ones and twos:
        t = np.float32(together)
        for i in range(len(acc)):
            acc[i] += one[i] + two[i] + t * one[i] * two[i]
    elif ones:
        for i in range(len(acc)):
            acc[i] += one[i]
    elif twos:
        for i in range(len(acc)):
            acc[i] += two[i]


@numba.njit(cache=True, nogil=True)
def search(asked, ptr, idx, val, group, cptr, crow, cval, rest, starts, sides, together, k, first, out, score):
    """Find the k nearest rows of the rows `asked`, and their scores in millionths; return how many were scored.

    (ptr, idx, val) are the rows.  (cptr, crow, cval) is the index of all columns that are in no `group`; of the others,
    the commonest, `rest` holds the length of each row's part, group by group.  Two rows share at most the product of
    these lengths there (Cauchy and Schwarz), so that no row whose sum in the index and that bound together stay below
    the k-th best score can be among the nearest: nothing is missed.
    """
    n = len(ptr) - 1
    groups = rest.shape[1]
    acc = np.zeros(n, np.float32)
    one = np.zeros(n, np.float32)
    two = np.zeros(n, np.float32)
    dense = np.zeros(starts[-1], np.float32)
    best = np.zeros(first, np.int64)
    value = np.zeros(first, np.float32)
    parts = np.zeros(len(starts), np.int64)
    greatest = np.zeros(groups, np.float32)
    for g in range(groups):
        greatest[g] = rest[:, g].max()
    own = np.zeros(groups, np.float32)
    looked_at = 0
    for at in range(len(asked)):
        q = asked[at]
        rows = out[at]
        scores = score[at]
        _gather(q, ptr, idx, val, group, cptr, crow, cval, starts, sides, together, acc, one, two)
        for p in range(ptr[q], ptr[q + 1]):
            dense[idx[p]] = val[p]
        acc[q] = -1
        held = 0
        for j in range(_greatest(acc, q, first, best, value)):
            acc[best[j]] = -1
            held = _place(
                best[j], _score(dense, idx, val, ptr, best[j], starts, sides, together, parts), k, held, rows, scores
            )
            looked_at += 1
        bound = np.float32(0.0)
        for g in range(groups):
            own[g] = rest[q, g]
            bound += own[g] * greatest[g]
        least = np.float32(scores[k - 1] / MICRO - SLACK) if held == k else np.float32(0.0)
        for i in range(n):
            if acc[i] + bound < least or acc[i] < 0:
                continue
            s = acc[i]
            for g in range(groups):
                s += own[g] * rest[i, g]
            if s < least or s <= 0:
                continue
            looked_at += 1
            held = _place(i, _score(dense, idx, val, ptr, i, starts, sides, together, parts), k, held, rows, scores)
            if held == k:
                least = np.float32(scores[k - 1] / MICRO - SLACK)
        for p in range(ptr[q], ptr[q + 1]):
            dense[idx[p]] = 0
    return looked_at


@numba.njit(cache=True, nogil=True)
def meet(asked, ptr, idx, val, group, cptr, crow, cval, rest, starts, sides, together, k, first, least, out, score):
    """Find the k nearest rows of the rows `asked`, as `search` does, and every row they are near to.

    `least` is for each row the score, in millionths, from which a row asked for is told.  Returns three arrays:
    the row, the one asked for and their score.
    """
    n = len(ptr) - 1
    groups = rest.shape[1]
    acc = np.zeros(n, np.float32)
    one = np.zeros(n, np.float32)
    two = np.zeros(n, np.float32)
    dense = np.zeros(starts[-1], np.float32)
    best = np.zeros(first, np.int64)
    value = np.zeros(first, np.float32)
    parts = np.zeros(len(starts), np.int64)
    told = np.zeros((1024, 3), np.int64)
    count = 0
    for at in range(len(asked)):
        q = asked[at]
        rows = out[at]
        scores = score[at]
        _gather(q, ptr, idx, val, group, cptr, crow, cval, starts, sides, together, acc, one, two)
        for p in range(ptr[q], ptr[q + 1]):
            dense[idx[p]] = val[p]
        acc[q] = -1
        held = 0
        for j in range(_greatest(acc, q, first, best, value)):
            s = _score(dense, idx, val, ptr, best[j], starts, sides, together, parts)
            held = _place(best[j], s, k, held, rows, scores)
        mine = np.float32(scores[k - 1] / MICRO - SLACK) if held == k else np.float32(0.0)
        rows[:] = -1
        scores[:] = 0
        held = 0
        for i in range(n):
            s = acc[i]
            if s < 0:
                continue
            for g in range(groups):
                s += rest[q, g] * rest[i, g]
            if s <= 0 or (s < mine and s < np.float32(least[i] / MICRO - SLACK)):
                continue
            whole = _score(dense, idx, val, ptr, i, starts, sides, together, parts)
            held = _place(i, whole, k, held, rows, scores)
            if whole > 0 and whole >= least[i]:
                if count == len(told):
                    more = np.zeros((2 * count, 3), np.int64)
                    more[:count] = told
                    told = more
                told[count, 0] = i
                told[count, 1] = q
                told[count, 2] = whole
                count += 1
        for p in range(ptr[q], ptr[q + 1]):
            dense[idx[p]] = 0
    return told[:count]


@numba.njit(cache=True, nogil=True)
def score_all(row, ptr, idx, val, starts, sides, together, scores):
    """Score one row against every row, in millionths."""
    dense = np.zeros(starts[-1], np.float32)
    parts = np.zeros(len(starts), np.int64)
    for p in range(ptr[row], ptr[row + 1]):
        dense[idx[p]] = val[p]
    for r in range(len(ptr) - 1):
        scores[r] = _score(dense, idx, val, ptr, r, starts, sides, together, parts)


@numba.njit(cache=True, nogil=True)
def explain(a, b, ptr, idx, val, own, starts, sides, together, words, most, parts, columns, amounts, both):
    """For each pair (a[i], b[i]): the parts of its score, and the text and concept columns that add most.

    columns, amounts and both have the shape (pairs, 2, most): text (the columns below `words`), then concepts; unused
    places hold -1.  `both` says whether both trials name the concept themselves.
    """
    dense = np.zeros(starts[-1], np.float32)
    named = np.zeros(starts[-1], np.uint8)
    last = -1
    for i in range(len(a)):
        if a[i] != last:
            if last >= 0:
                for p in range(ptr[last], ptr[last + 1]):
                    dense[idx[p]] = 0
            last = a[i]
            for p in range(ptr[last], ptr[last + 1]):
                dense[idx[p]] = val[p]
                named[idx[p]] = own[p]
        lo, hi = ptr[b[i]], ptr[b[i] + 1]
        parts_of(dense, idx, val, lo, hi, starts, sides, together, parts[i])
        columns[i] = -1
        for p in range(lo, hi):
            c = idx[p]
            s = np.float64(dense[c]) * np.float64(val[p])
            if s <= 0:
                continue
            kind = 0 if c < words else 1
            j = most - 1
            if columns[i, kind, j] >= 0 and amounts[i, kind, j] >= s:
                continue
            while j > 0 and (columns[i, kind, j - 1] < 0 or amounts[i, kind, j - 1] < s):
                columns[i, kind, j] = columns[i, kind, j - 1]
                amounts[i, kind, j] = amounts[i, kind, j - 1]
                both[i, kind, j] = both[i, kind, j - 1]
                j -= 1
            columns[i, kind, j] = c
            amounts[i, kind, j] = s
            both[i, kind, j] = named[c] and own[p]
