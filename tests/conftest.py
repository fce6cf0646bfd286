"""What all tests share."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import discord
import pytest

from bot.app import Application, build
from bot.migrate import migrate
from bot.papers.references import Reference
from bot.papers.sources.record import Answer, PaperRecord, Unavailable
from bot.settings import Settings

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


UNAVAILABLE = Unavailable("arXiv does not answer right now.")


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


@pytest.fixture
async def application(settings, clock, resolver) -> AsyncIterator[Application]:
    """The real application on a migrated file, with a clock and a resolver of the test's."""
    migrate(settings.database_url)
    application = build(settings, clock=clock, resolver=resolver)
    yield application
    await application.scheduler.stop()
    await application.database.close()


@pytest.fixture
def simcord_bot(application) -> discord.Client:
    return application.client
