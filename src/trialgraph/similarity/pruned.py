"""The inner loops beyond the exact size: what weighs most finds the candidates, whose scores are then exact.

A row is nearly all in its heaviest entries.  Only these are in the index and only these are asked for, in whole numbers
of two bytes, so that what is added up stays near the processor.  The best of that are compared by their whole rows, and
those that may be among the nearest are scored as everywhere.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,untyped-decorator"
# ruff: noqa: ANN001, ANN201, ANN202

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from trialgraph.similarity.kernel import MICRO, SLACK, _place, _score

FULL = 65_535  # the greatest sum that two bytes hold
SHIFT = np.uint32(15)  # a product of two weights is counted in 32 bits and brought to two bytes by this
MEMORY_LINE = 16  # packed weights in one line of memory
OWN_SLOTS = 8_192
SHARED_SLOTS = 24_576
LINE = 64  # sums that are passed over at once where none of them is great enough
STEP = 6  # bits of a sum that do not matter when the least sum of a candidate is chosen


def slots(columns: int) -> Any:
    """Return the slot of each column, the commonest first: these have one of their own, the others share."""
    rank = np.arange(columns)
    return np.where(rank < OWN_SLOTS, rank, OWN_SLOTS + (rank - OWN_SLOTS) % SHARED_SLOTS).astype(np.int32)


@numba.njit(cache=True, nogil=True)
def greatest(ptr, idx, val, side):
    """Return the greatest squared length of any row, over all columns and over those of side 1 and of side 2."""
    out = np.zeros(3)
    for r in range(len(ptr) - 1):
        held = np.zeros(3)
        for p in range(ptr[r], ptr[r + 1]):
            square = np.float64(val[p]) * np.float64(val[p])
            held[0] += square
            if side[idx[p]] > 0:
                held[side[idx[p]]] += square
        for s in range(3):
            out[s] = max(out[s], held[s])
    return out


@numba.njit(cache=True, nogil=True)
def keep_heaviest(ptr, val, share, keep):
    """Mark in `keep` the heaviest entries of each row that together hold a share of its squared length."""
    for r in range(len(ptr) - 1):
        lo, hi = ptr[r], ptr[r + 1]
        if lo == hi:
            continue
        order = np.sort(val[lo:hi])
        total = 0.0
        for w in order:
            total += np.float64(w) * np.float64(w)
        held = 0.0
        least = order[-1]
        for j in range(len(order) - 1, -1, -1):
            if held >= share * total:
                break
            least = order[j]
            held += np.float64(least) * np.float64(least)
        for p in range(lo, hi):
            keep[p] = val[p] >= least


@numba.njit(cache=True, nogil=True)
def subjects(ptr, idx, val, found, few, many, first, second):
    """Put the two heaviest columns of each row that `few` to `many` rows have into `first` and `second`, or -1."""
    for r in range(len(ptr) - 1):
        most = np.float32(0)
        next_most = np.float32(0)
        first[r] = -1
        second[r] = -1
        for p in range(ptr[r], ptr[r + 1]):
            c = idx[p]
            if found[c] < few or found[c] > many:
                continue
            if val[p] > most:
                next_most = most
                second[r] = first[r]
                most = val[p]
                first[r] = c
            elif val[p] > next_most:
                next_most = val[p]
                second[r] = c


@numba.njit(cache=True, nogil=True)
def pack_columns(order, ptr, idx, val, keep, cptr, bits, scale, out):
    """Fill the index: for each column the places of rows that keep it, each with its weight in the lowest `bits`."""
    at = cptr[:-1].copy()
    for place in range(len(order)):
        r = order[place]
        for p in range(ptr[r], ptr[r + 1]):
            if keep[p]:
                c = idx[p]
                out[at[c]] = (np.uint32(place) << np.uint32(bits)) | np.uint32(val[p] * scale)
                at[c] += 1


@numba.njit(cache=True, nogil=True)
def pack_rows(order, ptr, idx, val, slot, side, bits, scale, ends, out):
    """Fill whole rows: each column's slot with its weight in the lowest `bits`, one side of the product after another.

    `ends` (place + 1, 3) gets where the entries of each side end; its first line is of no row.
    """
    ends[0] = 0
    at = 0
    for place in range(len(order)):
        r = order[place]
        for s in range(3):
            for p in range(ptr[r], ptr[r + 1]):
                if side[idx[p]] == s:
                    out[at] = (np.uint32(slot[idx[p]]) << np.uint32(bits)) | np.uint32(val[p] * scale + 0.5)
                    at += 1
            ends[place + 1, s] = at


@numba.njit(cache=True, nogil=True)
def _fetch_columns(q, ptr, idx, keep, cptr, posts):
    """Read where the columns of row q begin in the index.

    Each line of memory by itself would be waited for; asked for together they come together.
    """
    read = np.uint32(0)
    for p in range(ptr[q], ptr[q + 1]):
        if keep[p]:
            for e in range(cptr[idx[p]], min(cptr[idx[p] + 1], cptr[idx[p]] + 4 * MEMORY_LINE), MEMORY_LINE):
                read += posts[e]
    return read


@numba.njit(cache=True, nogil=True)
def _fetch_rows(room, held, ends, packed):
    """Read a word of every line of memory that the candidates' packed rows are in, as `_fetch_columns` does."""
    read = np.uint32(0)
    for j in range(held):
        read += np.uint32(ends[0xFFFFFFFF - (room[j] & 0xFFFFFFFF), 2])
    for j in range(held):
        r = 0xFFFFFFFF - (room[j] & 0xFFFFFFFF)
        for p in range(ends[r, 2], ends[r + 1, 2], MEMORY_LINE):
            read += packed[p]
    return read


