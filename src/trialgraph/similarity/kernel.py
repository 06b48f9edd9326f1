"""The inner loops: an inverted index gathers candidates, their scores are then added up exactly, part by part.

Compiled by numba and free of Python's lock, so that threads share one copy of the vectors.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,untyped-decorator"
# ruff: noqa: ANN001, ANN201, ANN202

from __future__ import annotations

import numba
import numpy as np

MICRO = 1_000_000  # scores are whole millionths: their parts add up exactly


@numba.njit(cache=True, nogil=True)
def _candidates(acc, allowed, itself, most, best, value):
    """Fill `best` and `value` with the `most` greatest of `acc` above 0, the lower index first among equals."""
    held = 0
    lowest = 0.0
    for i in range(len(acc)):
        s = acc[i]
        if s <= lowest or i == itself or allowed[i] == 0:
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
def parts_of(dense, indices, data, lo, hi, starts, together, parts):
    """Put the parts of one pair's score into `parts`, in millionths, and return their sum.

    `dense` is one trial's row spread out; lo and hi bound the other's entries.  The last part is what drugs and
    procedures add when the condition is shared too: `together` times the one times the other.
    """
    blocks = len(starts) - 1
    sums = np.zeros(blocks)
    block = 0
    for p in range(lo, hi):
        c = indices[p]
        while c >= starts[block + 1]:
            block += 1
        sums[block] += np.float64(dense[c]) * np.float64(data[p])
    total = np.int64(0)
    for b in range(blocks):
        parts[b] = np.int64(np.floor(sums[b] * MICRO + 0.5))
        total += parts[b]
    parts[blocks] = np.int64(np.floor(together * (sums[3] + sums[4]) * sums[2] * MICRO + 0.5))
    return total + parts[blocks]


@numba.njit(cache=True, nogil=True)
def search(first, last, qptr, qidx, qval, cptr, crow, cval, ptr, idx, val, starts, together, k, most, out, score):
    """Find the k nearest rows of rows first to last, and their scores in millionths.

    (qptr, qidx, qval) are the rows as they ask, (cptr, crow, cval) the index by column, (ptr, idx, val) the whole rows.
    """
    n = len(ptr) - 1
    acc = np.zeros(n, np.float32)
    inter = np.zeros(n, np.float32)
    cond = np.zeros(n, np.float32)
    allowed = np.ones(n, np.uint8)
    dense = np.zeros(starts[-1], np.float32)
    best = np.zeros(most, np.int64)
    value = np.zeros(most, np.float32)
    parts = np.zeros(len(starts), np.int64)
    top = np.zeros(most, np.int64)
    for q in range(first, last):
        acc[:] = 0
        last_column = qidx[qptr[q + 1] - 1] if qptr[q + 1] > qptr[q] else 0
        conceptual = last_column >= starts[2]
        if conceptual:
            inter[:] = 0
            cond[:] = 0
        for p in range(qptr[q], qptr[q + 1]):
            c = qidx[p]
            w = qval[p]
            if c < starts[2] or c >= starts[5]:
                for e in range(cptr[c], cptr[c + 1]):
                    acc[crow[e]] += w * cval[e]
            elif c < starts[3]:
                for e in range(cptr[c], cptr[c + 1]):
                    cond[crow[e]] += w * cval[e]
            else:
                for e in range(cptr[c], cptr[c + 1]):
                    inter[crow[e]] += w * cval[e]
        if conceptual:
            for i in range(n):
                acc[i] += cond[i] + inter[i] + np.float32(together) * cond[i] * inter[i]
        held = _candidates(acc, allowed, q, most, best, value)
        for p in range(ptr[q], ptr[q + 1]):
            dense[idx[p]] = val[p]
        for j in range(held):
            r = best[j]
            top[j] = parts_of(dense, idx, val, ptr[r], ptr[r + 1], starts, together, parts)
        for p in range(ptr[q], ptr[q + 1]):
            dense[idx[p]] = 0
        for place in range(k):
            out[q - first, place] = -1
            score[q - first, place] = 0
            at = -1
            for j in range(held):
                if top[j] > 0 and (at < 0 or top[j] > top[at] or (top[j] == top[at] and best[j] < best[at])):
                    at = j
            if at >= 0:
                out[q - first, place] = best[at]
                score[q - first, place] = top[at]
                top[at] = -1


@numba.njit(cache=True, nogil=True)
def score_all(row, ptr, idx, val, starts, together, scores):
    """Score one row against every row, in millionths."""
    dense = np.zeros(starts[-1], np.float32)
    parts = np.zeros(len(starts), np.int64)
    for p in range(ptr[row], ptr[row + 1]):
        dense[idx[p]] = val[p]
    for r in range(len(ptr) - 1):
        scores[r] = parts_of(dense, idx, val, ptr[r], ptr[r + 1], starts, together, parts)


@numba.njit(cache=True, nogil=True)
def prune(ptr, idx, val, starts, mass, kept):
    """Mark the greatest text entries of each row until they hold `mass` of their squared length; others stay whole."""
    for r in range(len(ptr) - 1):
        lo = ptr[r]
        hi = lo
        total = 0.0
        while hi < ptr[r + 1] and idx[hi] < starts[2]:
            total += np.float64(val[hi]) ** 2
            hi += 1
        order = np.argsort(-val[lo:hi], kind="mergesort")
        held = 0.0
        for j in order:
            if held >= mass * total:
                break
            kept[lo + j] = 1
            held += np.float64(val[lo + j]) ** 2
        for p in range(hi, ptr[r + 1]):
            kept[p] = 1


@numba.njit(cache=True, nogil=True)
def explain(a, b, ptr, idx, val, own, starts, together, most, parts, columns, amounts, both):
    """For each pair (a[i], b[i]): the parts of its score, and the text and concept columns that add most.

    columns, amounts and both have the shape (pairs, 2, most): text, then concepts; unused places hold -1.  `both` says
    whether both trials name the concept themselves.
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
        parts_of(dense, idx, val, lo, hi, starts, together, parts[i])
        columns[i] = -1
        for p in range(lo, hi):
            c = idx[p]
            s = np.float64(dense[c]) * np.float64(val[p])
            if s <= 0:
                continue
            kind = 0 if c < starts[2] else 1
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
