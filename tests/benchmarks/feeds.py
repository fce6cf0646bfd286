"""How many feeds can be kept read."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from tests.benchmarks.beside import ROOT, SHARED
from tests.benchmarks.feed_followers import Outcome
from tests.benchmarks.figures import Figure, at_least_times

FEEDS = 1_000
CHANGED = FEEDS // 20
REPEATED = 3  # the short situations, in each round
LOOK = 0.05  # seconds between two looks at the memory
LONGEST = 300  # seconds that one situation may take
SIDES = ("reader", "paperclub")
FIRST, UNCHANGED, SOME = "first fetch", "all unchanged (304)", "5 % changed"
TARGETS = {FIRST: 4, UNCHANGED: 10, SOME: 4}


@dataclass
class Measured:
    """What both sides took, by side and situation; memory in MB."""

    rates: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    processor: dict[tuple[str, str], list[float]] = field(default_factory=dict)  # ms for each feed
    memory: dict[str, list[float]] = field(default_factory=dict)
    ceilings: list[float] = field(default_factory=list)  # of the server, in answers a second


async def feeds(folder: Path, rounds: int) -> list[Figure]:
    """1,000 feeds, followed by Paperclub and by `reader` (4 workers), a process each, in turn.

    They are made from the saved ones, 53 kB on average, each with addresses, ids and titles of its
    own; each is on a host of its own on loopback. Paperclub does all that it does with a feed: it
    asks, parses, tells experiences apart, records them, and puts what is to be posted into the
    outbox (here ten communities follow 100 feeds each). What searches need, and the facts of what
    isn't posted, follow later; they are not part of this, for either side. Memory is what all
    processes of a side had resident together at their worst; what they share is counted once for
    each. What the server could answer goes by its processor time when all is unchanged.
    """
    measured = Measured()
    for number in range(rounds):
        place = folder / str(number)
        place.mkdir()
        await _measure(place, measured)
    return _figures(measured)


async def _measure(folder: Path, measured: Measured) -> None:
    """All situations once or more; the two sides meet each of them one after the other."""
    real = SHARED / "feeds" / "real"
    async with _talking("feed_server", str(real), str(FEEDS)) as server:
        start = await server.hear()
        changing = iter(start["changing"])
        async with (
            _talking("feed_followers", "reader", str(folder)) as reader,
            _talking("feed_followers", "paperclub", str(folder)) as paperclub,
        ):
            sides = {"reader": reader, "paperclub": paperclub}
            for side in sides.values():
                await side.say(json.dumps(start["urls"]))
            known = await _meet(FIRST, sides, measured)
            for _ in range(REPEATED):
                before = await server.ask("note")
                assert await _meet(UNCHANGED, sides, measured) == known, "nothing was new"
                after = await server.ask("note")
                taken = after["processor"] - before["processor"]
                measured.ceilings.append((after["requests"] - before["requests"]) / taken)
            for _ in range(REPEATED):
                numbers = islice(changing, CHANGED)
                await server.ask(f"change {' '.join(map(str, numbers))}")
                more = await _meet(SOME, sides, measured)
                for name in SIDES:
                    assert more[name] > known[name], f"{name} has missed what was new"
                known = more
            for name, side in sides.items():
                measured.memory.setdefault(name, []).append(side.most_memory)


async def _meet(situation: str, sides: dict[str, "_Talk"], measured: Measured) -> dict[str, int]:
    """Have each side ask all feeds; returns how many entries each knows then."""
    known = {}
    for name in SIDES:
        before = sides[name].processor()
        outcome = Outcome(**await sides[name].ask("go"))
        processor = (sides[name].processor() - before) * 1000 / FEEDS
        measured.rates.setdefault((name, situation), []).append(FEEDS / outcome.seconds)
        measured.processor.setdefault((name, situation), []).append(processor)
        known[name] = outcome.known
    return known


def _figures(measured: Measured) -> list[Figure]:
    rates, processor, memory = measured.rates, measured.processor, measured.memory
    figures = []
    for situation, least in TARGETS.items():
        ours, theirs = ("paperclub", situation), ("reader", situation)
        figures += [
            Figure.of(
                situation, "feeds/s", rates[ours], rates[theirs], at_least_times(least), "reader"
            ),
            Figure.of(
                f"{situation}: processor time of all processes, a feed", "ms",
                processor[ours], processor[theirs],
            ),
        ]  # fmt: skip
    return [
        *figures,
        Figure.of("memory of all processes", "MB", memory["paperclub"], memory["reader"]),
        Figure.of("what the server could answer", "feeds/s", measured.ceilings),
    ]


class _Talk:
    """A process that is told things line by line, and says lines of JSON."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.most_memory = 0.0

    async def say(self, line: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(line.encode() + b"\n")
        await self._process.stdin.drain()

    async def hear(self) -> dict[str, Any]:
        assert self._process.stdout
        line = await asyncio.wait_for(self._process.stdout.readline(), LONGEST)
        if not line:
            raise SystemExit("A process of the benchmark has ended; what it said stands above.")
        said: dict[str, Any] = json.loads(line)
        return said

    async def ask(self, line: str) -> dict[str, Any]:
        await self.say(line)
        return await self.hear()

    def processor(self) -> float:
        """Seconds of processor time, with those of all that it has started and that still live."""
        return sum(_processor(pid) for pid in _descent(self._process.pid))

    async def watch(self) -> None:
        while True:
            resident = sum(_resident(pid) for pid in _descent(self._process.pid))
            self.most_memory = max(self.most_memory, resident)
            await asyncio.sleep(LOOK)


@asynccontextmanager
async def _talking(module: str, *arguments: str) -> AsyncIterator[_Talk]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        f"tests.benchmarks.{module}",
        *arguments,
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=2**20,
    )
    talk = _Talk(process)
    watching = asyncio.create_task(talk.watch())
    try:
        yield talk
    finally:
        watching.cancel()
        assert process.stdin
        process.stdin.close()  # it ends when there is nothing more to obey
        await process.wait()


def _descent(pid: int) -> list[int]:
    """A process and all that descend from it."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").glob("*/children"))
        children = [int(child) for task in tasks for child in task.read_text().split()]
    except OSError:
        return []
    return [pid, *(one for child in children for one in _descent(child))]


def _resident(pid: int) -> float:
    """MB."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _processor(pid: int) -> float:
    """Seconds."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")
