"""Settings: the environment (or a `.env` file) becomes one frozen value, or a clear complaint."""

import re
from dataclasses import fields
from datetime import timedelta
from io import StringIO
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import unquote

from dotenv.parser import parse_stream
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.engine import make_url

from bot.core.errors import PaperclubError
from bot.papers.sources.urls import SourceUrls

EXAMPLES = {
    "PAPERCLUB_DATABASE_URL": "sqlite+aiosqlite:///data/paperclub.db",
    "PAPERCLUB_HTTP_PORT": "8080",
    "PAPERCLUB_LOG_FORMAT": "text or json",
    "PAPERCLUB_CONTACT": "mailto:you@example.org",
    "PAPERCLUB_ALLOWED_NETWORKS": "10.1.0.0/16,192.168.7.0/24",
    "PAPERCLUB_SHARDS": "2",
    "PAPERCLUB_RETRY_SECONDS": "60",
}
ASYNC_DRIVERS = ("sqlite+aiosqlite://", "postgresql+asyncpg://", "postgresql+psycopg://")
ENV_FILE = ".env"
NOT_TEXT = "it isn't text in UTF-8. Save it in that encoding."
# What may follow a path in a database's address. All else after a question mark is path as well.
OPTIONS = re.compile(r"[a-z_]+=[^/?&]*(&[a-z_]+=[^/?&]*)*")
SERVICES = tuple(field.name for field in fields(SourceUrls))


class BadSettingsError(PaperclubError):
    """The environment holds values that cannot be used; `str(error)` names each of them."""


class Settings(BaseSettings):
    """Everything a host can set. `DISCORD_TOKEN` has no prefix; all else begins `PAPERCLUB_`."""

    model_config = SettingsConfigDict(
        env_prefix="PAPERCLUB_",
        env_file=ENV_FILE,
        env_file_encoding="utf-8-sig",  # some editors put a mark before the first line
        extra="ignore",
        frozen=True,
    )

    discord_token: SecretStr | None = Field(default=None, validation_alias="DISCORD_TOKEN")
    database_url: str = "sqlite+aiosqlite:///data/paperclub.db"
    secret_key: SecretStr | None = None  # which pseudonyms are made with; else a file is
    http_port: int | None = Field(default=None, ge=1, le=65535)
    log_format: Literal["text", "json"] = "text"
    contact: str = ""  # an address or page, shown to the services that are asked
    allowed_networks: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = ()
    cache_dir: str | None = "data/cache"
    shards: int | None = Field(default=None, ge=1)
    retry_seconds: float = Field(default=60, gt=0)

    arxiv_url: str = SourceUrls.arxiv_url
    crossref_url: str = SourceUrls.crossref_url
    datacite_url: str = SourceUrls.datacite_url
    doi_url: str = SourceUrls.doi_url
    openreview_url: str = SourceUrls.openreview_url
    openreview_v1_url: str = SourceUrls.openreview_v1_url
    semantic_scholar_url: str = SourceUrls.semantic_scholar_url

    @property
    def key_file(self) -> Path:
        """Where the key is kept that nobody has set: beside the database, apart from it."""
        return Path(f"{make_url(self.database_url).database}.key")

    @property
    def retry_pause(self) -> timedelta:
        """How long a post waits after its first failed attempt."""
        return timedelta(seconds=self.retry_seconds)

    @field_validator("database_url")
    @classmethod
    def _has_async_driver(cls, value: str) -> str:
        if not value.startswith(ASYNC_DRIVERS):
            raise ValueError(f"it must begin with one of {' '.join(ASYNC_DRIVERS)}")
        return value

    @field_validator("database_url")
    @classmethod
    def _names_a_file(cls, value: str) -> str:
        """Without a file each connection has a database of its own, and the migrated one goes."""
        if not value.startswith("sqlite"):
            return value
        scheme, separator, path = value.partition(":///")
        path, mark, query = path.partition("?")
        if path and mark and not OPTIONS.fullmatch(query):
            path, query = f"{path}%3F{query.replace('?', '%3F')}", ""
        if not separator or path in ("", ":memory:"):
            raise ValueError("it must name a file, for a database in memory is forgotten")
        if path.startswith("file:"):
            raise ValueError("it must name a file by its path alone, without file:")
        if "\0" in unquote(path):
            raise ValueError("no file has such a name")
        return f"{scheme}:///{path}?{query}" if query else f"{scheme}:///{path}"

    @field_validator(*SERVICES)
    @classmethod
    def _is_web_address(cls, value: str) -> str:
        if not re.match(r"https?://[^/\s]", value):
            raise ValueError("it must be a web address")
        return value

    @field_validator("allowed_networks", mode="before")
    @classmethod
    def _split_networks(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(ip_network(part.strip()) for part in value.split(",") if part.strip())
        return value

    @field_validator(
        "discord_token", "secret_key", "http_port", "shards", "cache_dir", mode="before"
    )
    @classmethod
    def _empty_is_unset(cls, value: object) -> object:
        return None if value == "" else value


def load_settings() -> Settings:
    """The settings of this environment; raises BadSettingsError that names every wrong value."""
    _require_readable(Path(ENV_FILE))
    try:
        return Settings()
    except ValidationError as error:
        raise BadSettingsError("\n".join(_complaints(error))) from None


def _require_readable(file: Path) -> None:
    """Raise BadSettingsError where the file is there and isn't what it should be.

    Else its settings were passed over one by one, or the start ended in a traceback.
    """
    if file.is_dir():
        raise BadSettingsError(
            f"{file} is a folder. Remove it, and put a file with your settings in its place."
        )
    if file.is_symlink() and not file.exists():
        raise BadSettingsError(f"{file} is a link that leads nowhere. Remove it or mend it.")
    if not file.is_file():  # a pipe can be read once only
        return
    try:
        text = file.read_text("utf-8-sig")
    except OSError as error:
        raise BadSettingsError(f"I can't read {file}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadSettingsError(f"I can't read {file}: {NOT_TEXT}") from error
    if "\0" in text:
        raise BadSettingsError(f"I can't read {file}: {NOT_TEXT}")
    wrong = [binding.original for binding in parse_stream(StringIO(text)) if binding.error]
    if wrong:
        first = wrong[0]
        blank = len(first.string) - len(first.string.lstrip())
        line = first.line + first.string.count("\n", 0, blank)
        raise BadSettingsError(
            f"I can't read line {line} of {file}. A line is a name and a value, such as "
            "PAPERCLUB_LOG_FORMAT=text; a value in quotes ends with a quote."
        )


def _complaints(error: ValidationError) -> list[str]:
    complaints = []
    for problem in error.errors(include_url=False, include_input=False):
        field = str(problem["loc"][0])
        name = field if field.isupper() else f"PAPERCLUB_{field.upper()}"
        fault = problem["msg"].removeprefix("Value error, ")
        default = Settings.model_fields[field].default if field in SERVICES else None
        example = EXAMPLES.get(name, default)
        example = f" For example: {name}={example}" if example else ""
        complaints.append(f"{name} is wrong: {fault}.{example}")
    return complaints
