"""Classes of drugs that a person names: the class, and the drugs that belong to it or to a class below it.

Our table speaks first, with the corrections of the home; only a name that it does not know is looked for among the
chemical headings of MeSH.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any, Final

from trialgraph import text
from trialgraph.ask.cypher.run import run_trusted
from trialgraph.ask.names import linkers
from trialgraph.ask.names import mesh_classes as mesh_scheme
from trialgraph.linking.drugs.classes import table as tables
from trialgraph.linking.drugs.classes.spelling import literal
from trialgraph.meanings import Resolution

if TYPE_CHECKING:
    from pathlib import Path

    from trialgraph.linking.drugs.classes.table import ClassTable, DrugClass
    from trialgraph.stores.store import Store

PREFIXES: Final = (tables.PREFIX, mesh_scheme.PREFIX)
# The drugs in some classes, and some drugs by their ids; the most tested first.
_MEMBERS: Final = """
CALL {
  UNWIND $classes AS id MATCH (d:Drug)-[:IN_CLASS]->(:DrugClass {class_id: id}) RETURN d
  UNION
  UNWIND $drugs AS id MATCH (d:Drug {drug_id: id}) RETURN d
}
WITH d, COUNT { MATCH (d)<-[:TESTS]-(t:Trial) RETURN DISTINCT t } AS trials
RETURN d.drug_id AS id, d.name AS name, trials
ORDER BY trials DESC, id
"""
_LONGEST: Final = 7  # words of a class's name in a text: "non vitamin K antagonist oral anticoagulants" has six
_SHORTEST: Final = 3  # letters of a class's name in a text
_COMMON: Final = frozenset("""act acts ai arb hma imid ms fap ret met kit peptide fluoride vitamin class""".split())  # noqa: SIM905
_WORD: Final = re.compile(r"[^\W_]+(?:[-/+'][^\W_]+)*")


def resolve(given: str, store: Store) -> Resolution | None:
    """Return the class of drugs that a name or id means, with the drugs of it that the graph holds; None for none."""
    wanted = given.strip()
    if wanted.startswith(mesh_scheme.PREFIX):
        return _of_mesh(mesh_scheme.by_id(wanted), wanted, "id", store)
    one = table(store).find(wanted)
    if one is not None:
        return _of(one, given, store)
    return _of_mesh(mesh_scheme.by_name(wanted), given, "synonym", store)


def is_meant(given: str, drug: Resolution, store: Store) -> bool:
    """Tell whether a name that is both a drug's and a class's means the class.

    It does where the table spells it so, as "heparins" and "G-CSF", unless that is the drug's own name ("heparin");
    a node that records name like the class itself, such as Interferons, is one of the class's members.
    """
    one = table(store).exactly(given)
    if one is None or given.startswith(PREFIXES):
        return False
    is_own_name = literal(drug.name) == literal(given)
    return not is_own_name or literal(one.name) == literal(given) or _is_plural(given)


def _is_plural(given: str) -> bool:
    return given.strip().lower().endswith("s")


def mentioned(words: str, store: Store) -> list[Resolution]:
    """Return the classes that a text names, the longest names first, no word of it used twice.

    One word alone names a class only where the table spells it so, as statins is: a hormone or a protein in a text
    is mostly not all of them.
    """
    parts = [(found[0], found.start(), found.end()) for found in _WORD.finditer(words)]
    known = table(store)
    found: list[Resolution] = []
    used: set[int] = set()
    for size in range(min(_LONGEST, len(parts)), 0, -1):
        for start in range(len(parts) - size + 1):
            places = set(range(start, start + size))
            piece = words[parts[start][1] : parts[start + size - 1][2]]
            if places & used or len(literal(piece)) < _SHORTEST or literal(piece) in _COMMON:
                continue
            one = known.exactly(piece) or (known.spelled(piece) if size > 1 or _is_plural(piece) else None)
            if one is not None and (resolution := _of(one, piece, store)).members:
                found.append(resolution)
                used |= places
    return found


def ids(resolution: Resolution) -> list[str]:
    """Return the ids to ask with: the drugs of a class, else all that were understood."""
    if resolution.kind == "class":
        return [member[0] for member in resolution.members]
    return list(resolution.ids or (resolution.id,))


def within(class_id: str, store: Store) -> list[str]:
    """Return the ids of a class and of all classes below it."""
    if class_id.startswith(mesh_scheme.PREFIX):
        return mesh_scheme.within(class_id)
    known = table(store)
    slug = known.slug_of(class_id)
    return [known.by_slug[one].id for one in known.within(slug)] if slug in known.by_slug else [class_id]


def names(store: Store) -> list[str]:
    """Return the names of the classes of the table, and what people call them."""
    return list(dict.fromkeys(table(store).names()))


def table(store: Store) -> ClassTable:
    """Return the table of classes with the corrections of the home that is asked."""
    return _table(*linkers.own_corrections(store))


@functools.lru_cache(maxsize=2)
def _table(path: Path | None, changed: int) -> ClassTable:
    from trialgraph.linking.corrections import read

    return tables.load().corrected(read(path)) if path is not None else tables.load()


def _of(one: DrugClass, given: str, store: Store) -> Resolution:
    known = table(store)
    within = [known.by_slug[slug] for slug in known.within(one.slug)]
    added = _drug_ids((name for below in within for name in below.added), store)
    removed = set(_drug_ids(one.removed, store))
    params = {"classes": [below.id for below in within], "drugs": added}
    rows = [row for row in run_trusted(store, _MEMBERS, params).rows if row["id"] not in removed]
    method = "id" if given.startswith(tables.PREFIX) else "exact" if literal(one.name) == literal(given) else "synonym"
    return _resolution(one.id, one.name, given, method, rows)


def _drug_ids(names_of_drugs: Any, store: Store) -> list[str]:
    found = [linkers.drugs(store).resolve(name) for name in names_of_drugs]
    return [drug.id for drug in found if drug is not None]


def _of_mesh(heading: tuple[str, str] | None, given: str, method: str, store: Store) -> Resolution | None:
    """Return a chemical heading with its drugs; None where the graph holds none."""
    if heading is None:
        return None
    class_id, name = heading
    within = mesh_scheme.within(class_id)
    rows = run_trusted(store, _MEMBERS, {"classes": within, "drugs": within}).rows
    if method != "id" and text.fold(name) == text.fold(given):
        method = "exact"
    return _resolution(class_id, name, given, method, rows) if rows else None


def _resolution(class_id: str, name: str, given: str, method: str, rows: list[dict[str, Any]]) -> Resolution:
    return Resolution(
        kind="class",
        id=class_id,
        name=name,
        given=given,
        matched_alias=given,
        method=method,
        confidence=1.0,
        members=tuple((row["id"], row["name"] or row["id"]) for row in rows),
        member_trials=tuple(row["trials"] for row in rows),
        ids=tuple(row["id"] for row in rows),
    )
