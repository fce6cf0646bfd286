"""Documents are read in other processes: none of them stalls or kills the bot."""

import asyncio
import contextlib
import gzip
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from bot.experiences.sources.documents import MOST_ENTRIES, Document, NotAFeed
from bot.experiences.sources.opml import NotAList, Outline
from bot.experiences.sources.parser_pool import Readers, Unreadable

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
URL = "https://blog.example/feed.xml"
MANY = 100_000


def rss(inside: str) -> bytes:
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{inside}</channel></rss>'.encode()


def item(inside: str) -> bytes:
    return rss(f"<item>{inside}</item>")


SMALL = item("<title>One</title>")
CATEGORIES = "".join(f"<category>{number}</category>" for number in range(50_000))
SLOW = item(f"<modified/>{CATEGORIES}")  # feedparser looks through all of them for each
LARGE = item("<description>" + "long text &amp; " * 3_000_000 + "</description>")

HOSTILE = {
    "100,000 entries": rss(
        "".join(f"<item><guid>{n}</guid><pubDate>2024</pubDate></item>" for n in range(MANY))
    ),
    "300,000 entries that never end": b"<rss><channel>" + b"<item>" * 3 * MANY,
    "50,000 attributes": item(
        "<title " + " ".join(f'a{number}="x"' for number in range(50_000)) + ">One</title>"
    ),
    "50,000 categories": item(CATEGORIES),
    "50,000 categories and an old element": SLOW,
    "50,000 namespaces": rss(
        "<item " + " ".join(f'xmlns:n{n}="x{n}"' for n in range(50_000)) + "/>"
    ),
    "deep elements": item("<a>" * MANY + "</a>" * MANY),
    "deep elements in a body": item(
        "<description><![CDATA[" + "<div>" * MANY + "]]></description>"
    ),
    "deep JSON": b'{"items": ' + b"[" * MANY,
    "entities that multiply": (
        b'<!DOCTYPE rss [<!ENTITY e0 "lol">'
        + b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 12))
        + b"]>"
        + item("<title>&e11;</title>")
    ),
    "one long entity, often": (
        b'<!DOCTYPE rss [<!ENTITY e "' + b"x" * MANY + b'">]>' + item("&e;" * 50_000)
    ),
    "a page": b"<!DOCTYPE html><html><body>Hi</body></html>",
    "nothing": b"",
    "bytes": bytes(range(256)) * 1000,
    "compressed": gzip.compress(SMALL),
    "a bomb": gzip.compress(b" " * 200_000_000),
    "lone surrogates": SMALL.replace(b"One", b"\xed\xa0\x80&#xD800;"),
    "NUL": SMALL.replace(b"One", b"\0" * MANY),
    "5,000,000 brackets": b"<" * 5_000_000,
    "comments that never end": b"<!--" * MANY + SMALL,
    "CDATA that never ends": item("<description>" + "<![CDATA[" * MANY),
    "a document type that never ends": b"<!DOCTYPE " + b"<!ENTITY " * MANY + SMALL,
    "references that never end": item("<title>" + "&#x" * MANY + "&amp" * MANY + "</title>"),
    "a title of 10 MB": item("<title>" + "<b>" * 3_000_000 + "</title>"),
    "30,000 links": item('<link href="x"/>' * 30_000),
}


@pytest.fixture
async def readers() -> AsyncIterator[Readers]:
    """With a limit that even a busy machine does not reach."""
    async with Readers(seconds=60) as readers:
        yield readers


async def read(readers: Readers, body: bytes) -> Document:
    return await readers.read(body, url=URL, charset=None, now=NOW)


@asynccontextmanager
async def ticking() -> AsyncIterator[Callable[[], int]]:
    """Counts the turns of the event loop meanwhile."""
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0.001)

    task = asyncio.create_task(tick())
    try:
        yield lambda: ticks
    finally:
        task.cancel()


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_documents_end_with_entries_or_a_reason(name: str) -> None:
    async with Readers(seconds=3) as readers, ticking() as ticks:
        try:
            document = await read(readers, HOSTILE[name])
        except (NotAFeed, Unreadable) as refused:
            outcome = str(refused)
        else:
            outcome = ""
            assert len(document.entries) <= MOST_ENTRIES
        assert ticks() > 1
        assert not outcome or outcome.endswith(".")
        assert (await read(readers, SMALL)).entries[0].title == "One"


@pytest.mark.parametrize("name", ["100,000 entries", "50,000 attributes", "compressed", "NUL"])
async def test_some_hostile_documents_have_entries_all_the_same(
    readers: Readers, name: str
) -> None:
    assert (await read(readers, HOSTILE[name])).entries


async def test_a_slow_document_is_given_up_while_others_are_read() -> None:
    async with Readers(workers=2, seconds=0.5) as readers:
        slow = asyncio.create_task(read(readers, SLOW))
        await read(readers, SMALL)
        assert not slow.done()
        with pytest.raises(Unreadable, match="takes too long"):
            await slow


async def test_waiting_for_a_worker_does_not_count_as_work() -> None:
    """Each slow document takes all of its time; those behind them wait longer than that."""
    async with Readers(workers=1, seconds=0.5) as readers:
        outcomes = await asyncio.gather(
            *(read(readers, SLOW) for _ in range(3)),
            *(read(readers, SMALL) for _ in range(20)),
            return_exceptions=True,
        )

    assert [type(outcome) for outcome in outcomes[:3]] == [Unreadable] * 3
    assert all(isinstance(outcome, Document) for outcome in outcomes[3:])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's memory")