@numba.njit(cache=True, nogil=True)
def _add(q, ptr, idx, val, keep, side, cptr, posts, bits, factor, acc):
    """Add up in `acc` (side, row) what row q shares with every row; return which sides of the product it has."""
    mask = np.uint32((1 << bits) - 1)
    shift = np.uint32(bits)
    asked = np.zeros(3, np.bool_)
    for p in range(ptr[q], ptr[q + 1]):
        if not keep[p]:
            continue
        c = idx[p]
        s = side[c]
        if not asked[s]:
            acc[s, :] = 0
            asked[s] = True
        into = acc[s]
        f = np.uint32(val[p] * factor)
        for e in posts[cptr[c] : cptr[c + 1]]:
            into[e >> shift] += np.uint16(((e & mask) * f) >> SHIFT)
    return asked


@numba.njit(cache=True, nogil=True)
def _sum(place, asked, product, acc):
    """Bring the sums of all sides together in acc[0]; `product` multiplies those of both sides."""
    whole = acc[0]
    if not asked[0]:
        whole[:] = 0
    if asked[1] and asked[2]:
        one, two = acc[1], acc[2]
        for i in range(len(whole)):
            both = np.uint16(np.float32(one[i]) * np.float32(two[i]) * product)
            whole[i] += one[i] + two[i] + both
    elif asked[1] or asked[2]:
        one = acc[1] if asked[1] else acc[2]
        for i in range(len(whole)):
            whole[i] += one[i]
    whole[place] = 0
    return whole


@numba.njit(cache=True, nogil=True)
def _pick(whole, tops, counts, most, room):
    """Put the places of the `most` greatest sums first in `room`, sum and place in one number; return how many.

    `tops` and `counts` are room to work.  Among equal sums the lower places are taken.
    """
    for b in range(len(tops)):
        m = np.uint16(0)
        for i in range(b * LINE, b * LINE + LINE):
            m = max(m, whole[i])
        tops[b] = m
    counts[:] = 0
    for m in tops:
        counts[m >> STEP] += 1
    h = len(counts) - 1
    left = most
    while h > 0 and counts[h] < left:  # the `most` greatest of the lines are no less than what is sought
        left -= counts[h]
        h -= 1
    least = np.uint16(max(1, h << STEP))
    floor = np.int64(-1)
    held = 0
    for b in range(len(tops)):
        if tops[b] < least:
            continue
        for i in range(b * LINE, b * LINE + LINE):
            if whole[i] < least:
                continue
            key = (np.int64(whole[i]) << 32) | np.int64(0xFFFFFFFF - i)
            if key <= floor:
                continue
            if held == len(room):
                room.sort()
                for j in range(most):
                    room[j] = room[len(room) - most + j]
                held = most
                floor = room[0]
                least = np.uint16(floor >> 32)
                if key <= floor:
                    continue
            room[held] = key
            held += 1
    if held <= most:
        return held
    room[:held].sort()
    for j in range(most):
        room[j] = room[held - most + j]
    return most


