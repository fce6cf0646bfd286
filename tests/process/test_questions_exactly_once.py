"""Each question, answer, offer and digest is said exactly once, whatever happens and whenever.

PAPERCLUB_RUNS and PAPERCLUB_SEEDS set how many seeded weeks, or which: see test_exactly_once.py.
"""

import asyncio
import os
from collections import Counter

import pytest

from tests.process.question_chaos import Run
from tests.process.test_exactly_once import AT_ONCE, NAMED

RUNS = int(os.environ.get("PAPERCLUB_RUNS") or (20 if os.environ.get("CI") == "true" else 5))
SEEDS = NAMED or list(range(RUNS))
BATCHES = [SEEDS[start : start + AT_ONCE] for start in range(0, len(SEEDS), AT_ONCE)]


@pytest.mark.parametrize("seeds", BATCHES, ids=lambda seeds: "-".join(map(str, seeds)))
async def test_questions_exactly_once(wire, tmp_path, seeds, record_property):
    """SIGKILL, lost answers, errors, rate limits and lost gateways, in seeded weeks."""
    runs = [Run(wire, tmp_path / str(seed), seed) for seed in seeds]
    ends = await asyncio.gather(*(run.live() for run in runs), return_exceptions=True)
    for seed, run, end in zip(seeds, runs, ends, strict=True):
        if isinstance(end, BaseException):
            pytest.fail(f"seed {seed}: {run.report(end)}")
    counts = sum(ends, Counter())
    record_property("counts", dict(counts))
