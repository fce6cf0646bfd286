"""What organisers hear of feeds that can't be read, and what its buttons do."""

import pytest
from simcord.builders import ChannelHandle

from bot.experiences.sources.fetching import Failed
from tests.experiences.blog import blog_post, rss
from tests.people import Club, buttons_of, reply, text_of

FEED = "https://blog.example.org/feed.xml"
BLOG = f"[A blog]({FEED})"
MISSING = Failed("There is nothing at that address any more.", 404)
BROKEN = Failed("The site answers with an error (500).", 500)
GONE = Failed("The site says that it is gone for good.", 410)
ORGANISERS_ONLY = "Only organisers can do that: people with *Manage Server* or the organiser role."
STATED = f"### I can't read {BLOG}"


@pytest.fixture
async def office(club: Club, web) -> ChannelHandle:
    """The organisers' channel of a group that follows a blog."""
    office = club.guild.create_text_channel("office")
    await club.set_up(organisers=office)
    await follow(club, web)
    return office


async def follow(club: Club, web) -> None:
    web.pages[FEED] = rss([blog_post(1)])
    await club.olga.slash(club.papers, "feed add", url=FEED)


async def later(club: Club, clock, **by: float) -> None:
    clock.advance(**by)
    await club.application.tick()


async def test_organisers_hear_once_of_a_feed_that_is_missing(
    club: Club, office, web, clock
) -> None:
    web.pages[FEED] = MISSING
    await later(club, clock, days=1)
    (notice,) = club.cards(office)
    lines = text_of(notice).splitlines()
    assert lines[0] == STATED
    assert lines[1].startswith(
        "There is nothing at that address any more. I've been trying since <t:"
    )
    assert lines[1].endswith("I'll keep trying; once it's back, I'll post what's still in it.")
    assert list(buttons_of(notice)) == ["Retry", "Pause"]
    for _ in range(5):
        await later(club, clock, days=1)
    assert len(club.cards(office)) == 1


async def test_passing_trouble_is_told_after_a_day(club: Club, office, web, clock) -> None:
    web.pages[FEED] = BROKEN
    await later(club, clock, days=1)
    assert not club.cards(office)
    for _ in range(30):
        await later(club, clock, hours=1)
    (notice,) = club.cards(office)
    assert "The site answers with an error (500)." in text_of(notice)


async def test_organisers_hear_once_that_it_is_back(club: Club, office, web, clock) -> None:
    web.pages[FEED] = MISSING
    await later(club, clock, days=1)
    web.pages[FEED] = rss([blog_post(2), blog_post(1)])
    await later(club, clock, days=1)
    await later(club, clock, days=1)
    _, back = club.cards(office)
    assert text_of(back).startswith(f"### {BLOG} can be read again\nIt had been failing since <t:")
    assert "1 new experience will be posted." in text_of(back)
    assert "part 2" in text_of(club.cards()[-1])


async def test_a_feed_that_is_gone_for_good_is_not_asked_again(
    club: Club, office, web, clock
) -> None:
    web.pages[FEED] = GONE
    await later(club, clock, days=1)
    (notice,) = club.cards(office)
    assert "I've stopped checking it." in text_of(notice)
    asked = len(web.asked)
    await later(club, clock, days=3)
    assert len(web.asked) == asked
    listed = reply(await club.olga.slash(club.papers, "feed list"))
    assert "The site says that it is gone for good. It's paused" in listed


async def test_retry_asks_now_also_after_a_restart(club: Club, office, web, clock, start) -> None:
    web.pages[FEED] = MISSING
    await later(club, clock, days=1)
    (notice,) = club.cards(office)
    said = reply(await club.olga.click(notice, label="Retry"))
    assert said == f"I can't read {BLOG}: There is nothing at that address any more."
    await club.restart(start())
    web.pages[FEED] = rss([blog_post(2), blog_post(1)])
    said = reply(await club.olga.click(notice, label="Retry"))
    assert said.startswith(f"Checked {BLOG}. What's new gets posted. Next check <t:")
    assert "part 2" in text_of(club.cards()[-1])
    assert "can be read again" in text_of(club.cards(office)[-1])


async def test_pause_stops_asking(club: Club, office, web, clock) -> None:
    web.pages[FEED] = MISSING
    await later(club, clock, days=1)
    (notice,) = club.cards(office)
    said = reply(await club.olga.click(notice, label="Pause"))
    assert said == f"Paused: {BLOG}. `/feed resume` resumes it."
    asked = len(web.asked)
    await later(club, clock, days=3)
    assert len(web.asked) == asked


async def test_members_press_these_buttons_in_vain(club: Club, office, web, clock) -> None:
    web.pages[FEED] = MISSING
    await later(club, clock, days=1)
    (notice,) = club.cards(office)
    for label in ("Retry", "Pause"):
        assert reply(await club.alice.click(notice, label=label)) == ORGANISERS_ONLY
    oscar = club.add_member("oscar", club.organisers)
    assert "Paused:" in reply(await oscar.click(notice, label="Pause"))


async def test_the_buttons_of_a_feed_that_was_removed_say_so(
    club: Club, office, web, clock
) -> None:
    web.pages[FEED] = MISSING
    await later(club, clock, days=1)
    (notice,) = club.cards(office)
    await club.olga.slash(club.papers, "feed remove", feed="1")
    for label in ("Retry", "Pause"):
        said = reply(await club.olga.click(notice, label=label))
        assert said.startswith("I don't follow that feed.")


async def test_without_an_organisers_channel_it_is_a_direct_message(
    club: Club, web, clock, start
) -> None:
    await follow(club, web)
    web.pages[FEED] = MISSING
    await later(club, clock, days=1)
    (notice,) = club.olga.user.dm_channel.history()
    assert text_of(notice).startswith(STATED)
    await club.restart(start())
    said = reply(await club.olga.user.click(notice, label="Retry"))
    assert said.startswith(f"I can't read {BLOG}:")
    said = reply(await club.olga.user.click(notice, label="Pause"))
    assert said.startswith(f"Paused: {BLOG}.")


async def test_a_direct_message_obeys_organisers_only(club: Club, web, clock) -> None:
    await follow(club, web)
    web.pages[FEED] = MISSING
    await later(club, clock, days=1)
    (notice,) = club.olga.user.dm_channel.history()
    manager = club.guild.roles["Manager"]
    club.env.backend.remove_member_role(club.guild.id, club.olga.id, manager.id)
    for label in ("Retry", "Pause"):
        assert reply(await club.olga.user.click(notice, label=label)) == ORGANISERS_ONLY
    club.env.backend.add_member_role(club.guild.id, club.olga.id, club.organisers.id)
    said = reply(await club.olga.user.click(notice, label="Retry"))
    assert said.startswith(f"I can't read {BLOG}:")
    club.guild.remove_member(club.olga)
    said = reply(await club.olga.user.click(notice, label="Pause"))
    assert said == "You're not in that server any more."
