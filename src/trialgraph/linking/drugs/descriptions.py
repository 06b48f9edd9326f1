"""Which drugs a description or another name gives for an entry whose label names none: only those surely given."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable

from trialgraph.limits import MOST_DESCRIBED, MOST_DESCRIPTION
from trialgraph.linking.drugs.controls import MEASURED, is_control_saline, is_placebo, tells_examples
from trialgraph.linking.drugs.find import Mention, find
from trialgraph.linking.drugs.parts import is_sure
from trialgraph.linking.drugs.unlisted import GENERIC_CELLS
from trialgraph.linking.drugs.vocabulary import Drug, DrugVocabulary
from trialgraph.model import Intervention

_SENTENCE = re.compile(r"(?<=[a-z0-9)\]])[.;](?=\s)|\n")
# a choice is no regimen: "sildenafil, vardenafil or tadalafil", "one of the following"
_OR = re.compile(r"\b(?:and/)?or\b|\+/-|±", re.IGNORECASE)
_CHOICE = re.compile(
    r"\b(?:one of (?:the|these)|discretion|may (?:be|include)|can be|if needed|as needed|deemed necessary|"
    r"local practice|if (?:steroids|necessary|required)|investigator.s choice|selected (?:by|at)|"
    r"either|options?|or other|may or may not)\b",
    re.IGNORECASE,
)
# words before a name, in its sentence, by which it is not what the entry gives
_NOT_GIVEN = re.compile(
    r"\b(?:prior to|before|after|following|until|while on|along with|in addition to|on top of|added to|except|"
    r"other than|instead of|rather than|compared (?:to|with)|versus|similar to|equivalent|preceded by|"
    r"in (?:subjects|patients|participants|combination) (?:who|receiving|treated)|previously|"
    r"withdraw\w*|stopp\w*|discontinu\w*|permitted|allowed|concomitant|rescue|dissolved|diluted|reconstituted|"
    r"suspended|excipients?|preservative|adjuvant|measur\w*|assess\w*|determin\w*|analy[sz]\w*|detect\w*|monitor\w*|"
    r"levels? of|conc\w* of|allerg\w+ to|sensitiv\w+ to|resistan\w+ to|refractory to|intoleran\w+ (?:of|to)|"
    r"specific (?:for|to)|against|target\w*|inhibit\w*|block\w*|antibod\w+ to|express\w*|secret\w*|derived from|"
    r"induced by|metaboli\w+ (?:of|by)|without|not contain\w*|free of|no)\b(?![^.;]*\bfollowed by\b)",
    re.IGNORECASE,
)
# words right after a name, by which it is not given: measured, permitted, or a piece of another name
_NOT_GIVEN_AFTER = re.compile(
    r"[\s,]*(?:\([^)]*\)\s*)?(?:is |are |was |were |will be |may be |as )?"
    r"(?:permitted|allowed|not|prohibited|discontinued|"
    r"stopped|"
    r"levels?|concentrations?|clearance|infusion (?:was|is|were)|infusions? preceded|resistan\w+|refractory|naive|"
    r"allergy|intoleran\w+|specific|positive|negative|binding|receptors?|derived|antigens?|mites?|skirt|coated|"
    r"solution|buffer)\b|\s*\+?/?-?\s*(?:expressing|producing)\b",
    re.IGNORECASE,
)
_CONTAINS = re.compile(
    r"\b(?:contain\w*|consist\w*|compris\w*|composed of|made of|combination of|formulation of|brand (?:name )?of|"
    r"active (?:ingredient|substance|component)s?|is an?|are|also known as|generic name)\b[^.;]{0,60}$",
    re.IGNORECASE,
)
_GLOSS = re.compile(r"(?:\([^)]{0,40}|=\s*)$")  # "PMV (dry powder measles vaccine)"
MOST_OTHER_NAMES = 6  # drugs that other names may add: more are a list of what may be given
# drugs that stand in descriptions as what a product is kept in, fed with or made from
_INGREDIENTS = frozenset(
    """proline glycine histidine arginine lysine polysorbate polysorbates saline dextrose maltodextrin maltose trehalose
    aqueous agglutinin sorbitol glycerol glycerin petrolatum water ethanol alcohol immunoglobulins polyethylene
    terephthalate agar aluminum dmso""".split()  # noqa: SIM905
)


def mentions_in_description(
    entry: Intervention, elsewhere: Iterable[Drug], vocabulary: DrugVocabulary
) -> list[Mention]:
    """Return the drugs that an entry's description says it gives; none where it speaks of too many.

    `elsewhere` are drugs that other entries of the trial name: they are partners unless the description begins with
    them.
    """
    description = entry.description or ""
    if not description or is_placebo(description[:200]):
        return []
    text = description[:MOST_DESCRIPTION]
    partners = {drug.id for drug in elsewhere}
    found = [
        m
        for m in find(text, vocabulary)
        if is_sure(m) and not tells_examples(text[: m.start]) and _is_given(text, m)
        and (m.start < OPENING or not any(drug.id in partners for drug in m.drugs))
    ]  # fmt: skip
    if len({drug.id for m in found for drug in m.drugs}) > MOST_DESCRIBED or _is_a_choice(text, found):
        return []
    return found


def _is_a_choice(text: str, mentions: list[Mention]) -> bool:
    """Tell whether a text offers drugs to choose from."""
    if not mentions:
        return False
    gaps = [text[a.end : b.start] for a, b in itertools.pairwise(mentions) if a.drugs != b.drugs]
    return any(len(gap) < CLOSE and _OR.search(gap) for gap in gaps) or _CHOICE.search(text) is not None


CLOSE = 60  # characters between two names that one "or" joins


OPENING = 40  # characters: a name this near to the beginning is what the description is about


def defines(description: str | None, mentions: list[Mention]) -> bool:
    """Tell whether a description says what a product is: it begins with the drugs, or says that it contains them."""
    if not description or not mentions:
        return False
    before = description[: mentions[0].start]
    return not re.search(r"\w{3,}", before) or _CONTAINS.search(before) is not None or _GLOSS.search(before) is not None


def of_other_name(name: str, start: int, end: int, drug: Drug, alias: str) -> bool:
    """Tell whether a place in another name says what is given: no cells, no carrier, nothing it is kept in."""
    if end - start >= len(name.strip()) - 2:
        return True
    if drug.id in GENERIC_CELLS or re.match(r"(?:(?!\bwith\b).)*\bcarrier\b", name[end:], re.IGNORECASE):
        return False
    kept_in = re.search(r"\b(?:with|in|by)\s*$", name[:start], re.IGNORECASE)
    return not (kept_in and (alias in _INGREDIENTS or alias in MEASURED))


def _is_given(text: str, mention: Mention) -> bool:
    if (
        any(drug.id in GENERIC_CELLS or drug.name == "Water" for drug in mention.drugs)
        or text[mention.start - 1 : mention.start] == "-"
    ):
        return False
    if is_control_saline(text[mention.start : mention.end]) or not _INGREDIENTS.isdisjoint(mention.match.alias.split()):
        return False
    start = max((s.end() for s in _SENTENCE.finditer(text, 0, mention.start)), default=0)
    before = text[start : mention.start]
    return _NOT_GIVEN.search(before) is None and _NOT_GIVEN_AFTER.match(text, mention.end) is None
