"""Places for trials so that alike ones lie together, and groups of alike ones with names."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from trialgraph.limits import CLUSTERS, THING_PULL

SEED: Final = 7  # the same trials give the same picture
STEP: Final = 90.0  # pixels between two trials that are not alike
LEAST_APART: Final = 20.0  # pixels between two that are drawn 16 wide
ROUNDS: Final = 60  # of pushing apart: what still overlaps then lies in a crowd that has no room


def positions(
    ids: Sequence[str], pairs: Sequence[dict[str, Any]], named: Sequence[tuple[str, str]] = ()
) -> dict[str, tuple[float, float]]:
    """Return x and y in pixels for each trial; those that nothing is alike to stand in rows below the others.

    `named` are trials with what they name (a drug, a condition), which then gets a place among them too.
    Force-directed by NetworkX (Fruchterman and Reingold 1991), started from a fixed seed.
    """
    import networkx as nx

    graph: nx.Graph[str] = nx.Graph()
    graph.add_weighted_edges_from((trial, thing, THING_PULL) for trial, thing in named)
    graph.add_weighted_edges_from((p["source"], p["target"], max(float(p["score"]), 0.01)) for p in pairs)
    placed: dict[str, tuple[float, float]] = {}
    bottom = 0.0
    if graph.number_of_nodes():
        # Sorted, since the order of nodes decides the picture too.
        ordered: nx.Graph[str] = nx.Graph()
        ordered.add_nodes_from(sorted(graph))
        ordered.add_edges_from(sorted(graph.edges(data=True), key=lambda edge: edge[:2]))
        size = STEP * math.sqrt(len(ordered))
        rounds = 100 if len(ordered) < 500 else 40
        found = nx.spring_layout(
            ordered, weight="weight", seed=SEED, iterations=rounds, k=1.6 / math.sqrt(len(ordered))
        )
        placed = {one: (float(x) * size, float(y) * size) for one, (x, y) in found.items()}
        wide = max(max(axis) - min(axis) for axis in zip(*placed.values(), strict=True))
        placed = apart(placed, max(LEAST_APART, wide / 18) if named else LEAST_APART)
        bottom = max(y for _, y in placed.values()) + 2 * STEP
    alone = [one for one in ids if one not in placed]
    wide = max(1, math.ceil(math.sqrt(len(alone) * 3)))
    for i, one in enumerate(alone):
        placed[one] = ((i % wide - wide / 2) * STEP, bottom + (i // wide) * STEP)
    return placed


def apart(places: dict[str, tuple[float, float]], least: float) -> dict[str, tuple[float, float]]:
    """Return the places moved as little as it takes that no two are nearer to each other than `least`."""
    at = {one: [x, y] for one, (x, y) in places.items()}
    for _ in range(ROUNDS):
        cells: dict[tuple[int, int], list[str]] = {}
        for one, (x, y) in at.items():
            cells.setdefault((int(x // least), int(y // least)), []).append(one)
        moved = False
        for (i, j), held in cells.items():
            near = [one for di in (-1, 0, 1) for dj in (-1, 0, 1) for one in cells.get((i + di, j + dj), ())]
            for a in held:
                for b in near:
                    if a < b:
                        moved |= _push(at[a], at[b], least)
        if not moved:
            break
    return {one: (round(x, 1), round(y, 1)) for one, (x, y) in at.items()}


def _push(a: list[float], b: list[float], least: float) -> bool:
    """Move two points away from each other where they are too near.  Returns whether they were."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    distance = math.hypot(dx, dy)
    if distance >= least - 0.5:
        return False
    dx, dy = (dx / distance, dy / distance) if distance > 0.01 else (1.0, 0.0)
    step = (least - distance) / 2
    a[0], a[1], b[0], b[1] = a[0] - dx * step, a[1] - dy * step, b[0] + dx * step, b[1] + dy * step
    return True


def clusters(ids: Sequence[str], pairs: Sequence[dict[str, Any]]) -> tuple[dict[str, int], list[str]]:
    """Return trial -> number of its cluster, and the clusters' names, largest first.

    Clusters are Louvain communities of the likeness (Blondel et al. 2008); a name is what most of its pairs share.
    Trials beyond the largest clusters belong to none.
    """
    import networkx as nx

    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(sorted(ids))
    graph.add_weighted_edges_from(sorted((p["source"], p["target"], float(p["score"])) for p in pairs))
    if not graph.number_of_edges():
        return {}, []
    found = nx.community.louvain_communities(graph, weight="weight", seed=SEED)
    largest = sorted((group for group in found if len(group) > 2), key=lambda group: (-len(group), min(group)))[
        :CLUSTERS
    ]
    number = {one: i for i, group in enumerate(largest) for one in group}
    shared: list[Counter[str]] = [Counter() for _ in largest]
    everywhere: Counter[str] = Counter()
    for pair in pairs:
        group = number.get(pair["source"])
        for kind, weight in (("conditions", 3), ("drugs", 2), ("terms", 1)):
            for name in pair[f"shared_{kind}"] or ():
                everywhere[name] += weight
                if group is not None and number.get(pair["target"]) == group:
                    shared[group][name] += weight
    names = []
    for i, members in enumerate(largest):
        # What marks a cluster off: frequent in it, and not as frequent in all of them.
        marked = sorted(shared[i], key=lambda name: (-(shared[i][name] ** 2) / everywhere[name], name))
        names.append(f"{', '.join(_distinct(marked)) or 'unnamed'} ({len(members)})")
    return number, names


def _distinct(names: Sequence[str]) -> list[str]:
    """Return the first three names of which none says another once more."""
    kept: list[str] = []
    for name in names:
        folded = name.casefold()
        if not any(folded in one.casefold() or one.casefold() in folded for one in kept):
            kept.append(name)
        if len(kept) == 3:
            break
    return kept
