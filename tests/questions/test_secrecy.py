"""Without the host's key, what is kept and logged of an unnamed asker leads to nobody."""

import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.communities.service import Actor
from bot.core.courier import Delivery
from bot.papers.schedule.setup import Wanted
from bot.questions.submissions import Draft
from bot.settings import Settings
from tests.conftest import FakeClock
from tests.questions.doings import ANNA, CARL, ZOE, Step
from tests.questions.lives import Life, beginning
from tests.world import Fault

# Anna does nothing by name, and whatever can become of what she does becomes of it.
UNNAMED = (
    Step("ask", ANNA, 0, one=True),
    Step("answer", CARL, 0),
    Step("doors", pick=1, one=True),  # she takes no messages
    Step("answer", CARL, 0),
    Step("doors", pick=1, two=True),  # nothing gets through to her
    Step("answer", CARL, 0),
    Step("wait", pick=2),
    *[Step("hand_in", ANNA, one=True)] * 3,
    Step("decide"),
    Step("doors"),
    Step("decide", one=True),
    Step("decide"),
    Step("wait", pick=2),
    Step("outage", CARL),
    Step("wait", pick=4),
    Step("answer", ANNA, 0, one=True),
    Step("accept", pick=0, one=True),
    Step("reopen", pick=0, one=True),
    Step("wait", pick=6),
    Step("still_open", pick=0, one=True),
    Step("close", pick=0, one=True, two=True),
    Step("ask", ANNA, 0, one=True),  # there is a similar one
    Step("post_draft"),
    Step("settings", one=True, pick=1),
    *[Step("ask", ANNA, 1, one=True)] * 3,
    *(Step(what) for what in ("approve", "decline", "merge")),
    Step("session", one=True),
    Step("ask", ANNA, 3, one=True, two=True),
    Step("approve"),
    Step("next"),
    Step("consent", ANNA, one=True, two=True),
    Step("session"),
    Step("edit", pick=0, one=True),
    Step("edit", pick=2, one=True, two=True),
    Step("edit_answer", pick=1, one=True),
    Step("delete", pick=1, one=True),
    Step("delete_answer", pick=1, one=True),
    Step("hide", pick=0),
    Step("block", pick=0),
    Step("restart"),
    Step("ask", ANNA, 2, one=True),
    Step("answer", ANNA, 4, one=True),
    Step("post_draft", CARL),
    Step("wait", pick=5),
    Step("look"),
)


@pytest.fixture
def file(settings: Settings, migrated: Path) -> Path:
    file = Path(settings.database_url.removeprefix("sqlite+aiosqlite:///"))
    shutil.copy(migrated, file)
    return file


@pytest.fixture
async def life(settings: Settings, file: Path) -> AsyncIterator[Life]:
    async with beginning(settings) as life:
        yield life


def everything_in(file: Path) -> list[str]:
    """All values of all tables."""
    with closing(sqlite3.connect(file)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        tables = [name for (name,) in names]
        rows = [row for table in tables for row in connection.execute(f"SELECT * FROM {table}")]
    return [str(value) for row in rows for value in row if value is not None]


async def test_neither_the_database_nor_the_log_holds_who_asked_unnamed(
    life: Life, file: Path
) -> None:
    await life.live(*UNNAMED)
    written_to = life.world.within(f"user:{ANNA}")
    assert len(written_to) >= 8, "much was asked and answered"
    kept = everything_in(file)
    assert any(CARL in value for value in kept), "whoever has a name is there"
    assert not [value for value in kept if ANNA in value]
    assert not [line for line in life.log.lines if ANNA in line]
    channels = {message.ref for message in written_to}
    assert not [value for value in kept if value in channels], "a channel is one person's"
    for part in file.parent.glob(f"{file.name}*"):  # what was deleted, and what is not there yet
        assert ANNA.encode() not in part.read_bytes()


async def test_an_error_that_names_the_reader_is_logged_without_the_name(life: Life) -> None:
    """Where it happened is enough to mend it."""

    def broken(delivery: Delivery) -> Fault:
        if delivery.destination.startswith("user:"):
            raise RuntimeError(f"no way to {delivery.destination}")
        return Fault.NONE

    life.world.fault = broken
    await life.live(Step("ask", ANNA, 0, one=True), Step("answer", CARL, 0))
    (line,) = [line for line in life.log.lines if "a bug in the sender" in line]
    assert "RuntimeError" in line
    assert "in broken" in line
    assert ANNA not in line


async def test_with_another_key_nobody_is_written_to_and_nobody_hears_of_it(life: Life) -> None:
    life.world.away()
    await life.live(Step("ask", ANNA, 0, one=True), Step("answer", CARL, 0))
    life.bot.settings = life.bot.settings.model_copy(update={"secret_key": SecretStr("another")})
    await life.bot.restart()
    life.world.back()
    logged = len(life.log.lines)
    await life.live(Step("wait", pick=2))
    (row,) = [row for key, row in (await life.bot.rows()).items() if key.endswith(":asker")]
    assert row.state == "expired"
    assert life.world.titled("Answer to question 1")
    assert not [place for place in life.world.messages if place.place.startswith("user:")]
    assert not life.world.within("club-organisers")
    assert not [line for line in life.log.lines[logged:] if ":asker" in line]


async def test_a_member_has_different_pseudonyms_in_two_communities(
    life: Life, clock: FakeClock, file: Path
) -> None:
    app = life.bot.application
    organiser = Actor("test", "neighbours", "otto", organiser=True)
    await app.setup.start(
        organiser,
        Wanted(
            zone="Asia/Seoul",
            papers_channel_ref="their-papers",
            organisers_channel_ref="their-organisers",
            weekday=1,
            at="17:00",
        ),
    )
    await app.question_settings.set(organiser, channel_ref="their-questions")
    for who in (ANNA, ZOE):
        for community in ("club", "neighbours"):
            draft = Draft(title="The same question here and there", anonymous=True)
            await app.question_submissions.ask(
                Actor("test", community, who), draft, f"{who} {community}"
            )
    with closing(sqlite3.connect(file)) as connection:
        found = connection.execute("SELECT pseudonym FROM question WHERE member_ref IS NULL")
        assert len({pseudonym for (pseudonym,) in found}) == 4
