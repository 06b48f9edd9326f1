"""What a text is understood as: the drugs, conditions, procedures and organisations that its words name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

import msgspec

from trialgraph.config import Settings
from trialgraph.errors import UsageError
from trialgraph.linking import corrections
from trialgraph.linking.conditions.linker import ConditionLinker
from trialgraph.linking.drugs import vocabulary
from trialgraph.linking.drugs.classes import table
from trialgraph.linking.drugs.linker import DrugLinker
from trialgraph.linking.organizations.linker import OrganizationLinker
from trialgraph.linking.procedures.linker import ProcedureLinker
from trialgraph.model import ConditionLink, DeviceOrProcedureLink, DrugLink

if TYPE_CHECKING:
    from trialgraph.linking.corrections import Corrections
    from trialgraph.model import Link

KINDS: Final = ("class", "drug", "condition", "procedure", "organization")
COLUMNS: Final = (
    "kind", "span", "place", "id", "name", "class_kind", "parent", "alias", "vocabulary", "method", "confidence",
    "broader", "dose",
    "frequency",
)  # fmt: skip
UNLISTED: Final = ("unlisted", "text", "spelling")  # methods that make a name of the words themselves
SUGGESTIONS: Final = 3


class Understood(msgspec.Struct, frozen=True):
    """The links of a text, a row each, and what should be known of them."""

    columns: tuple[str, ...]
    rows: list[dict[str, Any]]
    notes: list[str]


def link(settings: Settings, text: str, kind: str | None = None) -> Understood:
    """Return what a text is understood as: words, concept, matched alias, vocabulary, method, confidence.

    Without a kind, names that no list holds are given only where no list holds any.  The home's corrections apply.
    Raises UsageError for a kind that does not exist and for a bad line of corrections.
    """
    if kind is not None and kind not in KINDS:
        raise UsageError(f"{kind!r} is no kind of name; the kinds are {', '.join(KINDS)}")
    user = corrections.read(settings.corrections)
    rows = [row for one in (KINDS if kind is None else (kind,)) for row in _rows(one, text, user)]
    if kind is None:
        listed = [row for row in rows if row["method"] not in UNLISTED or row.get("parent")]
        rows = listed or [row for row in rows if row["kind"] == "drug"]
    columns = tuple(c for c in COLUMNS if c in ("kind", "id") or any(row.get(c) is not None for row in rows))
    members = _members(text, user) if kind in (None, "class") else []
    return Understood(columns, rows, [*_notes(text, kind, rows, user), *members])


def _notes(text: str, kind: str | None, rows: list[dict[str, Any]], user: Corrections) -> list[str]:
    """Return why there is no row, or that a name is on no list, with the nearest names of drugs."""
    lines = [user.find(one, text) for one in corrections.KINDS]
    if not rows and any(line is not None and line.target is None for line in lines):
        return ["corrections.txt says that it is nothing."]
    notes = [] if rows else [f"Nothing in {text!r} names a {kind or 'concept'} that we know."]
    if any(row["method"] == "unlisted" for row in rows):
        notes.append("No list holds it: in the graph it is a node of its own.")
    if notes and kind in ("drug", None):
        near = vocabulary.load().suggest(text, SUGGESTIONS)
        notes += [f"Near: {', '.join(near)}"] if near else []
    return notes


def _members(text: str, user: Corrections) -> list[str]:
    """Return what a class holds by the table: sub-classes, and drugs by international name."""
    classes = table.load().corrected(user)
    one = classes.find(text)
    if one is None:
        return []
    below = [classes.by_slug[slug] for slug in classes.within(one.slug)]
    removed = {name.casefold() for name in one.removed}
    drugs = {name for each in below for name in (*each.added, *each.members) if name not in each.excluded}
    drugs = {name for name in drugs if name.casefold() not in removed}
    notes = [f"Sub-classes: {', '.join(each.name for each in below[1:])}"] if below[1:] else []
    fda = sorted({name for each in below for name in each.fda_classes})
    by_fda = f", and those that the FDA calls {', '.join(fda)}" if fda else ""
    return [*notes, f"{one.name}, {len(drugs)} drugs by the table{by_fda}: {', '.join(sorted(drugs))}"]


def _rows(kind: str, text: str, user: Corrections) -> list[dict[str, Any]]:
    if kind == "class":
        one = table.load().corrected(user).find(text)
        if one is None:
            return []
        row = {"kind": kind, "span": text, "place": 0, "id": one.id, "name": one.name, "class_kind": one.kind}
        return [row | {"alias": text, "vocabulary": one.source, "method": "class-table", "confidence": 1.0}]
    if kind == "organization":
        owner = OrganizationLinker(corrections=user).resolve(text)
        row = {"kind": kind, "span": text, "place": 0, "id": owner.organization_id, "name": owner.name}
        return [row | {"parent": owner.parent_id, "method": owner.method, "confidence": owner.confidence}]
    links: Iterable[Link]
    if kind == "drug":
        links = DrugLinker(vocabulary.load(), user).understand(text)
    elif kind == "condition":
        links = ConditionLinker(corrections=user).understand(text)
    else:
        links = ProcedureLinker(corrections=user).understand(text)
    return [_row(kind, text, found) for found in links]


def _row(kind: str, text: str, found: Link) -> dict[str, Any]:
    row: dict[str, Any] = {
        "kind": found.label.lower() if isinstance(found, DeviceOrProcedureLink) else kind,
        "span": found.span,
        "place": max(0, text.find(found.span)),
        "id": found.concept_id,
        "name": found.name,
        "alias": found.matched_alias,
        "vocabulary": found.vocabulary,
        "method": found.method,
        "confidence": found.confidence,
    }
    if isinstance(found, ConditionLink):
        row["broader"] = found.broader or None
    if isinstance(found, DrugLink):
        amount = (
            None
            if found.dose_value is None
            else f"{found.dose_value:g} {found.dose_unit}" + (f"/{found.dose_per}" if found.dose_per else "")
        )
        row |= {"dose": amount, "frequency": found.frequency}
    return row
