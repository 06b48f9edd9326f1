"""Devices and procedures: what an intervention that is no drug consists of."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence

import msgspec

from trialgraph.linking import mesh, trial_words
from trialgraph.linking.corrections import Corrections
from trialgraph.linking.mesh import Mesh
from trialgraph.linking.procedures.vocabulary import Target, is_device_or_procedure, load_procedure_words, target_of
from trialgraph.linking.words.longest_match import Phrases, scan
from trialgraph.linking.words.medical import Words, read
from trialgraph.model import DeviceOrProcedureLink, Intervention, Trial
from trialgraph.text import slug

TYPES = frozenset(("DEVICE", "PROCEDURE", "BEHAVIORAL", "DIAGNOSTIC_TEST", "RADIATION", "OTHER"))
FIELD = "armsInterventionsModule.interventions[{}].{}"
LONGEST_TEXT_NAME = 7  # words: a longer label is a sentence and no name
FIRST_WORDS = 240  # characters of a description in which a device or procedure is named; later ones are about its use
_MARKS = re.compile(r"[®™©]|\((?:R|TM|C)\)")
_PIECES = re.compile(r"\s(?:\+|&|and|plus|with|or|vs\.?|versus|followed by)\s|[,;/+]|\s[-–]\s", re.IGNORECASE)
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_CAPITALS = re.compile(r"\b[A-Za-z]*[A-Z][A-Za-z]*[A-Z][A-Za-z0-9]*\b")
_GLUE = frozenset(
    ["of", "the", "and", "in", "with", "to", "by", "for", "at", "on", "a", "an", "or", "from", "as", "is"]
)
_SURGERY = re.compile(
    r"\w{3,}(?:ectomy|otomy|ostomy|plasty|rrhaphy|desis|pexy)\b|\bsurg|\bresection|\brepair|\bexcision"
)
# "enhanced usual care", "standard of care alone": words around these phrases that add no device or procedure.
_USUAL = re.compile(
    r"\b(?:(?:treatment|therapy|care) as usual|(?:usual|standard|routine|conventional|regular) (?:medical |clinical )?"
    r"(?:cardiac |diabetes |prenatal |antenatal |nursing )?(?:care|treatment|therapy|practice|management)"
    r"|standards? of care|waiting[- ]list|wait[- ]?list(?:ed)?|no[- ](?:treatment|intervention)"
    r"|guideline[- ]directed medical therap(?:y|ies)|(?:optimal|best) (?:available )?medical (?:therapy|treatment))\b",
    re.IGNORECASE,
)
_EMPTY_WORDS = (
    "enhanced standard usual group arm only alone control condition best local current treatment care therapy "
    "in for the of with a per by according to patient"
)
_EMPTY = frozenset(_EMPTY_WORDS.split())
_ISOTOPE = re.compile(
    r"\b(?:[A-Z][a-z]?[- ]?\d{2,3}m?|\d{2,3}m?[- ]?[A-Z][a-z]?|yttrium|iodine I|indium|lutetium|fludeoxyglucose)\b"
)
_BREAK = re.compile(r"[.;:()\"\n]|, ")
_LENS = re.compile(r"\b\w+filcon\b", re.IGNORECASE)  # USAN: -filcon ends the name of a material of soft contact lenses
LENSES = "D003263"  # Contact Lenses, Hydrophilic
_OF_TYPE = {
    "DEVICE": ("Device", None),
    "PROCEDURE": ("Procedure", "THERAPY"),
    "BEHAVIORAL": ("Procedure", "BEHAVIOR"),
    "DIAGNOSTIC_TEST": ("Procedure", "DIAGNOSTIC"),
    "RADIATION": ("Procedure", "THERAPY"),
    "OTHER": ("Procedure", "THERAPY"),
}


class Hit(msgspec.Struct, frozen=True, gc=False):
    """A name found in words `first` up to, not including, `last`."""

    first: int
    last: int
    targets: tuple[Target, ...]
    alias: str
    vocabulary: str
    loose: bool


class ProcedureLinker:
    """Links interventions to devices and procedures.  Construct once; every call is pure."""

    def __init__(self, headings: Mesh | None = None, corrections: Corrections | None = None) -> None:
        self.mesh = headings or mesh.load()
        self._words = load_procedure_words(self.mesh)
        self._corrections = corrections or Corrections()
        self._names: dict[str, tuple[tuple[Target, ...], str, str]] = {}
        self._loose: dict[str, str] = {}
        self._lengths: dict[str, list[int]] = {}
        self._capitals: set[str] = set()
        self._same = Phrases(self._words.same.items())
        for name, targets in self._words.names:
            self._put(name, targets, "hand")
        for heading in self.mesh.descriptors.values():
            if is_device_or_procedure(heading):
                for alias in (heading.name, *heading.synonyms):
                    self._put(alias, (target_of(heading),), "mesh")
        for sizes in self._lengths.values():
            sizes.sort(reverse=True)
        self._hits = functools.lru_cache(maxsize=50_000)(self._hits_of)

    def link(self, trial: Trial) -> tuple[DeviceOrProcedureLink, ...]:
        """Return the devices and procedures of a trial's interventions, in their order.

        Usual care, controls, placebos, shams and questionnaires give nothing.
        """
        links: list[DeviceOrProcedureLink] = []
        explained: dict[str, str] | None = None
        for number, intervention in enumerate(trial.interventions):
            if intervention.type not in TYPES:
                continue
            corrected = self._corrected(intervention.name, number)
            if corrected is not None:
                links.extend(corrected)
                continue
            found = self._of_label(intervention.name, number)
            if not found and _CAPITALS.search(intervention.name) and not self._is_nothing(intervention.name):
                explained = trial_words.abbreviations(trial_words.texts(trial)) if explained is None else explained
                found = self._by_abbreviation(intervention.name, number, explained)
            if not found and not self._is_nothing(intervention.name):
                found = self._elsewhere(intervention, number)
            links.extend(found)
        return tuple(links)

    def understand(self, text: str) -> tuple[DeviceOrProcedureLink, ...]:
        """Return what a label is understood as when nothing else is known."""
        corrected = self._corrected(text, 0)
        return corrected if corrected is not None else tuple(self._of_label(text, 0))

    def find(self, text: str, span_in: str = "text") -> tuple[DeviceOrProcedureLink, ...]:
        """Return the devices and procedures that a running text mentions, each once."""
        words = read(text)
        found: dict[str, DeviceOrProcedureLink] = {}
        for hit in self._spans(words, text, loose=False):
            if " ".join(words.words[hit.first : hit.last]) in self._words.plain or self._runs_over(words, text, hit):
                continue
            for target in hit.targets:
                if target.id not in found:
                    span = words.stretch(text, hit.first, hit.last)
                    confidence = 0.85 if hit.last - hit.first > 1 else 0.7
                    found[target.id] = _link(
                        target, hit, _Evidence(span, span, span_in, "mention", confidence, span_in, 0)
                    )
        return tuple(found.values())

    # --- a label ------------------------------------------------------------------------------------------------------

    def _of_label(self, label: str, number: int) -> list[DeviceOrProcedureLink]:
        label_clean = _MARKS.sub(lambda m: " " * len(m[0]), label)
        words = read(label_clean)
        if not words.words or self._is_nothing(label_clean):
            return []
        hits = self._hits(label_clean)
        total = sum(len(hit.targets) for hit in hits)
        found: dict[str, DeviceOrProcedureLink] = {}
        for hit in hits:
            whole = hit.last - hit.first == len(words.words)
            for target in hit.targets:
                if target.id in found:
                    continue
                method = "exact" if whole and not hit.loose else "span" if not hit.loose else "same-words"
                confidence = (1.0 if whole else 0.9) - (0.08 if hit.loose else 0.0)
                span = words.stretch(label_clean, hit.first, hit.last)
                field = FIELD.format(number, "name")
                evidence = _Evidence(label, span, "label", method, round(confidence, 2), field, number)
                found[target.id] = _link(target, hit, evidence, len(found) + 1, total)
        return list(found.values())

    def _hits_of(self, label: str) -> tuple[Hit, ...]:
        words = read(label)
        return tuple(hit for hit in self._spans(words, label, loose=True) if not self._is_sham(words, label, hit.first))

    def _by_abbreviation(self, label: str, number: int, explained: dict[str, str]) -> list[DeviceOrProcedureLink]:
        found: list[DeviceOrProcedureLink] = []
        for match in _CAPITALS.finditer(label):
            long = explained.get(match[0].upper())
            found.extend(
                msgspec.structs.replace(
                    link,
                    raw=label,
                    span=match[0],
                    span_in="abbreviation",
                    matched_alias=long or link.matched_alias,
                    method="abbreviation",
                    confidence=round(link.confidence * 0.9, 2),
                )
                for link in (self._of_label(long, number) if long else ())
            )
        return found

    def _elsewhere(self, intervention: Intervention, number: int) -> list[DeviceOrProcedureLink]:
        """Look in other names, then in the first words of the description; else keep the label as its own node."""
        for place, other in enumerate(intervention.other_names):
            found = self._of_label(other, number)
            if found:
                field = FIELD.format(number, f"otherNames[{place}]")
                return [
                    msgspec.structs.replace(
                        k, raw=intervention.name, span_in="other_name", source_field=field,
                        confidence=round(k.confidence * 0.85, 2),
                    )
                    for k in found
                ]  # fmt: skip
        if lens := _LENS.search(intervention.name):
            target = target_of(self.mesh[LENSES])
            hit = Hit(0, 1, (target,), lens[0], "hand", loose=False)
            field = FIELD.format(number, "name")
            return [_link(target, hit, _Evidence(intervention.name, lens[0], "label", "stem", 0.9, field, number))]
        return self._as_text(intervention, number)

    def _as_text(self, intervention: Intervention, number: int) -> list[DeviceOrProcedureLink]:
        label = " ".join(_BRACKETS.sub(" ", _MARKS.sub(" ", intervention.name)).split()).strip(" .,;:-")
        if intervention.type == "RADIATION" and _ISOTOPE.search(label):
            return []  # a radioactive drug, which the drug linker knows
        words = read(label).words
        content = [w for w in words if w not in _GLUE]
        if not content or len(words) > LONGEST_TEXT_NAME or set(content) & self._words.sham:
            return []
        if all(w in self._substances for w in content):
            return []
        if intervention.type == "OTHER" and not set(content) & self._words.head:
            return []
        node_label, kind = _OF_TYPE[intervention.type or "OTHER"]
        if kind == "THERAPY" and _SURGERY.search(label.lower()):
            kind = "SURGERY"
        target = Target(f"TXT:{slug(label)}", label, node_label, kind)
        hit = Hit(0, len(words), (target,), label, "none", loose=False)
        field = FIELD.format(number, "name")
        return [_link(target, hit, _Evidence(intervention.name, label, "label", "text", 0.5, field, number))]

    @functools.cached_property
    def _substances(self) -> frozenset[str]:
        """Names of one word of substances; read when the first label without a known name is met."""
        names = (read(heading.name).words for heading in self.mesh.within("D"))
        return frozenset(words[0] for words in names if len(words) == 1)

    def _is_nothing(self, label: str) -> bool:
        """Tell whether every part of a label names nothing: "usual care", "sham device", "control + questionnaire"."""
        pieces = [" ".join(read(p).words) for p in _PIECES.split(_BRACKETS.sub(" ", label))]
        whole = " ".join(read(_BRACKETS.sub(" ", label)).words)
        rest = _USUAL.sub(" ", label)
        if rest != label and not set(read(rest).words) - _EMPTY:
            return True
        return whole in self._words.nothing or all(
            p in self._words.nothing or not p or p.split()[0] in self._words.sham for p in pieces
        )

    def _is_sham(self, words: Words, label: str, first: int) -> bool:
        """Tell whether the part of the label before a name makes an imitation of it: "sham acupuncture"."""
        start = 0
        for cut in _PIECES.finditer(label[: words.starts[first]]):
            start = cut.end()
        before = read(label[start : words.starts[first]]).words
        return any(w in self._words.sham for w in before)

    # --- names in words -----------------------------------------------------------------------------------------------

    def _spans(self, words: Words, text: str, *, loose: bool) -> Iterator[Hit]:
        """Yield names longest first from each place, without overlap; loosely also with words that mean the same."""
        forms = words.words

        def match(place: int) -> tuple[int, Hit | None] | None:
            hit = self._at(forms, place, words, text, loose=loose)
            return None if hit is None else (hit.last, hit if hit.targets else None)

        return (hit for _, _, hit in scan(forms, None, match))

    def _at(self, forms: Sequence[str], place: int, words: Words, text: str, *, loose: bool) -> Hit | None:
        lengths = self._lengths.get(forms[place])
        if loose:
            for length in range(min(6, len(forms) - place), 1, -1):
                stretch = forms[place : place + length]
                if lengths and length in lengths and (found := self._names.get(" ".join(stretch))):
                    return Hit(place, place + length, *found, loose=False)
                if stretch[-1] in _GLUE or stretch[0] in _GLUE:
                    continue
                key = self._loose.get(self._loosened(stretch))
                if key:
                    return Hit(place, place + length, *self._names[key], loose=True)
        for length in lengths or ():
            if place + length > len(forms):
                continue
            key = " ".join(forms[place : place + length])
            found = self._names.get(key)
            if found is None:
                continue
            if key in self._capitals:
                written = words.stretch(text, place, place + length)
                if sum(c.isupper() for c in written) < 2:
                    continue
            return Hit(place, place + length, *found, loose=False)
        return None

    def _runs_over(self, words: Words, text: str, hit: Hit) -> bool:
        """Tell whether a name found in running text runs over the end of a clause."""
        return bool(_BREAK.search(words.stretch(text, hit.first, hit.last)) and not _BREAK.search(hit.alias))

    def _put(self, name: str, targets: tuple[Target, ...], vocabulary: str) -> None:
        forms = read(name).words
        key = " ".join(forms)
        if not key or key in self._names or not targets or key in self._words.nothing:
            return
        if len(key) < 3 and not name.isupper():
            return
        self._names[key] = (targets, name, vocabulary)
        if len(forms) == 1 and len(key) < 7 and sum(c.isupper() for c in name) > 1:
            self._capitals.add(key)
        sizes = self._lengths.setdefault(forms[0], [])
        if len(forms) not in sizes:
            sizes.append(len(forms))
        if len(forms) > 1:
            self._loose.setdefault(self._loosened(forms), key)

    def _loosened(self, forms: Sequence[str]) -> str:
        words = self._same.replace(forms, lambda same: (same,))
        return " ".join(sorted({word for word in words if word not in _GLUE}))

    def _corrected(self, label: str, number: int) -> tuple[DeviceOrProcedureLink, ...] | None:
        for node_label in ("Device", "Procedure"):
            correction = self._corrections.find(node_label.lower(), label)
            if correction is None:
                continue
            if correction.target is None:
                return ()
            wanted = correction.target.removeprefix("MESH:")
            wanted = self.mesh.by_name.get(wanted.casefold(), wanted)
            if wanted in self.mesh:
                target = Target(f"MESH:{wanted}", self.mesh.name(wanted), node_label, None)
            else:
                target = Target(f"TXT:{slug(wanted.removeprefix('TXT:'))}", wanted, node_label, None)
            hit = Hit(0, 1, (target,), correction.target, "user", loose=False)
            field = FIELD.format(number, "name")
            return (_link(target, hit, _Evidence(label, label, "label", "user", 1.0, field, number)),)
        return None


class _Evidence(msgspec.Struct, frozen=True, gc=False):
    """Where and by which rule a name was matched; the fields are those of the link."""

    raw: str
    span: str
    span_in: str
    method: str
    confidence: float
    source_field: str
    intervention: int


def _link(
    target: Target, hit: Hit, evidence: _Evidence, component: int = 1, components: int = 1
) -> DeviceOrProcedureLink:
    return DeviceOrProcedureLink(
        concept_id=target.id,
        name=target.name,
        raw=evidence.raw,
        span=evidence.span,
        span_in=evidence.span_in,
        matched_alias=hit.alias,
        vocabulary=hit.vocabulary,
        method=evidence.method,
        confidence=evidence.confidence,
        source_field=evidence.source_field,
        component=component,
        components=components,
        intervention=evidence.intervention,
        label=target.label,
        kind=target.kind,
    )
