"""The guarded HTTP client against loopback servers; the names in the tests resolve to them."""

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from bot.core.errors import FetchFailed, FetchRefused
from bot.core.http.cache import DiskCache, Kept
from bot.core.http.client import HttpClient, Limits, Response, TooLarge
from bot.core.http.guard import Guard, NotPublicError, is_public, literal
from bot.core.http.rate_limit import Pace, Pacer, parse_retry_after
from bot.core.time.clock import SystemClock

LOOPBACK = ip_network("127.0.0.0/8")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class FakeClock:
    """Sleeping moves the time on and takes none."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    async def sleep_until(self, when: datetime) -> None:
        self.time = max(self.time, when)
        await asyncio.sleep(0)


class FakeNames(AbstractResolver):
    """Resolves each name to the addresses it is told, all at one port."""

    def __init__(self, port: int, **names: list[str]) -> None:
        self.port = port
        self.names = names
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.append(host)
        if host.partition(".")[0] not in self.names:
            raise OSError(None, "no such name")
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=self.port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=0,
            )
            for address in self.names[host.partition(".")[0]]
        ]

    async def close(self) -> None:
        pass


@asynccontextmanager
async def serve(handler: Handler) -> AsyncIterator[int]:
    """A server on loopback that answers every request with `handler`; gives its port."""
    runner = web.ServerRunner(web.Server(handler))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@asynccontextmanager
async def browsing(
    handler: Handler, *, names: dict[str, list[str]] | None = None, **options: Any
) -> AsyncIterator[HttpClient]:
    """A client that may read loopback, and for which `site.test` is a server with `handler`."""
    async with serve(handler) as port:
        known = {"site": ["127.0.0.1"], "other": ["127.0.0.1"]} | (names or {})
        settings = {"clock": FakeClock(), "allowed_networks": [LOOPBACK]} | options
        async with HttpClient(resolver=FakeNames(port, **known), **settings) as client:
            yield client


def answering(*args: Any, **kwargs: Any) -> Handler:
    async def handler(request: web.Request) -> web.StreamResponse:
        return web.Response(*args, **kwargs)

    return handler


async def test_reads_a_page() -> None:
    seen = {}

    async def handler(request: web.Request) -> web.StreamResponse:
        seen.update(request.headers, path=request.raw_path)
        return web.Response(
            body="Zürich".encode("latin-1"), headers={"Content-Type": "text/html; charset=latin-1"}
        )

    async with browsing(handler, contact="https://club.example/bot") as client:
        answer = await client.get(
            "http://site.test/a%2Fb?q=x%20y", accept="text/html", params={"mail": "a@b.c"}
        )
    assert (answer.status, answer.text(), answer.moved) == (200, "Zürich", False)
    assert answer.headers["content-type"].startswith("text/html")
    assert seen["User-Agent"] == "Paperclub/0.1 (+https://club.example/bot)"
    assert seen["Accept"] == "text/html"
    assert seen["path"].startswith("/a%2Fb?q=x")  # an escaped slash stays one
    assert "mail=a@b.c" in seen["path"] or "mail=a%40b.c" in seen["path"]


NOT_PUBLIC = """
    0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 192.0.0.9
    192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1 203.0.113.7 224.0.0.1 239.255.255.250 240.0.0.1
    255.255.255.255 168.63.129.16 :: ::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::8.8.8.8
    64:ff9b::10.0.0.1 64:ff9b:1::8.8.8.8 100::1 2001::1 2001:db8::1 2002:7f00:1::
    2002:a00:1:: 3fff::1 5f00::1 fc00::1
    fd00:ec2::254 fe80::1 fec0::1 ff02::1
"""
PUBLIC = """
    8.8.8.8 1.1.1.1 151.101.3.42 2606:4700::1111 2a00:1450:4001::200e ::ffff:8.8.8.8
    64:ff9b::8.8.8.8 2002:808:808::1
