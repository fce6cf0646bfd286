"""Who follows a thousand feeds: Paperclub, or `reader`; each in a process of its own.

    python -m tests.benchmarks.feed_followers paperclub|reader FOLDER < addresses and orders

The first line on standard input is the feeds' addresses as JSON. Each further line has all feeds
asked once; it is answered with what came of it.
"""

import asyncio
import json
import logging
import sqlite3
import sys
import time
import warnings
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from ipaddress import IPv4Network
from pathlib import Path

READER_WORKERS = 4  # as in its documentation
COMMUNITIES = 10


@dataclass(frozen=True)
class Outcome:
    """`known` are all entries so far; `failed` the feeds whose last answer could not be read."""

    seconds: float
    known: int
    failed: int
    posts: int = 0


def follow_with_reader(folder: Path, urls: list[str], orders: Callable[[], bool]) -> None:
    import feedparser_sgmllib

    # Its own copy of feedparser asks for the module by the name that it had before 6.0.14.
    sys.modules.setdefault("sgmllib", feedparser_sgmllib)
    from reader import make_reader

    with closing(make_reader(str(folder / "reader.db"))) as reader:
        for url in urls:
            reader.add_feed(url)
        while orders():
            started = time.monotonic()
            reader.update_feeds(scheduled=False, workers=READER_WORKERS)
            seconds = time.monotonic() - started
            known = reader.get_entry_counts().total
            assert known is not None
            _say(Outcome(seconds, known, reader.get_feed_counts(broken=True).total or 0))


def follow_with_paperclub(folder: Path, urls: list[str], orders: Callable[[], bool]) -> None:
    asyncio.run(_follow_with_paperclub(folder / "paperclub.db", urls, orders))


async def _follow_with_paperclub(
    database: Path, urls: list[str], orders: Callable[[], bool]
) -> None:
    """The application as it is built for a run; only nobody is there to post to."""
    from bot.app import build, collect_less
    from bot.core.database.migrate import migrate
    from bot.settings import Settings

    url = f"sqlite+aiosqlite:///{database}"
    migrate(url)
    _follow(database, urls)
    settings = Settings(
        _env_file=None,
        database_url=url,
        cache_dir=None,
        allowed_networks=(IPv4Network("127.0.0.0/8"),),
    )
    application = build(settings)
    await application.scheduler.stop()  # nothing is to be posted, or asked before its time
    collect_less()  # as a run does when it has started
    while await asyncio.to_thread(orders):
        _make_due(database)
        started = time.monotonic()
        await application.polling.advance_due()
        seconds = time.monotonic() - started
        _say(_outcome(database, seconds))
    for end in application.client.when_closing:
        await end()


def _follow(database: Path, urls: list[str]) -> None:
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ")
    with closing(sqlite3.connect(database)) as connection:
        for number in range(1, COMMUNITIES + 1):
            connection.execute(
                "INSERT INTO community (id, platform, external_id, created_at, "
                "papers_channel_ref, zone) VALUES (?, 'discord', ?, ?, 'papers', 'UTC')",
                (number, str(number), now),
            )
        connection.executemany(
            "INSERT INTO feed (community_id, url, title, channel_ref, categories, "
            "keywords, excluded, latest, delivery, state, added_by_ref, created_at, next_poll_at, "
            "notes, failures) VALUES (?, ?, ?, ?, '[]', '[]', '[]', 1, 'at_once', 'followed', "
            "'olga', ?, ?, '[]', 0)",
            [
                (number % COMMUNITIES + 1, url, url, f"channel-{number % COMMUNITIES}", now, now)
                for number, url in enumerate(urls)
            ],
        )
        connection.commit()


def _make_due(database: Path) -> None:
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ")
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("UPDATE feed SET next_poll_at = ?", (now,))
        connection.commit()


def _outcome(database: Path, seconds: float) -> Outcome:
    with closing(sqlite3.connect(database)) as connection:

        def count(rows: str) -> int:
            (found,) = connection.execute(f"SELECT count(*) FROM {rows}").fetchone()
            return int(found)

        return Outcome(
            seconds,
            count("feed_entry"),
            count("feed WHERE failures > 0 OR read_at IS NULL"),
            count("outbox"),
        )


def _say(outcome: Outcome) -> None:
    sys.stdout.write(json.dumps(asdict(outcome)) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")  # `reader` warns of each feed that it can't read to its end
    follow = {"paperclub": follow_with_paperclub, "reader": follow_with_reader}[sys.argv[1]]
    follow(Path(sys.argv[2]), json.loads(sys.stdin.readline()), lambda: bool(sys.stdin.readline()))
