"""A folder of posts is taken into the archive: what is kept, and what is known already."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.core.errors import UserError
from bot.experiences.archive import Wanted
from bot.experiences.feeds.service import Added
from bot.experiences.feeds.wishes import Wishes
from bot.experiences.importing.backfill import Backfill, TakenIn
from bot.experiences.importing.folder import post_files, site_of
from bot.experiences.model import Experience, ExperienceState, Origin
from tests.experiences.blog import blog_post
from tests.experiences.blogging import CHANNEL
from tests.group import Group, raised
from tests.web import Web
from tests.world import until

SITE = "https://intern.example.org/"
STORY = (
    "I spent ten weeks in the robotics laboratory, wrote a controller for a small arm, "
    "broke it twice, and learned more from mending it than from all of my lectures."
)
FRONT = "---\ntitle: {title}\ndate: 2025-06-01\n{more}---\n\n{text}\n"
SEED_FEEDS = ["feed.xml", "rss.xml", "feed-excerpt.xml"]


@dataclass
class Host:
    """Someone who has a folder of posts, and the bot's database."""

    group: Group
    folder: Path
    read: list[int] = field(default_factory=list)

    def write(self, name: str, title: str = "A summer", text: str = STORY, more: str = "") -> Path:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(FRONT.format(title=title, text=text, more=more))
        return file

    async def take_in(self, folder: Path | None = None, site: str | None = SITE) -> TakenIn:
        backfill = Backfill(self.group.app.database, self.group.bot.clock)
        place = await backfill.place(None)
        return await backfill.take_in(
            place,
            post_files(folder or self.folder),
            site_of([site] if site else []),
            lambda: self.read.append(1),
        )

    async def archive(self) -> list[Experience]:
        async with self.group.app.database.reading() as session:
            found = await session.execute(select(Experience).order_by(Experience.id))
            return list(found.scalars())

    async def titles(self) -> list[str]:
        return [experience.title for experience in await self.archive()]


@pytest.fixture
def host(group: Group, tmp_path: Path) -> Host:
    (tmp_path / "posts").mkdir()
    return Host(group, tmp_path / "posts")


@pytest.fixture
def seed(shared: Path) -> Path:
    """What a real site was made of, and what it has become."""
    return shared / "feeds" / "seed-site"


@pytest.fixture
def follow_seed(group: Group, web: Web, seed: Path) -> Callable[[str], Awaitable[Added]]:
    async def follow(feed: str) -> Added:
        web.pages[f"{SITE}{feed}"] = (seed / feed).read_bytes()
        wishes = Wishes(channel_ref=CHANNEL)
        added = await group.app.feeds.add(group.organiser, f"{SITE}{feed}", wishes)
        await group.app.tick()
        return added

    return follow


async def test_posts_are_kept_and_found_and_nothing_is_posted(host):
    host.write("2025-06-01-a-summer.md", title="A summer in Lausanne", more="author: Ada\n")
    taken = await host.take_in()
    assert taken == TakenIn(added=1)
    (kept,) = await host.archive()
    assert (kept.state, kept.origin) == (ExperienceState.KEPT, Origin.ARCHIVE)
    assert (kept.author, kept.blog, kept.feed_id) == ("Ada", "intern.example.org", None)
    archive, actor = host.group.app.archive, host.group.member()
    assert (await archive.page(actor, Wanted("controller"), 0)).count == 1
    await host.group.app.tick()
    assert not [key for key in await host.group.bot.rows() if key.startswith("experience")]


async def test_a_date_without_a_zone_is_of_the_community(host):
    host.write("a.md")
    await host.take_in()
    (kept,) = await host.archive()
    assert kept.published_at == datetime(2025, 5, 31, 22, tzinfo=UTC), "midnight in Berlin"


async def test_a_picture_and_an_address_begin_at_the_site(host):
    host.write("a.md", more="image: desk.png\npermalink: /a-summer/\n")
    await host.take_in()
    (kept,) = await host.archive()
    assert (kept.image_url, kept.link) == (f"{SITE}desk.png", f"{SITE}a-summer/")


async def test_an_address_that_has_still_to_be_filled_in_is_none(host):
    host.write("a.md", more='permalink: "/:year/:title/"\n')
    await host.take_in()
    assert [kept.link for kept in await host.archive()] == [None]


async def test_every_file_is_counted_in_the_progress(host):
    for number in range(120):
        host.write(f"{number}.md", title=f"Part {number}", text=blog_post(number).text)
    assert await host.take_in() == TakenIn(added=120)
    assert len(host.read) == 120


