"""What becomes of the texts of real feeds."""

import re
from collections.abc import Iterator
from pathlib import Path

import feedparser
import pytest

from bot.experiences.excerpts import excerpt
from bot.experiences.facts import facts_of
from bot.experiences.sources.boilerplate import is_furniture, same_words
from bot.experiences.sources.content import clean

MOST = 40  # entries of a feed
LIMIT = 700
CODE = re.compile(r"```.*?```|``.*?``|`[^`]*`", re.DOTALL)

SEED = {
    "Why I want to do research": "I always dreamed of becoming on inventor.",
    "PhD Internships": "- Benefits of doing an internship\n- What does it look like",
    "SIA 연구팀 인턴 3개월 소장정 (a.k.a. 맛집 추천)": "9월부터 SIA 연구팀에서 함께",
    "Research Diary 2: Machine Learning": "Let’s start with a brief introduction of mine.",
    "Summer Diaries: GIST,South Korea": "This summers I interned at the Computer Vision Lab",
}


def entries(path: Path) -> Iterator[tuple[str, str, str, str | None, tuple[str, ...]]]:
    """Title, body, summary, link and tags of the first entries."""
    feed = feedparser.parse(path.read_bytes(), sanitize_html=False, resolve_relative_uris=False)
    for entry in feed.entries[:MOST]:
        bodies = [part.get("value") or "" for part in entry.get("content", [])]
        tags = tuple(tag.get("term") or "" for tag in entry.get("tags", []))
        summary = entry.get("summary") or ""
        body = max(bodies, key=len, default="")
        yield entry.get("title") or "", body, summary, entry.get("link"), tags


def test_the_five_experiences_of_the_seed_site_begin_with_what_they_say(shared: Path) -> None:
    found = {}
    for title, body, summary, link, _ in entries(shared / "feeds/seed-site/feed.xml"):
        content = clean(body, base_url=link, title=title, summary=summary)
        found[title] = excerpt(content.lead, title=title, limit=LIMIT)
    assert set(found) == set(SEED)
    for title, beginning in SEED.items():
        assert found[title].startswith(beginning)


def test_the_facts_of_the_seed_site(shared: Path) -> None:
    found = {}
    for title, body, _, link, tags in entries(shared / "feeds/seed-site/feed.xml"):
        found[title] = facts_of(title, clean(body, base_url=link, title=title).text, tags)
    diary, deck = found["Summer Diaries: GIST,South Korea"], found["PhD Internships"]
    interview = next(facts for title, facts in found.items() if title.startswith("SIA"))
    assert diary["organisation"] == "GIST"
    assert diary["country"] == "South Korea"
    assert diary["season"] == "Summer 2019"
    assert diary["field"] in ("Computer Vision", "Deep Learning")
    assert "programme" not in diary
    assert (deck["organisation"], deck["role"]) == ("AWS", "Applied Scientist Intern")
    assert (interview["organisation"], interview["role"]) == ("SIA", "Research Intern")


def test_no_excerpt_of_a_real_feed_shows_leftovers_or_boilerplate(shared: Path) -> None:
    paths = sorted(path for path in (shared / "feeds/real").iterdir() if path.suffix != ".tsv")
    looked_at = 0
    for path in paths:
        for title, body, summary, link, _ in entries(path):
            content = clean(body, base_url=link, title=title, summary=summary)
            shown = excerpt(content.lead, title=title, limit=LIMIT)
            looked_at += 1
            assert len(shown) <= LIMIT
            assert not any(mark in CODE.sub("", shown) for mark in ("{:", "{%", "â€")), path.name
            first = shown.split("\n")[0]
            assert not first or not is_furniture(first, f"<p>{first}</p>"), (path.name, first)
            if not shown:
                says = [line for line in content.text.splitlines() if not same_words(line, title)]
                assert all(is_furniture(line, "<p>") for line in says), (path.name, title)
    if not looked_at:
        pytest.fail("there are no feeds to look at")
