"""What is recorded of feeds that have nothing new, of which most polls consist."""

from datetime import timedelta

from sqlalchemy import event, text

from bot.experiences.feeds import recording
from bot.experiences.feeds.wishes import Wishes
from bot.experiences.identity.keys import address_of, hashed, title_key
from bot.experiences.model import FeedState
from bot.experiences.sources.fetching import Asked, FetchResult, Unchanged
from tests.experiences.blog import blog_post, rss
from tests.experiences.blogging import CHANNEL


async def test_nothing_new_ends_what_was_wrong_and_plans_the_next_poll(blog):
    await blog.follow(blog_post(1))
    blog.fail()
    await blog.poll()
    assert (await blog.feed()).last_error
    blog.recover()
    await blog.poll()
    feed = await blog.feed()
    assert (feed.last_error, feed.failing_since) == (None, None)
    assert feed.read_at == blog.group.bot.clock.now()
    assert feed.next_poll_at > feed.read_at


async def test_feeds_that_answer_together_are_planned_each_by_its_own_pace(blog, web):
    """The sites ask for more time than the blogs' own quiet would give them."""
    await blog.follow(blog_post(1))
    pace = {blog.url: timedelta(hours=20)}
    for number in range(1, 4):
        blog.url = f"https://blog-{number}.example.org/feed.xml"
        blog.blog_posts = []
        await blog.follow(blog_post(number + 1))
        pace[blog.url] = timedelta(hours=20 + number)

    async def ask(asked: Asked) -> FetchResult:
        return Unchanged(every=pace[asked.url])

    web.ask = ask
    await blog.pass_time(timedelta(days=3))
    for feed in await blog.group.app.feeds.listed(blog.group.organiser):
        pause = (feed.next_poll_at - feed.read_at) / pace[feed.url]
        assert 0.9 <= pause <= 1.1


async def test_two_feeds_that_move_to_one_address_together_don_t_become_one(blog, web):
    """A community follows an address once: the first one moves, the other is asked as before."""
    new = "https://new.example.org/feed.xml"
    urls = [blog.url, "https://blog-1.example.org/feed.xml"]
    await blog.follow(blog_post(1))
    blog.url, blog.blog_posts = urls[1], []
    await blog.follow(blog_post(2))

    async def ask(asked: Asked) -> FetchResult:
        return Unchanged(moved_to=new)

    web.ask = ask
    blog.group.bot.clock.instant += timedelta(days=3)  # both are due
    await blog.group.app.tick()
    feeds = await blog.group.app.feeds.listed(blog.group.organiser)
    assert sum(feed.url == new for feed in feeds) == 1
    assert sum(feed.url in urls for feed in feeds) == 1
    assert all(feed.read_at == blog.group.bot.clock.now() for feed in feeds)


async def test_no_poll_looks_through_all_that_a_community_has(blog):
    """However large the archive is, a poll takes the same time."""
    database = blog.group.app.database
    asked = []

    def note(connection, cursor, statement, parameters, context, many):
        if statement.startswith("SELECT") and "experience" in statement and not many:
            asked.append((statement, parameters))

    event.listen(database._engine.sync_engine, "before_cursor_execute", note)
    await blog.follow(blog_post(1))
    blog.write(blog_post(2))
    await blog.poll()
    blog.publish(blog_post(1, text="It was rewritten from the first word to the last one."))
    await blog.poll()
    event.remove(database._engine.sync_engine, "before_cursor_execute", note)

    assert any("UNION" in statement for statement, _ in asked)
    async with database.reading() as session:
        connection = await session.connection()
        for statement, parameters in asked:
            plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            for step in (row.detail for row in plan):
                whole = step.startswith("SCAN experience") or step.endswith("(community_id=?)")
                assert not whole or step.endswith("ix_experience_unsearchable"), (statement, step)


async def test_the_pauses_that_a_document_asks_for_hold_while_it_stays_the_same(blog, web):
    night = "".join(f"<hour>{hour}</hour>" for hour in range(20))
    wishes = f"<ttl>300</ttl><skipHours>{night}</skipHours>"
    page = rss([blog_post(1)]).replace(b"<channel>", f"<channel>{wishes}".encode())
    web.pages[blog.url] = page
    added = await blog.group.app.feeds.add(blog.group.organiser, blog.url, Wishes(CHANNEL))
    assert added.feed.next_poll_at.hour >= 20
    for _ in range(5):
        await blog.poll()
        feed = await blog.feed()
        assert feed.next_poll_at - feed.read_at >= timedelta(minutes=270)
        assert feed.next_poll_at.hour >= 20


async def test_what_an_import_adds_while_it_is_decided_is_not_posted_again(blog, monkeypatch):
    """An import is another process; it knows nothing of our turns."""
    await blog.follow(blog_post(1))
    (mine,) = await blog.latest()
    blog.write(blog_post(2))
    recalled = recording.recall

    async def overtaken(session, community_id, feed_id, fresh):
        known = await recalled(session, community_id, feed_id, fresh)
        monkeypatch.setattr(recording, "recall", recalled)
        async with blog.group.app.database.transaction() as another:
            await another.execute(
                text(
                    "INSERT INTO experience (community_id, origin, state, title, author, blog, "
                    "dated_at, lead, text, image_text, tags, address_key, title_key) "
                    "SELECT community_id, 'archive', 'kept', :title, author, blog, dated_at, lead, "
                    ":text, '', '[]', :address, :key FROM experience WHERE id = :id"
                ),
                {
                    "id": mine.id,
                    "title": blog_post(2).title,
                    "text": blog_post(2).text,
                    "address": hashed(address_of(blog_post(2).link)),
                    "key": title_key(blog_post(2).title),
                },
            )
        return known

    monkeypatch.setattr(recording, "recall", overtaken)
    await blog.poll(2)
    assert blog.titles() == [blog_post(1).title]
    assert len(await blog.latest()) == 2


async def test_a_feed_that_is_paused_while_it_is_asked_stays_paused(blog, web):
    await blog.follow(blog_post(1))
    feed = await blog.feed()

    async def ask(asked: Asked) -> FetchResult:
        await blog.group.app.feeds.pause(blog.group.organiser, feed.id)
        return Unchanged()

    web.ask = ask
    await blog.poll()
    paused = await blog.feed()
    assert (paused.state, paused.next_poll_at) == (FeedState.PAUSED, None)
