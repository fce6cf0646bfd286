"""`/feed`: what organisers follow, look at, stop, import and export."""

from collections.abc import AsyncIterator
from xml.etree import ElementTree

import discord
import pytest
from simcord.builders import ChannelHandle

from bot.core.http.client import HttpClient
from bot.experiences.sources.fetching import Failed, Fetcher
from bot.experiences.sources.parser_pool import Readers
from tests.conftest import START
from tests.experiences.blog import blog_post, rss
from tests.people import Club, buttons_of, components_of, message_of, reply, text_of

ORGANISERS_ONLY = "Only organisers can do that: people with *Manage Server* or the organiser role."
CHOOSE = "Choose one from the list that appears as you type."
FEED = "https://blog.example.org/feed.xml"
BLOG = f"[A blog]({FEED})"
TEAL = 0x0D9488


@pytest.fixture
def diaries(club: Club) -> ChannelHandle:
    """The channel for experiences."""
    return club.guild.create_text_channel("diaries")


@pytest.fixture
def three(web) -> None:
    """A blog with three experiences."""
    web.pages[FEED] = rss([blog_post(number) for number in (3, 2, 1)])


def titles(club: Club, channel: ChannelHandle) -> list[str]:
    return [text_of(card).splitlines()[0] for card in club.cards(channel)]


def heading(number: int) -> str:
    return f"### [My internship, part {number}](https://blog.example.org/posts/{number}/)"


async def add(club: Club, channel: ChannelHandle, **options) -> str:
    given = {"url": FEED, "channel": channel} | options
    return reply(await club.olga.slash(club.papers, "feed add", **given))


async def answer_of(club: Club, command: str, **options) -> str:
    return reply(await club.olga.slash(club.papers, command, **options))


# --- add --------------------------------------------------------------------------------------


async def test_following_a_blog_posts_its_newest_experience(club: Club, diaries, three) -> None:
    said = await add(club, diaries)
    assert said == (
        f"Now following {BLOG}. New experiences go to {diaries.mention}. "
        "I'm posting 1 experience now. 2 earlier ones can be searched."
    )
    assert titles(club, diaries) == [heading(3)]
    assert not club.cards()


async def test_later_experiences_come_by_themselves_the_oldest_first(
    club: Club, diaries, three, web, clock
) -> None:
    await add(club, diaries)
    web.pages[FEED] = rss([blog_post(number) for number in (5, 4, 3, 2, 1)])
    clock.advance(days=1)
    await club.application.tick()
    assert titles(club, diaries) == [heading(3), heading(4), heading(5)]


async def test_the_latest_few_are_posted_if_wanted(club: Club, diaries, three) -> None:
    assert "I'm posting 2 experiences now" in await add(club, diaries, latest=2)
    assert titles(club, diaries) == [heading(2), heading(3)]


async def test_nothing_is_posted_now_if_wanted(club: Club, diaries, three) -> None:
    assert "I'm posting nothing now. 3 earlier ones" in await add(club, diaries, latest=0)
    assert not club.cards(diaries)


async def test_without_a_channel_experiences_go_to_this_one(club: Club, three) -> None:
    said = await answer_of(club, "feed add", url=FEED)
    assert f"New experiences go to {club.papers.mention}." in said
    assert titles(club, club.papers) == [heading(3)]


async def test_a_voice_channel_is_no_place_for_experiences(club: Club, three) -> None:
    voice = club.guild.create_voice_channel("talk")
    answer = await club.olga.slash(voice, "feed add", url=FEED)
    assert (
        reply(answer)
        == "I can't post experiences in this channel. Choose another one with `channel:`."
    )
    club.refused()
    assert "No feeds yet." in await answer_of(club, "feed list")


async def test_a_page_without_a_feed_gets_a_sentence(club: Club, diaries) -> None:
    assert await add(club, diaries, url="https://example.org/") == "I found no feed there."
    club.refused()


