"""Exactly once: nothing is lost and nothing is repeated, whatever happens and whenever.

PAPERCLUB_RUNS sets how many seeded weeks are lived through (50 in CI, else 10), PAPERCLUB_SEEDS
names single ones: PAPERCLUB_SEEDS=17,23 make test ARGS="-k exactly_once -n 0".
"""

import asyncio
import os
from collections import Counter

import pytest

from tests.process.chaos import Run

RUNS = int(os.environ.get("PAPERCLUB_RUNS") or (50 if os.environ.get("CI") == "true" else 10))
NAMED = [int(seed) for seed in os.environ.get("PAPERCLUB_SEEDS", "").split(",") if seed]
SEEDS = NAMED or list(range(RUNS))
AT_ONCE = 5
BATCHES = [SEEDS[start : start + AT_ONCE] for start in range(0, len(SEEDS), AT_ONCE)]


@pytest.mark.parametrize("seeds", BATCHES, ids=lambda seeds: "-".join(map(str, seeds)))
async def test_exactly_once(wire, tmp_path, seeds, record_property):
    """SIGKILL, lost answers, errors, rate limits and lost gateways, in seeded weeks."""
    runs = [Run(wire, tmp_path / str(seed), seed) for seed in seeds]
    ends = await asyncio.gather(*(run.live() for run in runs), return_exceptions=True)
    for seed, run, end in zip(seeds, runs, ends, strict=True):
        if isinstance(end, BaseException):
            pytest.fail(f"seed {seed}: {run.report(end)}")
    counts = sum(ends, Counter())
    record_property("counts", dict(counts))
