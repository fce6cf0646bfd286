"""`paperclub feed replay`: what people read, and what can't be read."""

from typer.testing import CliRunner

from bot.cli import app
from tests.experiences.blog import blog_post, rss


def test_it_says_what_became_of_each_entry_and_why(tmp_path):
    first, second = tmp_path / "feed_1767600000.xml", tmp_path / "feed_1767700000.xml"
    first.write_bytes(rss([blog_post(1)]))
    second.write_bytes(rss([blog_post(2), blog_post(1, title="My summer")]))
    ran = CliRunner().invoke(app, ["feed", "replay", str(first), str(second)])
    lines = [" ".join(line.split()) for line in ran.output.splitlines()]
    assert ran.exit_code == 0
    assert lines[0].endswith("feed_1767600000.xml · 2026-01-05 08:00 · 1 entry")
    assert "posted My internship, part 1 It is among the newest of the first version." in lines
    assert "edited My summer The feed has another title." in lines
    assert "posted My internship, part 2 It is new." in lines


def test_a_version_that_cant_be_read_is_told_and_the_others_are_played(tmp_path):
    files = [tmp_path / "a.xml", tmp_path / "b.xml", tmp_path / "c.xml"]
    files[0].write_bytes(b"<html></html>")
    files[2].write_bytes(rss([blog_post(1)]))
    ran = CliRunner().invoke(app, ["feed", "replay", *map(str, files)])
    assert ran.exit_code == 2
    assert "That is a web page, not a feed." in ran.output
    assert "There is no such file." in ran.output
    assert "It is among the newest of the first version." in ran.output
