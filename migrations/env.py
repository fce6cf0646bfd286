"""Alembic's environment: which database, and what the models say it should look like."""

import asyncio
import os
from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

import bot.tables  # noqa: F401 - what the models say
from bot.core.database import Base, UtcDateTime
from bot.core.database.sqlite import BEGIN_TO_WRITE
from bot.settings import Settings


def render_item(kind: str, item: Any, autogen: Any) -> str | Literal[False]:
    """Migrations import nothing of ours: an instant is written as the type it is stored as."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime()"
    return False


def include_object(item: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:
    """What searches look in is made and read by hand: `bot.core.search` says how."""
    return not (name or "").startswith(("experience_search", "question_search"))


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,  # SQLite changes a table by copying it
        render_item=render_item,
        include_object=include_object,
        transactional_ddl=True,  # Alembic does not expect it of SQLite
    )
    with context.begin_transaction():
        context.run_migrations()


async def run_async(url: str) -> None:
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            if engine.dialect.name == "sqlite":  # Python's driver begins none for a CREATE TABLE
                await connection.exec_driver_sql(BEGIN_TO_WRITE)
            await connection.run_sync(run)
            await connection.commit()
    finally:
        await engine.dispose()


given = context.config.attributes.get("connection")
if given is not None:  # pytest-alembic brings its own
    run(given)
else:
    url = context.config.get_main_option("sqlalchemy.url") or os.environ.get(
        "PAPERCLUB_DATABASE_URL"
    )
    asyncio.run(run_async(url or Settings().database_url))
