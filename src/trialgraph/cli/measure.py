"""Commands that show and measure understanding: link, eval, vocabularies."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trialgraph.cli.output import Output, output_options, settings
from trialgraph.errors import UsageError

if TYPE_CHECKING:
    from trialgraph.linking.corrections import Corrections
    from trialgraph.model import Link

KINDS = ("drug", "condition", "procedure", "organization")
COLUMNS = (
    "kind", "span", "place", "id", "name", "parent", "alias", "vocabulary", "method", "confidence", "broader", "dose",
    "frequency",
)  # fmt: skip
UNLISTED = ("unlisted", "text", "spelling")  # methods that make a name of the words themselves


def corrections() -> Corrections:
    """Return the user's corrections of this home."""
    from trialgraph.linking import corrections as user

    return user.read(settings().home / user.FILE)


@click.command(name="link", epilog='Example: trialgraph link "Rapamune 1 mg + ATRA"')
@click.argument("text")
@click.option("--kind", type=click.Choice([*KINDS, "all"]), default="all", show_default=True, help="What to look for.")
@output_options
def link_command(text: str, kind: str, out: Output) -> None:
    """Show what a text is understood as, and why: the words, the alias, the vocabulary, how surely.

    Without --kind, names that no list holds are shown only where no list holds any.
    """
    known = corrections()
    rows = [row for one in (KINDS if kind == "all" else (kind,)) for row in _understood(one, text, known)]
    if kind == "all":
        listed = [row for row in rows if row["method"] not in UNLISTED or row.get("parent")]
        rows = listed or [row for row in rows if row["kind"] == "drug"]
    notes = [] if rows else [f"Nothing in {text!r} names a {'concept' if kind == 'all' else kind} that we know."]
    said = [known.find(one, text) for one in ("drug", "condition", "device", "procedure", "organization")]
    if not rows and any(line is not None and line.target is None for line in said):
        notes = ["corrections.txt says that it is nothing."]
    elif any(row["method"] == "unlisted" for row in rows):
        notes.append("No list holds it: in the graph it is a node of its own.")
    if notes and "corrections" not in notes[0] and kind in ("drug", "all"):
        from trialgraph.linking.drugs import vocabulary as drugs

        near = drugs.load().suggest(text, 3)
        notes += [f"Near: {', '.join(near)}"] if near else []
    columns = [c for c in COLUMNS if c in ("kind", "id") or any(row.get(c) is not None for row in rows)]
    out.rows(columns, rows, notes=notes)


def _understood(kind: str, text: str, known: Corrections) -> list[dict[str, Any]]:
    links: Iterable[Link]
    if kind == "organization":
        from trialgraph.linking.organizations.linker import OrganizationLinker

        link = OrganizationLinker(corrections=known).resolve(text)
        row = {"kind": kind, "span": text, "place": 0, "id": link.organization_id, "name": link.name}
        return [row | {"parent": link.parent_id, "method": link.method, "confidence": link.confidence}]
    if kind == "drug":
        from trialgraph.linking.drugs import vocabulary as drugs
        from trialgraph.linking.drugs.linker import DrugLinker

        links = DrugLinker(drugs.load(), known).understand(text)
    elif kind == "condition":
        from trialgraph.linking.conditions.linker import ConditionLinker

        links = ConditionLinker(corrections=known).understand(text)
    else:
        from trialgraph.linking.procedures.linker import ProcedureLinker

        links = ProcedureLinker(corrections=known).understand(text)
    return [_row(kind, text, link) for link in links]


