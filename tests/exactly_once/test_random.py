"""Seeded weeks with several crashes each, while requests fail in every way that requests fail."""

import logging
import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.core.courier import Delivery
from tests.effort import Effort
from tests.exactly_once.club import Club, Snapshot, assert_one_of_each
from tests.world import Fault, World

log = logging.getLogger(__name__)  # `pytest -rP` shows the counts

FEW, MANY, PARTS = 6, 500, 2  # weeks in `make test` and in `make soak`, shared by two tests
ENOUGH = 20  # weeks in which everything happens that can
FAULTS = [Fault.LOST, Fault.UNREACHED, Fault.BUSY, Fault.REFUSED, Fault.BUG]
MOST_FAULTS = 3  # of one delivery, so that no reminder comes too late to be worth sending


@pytest.mark.parametrize("part", range(PARTS))
async def test_weeks_with_crashes_and_faults(
    club: Club, world: World, part: int, tmp_path: Path, effort: Effort
) -> None:
    before = await Snapshot.of(club, world, tmp_path / "before.db")
    happened: Counter[Fault] = Counter()
    for seed in effort.seeds(FEW, MANY, part=part, parts=PARTS):
        await before.restore()
        chance = random.Random(seed)
        world.fault = faults(chance, happened)
        await club.live(lives(chance))
        for stage in club.stages("arXiv:1706.03762").values():
            await stage()
            await settle(club)
        assert_one_of_each(world, f"seed {seed}")
    counts = {fault.name.lower(): number for fault, number in happened.items()}
    log.warning("%d weeks, %d crashes, %s", effort.done, club.crashes, counts)
    if effort.done >= ENOUGH:
        assert club.crashes > effort.done
        assert set(happened) == set(FAULTS)


def lives(chance: random.Random) -> Iterator[int]:
    """The first processes die soon; the last one lives."""
    return iter([chance.randint(1, 60) for _ in range(chance.randint(1, 4))])


def faults(chance: random.Random, happened: Counter[Fault]) -> Callable[[Delivery], Fault]:
    had: Counter[int] = Counter()

    def fault(delivery: Delivery) -> Fault:
        if had[delivery.id] == MOST_FAULTS or chance.random() < 0.85:
            return Fault.NONE
        had[delivery.id] += 1
        (chosen,) = chance.sample(FAULTS, 1)
        happened[chosen] += 1
        return chosen

    return fault


WAITING = (
    "SELECT count(*), min(not_before), sum(state = 'failed') FROM outbox "
    "WHERE state NOT IN ('sent', 'expired') AND dedupe_key NOT LIKE 'notice:%'"
)


async def settle(club: Club) -> None:
    """Time passes and permissions come back until nothing waits any more."""
    while True:
        ((waiting, at, refused),) = await club.read(WAITING)
        if not waiting:
            return
        due = datetime.fromisoformat(at).replace(tzinfo=club.clock.now().tzinfo)
        club.clock.instant = max(due, club.clock.now() + timedelta(seconds=20))
        if refused:
            await club.do(lambda: club.application.communities.problems.retry("discord", club.ref))
        await club.tick()