async def test_filters_leave_out_what_is_not_wanted(club: Club, diaries, web) -> None:
    entries = [
        blog_post(4, tags=("Robotics",), text="We built a robot arm. It was fun, and it moved."),
        blog_post(3, tags=("robotics",), text="Advertisement: buy a robot arm, it is cheap."),
        blog_post(2, tags=("robotics",), text="We wrote a compiler, and nothing else."),
        blog_post(1, tags=("cooking",), text="We cooked a robot arm. It was not tasty."),
    ]
    web.pages[FEED] = rss(entries)
    words = {"categories": "Robotics", "keywords": '"robot arm"', "exclude": "advertisement"}
    await add(club, diaries, latest=10, **words)
    assert titles(club, diaries) == [heading(4)]
    assert await answer_of(club, "feed list") == (
        "### Feeds\n"
        f"{BLOG} · {diaries.mention} · #Robotics · “robot arm” · not “advertisement”\n"
        f"-# Checked <t:{int(START.timestamp())}:R>, last news <t:1764925200:R>"
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (" ".join(f"w{n}" for n in range(21)), "Those are 21 words; 20 are the most I look for."),
        ("x" * 61, "A word or phrase can have 60 characters at most."),
    ],
)
async def test_too_many_or_long_words_are_refused(
    club: Club, diaries, three, words: str, sentence: str
) -> None:
    assert await add(club, diaries, keywords=words) == sentence
    club.refused()
    assert not club.cards(diaries)


async def test_a_feed_that_is_followed_takes_the_new_wishes(
    club: Club, diaries, three, web, clock
) -> None:
    await add(club, club.papers)
    said = await add(club, diaries, keywords="robot")
    assert said == (
        f"I already follow {BLOG}. Your changes are saved; its experiences go to {diaries.mention}."
    )
    assert not club.cards(diaries)
    web.pages[FEED] = rss(
        [blog_post(5), blog_post(4, text="A robot, at last, and what it did to us.")]
    )
    clock.advance(days=1)
    await club.application.tick()
    assert titles(club, diaries) == [heading(4)]


async def test_a_feed_that_is_followed_stays_as_it_is(club: Club, diaries, three) -> None:
    await add(club, diaries, keywords="robot", delivery="weekly")
    listed = await answer_of(club, "feed list")
    said = await answer_of(club, "feed add", url=FEED)
    assert said == f"I already follow {BLOG}. Nothing has changed."
    assert await answer_of(club, "feed list") == listed


async def test_a_feed_is_edited(club: Club, diaries, three) -> None:
    await add(club, diaries, categories="a", keywords="b")
    options = {"keywords": "-", "exclude": '"x y"', "channel": club.papers}
    said = await answer_of(club, "feed edit", feed="1", **options)
    assert said.splitlines()[:2] == [
        "Changed:",
        f"{BLOG} · {club.papers.mention} · #a · not “x y”",
    ]
    assert said.split("\n", 1)[1] in await answer_of(club, "feed list")
    refused = await answer_of(club, "feed edit", feed="1")
    assert refused == "Nothing to change: please give at least one of the other options."
    club.refused()


async def test_experiences_go_to_the_channel_of_experiences(
    club: Club, diaries, three, web
) -> None:
    await add(club, diaries)
    other = "https://other.example.org/feed.xml"
    web.pages[other] = rss([blog_post(7)], title="Another")
    voice = club.guild.create_voice_channel("talk")
    said = reply(await club.olga.slash(voice, "feed add", url=other))
    assert f"New experiences go to {diaries.mention}." in said
    answer = await club.olga.slash(voice, "feed import", file=listed(0))
    assert "Now following 1 new feed" in reply(answer)
    assert (await answer_of(club, "feed list")).count(diaries.mention) == 3


