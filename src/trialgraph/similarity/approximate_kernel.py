"""Compiled kernels of the approximate search: candidates from a pruned, quantised inverted index, scored exactly.

The heaviest entries hold nearly all of a row's squared norm.  Only they are in the index and in the query (static
pruning), as integers whose sums fit uint16, so that the accumulators fit into the cache.  The best candidates are
compared by their whole quantised rows, and those that can be among the nearest are scored exactly.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,untyped-decorator"
# ruff: noqa: ANN001, ANN201, ANN202

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from trialgraph.similarity.kernel import MICRO, SLACK, _insert, _score

FULL = 65_535  # the greatest uint16
SHIFT = np.uint32(15)  # a product of two quantised weights has 32 bits and is shifted by this to 16
MEMORY_LINE = 16  # packed weights in one cache line
OWN_SLOTS = 8_192
SHARED_SLOTS = 24_576
LINE = 64  # accumulators that are skipped interaction where their maximum is too small
STEP = 6  # low bits of a sum that the histogram of maxima ignores


def slots(columns: int) -> Any:
    """Return the slot of each column by frequency rank: the first OWN_SLOTS have their own, the others share."""
    rank = np.arange(columns)
    return np.where(rank < OWN_SLOTS, rank, OWN_SLOTS + (rank - OWN_SLOTS) % SHARED_SLOTS).astype(np.int32)


@numba.njit(cache=True, nogil=True)
def max_squared_norms(ptr, idx, val, side):
    """Return float64[3]: the greatest squared L2 norm of a row over all columns, over side 1 and over side 2."""
    out = np.zeros(3)
    for r in range(len(ptr) - 1):
        size = np.zeros(3)
        for p in range(ptr[r], ptr[r + 1]):
            square = np.float64(val[p]) * np.float64(val[p])
            size[0] += square
            if side[idx[p]] > 0:
                size[side[idx[p]]] += square
        for s in range(3):
            out[s] = max(out[s], size[s])
    return out


@numba.njit(cache=True, nogil=True)
def keep_heaviest(ptr, val, share, keep):
    """Mark in `keep`, bool[nnz], the heaviest entries of each row that hold `share` of its squared L2 norm."""
    for r in range(len(ptr) - 1):
        lo, hi = ptr[r], ptr[r + 1]
        if lo == hi:
            continue
        order = np.sort(val[lo:hi])
        total = 0.0
        for w in order:
            total += np.float64(w) * np.float64(w)
        size = 0.0
        least = order[-1]
        for j in range(len(order) - 1, -1, -1):
            if size >= share * total:
                break
            least = order[j]
            size += np.float64(least) * np.float64(least)
        for p in range(lo, hi):
            keep[p] = val[p] >= least


@numba.njit(cache=True, nogil=True)
def heaviest_columns(ptr, idx, val, frequency, few, many, first, second):
    """Fill `first` and `second` with the heaviest columns of each row whose frequency is `few` to `many`, or -1."""
    for r in range(len(ptr) - 1):
        most = np.float32(0)
        next_most = np.float32(0)
        first[r] = -1
        second[r] = -1
        for p in range(ptr[r], ptr[r + 1]):
            c = idx[p]
            if frequency[c] < few or frequency[c] > many:
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
    """Fill the postings, uint32: for each column the places of rows that keep it, the weight in the lowest `bits`."""
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
    """Fill the packed rows, uint32: each entry's slot, the weight in the lowest `bits`, sorted by side.

    `ends` int64[rows + 1, 3] gets where the entries of each side end; its first line belongs to no row.
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
    """Prefetch the first cache lines of the postings of row q's columns.

    Independent reads overlap; the loop that uses them would wait for each.
    """
    read = np.uint32(0)
    for p in range(ptr[q], ptr[q + 1]):
        if keep[p]:
            for e in range(cptr[idx[p]], min(cptr[idx[p] + 1], cptr[idx[p]] + 4 * MEMORY_LINE), MEMORY_LINE):
                read += posts[e]
    return read


@numba.njit(cache=True, nogil=True)
def _fetch_rows(room, size, ends, packed):
    """Prefetch the cache lines of the candidates' packed rows, as `_fetch_columns` does."""
    read = np.uint32(0)
    for j in range(size):
        read += np.uint32(ends[0xFFFFFFFF - (room[j] & 0xFFFFFFFF), 2])
    for j in range(size):
        r = 0xFFFFFFFF - (room[j] & 0xFFFFFFFF)
        for p in range(ends[r, 2], ends[r + 1, 2], MEMORY_LINE):
            read += packed[p]
    return read


@numba.njit(cache=True, nogil=True)
def _add(q, ptr, idx, val, keep, side, cptr, posts, bits, factor, acc):
    """Accumulate the quantised dot products of row q in `acc` uint16[3, rows], by side; return which sides q has."""
    mask = np.uint32((1 << bits) - 1)
    shift = np.uint32(bits)
    queries = np.zeros(3, np.bool_)
    for p in range(ptr[q], ptr[q + 1]):
        if not keep[p]:
            continue
        c = idx[p]
        s = side[c]
        if not queries[s]:
            acc[s, :] = 0
            queries[s] = True
        into = acc[s]
        f = np.uint32(val[p] * factor)
        for e in posts[cptr[c] : cptr[c + 1]]:
            into[e >> shift] += np.uint16(((e & mask) * f) >> SHIFT)
    return queries


