"""Everything that can go wrong, named after what the person running it should do.

TrialgraphError
├── UsageError          exit 2   fix the command or the configuration
├── RegistryError       exit 3   the registry said no, or said nonsense; run again later
│   ├── Refused                  it told us to stop; not retried
│   └── Changed                  its shape is not the one we know
├── Unfinished          exit 3   stopped half-way with everything kept; the same command goes on
├── StoreError          exit 4   the graph store is down, refused us, is full or misconfigured
├── Busy                exit 1   another process is at it; wait until it has ended
├── ArchiveError        exit 1   the archive is damaged, missing or from a newer version
├── BuildError          exit 1   the snapshot would be worse than the one we have; that one stays
└── RecordError         —        one record is bad; it is set aside and the run goes on
"""

from __future__ import annotations


class TrialgraphError(Exception):
    """An expected failure: its text is the one sentence the user sees (what, where, what to do)."""

    exit_code = 1


class UsageError(TrialgraphError):
    """The command, a parameter or the configuration is wrong."""

    exit_code = 2


class RegistryError(TrialgraphError):
    """A registry could not be read now."""

    exit_code = 3


class Refused(RegistryError):
    """The registry told us to stop (401, 403, 451, robots.txt); asking again would be rude."""


class Changed(RegistryError):
    """The registry answered in a shape that we do not know."""


class Unfinished(TrialgraphError):
    """Work stopped half-way and everything so far is kept; the same command goes on."""

    exit_code = 3


class StoreError(TrialgraphError):
    """The graph store cannot be reached, refused us, or does not hold what it should."""

    exit_code = 4


class Busy(TrialgraphError):
    """Another process reads or writes what this one has to write; its text says which process."""


class ArchiveError(TrialgraphError):
    """The archive is damaged, missing, or written by a newer version."""


class BuildError(TrialgraphError):
    """A build was given up; the snapshot and the graph before it are untouched."""


class RecordError(TrialgraphError):
    """One record cannot be read.  Carries the id, so that it can be found again."""

    def __init__(self, record_id: str, why: str, path: str = "") -> None:
        super().__init__(f"{record_id}: {why}" + (f" (at {path})" if path else ""))
        self.record_id = record_id
        self.why = why
        self.path = path
