"""What all tests share."""

import gc
import os
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import discord
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from simcord.env import Env

from bot.app import Application, build
from bot.core.database.migrate import migrate
from bot.demo.pump import settle_quickly
from bot.papers.references.text import Reference
from bot.papers.sources.record import Answer, PaperRecord, Unavailable
from bot.settings import Settings
from tests import openapi
from tests.web import Web

if TYPE_CHECKING:
    from tests.group import Bot

pytest_plugins = ["tests.effort"]

# A slow machine is no fault of the code.
hypothesis_settings.register_profile(
    "paperclub", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("paperclub")

# A Monday, between two clock changes.
START = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


@dataclass
class FakeClock:
    """A clock that stands still until it is moved."""

    instant: datetime = START

    def now(self) -> datetime:
        return self.instant

    async def sleep_until(self, when: datetime) -> None:
        self.instant = max(self.instant, when)

    def advance(self, **by: float) -> None:
        self.instant += timedelta(**by)


@dataclass
class FakeResolver:
    """Answers from a table; a reference that is not in it gets a made-up paper."""

    answers: dict[Reference, Answer] = field(default_factory=dict)
    default: Answer | None = None
    asked: list[tuple[Reference, ...]] = field(default_factory=list)

    async def resolve(self, references: Sequence[Reference]) -> Answer:
        self.asked.append(tuple(references))
        for reference in references:
            if reference in self.answers:
                return self.answers[reference]
        if self.default is not None:
            return self.default
        first = references[0]
        return PaperRecord(
            title=f"On {first.value}",
            authors=("Ada Lovelace", "Alan Turing"),
            year=2017,
            venue="Journal of Tests",
            abstract="We test. It works.",
            url=first.url,
            references=frozenset(references),
        )


Start = Callable[[], Application]

UNAVAILABLE = Unavailable("arXiv does not answer right now.")


BESIDE = Path(__file__).resolve().parents[1].parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Inputs that nobody here wrote lie beside the checkout, in `shared/` (or PAPERCLUB_SHARED).

    Without the folder a test is skipped at a contributor's desk, but fails in CI.
    """
    folder = Path(os.environ.get("PAPERCLUB_SHARED") or BESIDE)
    if not folder.is_dir():
        missing = f"there are no recordings at {folder}"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return folder


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(
        _env_file=None,
        database_url=f"sqlite+aiosqlite:///{tmp_path / 'paperclub.db'}",
        cache_dir=None,
        shards=1,
    )


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def resolver() -> FakeResolver:
    return FakeResolver()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory) -> Path:
    """An empty database as Alembic makes it, to be copied: migrating takes a while."""
    path: Path = tmp_path_factory.mktemp("migrated") / "paperclub.db"
    migrate(f"sqlite+aiosqlite:///{path}")
    return path


@pytest.fixture
def web(clock) -> Web:
    """The blogs that there are: none, until a test puts one there."""
    return Web(clock)


@pytest.fixture
async def bot(settings, clock, resolver, web, migrated) -> AsyncIterator["Bot"]:
    """The application on a platform in memory, which tests stop and start as they like."""
    from tests.group import Bot  # which has its clock and resolver from here
    from tests.world import World

    shutil.copy(migrated, settings.database_url.removeprefix("sqlite+aiosqlite:///"))
    bot = Bot(settings, clock, resolver, World(clock), feeds=web)
    yield bot
    await bot.stop()


@pytest.fixture
async def start(settings, clock, resolver, web, migrated) -> AsyncIterator[Start]:
    """Builds the real application, with a clock and a resolver of the test's.

    The file is a migrated one; called again, it is what runs after a restart. Nothing is
    gathered, since people on a simulated server wait until the bot is at rest.
    """
    from tests.world import make_quick  # which has its clock from here

    shutil.copy(migrated, settings.database_url.removeprefix("sqlite+aiosqlite:///"))
    built: list[Application] = []

    def start() -> Application:
        application = build(
            settings, clock=clock, resolver=resolver, feeds=web, gather_for=timedelta(0)
        )
        make_quick(application.database)
        built.append(application)
        return application

    yield start
    for application in built:
        for end in application.client.when_closing:
            await end()


@pytest.fixture
def application(start) -> Application:
    return start()


@pytest.fixture
def simcord_bot(application) -> discord.Client:
    return application.client


def settle_patiently(env: Env) -> None:
    """Wait longer than simcord would for a bot that is at work on a busy machine, not for timers.

    Its own limit says both, which timers are waited for and how long the bot may work.
    """
    settle = env._settle_internal

    async def patiently(**options: Any) -> None:
        for attempt in range(12):
            try:
                await settle(**options)
                return
            except TimeoutError:
                options.pop("_deadline", None)
                if attempt == 11:
                    raise

    env._settle_internal = patiently  # type: ignore[method-assign] # simcord 3.2.1


@pytest.fixture(autouse=True)
def valid_requests(monkeypatch) -> Iterator[None]:
    """Discord would have taken every request that a simulated bot has sent."""
    environments: list[Env] = []
    start = Env.start

    async def noted(env: Env) -> None:
        environments.append(env)
        settle_quickly(env)
        settle_patiently(env)
        await start(env)

    monkeypatch.setattr(Env, "start", noted)
    yield
    requests = [request for env in environments for request in env.http_requests]
    missing = openapi.missing()
    if missing is None:
        assert not openapi.faults(requests)
    elif requests and os.environ.get("CI") == "true":
        pytest.fail(missing)  # elsewhere tests/test_openapi.py says that nothing is checked


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of the real process mostly wait: they stand evenly among the others, for which they
    leave the machine free."""
    waiting = [item for item in items if "process" in item.path.parts]
    others = [item for item in items if "process" not in item.path.parts]
    places = [(number / max(1, len(waiting)), item) for number, item in enumerate(waiting)]
    places += [(number / max(1, len(others)), item) for number, item in enumerate(others)]
    items[:] = [item for _, item in sorted(places, key=itemgetter(0))]


def pytest_collection_finish() -> None:
    """What was imported stays: looking through it again and again takes a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests have counted (`record_property("counts", ...)`), added up."""
    counts: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", None) == "call":
                counts.update(dict(report.user_properties).get("counts", {}))
    if counts:
        terminalreporter.write_line(", ".join(f"{n} {what}" for what, n in counts.items()))
