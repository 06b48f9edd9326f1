"""The similarity's model and the snapshot that was made with it, kept in step although they are two files.

A build writes the model it fitted beside the one that is there, puts the snapshot in its place, whose manifest names
the model by its hash, and then the model.  Killed between the two, the model waits there under another name, and
whoever looks next takes it.
"""

from __future__ import annotations

import json
from pathlib import Path

from trialgraph.files.atomic import part_of
from trialgraph.files.digest import sha256_of
from trialgraph.files.sync import sync_folder
from trialgraph.similarity.model import MODEL, Model

NEXT = f"{MODEL}.next"


def hash_of(folder: Path, name: str = MODEL) -> str | None:
    """Return the hash of the model in a folder, or None."""
    try:
        return sha256_of(folder / name)
    except FileNotFoundError:
        return None


def stage(model: Model, folder: Path) -> str:
    """Write a model beside the one that is in use, safe on the disk; returns its hash."""
    model.save(folder, NEXT)
    return str(hash_of(folder, NEXT))


def commit(folder: Path) -> None:
    """Rename the staged model over the one in use, once its snapshot is in place."""
    (folder / NEXT).replace(folder / MODEL)
    sync_folder(folder)


def recover(folder: Path, snapshot: Path) -> None:
    """Finish or undo what a killed build began.  Only for who holds the home's lock."""
    part_of(folder / NEXT).unlink(missing_ok=True)
    if not (folder / NEXT).is_file():
        return
    if hash_of(folder, NEXT) == named_by(snapshot):
        commit(folder)
    else:
        (folder / NEXT).unlink()


def load(folder: Path, snapshot: Path) -> Model:
    """Return the model that a snapshot was made with; only reads.  Raises BuildError as `Model.load`."""
    if (folder / NEXT).is_file() and hash_of(folder, NEXT) == named_by(snapshot):
        try:
            return Model.load(folder, NEXT)
        except FileNotFoundError:  # it was put in its place meanwhile
            pass
    return Model.load(folder)


def fits(folder: Path, snapshot: Path) -> bool:
    """Return whether the model of a home is the one that its snapshot names, or a killed build's that will be."""
    named = named_by(snapshot)
    return named is None or named in (hash_of(folder), hash_of(folder, NEXT))


def named_by(snapshot: Path) -> str | None:
    """Return the hash of the model that a snapshot was made with, or None where its manifest does not say."""
    try:
        manifest = json.loads((snapshot / "manifest.json").read_bytes())
        named = manifest["similarity"]["model"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return named if isinstance(named, str) else None
