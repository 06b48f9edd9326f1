"""Commands that show and measure understanding: link, eval, vocabularies."""

from __future__ import annotations

from pathlib import Path

import click

from trialgraph.cli.output import Output, output_options, settings

KINDS = ("class", "drug", "condition", "procedure", "organization")


@click.command(name="link", epilog='Example: trialgraph link "Rapamune 1 mg + ATRA"')
@click.argument("text")
@click.option("--kind", type=click.Choice([*KINDS, "all"]), default="all", show_default=True, help="What to look for.")
@output_options
def link_command(text: str, kind: str, out: Output) -> None:
    """Show what a text is understood as, and why: the words, the alias, the vocabulary, how surely.

    Without --kind, names that no list holds are shown only where no list holds any.
    """
    from trialgraph.pipeline.link import link

    understood = link(settings(), text, None if kind == "all" else kind)
    out.rows(understood.columns, understood.rows, notes=understood.notes)


@click.group(name="eval", epilog="Example: trialgraph eval links --gold drugs.jsonl")
def eval_command() -> None:
    """Measure links and similarity against labelled files."""


@eval_command.command(name="links", epilog="Example: trialgraph eval links --gold drugs.jsonl")
@click.option("--gold", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE")
@click.option(
    "--predictions", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write the links to FILE."
)
@click.option(
    "--misses/--no-misses", default=True, show_default=True, help="List what was missed or wrong (on stderr)."
)
@output_options
def links_command(gold: Path, predictions: Path | None, misses: bool, out: Output) -> None:
    """Compare links with a labelled file of drugs, conditions or organisations, over the trials held."""
    from trialgraph.evaluate import link_run

    run = link_run.run(settings(), gold, predictions=predictions, say=out.say)
    if misses:
        for sentence in run.miss_sentences():
            out.say(sentence)
    out.report(run.report(), run.sentence())


@eval_command.command(name="similarity", epilog="Example: trialgraph eval similarity --labels pairs.tsv")
@click.option("--graded", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE")
@click.option("--labels", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE")
@click.option("--workers", type=click.IntRange(min=1), default=1, show_default=True, help="Processes to work with.")
@output_options
def similarity_command(graded: Path | None, labels: Path | None, workers: int, out: Output) -> None:
    """Compare neighbours with graded pairs and with trials that name each other; two baselines in the same run."""
    from trialgraph.evaluate import similarity

    out.report(similarity.run(settings(), graded=graded, labels=labels, workers=workers, say=out.say))


@click.group(name="vocabularies", invoke_without_command=True, epilog="Example: trialgraph vocabularies")
@click.pass_context
@output_options
def vocabularies_command(ctx: click.Context, out: Output) -> None:
    """List the term lists with release, size and licence; `update` rebuilds them."""
    if ctx.invoked_subcommand is None:
        from trialgraph.pipeline import vocabularies

        out.rows(vocabularies.columns(), vocabularies.rows())


@vocabularies_command.command(
    name="update", epilog="Example: trialgraph vocabularies update mesh_id_label_mappings.tsv.gz UNII_Names.txt"
)
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE..."
)
@click.option(
    "--release", default="", metavar="TEXT", help="What to call the release (else the files' names and dates)."
)
@click.option("--to", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="Write to another folder.")
@output_options
def update_command(files: tuple[Path, ...], release: str, to: Path | None, out: Output) -> None:
    """Rebuild our compact files from public lists that you downloaded (docs/vocabularies.md says which)."""
    from trialgraph.pipeline import vocabularies

    out.report(
        vocabularies.update(files, release=release, to=to, say=out.say), "Rebuilt; `trialgraph build` uses them."
    )
