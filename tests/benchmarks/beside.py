"""Two bots on a Discord on loopback, each with its own: ours, and a bare one of discord.py.

The loopback Discord lies beside the checkout, in `shared/` (or PAPERCLUB_SHARED).
"""

import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar

from bot.core.database.migrate import migrate
from tests.benchmarks.seed import PAPERS, seed, seed_questions

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("PAPERCLUB_SHARED") or ROOT.parent / "shared")
if not (SHARED / "wire").is_dir():
    raise SystemExit(f"There is no loopback Discord at {SHARED}. Set PAPERCLUB_SHARED.")
sys.path.append(str(SHARED))

from wire.bench import REF, big_world, cpu_seconds, percentile  # noqa: E402 - its folder is known only now
from wire.interactions import Interaction  # noqa: E402
from wire.server import WireServer  # noqa: E402

COMMAND, COMPONENT, FORM = 2, 3, 5  # Discord's interaction types
TEXT = 4  # its type of a field that is typed in
START_LIMIT = 120  # seconds
T = TypeVar("T")


class Side:
    """A bot with a Discord of its own. Rate limits are off: they would measure our waiting."""

    def __init__(self, guilds: int, members: int, *, database: Path | None = None) -> None:
        self.server = WireServer(big_world(guilds, members), limits=None, keep_bodies=False)
        self.world = self.server.world
        self.guilds = list(self.world.guilds.values())
        self.is_ours = database is not None
        self._url = f"sqlite+aiosqlite:///{database}"

    async def __aenter__(self) -> Self:
        if self.is_ours:
            migrate(self._url)
            await seed(self._url, [_places(guild) for guild in self.guilds])
        await self.server.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.server.__aexit__(*error)

    async def start(self) -> Any:
        """Start the bot; returns when its commands are registered and its guilds are there."""
        command, environment = REF, {"PYTHONDONTWRITEBYTECODE": ""}  # a host compiles once
        if self.is_ours:
            command = [sys.executable, "-m", "bot", "run"]
            environment |= {"PAPERCLUB_DATABASE_URL": self._url, "PAPERCLUB_CACHE_DIR": ""}
        return await self.server.start_bot(
            command, environment, cwd=ROOT, wait="commands", timeout=START_LIMIT
        )

    def slash(self, member: Any, guild: Any, words: str, **options: Any) -> Interaction:
        """A member's use of a slash command, ready to be launched."""
        name, *rest = words.split()
        registered = next(
            one for some in self.world.commands.values() for one in some.values()
            if one.name == name and one.type == 1
        )  # fmt: skip
        schema, wrap = self.server._leaf(registered, rest, words)
        values = [
            {"name": o["name"], "type": o["type"], "value": options[o["name"]]}
            for o in schema
            if o["name"] in options
        ]
        data = {"id": registered.id, "name": name, "type": 1, "options": wrap(values)}
        channel = next(iter(guild.channels_.values()))
        return Interaction(self.server, COMMAND, member, channel, guild, data, label=words)

    def click(self, member: Any, guild: Any, message: Any, label: str) -> Interaction:
        """A member's press of a button, ready to be launched."""
        button = self.server.component(message, label)
        data = {"custom_id": button["custom_id"], "component_type": 2, "id": button["id"]}
        channel = self.world.channels[message.channel_id]
        return Interaction(
            self.server, COMPONENT, member, channel, guild, data, source=message, label=label
        )

    async def opened(self, forms: Sequence[Interaction]) -> None:
        """Launch what is answered by a form, and return when all of them are open."""
        for form in forms:
            self.server.launch(form)
            await form.wait(lambda form=form: form.acked, START_LIMIT)
            assert form.modal is not None, form

    def submission(self, opened: Interaction, typed: str) -> Interaction:
        """A form with its first field filled in, ready to be launched."""
        parts = []
        for number, part in enumerate(opened.modal["components"]):
            field = part["component"]
            filled = {"type": field["type"], "id": 100 + number, "custom_id": field["custom_id"]}
            if field["type"] == TEXT:
                filled["value"] = "" if number else typed
            else:
                options = field.get("options", ())
                filled["values"] = [one["value"] for one in options if one.get("default")]
            parts.append({"type": part["type"], "id": number + 1, "component": filled})
        data = {"custom_id": opened.modal["custom_id"], "components": parts}
        return Interaction(
            self.server, FORM, opened.user, opened.channel, opened.guild, data, label="a form"
        )

    async def all_posted(self) -> None:
        """Return when what the seeding has nominated is up for vote in every server."""
        wanted = len(self.guilds) * len(PAPERS)
        await self.server.wait_for(lambda: len(self.cards()) == wanted, START_LIMIT)

    async def take_questions(self) -> None:
        """Have each server take questions, and know one that is answered."""
        await seed_questions(self._url, [_places(guild) for guild in self.guilds])

    def cards(self) -> list[Any]:
        """What the bot has posted of its own accord: here, the papers up for vote."""
        return [card for posted in self.world.messages.values() for card in posted.values()]

    async def quiet(self) -> None:
        """Return when the bot has had nothing to say for a second; forget what it said."""
        seen = -1
        while seen != len(self.server.requests):
            seen = len(self.server.requests)
            await asyncio.sleep(1)
        self.server.tokens.clear()
        self.server.requests.clear()
        self.server.lines.clear()
        self.server.interactions.clear()


@dataclass(frozen=True)
class Load:
    """How long acknowledgements took, and the bot's processor time for each; in milliseconds."""

    median: float
    p99: float
    processor: float
    failures: int


async def load(side: Side, make: Callable[[int], Interaction], rate: float, seconds: float) -> Load:
    """Launch `rate` interactions a second, on schedule whether or not earlier ones are answered."""
    loop = asyncio.get_running_loop()
    made = [make(number) for number in range(int(rate * seconds))]
    start, processor = loop.time(), cpu_seconds(side.server.bot)
    for number, interaction in enumerate(made):
        await asyncio.sleep(start + number / rate - loop.time())
        side.server.launch(interaction)
    limit = side.server.ack_seconds + 1
    await side.server.wait_for(lambda: all(one.acked for one in made), limit, fail=False)
    took = [one.latency * 1000 for one in made if one.acked]
    processor = (cpu_seconds(side.server.bot) - processor) * 1000 / len(made)
    return Load(percentile(took, 50), percentile(took, 99), processor, len(made) - len(took))


async def p95(run: Callable[[T], Awaitable[object]], given: Sequence[T]) -> float:
    """Of 100 runs, one after the other, 95 take at most this; in milliseconds."""
    took = []
    for one in given:
        started = time.perf_counter()
        await run(one)
        took.append((time.perf_counter() - started) * 1000)
        await asyncio.sleep(0)
    return float(percentile(took, 95))


async def both(guilds: int, members: int, folder: Path, stack: AsyncExitStack) -> tuple[Side, Side]:
    """The bare bot's side and ours, not yet started."""
    bare = await stack.enter_async_context(Side(guilds, members))
    ours = await stack.enter_async_context(Side(guilds, members, database=folder / f"{guilds}.db"))
    return bare, ours


def _places(guild: Any) -> tuple[str, str, str]:
    """A guild's id, and those of its papers channel and of its owner."""
    return guild.id, next(iter(guild.channels_)), guild.owner_id
