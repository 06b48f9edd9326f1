"""What counts as a right link: the figures of a file of links against a labelled file.

The definitions are those of the labelled sets (docs/linking.md): a drug is right by its id or its name, the best
fitting of several complete answers counts; a condition may be the expected heading or an acceptable one; two names of
organisations are merged, related or apart.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

Row = Mapping[str, Any]
Report = dict[str, Any]

# Words of salts that are left out when names are compared.
_SALTS = frozenset(
    """hydrochloride dihydrochloride octahydrochloride hcl sodium potassium calcium magnesium sulfate acetate maleate
    fumarate tartrate citrate mesylate besylate phosphate succinate bromide hydrobromide nitrate chloride tosylate
    monohydrate dihydrate hydrate anhydrous disodium trihydrate hemihydrate propionate dipropionate valerate furoate
    xinafoate pamoate lactate malate ditosylate meglumine medoxomil cilexetil mofetil etexilate disoproxil alafenamide
    bitartrate""".split()  # noqa: SIM905 - a list of words reads better as words
)


def kind_of(row: Row) -> str:
    """Return which kind of labelled file a row belongs to: drugs, conditions or organizations."""
    if "a" in row and "b" in row:
        return "organizations"
    return "conditions" if "raw" in row else "drugs"


def score(kind: str, gold: Sequence[Row], predicted: Iterable[Row]) -> tuple[Report, list[Row]]:
    """Return the figures of some links against labelled rows of one kind, and the misses, each with what was wrong."""
    scorer = {"drugs": _drugs, "conditions": _conditions, "organizations": _organizations}[kind]
    return scorer(gold, predicted)


def _folded(text: str) -> str:
    text = unicodedata.normalize("NFKD", text.lower())
    text = "".join(c for c in text if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9+]+", " ", text).strip().replace("sulph", "sulf")


def _base(name: str) -> str:
    folded = _folded(name)
    return " ".join(word for word in folded.split() if word not in _SALTS) or folded


def _share(part: float, whole: float) -> float:
    return round(part / whole, 4) if whole else 0.0


def _figures(tp: int, fp: int, fn: int) -> Report:
    precision, recall = (tp / (tp + fp) if tp + fp else 0.0), (tp / (tp + fn) if tp + fn else 0.0)
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "f1": round(f1, 4),
        "tp": tp,
        "fp": fp,
        "fn": fn,
    }


# --- drugs ------------------------------------------------------------------------------------------------------------


def _is_right(wanted: Row, drug: Row) -> bool:
    ids = set(wanted.get("also") or ())
    ids |= {f"{scheme}:{wanted[field]}" for scheme, field in (("MESH", "mesh"), ("UNII", "unii")) if wanted.get(field)}
    drug_id, name = drug.get("id") or "", drug.get("name") or ""
    if drug_id in ids:
        return True
    name = name or drug_id.removeprefix("TXT:") * drug_id.startswith("TXT:")
    names = [wanted["name"], *(wanted.get("also_names") or ())]
    return bool(name) and (_folded(name) in map(_folded, names) or _base(name) in map(_base, names))


def _compare(
    answer: Sequence[Row], predicted: Sequence[Row]
) -> tuple[list[tuple[Row, Row]], list[Row], list[Row], int]:
    """Return (found, extra, missed, twice) of one complete answer."""
    found: dict[int, Row] = {}
    extra: list[Row] = []
    twice = 0
    for drug in predicted:
        hits = [i for i, wanted in enumerate(answer) if _is_right(wanted, drug)]
        free = next((i for i in hits if i not in found), None)
        if free is not None:
            found[free] = drug
        elif hits:
            twice += 1
        else:
            extra.append(drug)
    missed = [wanted for i, wanted in enumerate(answer) if i not in found]
    return [(answer[i], drug) for i, drug in found.items()], extra, missed, twice


def _drugs(gold: Sequence[Row], predicted: Iterable[Row]) -> tuple[Report, list[Row]]:
    links = {(row["nct_id"], row["intervention_index"]): row.get("drugs") or [] for row in predicted}
    total: Counter[str] = Counter()
    groups: dict[str, Counter[str]] = defaultdict(Counter)
    ids: dict[str, list[str | None]] = defaultdict(list)
    misses: list[Row] = []
    for entry in gold:
        at = (entry["nct_id"], entry["intervention_index"])
        mine = links.get(at, [])
        tried = [_compare(answer, mine) for answer in (entry["expected"], *(entry.get("alternatives") or ()))]
        found, extra, missed, twice = min(tried, key=lambda r: (len(r[1]) + len(r[2]), -len(r[0])))
        for wanted, drug in found:
            ids[wanted.get("mesh") or wanted.get("unii") or _folded(wanted["name"])].append(drug.get("id"))
        counts = Counter(
            entries=1,
            absent=at not in links,
            right=not extra and not missed,
            tp=len(found),
            fp=len(extra),
            fn=len(missed),
            with_id=sum(1 for wanted in missed if wanted.get("mesh") or wanted.get("unii")),
            twice=twice,
            nothing=not entry["expected"],
            leaks=not entry["expected"] and bool(extra),
        )
        total += counts
        groups["hard" if entry.get("hard") else "plain"] += counts
        if entry.get("stratum"):
            groups[f"stratum {entry['stratum']}"] += counts
        if extra or missed:
            misses.append(
                {
                    "where": f"{at[0]}#{at[1]}",
                    "text": entry.get("label"),
                    "missed": ", ".join(wanted["name"] for wanted in missed),
                    "wrong": ", ".join(f"{drug.get('name')} ({drug.get('id')})" for drug in extra),
                }
            )
    pairs = [a == b for some in ids.values() for a, b in combinations(some, 2)]
    report = _figures(total["tp"], total["fp"], total["fn"])
    report["recall_of_concepts_with_an_id"] = _share(total["tp"], total["tp"] + total["with_id"])
    report["entries"] = total["entries"]
    report["entries_wholly_right"] = _share(total["right"], total["entries"])
    report["entries_without_a_prediction"] = total["absent"]
    report["entries_that_name_no_drug"] = total["nothing"]
    report["of_these_linked_all_the_same"] = total["leaks"]
    report["same_concept_same_id"] = _share(sum(pairs), len(pairs))
    report["linked_twice"] = total["twice"]
    for name, c in sorted(groups.items()):
        report[name] = {**_figures(c["tp"], c["fp"], c["fn"]), "entries": c["entries"], "right": c["right"]}
    return report, misses


# --- conditions -------------------------------------------------------------------------------------------------------


def _conditions(gold: Sequence[Row], predicted: Iterable[Row]) -> tuple[Report, list[Row]]:
    links = {(row["nct_id"], row["raw"]): {i.removeprefix("MESH:") for i in row.get("ids") or ()} for row in predicted}
    total: Counter[str] = Counter()
    groups: dict[str, Counter[str]] = defaultdict(Counter)
    misses: list[Row] = []
    for entry in gold:
        at = (entry["nct_id"], entry["raw"])
        mine = links.get(at, set())
        best = set(entry["expected_mesh"])
        fine = best | set(entry.get("acceptable") or ())
        counts = Counter(
            entries=1,
            absent=at not in links,
            links=len(mine),
            good=len(mine & fine),
            best=len(best),
            best_found=len(best & mine),
            with_answer=bool(best),
            answered=bool(best) and bool(mine & fine),
            nothing=not best,
            leaks=not best and bool(mine - fine),
        )
        total += counts
        groups["coded by the registry" if entry.get("derived_has") else "not coded by the registry"] += counts
        if mine - fine or (best and not mine & best):
            misses.append(
                {
                    "where": at[0],
                    "text": at[1],
                    "missed": ", ".join(sorted(best - mine)),
                    "wrong": ", ".join(sorted(mine - fine)),
                }
            )

    def figures(c: Mapping[str, int]) -> Report:
        return {
            "precision": _share(c["good"], c["links"]),
            "recall_best_ids": _share(c["best_found"], c["best"]),
            "recall_entries": _share(c["answered"], c["with_answer"]),
            "entries": c["entries"],
            "links": c["links"],
        }

    report = figures(total)
    report["entries_without_a_prediction"] = total["absent"]
    report["entries_that_name_no_disease"] = total["nothing"]
    report["of_these_linked_all_the_same"] = total["leaks"]
    report.update({name: figures(c) for name, c in sorted(groups.items())})
    return report, misses


# --- organisations ----------------------------------------------------------------------------------------------------


def _organizations(gold: Sequence[Row], predicted: Iterable[Row]) -> tuple[Report, list[Row]]:
    ids: dict[str, str | None] = {}
    parents: dict[str, str | None] = {}
    for row in predicted:
        ids[row["name"]], parents[row["name"]] = row.get("id"), row.get("parent")
    counts: Counter[str] = Counter()
    misses: list[Row] = []
    for pair in gold:
        a, b, same = pair["a"], pair["b"], pair["same"]
        counts["absent"] += a not in ids or b not in ids
        one = a in ids and ids.get(a) == ids.get(b)
        owned = any(parents.get(x) and parents[x] == ids.get(y) for x, y in ((a, b), (b, a)))
        become = "merged" if one else "related" if owned else "apart"
        counts[f"{same} {become}"] += 1
        if (same == "1") != one or (same == "child" and become != "related"):
            misses.append({"where": pair.get("note") or "", "text": f"{a} | {b}", "missed": same, "wrong": become})
    same_pairs = sum(n for name, n in counts.items() if name.startswith("1 "))
    report = _figures(counts["1 merged"], counts["0 merged"] + counts["child merged"], same_pairs - counts["1 merged"])
    report["traps_merged"] = counts["0 merged"]
    report["traps"] = sum(n for name, n in counts.items() if name.startswith("0 "))
    report["children_related"] = counts["child related"]
    report["children_apart"] = counts["child apart"]
    report["children_merged"] = counts["child merged"]
    report["pairs_with_a_name_not_predicted"] = counts["absent"]
    return report, misses
