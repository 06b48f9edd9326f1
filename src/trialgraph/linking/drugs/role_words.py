"""What titles, descriptions and labels say of a drug's part in a trial: tested, compared with, given around it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from trialgraph.text import fold

TESTED, COMPARED, AROUND, COMBINED = "tested", "compared", "around", "combined"

_DESCRIBED = 300  # characters of an entry's description that speak of the entry itself
_REACH = 60  # characters between "compared with" and the name that is compared with

_COMPARATOR = re.compile(r"\bcomparator\b|\bactive control\b|\breference (?:drug|product|treatment)\b", re.IGNORECASE)
# a drug that goes with what is tested: against its side effects, before it, beneath it, to make an image
_SUPPORTIVE = re.compile(
    r"\bbackground (?:therap|treat|medic|regimen|drug|anti)|(?<!marrow )(?<!cells )(?<!cell )\brescue\b|"
    r"\bpre-?medicat|\bpre-?treatment (?:with|for)\b|\bconcomitant (?:medic|therap|treat|drug)|\bconditioning\b|"
    r"\bcontrast (?:agent|medium|media)\b|\bprophyla(?:xis|ctic)\b.{0,20}\b(?:gvhd|graft)|"
    r"\b(?:gvhd|graft[- ]versus[- ]host\w*(?: disease)?) prophyla|"
    r"\b(?:induction of|for|under|during) (?:general |spinal |epidural |local |regional )?ana?esthesia\b",
    re.IGNORECASE,
)
_EVERYBODY = re.compile(
    r"\ball (?:patients|participants|subjects|women|children) (?:will |also )*(?:receive|get|be given)|"
    r"\b(?:patients|participants|subjects) (?:will )?also receive",
    re.IGNORECASE,
)
_VERSUS = r"\bversus\b|\bvs\b|\bcompar\w+ (?:to|with|against)\b|\bin comparison (?:to|with)\b|\bagainst\b"
_BENEATH = (
    r"\badd(?:ed|ition)? to\b|\badd(?:ed)?[- ]?on to\b|\badding to\b|\bon top of\b|\badjunct\w* to\b|"
    r"\binadequate\w*\b.{0,40}?\b(?:with|on|by|to)\b|\b(?:un|not )\w*\s?controlled\b.{0,30}?\b(?:with|on|by)\b|"
    r"\breceiving\b|\btaking\b|\bundergoing\b|\btreated with\b|\bstable (?:dose|doses) of\b|\bbackground\b|"
    r"\brefractory to\b|\bresistant to\b|\bintoleran\w+ (?:to|of)\b|\bafter\b|\bdespite\b|\bfailed\b|\bfailure of\b"
)
_MARKER = re.compile(
    rf"(?P<versus>{_VERSUS})|(?P<beneath>{_BENEATH})|(?P<combined>\bin combination with\b|\bcombined with\b)"
)
_SAYS = {"versus": COMPARED, "beneath": AROUND, "combined": COMBINED}
_SENTENCE = re.compile(r"(?<=[.;])\s+|\n+|\s+-\s+")
_COMPARES = re.compile(r"\bcompar(?:e|es|ing|ed)\b|\bversus\b|\bvs\b")
_WITH = re.compile(r"\b(?:with|to|versus|vs|than|against)\b")


def is_comparator(name: str) -> bool:
    """Tell whether the name of an entry says that it is what another is compared with."""
    return _COMPARATOR.search(name) is not None


def is_supportive(name: str, description: str | None) -> bool:
    """Tell whether an entry's words say that it goes with the tested treatment: rescue, premedication, contrast."""
    return _SUPPORTIVE.search(f"{name} . {description or ''}"[: len(name) + _DESCRIBED]) is not None


def is_for_everybody(description: str | None) -> bool:
    """Tell whether an entry's description says that all participants get it."""
    return _EVERYBODY.search((description or "")[:_DESCRIBED]) is not None


def in_title(titles: Collection[str], names: Collection[str]) -> str | None:
    """Return what the first folded title that has one of some folded names says of it; None where none has.

    What stands last before the name decides; of several mentions the strongest: tested, combined, compared, around.
    """
    for title in titles:
        relations = {_relation(title, at) for at in _mentions(title, names)}
        for relation in (TESTED, COMBINED, COMPARED, AROUND):
            if relation in relations:
                return relation
    return None


def _relation(title: str, at: int) -> str:
    last = None
    for last in _MARKER.finditer(title[:at]):  # noqa: B007
        pass
    return _SAYS.get(last.lastgroup or "", TESTED) if last else TESTED


def in_text(text: str, names: Collection[str]) -> str | None:
    """Return what the first sentence says that has one of some folded names and speaks of its part in the trial."""
    for sentence in map(fold, _SENTENCE.split(text)):
        for at in _mentions(sentence, names):
            relation = _in_sentence(sentence, at)
            if relation:
                return relation
    return None


def _in_sentence(sentence: str, at: int) -> str | None:
    if _SUPPORTIVE.search(sentence) or _EVERYBODY.search(sentence):
        return AROUND
    compares = _COMPARES.search(sentence)
    if compares is None:
        return TESTED if "placebo" in sentence else None
    between = _WITH.search(sentence, compares.start(), max(at, compares.start()))
    if between is None:
        return TESTED
    return COMPARED if at - between.end() < _REACH else None


def _mentions(text: str, names: Collection[str]) -> Iterator[int]:
    """Yield where whole words of a folded text are one of some folded names."""
    for name in names:
        at = text.find(name)
        while at >= 0:
            end = at + len(name)
            if not (text[at - 1 : at].isalnum() or text[end : end + 1].isalnum()):
                yield at
            at = text.find(name, end)
