"""The demonstration: the sample imported, built, loaded, asked and drawn, without a network."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from trialgraph.errors import UsageError

if TYPE_CHECKING:
    from trialgraph.cli.output import Output
    from trialgraph.config import Settings

QUESTIONS = (
    ("trials-of-drug", {"drug": "rapamycin"}),
    ("similar-trials", {"trial": "NCT04324411"}),
    ("listed-as-related", {"trial": "NCT04324411"}),
)


def sample() -> Path:
    """Return the folder of the sample: in the installed package, or in the checkout."""
    inside = Path(str(resources.files("trialgraph"))) / "_data" / "sample"
    checkout = Path(__file__).resolve().parents[3] / "data" / "sample"
    for folder in (inside, checkout):
        if folder.is_dir() and any(folder.iterdir()):
            return folder
    raise UsageError("the sample is missing from this installation; install trialgraph again")


def demo(chosen: Settings, out: Output) -> None:
    """Run every stage on the sample, and say what can be done next."""
    import os

    from trialgraph.archive.crawl import keep_files
    from trialgraph.ask.landscape import landscape
    from trialgraph.ask.questions import named as questions
    from trialgraph.build.report import BuildPlan
    from trialgraph.build.stages import make
    from trialgraph.cli.output import Output as Rows
    from trialgraph.registries.imports.files import read
    from trialgraph.stores.load import sentence
    from trialgraph.stores.open import open_target

    kept = keep_files(chosen.archive, read([sample()]), command="trialgraph demo")
    out.say(f"Imported {kept.counts.kept:,} records of the sample into {chosen.archive}.")
    built = make(
        BuildPlan(
            chosen.archive, chosen.snapshot, chosen.model, corrections=chosen.corrections, workers=os.cpu_count() or 1
        )
    )
    out.say(f"Built {built.trials:,} trials in {sum(built.seconds.values()):.1f} s.")
    store = open_target(chosen)
    try:
        out.say(sentence(store.load(built.snapshot), "the graph"))
        for name, params in QUESTIONS:
            answer = questions.ask(store, name, **params)
            asked = " ".join(f"{key}={value}" for key, value in params.items())
            out.say(f"\ntrialgraph ask {name} {asked}")
            Rows(out.form, None).rows(answer.columns, answer.rows, notes=answer.notes)
        page = chosen.home / "demo.html"
        landscape.draw(store, "NCT04324411", page, home=chosen.home)
    finally:
        store.close()
    out.say(f"\nOpen {page} in a browser: the neighbourhood of NCT04324411.")
    out.say("Next: trialgraph ask, trialgraph related NCT04324411, trialgraph shell")
