"""`paperclub feed preview` and `paperclub import` as they are typed."""

import asyncio
import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from aiohttp import web

from tests.experiences.blog import blog_post, rss
from tests.process.harness import command, command_alone, own_environment

KEYS = [  # of a line, in this order
    *("source", "identity", "title", "author", "published", "link"),
    *("excerpt", "image", "tags", "facts", "verdict"),
]
POST = "---\ntitle: A summer\ndate: 2025-06-01\n---\n\nI spent ten weeks in a laboratory.\n"
ANOTHER = "123456789012345678"


@pytest.fixture
def feed(tmp_path) -> Path:
    file = tmp_path / "feed.xml"
    file.write_bytes(rss([blog_post(2, title="인턴 \u2028 후기 \x85 2"), blog_post(1)]))
    return file


async def preview(*arguments: str, folder: Path, env: dict[str, str] | None = None):
    return await command("feed", "preview", *arguments, folder=folder, env=env)


# --- feed preview --------------------------------------------------------------------------------


async def test_each_entry_is_a_line_of_json(feed, tmp_path):
    status, out, err = await preview("--json", str(feed), folder=tmp_path)
    assert (status, err) == (0, "")
    rows = [json.loads(line) for line in out.splitlines()]
    assert [list(row) for row in rows] == [KEYS, KEYS]
    assert [row["verdict"] for row in rows] == ["post", "earlier"]
    assert rows[0]["source"] == str(feed)
    assert "인턴" in out, "in letters that people read"


async def test_without_json_it_is_for_people(feed, tmp_path):
    status, out, err = await preview(str(feed), folder=tmp_path)
    assert (status, err) == (0, "")
    assert out.startswith(f"A blog · 2 entries · {feed}\n  post ")
    assert blog_post(1).title in out
    assert "\x1b" not in out, "no colours in a file"


@pytest.mark.parametrize("options", [(), ("--json",)])
async def test_what_is_no_feed_has_a_line_and_the_others_are_shown(feed, tmp_path, options):
    page = tmp_path / "page.html"
    page.write_text("<html><p>Hello</p></html>")
    given = (str(page), str(feed), "nowhere.xml", "http://127.0.0.1/feed.xml")
    status, out, err = await preview(*options, *given, folder=tmp_path)
    assert (status, err) == (2, "")
    assert blog_post(1).title in out
    lines = [line for line in out.splitlines() if not options or "error" in json.loads(line)]
    if options:
        errors = [json.loads(line) for line in lines]
        assert [list(error) for error in errors] == [["source", "error"]] * 3
        assert [error["source"] for error in errors] == [given[0], *given[2:]]
        assert errors[0]["error"] == "That is a web page, not a feed."
        assert "n't on the public internet" in errors[2]["error"]
    else:
        assert lines[0] == f"{page}: That is a web page, not a feed."


async def test_nothing_is_stored(feed, tmp_path):
    await preview(str(feed), folder=tmp_path)
    assert list(tmp_path.iterdir()) == [feed]


async def test_a_page_leads_to_its_feed(tmp_path):
    async def page(request: web.Request) -> web.Response:
        link = '<link rel="alternate" type="application/rss+xml" href="/blog.xml">'
        return web.Response(text=f"<html><head>{link}</head></html>", content_type="text/html")

    async def blog(request: web.Request) -> web.Response:
        return web.Response(body=rss([blog_post(1)]), content_type="application/rss+xml")

    site = web.Application()
    site.add_routes([web.get("/", page), web.get("/blog.xml", blog)])
    runner = web.AppRunner(site)
    await runner.setup()
    try:
        tcp = web.TCPSite(runner, "127.0.0.1", 0)
        await tcp.start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        env = {"PAPERCLUB_ALLOWED_NETWORKS": "127.0.0.0/8"}
        status, out, err = await preview("--json", url, folder=tmp_path, env=env)
    finally:
        await runner.cleanup()
    assert (status, err) == (0, "")
    (row,) = map(json.loads, out.splitlines())
    assert (row["source"], row["title"]) == (url, blog_post(1).title)


async def test_standard_input_is_a_document(feed, tmp_path):
    status, out, err = await piped(f"feed preview --json - < {feed}", tmp_path)
    assert (status, err) == (0, "")
    assert [json.loads(line)["source"] for line in out.splitlines()] == ["-", "-"]


