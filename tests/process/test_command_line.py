"""`paperclub` as it is typed: what it says, and the exit status."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.cli.run import NO_TOKEN
from bot.settings import BadSettingsError, load_settings
from tests.process.harness import command, command_alone

IDENTIFIED = {
    "https://arxiv.org/abs/1706.03762v5": "arxiv:1706.03762",
    "doi:10.1038/nature14539": "doi:10.1038/nature14539",
    "https://openreview.net/forum?id=YicbFdNTTy": "openreview:YicbFdNTTy",
}


async def test_without_a_token_it_says_what_to_do(tmp_path):
    status, out, err = await command("run", folder=tmp_path)
    assert (status, out, err) == (2, "", NO_TOKEN + "\n")
    assert list(tmp_path.iterdir()) == [], "and leaves nothing behind"


async def test_a_token_that_is_blank_is_none(tmp_path):
    status, _, err = await command("run", folder=tmp_path, env={"DISCORD_TOKEN": " "})
    assert (status, err) == (2, NO_TOKEN + "\n")


@pytest.mark.parametrize(
    ("name", "value", "example"),
    [
        ("PAPERCLUB_HTTP_PORT", "eighty", "8080"),
        ("PAPERCLUB_HTTP_PORT", "70000", "8080"),
        (
            "PAPERCLUB_DATABASE_URL",
            "sqlite:///paperclub.db",
            "sqlite+aiosqlite:///data/paperclub.db",
        ),
        ("PAPERCLUB_LOG_FORMAT", "xml", "text or json"),
        ("PAPERCLUB_ALLOWED_NETWORKS", "10.0.0.0/99", "10.1.0.0/16,192.168.7.0/24"),
        ("PAPERCLUB_RETRY_SECONDS", "0", "60"),
        ("PAPERCLUB_ARXIV_URL", "localhost:80", "https://export.arxiv.org/api/query"),
    ],
)
async def test_a_wrong_setting_is_named_with_an_example(tmp_path, name, value, example):
    env = {"DISCORD_TOKEN": "x", name: value}
    status, _, err = await command("run", folder=tmp_path, env=env)
    assert status == 2
    assert err.startswith(f"{name} is wrong: ")
    assert err.endswith(f"For example: {name}={example}\n")
    assert "Traceback" not in err


async def test_all_wrong_settings_are_named_at_once(tmp_path):
    env = {"PAPERCLUB_HTTP_PORT": "eighty", "PAPERCLUB_LOG_FORMAT": "xml"}
    _, _, err = await command("migrate", folder=tmp_path, env=env)
    assert [line.split()[0] for line in err.splitlines()] == list(env)


async def test_settings_come_from_a_file_too(tmp_path):
    (tmp_path / ".env").write_text("PAPERCLUB_DATABASE_URL=sqlite+aiosqlite:///here/club.db\n")
    status, _, _ = await command("migrate", folder=tmp_path)
    assert status == 0
    assert (tmp_path / "here" / "club.db").exists()


TOKEN = "DISCORD_TOKEN=x\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (TOKEN.encode("utf-16"), "text in UTF-8"),
        (TOKEN.encode("utf-16-le"), "text in UTF-8"),
        (TOKEN.encode("utf-32"), "text in UTF-8"),
        ("PAPERCLUB_CONTACT=mailto:jürgen@example.org\n".encode("latin-1"), "text in UTF-8"),
        (b"PAPERCLUB_DATABASE_URL=sqlite+aiosqlite:///a\0b.db\n", "text in UTF-8"),
        (b"# mine\n\nPAPERCLUB_LOG_FORMAT text\n", "line 3 of .env"),
        (b'PAPERCLUB_LOG_FORMAT=text\nDISCORD_TOKEN="x\n', "line 2 of .env"),
        (b"\n\n=x\n", "line 3 of .env"),
        (b"\x1f\x8b\x08\x00" + bytes(range(128, 256)), "text in UTF-8"),
        (None, ".env is a folder"),
    ],
)
@pytest.mark.parametrize("typed", ["run", "migrate"])
async def test_a_file_of_settings_that_cannot_be_read_is_said(tmp_path, content, said, typed):
    file = tmp_path / ".env"
    file.mkdir() if content is None else file.write_bytes(content)
    status, out, err = await command(typed, folder=tmp_path)
    assert (status, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_of_settings_that_may_not_be_read_is_said(tmp_path, monkeypatch):
    def refuse(self, *_):
        raise PermissionError(13, "Permission denied")

    (tmp_path / ".env").write_text(TOKEN)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(BadSettingsError, match=r"I can't read \.env: Permission denied\."):
        load_settings()


async def test_a_mark_before_the_first_setting_is_no_part_of_its_name(tmp_path):
    """As an editor on Windows writes it."""
    line = "PAPERCLUB_DATABASE_URL=sqlite+aiosqlite:///here/club.db\r\n"
    (tmp_path / ".env").write_bytes(line.encode("utf-8-sig"))
    status, _, _ = await command("migrate", folder=tmp_path)
    assert status == 0
    assert (tmp_path / "here" / "club.db").exists()


async def test_migrating_twice_is_harmless(tmp_path):
    status, out, err = await command("migrate", folder=tmp_path)
    assert (status, err) == (0, "")
    assert out.startswith("migrated to ")
    assert await command("migrate", folder=tmp_path) == (0, "up to date\n", "")


async def test_a_database_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "data").write_text("a file where the folder should be")
    status, _, err = await command("migrate", folder=tmp_path)
    assert status == 2
    assert "data" in err
    assert "Traceback" not in err


async def test_a_file_that_is_no_database_is_named(tmp_path):
    (tmp_path / "club.db").write_text("Dear diary, " * 100)
    env = {"PAPERCLUB_DATABASE_URL": "sqlite+aiosqlite:///club.db"}
    status, _, err = await command("migrate", folder=tmp_path, env=env)
    assert status == 2
    assert "club.db" in err
    assert "Traceback" not in err


async def test_a_database_of_a_newer_version_is_left_alone(tmp_path):
    await command("migrate", folder=tmp_path)
    file = tmp_path / "data" / "paperclub.db"
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    before = file.read_bytes()
    status, _, err = await command("migrate", folder=tmp_path)
    assert status == 2
    assert err.startswith("This database was made by another version of Paperclub")
    assert file.read_bytes() == before


async def test_identify_prints_one_id_a_line(tmp_path):
    status, out, _ = await command("identify", *IDENTIFIED, folder=tmp_path)
    assert status == 0
    assert out.splitlines() == list(IDENTIFIED.values())


async def test_help_lists_every_command(tmp_path):
    status, out, _ = await command_alone("--help", folder=tmp_path)
    assert status == 0
    assert all(word in out for word in ("run", "migrate", "identify", "demo"))


async def test_a_feed_is_replayed_by_a_process_of_its_own(tmp_path):
    """Whatever else a process of tests has loaded."""
    item = "<item><title>A report</title><link>https://blog.example.org/1</link></item>"
    feed = f'<rss version="2.0"><channel><title>Blog</title>{item}</channel></rss>'
    (tmp_path / "1.xml").write_text(feed)
    status, out, err = await command_alone("feed", "replay", "1.xml", folder=tmp_path)
    assert (status, err) == (0, "")
    assert "posted     A report" in out
