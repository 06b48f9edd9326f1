"""Mutation testing: changes one operator, number or decision at a time and counts which changes a test sees.

    python scripts/mutants.py [--sample 200] [--seed 11] [--workers 2] [--rooms linking build ...]

cosmic-ray finds the places and makes the mutants; its own runner takes neither a seeded sample nor a choice of tests
for each mutant, so that both are done here.  The tests that run against a mutant are those that executed the mutated
lines (contexts of coverage.py), the fastest first.  Results go to .cache/mutants/results.jsonl, where a run that was
stopped goes on, and as a table into docs/mutation.md.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import hashlib
import itertools
import json
import os
import queue
import random
import shutil
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
SOURCE = "src/trialgraph"
ROOMS = ("linking", "build", "similarity", "ask/names", "registries/reading")
SUITE = ("linking", "build", "similarity", "ask", "registries", "evaluate", "test_sample.py", "test_text.py")
MARKERS = "not neo4j and not browser and not slow"
# Compiled by numba: their mutants run as plain Python, against tests that were timed and traced as plain Python.
KERNELS = ("similarity/kernel.py", "similarity/approximate_kernel.py")
UNCOMPILED = {"NUMBA_DISABLE_JIT": "1"}
SECONDS_OF_TESTS = 45.0  # for one mutant: 200 of them then take some forty minutes on two processors at most
MOST_TESTS = 150
UNMUTATED_SECONDS = {"compiled": 240, "uncompiled": 20}  # kernels are far slower in plain Python
PATIENCE = 6.0  # times as long as the tests took unmutated, after which a mutant counts as an endless loop
PATIENCE_FIRST = 90.0  # seconds on top, for a busy machine
FEWEST_A_ROOM = 10  # a score of fewer mutants says nothing
# Decorators that change speed and no result; mutated kernels run uncompiled anyway.
SAME_WITHOUT = ("@numba.njit", "@cache", "@lru_cache", "@functools.cache", "@functools.lru_cache")
LEFT_ALONE = ("core/Variable", "core/ExceptionReplacer")  # need arguments; fails on dotted names
PASSED, NOT_COLLECTED = 0, 5  # of pytest's exit codes; every other one is a mutant noticed
TIMES = "times.jsonl"


@dataclass(frozen=True)
class Mutant:
    """A place in a file and what cosmic-ray does there: the n-th occurrence of an operator."""

    room: str
    file: str
    operator: str
    occurrence: int
    first: int  # lines, from 1
    last: int

    @property
    def id(self) -> str:
        """Return what tells it from the others as long as the file is the same."""
        return f"{self.file}:{self.first} {self.operator} {self.occurrence}"


@dataclass(frozen=True)
class Baseline:
    """The unmutated run: seconds of each test that passed, and the tests that executed each line of each file."""

    seconds: dict[str, float]
    covering: dict[str, dict[int, set[str]]]
    variables: Mapping[str, str]  # of the environment

    def tests(self, mutant: Mutant) -> list[str]:
        """Return the tests to run against a mutant, the fastest first, up to SECONDS_OF_TESTS of them.

        Those that executed a mutated line; for a line that runs on import, those that executed anything in its file;
        for a file of which nothing was measured, those of the folder that mirrors it.
        """
        lines = self.covering.get(mutant.file, {})
        chosen = set().union(*(lines.get(n, set()) for n in range(mutant.first, mutant.last + 1)))
        chosen = chosen or set().union(*lines.values())
        if not chosen:
            room = mutant.room.split("/")[0]
            chosen = {test for test in self.seconds if test.startswith((f"tests/{room}/", "tests/test_sample.py"))}
        ordered = sorted(chosen & self.seconds.keys(), key=lambda test: (self.seconds[test], test))[:MOST_TESTS]
        total = itertools.accumulate(self.seconds[test] for test in ordered)
        return [
            test for i, (test, sum_) in enumerate(zip(ordered, total, strict=True)) if not i or sum_ < SECONDS_OF_TESTS
        ]


# --- where a mutant can be --------------------------------------------------------------------------------------------


def mutants(room: str) -> Iterator[Mutant]:
    """Yield one mutant for each place and kind of change, chosen by chance among the operators of that kind."""
    for path in sorted((PROJECT / SOURCE / room).rglob("*.py")):
        file = path.relative_to(PROJECT).as_posix()
        places: dict[tuple[object, ...], list[Mutant]] = defaultdict(list)
        for mutant, place in _positions(room, file, path.read_text("utf-8")):
            places[place].append(mutant)
        for place, choice in sorted(places.items(), key=str):
            yield random.Random(f"{file} {place}").choice(choice)


def _positions(room: str, file: str, text: str) -> Iterator[tuple[Mutant, tuple[object, ...]]]:
    """Yield every mutant of a file with its place: kind of operator, first and last position."""
    from cosmic_ray import plugins
    from cosmic_ray.ast import ast_nodes, get_ast

    nodes = list(ast_nodes(get_ast(text)))
    lines = text.splitlines()
    never_run = set(_never_run(ast.parse(text)))
    for name in sorted(plugins.operator_names()):
        if name.startswith(LEFT_ALONE):
            continue
        operator = plugins.get_operator(name)()
        kind = name.partition("_")[0]
        spots = ((at, end) for node in nodes for at, end in operator.mutation_positions(node))
        for occurrence, (at, end) in enumerate(spots):
            same = lines[at[0] - 1].lstrip().startswith(SAME_WITHOUT)
            if at not in never_run and not same:
                yield Mutant(room, file, name, occurrence, at[0], end[0]), (kind, at, end)


def _never_run(tree: ast.Module) -> Iterator[tuple[int, int]]:
    """Yield the positions (line, column) in annotations and in blocks for type checkers, which no run evaluates."""
    for node in ast.walk(tree):
        parts: Iterable[ast.AST | None] = ()
        if isinstance(node, ast.FunctionDef):
            parts = [
                node.returns,
                *(argument.annotation for argument in ast.walk(node.args) if isinstance(argument, ast.arg)),
            ]
        elif isinstance(node, ast.AnnAssign):
            parts = [node.annotation]
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            parts = [node]
        for part in filter(None, parts):
            last = part.end_lineno or part.lineno  # type: ignore[attr-defined]
            for line in range(part.lineno, last + 1):  # type: ignore[attr-defined]
                start = part.col_offset if line == part.lineno else 0  # type: ignore[attr-defined]
                stop = part.end_col_offset if line == last else 400  # type: ignore[attr-defined]
                yield from ((line, column) for column in range(start, stop))


def sample(rooms: Sequence[str], size: int, seed: int) -> list[Mutant]:
    """Return a seeded sample: FEWEST_A_ROOM of each room, the rest by chance among all places."""
    dice = random.Random(seed)
    pools = {room: list(mutants(room)) for room in rooms}
    for pool in pools.values():
        dice.shuffle(pool)
    few = min(FEWEST_A_ROOM, size // len(rooms))
    chosen = [mutant for pool in pools.values() for mutant in pool[:few]]
    rest = [mutant for pool in pools.values() for mutant in pool[few:]]
    dice.shuffle(rest)
    chosen += rest[: size - len(chosen)]
    dice.shuffle(chosen)  # a run that is stopped has something of every room
    return chosen


# --- running tests ----------------------------------------------------------------------------------------------------


def copied(to: Path) -> Path:
    """Copy the files that git knows into a folder, where they can be changed; returns the folder.

    Also restores a copy in which a run that was killed left a mutant.
    """
    names = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=True).stdout.split(b"\0")
    for name in filter(None, map(os.fsdecode, names)):
        if (PROJECT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, to / name)
    return to


def pytest(at: Path, *words: str, variables: Mapping[str, str], seconds: float | None = None) -> tuple[int | None, str]:
    """Run pytest in a copy; returns its exit code, None after so many seconds, and the last line it printed."""
    environment = os.environ | {"PYTHONPATH": str(at / "src"), "NUMBA_CACHE_DIR": str(at / ".numba")} | dict(variables)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *words]
    with subprocess.Popen(
        command,
        cwd=at,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as child:
        try:
            said, _ = child.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)  # its own session: what the tests started ends with it
            return None, "time is up"
    return child.returncode, next(
        (line for line in reversed(said.splitlines()) if line.startswith("FAILED")), said[-300:]
    )


def pytest_runtest_logreport(report: Any) -> None:
    """Write down how long each phase of each test took; this module is pytest's plugin in the unmutated run."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        with Path(TIMES).open("a", encoding="utf-8") as file:
            file.write(json.dumps([report.nodeid, report.outcome, report.duration]) + "\n")


