"""The demonstration: the sample imported, built, loaded, asked and drawn, without a network."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trialgraph.cli.output import Output
    from trialgraph.config import Settings

TRIAL = "NCT04324411"
QUESTIONS = (
    ("trials-of-drug", {"drug": "rapamycin"}),
    ("similar-trials", {"trial": TRIAL}),
    ("listed-as-related", {"trial": TRIAL}),
)


def demo(chosen: Settings, out: Output) -> None:
    """Run every stage on the sample, and say what can be done next."""
    from trialgraph.ask.landscape import landscape
    from trialgraph.ask.questions import named
    from trialgraph.cli.output import Output
    from trialgraph.pipeline.build import build
    from trialgraph.pipeline.home import open_graph
    from trialgraph.pipeline.import_files import import_files, sample

    imported = import_files(chosen, [sample()], command="trialgraph demo", watch=out)
    out.say(f"Imported {imported.result.counts.kept:,} records of the sample into {chosen.archive}.")
    out.say(build(chosen, watch=out).sentence())
    page = chosen.home / "demo.html"
    with closing(open_graph(chosen)) as store:
        for name, params in QUESTIONS:
            answer = named.ask(store, name, **params)
            out.say(f"\ntrialgraph ask {name} {' '.join(f'{key}={value}' for key, value in params.items())}")
            Output(out.form, None).rows(answer.columns, answer.rows, notes=answer.notes)
        landscape.draw(store, TRIAL, page, home=chosen.home)
    out.say(f"\nOpen {page} in a browser: the neighbourhood of {TRIAL}.")
    out.say(f"Next: trialgraph ask, trialgraph related {TRIAL}, trialgraph shell")