async def test_a_weekly_digest_gathers_experiences(club: Club, diaries, three, web, clock) -> None:
    said = await add(club, diaries, delivery="weekly")
    assert f"A weekly digest goes to {diaries.mention}." in said
    assert "I'm posting nothing now. 1 experience will follow" in said
    assert not club.cards(diaries)
    assert "weekly digest" in await answer_of(club, "feed list")
    web.pages[FEED] = rss([blog_post(number) for number in (5, 4, 3, 2, 1)])
    assert "What's new comes with the next digest." in await answer_of(club, "feed check", feed="1")
    clock.advance(days=7)
    await club.application.tick()
    (digest,) = club.cards(diaries)
    lines = text_of(digest).splitlines()
    assert lines[0] == "### This week: A blog"
    assert [line for line in lines if "part" in line] == [heading(n)[4:] for n in (3, 4, 5)]


async def test_a_large_digest_is_sent_in_parts(club: Club, diaries, web, clock) -> None:
    """A message holds 4,000 characters of text."""
    long = [
        blog_post(n, title=f"Internship {n} " + "in a place " * 12, link=f"{FEED}/{n}/" + "x" * 300)
        for n in range(10)
    ]
    web.pages[FEED] = rss(long)
    await add(club, diaries, latest=10, delivery="weekly")
    clock.advance(days=7)
    await club.application.tick()
    parts = club.cards(diaries)
    assert [text_of(part).splitlines()[0] for part in parts] == [
        f"### This week: A blog ({number} of {len(parts)})" for number in range(1, len(parts) + 1)
    ]
    shown = "\n".join(map(text_of, parts))
    assert all(shown.count(f"/{number}/x") == 1 for number in range(10))


async def test_missing_permissions_are_told_at_once(club: Club, three) -> None:
    closed = discord.PermissionOverwrite(create_public_threads=False)
    quiet = club.guild.create_text_channel(
        "quiet", overwrites={club.guild.roles["TestBot"]: closed}
    )
    said = await add(club, quiet)
    assert (
        f"**I can't post in {quiet.mention} yet.** Please give me *Create Public Threads*." in said
    )


@pytest.fixture
async def real_web(monkeypatch, web, clock) -> AsyncIterator[None]:
    """The bot reads the real web."""
    readers = Readers()
    async with HttpClient(clock=clock) as client:
        monkeypatch.setattr(web, "find", Fetcher(client, readers, clock.now).find)
        yield
    await readers.close()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://127.0.0.1/rss", "127.0.0.1 isn't on the public internet, so I can't read it."),
        ("http://10.0.0.1/rss", "10.0.0.1 isn't on the public internet, so I can't read it."),
        ("http://[::1]/rss", "::1 isn't on the public internet, so I can't read it."),
        ("file:///etc/passwd", "I can only read http and https addresses, not file."),
        ("ftp://example.org/rss", "I can only read http and https addresses, not ftp."),
        ("not a link", "That isn't a web address."),
        ("   ", "That isn't a web address."),
        ("https://me:secret@example.org/", "That address contains a user name."),
    ],
)
async def test_an_address_that_may_not_be_read_is_refused(
    club: Club, diaries, real_web, url: str, sentence: str
) -> None:
    for answer in (
        await add(club, diaries, url=url),
        await answer_of(club, "feed preview", url=url),
        await answer_of(club, "feed why", url=url),
    ):
        assert sentence in answer
        club.refused()


# --- forums -----------------------------------------------------------------------------------


def forum_of(club: Club, *tags: str, moderated: bool = False) -> ChannelHandle:
    forum = club.guild.create_forum_channel("forum")
    blank = {"emoji_id": None, "emoji_name": None, "moderated": moderated}
    made = [blank | {"id": str(club.env.backend.snowflake()), "name": tag} for tag in tags]
    club.env.backend.edit_channel(forum.id, {"available_tags": made})
    return forum


def tags_of(club: Club, forum: ChannelHandle) -> list[set[str]]:
    names = {int(tag["id"]): tag["name"] for tag in forum._channel.available_tags}
    return [{names[tag] for tag in post._channel.applied_tags} for post in forum.threads]


