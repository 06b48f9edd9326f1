"""Output options that every command shares: data on stdout or in a file, talk on stderr."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trialgraph.cli.streams import is_terminal, need_stdout, replaced_note
from trialgraph.errors import UsageError

if TYPE_CHECKING:
    from rich.progress import Progress

    from trialgraph.config import Settings

FORMATS = ("json", "csv", "nl", "md")
_ENDINGS = {
    ".json": "json", ".csv": "csv", ".jsonl": "nl", ".nl": "nl", ".md": "md", ".html": "html", ".htm": "html",
    ".txt": "table", "": "table",
}  # fmt: skip
_OF_ROWS = {".arrow": "arrow", ".parquet": "parquet", ".xlsx": "xlsx"}  # binary forms, of rows only


class Output:
    """Where a command's answers go and in which form; progress only where a person watches."""

    def __init__(self, form: str, path: Path | None, *, raw: bool = False) -> None:
        self.form = form  # "table", one of FORMATS, or "arrow" (rows only, into a file)
        self.path = path
        self.raw = raw  # CSV cells as they are, also those that a spreadsheet would run
        self._bar: Progress | None = None

    def rows(self, columns: Sequence[str], rows: Sequence[Mapping[str, Any]], *, notes: Sequence[str] = ()) -> None:
        """Write rows; notes (what was understood, what was cut) go to stderr."""
        from trialgraph.ask.show import render

        for note in notes:
            self.say(note)
        if self.form in _OF_ROWS.values() and self.path is not None:
            self._binary_rows(columns, rows, notes)
            return
        tty = self.path is None and is_terminal(sys.stdout)
        self.text(render.rows(columns, rows, self.form, tty=tty, raw=self.raw))

    def _binary_rows(self, columns: Sequence[str], rows: Sequence[Mapping[str, Any]], notes: Sequence[str]) -> None:
        if self.form == "xlsx":
            from trialgraph.ask.show import xlsx

            self._whole(lambda part: xlsx.write(part, columns, rows, notes))
            return
        from trialgraph.ask.answers import Answer

        frame = Answer(columns=tuple(columns), rows=[dict(row) for row in rows]).to_polars()
        self._whole(frame.write_ipc if self.form == "arrow" else frame.write_parquet)

    def report(self, report: Mapping[str, Any], sentence: str | None = None) -> None:
        """Write one report: an object with --json, else the sentence (on stderr) and the figures as a table."""
        from trialgraph.ask.show import render

        if sentence:
            self.say(sentence)
        self.text(render.report(report, self.form, tty=self.path is None and is_terminal(sys.stdout)))

    def text(self, text: str) -> None:
        """Write text to stdout or to the file, which is replaced only when it is whole."""
        text = text if text.endswith("\n") or not text else text + "\n"
        if self.path is None:
            click.echo(text, nl=False)
            if note := replaced_note():
                self.say(note)
            return
        self._whole(lambda part: part.write_text(text, "utf-8", newline=""))

    def _whole(self, write: Callable[[Path], object]) -> None:
        """Write the file, which is replaced only when it is whole."""
        from trialgraph.ask.show.file import save

        assert self.path is not None
        save(self.path, write)
        self.say(f"Written: {self.path}")

    def written_report(self, path: Path | None, report: Mapping[str, Any]) -> None:
        """Write what was understood, and what was not, as JSON into a file, if one was named."""
        if path is not None:
            from trialgraph.ask.show.json import json_text

            path.write_text(json_text(report, indent=1) + "\n", "utf-8")

    def say(self, sentence: str) -> None:
        """Say something to the person, never to the data; a bar that moves goes on below it."""
        from trialgraph.ask.show.safe import message

        sentence = message(sentence)
        if self._bar is not None:
            self._bar.console.print(sentence, markup=False, highlight=False, soft_wrap=True)
        else:
            click.echo(sentence, err=True)

    @contextmanager
    def progress(self, label: str) -> Iterator[Callable[[int, int | None], None]]:
        """Give a function `(done, total)` that moves a bar on stderr where a person watches."""
        if not is_terminal(sys.stderr):
            yield lambda done, total: None
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(label, total=None, rate="")

            def moved(done: int, total: int | None) -> None:
                elapsed = bar.tasks[0].elapsed or 0.0
                bar.update(task, completed=done, total=total, rate=f"{done / elapsed:,.0f}/s" if elapsed > 1 else "")

            self._bar = bar
            try:
                yield moved
            finally:
                self._bar = None


def _form_of(path: Path | None, *, only_rows: bool) -> str:
    """Return the form that a file's name asks for.  Raises UsageError for an ending that names none we write."""
    ending = path.suffix.lower() if path is not None else ""
    forms = _ENDINGS | _OF_ROWS if only_rows else _ENDINGS
    if ending not in forms:
        names = ", ".join(name for name in forms if name)
        why = "a report is no table of rows" if ending in _OF_ROWS else f"{ending} is no form that is written"
        raise UsageError(f"{path}: {why}; end the name in one of {names}, or name the form (--csv, --json, ...)")
    return forms[ending]


def output_options(command: Callable[..., Any], *, only_rows: bool = False) -> Callable[..., Any]:
    """Add --json --csv --nl --md -o to a command and hand it `out`; without a form, the end of FILE's name decides."""

    @click.option("--json", "form", flag_value="json", help="An array of objects, or one object for a report.")
    @click.option("--csv", "form", flag_value="csv", help="Comma-separated values with a header.")
    @click.option("--nl", "form", flag_value="nl", help="One JSON object a line.")
    @click.option("--md", "form", flag_value="md", help="A Markdown table.")
    @click.option("-o", "path", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write to FILE.")
    @functools.wraps(command)
    def wrapped(*args: Any, form: str | None, path: Path | None, **kwargs: Any) -> Any:
        if path is not None and not path.absolute().parent.is_dir():
            raise UsageError(f"there is no folder {path.absolute().parent}; make it first, or name another file")
        if path is None:
            need_stdout()
        if form == "arrow" and path is None:
            raise UsageError("--arrow writes no text; name a file for it: -o FILE.arrow")
        form = form or _form_of(path, only_rows=only_rows)
        raw = bool(kwargs.pop("raw")) if only_rows else False
        return command(*args, out=Output(form, path, raw=raw), **kwargs)

    return wrapped


def row_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add what `output_options` adds, and --raw and --arrow: for commands that write rows."""
    raw = click.option("--raw", is_flag=True, help="CSV cells as they are, also what a spreadsheet would run.")
    arrow = click.option("--arrow", "form", flag_value="arrow", help="An Arrow IPC file; needs -o FILE.")
    return arrow(raw(output_options(command, only_rows=True)))


def settings() -> Settings:
    """Return the settings of this run: --home, the environment, the home's file, the defaults."""
    from trialgraph.pipeline.settings import read

    return read(click.get_current_context().find_root().obj)
