"""`paperclub run` as a real process, on a Discord and with papers of the test's own.

    Stage ── wire     the Discord: what people do and see, what the bot asked for, faults
          ├─ library  stands in for arXiv
          ├─ run()    starts the process
          ├─ seed()   the application's services in the test's process, to prepare the database
          └─ sleep_until_next_step()   the nights pass while no process runs

Nights pass by moving every instant in the database into the past, which for the process is the
same as if time had gone on. So the tests of a whole week need no help from the system; a few that
move the clock of a running process use Debian's `faketime`.
"""

import asyncio
import contextlib
import io
import os
import re
import shutil
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self
from unittest.mock import patch
from xml.sax.saxutils import escape

from aiohttp import web

from bot.app import Application, build
from bot.cli import main
from bot.communities.service import Actor
from bot.core.database import Base, UtcDateTime
from bot.core.database.migrate import migrate
from bot.core.time.parsing import WEEKDAYS
from bot.papers.sources.urls import SourceUrls
from bot.settings import Settings
from tests.conftest import FakeResolver

RUN = [sys.executable, "-m", "bot", "run"]
PAPERS = {
    "1706.03762": "Attention Is All You Need",
    "1512.03385": "Deep Residual Learning for Image Recognition",
    "1412.6980": "Adam: A Method for Stochastic Optimization",
    "1810.04805": "BERT: Pre-training of Deep Bidirectional Transformers",
}
# Seconds. A busy machine is slow, and Discord may limit a route for a minute, even twice.
PATIENCE = 150
STAMP = "%Y-%m-%d %H:%M:%S.%f"
FIRST_MARK = 1_000_000  # a card's container has this number and the outbox row's as its id


ROOT = Path(__file__).resolve().parents[2]


def group(name: str = "Reading") -> dict[str, Any]:
    """A server with an owner (alice), members, and the bot as the invite link brings it in."""
    guide = (ROOT / "docs" / "hosting.md").read_text()
    return {
        "name": name,
        "owner": "alice",
        "members": ["bob", "carol", "dave"],
        "channels": ["papers", "general", "staff"],
        "bot_permissions": int(re.search(r"&permissions=(\d+)", guide)[1]),
    }


def world(*groups: dict[str, Any]) -> dict[str, Any]:
    return {"users": ["alice", "bob", "carol", "dave"], "guilds": list(groups) or [group()]}