async def test_in_a_forum_an_experience_is_a_post_with_its_tags(club: Club, web) -> None:
    forum = forum_of(club, "Robotics", "robots", "CERN")
    text = "I interned at CERN in the summer of 2019. I was an intern at CERN, in Geneva."
    web.pages[FEED] = rss([blog_post(1, text=text, tags=("robotics",))])
    assert f"New experiences go to {forum.mention}." in await add(club, forum)
    (post,) = forum.threads
    assert post.name == "My internship, part 1"
    assert tags_of(club, forum) == [{"Robotics", "CERN"}]
    assert text_of(post.history()[0]).splitlines()[0] == heading(1)
    assert list(buttons_of(post.history()[0])) == ["Ask about this", "Correct", "Read it all"]


async def test_a_forum_that_wants_a_tag_gets_its_first(club: Club, web, monkeypatch) -> None:
    forum = forum_of(club, "Other", "More")
    wants_one = discord.ChannelFlags(require_tag=True)
    monkeypatch.setattr(discord.ForumChannel, "flags", wants_one)  # simcord has no such flag
    web.pages[FEED] = rss([blog_post(1)])
    await add(club, forum)
    assert tags_of(club, forum) == [{"Other"}]


async def test_a_tag_for_moderators_is_left_to_them(club: Club, web, monkeypatch) -> None:
    forum = forum_of(club, "robotics", moderated=True)
    allowed = discord.Permissions.all() ^ discord.Permissions(manage_threads=True)
    monkeypatch.setattr(discord.ForumChannel, "permissions_for", lambda *_: allowed)
    web.pages[FEED] = rss([blog_post(1, tags=("robotics",))])
    await add(club, forum)
    assert tags_of(club, forum) == [set()]


async def test_a_post_of_a_forum_shows_an_edit(club: Club, web, clock) -> None:
    forum = forum_of(club)
    web.pages[FEED] = rss([blog_post(1)])
    await add(club, forum)
    web.pages[FEED] = rss([blog_post(1, text="It was all quite different, and I was elsewhere.")])
    clock.advance(days=1)
    await club.application.tick()
    (post,) = forum.threads
    assert "It was all quite different" in text_of(post.history()[0])
    assert len(post.history()) == 1


# --- list, preview, why -----------------------------------------------------------------------


async def follow_many(club: Club, web, channel: ChannelHandle, count: int) -> None:
    for number in range(count):
        url = f"https://blog{number}.example.org/feed.xml"
        web.pages[url] = rss([blog_post(number)], title=f"Blog {number:02}")
        await add(club, channel, url=url, latest=0)


async def test_an_empty_list_says_what_to_do(club: Club) -> None:
    said = await answer_of(club, "feed list")
    assert "No feeds yet. `/feed add` follows a blog." in said


async def test_a_long_list_is_turned_also_after_a_restart(club: Club, web, diaries, start) -> None:
    await follow_many(club, web, diaries, 12)
    answer = await club.olga.slash(club.papers, "feed list")
    assert reply(answer).splitlines()[-1] == "-# 1 of 2"
    assert "Blog 09" in reply(answer)
    assert "Blog 10" not in reply(answer)
    (card,) = (part for part in components_of(message_of(answer)) if "accent_color" in part)
    assert card["accent_color"] == TEAL
    await club.restart(start())
    await club.olga.click(message_of(answer), label="Next")
    assert "Blog 11" in reply(answer)
    assert list(buttons_of(message_of(answer))) == ["Previous"]


async def test_a_list_of_long_words_can_be_shown(club: Club, diaries, three) -> None:
    words = " ".join(f"{'_' * 10}{number}" for number in range(20))
    await add(club, diaries, categories=words, keywords=words, exclude=words)
    said = await answer_of(club, "feed list")
    assert said.count("17 more") == 3
    assert "Checked <t:" in said


async def test_a_preview_shows_the_newest_and_posts_nothing(club: Club, three) -> None:
    answer = await club.olga.slash(club.papers, "feed preview", url=FEED)
    said = reply(answer)
    assert said.startswith(heading(3))
    assert "3 entries in this feed. It is new. /feed why explains each." in said
    assert list(buttons_of(message_of(answer))) == ["Read it all"]
    assert not club.cards()
    assert "No feeds yet." in await answer_of(club, "feed list")


