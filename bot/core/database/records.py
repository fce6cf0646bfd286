"""What tables are made of: their base, instants, partial indexes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, DateTime, Dialect, Index, MetaData, or_, text
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware on both sides of the database, stored as UTC."""

    impl = DateTime
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        """For SQLite the text that SQLAlchemy writes, in a fraction of the time."""
        if dialect.name != "sqlite":
            return super().bind_processor(dialect)
        return lambda value: None if value is None else _written(value)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else _in_utc(value).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError(f"a naive datetime reached the database: {value!r}")
    return value.astimezone(UTC)


def _written(value: datetime) -> str:
    return _in_utc(value).isoformat(" ", "microseconds").removesuffix("+00:00")


class Base(DeclarativeBase):
    """Base of all mapped records. Constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime()}  # noqa: RUF012 - SQLAlchemy's own protocol


def unique_where(name: str, condition: str, *columns: str) -> Index:
    """A unique index over the rows that meet `condition`."""
    return index_where(name, condition, *columns, unique=True)


def index_where(name: str, condition: str, *columns: str, unique: bool = False) -> Index:
    """An index over the rows that meet `condition`; both databases we know have these."""
    where = text(condition)
    return Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)


def has_come_by(
    due_at: InstrumentedAttribute[Any], now: datetime, furthest: timedelta
) -> ColumnElement[bool]:
    """`core.clock.has_come` as a condition on a column."""
    return or_(due_at <= now, due_at > now + furthest)
