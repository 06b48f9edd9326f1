"""Compiled kernels of the exact search: candidates from an inverted index, scores as sums of integer millionths.

Compiled by numba without the interpreter lock, so that threads share one copy of the vectors.  Names as in CSR: `ptr`
int64[rows + 1], `idx` int32[nnz], `val` float32[nnz].
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,untyped-decorator"
# ruff: noqa: ANN001, ANN201, ANN202

from __future__ import annotations

import numba
import numpy as np

MICRO = 1_000_000  # scores are whole millionths: their parts add up exactly
SLACK = 3e-5  # more than single precision and rounding to millionths can take from a score


@numba.njit(cache=True, nogil=True)
def _top(acc, itself, most, best, value):
    """Put the `most` greatest values of `acc` above 0 into `value` and their rows into `best`; returns how many."""
    size = 0
    lowest = np.float32(0.0)
    for i in range(len(acc)):
        s = acc[i]
        if s <= lowest or i == itself:
            continue
        j = size if size < most else most - 1
        while j > 0 and value[j - 1] < s:
            value[j] = value[j - 1]
            best[j] = best[j - 1]
            j -= 1
        value[j] = s
        best[j] = i
        if size < most:
            size += 1
        if size == most:
            lowest = value[most - 1]
    return size


@numba.njit(cache=True, nogil=True)
def score_parts(dense, indices, data, lo, hi, starts, sides, interaction, parts):
    """Put the score parts of one pair into `parts`, int64[blocks + 1] in millionths, and return their sum.

    `dense` float32[columns] is one row; entries lo to hi are the other.  Block b has the columns from starts[b] to
    starts[b + 1].  The last part is `interaction` times the sum of the blocks on side 1 times that of those on side 2.
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
    parts[last] = np.int64(np.floor(interaction * second * first * MICRO + 0.5))
    return total + parts[last]


@numba.njit(cache=True, nogil=True)
def _score(dense, idx, val, ptr, row, starts, sides, interaction, parts):
    return score_parts(dense, idx, val, ptr[row], ptr[row + 1], starts, sides, interaction, parts)


@numba.njit(cache=True, nogil=True)
def _insert(row, score, k, size, rows, scores):
    """Insert a row into the k best so far, ordered by score, then row; return how many there are now."""
    if score <= 0:
        return size
    j = size if size < k else k
    while j > 0 and (scores[j - 1] < score or (scores[j - 1] == score and rows[j - 1] > row)):
        j -= 1
    if j == k:
        return size
    size = min(size + 1, k)
    for i in range(size - 1, j, -1):
        rows[i] = rows[i - 1]
        scores[i] = scores[i - 1]
    rows[j] = row
    scores[j] = score
    return size


@numba.njit(cache=True, nogil=True)
def invert(ptr, idx, val, group, cptr, crow, cval):
    """Fill the inverted index (CSC: cptr, crow, cval) of the columns that are in no group."""
    at = cptr[:-1].copy()
    for r in range(len(ptr) - 1):
        for p in range(ptr[r], ptr[r + 1]):
            c = idx[p]
            if group[c] < 0:
                crow[at[c]] = r
                cval[at[c]] = val[p]
                at[c] += 1


@numba.njit(cache=True, nogil=True)
def group_norms(ptr, idx, val, group, out):
    """Fill `out` float32[rows, groups] with the L2 norm of each row over the columns of each group."""
    for r in range(len(ptr) - 1):
        for p in range(ptr[r], ptr[r + 1]):
            g = group[idx[p]]
            if g >= 0:
                out[r, g] += val[p] * val[p]
        for g in range(out.shape[1]):
            out[r, g] = np.sqrt(out[r, g])


@numba.njit(cache=True, nogil=True)
def _gather(q, ptr, idx, val, group, cptr, crow, cval, starts, sides, interaction, acc, one, two):
    """Put the score of row q with every row over the indexed columns into `acc`; `one` and `two` are scratch arrays."""
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
        t = np.float32(interaction)
        for i in range(len(acc)):
            acc[i] += one[i] + two[i] + t * one[i] * two[i]
    elif ones:
        for i in range(len(acc)):
            acc[i] += one[i]
    elif twos:
        for i in range(len(acc)):
            acc[i] += two[i]


