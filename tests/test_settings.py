"""What a host can set, and what is said when it is wrong."""

import socket
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.core.errors import PaperclubError
from bot.health import HealthServer
from bot.settings import EXAMPLES, BadSettingsError, Settings, load_settings


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import os

    for name in list(os.environ):
        if name.startswith(("PAPERCLUB_", "DISCORD_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_everything_has_a_default_but_the_token() -> None:
    settings = load_settings()
    assert settings.discord_token is None
    assert settings.database_url == "sqlite+aiosqlite:///data/paperclub.db"
    assert settings.http_port is None
    assert settings.allowed_networks == ()
    assert settings.retry_pause == timedelta(minutes=1)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PAPERCLUB_DATABASE_URL", "sqlite:///x.db"),
        ("PAPERCLUB_DATABASE_URL", ""),
        ("PAPERCLUB_DATABASE_URL", "sqlite+aiosqlite://"),
        ("PAPERCLUB_DATABASE_URL", "sqlite+aiosqlite:///"),
        ("PAPERCLUB_DATABASE_URL", "sqlite+aiosqlite:///?timeout=5"),
        ("PAPERCLUB_DATABASE_URL", "sqlite+aiosqlite:///:memory:"),
        ("PAPERCLUB_DATABASE_URL", "sqlite+aiosqlite:///file:x?mode=memory&uri=true"),
        ("PAPERCLUB_DATABASE_URL", "postgresql+psycopg2://host/paperclub"),
        ("PAPERCLUB_DATABASE_URL", "postgresql://host/paperclub"),
        ("PAPERCLUB_HTTP_PORT", "eighty"),
        ("PAPERCLUB_HTTP_PORT", "0"),
        ("PAPERCLUB_HTTP_PORT", "65536"),
        ("PAPERCLUB_LOG_FORMAT", "xml"),
        ("PAPERCLUB_ALLOWED_NETWORKS", "10.0.0.0/8,nonsense"),
        ("PAPERCLUB_ALLOWED_NETWORKS", "10.0.0.1/8"),
        ("PAPERCLUB_SHARDS", "0"),
        ("PAPERCLUB_RETRY_SECONDS", "-1"),
        ("PAPERCLUB_ARXIV_URL", "export.arxiv.org"),
        ("PAPERCLUB_DOI_URL", ""),
    ],
)
def test_a_wrong_value_is_named_with_an_example(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSettingsError) as error:
        load_settings()
    (line,) = str(error.value).splitlines()
    assert line.startswith(f"{name} is wrong: ")
    assert f"For example: {name}=" in line


def test_all_wrong_values_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERCLUB_HTTP_PORT", "x")
    monkeypatch.setenv("PAPERCLUB_SHARDS", "x")
    with pytest.raises(BadSettingsError) as error:
        load_settings()
    assert len(str(error.value).splitlines()) == 2


@pytest.mark.parametrize(
    "value",
    [
        "sqlite+aiosqlite:////data/paperclub.db",
        "postgresql+asyncpg://me:secret@host/paperclub",
        "postgresql+psycopg://host/paperclub",
    ],
)
def test_a_database_that_can_be_used_is_taken(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("PAPERCLUB_DATABASE_URL", value)
    assert load_settings().database_url == value


@pytest.mark.parametrize("name", [n for n in EXAMPLES if n != "PAPERCLUB_LOG_FORMAT"])
def test_every_example_is_right(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, EXAMPLES[name])
    load_settings()


def test_a_file_sets_what_the_environment_does_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text(
        "DISCORD_TOKEN=abc\nPAPERCLUB_HTTP_PORT=8080\nPAPERCLUB_LOG_FORMAT=json\nOTHER=1\n"
        "PAPERCLUB_ALLOWED_NETWORKS=10.1.0.0/16, fd00::/8\n"
    )
    monkeypatch.setenv("PAPERCLUB_HTTP_PORT", "9090")
    settings = load_settings()
    assert settings.discord_token is not None
    assert settings.discord_token.get_secret_value() == "abc"
    assert settings.http_port == 9090
    assert settings.log_format == "json"
    assert settings.allowed_networks == (ip_network("10.1.0.0/16"), ip_network("fd00::/8"))


@pytest.mark.parametrize("name", ["DISCORD_TOKEN", "PAPERCLUB_HTTP_PORT", "PAPERCLUB_SHARDS"])
def test_an_empty_value_is_none_at_all(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "")
    assert load_settings() == Settings(_env_file=None)


def test_a_token_is_never_shown_and_nothing_can_be_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "very secret")
    settings = load_settings()
    assert "very secret" not in f"{settings} {settings!r}"
    with pytest.raises(ValidationError):
        settings.http_port = 1


async def test_a_port_that_is_taken_is_named_with_an_example() -> None:
    async def is_ready() -> bool:
        return True

    with socket.create_server(("", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PaperclubError) as error:
            async with HealthServer(port, is_ready):
                pass
    assert str(error.value).startswith(f"PAPERCLUB_HTTP_PORT is wrong: port {port} is not to be ")
    assert "For example: PAPERCLUB_HTTP_PORT=8080" in str(error.value)


def test_a_link_that_leads_nowhere_is_said(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").symlink_to("nowhere")
    with pytest.raises(BadSettingsError, match="leads nowhere"):
        load_settings()
