"""Histories of feeds, as odd as sites have them, played by `paperclub feed replay`: each entry is
posted once, and none is swallowed."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.experiences.feeds.decisions import BEHIND

START = datetime(2026, 9, 1, 10, tzinfo=UTC)
WORDS = ["moss", "tide", "lens", "beam", "wing", "seed", "loop", "dome", "sail", "rust", "fern"]
TEASER = "Each spring our students tell what became of their time abroad and what they would pack."
SITE = "https://blog.example.org"


def text(n):
    return (
        f"<p>{' '.join(WORDS[(n * k + k // 3) % len(WORDS)] + str(n * k) for k in range(30))}</p>"
    )


def day(n, milliseconds=0):
    return (START + timedelta(days=n, milliseconds=milliseconds)).isoformat()


def link(n):
    return f"{SITE}/posts/{n}"


def japanese(n):
    signs = "研究室実験夏論文発表会議先輩教授学習結果図"
    return "".join(signs[(n * k * k + k) % len(signs)] for k in range(40))


def series(**keys):
    return lambda n, poll: {
        "title": "Internship report",
        **{name: value(n) for name, value in keys.items()},
    }


def written_over(n, poll):
    """Ids and links are places in the document."""
    place = poll + 2 - n
    at = {"id": link(place), "url": link(place)}
    return at | {"title": f"Report {WORDS[n]}", "content_html": text(n)}


SLIDING = {
    "a series without dates": series(url=link),
    "a series with a teaser": series(url=link, content_text=lambda n: TEASER),
    "a series with days alone": series(date_published=day),
    "pages of a script": series(url=lambda n: f"{SITE}/#!/posts/{n}"),
    "pictures under one title": series(content_html=lambda n: f"<img src='{link(n)}.jpg'>"),
    "texts with a counter, new ids": lambda n, poll: {
        "id": f"{n}-{poll}",
        "url": f"{link(n)}/{poll}",
        "content_html": f"{text(n)}<p>{poll * 31} views</p>",
    },
    "Japanese with a counter": lambda n, poll: {"content_text": f"{japanese(n)} {poll * 31}件"},
    "ids and links by place": written_over,
}
REPORT = {"id": "1", "url": link(1), "title": "My summer", "date_published": day(3, 137)}
WHOLE = REPORT | {"id": "9", "url": link(9), "content_html": text(1)}
LATEST = {"id": "latest", "url": f"{SITE}/latest"}
PAIRS = {
    "a draft gets a text, a link and a day": (REPORT, WHOLE | {"date_published": day(20)}, 0),
    "a draft gets a text, a title and a link": (
        REPORT,
        WHOLE | {"id": "1", "title": "My summer at Geneva"},
        0,
    ),
    "fractions of a second change": (
        REPORT | {"content_text": "A day"},
        REPORT
        | {"id": "9", "url": link(9), "content_text": "Our day", "date_published": day(3, 642)},
        0,
    ),
    "one page for the latest report": (
        LATEST | {"title": "2025", "content_html": text(1), "date_published": day(1)},
        LATEST | {"title": "2026", "content_html": text(2), "date_published": day(20)},
        1,
    ),
}


@pytest.fixture
def replayed(tmp_path):
    """How many entries each version of a feed led to, by what became of them."""

    def run(versions, action="posted"):
        for number, items in enumerate(versions):
            feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Blog"}
            feed |= {"home_page_url": f"{SITE}/", "items": items}
            at = int((START + timedelta(days=30 + number)).timestamp())
            (tmp_path / f"{number}_{at}.json").write_text(json.dumps(feed), encoding="utf-8")
        ran = CliRunner().invoke(
            app, ["feed", "replay", "--json", *map(str, sorted(tmp_path.iterdir()))]
        )
        assert ran.exit_code == 0, ran.output
        found = [json.loads(line)[action] for line in ran.output.splitlines()]
        run.reasons = {event["reason"] for events in found for event in events}
        return [len(events) for events in found]

    return run


@pytest.mark.parametrize("item", SLIDING.values(), ids=SLIDING)
def test_a_feed_of_three_that_goes_on_has_one_new_entry_a_poll(replayed, item):
    versions = [[item(n, poll) for n in range(poll + 2, poll - 1, -1)] for poll in range(5)]
    assert replayed(versions) == [1, 1, 1, 1, 1]


@pytest.mark.parametrize(("before", "after", "new"), PAIRS.values(), ids=PAIRS)
def test_what_is_written_anew_is_an_edit_unless_nothing_stays(replayed, before, after, new):
    assert replayed([[before], [after]]) == [1, new]


def test_a_feed_without_dates_that_grows_backwards_fills_the_archive(replayed):
    items = [{"url": link(n), "title": f"Report {n}", "content_html": text(n)} for n in range(40)]
    versions = [items[5:10], items[4:10] + items[10:], items[4:]]
    assert replayed(versions) == [1, 1, 0]
    assert replayed(versions, "archived") == [4, 30, 0]
    assert replayed.reasons == {"It was there before the feed was followed.", BEHIND}


def test_what_shows_nothing_is_left_out(replayed):
    blank = [{"url": link(n), "content_text": sign} for n, sign in enumerate("\u3164\u2800\u200e")]
    assert replayed([[{"title": "A report", "url": link(9)}, *blank]], "archived") == [0]
