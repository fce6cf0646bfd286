"""What would be posted of documents that nobody follows, told without storing anything."""

import json
from collections.abc import Callable
from contextlib import aclosing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.experiences.feeds.preview import EntryPreview, Preview, Previews, Unjudged
from bot.experiences.sources.parser_pool import Unreadable
from bot.experiences.sources.reading import read
from tests.experiences.blog import blog_post, rss

FEED = "https://blog.example.org/feed.xml"


class NearReaders:
    """Reads in this process; of a document that says so, too much is asked."""

    async def read(self, body, *, url, charset, now):
        if b"<!-- too much -->" in body:
            raise Unreadable("Reading it takes too long.")
        return read(body, url=url, charset=charset, now=now)


@pytest.fixture
def look(web, clock) -> Callable[..., object]:
    async def look(*sources: object, standard_input: bytes = b"") -> list[Preview | Unjudged]:
        previews = Previews(web, NearReaders(), clock, standard_input=standard_input)
        async with aclosing(previews.of([str(source) for source in sources])) as found:
            return [one async for one in found]

    return look


@pytest.fixture
def document(tmp_path) -> Callable[..., Path]:
    def document(*blog_posts, name="feed.xml", body=None) -> Path:
        file: Path = tmp_path / name
        file.write_bytes(rss(blog_posts) if body is None else body)
        return file

    return document


def verdicts(preview: Preview) -> dict[str, str]:
    return {entry.title.rpartition(" ")[2]: entry.verdict for entry in preview.entries}


async def one(look, *sources, **options) -> Preview:
    (found,) = await look(*sources, **options)
    assert isinstance(found, Preview), found
    return found


async def test_the_newest_would_be_posted_and_the_others_kept(look, document):
    preview = await one(look, document(blog_post(1), blog_post(3), blog_post(2)))
    assert verdicts(preview) == {"3": "post", "2": "earlier", "1": "earlier"}
    assert [entry.title[-1] for entry in preview.entries] == ["3", "2", "1"], "the newest first"
    assert preview.title == "A blog"


async def test_what_is_dated_ahead_waits(look, document, clock):
    later = blog_post(1, published=clock.now() + timedelta(days=3))
    preview = await one(look, document(later, blog_post(2), blog_post(3)))
    assert verdicts(preview) == {"1": "waiting", "3": "post", "2": "earlier"}


async def test_the_same_experience_in_another_document_is_a_duplicate(look, document):
    moved = blog_post(1, guid="7", link="https://elsewhere.example.net/posts/1/")
    first, second = await look(
        document(blog_post(1), blog_post(2)), document(moved, blog_post(3), name="other.xml")
    )
    assert verdicts(first) == {"2": "post", "1": "earlier"}
    assert verdicts(second) == {"3": "post", "1": "duplicate"}


async def test_the_same_document_again_has_duplicates_alone(look, document):
    file = document(blog_post(1), blog_post(2))
    _, again = await look(file, file)
    assert set(verdicts(again).values()) == {"duplicate"}


async def test_the_same_experience_twice_in_a_document_is_a_duplicate(look, document):
    preview = await one(look, document(blog_post(1), blog_post(1)))
    assert sorted(entry.verdict for entry in preview.entries) == ["duplicate", "post"]


async def test_ids_and_links_of_their_own_tell_entries_of_a_document_apart(look, document):
    again = blog_post(1, guid="7", link="https://blog.example.org/again/")
    preview = await one(look, document(blog_post(1), again))
    assert sorted(entry.verdict for entry in preview.entries) == ["earlier", "post"]


async def test_the_same_id_in_two_blogs_is_no_duplicate(look, document):
    first = document(blog_post(1, guid="1"))
    other = blog_post(2, guid="1", link="https://elsewhere.example.net/2/")
    _, second = await look(first, document(other, name="other.xml"))
    assert verdicts(second) == {"2": "post"}


