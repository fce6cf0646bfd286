"""Who is woken when. Time is the simulated one of the event loop; nothing here waits."""

import asyncio
import heapq
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.scheduler import GATHERED_FOR, SAFETY_INTERVAL, Scheduler
from tests.conftest import START, FakeClock
from tests.world import until

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


class LoopTime:
    """Moves the event loop's timers and APScheduler's clock together, from timer to timer."""

    def __init__(self, clock: FakeClock, loop: asyncio.AbstractEventLoop) -> None:
        self._clock, self._loop = clock, loop
        self._start = loop.time() - clock.instant.timestamp()

    def time(self) -> float:
        return self._start + self._clock.instant.timestamp()

    async def advance(self, by: timedelta) -> None:
        end = self._clock.instant + by
        while True:
            await self.settle()
            timers = [t for t in self._loop._scheduled if not t.cancelled()]  # type: ignore[attr-defined]
            at = min((t.when() - self._start for t in timers), default=None)
            if at is None or at > end.timestamp():
                break
            # A timer may be a hair early for whoever compares with the wall clock.
            later = datetime.fromtimestamp(at, UTC) + timedelta(milliseconds=2)
            self._clock.instant = max(self._clock.instant, later)
        self._clock.instant = max(self._clock.instant, end)
        await self.settle()

    async def settle(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0)