# --- again ---------------------------------------------------------------------------------------


def odd_posts(host: Host) -> None:
    """Posts that have little to be known by."""
    for number in range(6):
        host.write(f"notes/{number}.md", title="Notes", text=blog_post(number).text)
        host.write(f"pictures/{number}.md", title="A picture", text="")
        host.write(f"short/{number}.md", title="Short", text="See you soon.")
    host.write("untitled.md", title="", text=blog_post(9).text)


async def test_again_changes_nothing(host):
    odd_posts(host)
    first = await host.take_in()
    before = await host.archive()
    again = await host.take_in()
    assert (again.added, again.known) == (0, first.added + first.known)
    assert [vars(kept) | {"_sa_instance_state": 0} for kept in await host.archive()] == [
        vars(kept) | {"_sa_instance_state": 0} for kept in before
    ]


async def test_posts_of_the_same_title_are_experiences_of_their_own(host):
    odd_posts(host)
    await host.take_in()
    titles = await host.titles()
    assert titles.count("Notes") == 6
    assert titles.count("A picture") == 6


async def test_again_from_another_place_changes_nothing(host, tmp_path):
    host.write("a.md")
    await host.take_in()
    host.folder.rename(tmp_path / "moved")
    assert await host.take_in(tmp_path / "moved", site=None) == TakenIn(known=1)


async def test_an_edited_post_is_the_same_experience(host):
    host.write("a.md")
    await host.take_in()
    host.write("a.md", text=blog_post(1).text)
    assert await host.take_in() == TakenIn(known=1)


async def test_the_same_post_twice_in_a_folder_is_one_experience(host):
    host.write("a.md")
    host.write("copy/a.md")
    assert await host.take_in() == TakenIn(added=1, known=1)


async def test_what_is_new_in_the_folder_is_added(host):
    host.write("a.md")
    await host.take_in()
    host.write("b.md", title="A winter", text=blog_post(2).text)
    assert await host.take_in() == TakenIn(added=1, known=1)


async def test_another_process_that_is_writing_is_waited_for(host):
    """The bot may be at work on the same file."""
    host.write("a.md")
    file = host.group.app.database.url.database
    with closing(sqlite3.connect(file, isolation_level=None)) as bot:
        bot.execute("BEGIN IMMEDIATE")
        taking_in = asyncio.create_task(host.take_in())
        await until(lambda: bool(host.read))
        assert not taking_in.done()
        bot.execute("COMMIT")
        assert await taking_in == TakenIn(added=1)


async def test_what_is_new_is_recorded_in_batches(host):
    """Others have their turn in between, and what was cut off goes on where it was."""
    for number in range(120):
        host.write(f"{number:03}.md", title=f"Part {number}", text=blog_post(number).text)
    taking_in = asyncio.create_task(host.take_in())
    await until(lambda: len(host.read) > 100)
    taking_in.cancel()
    await asyncio.gather(taking_in, return_exceptions=True)
    assert len(await host.titles()) == 100
    assert await host.take_in() == TakenIn(added=20, known=100)


# --- and the feed of the same site ---------------------------------------------------------------


@pytest.mark.parametrize("feed", SEED_FEEDS)
async def test_when_the_feed_came_first_its_experiences_are_known(host, follow_seed, seed, feed):
    await follow_seed(feed)
    before = await host.titles()
    assert len(before) == 5
    assert await host.take_in(seed / "posts", site=None) == TakenIn(known=5)
    assert await host.titles() == before


@pytest.mark.parametrize("feed", SEED_FEEDS)
async def test_when_the_import_came_first_the_feed_adds_nothing(host, follow_seed, seed, feed):
    assert await host.take_in(seed / "posts", site=None) == TakenIn(added=5)
    before = await host.titles()
    assert (await follow_seed(feed)).posted == 0
    assert await host.titles() == before
    assert not host.group.bot.world.within(CHANNEL)


async def test_what_a_feed_brings_later_is_posted_though_the_archive_is_full(host, blog):
    for number in (1, 2):
        text = blog_post(number).text
        host.write(f"{number}.md", title=blog_post(number).title, text=text)
    await host.take_in(site=None)
    await blog.follow(blog_post(1), blog_post(2))
    assert blog.titles() == []
    blog.write(blog_post(3))
    await blog.poll()
    assert blog.titles() == [blog_post(3).title]
    assert len(await host.titles()) == 3