@numba.njit(cache=True, nogil=True)
def search(queries, ptr, idx, val, group, cptr, crow, cval, rest, starts, sides, interaction, k, first, out, score):
    """Find the k nearest rows of the rows `asked`, and their scores in millionths; return how many were scored.

    (cptr, crow, cval) indexes the columns that are in no `group`; of the others, the commonest, `rest` holds each row's
    L2 norm by group.  By the Cauchy-Schwarz inequality two rows share at most the product of these norms there: a row
    whose partial sum plus that bound is below the k-th best score is pruned, and none is missed.
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
    scored = 0
    for at in range(len(queries)):
        q = queries[at]
        rows = out[at]
        scores = score[at]
        _gather(q, ptr, idx, val, group, cptr, crow, cval, starts, sides, interaction, acc, one, two)
        for p in range(ptr[q], ptr[q + 1]):
            dense[idx[p]] = val[p]
        acc[q] = -1
        size = 0
        for j in range(_top(acc, q, first, best, value)):
            acc[best[j]] = -1
            size = _insert(
                best[j], _score(dense, idx, val, ptr, best[j], starts, sides, interaction, parts), k, size, rows, scores
            )
            scored += 1
        bound = np.float32(0.0)
        for g in range(groups):
            own[g] = rest[q, g]
            bound += own[g] * greatest[g]
        least = np.float32(scores[k - 1] / MICRO - SLACK) if size == k else np.float32(0.0)
        for i in range(n):
            if acc[i] + bound < least or acc[i] < 0:
                continue
            s = acc[i]
            for g in range(groups):
                s += own[g] * rest[i, g]
            if s < least or s <= 0:
                continue
            scored += 1
            size = _insert(i, _score(dense, idx, val, ptr, i, starts, sides, interaction, parts), k, size, rows, scores)
            if size == k:
                least = np.float32(scores[k - 1] / MICRO - SLACK)
        for p in range(ptr[q], ptr[q + 1]):
            dense[idx[p]] = 0
    return scored


@numba.njit(cache=True, nogil=True)
def search_reverse(
    queries, ptr, idx, val, group, cptr, crow, cval, rest, starts, sides, interaction, k, first, least, out, score
):
    """Find the k nearest rows of the rows `asked`, as `search` does, and their reverse neighbours.

    A row is a reverse neighbour where the score reaches its `least`, int64[rows] in millionths.  Returns int64[n, 3]:
    the row, the one of `asked`, their score.
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
    hits = np.zeros((1024, 3), np.int64)
    count = 0
    for at in range(len(queries)):
        q = queries[at]
        rows = out[at]
        scores = score[at]
        _gather(q, ptr, idx, val, group, cptr, crow, cval, starts, sides, interaction, acc, one, two)
        for p in range(ptr[q], ptr[q + 1]):
            dense[idx[p]] = val[p]
        acc[q] = -1
        size = 0
        for j in range(_top(acc, q, first, best, value)):
            s = _score(dense, idx, val, ptr, best[j], starts, sides, interaction, parts)
            size = _insert(best[j], s, k, size, rows, scores)
        mine = np.float32(scores[k - 1] / MICRO - SLACK) if size == k else np.float32(0.0)
        rows[:] = -1
        scores[:] = 0
        size = 0
        for i in range(n):
            s = acc[i]
            if s < 0:
                continue
            for g in range(groups):
                s += rest[q, g] * rest[i, g]
            if s <= 0 or (s < mine and s < np.float32(least[i] / MICRO - SLACK)):
                continue
            whole = _score(dense, idx, val, ptr, i, starts, sides, interaction, parts)
            size = _insert(i, whole, k, size, rows, scores)
            if whole > 0 and whole >= least[i]:
                if count == len(hits):
                    more = np.zeros((2 * count, 3), np.int64)
                    more[:count] = hits
                    hits = more
                hits[count, 0] = i
                hits[count, 1] = q
                hits[count, 2] = whole
                count += 1
        for p in range(ptr[q], ptr[q + 1]):
            dense[idx[p]] = 0
    return hits[:count]


@numba.njit(cache=True, nogil=True)
def score_all(row, ptr, idx, val, starts, sides, interaction, scores):
    """Fill `scores` int64[rows] with the score of one row with every row, in millionths."""
    dense = np.zeros(starts[-1], np.float32)
    parts = np.zeros(len(starts), np.int64)
    for p in range(ptr[row], ptr[row + 1]):
        dense[idx[p]] = val[p]
    for r in range(len(ptr) - 1):
        scores[r] = _score(dense, idx, val, ptr, r, starts, sides, interaction, parts)


@numba.njit(cache=True, nogil=True)
def explain(a, b, ptr, idx, val, own, starts, sides, interaction, words, most, parts, columns, amounts, both):
    """Fill, for each pair (a[i], b[i]), the parts of its score and the columns that contribute most.

    columns, amounts and both have the shape (pairs, 2, most): text columns (those below `words`), then concepts; padded
    with -1.  `both`: both trials name the concept themselves.
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
        score_parts(dense, idx, val, lo, hi, starts, sides, interaction, parts[i])
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
