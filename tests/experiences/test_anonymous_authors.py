"""Who hands in an experience anonymously stays unknown: also to older versions' databases, and also
where they are blocked."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.core.errors import UserError
from bot.experiences.anonymity import hide_authors
from bot.questions.submissions import Draft
from tests.experiences.test_submissions import submit
from tests.group import raised

ANNA = "anna-4711"


def file_of(blog) -> Path:
    return Path(blog.group.bot.settings.database_url.removeprefix("sqlite+aiosqlite:///"))


def values_in(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        tables = [name for (name,) in names]
        rows = [row for table in tables for row in connection.execute(f"SELECT * FROM {table}")]
    return [str(value) for row in rows for value in row if value is not None]


def bytes_beside(file: Path) -> bytes:
    return b"".join(part.read_bytes() for part in file.parent.glob(f"{file.name}*"))


async def start(blog) -> None:
    """What the bot does before anything else, twice."""
    await blog.group.bot.stop()
    blog.group.bot.start()
    for _ in range(2):
        for prepare in blog.group.app.client.when_starting:
            await prepare()


@pytest.fixture
async def older(blog):
    """What an older version has left: three anonymous ones, of which two were declined."""
    blog.group.bot.world.closed = {f"user:{ANNA}"}
    waiting, parked, late = [await submit(blog, who=ANNA, anonymous=True) for _ in range(3)]
    named = await submit(blog, who="bob")
    await blog.group.bot.stop()
    with closing(sqlite3.connect(file_of(blog))) as connection, connection:
        connection.execute(
            f"UPDATE experience SET member_ref = '{ANNA}', pseudonym = NULL WHERE anonymous"
        )
        for number, state in ((parked.id, "failed"), (late.id, "pending")):
            connection.execute(
                "INSERT INTO outbox (community_id, dedupe_key, destination, lane, kind, action,"
                " revision, due_at, not_before, state, attempts, message_ref, last_error)"
                f" VALUES (1, 'experience:{number}:declined', 'user:{ANNA}',"
                f' \'answers:user:{ANNA}\', \'post\', \'{{"kind":"post","title":"Declined"}}\', 0,'
                f" '2020-01-01 00:00:00.000000', '2020-01-01 00:00:00.000000', '{state}', 1,"
                " 'dm-anna/1', 'This person doesn''t accept messages from me.')"
            )
            connection.execute(f"UPDATE experience SET state = 'declined' WHERE id = {number}")
        connection.execute(
            "INSERT INTO incident (community_id, subject, reason, opened_at) VALUES"
            f" (1, 'refused:user:{ANNA}', 'takes no messages', '2020-01-01 00:00:00.000000')"
        )
        connection.execute("DELETE FROM outbox WHERE dedupe_key = 'nothing'")
    blog.group.bot.start()
    return blog, waiting, named


async def test_ids_that_an_older_version_stored_are_gone_after_the_start(older) -> None:
    blog, waiting, named = older
    assert ANNA in "".join(values_in(file_of(blog)))
    await start(blog)
    kept = values_in(file_of(blog))
    assert not [value for value in kept if ANNA in value or "dm-anna" in value]
    assert ANNA.encode() not in bytes_beside(file_of(blog))
    assert "bob" in kept
    blog.group.bot.world.closed = set()
    await blog.group.app.reviews.decline(blog.group.organiser, waiting.id)
    await blog.group.app.tick()
    told = [message.post.title for message in blog.group.bot.world.within(f"user:{ANNA}")]
    assert sorted(told) == ["Declined", "Your experience was not posted"]
    assert (await blog.group.app.reviews.read(blog.group.organiser, named.id)).member_ref == ("bob")


async def test_a_crash_before_the_file_is_rewritten_leaves_it_to_the_next_start(
    older, monkeypatch
) -> None:
    blog, *_ = older
    database = blog.group.app.database

    async def crash() -> None:
        raise RuntimeError("the power is gone")

    monkeypatch.setattr(database, "erase_deleted", crash)
    with pytest.raises(RuntimeError):
        await blog.group.app.client.when_starting[0]()
    await start(blog)
    assert ANNA.encode() not in bytes_beside(file_of(blog))
    with closing(sqlite3.connect(file_of(blog))) as connection:
        ids = connection.execute("SELECT member_ref FROM experience WHERE anonymous").fetchall()
    assert ids == [(None,)] * 3


async def test_nobody_hears_that_an_anonymous_author_takes_no_messages(blog) -> None:
    world = blog.group.bot.world
    world.closed = {f"user:{ANNA}"}
    handed_in = await submit(blog, who=ANNA, anonymous=True)
    before = len(blog.notices())
    await blog.group.app.reviews.decline(blog.group.organiser, handed_in.id)
    await blog.group.app.tick()
    assert len(blog.notices()) == before
    assert not [value for value in values_in(file_of(blog)) if ANNA in value]


async def test_what_a_blocked_author_hands_in_seems_to_wait(blog) -> None:
    app, organiser = blog.group.app, blog.group.organiser
    await app.question_settings.set(organiser, channel_ref="club-questions")
    anna = blog.group.member(ANNA)
    await app.question_submissions.ask(anna, Draft(title="Is this spam?", anonymous=True), "a key")
    await app.moderation.block(organiser, question_id=1)
    await app.tick()
    before = len(blog.notices())
    for _ in range(5):
        await submit(blog, who=ANNA, anonymous=True)
    assert "waiting for the organisers" in str(
        await raised(submit(blog, who=ANNA, anonymous=True), UserError)
    )
    assert len(blog.notices()) == before
    await submit(blog, who=ANNA)
    await submit(blog, who="bob", anonymous=True)
    assert len(blog.notices()) == before + 2


async def test_a_current_database_is_left_alone(blog, monkeypatch) -> None:
    await submit(blog, who=ANNA, anonymous=True)
    app = blog.group.app
    monkeypatch.setattr(app.database, "transaction", None)
    assert app.client.when_starting[0].func is hide_authors
    await app.client.when_starting[0]()
