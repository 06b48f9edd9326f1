"""The fitted model: vocabulary, document frequencies and norms, kept as one MessagePack file."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from trialgraph.errors import BuildError
from trialgraph.files.atomic import write_bytes
from trialgraph.similarity.recipe import RECIPE, Recipe

MODEL: Final = "model.msgpack"


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """What was fitted to a corpus; enough to score new trials without it.

    `columns` holds the column names of each block, in order; `document_frequencies` in how many documents each occurs.
    `shown` maps a counted word form to its commonest spelling, where they differ.
    """

    recipe: str = RECIPE
    weights: Recipe = Recipe()
    documents: int
    mean_lengths: tuple[float, float]  # mean number of words of a document, and of its topic
    columns: tuple[tuple[str, ...], ...]
    document_frequencies: tuple[tuple[int, ...], ...] = msgspec.field(name="found_in")
    norm_quartiles: tuple[float, ...] = msgspec.field(name="usual")  # lower quartile of each block's non-zero L2 norms
    shown: dict[str, str] = {}
    names: dict[str, str] = {}  # concept id -> name
    left_out: float = 0.0  # share of words and pairs in too few documents to be columns

    def save(self, folder: Path, name: str = MODEL) -> None:
        """Write the model into a folder, as a new file that replaces the old one."""
        folder.mkdir(parents=True, exist_ok=True)
        write_bytes(folder / name, msgspec.msgpack.encode(self, order="sorted"))

    @classmethod
    def load(cls, folder: Path, name: str = MODEL) -> Model:
        """Return the model of a folder.  Raises BuildError where there is none, or one of another recipe."""
        path = folder / name
        try:
            model = msgspec.msgpack.decode(path.read_bytes(), type=cls)
        except FileNotFoundError as problem:
            raise BuildError(f"{path} is missing: run `trialgraph build` to fit similarity") from problem
        except msgspec.DecodeError as problem:
            raise BuildError(f"{path} cannot be read ({problem}): run `trialgraph build` to fit it again") from problem
        if model.recipe != RECIPE:
            raise BuildError(
                f"{path} is of recipe {model.recipe}, this is {RECIPE}: run `trialgraph build` to fit it again"
            )
        return model
