"""Makes our compact vocabulary files from the public lists that a person downloaded.

Same lists, same bytes: everything is sorted, and the compressed form holds no time stamp.
"""

from __future__ import annotations

import gzip
import lzma
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from trialgraph.errors import UsageError
from trialgraph.files.atomic import write_bytes
from trialgraph.linking import term_lists

_FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME}]


def lines(path: Path) -> Iterator[str]:
    """Yield the lines of a list, unpacked where its name ends in .gz or .xz."""
    opener: Callable[..., Iterable[str]] = {".gz": gzip.open, ".xz": lzma.open}.get(path.suffix, open)  # type: ignore[assignment]
    for line in opener(path, "rt", encoding="utf-8"):
        yield line.rstrip("\r\n")


def pack(text: str) -> bytes:
    """Return text compressed; the same text gives the same bytes."""
    return lzma.compress(text.encode(), format=lzma.FORMAT_XZ, check=lzma.CHECK_CRC32, filters=_FILTERS)


def kind_of(path: Path) -> str:
    """Return which public list a file is, by how its first line looks, or say that it is none we know."""
    first = next(iter(lines(path)), "")
    columns = first.split("\t")
    if columns[:3] == ["Name", "TYPE", "UNII"]:
        return "unii"
    if columns[:4] == ["unii", "type", "id", "source"]:
        return "drug-xrefs"
    if first.startswith("{") and '"ror_id"' in first:
        return "ror"
    if columns[0][:1] == "D" and columns[0][1:].isdigit() and len(columns) >= 4:
        return "mesh"
    if columns[0][:1] == "C" and columns[0][1:].isdigit() and len(columns) >= 3:
        return "mesh-supplementary"
    raise UsageError(
        f"{path}: neither MeSH headings, MeSH supplementary concepts, UNII names, ids of drugs in other lists nor ROR; "
        "docs/vocabularies.md says which files are read"
    )


def mesh_text(path: Path, release: str) -> str:
    """Return our file of MeSH headings; synonyms that only turn a name round at its comma are left out."""
    rows = []
    for line in lines(path):
        mesh_id, name, synonyms, numbers = line.split("\t")[:4]
        terms = [term for term in synonyms.split("|") if term]
        rows.append((mesh_id, name, "|".join(_without_inversions(name, terms)), numbers))
    rows.sort(key=lambda row: (len(row[0]), row[0]))
    return "\n".join([f"# {release}", *("\t".join(row) for row in rows)]) + "\n"


def _without_inversions(name: str, terms: list[str]) -> list[str]:
    """Return the terms without those that another one gives when turned round: "Acid, Retinoic"."""
    seen = {_bag(name): name}
    kept: list[str] = []
    for term in sorted(terms, key=lambda term: (term.count(","), terms.index(term))):
        bag = _bag(term)
        if bag not in seen:
            seen[bag] = term
            kept.append(term)
        elif "," not in term and term.casefold() != seen[bag].casefold() and "," in seen[bag]:
            kept.append(term)  # the heading itself is the inverted one: keep the order people write
            seen[bag] = term
    return kept


def _bag(term: str) -> tuple[str, ...]:
    return tuple(sorted(term.casefold().replace(",", " ").replace("-", " ").split()))


NEEDED_FOR_DRUGS = ("mesh", "mesh-supplementary", "unii")


def update(
    files: Iterable[Path], *, release: str = "", to: Path | None = None, say: Callable[[str], object] = lambda _: None
) -> dict[str, int]:
    """Rebuild our files from the public lists among `files`; returns their sizes in bytes.

    Drug names need the headings, the supplementary concepts and the UNII names together.  Files are written aside and
    renamed, by default over those that ship with the program.
    """
    lists: dict[str, Path] = {}
    for path in files:
        kind = kind_of(path)
        if kind in lists:
            raise UsageError(f"{path}: a second list of kind {kind} beside {lists[kind]}; give one of each")
        lists[kind] = path
    drugs = [kind for kind in NEEDED_FOR_DRUGS if kind in lists]
    lacking = [kind for kind in NEEDED_FOR_DRUGS if kind not in lists]
    if drugs and lacking and drugs != ["mesh"]:
        raise UsageError(f"drug names are made of three lists together; {', '.join(lacking)} is missing")
    made: dict[str, str] = {}
    if "mesh" in lists:
        say("Reading MeSH headings")
        made["mesh.tsv.xz"] = mesh_text(lists["mesh"], release or _named(lists, ("mesh",)))
    if "ror" in lists:
        from trialgraph.curation.organizations import ror_text

        say("Reading organisations")
        made["organizations-ror.tsv.xz"] = ror_text(lines(lists["ror"]), release or _named(lists, ("ror",)))
    if "drug-xrefs" in lists:
        from trialgraph.curation.drug_xrefs import xrefs_text

        say("Reading ids of drugs in other lists")
        rows = list(lines(lists["drug-xrefs"]))[1:]
        made["drug_xrefs.tsv.xz"] = xrefs_text(rows, release or _named(lists, ("drug-xrefs",)))
    if not lacking:
        from trialgraph.curation.drugs import drugs_text
        from trialgraph.linking.drugs.vocabulary import codes

        say("Reading drug names (about a minute)")
        headings, supplement = ([line.split("\t")[:4] for line in lines(lists[kind])] for kind in NEEDED_FOR_DRUGS[:2])
        names = list(lines(lists["unii"]))[1:]
        made["drugs.tsv.xz"] = drugs_text(
            headings, supplement, names, release or _named(lists, NEEDED_FOR_DRUGS), codes()
        )
    sizes = {}
    for name, text in made.items():
        sizes[name] = _replace(to / name if to else term_lists.path_of(name) or Path(name), pack(text))
    return sizes


def _named(lists: dict[str, Path], kinds: Iterable[str]) -> str:
    return "; ".join(lists[kind].name for kind in kinds)


def _replace(path: Path, data: bytes) -> int:
    try:
        write_bytes(path, data)
    except PermissionError as problem:
        raise UsageError(
            f"{path}: may not be written; run it as the user who installed trialgraph, or give another folder with --to"
        ) from problem
    return len(data)
