"""What `paperclub feed preview` and `paperclub import` do and show; each returns an exit status."""

import json
import logging
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text
from sqlalchemy.exc import OperationalError

from bot.core.database import Database
from bot.core.errors import NotSavedError, PaperclubError
from bot.core.http.client import HttpClient
from bot.core.http.guard import Network
from bot.core.text import cut, one_line, plural
from bot.core.time.clock import SystemClock
from bot.experiences.facts import KINDS
from bot.experiences.feeds.preview import (
    STANDARD_INPUT,
    WAITING,
    EntryPreview,
    Preview,
    Previews,
    Unjudged,
)
from bot.experiences.feeds.replay import ARCHIVED, EDITED, POSTED, Replay, Version
from bot.experiences.feeds.rules import Verdict
from bot.experiences.importing.backfill import Backfill, TakenIn
from bot.experiences.importing.folder import post_files, site_of
from bot.experiences.sources.fetching import MOST_BYTES, Fetcher
from bot.experiences.sources.parser_pool import Readers

DONE, SOME_FAILED, FAILED = 0, 1, 2
_EXCERPT = 200  # characters
_WIDTH = 80  # columns
_STYLES = {Verdict.POST: "bold green", WAITING: "green", Verdict.EARLIER: "cyan"}
_ACTION_STYLES = {POSTED: "bold green", EDITED: "yellow", ARCHIVED: "cyan"}
_LINE_BREAKS = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")  # for some readers of lines


async def preview(
    sources: Sequence[str], *, contact: str, allowed_networks: Iterable[Network], as_json: bool
) -> int:
    """Show what would be posted of each document."""
    logging.getLogger().addHandler(logging.NullHandler())  # what went wrong is said in a sentence
    clock, page, status = SystemClock(), _page(), DONE
    standard_input = _standard_input() if STANDARD_INPUT in sources else b""
    async with (
        HttpClient(contact=contact, clock=clock, allowed_networks=allowed_networks) as client,
        Readers() as readers,
    ):
        source = Fetcher(client, readers, clock.now)
        previews = Previews(source, readers, clock, standard_input=standard_input)
        async with aclosing(previews.of(sources)) as found:
            async for one in found:
                if isinstance(one, Unjudged):
                    status = FAILED
                with _writing():
                    if as_json:
                        _write_json(one)
                    else:
                        _print(page, one)
    return status


async def replay(files: Sequence[str], *, latest: int, as_json: bool) -> int:
    """Show what would have become of the entries of a feed's saved versions."""
    logging.getLogger().addHandler(logging.NullHandler())
    page, status = _page(), DONE
    async with Readers() as readers:
        played = Replay(readers, latest=latest, now=SystemClock().now())
        async with aclosing(played.of(files)) as versions:
            async for version in versions:
                if version.error:
                    status = FAILED
                with _writing():
                    if as_json:
                        _write_line(version.described())
                    else:
                        _print_version(page, version)
    return status


async def take_in(
    folder: Path, *, database_url: str, community: str | None, sites: Sequence[str]
) -> int:
    """Take a folder of posts into the archive, and show how far it is."""
    files, site = post_files(folder), site_of(sites)
    database = Database(database_url)
    try:
        backfill = Backfill(database, SystemClock())
        place = await backfill.place(community)
        with _progress() as progress:
            task = progress.add_task("Reading", total=len(files))
            taken = await backfill.take_in(place, files, site, lambda: progress.advance(task))
    except (NotSavedError, OperationalError) as error:
        reason = error.reason if isinstance(error, NotSavedError) else error.orig
        raise PaperclubError(
            f"I can't use the database ({reason}). What was added by then stays; try again."
        ) from error
    finally:
        await database.close()
    _report(_page(), taken)
    return SOME_FAILED if taken.failures else DONE


def _standard_input() -> bytes:
    return sys.stdin.buffer.read(MOST_BYTES + 1) if sys.stdin else b""


@contextmanager
def _writing() -> Iterator[None]:
    """Of a reader that has gone, Typer says nothing; anything else is said in a sentence."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        # What is still to be written would complain when the program ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise PaperclubError(f"I can't write what I found ({error.strerror}).") from error


def _page() -> Console:
    """Where results go. A letter that the terminal doesn't have must not end the program."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    page = Console(highlight=False, markup=False, emoji=False)
    page.width = page.width or _WIDTH  # some terminals state none
    return page


