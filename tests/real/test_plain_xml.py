"""The quick way to read a feed and feedparser's say the same of every real feed."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.experiences.sources.encodings import decode
from bot.experiences.sources.items import document
from bot.experiences.sources.plain_xml import parse_plain
from bot.experiences.sources.xml_feed import declared_once, parse_thoroughly

NOW = datetime(2026, 11, 22, tzinfo=UTC)
URL = "https://site.example/feed.xml"


@pytest.mark.parametrize("kind", ["real", "seed-site", "history"])
def test_both_ways_give_the_same_document(shared, kind):
    compared = 0
    for file in sorted((shared / "feeds" / kind).rglob("*.*")):
        if not file.is_file() or file.suffix in (".tsv", ".md", ".json"):
            continue
        text = _text(file)
        plain = parse_plain(text)
        if plain is not None:
            compared += 1
            thorough = parse_thoroughly(text, [])
            assert document(plain, URL, NOW) == document(thorough, URL, NOW), file.name
    assert compared >= {"real": 30, "seed-site": 9, "history": 140}[kind]


def _text(file: Path) -> str:
    return declared_once(decode(file.read_bytes(), None).text.lstrip("\ufeff \n\r\t"))