class Library:
    """Answers as arXiv's query API does, for the papers in `PAPERS`."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.away = False

    async def __aenter__(self) -> Self:
        application = web.Application()
        application.router.add_get("/{tail:.*}", self._answer)
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/api/query"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        number = request.query.get("id_list", "")
        self.asked.append(number)
        if self.away:
            return web.Response(status=503)
        entry = self._entry(number) if number in PAPERS else ""
        feed = f'<feed xmlns="http://www.w3.org/2005/Atom">{entry}</feed>'
        return web.Response(text=feed, content_type="application/atom+xml")

    def _entry(self, number: str) -> str:
        return (
            f"<entry><id>http://arxiv.org/abs/{number}v1</id>"
            f"<title>{escape(PAPERS[number])}</title><summary>We read it. It is good.</summary>"
            "<author><name>Ada Lovelace</name></author><published>2017-06-12T17:57:34Z</published>"
            f'<link href="http://arxiv.org/abs/{number}v1" rel="alternate" type="text/html"/>'
            "</entry>"
        )


class Stage:
    """A Discord, a folder, and the process between them."""

    def __init__(self, wire: Any, folder: Path, *groups: dict[str, Any], **how: Any) -> None:
        self.wire = wire.WireServer(world(*groups), **how)
        self.permission = wire.PERMS
        self.folder = folder
        self.file = folder / "paperclub.db"
        self.library = Library()
        self.jumps: list[float] = []  # when the clock did, by the wire's own

    def use(self, migrated: Path) -> Self:
        """Begin with a copy of this database, as after a first start."""
        self.folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(migrated, self.file)
        return self

    async def __aenter__(self) -> Self:
        async with contextlib.AsyncExitStack() as stack:
            await stack.enter_async_context(self.library)
            await stack.enter_async_context(self.wire)
            self._ending = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._ending.aclose()
        for bot in self.wire.bots:
            # Or asyncio complains of a transport that was not closed before its loop.
            bot.process._transport.close()

    @property
    def environment(self) -> dict[str, str]:
        urls = dict.fromkeys(SourceUrls.__dataclass_fields__, self.library.url)
        return {
            "PAPERCLUB_DATABASE_URL": self.url,
            "PAPERCLUB_CACHE_DIR": "",
            "PAPERCLUB_ALLOWED_NETWORKS": "127.0.0.0/8",
            "PAPERCLUB_RETRY_SECONDS": "0.3",
            "PYTHONFAULTHANDLER": "1",
            **{f"PAPERCLUB_{name.upper()}": url for name, url in urls.items()},
        }

    @property
    def url(self) -> str:
        return f"sqlite+aiosqlite:///{self.file}"

    async def run(self, *, wait: str | None = "ready", **more: Any) -> Any:
        """Start `paperclub run` and wait until Discord has seen it; returns wire's bot."""
        env = self.environment | more.pop("env", {})
        return await self.wire.start_bot(
            RUN, env=env, cwd=self.folder, wait=wait, timeout=PATIENCE, **more
        )

    async def stop(self) -> int:
        """Ask the process to end, as a service manager does; returns its exit status."""
        return await self.wire.kill_bot(signal.SIGTERM)

    async def crash(self) -> None:
        await self.wire.kill_bot(signal.SIGKILL)

    @asynccontextmanager
    async def seed(self, **parts: Any) -> AsyncIterator[Application]:
        """The services on the same database, while no process runs; with `parts` of `build`."""
        migrate(self.url)
        settings = Settings(_env_file=None, database_url=self.url, cache_dir=None, shards=1)
        application = build(settings, resolver=FakeResolver(), **parts)
        await application.scheduler.stop()  # what they have to say waits for the process
        try:
            yield application
        finally:
            await application.database.close()

    def actor(self, name: str, guild: str = "Reading", *, organiser: bool = False) -> Actor:
        community, member = self.wire.world.guild(guild).id, self.wire.user(name).id
        return Actor("discord", community, member, organiser=organiser)

    def sleep(self, time: timedelta) -> None:
        """Time passes while no process runs."""
        assert not (self.wire.bot and self.wire.bot.running), "the process would not notice"
        with closing(sqlite3.connect(self.file)) as connection, connection:
            for table in Base.metadata.sorted_tables:
                for column in table.columns:
                    if isinstance(column.type, UtcDateTime):
                        _move_back(connection, table.name, column.name, time)

    def sleep_until_next_step(self, *, ahead: float = 0) -> None:
        """Time passes until the next step of any round is due, or `ahead` seconds before."""
        self.sleep_until(self.next_step_at() - timedelta(seconds=ahead))

    def sleep_until(self, instant: datetime) -> None:
        self.sleep(instant - self.now())

    async def travel_until_next_step(self) -> None:
        """Time passes for a process that runs under faketime, and for Discord."""
        await self.quiet()
        await self.travel((self.next_step_at() - self.now()).total_seconds() + 1)

    async def travel(self, seconds: float) -> None:
        """Time passes for a process that runs under faketime, and for Discord.

        For the process all requests under way time out in that instant.
        """
        await asyncio.sleep(0.3)  # it sets its timers, and reads the answers it waits for
        self.jumps.append(self.wire.clock())
        self.wire.travel(seconds)

    def now(self) -> datetime:
        """The present, as Discord and the process see it."""
        return datetime.fromtimestamp(self.wire.world.now(), UTC)

    def next_step_at(self) -> datetime:
        """When the next step of any round is due."""
        return self.instant("SELECT min(next_due_at) FROM schedule")

    def instant(self, sql: str) -> datetime:
        """The instant that a query yields."""
        return _instant(self.query(sql)[0][0])

    def query(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)) as connection:
            return connection.execute(sql, values).fetchall()

    def unfinished(self) -> list[tuple[Any, ...]]:
        """What waits to go out, and not for a person to change something first."""
        return self.query(
            "WITH RECURSIVE parked(id) AS ("
            " SELECT id FROM outbox WHERE state = 'failed'"
            " UNION SELECT outbox.id FROM outbox JOIN parked ON outbox.anchor_id = parked.id"
            ") SELECT dedupe_key, state, last_error FROM outbox"
            " WHERE state IN ('pending', 'claimed') AND id NOT IN (SELECT id FROM parked)"
        )

    async def until(self, condition: Callable[[], Any]) -> Any:
        """Wait until something is so, and return what it is."""
        return await self.wire.wait_for(condition, PATIENCE)

    async def quiet(self) -> None:
        """Wait until nothing is due and everything has gone out."""
        await self.wire.wait_for(self.is_quiet, PATIENCE, poll=0.1)

    def is_quiet(self) -> bool:
        """Whether nothing is due and everything has gone out."""
        now = self.now().strftime(STAMP)
        due = self.query("SELECT id FROM schedule WHERE next_due_at <= ?", now)
        return not due and not self.unfinished()

    def deny(self, channel: str, *permissions: str, said: bool = True) -> None:
        """An organiser takes permissions from the bot; none gives all back.

        Where it is not `said`, the bot does not hear of it.
        """
        denied = sum(self.permission[name] for name in permissions)
        here = self.wire.channel(channel)
        here.permission_overwrites = [
            {"id": self.wire.world.bot.id, "type": 1, "allow": "0", "deny": str(denied)}
        ]
        if said:
            guild = self.wire.world.guilds[here.guild_id]
            self.wire.world.emit("CHANNEL_UPDATE", here, guild, here)

    def posted(self, pattern: str, where: str | None = None) -> list[Any]:
        """The bot's messages whose text has `pattern`, in a channel or anywhere, threads too."""
        channels = [where] if where else list(self.wire.world.messages)
        messages = [m for channel in channels for m in self.wire.bot_messages(channel)]
        return [m for m in messages if m.type == 0 and re.search(pattern, text_of(m))]

    def clean(self) -> None:
        """Discord had nothing to complain of.

        An answer to a person during which the clock jumped counts as lost: the bot gives another.
        """
        assert [v for v in self.wire.violations if not self._answers_again(v)] == []
        assert self.wire.unimplemented == []

    def _answers_again(self, violation: dict[str, Any]) -> bool:
        """Whether the clock jumped between this answer and the one that Discord has."""
        if "already been acknowledged" not in violation["what"]:
            return False
        given = [r.time for r in self.wire.requests if f"{r.method} {r.path}" == violation["where"]]
        return any(min(given) < jump < violation["time"] for jump in self.jumps)