def _progress() -> Progress:
    """A bar for people who wait; logs and files get none."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(
        *columns,
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    )


def _write_json(one: Preview | Unjudged) -> None:
    """A line per entry, in UTF-8 whatever the terminal takes; a line at once for who reads them."""
    if isinstance(one, Unjudged):
        lines = [{"source": one.source, "error": one.reason}]
    else:
        lines = [{"source": one.source} | entry.described() for entry in one.entries]
    for line in lines:
        _write_line(line)


def _write_line(line: dict[str, Any]) -> None:
    text = _LINE_BREAKS.sub(_escaped, json.dumps(line, ensure_ascii=False))
    if sys.stdout:
        sys.stdout.buffer.write(f"{text}\n".encode())
        sys.stdout.flush()


def _escaped(character: re.Match[str]) -> str:
    return f"\\u{ord(character[0]):04x}"


def _print(page: Console, one: Preview | Unjudged) -> None:
    source = one_line(one.source)
    if isinstance(one, Unjudged):
        said = Text.assemble((source, "bold"), ": ", (one_line(one.reason), "red"))
        page.print(said, soft_wrap=True)
        return
    count = plural(len(one.entries), "entry", "entries")
    at = one.url if one.url and one.url != one.source else None
    heading = Text(one.title or "Untitled", "bold")
    heading.append(f" · {' · '.join(filter(None, (count, source, at)))}", "not bold")
    _line(page, heading)
    for note in one.notes:
        _line(page, Text(f"  {note}", "yellow"))
    for entry in one.entries:
        _print_entry(page, entry)


def _print_entry(page: Console, entry: EntryPreview) -> None:
    """Two or three lines: what becomes of it, how it begins, what is known about it."""
    day = f"{entry.published_at:%Y-%m-%d}" if entry.published_at else "no date   "
    name = " · ".join(filter(None, (entry.title or "Untitled", entry.author)))
    style = _STYLES.get(entry.verdict, "dim")
    _line(page, Text.assemble("  ", (f"{entry.verdict:<9}", style), f"  {day}  {name}"))
    facts = [entry.facts[kind] for kind in KINDS if kind in entry.facts]
    labels = " · ".join([*facts, *(f"#{tag}" for tag in entry.tags)])
    for words in (cut(one_line(entry.excerpt), _EXCERPT), labels):
        if words:
            _line(page, Text(f"             {words}", "dim"))


def _print_version(page: Console, version: Version) -> None:
    """What was posted and so on, a line each; then what is odd about the version."""
    heading = Text(one_line(version.file), "bold")
    count = plural(version.entries, "entry", "entries")
    heading.append(f" · {version.at:%Y-%m-%d %H:%M} · {count}", "not bold")
    _line(page, heading)
    for event in version.events:
        name, style = one_line(event.title) or "Untitled", _ACTION_STYLES.get(event.action, "dim")
        told = (f"{event.action:<9}", style), f"  {name}", (f"  {one_line(event.reason)}", "dim")
        _line(page, Text.assemble("  ", *told))
    if not (version.events or version.error or version.stopped):
        _line(page, Text("  nothing new", "dim"))
    for note in version.notes:
        _line(page, Text(f"  {note}", "yellow"))
    if version.stopped:
        _line(page, Text(f"  stopped    {version.stopped}", "red"))
    if version.error:
        _line(page, Text(f"  {one_line(version.error)}", "red"))


def _line(page: Console, line: Text) -> None:
    """A line as wide as the terminal; where there is none, as long as it is."""
    if page.is_terminal:
        page.print(line, no_wrap=True, overflow="ellipsis", crop=True)
    else:
        page.print(line, soft_wrap=True)


def _report(page: Console, taken: TakenIn) -> None:
    said = [f"{plural(taken.added, 'experience')} added"]
    if taken.known:
        said.append(f"{taken.known:,} known already")
    if taken.hidden:
        said.append(f"{plural(taken.hidden, 'draft')} left out")
    _line(page, Text(", ".join(said) + "."))
    if taken.failures:
        _line(page, Text(f"{plural(len(taken.failures), 'file')} can't be read:", "red"))
    for failure in taken.failures:
        words = f"  {one_line(str(failure.file))}: {one_line(failure.reason)}"
        page.print(Text(words), soft_wrap=True)
