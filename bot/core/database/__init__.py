"""The database: one engine, short transactions, times that are always aware UTC.

engine   sessions that read and that write
records  what tables are made of
sqlite   all that is SQLite's alone, so that another database needs only another URL
lock     one process at a time serves a SQLite file
migrate  brings it up to date before it is used
"""

from bot.core.database.engine import Database, after_commit, insert_many
from bot.core.database.records import Base, UtcDateTime, has_come_by, index_where, unique_where

__all__ = [
    "Base",
    "Database",
    "UtcDateTime",
    "after_commit",
    "has_come_by",
    "index_where",
    "insert_many",
    "unique_where",
]
