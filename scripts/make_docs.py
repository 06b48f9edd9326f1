"""Writes the pages of docs/ made from the code: commands, named questions, the list of registries.

python scripts/make_docs.py          write them
python scripts/make_docs.py --check  say which are not current, and fail if any is
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import click

from trialgraph.ask.questions import named as questions
from trialgraph.cli import main
from trialgraph.registries.describe import markdown_table

DOCS = Path(__file__).resolve().parent.parent / "docs"
MADE = "<!-- made by scripts/make_docs.py; edit the code it is made from -->"


def pages() -> dict[str, str]:
    """Return path below docs/ -> content of every page that is made."""
    made: dict[str, str] = {}
    made["questions.md"] = _questions()
    made["registry-list.md"] = f"{MADE}\n\n# The registries\n\n{markdown_table()}"
    for question in questions.find().values():
        made[f"questions/{question.name}.md"] = _question(question)
    commands = _commands()
    made["commands.md"] = _list_of_commands(commands)
    for path, (command, context) in commands.items():
        made[f"commands/{path.replace(' ', '-')}.md"] = _command(path, command, context)
    return made


def _questions() -> str:
    lines = [MADE, "", "# The named questions", ""]
    lines += ['`trialgraph ask NAME key=value ...`, or `graph.ask("NAME", key=value)` in Python.', ""]
    lines += ["| question | what it asks | parameters |", "| --- | --- | --- |"]
    for q in questions.find().values():
        lines.append(f"| [{q.name}](questions/{q.name}.md) | {q.title} | `{questions.usage(q)}` |")
    return "\n".join(lines) + "\n"


def _question(q: questions.Question) -> str:
    lines = [MADE, "", f"# {q.name}", "", f"{q.title}.", "", f"How to read it: {q.reading}", ""]
    lines += ["```", f"trialgraph ask {q.name} {questions.usage(q)}".rstrip(), "```", ""]
    if q.parameters:
        lines += ["| parameter | kind | default | what it is |", "| --- | --- | --- | --- |"]
        for p in q.parameters:
            default = "required" if p.default == questions.REQUIRED else "none" if p.default is None else f"{p.default}"
            lines.append(f"| `{p.name}` | {p.kind} | {default} | {p.doc} |")
        lines.append("")
    if q.needs:
        _, _, why = q.needs.partition(":")
        lines += [f"It says so where it cannot be answered: {why.strip()}.", ""]
    lines += ["Columns: " + ", ".join(f"`{column}`" for column in q.columns) + ".", ""]
    lines += ["```cypher", q.cypher.rstrip(), "```", ""]
    return "\n".join(lines)


def _commands() -> dict[str, tuple[click.Command, click.Context]]:
    found: dict[str, tuple[click.Command, click.Context]] = {}
    root = click.Context(main.cli, info_name="trialgraph", terminal_width=100, max_content_width=100)
    for name, module in main.COMMANDS.items():
        if importlib.util.find_spec(f"trialgraph.cli.{module}") is None:
            continue  # announced, and not there yet
        command = main.cli.get_command(root, name)
        assert command is not None
        _add(found, name, command, root)
    return found


def _add(
    found: dict[str, tuple[click.Command, click.Context]], path: str, command: click.Command, parent: click.Context
) -> None:
    context = click.Context(command, info_name=path.rsplit(" ", 1)[-1], parent=parent, terminal_width=100)
    context.max_content_width = 100
    found[path] = (command, context)
    if isinstance(command, click.Group):
        for name, inner in sorted(command.commands.items()):
            _add(found, f"{path} {name}", inner, context)


def _list_of_commands(commands: dict[str, tuple[click.Command, click.Context]]) -> str:
    lines = [MADE, "", "# The commands", "", "`--home DIR` stands before the command, output options after it.", ""]
    lines += ["| command | what it does |", "| --- | --- |"]
    for path, (command, _) in commands.items():
        told = main.SUMMARIES.get(path) or command.get_short_help_str(100)
        lines.append(f"| [`{path}`](commands/{path.replace(' ', '-')}.md) | {told} |")
    return "\n".join(lines) + "\n"


def _command(path: str, command: click.Command, context: click.Context) -> str:
    told = "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
    return f"{MADE}\n\n# trialgraph {path}\n\n```\n{told}\n```\n"


def write_or_check() -> int:
    """Write or check the pages; returns the exit code."""
    made = pages()
    gone = [
        path
        for folder in ("questions", "commands")
        for path in sorted((DOCS / folder).glob("*.md"))
        if f"{folder}/{path.name}" not in made
    ]
    stale = [
        name for name, text in made.items() if not (DOCS / name).is_file() or (DOCS / name).read_text("utf-8") != text
    ]
    if "--check" in sys.argv:
        for name in [*stale, *(str(path.relative_to(DOCS)) for path in gone)]:
            print(f"docs/{name} is not current; run: python scripts/make_docs.py")
        return 1 if stale or gone else 0
    for name in stale:
        (DOCS / name).parent.mkdir(parents=True, exist_ok=True)
        (DOCS / name).write_text(made[name], "utf-8")
    for path in gone:
        path.unlink()
    print(f"{len(made)} pages, {len(stale)} written, {len(gone)} removed")
    return 0


if __name__ == "__main__":
    sys.exit(write_or_check())