@pytest.mark.parametrize(
    ("changes", "identity"),
    [
        ({}, blog_post(2).guid),
        ({"guid": None}, blog_post(2).link),
        ({"guid": None, "link": None}, "hash:"),
    ],
)
async def test_an_identity_is_the_first_that_says_something(look, document, changes, identity):
    file = document(*(blog_post(number, **changes) for number in range(3)))
    first, again = await one(look, file), await one(look, file)
    identities = [entry.identity for entry in first.entries]
    assert identities == [entry.identity for entry in again.entries]
    assert len(set(identities)) == 3
    assert identities[0].startswith(identity)


async def test_an_id_that_is_shared_is_no_identity(look, document):
    file = document(blog_post(1, guid="same"), blog_post(2, guid="same"))
    preview = await one(look, file)
    assert [entry.identity for entry in preview.entries] == [blog_post(2).link, blog_post(1).link]


async def test_everything_about_an_entry_is_told(look, document):
    told = blog_post(1, title="A summer at CERN in Switzerland", tags=("career", "인턴"))
    (entry,) = (await one(look, document(told))).entries
    described = entry.described()
    assert described["published"] == "2025-12-02T09:00:00+00:00"
    assert described["excerpt"].startswith("On day 1 we began.")
    assert described["facts"]["organisation"] == "CERN"
    assert described["tags"] == ["career", "인턴"]
    assert (described["author"], described["image"]) == ("Ada Lovelace", None)
    assert json.loads(json.dumps(described)) == described


async def test_an_entry_without_a_date_has_none(look, document):
    (entry,) = (await one(look, document(blog_post(1, published=None)))).entries
    assert isinstance(entry, EntryPreview)
    assert entry.described()["published"] is None


async def test_an_address_is_asked(look, web):
    web.pages[FEED] = rss([blog_post(1)])
    preview = await one(look, FEED)
    assert (preview.source, preview.url) == (FEED, FEED)
    assert verdicts(preview) == {"1": "post"}


async def test_standard_input_is_read(look):
    preview = await one(look, "-", standard_input=rss([blog_post(1)]))
    assert (preview.source, verdicts(preview)) == ("-", {"1": "post"})


async def test_what_cannot_be_judged_is_told_in_its_place(look, document, tmp_path):
    good = document(blog_post(1))
    page = document(name="page.html", body=b"<html><p>Hello</p></html>")
    slow = document(name="slow.xml", body=b"<rss/><!-- too much -->")
    secret = document(blog_post(2), name="secret.xml")
    found = await look(page, good, tmp_path, tmp_path / "no.xml", slow, "nul\0", FEED, secret)
    reasons = [one.reason if isinstance(one, Unjudged) else "" for one in found]
    assert reasons == [
        "That is a web page, not a feed.",
        "",
        "That is a folder, not a feed.",
        "There is no such file. (A web address begins with https://.)",
        "Reading it takes too long.",
        "I can't read that file (its name is no file's).",
        "I found no feed there.",
        "",
    ]
    assert [one.source for one in found][:2] == [str(page), str(good)]


async def test_a_file_without_end_is_not_read_to_its_end(look):
    (found,) = await look("/dev/zero")
    assert found == Unjudged("/dev/zero", "It is larger than 10 MB, so it is no feed.")


async def test_many_documents_come_in_the_order_given(look, document):
    files = [document(blog_post(number), name=f"{number}.xml") for number in range(30)]
    found = await look(*files)
    assert [one.source for one in found] == [str(file) for file in files]


async def test_whoever_has_seen_enough_may_stop(web, clock, document):
    files = [document(blog_post(number), name=f"{number}.xml") for number in range(30)]
    previews = Previews(web, NearReaders(), clock)
    async with aclosing(previews.of([str(file) for file in files])) as found:
        async for preview in found:
            assert preview.source == str(files[0])
            break


async def test_the_five_experiences_of_the_real_site_are_one_set_in_each_of_its_feeds(look, shared):
    seed = shared / "feeds" / "seed-site"
    names = ["feed.xml", "rss.xml", "feed-excerpt.xml", "feed/career.xml", "feed/by_tag/wona.xml"]
    first, *others = await look(*(seed / name for name in names))
    assert [entry.verdict for entry in first.entries] == ["post", *["earlier"] * 4]
    for other in others:
        assert {entry.verdict for entry in other.entries} == {"duplicate"}, other.source