def baseline(at: Path, workers: int, suite: Sequence[str], name: str, variables: Mapping[str, str]) -> Baseline:
    """Run tests unmutated under coverage.py, or read what such a run of this name left in the copy.

    A test that takes more than UNMUTATED_SECONDS counts as failed; failed tests are not run against mutants.
    """
    done = at / f"{name}.jsonl"
    if not done.is_file():
        (at / TIMES).unlink(missing_ok=True)
        (at / "coverage.ini").write_text("[run]\nsource_pkgs = trialgraph\n")
        words = ("--cov=trialgraph", "--cov-context=test", "--cov-config=coverage.ini", "--cov-report=")
        options = ("-p", "mutants", "-n", str(workers), "-m", MARKERS, "--timeout", str(UNMUTATED_SECONDS[name]))
        places = os.pathsep.join([str(at / "src"), str(Path(__file__).parent)])
        paths = {"PYTHONPATH": places, "COVERAGE_FILE": str(at / f"{name}.coverage")}
        code, said = pytest(
            at, *words, *options, *(f"tests/{part}" for part in suite), variables={**variables, **paths}
        )
        if code not in (0, 1):
            raise SystemExit(f"the unmutated suite did not run: {said}")
        (at / TIMES).rename(done)
    seconds = _passed(done)
    return Baseline(seconds, _covering(at / f"{name}.coverage", at, seconds), variables)