"""


@pytest.mark.parametrize("address", NOT_PUBLIC.split())
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    assert not is_public(ip_address(address))
    with pytest.raises(NotPublicError):
        Guard().check(address)


@pytest.mark.parametrize("address", PUBLIC.split())
def test_a_public_address_is_permitted(address: str) -> None:
    Guard().check(address)


@pytest.mark.parametrize(
    "host",
    ["2130706433", "0x7f.1", "0x7f000001", "0177.0.0.1", "127.1", "127.0.0.1.", "::1", "::1%lo"],
)
def test_odd_spellings_of_an_address_are_understood(host: str) -> None:
    address = literal(host)
    assert address is not None
    assert address.is_loopback


@pytest.mark.parametrize("host", ["example.org", "1.2.3.4.5", "0xg.1", "256.256.256.256", "a.1"])
def test_a_name_is_not_an_address(host: str) -> None:
    assert literal(host) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://127.1:8080/",
        "http://127。0。0。1/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[fe80::1%25eth0]/",
        "http://169.254.169.254/latest/meta-data/",
        "https://10.0.0.1/",
        "http://inside.test/",
        "http://both.test/",
    ],
)
async def test_a_private_address_is_refused_before_anything_is_sent(url: str) -> None:
    asked = []

    async def handler(request: web.Request) -> web.StreamResponse:
        asked.append(request)
        return web.Response()

    names = {"inside": ["127.0.0.1"], "both": ["8.8.8.8", "127.0.0.1"]}
    async with browsing(handler, names=names, allowed_networks=()) as client:
        with pytest.raises(FetchRefused, match="isn't on the public internet, so I can't read it"):
            await client.get(url)
    assert not asked


async def test_a_redirect_to_a_private_address_is_refused() -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound(request.query["to"])

    async with browsing(handler, names={"inside": ["10.0.0.1"]}) as client:
        for target in ("http://169.254.169.254/", "http://inside.test/", "http://[::1]/x"):
            with pytest.raises(FetchRefused, match="n't on the public internet"):
                await client.get("http://site.test/", params={"to": target})


async def test_the_address_that_was_checked_is_the_one_that_is_read() -> None:
    """A name that points elsewhere a moment later gains nothing by it."""
    async with serve(answering(text="checked", headers={"Connection": "close"})) as port:
        names = FakeNames(port, site=["127.0.0.1"])
        client = HttpClient(
            clock=FakeClock(), allowed_networks=[ip_network("127.0.0.1/32")], resolver=names
        )
        async with client:
            await client.get("http://site.test/")
            names.names["site"] = ["127.0.0.2"]
            assert (await client.get("http://site.test/")).text() == "checked"
            with pytest.raises(FetchRefused):
                await client.get("http://site.test:81/")
    assert names.asked == ["site.test", "site.test"]


@pytest.mark.parametrize("allowed", [True, False])
async def test_the_socket_is_guarded_too(monkeypatch: pytest.MonkeyPatch, allowed: bool) -> None:
    """Something rewrites the URL below the client; the host's list of networks still decides."""
    original = aiohttp.ClientSession._request
    async with serve(answering(text="stand-in")) as port:

        async def rewritten(self: Any, method: str, url: Any, **kwargs: Any) -> Any:
            url = URL(url).with_scheme("http").with_host("127.0.0.1").with_port(port)
            return await original(self, method, url, **kwargs)

        monkeypatch.setattr(aiohttp.ClientSession, "_request", rewritten)
        networks = [LOOPBACK] if allowed else []
        async with HttpClient(clock=FakeClock(), allowed_networks=networks) as client:
            if not allowed:
                with pytest.raises(FetchRefused):
                    await client.get("https://real.example/x")
                return
            answer = await client.get("https://real.example/x")
    assert (answer.text(), answer.url) == ("stand-in", "https://real.example/x")


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("ftp://site.test/x", "I can only read http and https addresses, not ftp."),
        ("file:///etc/passwd", "I can only read http and https addresses, not file."),
        ("javascript:alert(1)", "I can only read http and https addresses, not javascript."),
        ("site.test/x", "That isn't a web address."),
        ("//site.test/x", "That isn't a web address."),
        ("", "That isn't a web address."),
        ("http://", "That isn't a web address."),
        ("http://[::1", "That isn't a web address."),
        ("http://site.test:99999/", "That isn't a web address."),
        ("http://a..b/", "That isn't a web address."),
        (f"http://{'a' * 64}.test/", "That isn't a web address."),
        ("http://exa mple.org/", "That isn't a web address."),
        (
            "http://ann@site.test/",
            "That address contains a user name. Please give me one without.",
        ),
        (
            "http://ann:x@site.test/",
            "That address contains a user name. Please give me one without.",
        ),
    ],
)
async def test_a_bad_address_gets_its_own_sentence(url: str, sentence: str) -> None:
    async with browsing(answering()) as client:
        with pytest.raises(FetchRefused) as refused:
            await client.get(url)
    assert str(refused.value) == sentence


