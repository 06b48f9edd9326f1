"""The `trialgraph` command: which module holds which command, and how a run ends."""

from __future__ import annotations

import contextlib
import errno
import importlib
import io
import os
import sys

import click

from trialgraph.cli import streams
from trialgraph.errors import TrialgraphError, UsageError

# command -> module of trialgraph.cli that holds it; nothing is imported before it is asked for
COMMANDS = {
    "demo": "build",
    "crawl": "collect",
    "import": "collect",
    "build": "build",
    "load": "build",
    "update": "build",
    "clear": "build",
    "related": "ask",
    "ask": "ask",
    "search": "ask",
    "cypher": "ask",
    "shell": "shell",
    "trial": "ask",
    "why": "ask",
    "changes": "ask",
    "landscape": "ask",
    "link": "measure",
    "eval": "measure",
    "vocabularies": "measure",
    "export": "build",
    "status": "collect",
    "doctor": "build",
    "config": "build",
    "registries": "collect",
    "mcp": "mcp",
}
# what the list of commands says, so that the list needs no import
SUMMARIES = {
    "demo": "All of it, offline, on the sample: build, load, ask, and a page to open.",
    "crawl": "Copy a registry's records into the archive.",
    "import": "Take records that you downloaded yourself into the archive.",
    "build": "Archive -> snapshot -> embedded graph.",
    "load": "Snapshot -> a Neo4j, or the embedded graph again.",
    "update": "Crawl what changed, build, load the difference.",
    "clear": "Remove our nodes from a Neo4j; foreign ones stay.",
    "related": "Similar trials, and what makes them alike.",
    "ask": "The named questions; without a name, the list.",
    "search": "Find trials by words.",
    "cypher": "Free Cypher, read-only and limited.",
    "shell": "A prompt with completion and history.",
    "trial": "Everything held of one trial.",
    "why": "The evidence of a link, back to the record.",
    "changes": "What changed in the trials, and when.",
    "landscape": "One page that shows a drug, class, condition, sponsor or an answer.",
    "link": "What a text is understood as, and why.",
    "eval": "Measure links and similarity against labelled files.",
    "vocabularies": "The term lists, and how to rebuild them.",
    "export": "Write the graph as GraphML, JSON, CSV, Parquet.",
    "status": "What is held, how fresh, and what is unfinished.",
    "doctor": "Check the home, the stores and the installation.",
    "config": "The settings, and where each comes from.",
    "registries": "The registries that can be read.",
    "mcp": "Serve the questions to an assistant.",
}


# what a disk or a home refuses; anything else of the system is unexpected
OF_THE_DISK = frozenset(
    {errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.ENAMETOOLONG}
)


class LazyGroup(click.Group):
    """A group that imports a command's module when that command is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of a first day's work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command, imported now, or None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"trialgraph.cli.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is named.  Raises UsageError with the nearest name for one that does not exist."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from trialgraph.spelling import nearest_names

            nearest = nearest_names(args[0], COMMANDS, 1)
            hint = f"did you mean 'trialgraph {nearest[0]}'?" if nearest else "'trialgraph --help' lists them"
            raise UsageError(f"there is no command {args[0]!r}; {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, SUMMARIES[name]) for name in COMMANDS])


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: trialgraph demo",
)
@click.option("--home", metavar="DIR", help="Where everything lies (else TRIALGRAPH_HOME, else the user data folder).")
@click.version_option(package_name="trialgraph")
@click.pass_context
def cli(ctx: click.Context, home: str | None) -> None:
    """Copy clinical-trial registries, link what they say, and question the graph of it in Cypher."""
    ctx.obj = home
    if ctx.invoked_subcommand is None:  # no command is a question, not a mistake
        click.echo(ctx.get_help())


def _say(sentence: str) -> None:
    from trialgraph.ask.show.safe import message

    click.echo(message(f"trialgraph: {sentence}"), err=True)


def main() -> None:
    """Run the command line.  Expected failures are one sentence on stderr and an exit code."""
    try:
        streams.prepare()
        code = cli.main(args=streams.arguments(sys.argv[1:]), standalone_mode=False)
    except click.exceptions.Abort:
        code = 130
    except KeyboardInterrupt:
        code = 130
    except click.ClickException as problem:
        from trialgraph.ask.show.safe import message

        shown = io.StringIO()
        problem.show(file=shown)
        click.echo(message(shown.getvalue()), err=True, nl=False)
        code = problem.exit_code
    except TrialgraphError as problem:
        _say(str(problem))
        code = problem.exit_code
    except BrokenPipeError:  # the reader, such as head, has seen enough
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as problem:
        if problem.errno not in OF_THE_DISK:
            raise
        where = f"{problem.filename}: " if problem.filename else ""
        _say(f"{where}{problem.strerror}; make room or choose another --home, and run it again")
        code = 1
    sys.exit(code if isinstance(code, int) else 0)
