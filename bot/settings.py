"""Settings: the environment (or a `.env` file) becomes one frozen value, or a clear complaint."""

import re
from dataclasses import fields
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal

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
SERVICES = tuple(field.name for field in fields(SourceUrls))


class BadSettingsError(PaperclubError):
    """The environment holds values that cannot be used; `str(error)` names each of them."""


class Settings(BaseSettings):
    """Everything a host can set. `DISCORD_TOKEN` has no prefix; all else begins `PAPERCLUB_`."""

    model_config = SettingsConfigDict(
        env_prefix="PAPERCLUB_", env_file=".env", extra="ignore", frozen=True
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
    def _is_kept(cls, value: str) -> str:
        """Without a file each connection has a database of its own, and the migrated one goes."""
        in_memory = re.search(r":memory:|mode=memory", value)
        if value.startswith("sqlite") and (in_memory or not re.match(r"[^:]+:///[^?]", value)):
            raise ValueError("it must name a file, for a database in memory is forgotten")
        return value

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
    try:
        return Settings()
    except ValidationError as error:
        raise BadSettingsError("\n".join(_complaints(error))) from None


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