def in_days(days: float) -> dict[str, str]:
    """The weekday and time, in UTC, of a meeting that many days from now."""
    at = datetime.now(UTC) + timedelta(days=days)
    return {"weekday": WEEKDAYS[at.weekday()], "time": f"{at:%H:%M}"}


def text_of(message: Any) -> str:
    """All that a message says, without its buttons."""
    return "\n".join(
        [message.content, *(c["content"] for c in parts(message.components) if "content" in c)]
    )


def pings_of(message: Any) -> list[str]:
    """Whom a message notified."""
    return [user["id"] for user in message.mentions]


def parts(components: Iterable[Any]) -> Iterable[Any]:
    """All components of a message, inner ones too."""
    for component in components:
        yield component
        yield from parts(component.get("components", ()))


def mark_of(message: Any) -> int | None:
    """The outbox row that a message delivers."""
    marks = [c["id"] - FIRST_MARK for c in parts(message.components) if c.get("id", 0) > FIRST_MARK]
    return marks[0] if marks else None


async def command(*arguments: str, folder: Path, env: dict[str, str] | None = None) -> Any:
    """Type `paperclub` with these arguments there; returns (status, stdout, stderr).

    It is this process that runs it, since a new one takes a second to begin.
    """
    return await asyncio.to_thread(_typed, arguments, folder, own_environment() | (env or {}))


async def command_alone(*arguments: str, folder: Path, env: dict[str, str] | None = None) -> Any:
    """The same in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *arguments),
        cwd=folder,
        env=own_environment() | (env or {}),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode, out.decode(), err.decode()


def own_environment() -> dict[str, str]:
    """The environment without settings of whoever runs the tests."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("PAPERCLUB_", "DISCORD_"))}


def _typed(arguments: tuple[str, ...], folder: Path, env: dict[str, str]) -> tuple[int, str, str]:
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with (
        contextlib.chdir(folder),
        patch.dict(os.environ, env, clear=True),
        patch.object(sys, "argv", ["paperclub", *arguments]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main()
            status = 0
        except SystemExit as end:
            status = int(end.code or 0)
    return status, *(stream.buffer.getvalue().decode() for stream in (out, err))


def _instant(stored: str) -> datetime:
    return datetime.strptime(stored, STAMP).replace(tzinfo=UTC)


def _move_back(connection: sqlite3.Connection, table: str, column: str, time: timedelta) -> None:
    rows = connection.execute(
        f'SELECT rowid, "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL'
    ).fetchall()
    connection.executemany(
        f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = ?',
        [((_instant(at) - time).strftime(STAMP), row) for row, at in rows],
    )