async def test_network_failures_are_told_in_plain_words(unused_tcp_port: int) -> None:
    async def reset(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async with browsing(reset, allowed_networks=[LOOPBACK]) as client:
        with pytest.raises(FetchFailed, match=r"I can't find a site called nowhere\.test\."):
            await client.get("http://nowhere.test/")
        with pytest.raises(FetchFailed, match=r"I can't connect to 127\.0\.0\.1\."):
            await client.get(f"http://127.0.0.1:{unused_tcp_port}/")
        with pytest.raises(FetchFailed, match=r"site\.test closed the connection too early\."):
            await client.get("http://site.test/")
        with pytest.raises(FetchFailed, match=r"I can't make a secure connection to site\.test\."):
            await client.get("https://site.test/")


async def test_a_body_that_ends_early_is_a_failure() -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Length": "1000"})
        await answer.prepare(request)
        await answer.write(b"half")
        assert request.transport is not None
        request.transport.close()
        return answer

    async with browsing(handler) as client:
        with pytest.raises(FetchFailed, match="closed the connection"):
            await client.get("http://site.test/")


async def test_a_slow_site_is_given_up() -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        while True:  # a byte now and then keeps other clients waiting for ever
            await answer.write(b".")
            await asyncio.sleep(0.01)

    limits = Limits(total=timedelta(seconds=0.1))
    async with browsing(handler, limits=limits) as client:
        with pytest.raises(FetchFailed, match=r"site\.test took too long to answer\."):
            await client.get("http://site.test/")


async def test_an_answer_that_is_not_http_is_a_failure() -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"220 mail.test ESMTP\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with HttpClient(clock=FakeClock(), allowed_networks=[LOOPBACK]) as client:
        with pytest.raises(FetchFailed, match="sent a response I can't read"):
            await client.get(f"http://127.0.0.1:{port}/")
    server.close()
    await server.wait_closed()


async def test_a_gzip_bomb_is_cut_off() -> None:
    bomb = gzip.compress(bytes(50_000_000))
    assert len(bomb) < 100_000
    async with browsing(answering(body=bomb, headers={"Content-Encoding": "gzip"})) as client:
        with pytest.raises(TooLarge) as failure:
            await client.get("http://site.test/")
    assert str(failure.value) == "That page is larger than 10 MB."


async def test_an_endless_body_is_cut_off() -> None:
    sent = 0

    async def handler(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        answer = web.StreamResponse()
        await answer.prepare(request)
        while True:
            await answer.write(bytes(10_000))
            sent += 10_000

    async with browsing(handler) as client:
        with pytest.raises(TooLarge, match="larger than 200 kB"):
            await client.get("http://site.test/", max_bytes=200_000)
    assert sent < 50_000_000


async def test_compressed_pages_are_read() -> None:
    page = gzip.compress(b"hello" * 1000)
    async with browsing(answering(body=page, headers={"Content-Encoding": "gzip"})) as client:
        assert (await client.get("http://site.test/")).body == b"hello" * 1000


async def test_redirects_are_followed_with_their_cookies() -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        match request.path:
            case "/old":
                raise web.HTTPMovedPermanently("/gate")
            case "/gate":
                response = web.Response(status=302, headers={"Location": "http://site.test/new"})
                response.set_cookie("seen", "yes")
                return response
            case _:
                return web.Response(text=f"{request.path} {request.cookies.get('seen')}")

    async with browsing(handler) as client:
        answer = await client.get("http://site.test/old#part")
        assert (answer.text(), answer.url) == ("/new yes", "http://site.test/new")
        assert not answer.moved  # the second redirect was for this time only
        assert (await client.get("http://site.test/new")).text() == "/new None"


async def test_a_permanent_move_is_told() -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        if request.host == "site.test":
            raise web.HTTPPermanentRedirect("http://other.test/feed")
        return web.Response()

    async with browsing(handler) as client:
        answer = await client.get("http://site.test/feed")
    assert (answer.url, answer.moved) == ("http://other.test/feed", True)


async def test_endless_and_broken_redirects_are_given_up() -> None:
    asked = []

    async def handler(request: web.Request) -> web.StreamResponse:
        asked.append(request)
        return web.Response(status=302, headers={"Location": request.query.get("to", "/again")})

    async with browsing(handler) as client:
        with pytest.raises(FetchFailed, match="redirects more than 5 times"):
            await client.get("http://site.test/")
        assert len(asked) == 6
        with pytest.raises(FetchFailed, match="redirects to a broken address"):
            await client.get("http://site.test/?to=http://[x")
        with pytest.raises(FetchRefused, match="only read http and https addresses, not ftp"):
            await client.get("http://site.test/?to=ftp://site.test/")


async def test_a_site_that_asks_for_a_pause_gets_it() -> None:
    clock = FakeClock()
    asked = []

    async def handler(request: web.Request) -> web.StreamResponse:
        asked.append(clock.now())
        return web.Response(status=429, headers={"Retry-After": "120"})

    async with browsing(handler, clock=clock) as client:
        with pytest.raises(FetchFailed, match=r"site\.test is asking me to slow down") as failure:
            await client.get("http://site.test/")
        assert failure.value.retry_after == timedelta(minutes=2)
        clock.time += timedelta(seconds=30)
        with pytest.raises(FetchFailed, match=r"site\.test asked for a pause") as failure:
            await client.get("http://site.test/other")
        assert failure.value.retry_after == timedelta(seconds=90)
        assert len(asked) == 1
        clock.time += timedelta(seconds=90)
        with pytest.raises(FetchFailed, match="slow down"):
            await client.get("http://site.test/")
    assert len(asked) == 2


async def test_without_a_named_time_the_pauses_grow() -> None:
    clock = FakeClock()
    statuses = iter([429, 429, 429, 200, 429])

    async def handler(request: web.Request) -> web.StreamResponse:
        return web.Response(status=next(statuses))

    async def pause(client: HttpClient) -> float:
        with pytest.raises(FetchFailed) as failure:
            await client.get("http://site.test/")
        assert failure.value.retry_after is not None
        clock.time += failure.value.retry_after
        return failure.value.retry_after.total_seconds()

    async with browsing(handler, clock=clock) as client:
        assert [await pause(client) for _ in range(3)] == [30, 60, 120]
        await client.get("http://site.test/")
        assert await pause(client) == 30


async def test_a_site_under_repair_may_be_asked_again_at_once() -> None:
    async with browsing(answering(status=503)) as client:
        for _ in range(2):
            with pytest.raises(FetchFailed, match="overloaded or down for maintenance") as failure:
                await client.get("http://site.test/")
            assert failure.value.retry_after is None


def test_retry_after_is_seconds_or_a_date() -> None:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    date = format_datetime(now + timedelta(hours=1), usegmt=True)
    assert parse_retry_after("5", now) == timedelta(seconds=5)
    assert parse_retry_after(date, now) == timedelta(hours=1)
    assert parse_retry_after("Sun, 01 Mar 2026 12:00:10 -0000", now) == timedelta(seconds=10)
    assert parse_retry_after("Thu, 01 Jan 1970 00:00:00 GMT", now) == timedelta(0)
    assert parse_retry_after("9" * 500, now) == timedelta(days=1)
    for nonsense in (None, "", "soon", "-3", "1.5", "²"):
        assert parse_retry_after(nonsense, now) is None


async def test_requests_to_one_site_keep_their_distance() -> None:
    clock = FakeClock()
    times: list[tuple[str, float]] = []
    started = clock.now()

    async def handler(request: web.Request) -> web.StreamResponse:
        times.append((request.host, (clock.now() - started).total_seconds()))
        return web.Response()

    limits = Limits(paces={"site.test": Pace(1, timedelta(seconds=3))})
    async with browsing(handler, clock=clock, limits=limits) as client:
        await client.get("http://other.test/")
        await asyncio.gather(*(client.get("http://site.test/") for _ in range(4)))
    assert times == [("other.test", 0), *(("site.test", 3 * n) for n in range(4))]


async def test_a_clock_that_was_set_back_stops_no_requests() -> None:
    clock = FakeClock()
    times = []

    async def handler(request: web.Request) -> web.StreamResponse:
        times.append(clock.now())
        return web.Response()

    limits = Limits(paces={"site.test": Pace(1, timedelta(seconds=3))})
    async with browsing(handler, clock=clock, limits=limits) as client:
        await client.get("http://site.test/")
        clock.time -= timedelta(hours=1)
        await client.get("http://site.test/")
    assert times[1] - times[0] == timedelta(seconds=3) - timedelta(hours=1)


async def test_a_clock_that_is_set_back_while_somebody_waits_holds_them_up_no_longer() -> None:
    back = timedelta(0)

    class SetBack(SystemClock):
        def now(self) -> datetime:
            return super().now() - back

    pacer = Pacer(SetBack(), {"site.test": Pace(1, timedelta(seconds=0.05))}, timedelta(minutes=1))

    async def ask() -> None:
        async with pacer.turn("site.test"):
            pass

    await ask()
    waiting = asyncio.create_task(ask())
    await asyncio.sleep(0)
    back = timedelta(hours=1)
    await asyncio.wait_for(waiting, 5)


async def test_a_queue_that_is_too_long_is_not_joined() -> None:
    limits = Limits(
        longest_wait=timedelta(seconds=5), paces={"site.test": Pace(1, timedelta(seconds=3))}
    )
    async with browsing(answering(), limits=limits) as client:
        answers = await asyncio.gather(
            *(client.get("http://site.test/") for _ in range(5)), return_exceptions=True
        )
    failures = [answer for answer in answers if isinstance(answer, FetchFailed)]
    assert len(failures) == 3
    assert all(failure.retry_after == timedelta(seconds=6) for failure in failures)


async def test_only_so_many_requests_at_once() -> None:
    now_open = most_open = 0

    async def handler(request: web.Request) -> web.StreamResponse:
        nonlocal now_open, most_open
        now_open += 1
        most_open = max(most_open, now_open)
        await asyncio.sleep(0.005)
        now_open -= 1
        return web.Response()

    limits = Limits(paces={"site.test": Pace(2)})
    async with browsing(handler, limits=limits) as client:
        await asyncio.gather(*(client.get("http://site.test/") for _ in range(8)))
    assert most_open == 2


def counting(status: int = 200) -> tuple[list[str], Handler]:
    asked: list[str] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        asked.append(request.headers.get("Accept", ""))
        return web.Response(text=f"answer {len(asked)}", status=status)

    return asked, handler


async def test_answers_are_kept_on_disk_for_a_while(tmp_path: Path) -> None:
    clock = FakeClock()
    _, handler = counting()

    async def ask(client: HttpClient, url: str = "http://site.test/", **options: Any) -> Response:
        return await client.get(url, cache_for=timedelta(hours=1), **options)

    async with browsing(handler, clock=clock, cache_directory=tmp_path / "web") as client:
        first = await ask(client)
        again = await ask(client)
        assert again.text() == first.text() == "answer 1"
        assert again.headers["content-type"] == first.headers["Content-Type"]
        assert again.url == "http://site.test/"
        assert (await ask(client, accept="application/json")).text() == "answer 2"
        assert (await ask(client, "http://site.test/?x")).text() == "answer 3"
        assert (await client.get("http://site.test/")).text() == "answer 4"
        clock.time += timedelta(hours=1)
        assert (await ask(client)).text() == "answer 5"
        clock.time -= timedelta(days=1)  # a clock put back: nobody knows how old the answer is
        assert (await ask(client)).text() == "answer 6"


async def test_failures_are_not_kept(tmp_path: Path) -> None:
    asked, handler = counting(status=404)
    async with browsing(handler, cache_directory=tmp_path) as client:
        for _ in range(2):
            await client.get("http://site.test/", cache_for=timedelta(hours=1))
    assert len(asked) == 2


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[:-1],
        lambda content: content.replace(b"answer", b"corrup"),
        lambda content: b"null\n" + content,
        lambda content: b"\xff\xfe" + content,
        lambda content: b'{"kept_at": "yesterday"}\n',
    ],
)
async def test_a_damaged_cache_is_a_miss(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    _, handler = counting()
    async with browsing(handler, cache_directory=tmp_path) as client:
        await client.get("http://site.test/", cache_for=timedelta(hours=1))
        (file,) = tmp_path.iterdir()  # noqa: ASYNC240 - a test may wait for its disk
        file.write_bytes(damage(file.read_bytes()))
        answer = await client.get("http://site.test/", cache_for=timedelta(hours=1))
    assert answer.text() == "answer 2"


def test_the_cache_does_not_grow_without_bounds(tmp_path: Path) -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    cache = DiskCache(tmp_path, max_files=50)
    for number in range(300):
        cache.write(f"key {number}", now, Kept("http://site.test/", {}, b"x"))
    assert len(list(tmp_path.iterdir())) <= 50 + 64
    assert cache.read("key 299", now, timedelta(hours=1)) is not None


async def test_a_cache_that_cannot_be_written_costs_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    asked, handler = counting()
    async with browsing(handler, cache_directory=tmp_path / "file") as client:
        for _ in range(2):
            await client.get("http://site.test/", cache_for=timedelta(hours=1))
    assert len(asked) == 2


async def test_environment_proxies_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    async with browsing(answering(text="direct")) as client:
        assert (await client.get("http://site.test/")).text() == "direct"
