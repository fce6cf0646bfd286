"""Links, pages and titles that once went wrong, through the command line and nominations."""

import csv
from pathlib import Path

from typer.testing import CliRunner

from bot.cli import app
from bot.papers.sources.citeproc import parse_work
from bot.papers.sources.metatags import parse_page
from bot.papers.sources.record import NotFound, PaperRecord


def rows(shared: Path, name: str) -> list[dict[str, str]]:
    with (shared / "cases" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_links_that_a_proxy_or_an_archive_has_wrapped(shared: Path) -> None:
    cases = rows(shared, "proxied-links/links.tsv")
    lines = "\n".join(case["input"] for case in cases)
    printed = CliRunner().invoke(app, ["identify", "-"], input=lines).stdout.splitlines()
    assert printed == [case["expected"] for case in cases]


def test_titles_with_markup(shared: Path) -> None:
    path = shared / "cases" / "markup-in-titles" / "titles.tsv"
    lines = path.read_text(encoding="utf-8").splitlines()[1:]
    for sent, expected in (line.split("\t") for line in lines):
        work = parse_work({"title": [sent]})
        assert work is not None
        assert work.title == expected


def test_pages_before_a_login(shared: Path) -> None:
    for case in rows(shared, "login-pages/titles.tsv"):
        title, expected = case.values()
        page = f"<html><head><title>{title}</title></head><body></body></html>".encode()
        answer = parse_page(page, "https://journal.example.org/articles/7")
        if expected == "no paper":
            assert isinstance(answer, NotFound), title
        else:
            assert isinstance(answer, PaperRecord), title
            assert answer.title == title
