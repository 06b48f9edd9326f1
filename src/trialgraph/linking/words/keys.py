"""The form in which names are compared: words and numbers in lower case, with their places in the text."""

from __future__ import annotations

import functools
import re
import unicodedata

# A change from letters to digits ends a word, so that RAD001, RAD-001 and RAD 001 are one name; a Greek letter is one.
_WORD = re.compile(r"[α-ωµ]|[^\W\d_α-ωµ]+|\d+(?:,\d{3})+(?!\d)|\d+")
_MARKS = re.compile(r"\((?:R|TM|r|tm|C)\)|[®™©℠]|(?<=[a-z])(?:TM|SM)(?![A-Za-z])|(?<=-[A-Z])TM(?![A-Za-z])")
_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "κ": "kappa",
    "λ": "lambda", "μ": "mu", "µ": "mu", "ω": "omega", "τ": "tau", "σ": "sigma", "π": "pi", "θ": "theta",
    "η": "eta", "ι": "iota", "φ": "phi", "χ": "chi", "ψ": "psi", "ρ": "rho", "ß": "beta",
}  # fmt: skip
_SAME = {"alfa": "alpha", "vit": "vitamin", "foetal": "fetal", "oestradiol": "estradiol", "oestrogen": "estrogen"}


@functools.lru_cache(maxsize=1 << 16)
def _word(word: str) -> str:
    if not word.isascii():
        word = _GREEK.get(word) or "".join(
            c for c in unicodedata.normalize("NFKD", word).casefold() if not unicodedata.combining(c)
        )
    elif "," in word:
        return word.replace(",", "")  # CP-751,871 is CP-751871
    if "sulph" in word:
        word = word.replace("sulph", "sulf")
    if len(word) > 4 and word[-1] == "s" and word[-2] not in "suiao":
        word = word[:-1]
    return _SAME.get(word, word)


def blank_marks(text: str) -> str:
    """Return the text with trade mark signs blanked, of the same length, so that places stay right."""
    if text.isascii() and "(" not in text and "TM" not in text and "SM" not in text:
        return text
    return _MARKS.sub(lambda found: " " * len(found[0]), text)


def words(text: str) -> list[tuple[str, int, int]]:
    """Return the folded words and numbers of a text with where each begins and ends in it."""
    plain = blank_marks(text)
    lower = plain.lower()
    if len(lower) != len(text):  # a few capitals grow when lowered
        lower = "".join(c.lower() if len(c.lower()) == 1 else c for c in plain)
    return [(_word(found[0]), *found.span()) for found in _WORD.finditer(lower)]


def key(name: str) -> str:
    """Return the form of a name that vocabularies are searched by: folded words joined by single spaces."""
    return " ".join([_word(found) for found in _WORD.findall(blank_marks(name).lower())])
