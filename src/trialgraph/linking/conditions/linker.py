"""Condition strings to MeSH headings, each link with the words, the rule and how sure it is."""

from __future__ import annotations

import functools
import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from trialgraph.linking import trial_words
from trialgraph.linking.conditions import groups
from trialgraph.linking.conditions.find import Finder
from trialgraph.linking.conditions.index import is_condition
from trialgraph.linking.conditions.parts import Part, Reading, is_abbreviation
from trialgraph.linking.conditions.reader import Reader, load_reader
from trialgraph.linking.conditions.subjects import Subjects
from trialgraph.linking.corrections import Corrections
from trialgraph.linking.mesh import Mesh
from trialgraph.linking.words.medical import read
from trialgraph.meanings import Resolution
from trialgraph.model import ConditionLink, Trial
from trialgraph.spelling import closest
from trialgraph.text import slug

FIELD = "conditionsModule.conditions[{}]"
_SHORT_WORD = re.compile(r"[A-Za-z0-9/+-]*[A-Z][A-Za-z0-9/+-]*[A-Z0-9][A-Za-z0-9/+-]*")
SHARED = 0.5  # of the string's words, by rarity: below it a code of the record belongs to another string


SHARED_BOTH = 1.4  # of the string's and of the heading's words together, unless the heading holds all of the string's
WHOLE = 0.9  # of the string's words; below it the heading is broader than the string
SHARED_LEFT = 0.6  # of the words that nothing explains yet, where some of the string is read already