async def piped(arguments: str, folder: Path, env: dict[str, str] | None = None):
    """Run `paperclub` in a shell line."""
    process = await asyncio.create_subprocess_shell(
        f"{sys.executable} -m bot {arguments}",
        cwd=folder,
        env=own_environment() | (env or {}),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode, out.decode(), err.decode()


@pytest.mark.parametrize("options", ["", "--json"])
async def test_a_reader_that_has_gone_is_no_trouble(feed, tmp_path, options):
    many = " ".join([str(feed)] * 20)
    _, out, err = await piped(f"feed preview {options} {many} | head -n 1", tmp_path)
    assert (out.count("\n"), err) == (1, "")


@pytest.mark.parametrize("options", ["", "--json"])
async def test_nobody_to_write_to_is_no_trouble(feed, tmp_path, options):
    assert await piped(f"feed preview {options} {feed} >&-", tmp_path) == (0, "", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
@pytest.mark.parametrize("options", ["", "--json"])
async def test_a_full_disk_is_said(feed, tmp_path, options):
    status, _, err = await piped(f"feed preview {options} {feed} >/dev/full", tmp_path)
    assert (status, err) == (2, "I can't write what I found (No space left on device).\n")


@pytest.mark.parametrize(
    "env",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"COLUMNS": "1"},
        {"COLUMNS": "0"},
        {"TERM": "dumb"},
        {"TERM": ""},
        {"FORCE_COLOR": "1"},
    ],
    ids=lambda env: " ".join(env),
)
async def test_an_odd_terminal_is_no_trouble(feed, tmp_path, env):
    status, out, err = await command_alone("feed", "preview", str(feed), folder=tmp_path, env=env)
    assert (status, err) == (0, "")
    assert "2025-12-02" in out


async def test_without_a_document_its_use_is_shown(tmp_path):
    status, _, err = await preview(folder=tmp_path)
    assert status == 2
    assert "Traceback" not in err


# --- import --------------------------------------------------------------------------------------


@pytest.fixture
async def posts(tmp_path) -> Path:
    """A folder with a post, and a database with one community beside it."""
    assert (await command("migrate", folder=tmp_path))[0] == 0
    add_community(tmp_path, ANOTHER)
    folder = tmp_path / "posts"
    folder.mkdir()
    (folder / "a.md").write_text(POST)
    return folder


def add_community(folder: Path, server: str) -> None:
    with database(folder) as connection, connection:
        connection.execute(
            "INSERT INTO community(platform, external_id, zone, created_at) "
            "VALUES ('discord', ?, 'Asia/Seoul', '2026-01-01 00:00:00.000000')",
            (server,),
        )


def database(folder: Path) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(folder / "data" / "paperclub.db"))


def count(folder: Path) -> int:
    with database(folder) as connection:
        return connection.execute("SELECT count(*) FROM experience").fetchone()[0]


async def test_posts_are_taken_in_once(posts, tmp_path):
    first = await command("import", "posts", folder=tmp_path)
    again = await command("import", "posts", "--community", ANOTHER, folder=tmp_path)
    assert first == (0, "1 experience added.\n", "")
    assert again == (0, "0 experiences added, 1 known already.\n", "")
    assert count(tmp_path) == 1


async def test_files_that_cannot_be_read_are_listed_at_the_end(posts, tmp_path):
    (posts / "b.md").write_text("---\ntitle: [\n---\nHello")
    status, out, err = await command("import", "posts", folder=tmp_path)
    assert (status, err) == (1, "")
    first, said, listed = out.splitlines()
    assert (first, said) == ("1 experience added.", "1 file can't be read:")
    assert listed.startswith("  posts/b.md: line 3: ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere",), "There is no folder nowhere."),
        (("empty",), "There are no posts in empty"),
        (("posts", "--community", "77"), "There is no such community."),
        (("posts", "--site", "example"), "example is no address of a site."),
        (("posts/a.md",), "There is no folder posts/a.md."),
    ],
)
async def test_what_cannot_be_done_is_said(posts, tmp_path, arguments, said):
    (tmp_path / "empty").mkdir()
    status, out, err = await command("import", *arguments, folder=tmp_path)
    assert (status, out) == (2, "")
    assert err.startswith(said)
    assert count(tmp_path) == 0


async def test_several_communities_are_listed(posts, tmp_path):
    add_community(tmp_path, "42")
    status, _, err = await command("import", "posts", folder=tmp_path)
    assert status == 2
    assert f"server {ANOTHER}" in err
    assert "server 42" in err


async def test_without_a_database_none_is_made(tmp_path):
    (tmp_path / "a.md").write_text(POST)
    status, _, err = await command("import", ".", folder=tmp_path)
    assert (status, err.split(".")[0]) == (2, "There is no database at data/paperclub")
    assert [path.name for path in tmp_path.iterdir()] == ["a.md"]


async def test_a_database_that_stays_locked_is_said(posts, tmp_path):
    """It was never used by a bot, so that the import is the first who would change its mode."""
    with database(tmp_path) as other:
        other.isolation_level = None
        other.execute("BEGIN IMMEDIATE")
        status, out, err = await command("import", "posts", folder=tmp_path)
    assert (status, out) == (2, "")
    assert err.startswith("I can't use the database (database is locked).")


@pytest.mark.parametrize(
    ("revision", "said"),
    [("0001", "is of an older version"), ("9999", "was made by another version")],
)
async def test_a_database_of_another_version_is_left_alone(posts, tmp_path, revision, said):
    with database(tmp_path) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    status, _, err = await command("import", "posts", folder=tmp_path)
    assert status == 2
    assert said in err
    assert count(tmp_path) == 0
