"""Saved versions of feeds, played through the service by `paperclub feed replay`."""

import json
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from bot.cli import app


@pytest.fixture
def replay(shared):
    """The versions that `paperclub feed replay --json` tells of."""

    def run(*files, latest=1):
        paths = [str(shared / file) for file in files]
        ran = CliRunner().invoke(app, ["feed", "replay", "--json", f"--latest={latest}", *paths])
        assert ran.exit_code == 0, ran.output
        return [json.loads(line) for line in ran.output.splitlines()]

    return run


def counts(versions, action="posted"):
    return [len(version[action]) for version in versions]


def three_days(case):
    return [f"cases/{case}/day{number}.xml" for number in (1, 2, 3)]


@pytest.mark.parametrize("case", ["keyless-entries", "feeds-title-only", "same-title-same-teaser"])
def test_each_day_brings_one_post(replay, case):
    versions = replay(*three_days(case))
    assert counts(versions) == [1, 1, 1]
    assert counts(versions, "edited") == [0, 0, 0]


def test_new_slugs_are_edits(replay):
    files = [f"cases/feeds-new-slugs/{name}.xml" for name in ("before", "after")]
    versions = replay(*files, latest=3)
    assert counts(versions) == [3, 0]
    assert [one["reason"] for one in versions[1]["edited"]] == ["The feed has another link."] * 3


def test_a_feed_that_grows_backwards_fills_the_archive(replay):
    files = [f"cases/old-entries-appear/{name}.xml" for name in ("before", "after")]
    before, after = replay(*files)
    assert (len(before["posted"]), len(after["posted"])) == (1, 0)
    reasons = {one["reason"] for one in after["archived"]}
    assert len(after["archived"]) == 30
    assert reasons == {"It is dated more than a week before the feed was followed."}


def test_items_with_nothing_in_them_are_left_out(replay):
    (version,) = replay("cases/feeds-empty-entries/feed.xml", latest=10)
    assert [one["title"] for one in version["posted"]] == ["A report"]
    assert version["notes"] == ["I left out 2 entries that have neither title nor text."]


def test_a_history_tells_when_each_version_was_saved(replay, shared):
    files = sorted((shared / "feeds/history/velog.xml").glob("*.xml"))
    versions = replay(*(file.relative_to(shared) for file in files), latest=10)
    saved_at = [datetime.fromtimestamp(int(file.stem.split("_")[1]), UTC) for file in files]
    assert [datetime.fromisoformat(version["at"]) for version in versions] == saved_at
    links = [one["link"] for version in versions for one in version["posted"]]
    assert len(links) == len(set(links)) > 10
