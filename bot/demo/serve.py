"""`paperclub demo`: opens the simulated server, tells where it is, and waits for the end."""

import asyncio
import contextlib
import logging
import signal
import tempfile
import threading
import webbrowser
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import typer
from simcord import SetupError
from simcord.env import Env

from bot.app import Application, build
from bot.core.database.migrate import migrate
from bot.core.errors import PaperclubError
from bot.core.http.client import HttpClient, Limits
from bot.core.time.clock import SystemClock
from bot.demo.blog import DemoBlog
from bot.demo.guide import Guide
from bot.demo.people import People
from bot.demo.pump import Pump, adopt_clock, ignore_refusals, settle_quickly, stop_bot
from bot.demo.resolver import PATIENCE, DemoResolver
from bot.demo.seed import AGO, local_zone, seed
from bot.demo.timekeeper import DemoClock
from bot.demo.world import World, build_world
from bot.papers.library import PaperResolver
from bot.papers.sources.resolver import Resolver
from bot.papers.sources.urls import PACES
from bot.settings import Settings

# They would take the terminal, and the page needs more than they can do.
_TEXT_BROWSERS = ("www-browser", "w3m", "lynx", "links", "elinks")

_WELCOME = """\
Paperclub runs in a simulated server. No token, no account; what you do stays on this machine.

  {url}

  1. Nominate: type /paper nominate and paste a link, say https://arxiv.org/abs/2106.09685
  2. Vote with the Upvote buttons.
  3. Type /demo next: the pick, the announcement. Press Going.
  4. /demo next again, a few times: a new experience from the blog that is followed, both reminders,
     the meeting. /demo look shows the thread.
  5. /demo look place:#experiences: ask about one, correct it; /experience search finds it.
  6. /demo look place:#questions: ask with /ask, by name or anonymously; answer, accept, search.

Choose the organiser under "Viewing as" for /schedule pick, /moderate and /ama open, and the guest
for the AMA's Answer next. Ctrl-C ends the demo."""


@dataclass(frozen=True)
class Demo:
    """The open demo."""

    url: str
    env: Env
    app: Application
    world: World
    pump: Pump
    closed: asyncio.Task[None]  # done when somebody ends the session on the page


def run(*, browser: bool = True, port: int = 0) -> None:
    """Serve until Ctrl-C, SIGTERM or "End preview session" on the page."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    with (
        contextlib.suppress(KeyboardInterrupt),
        tempfile.TemporaryDirectory(prefix="paperclub-demo-") as folder,
    ):
        migrate(_database(Path(folder)))
        try:
            asyncio.run(_serve(Path(folder), browser=browser, port=port))
        except SetupError as error:
            if not isinstance(error.__cause__, OSError):
                raise
            raise PaperclubError(
                f"Port {port} is not to be had; something else may use it. Choose another one, "
                "or leave --port out."
            ) from error


async def _serve(folder: Path, *, browser: bool, port: int) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with _network(folder) as real, opened(folder, port=port, resolver=real) as demo:
        typer.echo(_WELCOME.format(url=demo.url))
        if browser:
            # Not in the loop's thread: some browsers run until they are closed.
            threading.Thread(target=_show, args=(demo.url,), daemon=True).start()
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({stopped, demo.closed}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
    typer.echo("The demo is over; nothing is left of it.")


def _show(url: str) -> None:
    """Open the page in a browser with windows; the address is on the terminal anyhow."""
    with contextlib.suppress(webbrowser.Error):
        browser = webbrowser.get()
        if Path(browser.name).name not in _TEXT_BROWSERS:
            browser.open(url)


@contextlib.asynccontextmanager
async def opened(
    folder: Path, *, port: int = 0, resolver: PaperResolver | None = None
) -> AsyncIterator[Demo]:
    """The demo on a migrated database in `folder`; `resolver` is for what is not well known."""
    clock = DemoClock(datetime.now(UTC) - AGO)
    settings = Settings(
        database_url=_database(folder), cache_dir=None, http_port=None, shards=1, discord_token=None
    )
    blog = DemoBlog(clock)
    app = build(
        settings,
        clock=clock,
        resolver=DemoResolver(resolver),
        feeds=blog,
        gather_for=timedelta(0),  # people here wait until the bot is at rest
    )
    env = Env(app.client, check_errors=False, settle_timeout=2 * PATIENCE)
    settle_quickly(env)
    world = build_world(env)  # by simcord's clock, long ago: a new server would be greeted
    adopt_clock(env, clock)
    guide = Guide(app, world, blog)
    app.client.prepare([guide])
    app.client.when_ready.clear()  # its timers read the machine's clock; the pump wakes it
    app.scheduler.at_work = True
    ignore_refusals(env)  # forms remember how errors are counted when the bot starts
    await env.start()
    try:
        zone = local_zone()
        await seed(env, world, clock, zone=zone)
        preview = env.preview(
            world.channel,
            viewers=list(world.people),
            layout="channel",
            timezone=zone,
            assets=world.pictures,
            port=port,
        )
        guide.pump = Pump(env, preview, clock, tick=app.tick, respond=People(world).respond)
        async with preview, guide.pump:
            closed = asyncio.create_task(preview.wait_closed())
            yield Demo(preview.url, env, app, world, guide.pump, closed)
            closed.cancel()
    finally:
        await stop_bot(env, app.close())
        await env.shutdown()


@contextlib.asynccontextmanager
async def _network(folder: Path) -> AsyncIterator[PaperResolver]:
    """The real sources, in real time."""
    limits = Limits(paces=PACES)
    cache = folder / "cache"
    async with HttpClient(clock=SystemClock(), cache_directory=cache, limits=limits) as http:
        yield Resolver(http)


def _database(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder / 'demo.db'}"