def _row(kind: str, text: str, link: Link) -> dict[str, Any]:
    from trialgraph.model import ConditionLink, DeviceOrProcedureLink, DrugLink

    row: dict[str, Any] = {
        "kind": link.label.lower() if isinstance(link, DeviceOrProcedureLink) else kind,
        "span": link.span,
        "place": max(0, text.find(link.span)),
        "id": link.concept_id,
        "name": link.name,
        "alias": link.matched_alias,
        "vocabulary": link.vocabulary,
        "method": link.method,
        "confidence": link.confidence,
    }
    if isinstance(link, ConditionLink):
        row["broader"] = link.broader or None
    if isinstance(link, DrugLink):
        amount = None if link.dose_value is None else f"{link.dose_value:g} {link.dose_unit}"
        row |= {"dose": amount, "frequency": link.frequency}
    return row


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
    from trialgraph.evaluate import links as evaluate

    kind, labels = evaluate.read_labels(gold)
    rows = _predicted(kind, labels, out)
    report, wrong = evaluate.measure(kind, labels, rows)
    if predictions is not None:
        evaluate.write(rows, predictions)
    if kind != "organizations" and not rows:
        raise UsageError(f"{gold}: none of its trials is in this home; crawl or import them first")
    if misses:
        for miss in wrong:
            told = [f"missed: {miss['missed']}"] if miss["missed"] else []
            told += [f"wrong: {miss['wrong']}"] if miss["wrong"] else []
            out.say(f"{miss['where']}  {miss['text']!r}  {'; '.join(told)}")
    out.report({"kind": kind, **report}, f"{len(wrong)} of {len(labels)} rows with a miss.")


def _predicted(kind: str, labels: Any, out: Output) -> list[dict[str, Any]]:
    from trialgraph.archive import trials as archive_trials
    from trialgraph.archive.store import Archive
    from trialgraph.evaluate import links as evaluate
    from trialgraph.linking.conditions.linker import ConditionLinker
    from trialgraph.linking.drugs import vocabulary as drugs
    from trialgraph.linking.drugs.linker import DrugLinker
    from trialgraph.linking.organizations.linker import OrganizationLinker

    known = corrections()

    def rows(trials: Iterable[Any]) -> list[dict[str, Any]]:
        drug = _once(lambda: DrugLinker(drugs.load(), known))
        condition = _once(lambda: ConditionLinker(corrections=known))
        organization = _once(lambda: OrganizationLinker(corrections=known))
        return list(
            evaluate.predictions(
                kind,
                labels,
                trials,
                drugs=lambda trial: drug().link(trial),
                conditions=lambda trial: condition().link(trial),
                organization=lambda name: organization().resolve(name),
            )
        )

    if kind == "organizations":
        return rows(())
    with Archive.open(settings().archive) as archive:
        wanted = evaluate.trials_wanted(kind, labels)
        return rows(archive_trials.read(archive, ids=wanted, on_set_aside=lambda odd: out.say(f"Set aside: {odd.why}")))


@eval_command.command(name="similarity", epilog="Example: trialgraph eval similarity --labels pairs.tsv")
@click.option("--graded", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE")
@click.option("--labels", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE")
@click.option("--workers", type=click.IntRange(min=1), default=1, show_default=True, help="Processes to work with.")
@output_options
def similarity_command(graded: Path | None, labels: Path | None, workers: int, out: Output) -> None:
    """Compare neighbours with graded pairs and with trials that name each other; two baselines in the same run."""
    from trialgraph.evaluate import similarity as evaluate_similarity

    out.report(evaluate_similarity.run(settings(), graded=graded, labels=labels, workers=workers, say=out.say))


def _once(make: Callable[[], Any]) -> Callable[[], Any]:
    import functools

    return functools.cache(make)


@click.group(name="vocabularies", invoke_without_command=True, epilog="Example: trialgraph vocabularies")
@click.pass_context
@output_options
def vocabularies_command(ctx: click.Context, out: Output) -> None:
    """List the term lists with release, size and licence; `update` rebuilds them."""
    if ctx.invoked_subcommand is None:
        from trialgraph.linking import term_lists as lists

        out.rows(lists.COLUMNS, lists.known())


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
    from trialgraph.curation import update as make

    out.report(make.update(files, release=release, to=to, say=out.say), "Rebuilt; `trialgraph build` uses them.")
