"""Whether ten thousand schedules are kept at once, and to the second."""

import asyncio
import shutil
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.app import Application, build
from bot.core.courier import Delivery, Sent
from bot.core.database.migrate import migrate
from bot.core.post import Post
from tests.benchmarks.figures import Figure, at_most
from tests.benchmarks.seed import seed, settings_for

COMMUNITIES = 10_000
TOGETHER = 100  # meet at the same minute
AHEAD = timedelta(seconds=1.5)
LONGEST_WAIT = 60  # seconds


@dataclass
class ShiftedClock:
    """The machine's clock, moved."""

    by: timedelta = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.by

    async def sleep_until(self, when: datetime) -> None:
        await asyncio.sleep(max((when - self.now()).total_seconds(), 0))


@dataclass
class Recorder:
    """A sender that notes when each announcement reached it."""

    clock: ShiftedClock
    expected: int
    announced: list[datetime] = field(default_factory=list)
    done: asyncio.Event = field(default_factory=asyncio.Event)

    async def find(self, delivery: Delivery) -> Sent | None:
        return None

    async def send(self, delivery: Delivery) -> Sent:
        action = delivery.action
        if isinstance(action, Post) and action.title.startswith("Paper of the week"):
            self.announced.append(self.clock.now())
            if len(self.announced) == self.expected:
                self.done.set()
        return Sent(f"{delivery.destination}/{delivery.id}", delivery.destination)


async def schedules(folder: Path, rounds: int) -> list[Figure]:
    """10,000 communities, each with its schedule and an open round.

    The time to load is from building the application until it knows what is due next. A round is
    measured from the instant at which its pick is due until its announcement reaches the sender.
    """
    alone, together = folder / "alone.db", folder / "together.db"
    await _make(alone, 1)
    await _make(together, TOGETHER)
    loads = [await _load(alone) for _ in range(rounds)]
    one = [await _announce(alone, 1) for _ in range(rounds)]
    many = [await _announce(together, TOGETHER) for _ in range(rounds)]
    what = f"the last of {TOGETHER} rounds due at one minute is announced after"
    return [
        Figure.of("10,000 schedules load in", "s", loads, target=at_most(2)),
        Figure.of("a due round is announced after", "s", one, target=at_most(2)),
        Figure.of(what, "s", many),
    ]


async def _make(database: Path, due: int) -> None:
    """`due` communities as people set them up, and copies of the first that are due later."""
    url = _url(database)
    migrate(url)
    await seed(url, [(f"c{n}", f"papers-{n}", "olga") for n in range(1, due + 1)])
    with closing(sqlite3.connect(database)) as connection:
        for number in range(due + 1, COMMUNITIES + 1):
            for table, changed in (
                ("community", {"external_id": f"c{number}", "papers_channel_ref": f"p{number}"}),
                ("schedule", {"community_id": number, "next_due_at": "2100-01-01 00:00:00.000000"}),
                ("round", {"community_id": number, "schedule_id": number}),
            ):
                _copy_first(connection, table, {"id": number, **changed})
        connection.commit()


def _copy_first(connection: sqlite3.Connection, table: str, changed: dict[str, object]) -> None:
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    values = ", ".join("?" if column in changed else column for column in columns)
    connection.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} WHERE id = 1",
        [changed[column] for column in columns if column in changed],
    )


async def _load(database: Path) -> float:
    start = time.monotonic()
    application = build(settings_for(_url(database)))
    await application.rounds.advance_due()
    took = time.monotonic() - start
    await _end(application)
    return took


async def _announce(database: Path, expected: int) -> float:
    """How many seconds after it was due the last of the expected announcements is sent."""
    copy = database.with_name(f"{database.stem}-{time.monotonic_ns()}.db")
    shutil.copy(database, copy)
    clock = ShiftedClock()
    recorder = Recorder(clock, expected)
    application = build(settings_for(_url(copy)), clock=clock, sender=recorder)
    picks = await _first_pick(copy)
    clock.by = picks - timedelta(minutes=1) - datetime.now(UTC)
    await application.tick()  # the calls for nominations, which come before
    clock.by = picks - AHEAD - datetime.now(UTC)
    application.scheduler.start()
    await asyncio.wait_for(recorder.done.wait(), LONGEST_WAIT)
    await _end(application)
    return (recorder.announced[-1] - picks).total_seconds()


async def _first_pick(database: Path) -> datetime:
    with closing(sqlite3.connect(database)) as connection:
        (meets_at,) = connection.execute("SELECT meets_at FROM round WHERE id = 1").fetchone()
    return datetime.fromisoformat(meets_at).replace(tzinfo=UTC) - timedelta(days=3)


async def _end(application: Application) -> None:
    await application.scheduler.stop()
    await application.database.close()


def _url(database: Path) -> str:
    return f"sqlite+aiosqlite:///{database}"