def _passed(times: Path) -> dict[str, float]:
    """Return the tests that passed and how many seconds each took, its fixtures included."""
    seconds: dict[str, float] = defaultdict(float)
    others = set()
    for test, outcome, duration in map(json.loads, times.read_text("utf-8").splitlines()):
        seconds[test] += duration
        if outcome != "passed":
            others.add(test)
    return {test: took for test, took in seconds.items() if test not in others}


def _covering(data: Path, at: Path, seconds: Mapping[str, float]) -> dict[str, dict[int, set[str]]]:
    """Return file -> line -> tests that executed it.  What a fixture executes counts for every test of that file."""
    from coverage import CoverageData

    of_file: dict[str, set[str]] = defaultdict(set)
    for test in seconds:
        of_file[test.partition("::")[0]].add(test)
    measured = CoverageData(str(data))
    measured.read()
    out: dict[str, dict[int, set[str]]] = {}
    for name in measured.measured_files():
        lines: dict[int, set[str]] = {}
        for line, contexts in measured.contexts_by_lineno(name).items():
            tests = lines.setdefault(line, set())
            for test, _, phase in (context.rpartition("|") for context in contexts if context):
                tests |= of_file[test.partition("::")[0]] if phase == "setup" else {test}
        out[Path(name).relative_to(at).as_posix()] = lines
    return out


def judged(mutant: Mutant, known: Baseline, copies: queue.Queue[Path]) -> dict[str, object]:
    """Run a mutant's tests in a free copy; returns what became of it."""
    from cosmic_ray import mutating, plugins

    at = copies.get()
    path = at / mutant.file
    text, stat = path.read_text("utf-8"), path.stat()
    try:
        changed = mutating.mutate_code(text, plugins.get_operator(mutant.operator)(), mutant.occurrence)
        tests = known.tests(mutant)
        path.write_text(changed, "utf-8")
        # A time of its own: Python and numba take cached code where size and time are the same.
        unique = stat.st_mtime + 10 + 2 * random.Random(mutant.id).randrange(1_000_000)
        os.utime(path, (unique, unique))
        limit = PATIENCE * sum(known.seconds[test] for test in tests) + PATIENCE_FIRST
        code: int | None = PASSED
        said = "no test executes it"
        if tests:
            code, said = pytest(at, "-x", *tests, seconds=limit, variables=known.variables)
        if code == NOT_COLLECTED:
            raise SystemExit(f"{mutant.id}: no test was found of {tests[:3]}")
    finally:
        path.write_text(text, "utf-8")
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
        copies.put(at)
    before, after = _difference(text, changed)
    outcome = "survived" if code == PASSED else "timeout" if code is None else "killed"
    return {
        **asdict(mutant),
        "id": mutant.id,
        "outcome": outcome,
        "tests": len(tests),
        "by": said,
        "was": before,
        "is": after,
    }


def _difference(text: str, changed: str) -> tuple[str, str]:
    """Return the first line that differs, as it was and as it is."""
    pairs = itertools.zip_longest(text.splitlines(), changed.splitlines(), fillvalue="")
    return next(((a.strip(), b.strip()) for a, b in pairs if a != b), ("", ""))


