"""Links that lead nowhere good: the real resolver and HTTP client, on a server of the test's."""

import socket
from collections.abc import AsyncIterator
from ipaddress import ip_network

import pytest
from aiohttp import web

from bot.app import build
from tests.people import Club, buttons_of, message_of, reply, text_of

PAPER = """<html><head><title>Attention</title>
<meta name="citation_title" content="Attention Is All You Need">
<meta name="citation_author" content="Vaswani, Ashish">
<meta name="citation_publication_date" content="2017/06/12"></head><body></body></html>"""


async def answer(request: web.Request) -> web.StreamResponse:
    match request.path:
        case "/paper":
            return web.Response(text=PAPER, content_type="text/html")
        case "/blog":
            return web.Response(text="<html><body>My cat</body></html>", content_type="text/html")
        case "/picture":
            return web.Response(body=b"\x89PNG", content_type="image/png")
        case "/inside":
            raise web.HTTPFound("http://10.0.0.1/secret")
        case "/huge":
            response = web.StreamResponse(headers={"Content-Type": "text/html"})
            await response.prepare(request)
            try:
                for _ in range(50):
                    await response.write(b"x" * 1_000_000)
            except ConnectionError:
                pass  # the client has had enough
            return response
        case "/busy":
            raise web.HTTPServiceUnavailable
    raise web.HTTPNotFound


@pytest.fixture
async def site() -> AsyncIterator[str]:
    """The address of a web server on this machine."""
    application = web.Application()
    application.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0)
    await runner.setup()
    listener = web.TCPSite(runner, "127.0.0.1", 0)
    await listener.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.fixture
def nearby() -> tuple[str, ...]:
    """What the host of the bot allows it to read apart from the public internet."""
    return ("127.0.0.0/8",)


@pytest.fixture
async def application(application, settings, clock, site, nearby):
    """The application with the real resolver; every service that it knows is on `site`."""
    services = {name: f"{site}/none" for name in type(settings).model_fields if "_url" in name}
    del services["database_url"]
    changed = settings.model_copy(
        update={**services, "allowed_networks": tuple(map(ip_network, nearby))}
    )
    real = build(changed, clock=clock)
    yield real
    for end in real.client.when_closing:
        await end()


async def nominate(club: Club, link: str) -> str:
    result = await club.alice.slash(club.papers, "paper nominate", link=link)
    offered = buttons_of(message_of(result)) if message_of(result).components else {}
    return f"{reply(result)} {list(offered)}"


async def test_a_page_that_describes_a_paper_is_read(club: Club, site: str) -> None:
    assert "is up for vote." in await nominate(club, f"{site}/paper")
    assert "Ashish Vaswani · 2017" in text_of(club.card("Attention Is All You Need"))


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        ("/blog", "That page doesn't say which paper it is about."),
        ("/picture", "That's a picture, and I can't read its title."),
        ("/huge", "That page is larger than 10 MB."),
        ("/nothing", "That page doesn't exist."),
        ("/inside", "10.0.0.1 isn't on the public internet, so I can't read it."),
    ],
)
async def test_a_page_without_a_paper_can_be_typed_in(
    club: Club, site: str, page: str, sentence: str
) -> None:
    said = await nominate(club, f"{site}{page}")
    assert sentence in said
    assert "You can type in title and authors yourself. ['Type it in']" in said
    assert await club.queue() == {}
    assert not club.cards()


@pytest.mark.parametrize("nearby", [()])
async def test_a_private_address_is_refused(club: Club, site: str) -> None:
    said = await nominate(club, f"{site}/paper")
    assert "127.0.0.1 isn't on the public internet, so I can't read it." in said
    assert await club.queue() == {}


async def test_an_unreachable_site_is_asked_again_later(club: Club) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but nobody listens
        link = f"http://127.0.0.1:{taken.getsockname()[1]}/paper"
        said = await nominate(club, link)
    assert "I can't connect to 127.0.0.1. I'll fill in title and authors" in said
    assert await club.queue() == {link: 1}


async def test_a_site_with_trouble_is_asked_again_later(club: Club, site: str) -> None:
    assert "I'll fill in title and authors" in await nominate(club, f"{site}/busy")
    assert await club.queue() == {f"{site}/busy": 1}
