"""Each account of a blog is posted exactly once, whatever happens and whenever.

PAPERCLUB_RUNS and PAPERCLUB_SEEDS set how many seeded weeks, or which: see test_exactly_once.py.
"""

import asyncio
from collections import Counter

import pytest

from tests.process.feed_chaos import Run
from tests.process.test_exactly_once import BATCHES


@pytest.mark.parametrize("seeds", BATCHES, ids=lambda seeds: "-".join(map(str, seeds)))
async def test_feeds_exactly_once(wire, tmp_path, seeds, record_property):
    """SIGKILL, lost answers, errors, rate limits and sites that fail, in seeded weeks."""
    runs = [Run(wire, tmp_path / str(seed), seed) for seed in seeds]
    ends = await asyncio.gather(*(run.live() for run in runs), return_exceptions=True)
    for seed, run, end in zip(seeds, runs, ends, strict=True):
        if isinstance(end, BaseException):
            pytest.fail(f"seed {seed}: {run.report(end)}")
    counts = sum(ends, Counter())
    record_property("counts", dict(counts))
