"""*Undo* in replies: once, by those who may, while it can be undone; else a sentence says why."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest
from simcord.results import InteractionResult

from tests.conftest import FakeClock
from tests.experiences.blog import blog_post, rss
from tests.people import Club, buttons_of, message_of, reply, text_of

ORGANISERS_ONLY = "Only organisers can do that: people with *Manage Server* or the organiser role."
FEED = "https://blog.example.org/feed.xml"
UNKNOWN_FEED = "I don't follow that feed. `/feed list` shows those I do."
NOT_ANNOUNCED = "That paper is no longer the announced one, so there's nothing to undo."
PAUSE_CHANGED = "The pause has changed since then, so there's nothing to undo."
Does = Callable[[Club], Awaitable[InteractionResult]]


@dataclass(frozen=True)
class Case:
    """What an organiser does; what *Undo* says the first and the second time, and too late."""

    does: Does
    undone: str
    again: str
    meanwhile: Does | float  # or so many days
    late: str
    before: Does | None = None


def slash(command: str, **options: object) -> Does:
    return lambda club: club.olga.slash(club.papers, command, **options)


CASES = {
    "skip": Case(
        slash("schedule skip", date="2026-01-12"),
        "Back on: the meeting on <t:1768215600:F>.",
        "That meeting isn't called off any more.",
        8,
        "That meeting's time has passed, so it stays called off.",
    ),
    "pause": Case(
        slash("schedule pause"),
        "Undone. `/schedule show` lists the meetings.",
        PAUSE_CHANGED,
        slash("schedule pause", until="2026-02-01"),
        PAUSE_CHANGED,
    ),
    "resume": Case(
        slash("schedule resume"),
        "Undone. `/schedule show` lists the meetings.",
        PAUSE_CHANGED,
        slash("schedule pause", until="2026-02-01"),
        PAUSE_CHANGED,
        before=slash("schedule pause"),
    ),
    "pick": Case(
        slash("schedule pick", paper="1"),
        "Pick undone: [On 1706.03762]",
        NOT_ANNOUNCED,
        6.97,
        "That meeting has started, so its paper can't change any more.",
    ),
    "change": Case(
        slash("schedule change", paper="2"),
        "Undone: [On 1706.03762]",
        NOT_ANNOUNCED,
        slash("paper withdraw", nomination="1"),
        "The previous paper is no longer up for vote.",
        before=slash("schedule pick", paper="1"),
    ),
    "withdraw": Case(
        slash("paper withdraw", nomination="1"),
        "Up for vote again: [On 1706.03762]",
        "That nomination isn't withdrawn any more.",
        slash("paper nominate", link="arXiv:1706.03762"),
        "Someone has nominated that paper again since then.",
    ),
    "feed pause": Case(
        slash("feed pause", feed="1"),
        f"Resumed: [A blog]({FEED}). I'm checking it now.",
        "That feed isn't paused any more, so there's nothing to undo.",
        slash("feed remove", feed="1"),
        UNKNOWN_FEED,
    ),
    "feed resume": Case(
        slash("feed resume", feed="1"),
        f"Paused: [A blog]({FEED}). `/feed resume` resumes it.",
        "That feed is already paused, so there's nothing to undo.",
        slash("feed remove", feed="1"),
        UNKNOWN_FEED,
        before=slash("feed pause", feed="1"),
    ),
    "feed remove": Case(
        slash("feed remove", feed="1"),
        f"Following [A blog]({FEED}) again, as before.",
        f"Following [A blog]({FEED}) again, as before.",
        2,
        "That was more than a day ago. Follow the feed anew with `/feed add`.",
    ),
}


@pytest.fixture
async def busy(club: Club, web) -> Club:
    """A group with two papers up for vote, and a blog."""
    for link in ("arXiv:1706.03762", "arXiv:1706.03763"):
        await club.nominate(club.alice, link)
    web.pages[FEED] = rss([blog_post(1)])
    await club.olga.slash(club.papers, "feed add", url=FEED, channel=club.papers)
    return club


@pytest.mark.parametrize("name", CASES)
async def test_it_is_undone_once_by_organisers_while_it_can_be(
    busy: Club, clock: FakeClock, name: str
) -> None:
    club, case = busy, CASES[name]
    if case.before is not None:
        await case.before(club)
    undo = buttons_of(message_of(await case.does(club)))["Undo"]
    refused = await club.press(club.bob, undo)
    expected = "Only the nominator or an organiser" if name == "withdraw" else ORGANISERS_ONLY
    assert refused.startswith(expected)
    assert (await club.press(club.olga, undo)).startswith(case.undone)
    assert (await club.press(club.olga, undo)).startswith(case.again)

    done = message_of(await case.does(club))
    if isinstance(case.meanwhile, int | float):
        clock.advance(days=case.meanwhile)
        await club.application.tick()
    else:
        assert "Undo" not in reply(await case.meanwhile(club))
    before = seen(club)
    assert await club.press(club.olga, buttons_of(done)["Undo"]) == case.late
    assert seen(club) == before


def seen(club: Club) -> list[str]:
    """What stands in the channel, apart from what `press` puts there."""
    return [text for card in club.cards() if (text := text_of(card)) != "an old message"]
