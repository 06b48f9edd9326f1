"""What a trial's own text says that its abbreviations and codes stand for: "long form (SHORT)", "CODE (name)"."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterator

from trialgraph.linking.drugs.find import find
from trialgraph.linking.drugs.vocabulary import Drug, DrugVocabulary, Match
from trialgraph.linking.words.keys import key
from trialgraph.model import Intervention, Trial

_SHORT = re.compile(r"[A-Za-z][A-Za-z]*[A-Z0-9][\w-]*(?:[ -]\d+\w*)?|[A-Z]{2,}\d*|[a-z]{1,4}-?\d{2,}")
_UNITS = frozenset("""mg kg ml mcg ug iu qd bid tid iv sc im po od mm cm hr xl sr er cr xr""".split())  # noqa: SIM905


class TrialText:
    """The running text of one trial, searched only when a label needs it."""

    def __init__(self, trial: Trial, vocabulary: DrugVocabulary) -> None:
        self._trial = trial
        self._vocabulary = vocabulary
        self._known: dict[str, Match | None] = {}

    @functools.cached_property
    def text(self) -> str:
        """The trial's titles, summary, arms and interventions, one paragraph each."""
        t = self._trial
        parts: list[str | None] = [t.official_title, t.brief_title, t.brief_summary, t.detailed_description]
        for arm in t.arms:
            parts += [arm.label, arm.description]
        for entry in t.interventions:
            parts += [entry.name, *entry.other_names, entry.description]
        return "\n".join(part for part in parts if part)

    @property
    def titles(self) -> tuple[tuple[str, str], ...]:
        """The trial's titles, the official one first, each after its field."""
        both = (("officialTitle", self._trial.official_title), ("briefTitle", self._trial.brief_title))
        return tuple((f"identificationModule.{field}", title) for field, title in both if title)

    def named_elsewhere(self, entry: Intervention) -> list[Drug]:
        """Return the drugs that the labels and other names of the other entries name."""
        others = (e for e in self._trial.interventions if e.name != entry.name)
        texts = [text for e in others for text in (e.name, *e.other_names)]
        return [drug for text in texts for m in find(text, self._vocabulary) for drug in m.drugs]

    def is_named_elsewhere(self, entry: Intervention, drugs: Collection[Drug]) -> bool:
        """Tell whether another entry's label or other names name one of some drugs."""
        return any(drug in drugs for drug in self.named_elsewhere(entry))

    def is_tested(self, place: int) -> bool:
        """Tell whether an intervention is given in experimental arms and in no other."""
        arms = self._trial.arms
        mine = {n for n, arm in enumerate(arms) if place in arm.interventions}
        if place < len(self._trial.interventions):
            mine |= {n for n in self._trial.interventions[place].arms if n < len(arms)}
        return bool(mine) and all(arms[n].type == "EXPERIMENTAL" for n in mine)

    def candidates(self, words: str) -> Iterator[tuple[str, int, int]]:
        """Yield the words that look like an abbreviation or a code, with their places."""
        for found in _SHORT.finditer(words):
            if found[0].lower() not in _UNITS and len(found[0]) > 1:
                yield found[0], found.start(), found.end()
                bare = found[0].split(" ")[0]  # "DPH 50" of "DPH 50 mg"
                if bare != found[0] and len(bare) > 1:
                    yield bare, found.start(), found.start() + len(bare)

    def meaning(self, short: str) -> Match | None:
        """Return what the trial says that a short form means, or None."""
        if short not in self._known:
            self._known[short] = self._meaning(short)
        return self._known[short]

    def _meaning(self, short: str) -> Match | None:
        if short not in self.text:
            return None
        quoted = re.escape(short)
        for found in re.finditer(rf"(?<![\w-]){quoted}(?![\w-])", self.text):
            before = self.text[max(0, found.start() - 80) : found.start()].split("\n")[-1]
            after = self.text[found.end() : found.end() + 80].split("\n")[0]
            match = self._long_form(short, before) if re.search(r"[(\[]\s*$", before) else None
            match = match or self._gloss(short, after)
            if match:
                return match
        return None

    def _long_form(self, short: str, before: str) -> Match | None:
        """Read "long form (SHORT": the last name before the bracket, if the short form can stand for it."""
        text = re.sub(r"[(\[]\s*$", "", before)
        mentions = find(text, self._vocabulary)
        if not mentions or re.search(r"[,;.]|\band\b", text[mentions[-1].end :]) or len(text) - mentions[-1].end > 25:
            return None
        last = mentions[-1]
        return last.match if _stands_for(short, text[last.start : last.end], last.match) else None

    def _gloss(self, short: str, after: str) -> Match | None:
        """Read "CODE (name)", "CODE [name]" and "CODE = name" when the name begins there."""
        opened = re.match(r"\s*(?:[(\[]|=|is\b|:)\s*(?:also known as|i\.e\.,?|INN:?)?\s*", after)
        if not opened or after[opened.start() : opened.end()].strip() in ("is", ":"):
            return None
        inside = re.split(r"[)\];]", after[opened.end() :])[0]
        mentions = find(inside, self._vocabulary)
        if not mentions or mentions[0].start > 3:
            return None
        first = mentions[0]
        return first.match if _stands_for(short, inside[first.start : first.end], first.match) else None


def _stands_for(short: str, long: str, match: Match) -> bool:
    """Tell whether the letters of a short form occur in this order in the long form, beginning with its first."""
    if any(c.isdigit() for c in short):
        return True
    forms = [long, *(drug.name for drug in match.drugs)]
    return any(_in_order(key(short).replace(" ", ""), key(form)) for form in forms)


def _in_order(short: str, long: str) -> bool:
    rest = iter(long)
    return bool(short) and long[:1] == short[0] and all(c in rest for c in short)
