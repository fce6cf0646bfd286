"""`make bench`: times what ought to be quick, and says whether it is."""

import argparse
import asyncio
import gc
import logging
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.acknowledge import acknowledge
from tests.benchmarks.feeds import feeds
from tests.benchmarks.figures import as_table
from tests.benchmarks.processes import processes
from tests.benchmarks.questions import questions
from tests.benchmarks.report import write
from tests.benchmarks.schedules import schedules
from tests.benchmarks.search import search

BENCHMARKS = {
    run.__name__: run for run in (acknowledge, schedules, processes, feeds, search, questions)
}
PAGE = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"which of {', '.join(BENCHMARKS)}; else all")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name}")
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    gc.collect()
    gc.freeze()  # or our own collections would show as the bots' latency
    found = {}
    for name in options.names or BENCHMARKS:
        benchmark = BENCHMARKS[name]
        with tempfile.TemporaryDirectory(prefix="paperclub-bench-") as folder:
            found[benchmark] = asyncio.run(benchmark(Path(folder), options.rounds))
        sys.stdout.write(f"\n{name}\n{as_table(found[benchmark])}\n")
        sys.stdout.flush()
    if options.write:
        command = f"python -m tests.benchmarks {' '.join(sys.argv[1:])}"
        write(PAGE, found, command, options.rounds)


main()
