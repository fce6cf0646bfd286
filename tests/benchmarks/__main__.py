"""`make bench`: times what ought to be quick, and says whether it is."""

import argparse
import asyncio
import gc
import logging
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.acknowledge import acknowledge
from tests.benchmarks.figures import Figure, as_table
from tests.benchmarks.processes import processes
from tests.benchmarks.schedules import schedules

BENCHMARKS = {run.__name__: run for run in (acknowledge, schedules, processes)}


async def _run(names: list[str], rounds: int) -> dict[str, list[Figure]]:
    gc.collect()
    gc.freeze()  # or our own collections would show as the bots' latency
    found = {}
    for name in names:
        with tempfile.TemporaryDirectory(prefix="paperclub-bench-") as folder:
            found[name] = await BENCHMARKS[name](Path(folder), rounds)
        sys.stdout.write(f"\n{name}\n{as_table(found[name])}\n")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"which of {', '.join(BENCHMARKS)}; else all")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured")
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    asyncio.run(_run(options.names or list(BENCHMARKS), options.rounds))


main()