async def test_a_document_that_takes_too_much_memory_is_given_up() -> None:
    async with Readers(workers=1, seconds=60, memory=60_000_000) as readers:
        with pytest.raises(Unreadable, match="too much memory"):
            await read(readers, LARGE)
        assert (await read(readers, SMALL)).entries


async def test_a_thousand_long_texts_are_cut(readers: Readers) -> None:
    text = "word " * 3_000
    document = await read(readers, rss(f"<item><description>{text}</description></item>" * 1_000))

    assert sum(len(entry.content.text) for entry in document.entries) <= 8_000_000
    assert "only the first" in document.notes[-1]


async def test_a_worker_that_dies_at_work_is_replaced(readers: Readers) -> None:
    await read(readers, SMALL)
    task = asyncio.create_task(readers._run(_die))
    with pytest.raises(Unreadable, match="breaks the reader"):
        await task
    assert (await read(readers, SMALL)).entries


async def test_workers_that_die_between_two_documents_are_replaced(readers: Readers) -> None:
    for _ in range(3):
        identities = {await readers._run(os.getpid) for _ in range(10)}
        for identity in identities:
            with contextlib.suppress(ProcessLookupError):  # the pool may be quicker than we are
                os.kill(identity, signal.SIGKILL)
        assert (await read(readers, SMALL)).entries


async def test_an_error_of_ours_is_a_reason_and_is_logged(
    readers: Readers, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(Unreadable, match="breaks the reader"):
        await readers._run(_fail)
    assert "a bug of ours" in caplog.text


async def test_closing_ends_busy_workers_and_those_who_wait() -> None:
    readers = Readers(workers=1, seconds=600)
    await read(readers, SMALL)
    tasks = [asyncio.create_task(read(readers, SLOW)) for _ in range(5)]
    await asyncio.sleep(0)

    await readers.close()

    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [str(outcome) for outcome in outcomes] == ["The bot is stopping."] * 5
    with pytest.raises(Unreadable, match="stopping"):
        await read(readers, SMALL)


async def test_closing_what_was_never_used_is_possible() -> None:
    await Readers().close()


async def test_who_stops_waiting_frees_the_worker() -> None:
    async with Readers(workers=1, seconds=600) as readers:
        await read(readers, SMALL)
        task = asyncio.create_task(read(readers, SLOW))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await read(readers, SMALL)).entries


async def test_workers_hold_only_what_reading_needs(readers: Readers) -> None:
    modules = await readers._run(_modules)

    assert "feedparser" in modules
    assert not modules & {"discord", "sqlalchemy", "aiohttp", "alembic", "pydantic", "bs4"}


async def test_workers_leave_ctrl_c_to_the_bot(readers: Readers) -> None:
    assert await readers._run(signal.getsignal, signal.SIGINT) == signal.SIG_IGN


async def test_pages_and_lists_are_read_there_too(readers: Readers) -> None:
    page = b'<link rel="alternate" type="application/rss+xml" href="/feed">'
    outline = b'<opml><body><outline text="A" xmlUrl="https://a.example/"/></body></opml>'

    assert await readers.find_feeds(page, URL, None) == ["https://blog.example/feed"]
    assert [*(await readers.parse_opml(outline)).outlines] == [Outline("A", "https://a.example/")]
    with pytest.raises(NotAList):
        await readers.parse_opml(page)


@pytest.mark.parametrize(
    "page",
    [
        b"<link " * 200_000,
        b"<link rel='" * 100_000,
        b"<!--" * 250_000,
        b"<link " + b"a=b " * 250_000 + b">",
        b"<link rel=alternate type=application/rss+xml href=/x>" * 20_000,
    ],
)
async def test_hostile_pages_are_searched_or_given_up(readers: Readers, page: bytes) -> None:
    with suppress(Unreadable):
        assert len(await readers.find_feeds(page, URL, None)) <= 20
    assert (await read(readers, SMALL)).entries


@pytest.mark.parametrize(
    "inside",
    [
        "<outline text='x'>" * 50_000,
        "<outline " + " ".join(f"a{n}='x'" for n in range(50_000)) + "/>",
        "<outline text='x' xmlUrl='https://a.example/'/>" * 50_000,
    ],
)
async def test_hostile_lists_are_read_or_given_up(readers: Readers, inside: str) -> None:
    with suppress(NotAList, Unreadable):
        assert len((await readers.parse_opml(f"<opml><body>{inside}".encode())).outlines) <= 1_000
    assert (await read(readers, SMALL)).entries


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE rss [<!ENTITY x SYSTEM "{url}">]>',
        '<!DOCTYPE rss SYSTEM "{url}">',
        '<!DOCTYPE rss [<!ENTITY % x SYSTEM "{url}"> %x;]>',
        '<?xml-stylesheet href="{url}"?>',
    ],
)
async def test_nothing_is_fetched(readers: Readers, declared: str) -> None:
    with listening() as (url, asked):
        body = declared.replace("{url}", url).encode() + item("<title>a&x;b</title>")
        assert len((await read(readers, body)).entries) == 1
        with pytest.raises(NotAFeed):
            await read(readers, url.encode())
    assert asked == []


@contextmanager
def listening() -> Iterator[tuple[str, list[str]]]:
    """An address on this machine, and what it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/x", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _fail() -> None:
    raise KeyError("a bug of ours")


def _modules() -> set[str]:
    return set(sys.modules)
