"""A crash at each await of each step of a week, one after the other, then a restart.

Whatever the instant of the crash: after the restart, everything is as if there had been none. The
people see the same messages, threads and entries, and the database holds the same records.
"""

from copy import deepcopy
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.effort import Effort
from tests.exactly_once.club import Club, Snapshot, assert_one_of_each, crash_at_each_await
from tests.world import World

STAGES = ("begin", "pick", "answers", "remind_day", "remind_hour", "start", "end")
TABLES = (
    # Edits differ: a card that goes out later needs fewer. What they lead to is seen.
    "SELECT dedupe_key, state, message_ref, sent_at FROM outbox WHERE kind <> 'edit' ORDER BY id",
    "SELECT * FROM outbox WHERE claimed_at IS NOT NULL OR state NOT IN ('sent', 'expired')",
    "SELECT * FROM paper ORDER BY id",
    "SELECT * FROM nomination ORDER BY id",
    "SELECT * FROM vote ORDER BY nomination_id, member_ref",
    "SELECT * FROM round ORDER BY id",
    "SELECT * FROM round_step ORDER BY round_id, step",
    "SELECT * FROM rsvp ORDER BY round_id, member_ref",
    "SELECT * FROM schedule",
    "SELECT * FROM incident",
)


@pytest.mark.parametrize("stage", STAGES)
async def test_a_crash_at_every_await(
    club: Club, world: World, stage: str, tmp_path: Path, effort: Effort
) -> None:
    stages = club.stages("arXiv:1706.03762")
    for earlier in STAGES[: STAGES.index(stage)]:
        await stages[earlier]()
    before = await Snapshot.of(club, world, tmp_path / "before.db")
    await crash_at_each_await(club, before, stages[stage], partial(everything, club, world), effort)


async def test_the_week_that_the_crashes_are_compared_with(club: Club, world: World) -> None:
    await club.week("arXiv:1706.03762")

    assert_one_of_each(world)


async def everything(club: Club, world: World) -> list[Any]:
    """What there is to see, and what is stored."""
    seen = [
        [(m.ref, m.place, m.mark, m.post, m.late, m.sent_at) for m in world.messages],
        deepcopy(world.threads),
        deepcopy(world.calendar),
    ]
    return seen + [await club.read(statement) for statement in TABLES]
