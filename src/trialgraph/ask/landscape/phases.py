"""The phases of trials as a landscape shows them, in order."""

from __future__ import annotations

from typing import Any, Final

PHASES: Final = ("EARLY_PHASE1", "PHASE1", "PHASE1/PHASE2", "PHASE2", "PHASE2/PHASE3", "PHASE3", "PHASE4", "NA", "none")


def phase_of(trial: dict[str, Any]) -> str:
    """Return a trial's phase as one word: PHASE1/PHASE2, NA, or none."""
    phase = "/".join(trial["phases"] or ())
    return phase if phase in PHASES else "none"