@numba.njit(cache=True, nogil=True)
def _sum(place, queries, product, acc):
    """Add the sums of the sides, and `product` times side 1 times side 2, into acc[0]; return it."""
    whole = acc[0]
    if not queries[0]:
        whole[:] = 0
    if queries[1] and queries[2]:
        one, two = acc[1], acc[2]
        for i in range(len(whole)):
            both = np.uint16(np.float32(one[i]) * np.float32(two[i]) * product)
            whole[i] += one[i] + two[i] + both
    elif queries[1] or queries[2]:
        one = acc[1] if queries[1] else acc[2]
        for i in range(len(whole)):
            whole[i] += one[i]
    whole[place] = 0
    return whole


@numba.njit(cache=True, nogil=True)
def _pick(whole, tops, counts, most, room):
    """Put the `most` greatest sums first into `room`, int64: sum << 32 | inverted place; return how many.

    `tops` (maxima of lines) and `counts` (their histogram) are scratch arrays.  Of equal sums the lower places win.
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
    size = 0
    for b in range(len(tops)):
        if tops[b] < least:
            continue
        for i in range(b * LINE, b * LINE + LINE):
            if whole[i] < least:
                continue
            key = (np.int64(whole[i]) << 32) | np.int64(0xFFFFFFFF - i)
            if key <= floor:
                continue
            if size == len(room):
                room.sort()
                for j in range(most):
                    room[j] = room[len(room) - most + j]
                size = most
                floor = room[0]
                least = np.uint16(floor >> 32)
                if key <= floor:
                    continue
            room[size] = key
            size += 1
    if size <= most:
        return size
    room[:size].sort()
    for j in range(most):
        room[j] = room[size - most + j]
    return most


@numba.njit(cache=True, nogil=True)
def _whole_row(r, ends, packed, bits, dense, step, interaction):
    """Return the score of a packed row with the query, which `dense` holds by slot."""
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
    return (a + b + c) * step + interaction * (b * step) * (c * step)


@numba.njit(cache=True, nogil=True)
def _holds(best, size, place):
    """Return whether a place is among the first `size` of `best`."""
    for j in range(size):  # noqa: SIM110 — numba knows no any() of a generator
        if best[j] == place:
            return True
    return False


@numba.njit(cache=True, nogil=True)
def search(
    queries, order, places, ptr, idx, val, keep, side, slot, cptr, posts, row_bits, factor, product,
    ends, packed, bits, step, steep, starts, sides, interaction, k, most, out, score,
):  # fmt: skip
    """Find approximately the k nearest rows of the rows `asked`, and their exact scores in millionths.

    `order` holds the row of each place in the index, `places` the inverse; rows with the same heaviest columns are
    adjacent and searched for one after another, so that the next query finds their postings in the cache.

    `most` candidates of each row are compared by their packed rows: an upper bound of the score, up to rounding, since
    columns that share a slot only add.  The k best are scored exactly, then all whose bound exceeds the k-th score.
    The returned number has no meaning: it keeps the compiler from removing the prefetches.
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
    for at in range(len(queries)):
        q = queries[at]
        read += _fetch_columns(q, ptr, idx, keep, cptr, posts)
        whole = _sum(places[q], _add(q, ptr, idx, val, keep, side, cptr, posts, row_bits, factor, acc), product, acc)
        size = _pick(whole, tops, counts, most, room)
        own = np.float32(0)
        for p in range(ptr[q], ptr[q + 1]):
            spread[slot[idx[p]]] += val[p]
            dense[idx[p]] = val[p]
            own += val[p]
        read += _fetch_rows(room, size, ends, packed)
        count = 0
        for j in range(size):
            place = np.int64(0xFFFFFFFF - (room[j] & 0xFFFFFFFF))
            near[j] = _whole_row(place, ends, packed, bits, spread, step, interaction)
            count = _insert(place, np.int64(near[j] * MICRO) + 1, k, count, best, best_near)
        best_size = count
        count = 0
        for j in range(best_size):
            exact = _score(dense, idx, val, ptr, order[best[j]], starts, sides, interaction, parts)
            count = _insert(order[best[j]], exact, k, count, out[at], score[at])
        # Each packed weight is off by half a step at most, more by the product.
        off = own * step * steep + 2 * SLACK
        least = np.float32(score[at, k - 1] / MICRO) - off if count == k else np.float32(0)
        for j in range(size):
            place = np.int64(0xFFFFFFFF - (room[j] & 0xFFFFFFFF))
            if near[j] < least or _holds(best, best_size, place):
                continue
            exact = _score(dense, idx, val, ptr, order[place], starts, sides, interaction, parts)
            count = _insert(order[place], exact, k, count, out[at], score[at])
            if count == k:
                least = np.float32(score[at, k - 1] / MICRO) - off
        for p in range(ptr[q], ptr[q + 1]):
            spread[slot[idx[p]]] = 0
            dense[idx[p]] = 0
    return read