async def test_a_preview_of_an_empty_feed_says_so(club: Club, web) -> None:
    web.pages[FEED] = rss([])
    assert "That feed has no entries." in await answer_of(club, "feed preview", url=FEED)
    assert "**Note:** It has no entries." in await answer_of(club, "feed why", url=FEED)


async def test_why_says_what_becomes_of_each_entry(club: Club, diaries, three, web) -> None:
    said = await answer_of(club, "feed why", url=FEED)
    assert said.splitlines()[:3] == [
        f"### {BLOG}",
        "**Post** " + heading(3)[4:] + " · <t:1764838800:D>",
        "-# It is new.",
    ]
    assert said.count("**Archive**") == 2
    assert said.count("It was there before you followed the feed.") == 2
    await add(club, diaries, keywords="robot9999")
    web.pages[FEED] = rss([blog_post(4), blog_post(3)])
    said = await answer_of(club, "feed why", url=FEED)
    assert "**Left out** [My internship, part 4]" in said
    assert "-# It has none of the keywords." in said


async def test_why_is_turned_page_by_page(club: Club, web, start) -> None:
    web.pages[FEED] = rss([blog_post(number) for number in range(25, 0, -1)])
    answer = await club.olga.slash(club.papers, "feed why", url=FEED)
    assert "-# 1 of 3" in reply(answer)
    await club.restart(start())
    await club.olga.click(message_of(answer), label="Next")
    assert "-# 2 of 3" in text_of(message_of(answer))
    assert "part 15]" in text_of(message_of(answer))


async def test_why_of_a_long_address_shows_what_fits(club: Club, web) -> None:
    url = "https://blog.example.org/" + "x" * 400
    link = "https://blog.example.org/" + "y" * 480
    web.pages[url] = rss([blog_post(n, link=link + str(n)) for n in range(25)], title="A " * 100)
    answer = await club.olga.slash(club.papers, "feed why", url=url)
    said = reply(answer)
    shown = said.count("\n-# ") - 1
    assert f"-# The first {shown} of 25; the address is too long for pages." in said
    assert 0 < shown < 25
    assert not buttons_of(message_of(answer))


async def test_the_notes_of_a_broken_feed_are_shown(club: Club, web) -> None:
    web.pages[FEED] = rss([blog_post(1)]) + b"<broken"
    assert "**Note:** " in await answer_of(club, "feed why", url=FEED)


# --- pause, resume, remove, check -------------------------------------------------------------


async def test_a_feed_is_chosen_from_what_is_followed(club: Club, diaries, web) -> None:
    await follow_many(club, web, diaries, 3)
    for command in ("edit", "pause", "resume", "remove", "check"):
        offered = await club.olga.autocomplete(club.papers, f"feed {command}", "feed", "LOG 01")
        assert offered == [{"name": "Blog 01", "value": "2"}]
    allow(club, club.alice)
    assert await club.alice.autocomplete(club.papers, "feed pause", "feed", "") == []


@pytest.mark.parametrize(
    ("feed", "sentence"),
    [("A blog", CHOOSE), ("-1", CHOOSE), ("9" * 30, CHOOSE), ("7", "I don't follow that feed.")],
)
async def test_a_feed_that_was_not_chosen_gets_a_sentence(
    club: Club, feed: str, sentence: str
) -> None:
    options = {"edit": {"keywords": "x"}}
    for command in ("edit", "pause", "resume", "remove", "check"):
        assert sentence in await answer_of(
            club, f"feed {command}", feed=feed, **options.get(command, {})
        )
        club.refused()


async def test_a_paused_feed_is_not_asked_until_it_is_resumed(
    club: Club, diaries, three, web, clock
) -> None:
    await add(club, diaries)
    said = await answer_of(club, "feed pause", feed="1")
    assert said == f"Paused: {BLOG}. `/feed resume` resumes it."
    assert "It's paused; `/feed resume` resumes it." in await answer_of(club, "feed list")
    web.pages[FEED] = rss([blog_post(4), blog_post(3)])
    clock.advance(days=3)
    await club.application.tick()
    assert titles(club, diaries) == [heading(3)]
    assert (
        await answer_of(club, "feed resume", feed="1") == f"Resumed: {BLOG}. I'm checking it now."
    )
    await club.application.tick()
    assert titles(club, diaries) == [heading(3), heading(4)]