@pytest.fixture
async def time(clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> LoopTime:
    loop = asyncio.get_running_loop()
    time = LoopTime(clock, loop)
    monkeypatch.setattr(loop, "time", time.time)

    class Now(datetime):
        @classmethod
        def now(cls, tz=None):  # type: ignore[no-untyped-def]
            return clock.now().astimezone(tz)

    for module in ("apscheduler.schedulers.base", "apscheduler.executors.base"):
        monkeypatch.setattr(f"{module}.datetime", Now)
    monkeypatch.setattr("bot.core.scheduler.datetime", Now)
    heapq.heapify(loop._scheduled)  # type: ignore[attr-defined]
    return time


@pytest.fixture
async def scheduler(clock: FakeClock, time: LoopTime) -> Iterator[Scheduler]:
    scheduler = Scheduler(clock)
    scheduler.at_work = True  # by being woken alone, without its timers
    yield scheduler  # type: ignore[misc]
    await scheduler.stop()


class Work:
    """Notes when it is done, and does what the test says."""

    def __init__(self, clock: FakeClock, *due: datetime) -> None:
        self.clock, self.due = clock, list(due)
        self.done: list[datetime] = []
        self.running = self.most = 0
        self.go = asyncio.Event()
        self.go.set()
        self.error: Exception | None = None

    async def __call__(self) -> datetime | None:
        self.running += 1
        self.most = max(self.most, self.running)
        self.done.append(self.clock.now())
        try:
            await self.go.wait()
            if self.error is not None:
                raise self.error
        finally:
            self.running -= 1
        self.due = [at for at in self.due if at > self.clock.now()]
        return min(self.due, default=None)


async def test_what_was_due_while_the_bot_was_off_is_done_at_the_start(
    scheduler: Scheduler, clock: FakeClock, time: LoopTime
) -> None:
    work = Work(clock)
    scheduler.add("rounds", work)
    scheduler.start()
    await time.settle()
    assert work.done == [START]


async def test_it_wakes_at_the_instant_that_the_work_has_asked_for(
    scheduler: Scheduler, clock: FakeClock, time: LoopTime
) -> None:
    due = START + timedelta(days=2, hours=3, seconds=20)
    work = Work(clock, due)
    scheduler.add("rounds", work)
    scheduler.start()
    await time.advance(timedelta(days=2, hours=4))
    assert any(timedelta(0) <= at - due < timedelta(seconds=1) for at in work.done)


async def test_it_wakes_every_minute_in_case_something_was_missed(
    scheduler: Scheduler, clock: FakeClock, time: LoopTime
) -> None:
    work = Work(clock)
    scheduler.add("rounds", work)
    scheduler.start()
    await time.advance(10 * SAFETY_INTERVAL + timedelta(seconds=5))
    assert len(work.done) == 11
    assert SAFETY_INTERVAL == MINUTE


async def test_what_comes_within_a_second_of_such_work_is_done_together(
    scheduler: Scheduler, clock: FakeClock, time: LoopTime
) -> None:
    work = Work(clock)
    scheduler.add("posts", work)
    for _ in range(10):
        scheduler.wake_gathered("posts")
        await time.advance(GATHERED_FOR / 5)
    since = [(at - START) / GATHERED_FOR for at in work.done]
    assert since == pytest.approx([0, 1, 2], abs=0.01)


async def test_the_first_of_such_work_is_done_at_once_also_on_a_machine_that_has_just_started(
    scheduler: Scheduler, clock: FakeClock, time: LoopTime
) -> None:
    time._start = -START.timestamp()  # the loop's clock is at 0, as after a boot
    work = Work(clock)
    scheduler.add("posts", work)
    scheduler.wake_gathered("posts")
    await time.advance(GATHERED_FOR / 5)
    assert len(work.done) == 1


async def test_a_clock_that_was_wrong_for_a_moment_costs_a_minute_at_most(
    scheduler: Scheduler, clock: FakeClock, time: LoopTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    due = START + timedelta(seconds=30)
    work = Work(clock, due)
    scheduler.add("rounds", work)

    class Earlier(datetime):
        @classmethod
        def now(cls, tz=None):  # type: ignore[no-untyped-def]
            return clock.now().astimezone(tz) - timedelta(days=4)

    with monkeypatch.context() as wrong:
        wrong.setattr("apscheduler.schedulers.base.datetime", Earlier)
        scheduler.start()
        await time.settle()  # the timers are set, four days too late
    await time.advance(MINUTE + timedelta(seconds=1))
    assert work.done[-1] >= due


async def test_work_that_stays_due_does_not_keep_the_machine_busy(
    scheduler: Scheduler, clock: FakeClock, time: LoopTime
) -> None:
    times = []

    async def always_due() -> datetime:
        times.append(clock.now())
        return START - HOUR

    scheduler.add("rounds", always_due)
    scheduler.start()
    await time.advance(timedelta(seconds=30))
    assert 25 <= len(times) <= 35


async def test_the_same_work_never_runs_twice_at_once_and_runs_again_if_woken_meanwhile(
    scheduler: Scheduler, clock: FakeClock, time: LoopTime
) -> None:
    work = Work(clock)
    work.go.clear()
    scheduler.add("posts", work)
    for _ in range(5):
        scheduler.wake("posts")
    await time.settle()
    assert len(work.done) == 1
    for _ in range(5):
        scheduler.wake("posts")
    await time.settle()
    assert len(work.done) == 1

    work.go.set()
    await time.settle()
    assert len(work.done) == 2  # once more, for all that woke it
    assert work.most == 1


async def test_different_work_runs_side_by_side(
    scheduler: Scheduler, clock: FakeClock, time: LoopTime
) -> None:
    slow, quick = Work(clock), Work(clock)
    slow.go.clear()
    scheduler.add("slow", slow)
    scheduler.add("quick", quick)
    scheduler.start()
    await time.settle()
    assert (slow.running, len(quick.done), quick.running) == (1, 1, 0)
    slow.go.set()


async def test_an_error_is_logged_and_tried_again_a_minute_later(
    scheduler: Scheduler, clock: FakeClock, time: LoopTime, caplog: pytest.LogCaptureFixture
) -> None:
    work, other = Work(clock), Work(clock)
    work.error = RuntimeError("disk full")
    scheduler.add("posts", work)
    scheduler.add("rounds", other)
    scheduler.start()
    await time.settle()
    assert "the posts stumbled" in caplog.text
    assert "disk full" in caplog.text

    work.error = None
    await time.advance(MINUTE + timedelta(seconds=1))
    assert len(work.done) == 2
    assert len(other.done) == 2


async def test_who_wakes_work_that_is_about_to_fail_is_not_forgotten(
    scheduler: Scheduler, clock: FakeClock, time: LoopTime
) -> None:
    work = Work(clock)
    work.go.clear()
    scheduler.add("posts", work)
    scheduler.start()
    await until(lambda: work.running == 1)
    scheduler.wake("posts")
    work.error = OSError("disk full")
    work.go.set()
    await time.settle()
    work.error = None
    await time.advance(timedelta(seconds=2))
    assert len(work.done) == 2


async def test_a_later_answer_replaces_the_earlier_timer(
    scheduler: Scheduler, clock: FakeClock, time: LoopTime
) -> None:
    first, second = START + timedelta(seconds=30), START + timedelta(seconds=20)
    work = Work(clock, first)
    scheduler.add("rounds", work)
    scheduler.start()
    await time.settle()
    work.due.append(second)
    scheduler.wake("rounds")
    await time.advance(timedelta(seconds=25))
    assert any(at >= second for at in work.done)


async def test_settling_does_what_the_work_itself_has_brought_about(
    scheduler: Scheduler, clock: FakeClock
) -> None:
    posts = Work(clock)

    async def rounds() -> None:
        if not posts.done[1:]:
            scheduler.wake("posts")

    scheduler.add("posts", posts)
    scheduler.add("rounds", rounds)
    await scheduler.settle()
    assert len(posts.done) == 2
    assert posts.running == 0


async def test_stopping_cuts_off_what_runs_and_wakes_nobody_any_more(
    scheduler: Scheduler, clock: FakeClock, time: LoopTime
) -> None:
    work = Work(clock)
    work.go.clear()
    scheduler.add("posts", work)
    scheduler.start()
    await until(lambda: work.running == 1)
    await scheduler.stop()
    assert work.running == 0
    scheduler.wake("posts")
    await time.advance(5 * MINUTE)
    assert len(work.done) == 1


async def test_waking_work_that_nobody_has_is_nothing(scheduler: Scheduler) -> None:
    scheduler.wake("experiences")
    await scheduler.settle()
