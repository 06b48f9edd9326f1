"""The forms in which the name of a class is compared: one normalisation for the table and for what a person types."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

_TOKEN: Final = re.compile(r"[a-z]+|\d+")
_GREEK: Final = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "κ": "kappa", "λ": "lambda", "μ": "mu",
    "µ": "mu", "ω": "omega", "σ": "sigma",
}  # fmt: skip
# British spellings as American ones, the longer first
_AMERICAN: Final = (
    ("haem", "hem"), ("aemi", "emi"), ("oestr", "estr"), ("oestri", "estri"), ("foet", "fet"), ("anaesth", "anesth"),
    ("tumour", "tumor"), ("diarrhoea", "diarrhea"), ("diarrhoe", "diarrhe"), ("logue", "log"), ("isation", "ization"),
    ("iser", "izer"), ("ising", "izing"), ("ilis", "iliz"), ("sulph", "sulf"), ("oedema", "edema"), ("faec", "fec"),
    ("leuco", "leuko"), ("paed", "ped"), ("signalling", "signaling"), ("labelled", "labeled"),
)  # fmt: skip
_SAME: Final = {
    "agent": "drug", "medication": "drug", "medicine": "drug", "medicament": "drug", "compound": "drug",
    "product": "drug", "alfa": "alpha", "mab": "antibody", "ii": "2", "iii": "3", "iv": "4",
    "vaccination": "vaccine", "immunization": "vaccine",
}  # fmt: skip
_KIND_OF_ACTION: Final = {"blocker": "inhibitor", "antagonist": "inhibitor", "agonist": "agonist"}
_FILLERS: Final = frozenset(("drug", "therapy", "treatment", "class", "family", "antibiotic", "group", "use", "all"))
_DIRECTED: Final = frozenset(("targeted", "targeting", "directed"))


def tokens(name: str) -> list[str]:
    """Return the folded words of a name: lower case, no accents, American spelling, singular."""
    text = unicodedata.normalize("NFKD", "".join(_GREEK.get(c, c) for c in _either(name.lower())))
    text = "".join(c for c in text if not unicodedata.combining(c)).replace("'s ", " ").replace("’s ", " ")
    return [_word(word) for word in _TOKEN.findall(text)]


def literal(name: str) -> str:
    """Return the letters and digits of a name in lower case: what is equal where only case and hyphens differ."""
    return "".join(_TOKEN.findall(_either(name.lower())))


def form(name: str) -> str:
    """Return the form of a name that the table is searched by: its folded words without the gaps between them."""
    return "".join(tokens(name))


def forms(name: str, *, typed: bool = True) -> Iterator[str]:
    """Yield the forms of a name, the closest to what was written first; the first that a table holds counts.

    After the name itself: without "drugs", "therapy"; without "receptor"; blockers and antagonists as inhibitors;
    "anti-X", "X-targeted" and "X antibodies" in each other's place.  Of a name in the table (not `typed`) "drugs" and
    "therapy" stay: "cancer drugs" is a class, "cancer" is none.
    """
    whole = tokens(name)
    if not whole:
        return
    yield "".join(whole)
    for words in _variants(_without_fillers(whole) if typed else whole):
        if words:
            yield "".join(words)


def _either(lower: str) -> str:
    """Return a name with "PD-(L)1" spelt out: both of them, which is not PD-L1."""
    return lower.replace("(l)", " or l ")


def _variants(plain: list[str]) -> Iterator[list[str]]:
    yield plain
    bare = [word for word in plain if word not in ("receptor", "selective")]
    same = [_KIND_OF_ACTION.get(word, word) for word in bare]
    yield bare
    yield same
    subject = _subject(same)
    if subject:
        is_antibody = same[-1] == "antibody" or same[-2:] == ["monoclonal", "antibody"]
        ends = (["antibody"], ["inhibitor"], ["targeted", "drug"]) if is_antibody else (["inhibitor"], ["antibody"])
        yield ["anti", *subject]
        for end in (*ends, ["targeted", "drug"], ["directed", "drug"]):
            yield [*subject, *end]
            yield ["anti", *subject, *end]


def _without_fillers(words: list[str]) -> list[str]:
    kept = list(words)
    while len(kept) > 1 and kept[-1] in _FILLERS:
        kept.pop()
    return kept


def _subject(words: list[str]) -> list[str]:
    """Return what a name such as "anti-PD-1 antibody" or "HER2-targeted" acts on; empty where it is no such name."""
    kept = list(words)
    named = False
    if kept[0] == "anti" and len(kept) > 1:
        kept, named = kept[1:], True
    while len(kept) > 1 and (kept[-1] in ("antibody", "monoclonal", "inhibitor") or kept[-1] in _DIRECTED):
        kept, named = kept[:-1], True
    return kept if named and len("".join(kept)) > 1 else []


def _word(word: str) -> str:
    for british, american in _AMERICAN:
        if british in word:
            word = word.replace(british, american)
    if len(word) > 3 and word.endswith("ies"):
        word = word[:-3] + "y"
    elif len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    return _SAME.get(word, word)