async def test_a_removed_feed_leaves_its_experiences(club: Club, diaries, three) -> None:
    await add(club, diaries)
    said = await answer_of(club, "feed remove", feed="1")
    assert f"Unfollowed: {BLOG}." in said
    assert "No feeds yet." in await answer_of(club, "feed list")
    assert "-# 1 of 3" in reply(await club.alice.slash(club.papers, "experience latest"))
    answer = await club.olga.slash(club.papers, "feed remove", feed="1")
    assert "I don't follow that feed." in reply(answer)
    club.refused()


async def test_a_removal_is_undone_also_after_a_restart(club: Club, diaries, three, start) -> None:
    await add(club, diaries, keywords="internship")
    before = await answer_of(club, "feed list")
    answer = await club.olga.slash(club.papers, "feed remove", feed="1")
    await club.restart(start())
    undone = await club.olga.click(message_of(answer), label="Undo")
    assert reply(undone) == f"Following {BLOG} again, as before."
    await club.application.tick()
    assert await answer_of(club, "feed list") == before
    assert titles(club, diaries) == [heading(3)]


async def test_checking_asks_now(club: Club, diaries, three, web) -> None:
    await add(club, diaries)
    said = await answer_of(club, "feed check", feed="1")
    assert said.startswith(f"Nothing new in {BLOG}. Next check <t:")
    web.pages[FEED] = rss([blog_post(4), blog_post(3)])
    said = await answer_of(club, "feed check", feed="1")
    assert said.startswith(f"Checked {BLOG}. What's new gets posted. Next check <t:")
    assert titles(club, diaries) == [heading(3), heading(4)]
    web.pages[FEED] = Failed("The site answers with an error (500).", 500)
    said = await answer_of(club, "feed check", feed="1")
    assert said == f"I can't read {BLOG}: The site answers with an error (500)."
    listed = await answer_of(club, "feed list")
    assert "Failing since <t:" in listed
    assert "The site answers with an error (500)." in listed


async def test_checking_a_paused_feed_says_that_it_stays_so(club: Club, diaries, three) -> None:
    await add(club, diaries)
    await answer_of(club, "feed pause", feed="1")
    said = await answer_of(club, "feed check", feed="1")
    assert said == f"Nothing new in {BLOG}. It's paused; `/feed resume` resumes it."


# --- import, export ---------------------------------------------------------------------------

OPML = """<opml version="2.0"><head><title>Mine</title></head><body>{}</body></opml>"""
OUTLINE = '<outline type="rss" text="Blog {0}" xmlUrl="https://blog{0}.example.org/feed.xml"/>'


def listed(*numbers: int) -> tuple[str, bytes]:
    return "feeds.opml", OPML.format("".join(map(OUTLINE.format, numbers))).encode()


async def test_a_list_is_imported_and_read(club: Club, diaries, web) -> None:
    await follow_many(club, web, diaries, 2)
    for number in (2, 3):
        web.pages[f"https://blog{number}.example.org/feed.xml"] = rss([blog_post(number)])
    answer = await club.olga.slash(
        club.papers, "feed import", file=listed(0, 1, 2, 3), channel=diaries
    )
    assert reply(answer).splitlines() == [
        "### Now following 2 new feeds",
        "- [Blog 2](https://blog2.example.org/feed.xml)",
        "- [Blog 3](https://blog3.example.org/feed.xml)",
        "-# I already followed 2 of them.",
    ]
    await club.application.tick()
    assert sorted(titles(club, diaries)) == [heading(2), heading(3)]


