"""Exactly once: nothing is lost and nothing is repeated, whatever happens and whenever.

Seeded weeks of the real process, with SIGKILL, lost answers, errors, rate limits, lost gateways and
sites that fail. One week again: make soak ARGS="-k 'process and papers' --seed 17 --minutes 0".
"""

import asyncio
from collections import Counter
from itertools import islice

import pytest

from tests.effort import Effort
from tests.process import chaos, feed_chaos, question_chaos

KINDS = {"papers": chaos.Run, "feeds": feed_chaos.Run, "questions": question_chaos.Run}
FEW, MANY = 2, 50  # weeks of each kind in `make test` and in `make soak`
AT_ONCE = 3  # the most part of a week is waiting


@pytest.mark.parametrize("kind", KINDS)
async def test_exactly_once(wire, tmp_path, migrated, kind, record_property, effort: Effort):
    counts: Counter[str] = Counter()
    seeds = effort.seeds(FEW, MANY)
    while batch := list(islice(seeds, AT_ONCE)):
        runs = [KINDS[kind](wire, tmp_path / str(seed), seed) for seed in batch]
        for run in runs:
            run.stage.use(migrated)
        ends = await asyncio.gather(*(run.live() for run in runs), return_exceptions=True)
        for seed, run, end in zip(batch, runs, ends, strict=True):
            if isinstance(end, BaseException):
                pytest.fail(f"seed {seed}: {run.report(end)}")
            counts.update(end)
    record_property("counts", dict(counts))
