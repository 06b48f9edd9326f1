"""The same study elsewhere, and the study before: what numbers and words of two records say of each other.

Two registrations of one registry are never the same study, whatever they share: they get FOLLOW_UP_OF or nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations

import msgspec

from trialgraph.limits import MOST_SAME_NUMBER
from trialgraph.linking.organizations.words import tokens, words
from trialgraph.model import Trial
from trialgraph.registries.reading import identifiers


class Mention(msgspec.Struct, frozen=True, gc=False):
    """A record's words name another study's number, and say how the two belong together."""

    field: str
    number: str  # as compared: upper case, no spaces
    text: str  # the words around it, as written
    earlier: bool  # the other study came before; False: it comes after


class StudyNumbers(msgspec.Struct, frozen=True, gc=False):
    """What a trial's numbers and texts say of other studies; read trial by trial, joined over all by `links`."""

    id: str
    registry: str
    own: tuple[str, ...]  # the trial's own id and former ids
    others: tuple[str, ...]  # numbers in other registries
    org_id: str | None
    mentions: tuple[Mention, ...]
    parties: frozenset[str] = frozenset()  # words that tell who runs it: two sponsors may use one study number


class StudyLink(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An edge between two trials, with its evidence."""

    source: str
    target: str
    type: str  # SAME_STUDY_AS (source < target) or FOLLOW_UP_OF (the source follows the target)
    evidence: tuple[str, ...]  # "brief_summary: ... the words"
    method: str
    source_field: str
    confidence: float


_SHARED = frozenset(("NCT", "ISRCTN", "EUDRACT_NUMBER", "EU_CT", "WHO_UTN", "CTIS", "EUDRACT", "UTN"))
_CODE = re.compile(r"(?<![\w.-])(?=[\w./-]*\d)[A-Za-z0-9][A-Za-z0-9./_-]{3,22}[A-Za-z0-9](?![\w-])")
_PREFIX = re.compile(r"^(?:EUCTR|EUCT|CTIS|EUDRACT)[\s:-]*(?=\d{4}-)")
_EU_VERSION = re.compile(r"^(20\d\d-5\d{5}-\d\d)-\d\d$")
_DIGIT = re.compile(r"\d")
_EXCLUSION = re.compile(r"exclusion\s+criteria", re.I)
_SENTENCE = re.compile(r"(?<=[.;!?])\s+(?=[A-Z(*])|\n+")
_NUMBERED = r"(?:stud(?:y|ies)|trials?|protocols?|core|parent)"
_BEFORE = re.compile(
    rf"""\b(?:extension|roll[\s-]?over|follow[\s-]?up|continuation|long[\s-]term)\b[^.;]{{0,60}}\b(?:of|to|for|from)\b
       | \b(?:parent|feeder|antecedent|preceding|originating|original|lead[\s-]?in|predecessor|core|base|previous|prior
         |initial)\b[^.;]{{0,30}}\b{_NUMBERED}
       | \b(?:complet\w+|finish\w+|roll(?:ed|ing)?[\s-]?over\s+from|particip\w+\s+in|enrol\w+\s+(?:in|into)
         |treated\s+(?:in|on)|random\w+\s+in|benefit\w*[^.;]{{0,40}}\bin|transition\w*\s+from|received[^.;]{{0,60}}\b(?:in|on)|previously)\b""",
    re.I | re.X,
)
_AFTER = re.compile(
    r"""\b(?:(?:may|will|can|could|interested|willing|eligible|opportunity|option|invited|offered|able|choose
         |allowed|permitted)\b[^.;]{0,80}
         \b(?:enter|roll[\s-]?over|enrol\w*|continue|participat\w+|join|transition|followed)\b[^.;]{0,60}
         \b(?:extension|roll[\s-]?over|follow[\s-]?up|long[\s-]term|continuation|separate|phase\ (?:ii|iii|iv|[234])\b)
       | \b(?:opportunity|invited|option|offered|eligible)\b[^.;]{0,40}
         \b(?:enter|roll[\s-]?over|enrol\w*|participate|join)\b
         (?:(?!complet|previous|parent|finish|prior)[^.;]){0,70}$
       | \b(?:separate|subsequent|optional)\b[^.;]{0,30}
         \b(?:extension|follow[\s-]?up|long[\s-]term|roll[\s-]?over)\b)""",
    re.I | re.X,
)
_STUDY_NUMBER = re.compile(
    r"\b(?:stud(?:y|ies)|trials?|protocols?)\b[^.;]*$", re.I
)  # "study 20050179", not "product 811936"
_NOT_THIS = re.compile(
    r"\b(?:not\s+(?:have\s+)?(?:participat|enrol|been)|exclu|never|sub[\s-]?study|companion|ancillary|similar\s+to|as\s+in|"
    r"compared?\s+(?:to|with)|histor|published|results?\s+(?:of|from)|based\s+on|according\s+to|reported)",
    re.I,
)
_FIELDS = ("brief_title", "official_title", "brief_summary", "detailed_description", "eligibility", "study_population")


def numbers_of(trial: Trial) -> StudyNumbers:
    """Return what a trial says of other studies: its numbers elsewhere, and the studies its words name."""
    own = tuple(dict.fromkeys(_plain(number) for number in (trial.id, *trial.aliases)))
    org = next((number.value for number in trial.identifiers if number.scheme == "ORG_STUDY_ID"), None)
    others = [
        _plain(number.value)
        for number in trial.identifiers
        if number.scheme in _SHARED or identifiers.scheme_of(number.value) in _SHARED
    ]
    return StudyNumbers(
        id=trial.id,
        registry=trial.registry,
        own=own,
        others=tuple(dict.fromkeys(number for number in others if number not in own)),
        org_id=_plain(org) if org else None,
        mentions=tuple(_mentions(trial, {*own, _plain(org or "")})),
        parties=_parties(trial),
    )


def _parties(trial: Trial) -> frozenset[str]:
    names = [party.name for party in (trial.lead_sponsor, *trial.collaborators) if party is not None]
    known = words()
    return frozenset(
        word for name in names for word in tokens(name) if word not in known.generic and word not in known.legal
    )


def same_study(trials: Iterable[Trial]) -> Iterator[StudyLink]:
    """Yield the edges between some trials: SAME_STUDY_AS across registries, FOLLOW_UP_OF with the words that say so."""
    yield from links(map(numbers_of, trials))


def links(collected: Iterable[StudyNumbers]) -> Iterator[StudyLink]:
    """Yield the edges that the numbers of all trials give, ordered by type, source and target."""
    studies = sorted(collected, key=lambda study: study.id)
    yield from _follow_ups(studies)
    yield from _same(studies)


def _plain(number: str) -> str:
    """Return a number in the form it is compared in, without its registry's prefix and version."""
    text = _PREFIX.sub("", "".join(number.upper().split()))
    return _EU_VERSION.sub(r"\1", text)


def _mentions(trial: Trial, own: set[str]) -> Iterator[Mention]:
    """Yield the numbers of other studies that stand in sentences which say how the two belong together."""
    yielded: set[tuple[str, bool]] = set()
    for field in _FIELDS:
        text: str | None = getattr(trial, field)
        if not text or not any(_is_study_number(_plain(code.strip("./-_"))) for code in _codes(text)):
            continue  # most texts name no number, and are not taken apart
        excluded = _EXCLUSION.search(text) if field == "eligibility" else None
        start = 0
        for sentence in _SENTENCE.split(text):
            start = text.find(sentence, start)
            if excluded and start >= excluded.start():
                break
            for code in _CODE.finditer(sentence):
                number = _plain(code[0].strip("./-_"))
                if (
                    number in own
                    or not _is_study_number(number)
                    or not (relation := _relation(sentence, code.start(), code.end()))
                ):
                    continue
                earlier = relation == "earlier"
                if (number, earlier) not in yielded:
                    yielded.add((number, earlier))
                    around = sentence[max(0, code.start() - 140) : code.end() + 40].strip()
                    yield Mention(field, number, " ".join(around.split()), earlier)


def _codes(text: str) -> Iterator[str]:
    """Yield what looks like a number of a study anywhere in a text; a code never goes beyond its sentence."""
    if _DIGIT.search(text):
        for code in _CODE.finditer(text):
            yield code[0]


def _is_study_number(number: str) -> bool:
    """Return whether a code has digits and letters enough to be a study's number."""
    digits = sum(c.isdigit() for c in number)
    letters = sum(c.isalpha() for c in number)
    return digits >= 2 and ((letters >= 2 and len(number) >= 6) or digits >= 6)


def _relation(sentence: str, start: int, end: int) -> str | None:
    """Return "earlier" or "later" for the study whose number stands at a place of a sentence, or None."""
    if sentence[start:end].isdigit() and not _STUDY_NUMBER.search(sentence, max(0, start - 24), start):
        return None
    before, near = sentence[max(0, start - 160) : start], sentence[max(0, start - 160) : end + 40]
    if _NOT_THIS.search(near):
        return None
    if _AFTER.search(before):
        return "later"
    return "earlier" if _BEFORE.search(before) else None


def _follow_ups(studies: list[StudyNumbers]) -> Iterator[StudyLink]:
    by_number: dict[str, list[StudyNumbers]] = defaultdict(list)
    for study in studies:
        for number in {*study.own, *([study.org_id] if study.org_id else [])}:
            by_number[number].append(study)
    found: dict[tuple[str, str], list[Mention]] = defaultdict(list)
    for study in studies:
        for mention in study.mentions:
            named = by_number.get(mention.number, [])
            if len(named) != 1 or named[0].id == study.id:
                continue
            if mention.number in named[0].own or study.parties & named[0].parties:
                pair = (study.id, named[0].id) if mention.earlier else (named[0].id, study.id)
                found[pair].append(mention)
    for (source, target), mentions in sorted(found.items()):
        if (
            (target, source) in found
            and (source, target) > (target, source)
            and len(found[target, source]) >= len(mentions)
        ):
            continue  # the two contradict each other: keep what is said more often
        first = mentions[0]
        yield StudyLink(
            source=source,
            target=target,
            type="FOLLOW_UP_OF",
            evidence=tuple(f"{mention.field}: {mention.text}" for mention in mentions),
            method="registry-number" if first.number.startswith("NCT") else "study-number",
            source_field=first.field,
            confidence=0.9 if first.number.startswith("NCT") else 0.8,
        )


def _same(studies: list[StudyNumbers]) -> Iterator[StudyLink]:
    by_number: dict[str, list[tuple[StudyNumbers, bool]]] = defaultdict(list)
    for study in studies:
        for number in study.own:
            by_number[number].append((study, True))
        for number in study.others:
            by_number[number].append((study, False))
    found: dict[tuple[str, str], list[tuple[str, float]]] = defaultdict(list)
    for number, bearers in sorted(by_number.items()):
        if not 2 <= len(bearers) <= MOST_SAME_NUMBER:
            continue
        alone = len({study.registry for study, _ in bearers}) == len(bearers)
        for (a, a_own), (b, b_own) in combinations(bearers, 2):
            if a.registry != b.registry:
                direct = a_own or b_own
                pair = (a.id, b.id) if a.id < b.id else (b.id, a.id)
                found[pair].append((number, (0.95 if direct else 0.85) if alone else 0.6))
    for (source, target), shared in sorted(found.items()):
        yield StudyLink(
            source=source,
            target=target,
            type="SAME_STUDY_AS",
            evidence=tuple(f"both hold {number}" for number, _ in shared),
            method="shared-number",
            source_field="identificationModule",
            confidence=max(sure for _, sure in shared),
        )