async def test_a_long_list_is_told_as_far_as_it_fits(club: Club, web) -> None:
    for number in range(60):
        web.pages[f"https://blog{number}.example.org/feed.xml"] = rss([])
    answer = await club.olga.slash(club.papers, "feed import", file=listed(*range(60)))
    lines = reply(answer).splitlines()
    assert lines[0] == "### Now following 60 new feeds"
    assert lines[-1] == f"- and {60 - (len(lines) - 2)} others"
    assert all(line.endswith("/feed.xml)") for line in lines[1:-1])


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (("a.opml", b"<html></html>"), "That is no list of feeds: it has to be an OPML file."),
        (("a.png", b"\x89PNG"), "That is no list of feeds: it has to be an OPML file."),
        (("a.opml", b"<opml " + b"x" * 1_000_001), "That file is too large for a list of feeds."),
    ],
)
async def test_another_file_is_refused(club: Club, file: tuple[str, bytes], sentence: str) -> None:
    assert await answer_of(club, "feed import", file=file) == sentence
    club.refused()


async def test_the_list_is_exported_for_any_feed_reader(club: Club, diaries, web) -> None:
    await follow_many(club, web, diaries, 2)
    answer = await club.olga.slash(club.papers, "feed export")
    message = message_of(answer)
    assert message.ephemeral
    (file,) = message.attachments
    assert file.filename == "feeds.opml"
    stored = club.env.backend.cdn.get(file.url)
    assert stored is not None
    outlines = ElementTree.fromstring(stored).iter("outline")
    assert {one.get("xmlUrl") for one in outlines} == {
        f"https://blog{number}.example.org/feed.xml" for number in range(2)
    }


# --- who may ----------------------------------------------------------------------------------


def allow(club: Club, *members) -> None:
    """What an administrator does under Integrations: let these people see the command."""
    command = club.env.backend.find_command("feed", club.guild.id, type=1)
    club.guild.set_command_permissions(int(command["id"]), dict.fromkeys(members, True))


ALL = [
    ("add", {"url": FEED}),
    ("list", {}),
    ("preview", {"url": FEED}),
    ("why", {"url": FEED}),
    ("pause", {"feed": "1"}),
    ("resume", {"feed": "1"}),
    ("edit", {"feed": "1", "keywords": "cern"}),
    ("remove", {"feed": "1"}),
    ("check", {"feed": "1"}),
    ("import", {"file": listed(1)}),
    ("export", {}),
]


async def test_members_do_not_see_the_commands(club: Club) -> None:
    seen = club.alice.available_commands(club.papers)
    assert "experience latest" in seen
    assert not [name for name in seen if name.startswith("feed ")]
    named = {f"feed {name}" for name, _ in ALL}
    assert named == {n for n in club.olga.available_commands(club.papers) if n[:5] == "feed "}


async def test_a_member_who_sees_them_is_refused_all_the_same(club: Club, diaries, three) -> None:
    await add(club, diaries)
    allow(club, club.alice)
    for command, options in ALL:
        answer = await club.alice.slash(club.papers, f"feed {command}", **options)
        assert reply(answer) == ORGANISERS_ONLY, command
        club.refused()
    assert BLOG in await answer_of(club, "feed list")


async def test_the_organiser_role_is_enough(club: Club, diaries, three) -> None:
    oscar = club.add_member("oscar", club.organisers)
    allow(club, oscar)
    said = reply(await oscar.slash(club.papers, "feed add", url=FEED, channel=diaries))
    assert said.startswith(f"Now following {BLOG}.")


async def test_before_the_set_up_organisers_are_told_what_is_missing(
    newcomers: Club, three
) -> None:
    for command, options in ALL:
        answer = await newcomers.olga.slash(newcomers.papers, f"feed {command}", **options)
        assert reply(answer).startswith("Paperclub isn't set up here yet."), command
        newcomers.refused()


async def test_another_community_has_feeds_of_its_own(club: Club, diaries, three) -> None:
    await add(club, diaries)
    next_door = await club.neighbours()
    await next_door.set_up()
    assert "No feeds yet." in await answer_of(next_door, "feed list")
    for command in ("pause", "remove", "check"):
        assert "I don't follow that feed." in await answer_of(
            next_door, f"feed {command}", feed="1"
        )
        club.refused()