async def test_a_post_that_a_followed_feed_gets_after_its_import_is_not_posted(host, blog):
    """The folder is ahead of the site: what was imported is known when the feed has it."""
    await blog.follow(blog_post(1))
    host.write("2.md", title=blog_post(2).title, text=blog_post(2).text)
    await host.take_in(site=None)
    blog.write(blog_post(2))
    await blog.poll()
    assert blog.titles() == [blog_post(1).title]
    assert len(await host.titles()) == 2


# --- what is left out, and what can't be read ----------------------------------------------------


async def test_drafts_and_posts_of_the_future_are_left_out(host):
    host.write("a.md", more="draft: true\n")
    host.write("b.md", more="published: false\n")
    host.write("_drafts/c.md")
    (host.folder / "d.md").write_text("---\ntitle: Later\ndate: 2027-01-01\n---\nSoon.\n")
    assert await host.take_in() == TakenIn(hidden=4)
    assert not await host.titles()


async def test_a_post_of_the_future_is_taken_when_its_day_has_come(host):
    (host.folder / "d.md").write_text("---\ntitle: Later\ndate: 2026-02-01\n---\nSoon.\n")
    await host.take_in()
    host.group.bot.clock.advance(days=60)
    assert await host.take_in() == TakenIn(added=1)


async def test_files_that_cannot_be_read_are_listed_and_the_others_taken(host):
    host.write("a.md")
    broken = host.write("b.md", more="tags: [\n")
    (host.folder / "c.md").symlink_to("nowhere.md")
    taken = await host.take_in()
    assert taken.added == 1
    assert [failure.file.name for failure in taken.failures] == ["b.md", "c.md"]
    front, missing = (failure.reason for failure in taken.failures)
    assert front.startswith("line ")
    assert str(broken) not in front
    assert missing == "No such file or directory."


def test_of_a_whole_site_only_the_posts_are_taken(tmp_path):
    names = ["about.md", "README.md", "_posts/2025-01-01-a.md", "blog/_posts/b.markdown"]
    for name in (*names, "_layouts/post.html", "_site/c.md", ".git/d.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert post_files(tmp_path) == [tmp_path / names[2], tmp_path / names[3]]
    assert post_files(tmp_path / "blog") == [tmp_path / names[3]]


def test_of_a_hugo_site_the_contents_are_taken(tmp_path):
    for name in ("content/a/index.md", "content/_index.md", "archetypes/default.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert post_files(tmp_path) == [tmp_path / "content" / "a" / "index.md"]


def test_a_folder_without_posts_is_said(tmp_path):
    with pytest.raises(UserError, match="There are no posts in"):
        post_files(tmp_path)
    with pytest.raises(UserError, match="There is no folder"):
        post_files(tmp_path / "nowhere")


@pytest.mark.parametrize("site", ["intern.example.org", "ftp://intern.example.org", "", "a b"])
def test_a_site_is_a_web_address(site):
    with pytest.raises(UserError, match="address of a site"):
        site_of([site])


# --- whose archive -------------------------------------------------------------------------------


async def test_a_community_is_named_by_the_platforms_id_or_by_ours(host):
    backfill = Backfill(host.group.app.database, host.group.bot.clock)
    only = await backfill.place(None)
    assert await backfill.place("club") == only
    assert await backfill.place(str(only.id)) == only


async def test_of_several_communities_one_has_to_be_named(host):
    other = Group(host.group.bot, "other")
    await other.set_up()
    backfill = Backfill(host.group.app.database, host.group.bot.clock)
    error = str(await raised(backfill.place(None), UserError))
    assert "server club" in error
    assert "server other" in error
    assert (await backfill.place("other")).id != (await backfill.place("club")).id


@pytest.mark.parametrize("wanted", ["nobody", "77", "9" * 30, "²", ""])
async def test_a_community_that_is_not_there_is_said_with_those_that_are(host, wanted):
    backfill = Backfill(host.group.app.database, host.group.bot.clock)
    error = str(await raised(backfill.place(wanted), UserError))
    assert error.startswith("There is no such community.")
    assert "server club" in error


async def test_without_a_community_there_is_nothing_to_do(bot):
    backfill = Backfill(bot.application.database, bot.clock)
    assert "no community yet" in str(await raised(backfill.place(None), UserError))


async def test_another_community_has_an_archive_of_its_own(host):
    host.write("a.md")
    await host.take_in()
    other = Group(host.group.bot, "other")
    await other.set_up()
    backfill = Backfill(host.group.app.database, host.group.bot.clock)
    files = post_files(host.folder)
    taken = await backfill.take_in(await backfill.place("other"), files, site_of([]))
    assert taken == TakenIn(added=1)
