"""The database's history: up from nothing, as the models say, down, up again, copied before."""

import itertools
import os
import sqlite3
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event

from bot.core.database import Base
from bot.core.database import migrate as migrating
from bot.core.database.migrate import FOLDER, UnusableDatabaseError, migrate, newest_revision

KILLED = 9


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "new" / "paperclub.db"


def url(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"


def config(file: Path) -> Config:
    found = Config()
    found.set_main_option("script_location", str(FOLDER))
    found.set_main_option("sqlalchemy.url", url(file))
    return found


def schema(file: Path) -> list[tuple[str, str]]:
    """Every table and index, in the words that made it."""
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
        ).fetchall()


def is_of_a_model(item: Any, name: str | None, *_: Any) -> bool:
    """What searches look in is SQLite's own, and has no model."""
    return not (name or "").startswith(("experience_search", "question_search"))


def test_an_empty_folder_becomes_a_database_with_every_table(file: Path) -> None:
    assert migrate(url(file)) == newest_revision()
    assert {name for name, _ in schema(file)} >= set(Base.metadata.tables)


def test_a_current_database_is_left_alone(file: Path) -> None:
    migrate(url(file))
    assert migrate(url(file)) is None
    assert list(file.parent.glob("*before*")) == []


def test_the_models_say_what_the_migrations_make(file: Path) -> None:
    migrate(url(file))
    engine = create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        options = {"compare_type": True, "include_object": is_of_a_model}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_down_to_nothing_and_up_again_gives_the_same(file: Path) -> None:
    migrate(url(file))
    before = schema(file)
    command.downgrade(config(file), "base")
    assert {name for name, _ in schema(file)} <= {
        "alembic_version",
        "sqlite_autoindex_alembic_version_1",
    }
    command.upgrade(config(file), "head")
    assert schema(file) == before


@pytest.mark.parametrize("statements", [1, 5, 20])
def test_killed_while_it_migrates_it_begins_anew(file: Path, statements: int) -> None:
    process = get_context("spawn").Process(target=_migrate_and_die, args=(file, statements))
    process.start()
    process.join()
    assert process.exitcode == KILLED
    assert migrate(url(file)) == newest_revision()
    assert {name for name, _ in schema(file)} >= set(Base.metadata.tables)


def _migrate_and_die(file: Path, statements: int) -> None:
    made = itertools.count(1)

    def after(*args: Any) -> None:
        if "CREATE" in args[2] and next(made) == statements:
            os._exit(KILLED)

    event.listen(Engine, "after_cursor_execute", after)
    migrate(url(file))


def test_there_is_one_line_of_revisions_and_files_are_named_after_them() -> None:
    scripts = ScriptDirectory(str(FOLDER))
    assert scripts.get_heads() == [newest_revision()]
    for script in scripts.walk_revisions():
        assert Path(script.path).name.startswith(f"{script.revision}_")


def add_community(file: Path, name: str) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(
            "INSERT INTO community (platform, external_id, zone, created_at) "
            "VALUES ('test', ?, 'UTC', '2026-01-05')",
            (name,),
        )
        connection.commit()


def communities(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        found = connection.execute("SELECT external_id FROM community ORDER BY id")
        return [name for (name,) in found]


def pretend_to_migrate(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Have a newer revision 9999 that changes nothing; the list names who was brought up to it."""
    upgraded: list[str] = []
    monkeypatch.setattr(migrating, "newest_revision", lambda: "9999")
    monkeypatch.setattr(migrating, "_upgrade", upgraded.append)
    return upgraded


def test_a_file_is_copied_before_it_is_changed(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    migrate(url(file))
    add_community(file, "club")
    upgraded = pretend_to_migrate(monkeypatch)

    assert migrate(url(file)) == "9999"
    assert upgraded == [url(file)]
    copy = file.with_name("paperclub.db.before-9999")
    assert communities(copy) == ["club"]
    assert schema(copy) == schema(file)


def test_a_copy_is_never_overwritten(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    migrate(url(file))
    pretend_to_migrate(monkeypatch)
    for name in ("first", "second"):
        add_community(file, name)
        for _ in range(3):  # cut off and begun anew, it is the same copy
            migrate(url(file))
    first, second = sorted(file.parent.glob("*before*"))
    assert first.name == "paperclub.db.before-9999"
    assert communities(first) == ["first"]
    assert second.name == "paperclub.db.before-9999.2"
    assert communities(second) == ["first", "second"]


def test_a_database_from_a_newer_version_is_refused_and_its_copy_stays(file: Path) -> None:
    migrate(url(file))
    copy = file.with_name(f"paperclub.db.before-{newest_revision()}")
    copy.write_text("the good one")
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    with pytest.raises(UnusableDatabaseError, match="another version of Paperclub"):
        migrate(url(file))
    assert copy.read_text() == "the good one"
    assert list(file.parent.glob("*before*")) == [copy]
