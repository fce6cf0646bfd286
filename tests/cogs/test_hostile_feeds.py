"""Blogs that want to ping, format, invite or mislead: the whole way of their experiences."""

import pytest
from simcord.actors import MemberActor
from simcord.results import InteractionResult

from bot.experiences.sources.fetching import Failed
from tests.cogs import test_hostile as hostile
from tests.experiences.blog import blog_post, rss
from tests.people import (
    Club,
    assert_nothing_pings,
    buttons_of,
    components_of,
    fill_in,
    message_of,
    reply,
    text_of,
)

FEED = "https://blog.example.org/feed.xml"
EVIL = (
    "@everyone @here <@{bob}> <@&{role}> [free GPU](https://evil.example) **b** __u__ ~~s~~ ||x|| "
    "`code` ```block``` discord.gg/evil \u202egnp.exe\u202c :tada: <t:0:R> </help:1>"
)
BODY = (
    "# heading\n> quote\n- list\n1. one\n```\n@everyone discord.gg/evil\n```\n"
    "I interned at CERN, in Geneva, as a research intern, in the summer of 2019."
)
OURS = {"heading", "bold", "hidden link", "mention", "time", "code"}


@pytest.fixture
def evil(club: Club) -> str:
    return EVIL.format(bob=club.bob.id, role=club.organisers.id)


@pytest.fixture
def nasty(evil: str) -> list:
    """Experiences all of whose parts are hostile."""
    tags = (evil, "- @everyone", "||x||", "discord.gg/evil")
    addresses = (
        "https://example.org/@everyone",
        "https://discord.gg/evil",
        "javascript:alert(1)",
        "https://example.org/a_(b)_c?x=**y**",
    )
    return [
        blog_post(
            n, title=f"{evil} {n}", author=evil, text=f"{evil}\n{BODY} {n}", link=link, tags=tags
        )
        for n, link in enumerate(addresses, start=1)
    ]


def assert_harmless(club: Club, text: str, formats: set[str] = OURS) -> None:
    """Nor does it invite, or lead to what is no address."""
    hostile.assert_harmless(club, text, formats)
    for mark in ("discord.gg/evil", "javascript:alert(1))"):
        assert mark not in text


async def ask(club: Club, who: MemberActor, text: str) -> InteractionResult:
    """Ask about the first experience, with this text in all fields."""
    form = await who.slash(club.papers, "experience ask", experience="1")
    return await fill_in(who, form, **{"Your question": text, "Details": text})


def messages(club: Club) -> list:
    """All that everybody can see."""
    places = [club.papers, *club.papers.threads]
    return [message for place in places for message in club.cards(place)]


async def test_the_experiences_of_an_evil_blog_are_harmless(
    club: Club, nasty, evil, web, clock
) -> None:
    web.pages[FEED] = rss(nasty, title=evil)
    said = []
    for command, options in (
        ("feed preview", {"url": FEED}),
        ("feed why", {"url": FEED}),
        ("feed add", {"url": FEED, "latest": 10, "exclude": '"||no||" <@5>'}),
        ("feed list", {}),
        ("feed check", {"feed": "1"}),
        ("feed pause", {"feed": "1"}),
        ("feed resume", {"feed": "1"}),
        ("experience latest", {}),
        ("experience search", {"text": "interned"}),
        ("experience search", {"text": "cern", "tag": "- @everyone"}),
    ):
        answer = await club.olga.slash(club.papers, command, **options)
        said.append(reply(answer))
    said.append(reply(await ask(club, club.olga, evil)))
    await club.application.tick()
    assert [text for text in map(text_of, messages(club)) if "About the experience" in text]
    assert len(club.cards()) == 4
    said += map(text_of, messages(club))
    said += [thread.name or "" for thread in club.papers.threads if "\n" in (thread.name or "")]
    for text in said:
        assert_harmless(club, text, OURS | hostile.THEIRS if "Question" in text else OURS)


async def test_links_of_an_evil_blog_lead_nowhere_bad(club: Club, nasty, web) -> None:
    web.pages[FEED] = rss(nasty)
    await club.olga.slash(club.papers, "feed add", url=FEED, latest=10)
    assert [buttons_of(card).get("Read it all") for card in club.cards()] == [
        "https://example.org/%40everyone",
        None,
        None,
        "https://example.org/a_%28b%29_c?x=**y**",
    ]


async def test_a_digest_and_notices_of_an_evil_blog_are_harmless(
    club: Club, nasty, evil, web, clock
) -> None:
    web.pages[FEED] = rss(nasty, title=evil)
    await club.olga.slash(club.papers, "feed add", url=FEED, latest=10, delivery="weekly")
    web.pages[FEED] = Failed("There is nothing at that address any more.", 404)
    clock.advance(days=1)
    await club.application.tick()
    web.pages[FEED] = rss(nasty, title=evil)
    for _ in range(8):
        clock.advance(days=1)
        await club.application.tick()
    said = [*map(text_of, messages(club)), *map(text_of, club.olga.user.dm_channel.history())]
    assert any("This week:" in text for text in said)
    assert any("can be read again" in text for text in said)
    for text in said:
        assert_harmless(club, text)


async def test_every_request_about_an_evil_blog_pings_nobody(
    club: Club, nasty, evil, web, clock
) -> None:
    web.pages[FEED] = rss(nasty, title=evil)
    forum = club.guild.create_forum_channel("forum")
    for channel in (club.papers, forum):
        await club.olga.slash(club.papers, "feed add", url=FEED, channel=channel, latest=10)
        await club.olga.slash(club.papers, "feed remove", feed="1")
    assert "Posted as question 1 in" in reply(await ask(club, club.alice, evil))
    web.pages[FEED] = rss(nasty[::-1], title=evil)
    assert assert_nothing_pings(club) > 8


async def test_evil_text_in_commands_comes_back_harmless(club: Club, evil: str) -> None:
    for command, options in (
        ("feed add", {"url": evil}),
        ("feed why", {"url": evil}),
        ("feed pause", {"feed": evil}),
        ("experience latest", {"organisation": evil[:60]}),
        ("experience search", {"text": evil[:40]}),
        ("experience ask", {"experience": evil}),
        ("ask", {"about": evil[:60]}),
    ):
        answer = await club.olga.slash(club.papers, command, **options)
        assert_harmless(club, reply(answer))
        ids = [part.get("custom_id", "") for part in components_of(message_of(answer))]
        assert all(len(custom_id) <= 100 for custom_id in ids)
    club.refused()