class ConditionLinker:
    """Links the condition strings of trials.  Construct once; every call is pure."""

    def __init__(self, mesh: Mesh | None = None, corrections: Corrections | None = None) -> None:
        self._reader = load_reader()
        self.mesh = mesh or self._reader.index.mesh
        self._corrections = corrections or Corrections()
        self._finder = Finder(self._reader.index)
        self._subjects = Subjects(self._reader.index)
        self._names = functools.lru_cache(maxsize=20_000)(self._names_of)
        self._weights = _weights(self._reader)

    # --- a trial ------------------------------------------------------------------------------------------------------

    def link(self, trial: Trial) -> tuple[ConditionLink, ...]:
        """Return the headings that the trial's condition strings name, in their order.

        A string that names a condition without a heading gives one TXT node; "healthy" and procedures give nothing.
        """
        links: list[ConditionLink] = []
        context: _Context | None = None
        for number, raw in enumerate(trial.conditions):
            field = FIELD.format(number)
            corrected = self._corrected(raw, field, number)
            if corrected is not None:
                links.extend(corrected)
                continue
            if group := groups.node_named(raw):
                links.append(_group_link(raw, group, field, number))
                continue
            reading = self._reader.read(raw)
            if not reading.whole or is_abbreviation(raw.strip(" .,;:()")):
                context = context or _Context(trial, self.mesh)
                reading = self._with_trial(raw, reading, context)
            links.extend(self._links(raw, self._or_subject(raw, reading), field, number))
        return tuple(links)

    def understand(self, text: str) -> tuple[ConditionLink, ...]:
        """Return what a condition string is understood as when nothing else is known."""
        corrected = self._corrected(text, "text", None)
        if corrected is not None:
            return corrected
        if group := groups.node_named(text):
            return (_group_link(text, group, "text", None),)
        reading = self._reader.read(text)
        if not reading.whole and (parts := self._reader.abbreviation(text)):
            reading = Reading(parts, whole=True)
        return self._links(text, self._or_subject(text, reading), "text", None)

    def find(self, text: str, span_in: str = "text") -> tuple[ConditionLink, ...]:
        """Return the conditions that a running text mentions, each once, in the order of their first mention."""
        return self._finder.find(text, span_in)

    # --- names given by a person --------------------------------------------------------------------------------------

    def resolve(self, name: str) -> Resolution | None:
        """Return the one condition or group of conditions that a name stands for, or None.

        A name that is both a group and a heading, such as stroke, means the group.
        """
        if self._corrections.find("condition", name) is None and (group := groups.named(name)):
            return _group_resolution(name, group)
        links = [link for link in self.understand(name) if not link.broader]
        links = [link for link in links if not link.concept_id.startswith("TXT:")]
        if not links:
            return None
        best = max(links, key=lambda link: link.confidence)
        return Resolution(
            kind="condition",
            id=best.concept_id,
            name=best.name,
            given=name,
            matched_alias=best.matched_alias,
            method=best.method,
            confidence=best.confidence,
        )

    def suggest(self, name: str, most: int = 5) -> list[str]:
        """Return names of headings that resemble a name nothing was found for, most alike first."""
        index = self._reader.index
        wanted = set(index.same(read(name).words))
        scored: dict[str, float] = {}
        for number, alias in enumerate(index.names):
            if alias.vocabulary == "mesh" and wanted & set(self._comparable(number)):
                heading = self.mesh.name(alias.ids[0])
                score = len(wanted & set(self._comparable(number))) / len(wanted | set(self._comparable(number)))
                scored[heading] = max(score, scored.get(heading, 0.0))
        best = sorted(scored, key=lambda heading: (-scored[heading], len(heading), heading))[:most]
        if len(best) < most:
            pool = {d.name.casefold(): d.name for d in self.mesh.within("C", "F03")}
            close = closest(name.casefold(), pool, most - len(best), cutoff=0.75)
            best += [pool[c] for c in close if pool[c] not in best]
        return best

    # --- the hierarchy ------------------------------------------------------------------------------------------------

    def parents(self, concept_id: str) -> tuple[str, ...]:
        """Return the conditions one step above (IS_A), several where the tree has several places.

        A group that MeSH has no heading for ("Autoimmune Cytopenia") stands above its members too.
        """
        if group := groups.nodes().get(concept_id):
            return tuple(f"MESH:{heading}" for heading in group.above)
        index = self._reader.index
        mesh_id = concept_id.removeprefix("MESH:")
        if self._subjects.is_subject(mesh_id) and not is_condition(self.mesh[mesh_id], index.words):
            return tuple(f"MESH:{i}" for i in self._subjects.parents(mesh_id))
        above = self.mesh.parents(mesh_id, "C", "F01", "F03", "G")
        headings = tuple(f"MESH:{i}" for i in above if is_condition(self.mesh[i], index.words))
        own = (group.node for group in groups.nodes().values() if concept_id in group.headings)
        return (*headings, *(node for node in own if node))

    def below(self, concept_id: str) -> tuple[str, ...]:
        """Return all conditions below, without the condition itself."""
        if group := groups.nodes().get(concept_id):
            return tuple(dict.fromkeys(i for member in group.headings for i in (member, *self.below(member))))
        return tuple(f"MESH:{i}" for i in self.mesh.below(concept_id.removeprefix("MESH:")))

    def groups_of(self, concept_id: str, name: str) -> tuple[str, ...]:
        """Return the ids of the clinical groups that a condition of the graph belongs to.

        A heading belongs by its place in the tree, a condition without one by the words of its name.
        """
        if concept_id.startswith("MESH:"):
            return groups.groups_of(concept_id)
        words = read(name).words
        return groups.groups_of(concept_id, self._reader.mend(words) or words)

    # --- inside -------------------------------------------------------------------------------------------------------

    def _corrected(self, raw: str, field: str, number: int | None) -> tuple[ConditionLink, ...] | None:
        correction = self._corrections.find("condition", raw)
        if correction is None:
            return None
        if correction.target is None:
            return ()
        target = correction.target
        wanted = target.removeprefix("MESH:")
        if wanted in self.mesh:
            concept_id, name = f"MESH:{wanted}", self.mesh.name(wanted)
        elif found := self._reader.index.find(read(target).words, 2):
            concept_id, name = f"MESH:{found.name.ids[0]}", self.mesh.name(found.name.ids[0])
        else:
            concept_id = target if target.startswith("TXT:") else f"TXT:{slug(target)}"
            name = target.removeprefix("TXT:")
        part = Part((wanted,), target, "user", "user", 1.0, raw)
        return (_link(_Source(raw, field, number), part, concept_id, name),)

    def _links(self, raw: str, reading: Reading, field: str, number: int | None) -> tuple[ConditionLink, ...]:
        source = _Source(raw, field, number)
        if not reading.parts:
            if reading.nothing or not reading.words:
                return ()
            part = Part((), raw, "none", "text", 0.5, raw)
            return (_link(source, part, f"TXT:{slug(raw)}", raw.strip()),)
        links: dict[str, ConditionLink] = {}
        total = sum(len(part.ids) for part in reading.parts)
        for part in reading.parts:
            if not part.ids:
                concept_id = f"TXT:{slug(part.alias)}"
                links[concept_id] = _link(source, part, concept_id, part.alias)
            for mesh_id in part.ids:
                concept_id = f"MESH:{mesh_id}"
                if concept_id not in links:
                    links[concept_id] = _link(source, part, concept_id, self.mesh.name(mesh_id), len(links) + 1, total)
        return tuple(links.values())

    def _or_subject(self, raw: str, reading: Reading) -> Reading:
        """Read a string that names no disease as a procedure or as healthy people, where it names them as a whole."""
        if reading.parts:
            return reading
        part = self._subjects.read(raw)
        return Reading((part,), whole=True, words=reading.words) if part is not None else reading

    def _with_trial(self, raw: str, reading: Reading, context: _Context) -> Reading:
        """Read a string again with what its trial says."""
        short = raw.strip(" .,;:()")
        if is_abbreviation(short):
            if (found := self._by_long_form(short, context)) is not None:
                return found
            if reading.parts:
                return reading
            if parts := self._reader.abbreviation(short):
                return Reading(parts, whole=True)
        elif reading.left and (opened := self._opened(raw, context)):
            again = self._reader.read(opened)
            if again.parts and (again.whole or len(again.left) < len(reading.left)):
                reading = Reading(again.parts, again.whole, words=again.words, left=again.left)
                if reading.whole:
                    return reading
        coded = self._by_codes(raw, reading, context)
        if coded is not None:
            return coded
        return self._by_text(reading, context)

    def _by_long_form(self, short: str, context: _Context) -> Reading | None:
        long = context.abbreviations.get(short.upper()) or trial_words.initials(short, context.names(self))
        if not long:
            return None
        reading = self._reader.read(long)
        if not reading.parts and not reading.nothing and reading.words:
            part = Part((), long, "record", "text", 0.5, short)  # the long form names a condition without a heading
            return Reading((part,), whole=True, words=reading.words)
        if not reading.parts or not reading.whole:
            return None
        parts = tuple(
            Part(p.ids, long, "record", "abbreviation", round(p.confidence * 0.95, 2), short) for p in reading.parts
        )
        return Reading(parts, whole=True)

    def _opened(self, raw: str, context: _Context) -> str | None:
        """Return the string with the trial's own abbreviations written out, or None when it holds none."""
        if not _SHORT_WORD.search(raw) or raw.isupper():
            return None
        opened = _SHORT_WORD.sub(lambda m: context.abbreviations.get(m[0].upper(), m[0]), raw)
        return opened if opened != raw else None

    def _by_codes(self, raw: str, reading: Reading, context: _Context) -> Reading | None:
        """Take the codes of the record that share words with the string and say more than the words alone do."""
        words, index = reading.words, self._reader.index
        if not words or (reading.nothing and not reading.unknown):
            return None
        now = {i for part in reading.parts for i in part.ids}
        best: tuple[float, str, bool] | None = None
        for mesh_id in context.codes:
            if mesh_id in now or any(mesh_id in index.above(i) for i in now):
                continue
            if any(index.above(mesh_id) & set(p.ids) for p in reading.parts if not p.broader):
                continue  # a part of the string names its heading exactly; a narrower one is another string's
            names = self._names(mesh_id)
            if now and trial_words.sharing(reading.left, names, self._weights)[0] < SHARED_LEFT:
                continue  # it would say no more than the words already do
            share, back = trial_words.sharing(words, names, self._weights)
            if mesh_id in index.lone or (share < 1 and share + back < SHARED_BOTH):
                continue
            is_below = bool(now & index.above(mesh_id))
            if share >= (SHARED if not now or is_below else 0.75) and (best is None or share + 0.5 * back > best[0]):
                best = (share + 0.5 * back, mesh_id, share < WHOLE)
        if best is None:
            return None
        share = min(1.0, best[0] / 1.5)
        part = Part(
            (best[1],), self.mesh.name(best[1]), "record", "record-code", round(0.5 + 0.4 * share, 2), raw, best[2]
        )
        keep = [p for p in reading.parts if not index.above(best[1]) & set(p.ids)]
        return Reading((part, *keep) if not keep or len(reading.parts) > 1 else (part,), whole=True)

    def _by_text(self, reading: Reading, context: _Context) -> Reading:
        """Add a heading below a broader one that holds all words of the string, if the trial's text names it."""
        if not reading.left or len(reading.parts) != 1 or len(reading.parts[0].ids) != 1:
            return reading
        above = reading.parts[0].ids[0]
        wanted = set(reading.words)
        if len(wanted) < 2:
            return reading
        for mesh_id in self._below_with(above, tuple(sorted(wanted))):
            if mesh_id in context.mentioned(self._finder):
                part = Part((mesh_id,), self.mesh.name(mesh_id), "record", "text", 0.6, reading.parts[0].span)
                return Reading((*reading.parts, part), words=reading.words, left=reading.left)
        return reading

    @functools.lru_cache(maxsize=50_000)  # noqa: B019 - a linker lives as long as its process
    def _below_with(self, above: str, wanted: tuple[str, ...]) -> list[str]:
        return [
            i
            for i in sorted(self._reader.index.below(above))
            if any(set(wanted) <= set(name) for name in self._names(i))
        ]

    def _names_of(self, mesh_id: str) -> tuple[tuple[str, ...], ...]:
        heading = self.mesh[mesh_id]
        index = self._reader.index
        names = {tuple(self._reader.weights.weighty(read(n).words)) for n in (heading.name, *heading.synonyms)}
        return tuple(sorted(tuple(index.same(name)) for name in names if name))

    @functools.lru_cache(maxsize=200_000)  # noqa: B019 - a linker lives as long as its process
    def _comparable(self, number: int) -> tuple[str, ...]:
        return tuple(self._reader.index.same(read(self._reader.index.names[number].alias).words))


