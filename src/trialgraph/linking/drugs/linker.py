"""Links each intervention of a trial to the drugs that it names, and says by which words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from trialgraph.errors import UsageError
from trialgraph.limits import MOST_DESCRIPTION
from trialgraph.linking.corrections import Correction, Corrections
from trialgraph.linking.drugs import doses
from trialgraph.linking.drugs.abbreviations import TrialText
from trialgraph.linking.drugs.controls import (
    MEDIA,
    is_care,
    is_control_saline,
    is_placebo,
    strong_saline,
    without_control_saline,
)
from trialgraph.linking.drugs.descriptions import MOST_OTHER_NAMES, defines, mentions_in_description, of_other_name
from trialgraph.linking.drugs.find import CONFIDENCE, Mention, Segment, find, find_device, segments
from trialgraph.linking.drugs.parts import given, is_antigen, outside
from trialgraph.linking.drugs.roles import roles
from trialgraph.linking.drugs.unlisted import (
    CELLS,
    ELEMENTS_OF_SOURCES,
    GENERIC_CELLS,
    engineered,
    is_cell_product,
    is_isotope,
    is_own_product,
    is_transplant,
    labelled_antibody,
    misspelt,
    unlisted,
)
from trialgraph.linking.drugs.vaccines import is_vaccine, vaccines
from trialgraph.linking.drugs.vocabulary import Drug, DrugVocabulary, Match
from trialgraph.linking.words.keys import key
from trialgraph.meanings import Resolution
from trialgraph.model import DrugLink, Intervention, Trial
from trialgraph.text import fold

__all__ = ["DrugLinker", "roles"]

# What the types of entries may name, and how far we look for it.
WIDELY = frozenset(("DRUG", "BIOLOGICAL", "COMBINATION_PRODUCT", "GENETIC"))
LABEL_AND_NAMES = frozenset(("DIETARY_SUPPLEMENT", "RADIATION"))
DEVICES = frozenset(("DEVICE",))
ONLY_WHOLE = frozenset(("OTHER",))
_ADDED = re.compile(r"\b(?:adjuvant|diluent|buffer|pbs)\b", re.IGNORECASE)  # what goes with a vaccine
CARRIER = "smallpox vaccine"
_FIELD = "armsInterventionsModule.interventions[{}].{}"
# what a trial of a device that gives a drug off speaks of: "Synergy" is a stent here and a disc of the spine there
_VESSEL = re.compile(
    r"stent|elut|scaffold|coronar|balloon|\bDES\b|\bPCI\b|angioplast|arter|intrauterine|contracept|sinus|glioma|retin|macula|fusion",
    re.IGNORECASE,
)
_RELEASES = re.compile(r"elut|coat|releas|impregnat|medicated|loaded|drug.?fil", re.IGNORECASE)


class _Found(msgspec.Struct):
    """A drug found somewhere in a record."""

    drug: Drug
    text: str  # the whole string
    start: int
    end: int
    span_in: str
    field: str  # path within the intervention, or (with a dot) within the record
    alias: str
    vocabulary: str
    method: str
    salt: Drug | None = None


class DrugLinker:
    """Understands interventions.  Pure per call: it keeps no memory of the trials it has seen."""

    def __init__(self, vocabulary: DrugVocabulary, corrections: Corrections | None = None) -> None:
        self.vocabulary = vocabulary
        self.corrections = corrections or Corrections()
        self._labels: dict[str, tuple[Match | None, Correction]] = {}
        self._same: dict[str, Drug] = {}
        for folded, correction in self.corrections.of("drug").items():
            self._add_correction(folded, correction)

    # --- for whole trials ---------------------------------------------------------------------------------------------

    def link(self, trial: Trial) -> tuple[DrugLink, ...]:
        """Return the drugs that each intervention of a trial names, in the order of the record."""
        text = TrialText(trial, self.vocabulary)
        return tuple(
            link
            for i, entry in enumerate(trial.interventions)
            for link in self._links(i, entry, self._entry(i, entry, text))
        )

    def understand(self, text: str) -> tuple[DrugLink, ...]:
        """Return the drugs that a label names, as if it were an intervention of type DRUG."""
        entry = Intervention(name=text, type="DRUG")
        return tuple(
            self._links(0, entry, self._entry(0, entry, TrialText(Trial(id="", registry=""), self.vocabulary)))
        )

    def resolve(self, name: str) -> Resolution | None:
        """Return the one drug that a name given by a person means, or None."""
        links = self.understand(name)
        ids = {link.concept_id for link in links}
        if len(ids) != 1 or links[0].vocabulary == "none":
            drug = self.vocabulary.base_of(name.strip()) or self.vocabulary.drug(name.strip())
            if drug is None:
                return None
            return Resolution(
                kind="drug", id=drug.id, name=drug.name, given=name, matched_alias=drug.id, method="id", confidence=1.0
            )
        link = links[0]
        return Resolution(
            kind="drug",
            id=link.concept_id,
            name=link.name,
            given=name,
            matched_alias=link.matched_alias,
            method=link.method,
            confidence=link.confidence,
        )

    def suggest(self, name: str, most: int = 5) -> list[str]:
        """Return names of drugs that are written like a name."""
        return self.vocabulary.suggest(name, most)

    # --- one entry ----------------------------------------------------------------------------------------------------

    def _entry(self, i: int, entry: Intervention, text: TrialText) -> list[_Found]:
        kind = entry.type or "DRUG"
        corrected = self._labels.get(fold(entry.name))
        if corrected:
            match = corrected[0]
            whole = Mention(0, len(entry.name), match, "user") if match else None
            return list(self._founds([whole] if whole else [], entry.name, "label", "name"))
        if kind in DEVICES:
            return self._device(entry, text)
        if kind in ONLY_WHOLE:
            return self._whole(entry)
        if kind not in WIDELY and kind not in LABEL_AND_NAMES:
            return []
        found, silent = self._label(entry.name, text, "label", "name")
        if kind == "RADIATION":
            found = [f for f in found if f.alias not in ELEMENTS_OF_SOURCES]
        if any(is_isotope(f.drug.name) for f in found) and (product := labelled_antibody(entry.name)):
            return self._unlisted(product, entry) + [f for f in found if not is_isotope(f.drug.name)]
        if found or silent:
            return found or self._saline_on_trial(i, entry, text)
        return self._elsewhere(entry, text, widely=kind in WIDELY)

    def _saline_on_trial(self, i: int, entry: Intervention, text: TrialText) -> list[_Found]:
        """Salt water is a drug where it is what the trial tests: every arm that gets it is an experimental one."""
        if is_placebo(entry.name) or not is_control_saline(entry.name) or not text.is_tested(i):
            return []
        match = self.vocabulary.resolve("Sodium Chloride")
        return list(
            self._founds([Mention(0, len(entry.name), match, "span")] if match else [], entry.name, "label", "name")
        )

    def _elsewhere(self, entry: Intervention, text: TrialText, *, widely: bool) -> list[_Found]:
        """Look in the other names, the trial's own abbreviations and the description, in this order."""
        most = max(1, len(segments(entry.name)))
        found: list[_Found] = []
        for n, other in enumerate(entry.other_names):
            if len({f.drug.id for f in found}) >= most:
                break
            more, _ = self._label(other, text, "other_name", f"otherNames[{n}]", plain=True)
            found += [_retold(f, "other-name") for f in more if of_other_name(other, f.start, f.end, f.drug, f.alias)]
        found = [] if len({f.drug.id for f in found}) > MOST_OTHER_NAMES else found
        if found or not widely:
            return found
        found = [f for f in self._abbreviated(entry.name, text) if f.drug.id not in GENERIC_CELLS]
        if found:
            return found
        name = unlisted(entry.name, entry.type or "DRUG", self.vocabulary)
        if name and is_cell_product(entry.name):
            return self._unlisted(name, entry)
        mentions = mentions_in_description(entry, text.named_elsewhere(entry), self.vocabulary)
        if mentions and (name is None or defines(entry.description, mentions)):
            told = self._founds(mentions, entry.description or "", "description", "description")
            found = [_retold(f, "description") for f in told]
        if not found and name and entry.type == "BIOLOGICAL" and not _ADDED.search(entry.name):
            found = self._vaccine_of_trial(entry, text)
        return found or (self._unlisted(name, entry) if name else [])

    def _vaccine_of_trial(self, entry: Intervention, text: TrialText) -> list[_Found]:
        """Return the vaccine that a code is, as a vaccine trial's title tells it and no other entry does.

        A disease that the label itself names counts before the title's; vaccinia is as a rule a carrier.
        """
        for field, title in text.titles:
            told = vaccines(title, self.vocabulary) if is_vaccine(title) else []
            if len(told) != 1 or told[0].match.alias == CARRIER:
                continue
            mine = vaccines(entry.name, self.vocabulary)
            if mine:
                return list(self._founds(mine, entry.name, "label", "name"))
            if text.is_named_elsewhere(entry, told[0].drugs):
                return []
            return [_retold(f, "title") for f in self._founds(told, title, "title", field)]
        return []

    def _unlisted(self, name: tuple[str, int, int], entry: Intervention) -> list[_Found]:
        words, start, end = name
        drug = self._canonical(Drug("TXT:" + key(words).replace(" ", "-"), words))
        return [_Found(drug, entry.name, start, end, "label", "name", words, "none", "unlisted")]

    def _label(
        self, label: str, text: TrialText, span_in: str, field: str, *, plain: bool = False
    ) -> tuple[list[_Found], bool]:
        """Return the drugs of a label, and whether its silence is an answer: placebo, usual care."""
        blanked = without_control_saline(label)
        whole = self.vocabulary.match(key(label)) if blanked == label else None
        if whole and key(label) not in self.vocabulary.exactly:
            return list(self._founds([Mention(0, len(label), whole, "exact")], label, span_in, field)), True
        parts = given(label)
        if not parts:
            return [], True
        found: list[_Found] = []
        missed: list[Segment] = []
        for part in parts:
            mentions = self._part(blanked, part)
            strong = strong_saline(label) if not mentions else None
            match = self.vocabulary.resolve("hypertonic saline") if strong else None
            if strong and match and part.start <= strong[0] < part.end:
                mentions = [Mention(*strong, match, "span")]
            if is_vaccine(label) and all(is_antigen(drug) for m in mentions for drug in m.drugs):
                here = " " * part.start + blanked[part.start : part.end]
                mentions = vaccines(here, self.vocabulary) or mentions
            if mentions:
                found += self._founds(mentions, label, span_in, field)
            else:
                missed.append(part)
        if plain:
            return found, True
        for part in missed:
            at = found[-1:] and part.start
            words = label[part.start : part.end]
            close = misspelt(outside(blanked, part), self.vocabulary)
            if close:
                found += self._founds(close, label, span_in, field)
            elif found and at is not None:
                found += self._abbreviated(words, text, label, part.start)
        if found and all(f.drug.id in CELLS for f in found) and not plain:
            if is_transplant(label):
                return [], True
            if engineered(label) or is_own_product(label, found[0].drug.id):
                return [], False  # "CD19 CAR T cells" are a product of their own
        if len({f.drug.id for f in found}) > 1:
            found = [f for f in found if f.alias not in MEDIA]  # "Factor VIII, plasma/albumin free method"
        silent = not found and (is_care(label) or blanked != label)
        return found, silent

    def _part(self, label: str, part: Segment) -> list[Mention]:
        """Return the mentions of a part outside its brackets, or else those in them."""
        mentions = find(outside(label, part), self.vocabulary)
        if mentions:
            return mentions
        for inner in part.inner:
            text = " " * inner.start + label[inner.start : inner.end]
            if not is_placebo(text):
                mentions += [Mention(m.start, m.end, m.match, "bracket") for m in find(text, self.vocabulary)]
        return mentions

    def _abbreviated(self, words: str, text: TrialText, label: str | None = None, offset: int = 0) -> list[_Found]:
        """Return what the trial's own text says the unknown words of a label stand for."""
        mentions = [
            Mention(offset + start, offset + end, match, "abbreviation")
            for short, start, end in text.candidates(words)
            if (match := text.meaning(short))
        ]
        return [_retold(f, "abbreviation") for f in self._founds(mentions, label or words, "abbreviation", "name")]

    def _device(self, entry: Intervention, text: TrialText) -> list[_Found]:
        """A device includes a drug when its words say that it gives the drug off, or when it is a brand that does."""
        label = entry.name
        if is_placebo(label):
            return []
        releases = _RELEASES.search(label) is not None
        mine = find(label, self.vocabulary) if releases else []
        mine = mine or (find_device(label, self.vocabulary) if _VESSEL.search(text.text) else [])
        if mine:
            return list(self._founds(mine, label, "label", "name"))
        others: list[_Found] = []
        for n, other in enumerate(entry.other_names):
            if _RELEASES.search(other):
                others += self._founds(find(other, self.vocabulary), other, "other_name", f"otherNames[{n}]")
        if not others and releases and entry.description and _RELEASES.search(entry.description):
            others += self._founds(
                find(entry.description[:MOST_DESCRIPTION], self.vocabulary),
                entry.description,
                "description",
                "description",
            )
        return [_retold(f, "other-name") for f in others] if len({f.drug.id for f in others}) == 1 else []

    def _whole(self, entry: Intervention) -> list[_Found]:
        """An entry of type OTHER names a drug only where the whole label is one."""
        if is_placebo(entry.name) or without_control_saline(entry.name) != entry.name:
            return []
        match = self.vocabulary.match(key(doses.bare(entry.name)))
        return list(
            self._founds([Mention(0, len(entry.name), match, "exact")] if match else [], entry.name, "label", "name")
        )

    # --- from mentions to links ---------------------------------------------------------------------------------------

    def _founds(self, mentions: Iterable[Mention], text: str, span_in: str, field: str) -> Iterator[_Found]:
        for m in mentions:
            method = "combination" if len(m.drugs) > 1 and m.method in ("exact", "span") else m.method
            for drug in m.drugs:
                yield _Found(
                    self._canonical(drug),
                    text,
                    m.start,
                    m.end,
                    span_in,
                    field,
                    m.match.alias,
                    m.match.vocabulary,
                    method,
                    m.match.salt if drug.id not in self._same else None,
                )

    def _links(self, at: int, entry: Intervention, found: list[_Found]) -> list[DrugLink]:
        first: dict[str, _Found] = {}
        for one in found:
            first.setdefault(one.drug.id, one)
        links = []
        places = [(one.text, one.start, one.end) for one in first.values()]
        for n, one in enumerate(first.values(), 1):
            dose = doses.near(doses.named(places, n - 1, (one.drug.name, one.alias)), entry.description)
            links.append(
                DrugLink(
                    concept_id=one.drug.id,
                    name=one.drug.name,
                    raw=one.text if len(one.text) <= 400 else one.text[:400],
                    span=one.text[one.start : one.end],
                    span_in=one.span_in,
                    matched_alias=one.alias,
                    vocabulary=one.vocabulary,
                    method=one.method,
                    confidence=CONFIDENCE[one.method],
                    source_field=one.field if "." in one.field else _FIELD.format(at, one.field),
                    component=n,
                    components=len(first),
                    intervention=at,
                    mesh_id=one.drug.mesh_id,
                    unii=one.drug.unii,
                    salt_id=one.salt.id if one.salt else None,
                    salt_name=one.salt.name if one.salt else None,
                    **msgspec.structs.asdict(dose),
                )
            )
        return links

    # --- the user's corrections ---------------------------------------------------------------------------------------

    def _canonical(self, drug: Drug) -> Drug:
        return self._same.get(drug.id, drug) if self._same else drug

    def _add_correction(self, folded: str, correction: Correction) -> None:
        match = None
        if correction.target is not None:
            match = self._target(correction)
        drug = self.vocabulary.drug(correction.words)
        if (drug or correction.words.startswith("TXT:")) and match:
            self._same[drug.id if drug else correction.words] = match.drugs[0]
        else:
            self._labels[folded] = (match, correction)

    def _target(self, correction: Correction) -> Match:
        target = correction.target or ""
        drug = self.vocabulary.drug(target)
        if drug:
            return Match((drug,), correction.words, "user")
        if target.startswith("TXT:"):
            return Match((Drug(target, target[4:].replace("-", " ")),), correction.words, "user")
        drugs: list[Drug] = []
        for part in target.split(" + "):
            match = self.vocabulary.resolve(part)
            if match is None:
                near = self.vocabulary.suggest(part, 3)
                hint = f" that we know; near: {', '.join(near)}" if near else " that we know"
                raise UsageError(f"corrections.txt, line {correction.line}: {part!r} is no drug{hint}")
            drugs += match.drugs
        return Match(tuple(drugs), correction.words, "user")


def _retold(found: _Found, method: str) -> _Found:
    found.method = method
    return found