# --- the report -------------------------------------------------------------------------------------------------------


def table(results: Sequence[Mapping[str, object]], rooms: Sequence[str], seed: int) -> str:
    """Return the page docs/mutation.md."""
    from importlib.metadata import version

    rows = ["| room | mutants | killed | timed out | survived | score |", "| --- | --- | --- | --- | --- | --- |"]
    for room in (*rooms, "all"):
        of = [r["outcome"] for r in results if room in (r["room"], "all")]
        dead = len(of) - of.count("survived")
        counts = f"{of.count('killed')} | {of.count('timeout')} | {of.count('survived')}"
        rows.append(f"| {room} | {len(of)} | {counts} | {dead / max(1, len(of)):.0%} |")
    left = [
        f"| `{str(r['file']).removeprefix(SOURCE + '/')}:{r['first']}` "
        f"| `{_cell(r['was'])}` | `{_cell(r['is'])}` | {r['tests']} |"
        for r in sorted(results, key=lambda r: (str(r["file"]), int(str(r["first"]))))
        if r["outcome"] == "survived"
    ]
    how = (
        f"Made by `make mutants` (cosmic-ray {version('cosmic-ray')}, seed {seed}, {len(results)} mutants).  A change "
        "to one operator, number or decision is killed when a test fails or does not end.  At most "
        f"{SECONDS_OF_TESTS:g} seconds of the tests that executed the line run against it, without the real records "
        "that lie beside the project.\n"
    )
    return "\n".join(
        [
            "# Mutation testing\n",
            how,
            *rows,
            "\n## Survivors\n",
            "| line | was | became | tests run |\n| --- | --- | --- | --- |",
            *left,
            "",
        ]
    )


def _cell(text: object) -> str:
    return str(text).replace("|", "\\|").replace("`", "'")[:110]


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, default=200)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rooms", nargs="+", default=ROOMS)
    parser.add_argument("--work", type=Path, default=PROJECT / ".cache" / "mutants")
    parser.add_argument("--page", type=Path, default=PROJECT / "docs" / "mutation.md")
    options = parser.parse_args()
    work = options.work.resolve()
    digest = state()
    if not (work / "state").is_file() or (work / "state").read_text() != digest:
        shutil.rmtree(work, ignore_errors=True)
    for number in range(options.workers):
        copied(work / str(number))
    (work / "state").write_text(digest)
    chosen = sample(options.rooms, options.sample, options.seed)
    compiled = baseline(work / "0", options.workers, SUITE, "compiled", {})
    uncompiled = compiled
    if any(mutant.file.endswith(KERNELS) for mutant in chosen):
        uncompiled = baseline(work / "0", options.workers, ("similarity",), "uncompiled", UNCOMPILED)
    results = run(
        chosen,
        compiled,
        uncompiled,
        [work / str(n) for n in range(options.workers)],
        work / "results.jsonl",
    )
    options.page.write_text(table(results, options.rooms, options.seed), "utf-8")


def state() -> str:
    """Return a digest of sources and tests: results of other ones are thrown away."""
    digest = hashlib.sha256()
    for path in sorted([*(PROJECT / "src").rglob("*.py"), *(PROJECT / "tests").rglob("*.py")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def run(
    chosen: Sequence[Mutant], compiled: Baseline, uncompiled: Baseline, at: Sequence[Path], file: Path
) -> list[dict[str, object]]:
    """Judge the mutants that have no result yet, side by side in the copies; returns the results of all."""
    results = {r["id"]: r for r in map(json.loads, file.read_text("utf-8").splitlines())} if file.is_file() else {}
    copies: queue.Queue[Path] = queue.Queue()
    for path in at:
        copies.put(path)

    def of(mutant: Mutant) -> Baseline:
        return uncompiled if mutant.file.endswith(KERNELS) else compiled

    open_ones = [mutant for mutant in chosen if mutant.id not in results]
    with file.open("a", encoding="utf-8") as out, ThreadPoolExecutor(len(at)) as pool:
        running = [pool.submit(judged, mutant, of(mutant), copies) for mutant in open_ones]
        for result in (done.result() for done in as_completed(running)):
            results[result["id"]] = result
            out.write(json.dumps(result) + "\n")
            out.flush()
            print(f"{len(results)}/{len(chosen)} {result['outcome']}: {result['id']}", flush=True)
    return [results[mutant.id] for mutant in chosen]


if __name__ == "__main__":
    main()
