"""What the process costs before anybody has asked it for anything."""

import asyncio
import signal
from contextlib import AsyncExitStack
from pathlib import Path

from tests.benchmarks.beside import Side, both
from tests.benchmarks.figures import Figure, more, times

USUAL, FEW, MANY = 100, 10, 1000  # servers
MEMBERS = 10
REST = 5  # seconds until what the start needs is done


async def processes(folder: Path, rounds: int) -> list[Figure]:
    """Start and memory, each a process of its own beside a bare one, started in turn.

    Ready is when Discord has sent READY and all servers; the database is migrated, and Python has
    compiled both bots, as it does at a first start. Memory is what is resident five seconds later.
    In every server Paperclub is set up with five papers up for vote, and nothing is due.
    """
    start, memory = await _measure(USUAL, folder, rounds)
    _, few = await _measure(FEW, folder, rounds)
    _, many = await _measure(MANY, folder, rounds)
    growth = [
        [(big - small) * 1024 / (MANY - FEW) for small, big in zip(*both_sizes, strict=True)]
        for both_sizes in zip(few, many, strict=True)
    ]
    return [
        Figure.of("start to ready, 100 servers", "s", start[1], start[0], times(4)),
        Figure.of("memory at rest, 100 servers", "MB", memory[1], memory[0], more(60)),
        Figure.of("memory at rest, 10 servers", "MB", few[1], few[0]),
        Figure.of("memory at rest, 1,000 servers", "MB", many[1], many[0]),
        Figure.of("memory for each further server", "KB", growth[1], growth[0], times(1)),
    ]


Pair = tuple[list[float], list[float]]  # the bare bot's and ours


async def _measure(guilds: int, folder: Path, rounds: int) -> tuple[Pair, Pair]:
    start: Pair = ([], [])
    memory: Pair = ([], [])
    async with AsyncExitStack() as stack:
        sides = await both(guilds, MEMBERS, folder, stack)
        await _post_everything(sides[1])
        for _ in range(rounds):
            for number, side in enumerate(sides):
                ready, resident = await _live(side)
                start[number].append(ready)
                memory[number].append(resident)
    return start, memory


async def _post_everything(side: Side) -> None:
    """What the seeding has left to post is posted before anything is measured."""
    process = await side.start()
    await side.all_posted()
    await process.kill(signal.SIGTERM)


async def _live(side: Side) -> tuple[float, float]:
    process = await side.start()
    await side.quiet()
    await asyncio.sleep(REST)
    resident = process.rss_mb()
    await process.kill(signal.SIGTERM)
    return process.ready_after, resident