@numba.njit(cache=True, nogil=True)
def _whole_row(r, ends, packed, bits, dense, step, together):
    """Return the score of a row by its packed weights, with the row that is spread out by slot in `dense`."""
    mask = np.uint32((1 << bits) - 1)
    shift = np.uint32(bits)
    a = np.float32(0)
    for e in packed[ends[r, 2] : ends[r + 1, 0]]:
        a += dense[e >> shift] * np.float32(np.int32(e & mask))
    b = np.float32(0)
    for e in packed[ends[r + 1, 0] : ends[r + 1, 1]]:
        b += dense[e >> shift] * np.float32(np.int32(e & mask))
    c = np.float32(0)
    for e in packed[ends[r + 1, 1] : ends[r + 1, 2]]:
        c += dense[e >> shift] * np.float32(np.int32(e & mask))
    return (a + b + c) * step + together * (b * step) * (c * step)


@numba.njit(cache=True, nogil=True)
def _holds(best, held, place):
    """Return whether a place is among the first `held` of `best`."""
    for j in range(held):  # noqa: SIM110 — numba knows no any() of a generator
        if best[j] == place:
            return True
    return False


@numba.njit(cache=True, nogil=True)
def search(
    asked, order, places, ptr, idx, val, keep, side, slot, cptr, posts, row_bits, factor, product,
    ends, packed, bits, step, steep, starts, sides, together, k, most, out, score,
):  # fmt: skip
    """Find the k nearest rows of the rows `asked`, nearly all, and their exact scores in millionths.

    `order` holds the row of each place in the index, `places` the other way; rows of one subject are neighbours there,
    and asked for one after another, so that what one query read is still near for the next.

    Of each row `most` candidates are compared by their whole packed rows, which makes the score greater than it is
    where columns share a slot, and less by no more than rounding.  The k best by that are scored exactly, then all that
    may be better than the last of these.  What is returned means nothing: it keeps reads ahead from being left out.
    """
    n = len(ptr) - 1
    lines = (n + LINE - 1) // LINE
    acc = np.zeros((3, lines * LINE), np.uint16)
    tops = np.zeros(lines, np.uint16)
    counts = np.zeros((FULL >> STEP) + 1, np.int64)
    room = np.zeros(4 * most, np.int64)
    near = np.zeros(4 * most, np.float32)
    dense = np.zeros(starts[-1], np.float32)
    spread = np.zeros(OWN_SLOTS + SHARED_SLOTS, np.float32)
    parts = np.zeros(len(starts), np.int64)
    best = np.zeros(k, np.int64)
    best_near = np.zeros(k, np.int64)
    read = np.uint32(0)
    for at in range(len(asked)):
        q = asked[at]
        read += _fetch_columns(q, ptr, idx, keep, cptr, posts)
        whole = _sum(places[q], _add(q, ptr, idx, val, keep, side, cptr, posts, row_bits, factor, acc), product, acc)
        held = _pick(whole, tops, counts, most, room)
        own = np.float32(0)
        for p in range(ptr[q], ptr[q + 1]):
            spread[slot[idx[p]]] += val[p]
            dense[idx[p]] = val[p]
            own += val[p]
        read += _fetch_rows(room, held, ends, packed)
        count = 0
        for j in range(held):
            place = np.int64(0xFFFFFFFF - (room[j] & 0xFFFFFFFF))
            near[j] = _whole_row(place, ends, packed, bits, spread, step, together)
            count = _place(place, np.int64(near[j] * MICRO) + 1, k, count, best, best_near)
        held_best = count
        count = 0
        for j in range(held_best):
            exact = _score(dense, idx, val, ptr, order[best[j]], starts, sides, together, parts)
            count = _place(order[best[j]], exact, k, count, out[at], score[at])
        # Each packed weight is off by half a step at most, more by the product.
        off = own * step * steep + 2 * SLACK
        least = np.float32(score[at, k - 1] / MICRO) - off if count == k else np.float32(0)
        for j in range(held):
            place = np.int64(0xFFFFFFFF - (room[j] & 0xFFFFFFFF))
            if near[j] < least or _holds(best, held_best, place):
                continue
            exact = _score(dense, idx, val, ptr, order[place], starts, sides, together, parts)
            count = _place(order[place], exact, k, count, out[at], score[at])
            if count == k:
                least = np.float32(score[at, k - 1] / MICRO) - off
        for p in range(ptr[q], ptr[q + 1]):
            spread[slot[idx[p]]] = 0
            dense[idx[p]] = 0
    return read