class _Context:
    """What a trial says beside its condition strings; computed when a string first needs it."""

    def __init__(self, trial: Trial, mesh: Mesh) -> None:
        self._trial, self._mesh = trial, mesh

    @functools.cached_property
    def codes(self) -> tuple[str, ...]:
        return trial_words.codes(self._trial, self._mesh)

    @functools.cached_property
    def abbreviations(self) -> dict[str, str]:
        return trial_words.abbreviations(trial_words.texts(self._trial))

    def names(self, linker: ConditionLinker) -> Sequence[str]:
        """Return full names beside an abbreviation: other conditions, codes, keywords."""
        return (*self._trial.conditions, *(self._mesh.name(i) for i in self.codes), *self._trial.keywords)

    def mentioned(self, finder: Finder) -> frozenset[str]:
        """Return the headings that title, keywords, summary and description mention."""
        if not hasattr(self, "_mentioned"):
            texts = (t for t in trial_words.texts(self._trial) if t is not self._trial.eligibility)
            self._mentioned = frozenset(finder.ids("\n".join(texts)))
        return self._mentioned


class _Source(NamedTuple):
    """Where a condition string stands: the string, its field, and its place in the trial's list (None outside it)."""

    raw: str
    field: str
    number: int | None


def _link(
    source: _Source, part: Part, concept_id: str, name: str, component: int = 1, components: int = 1
) -> ConditionLink:
    return ConditionLink(
        concept_id=concept_id,
        name=name,
        raw=source.raw,
        span=part.span,
        span_in="condition" if source.number is not None else "text",
        matched_alias=part.alias,
        vocabulary=part.vocabulary,
        method="broader" if part.broader and part.method == "span" else part.method,
        confidence=part.confidence,
        source_field=source.field,
        component=component,
        components=components,
        condition=source.number,
        broader=part.broader,
    )


def _weights(reader: Reader) -> dict[str, float]:
    """Return how rare each word is among names of conditions: log(names / names with it), over its most."""
    counts: Counter[str] = Counter()
    for key in reader.index.forms[2]:
        counts.update(set(key.split()))
    total = len(reader.index.forms[2])
    return {word: math.log(total / n) / math.log(total) for word, n in counts.items()}


def _group_link(raw: str, group: groups.ConditionGroup, field: str, number: int | None) -> ConditionLink:
    part = Part((), group.name, "hand", "group", 0.9, raw)
    return _link(_Source(raw, field, number), part, str(group.node), group.name)


def _group_resolution(given: str, group: groups.ConditionGroup) -> Resolution:
    headings = (f"MESH:{heading}" for heading in sorted(groups.members()[group.id]))
    return Resolution(
        kind="condition",
        id=group.id,
        name=group.name,
        given=given,
        matched_alias=given,
        method="group",
        confidence=1.0,
        ids=(*headings, *([group.node] if group.node else [])),
    )
