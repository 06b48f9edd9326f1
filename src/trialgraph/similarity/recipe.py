"""The recipe of the score: its blocks of columns and their weights.

The score of two trials is the sum over blocks of the dot product of their vectors, where each block of a vector has the
L2 norm sqrt(weight) (its share is weight times the cosine similarity of the block), plus one product across blocks
(`Recipe.coefficient`).
"""

from __future__ import annotations

from typing import Final

import msgspec

from trialgraph import limits

RECIPE: Final = "6"  # version: raised by every change that moves a score

# Blocks in the order of their columns.  In what is shown, area counts as condition and class as drug.
BLOCKS: Final = ("text", "topic", "condition", "area", "drug", "class", "procedure", "setting")
TEXT, TOPIC, CONDITION, AREA, DRUG, CLASS, PROCEDURE, SETTING = range(8)
# The interaction term multiplies what two trials share in the blocks of side 1 by what they share in those of side 2.
MULTIPLIED: Final = ((CONDITION,), (DRUG, CLASS, PROCEDURE))
# Blocks whose norm is damped where a trial has little in them, so that one general concept does not fill the block.
LIMITED: Final = (CONDITION, PROCEDURE, SETTING)


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """The weights of the score; every default is explained in limits.py."""

    k1: float = limits.TEXT_SATURATION
    b: float = limits.TEXT_LENGTH
    text_pairs: float = limits.TEXT_PAIRS
    topic_pairs: float = limits.TOPIC_PAIRS
    text: float = limits.WEIGHT_TEXT
    topic: float = limits.WEIGHT_TOPIC
    condition: float = limits.WEIGHT_CONDITION
    area: float = limits.WEIGHT_AREA
    drug: float = limits.WEIGHT_DRUG
    classes: float = limits.WEIGHT_CLASS
    procedure: float = limits.WEIGHT_PROCEDURE
    setting: float = limits.WEIGHT_SETTING
    together: float = limits.WEIGHT_TOGETHER

    @property
    def coefficient(self) -> float:
        """Return the factor of the interaction term: `together` is reached where condition, drug and class agree."""
        most = self.condition * (self.drug + self.classes)
        return self.together / most if most else 0.0

    @property
    def weights(self) -> tuple[float, ...]:
        """Return the weight of each block, in the order of BLOCKS."""
        return (
            self.text,
            self.topic,
            self.condition,
            self.area,
            self.drug,
            self.classes,
            self.procedure,
            self.setting,
        )
