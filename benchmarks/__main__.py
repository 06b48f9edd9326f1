"""Run every benchmark, or those named: `python -m benchmarks [NAME ...]`."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import benchmarks

NO_BENCHMARKS = {"__main__", "a_server"}


def main() -> int:
    """Run the named benchmarks, or all; each prints what it compares with what."""
    names = sorted(one.name for one in pkgutil.iter_modules(benchmarks.__path__) if one.name not in NO_BENCHMARKS)
    wanted = sys.argv[1:] or names
    for unknown in set(wanted) - set(names):
        print(f"no benchmark {unknown!r}; there are {', '.join(names)}", file=sys.stderr)
        return 2
    for name in wanted:
        print(f"\n== {name}: {(importlib.import_module(f'benchmarks.{name}').__doc__ or '').strip()}", flush=True)
        importlib.import_module(f"benchmarks.{name}").run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
