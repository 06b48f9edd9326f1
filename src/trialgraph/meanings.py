"""What a person's words were understood as: nodes, candidates of an ambiguous name, values of the registry."""

from __future__ import annotations

import msgspec


class Candidate(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One of several nodes that an ambiguous name may mean, and how many trials each brings."""

    id: str
    name: str
    trials: int
    ids: tuple[str, ...] = ()  # with what belongs to it: subsidiaries, conditions below


class Resolution(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a name given by a person was understood as."""

    kind: str  # drug, class, condition, organization, device, procedure
    id: str
    name: str
    given: str
    matched_alias: str
    method: str
    confidence: float
    members: tuple[tuple[str, str], ...] = ()  # of a class: id and name of each drug that the graph holds
    member_trials: tuple[int, ...] = ()  # how many trials each of the members has, in their order
    ids: tuple[str, ...] = ()  # all nodes meant, those below included; empty: the id alone
    candidates: tuple[Candidate, ...] = ()  # of an ambiguous name, the most frequent first


class Filter(msgspec.Struct, frozen=True):
    """A condition on a trial's own fields: the kind, the registry's value, and the words that said it."""

    kind: str  # phase, status, since, until, sex, age, type, results, country, registry
    value: str  # several are joined by |
    given: str

    @property
    def sentence(self) -> str:
        """Return what was understood, for a person: recruiting -> RECRUITING."""
        return f"{self.given} -> {self.value.replace('|', ' or ')}"
