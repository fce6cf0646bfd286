"""How long members wait for the first sign of an answer."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from itertools import count, repeat
from pathlib import Path
from typing import Any

from tests.benchmarks.beside import Load, Side, both, load
from tests.benchmarks.figures import Figure, at_most, more, times
from tests.benchmarks.seed import ANSWERED

GUILDS, MEMBERS = 20, 20
FEW, USUAL, MANY = 10, 50, 200  # a second
SECONDS = 4
Maker = Callable[[int], Any]


async def acknowledge(folder: Path, rounds: int) -> list[Figure]:
    """Acknowledging a command, from Discord's sending it to its receiving the answer.

    20 servers with 5 papers up for vote in each; 20 members take turns. Both bots run side by
    side and are asked in turn. Schedules are changed by few people: at the higher rate only what
    members do is measured. Questions come more slowly, and each is posted, with its thread, while
    others are taken; forms are opened before what is typed into them is timed.
    """
    async with AsyncExitStack() as stack:
        bare, ours = await both(GUILDS, MEMBERS, folder, stack)
        await bare.start()
        await ours.start()
        await ours.all_posted()
        makers: dict[str, tuple[Side, Maker]] = {
            "bare": (bare, _echo(bare)),
            "queue": (ours, _queue(ours)),
            "show": (ours, _show(ours)),
            "pause": (ours, _pause_and_resume(ours)),
            "vote": (ours, _vote(ours)),
        }
        for side, make in makers.values():
            await load(side, make, USUAL, 2)  # warm up
            await side.quiet()
        taken: dict[tuple[str, int], list[Load]] = {}
        for rate in (USUAL, MANY):
            for _ in range(rounds):
                for name, (side, make) in makers.items():
                    if (name, rate) == ("pause", MANY):
                        continue
                    taken.setdefault((name, rate), []).append(await load(side, make, rate, SECONDS))
                    await side.quiet()
        asked = await _asked(bare, ours, rounds)
    return [*_figures(taken), *_figures_of_asking(asked)]


async def _asked(bare: Side, ours: Side, rounds: int) -> dict[str, list[Load]]:
    await ours.take_questions()
    titles = (f"What is known of q{number}x and r{number}y?" for number in count())
    people = _members(ours)
    taken: dict[str, list[Load]] = {}
    for turn in range(rounds + 1):  # the first one warms up
        loads = {"bare": await load(bare, _echo(bare), FEW, SECONDS)}
        loads["form"] = await load(ours, _ask(ours), FEW, SECONDS)
        await ours.quiet()
        for name, title in (("posted", titles), ("similar", repeat(ANSWERED))):
            forms = [ours.slash(*people[number], "ask") for number in range(FEW * SECONDS)]
            await ours.opened(forms)
            make = _submit(ours, forms, title)
            loads[name] = await load(ours, make, FEW, SECONDS)
            await ours.quiet()
        if turn:
            for name, one in loads.items():
                taken.setdefault(name, []).append(one)
    return taken


def _figures_of_asking(taken: dict[str, list[Load]]) -> list[Figure]:
    bare = taken.pop("bare")
    names = {
        "form": "`/ask` (opens a form)",
        "posted": "a question by its form (writes)",
        "similar": "a question that has similar ones (writes)",
    }
    figures = []
    for name, ours in taken.items():
        what = f"{names[name]}, {FEW} a second"
        figures += [
            Figure.of(f"{what}: median", "ms", _medians(ours), _medians(bare), more(10)),
            Figure.of(f"{what}: 99 of 100 within", "ms", _p99s(ours), _p99s(bare)),
            Figure.of(
                f"{what}: unanswered", "failures",
                [run.failures for run in ours], [run.failures for run in bare], at_most(0),
            ),
        ]  # fmt: skip
    return figures


def _figures(taken: dict[tuple[str, int], list[Load]]) -> list[Figure]:
    names = {
        "queue": ("`/paper queue` (reads)", times(3), times(4)),
        "show": ("`/schedule show` (reads)", times(3), times(4)),
        "pause": ("`/schedule pause` and `resume` (write)", more(10), None),
        "vote": ("a vote by button (writes)", more(10), None),
    }
    figures = []
    for rate in (USUAL, MANY):
        bare = taken["bare", rate]
        for name, (words, at_median, at_p99) in names.items():
            if (name, rate) not in taken:
                continue
            ours = taken[name, rate]
            what = f"{words}, {rate} a second"
            if rate == MANY:
                at_median = at_p99 = None
            figures += [
                Figure.of(
                    f"{what}: median", "ms", _medians(ours), _medians(bare), at_median
                ),
                Figure.of(
                    f"{what}: 99 of 100 within", "ms", _p99s(ours), _p99s(bare), at_p99
                ),
                Figure.of(
                    f"{what}: processor time",
                    "ms",
                    [run.processor for run in ours],
                    [run.processor for run in bare],
                ),
                Figure.of(
                    f"{what}: unanswered", "failures",
                    [run.failures for run in ours], [run.failures for run in bare], at_most(0),
                ),
            ]  # fmt: skip
    return figures


def _medians(loads: list[Load]) -> list[float]:
    return [one.median for one in loads]


def _p99s(loads: list[Load]) -> list[float]:
    return [one.p99 for one in loads]


def _members(side: Side) -> list[tuple[Any, Any]]:
    """Members with their guilds, so that neighbours in the list are of different guilds."""
    by_guild = [
        [(member.user, guild) for member in guild.members_.values() if not member.user.bot]
        for guild in side.guilds
    ]
    return [pair for pairs in zip(*by_guild, strict=True) for pair in pairs]


def _echo(side: Side) -> Maker:
    people = _members(side)
    return lambda n: side.slash(*people[n % len(people)], "echo", text="hello")


def _queue(side: Side) -> Maker:
    people = _members(side)
    return lambda n: side.slash(*people[n % len(people)], "paper queue")


def _show(side: Side) -> Maker:
    people = _members(side)
    return lambda n: side.slash(*people[n % len(people)], "schedule show")


def _ask(side: Side) -> Maker:
    people = _members(side)
    return lambda n: side.slash(*people[n % len(people)], "ask")


def _submit(side: Side, forms: Sequence[Any], titles: Iterator[str]) -> Maker:
    """Each of the forms, which are open."""
    return lambda n: side.submission(forms[n], next(titles))


def _pause_and_resume(side: Side) -> Maker:
    """Each server in turn is paused by its owner, then each is resumed."""
    day = (datetime.now(UTC) + timedelta(days=60)).date().isoformat()

    def make(number: int) -> Any:
        turn, place = divmod(number, len(side.guilds))
        guild = side.guilds[place]
        owner = side.world.users[guild.owner_id]
        if turn % 2:
            return side.slash(owner, guild, "schedule resume")
        return side.slash(owner, guild, "schedule pause", until=day)

    return make


def _vote(side: Side) -> Maker:
    people = _members(side)
    cards: dict[str, list[Any]] = {}
    for card in side.cards():
        cards.setdefault(side.world.channels[card.channel_id].guild_id, []).append(card)

    def make(number: int) -> Any:
        member, guild = people[number % len(people)]
        of_guild = cards[guild.id]
        message = of_guild[number // len(people) % len(of_guild)]
        return side.click(member, guild, message, "Upvote")

    return make
