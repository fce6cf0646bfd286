"""Bodies that once lost their words, pictures or markup, through `paperclub feed preview`."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli import app


def preview(file: Path) -> dict[str, Any]:
    """The one entry of a saved feed as the command line shows it."""
    result = CliRunner().invoke(app, ["feed", "preview", str(file), "--json"])
    assert result.exit_code == 0, result.output
    (line,) = result.stdout.splitlines()
    entry: dict[str, Any] = json.loads(line)
    return entry


@pytest.fixture
def case(shared: Path):
    return lambda name, file: preview(shared / "cases" / name / file)


def test_a_layout_table_gives_an_excerpt(case) -> None:
    excerpt = case("feeds-layout-tables", "feed.xml")["excerpt"]
    assert 300 < len(excerpt) <= 500
    assert excerpt.endswith(".")


def test_links_do_not_crowd_out_words(case) -> None:
    excerpt = case("feeds-links-crowd-out", "gallery.xml")["excerpt"]
    assert excerpt.startswith("Free days by the sea in between.")
    assert len(excerpt) > 60


def test_breaks_are_not_nested(case) -> None:
    entry = case("feeds-many-breaks", "breaks.xml")
    assert entry["image"] == "https://blog.example.org/robot.jpg"
    assert "**Bold** words" in entry["excerpt"]
    assert "[a link](<https://blog.example.org/x>)" in entry["excerpt"]


def test_a_picture_for_those_without_scripts_is_found(case) -> None:
    entry = case("feeds-lazy-pictures", "noscript.xml")
    assert entry["image"] == "https://blog.example.org/robot.jpg"
