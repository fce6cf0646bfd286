"""Writes docs/feeds-read.md: what came of every real feed.

Run it as `python -m tests.real.feeds_table` where the inputs are (see conftest.py).
"""

import csv
import os
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.experiences.sources.documents import Document, NotAFeed
from bot.experiences.sources.reading import read

PAGE = Path(__file__).parents[2] / "docs" / "feeds-read.md"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
URL = "https://feed.example/blog/feed.xml"
BEGINNING = """\
# Which feeds can be read

<!-- Written by `python -m tests.real.feeds_table` from the feeds themselves. -->

Saved feeds of public sites, as they were found. A feed counts as read if it gave entries; every
other one has a reason.
"""


@dataclass(frozen=True)
class Outcome:
    """What came of one file: a document, or the reason why there is none."""

    file: str
    kind: str  # as the list of the inputs has it
    document: Document | None = None
    reason: str = ""


def files(shared: Path) -> list[tuple[Path, str]]:
    """The feeds that are there, each with its kind."""
    folder = shared / "feeds" / "real"
    with (folder / "manifest.tsv").open(encoding="utf-8", newline="") as manifest:
        kinds = {row["file"]: row["kind"] for row in csv.DictReader(manifest, delimiter="\t")}
    found = sorted(path for path in folder.iterdir() if path.name != "manifest.tsv")
    return [(path, kinds.get(path.name, "unknown")) for path in found]


def outcome(path: Path, kind: str) -> Outcome:
    """Read one file as if it had been fetched."""
    try:
        document = read(path.read_bytes(), url=URL, charset=None, now=NOW)
    except NotAFeed as refused:
        return Outcome(path.name, kind, reason=str(refused))
    reason = "" if document.entries else "It has no entries."
    return Outcome(path.name, kind, document, reason)


def page(outcomes: list[Outcome]) -> str:
    """The whole page."""
    return "\n".join([BEGINNING, *_totals(outcomes), "", *_entries(outcomes), "", *_odd(outcomes)])


def _totals(outcomes: list[Outcome]) -> Iterator[str]:
    yield "| format | files | read | entries | with a date | with a link | with an author |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for kind in sorted({each.kind for each in outcomes}):
        yield _row(kind, [each for each in outcomes if each.kind == kind])
    yield _row("**all**", outcomes)


def _row(name: str, outcomes: list[Outcome]) -> str:
    entries = [entry for each in outcomes if each.document for entry in each.document.entries]
    figures = (
        len(outcomes),
        sum(bool(each.document and each.document.entries) for each in outcomes),
        len(entries),
        sum(entry.published_at is not None for entry in entries),
        sum(entry.link is not None for entry in entries),
        sum(bool(entry.author) for entry in entries),
    )
    return f"| {name} | {' | '.join(f'{figure:,}' for figure in figures)} |"


def _entries(outcomes: list[Outcome]) -> Iterator[str]:
    """What was wrong with those that were read all the same."""
    notes = Counter(note for each in outcomes if each.document for note in each.document.notes)
    if notes:
        yield "What was noted about feeds that were read:\n"
        yield from (f"- {note} ({count})" for note, count in sorted(notes.items()))


def _odd(outcomes: list[Outcome]) -> Iterator[str]:
    if refused := [each for each in outcomes if each.reason]:
        yield "Those that gave no entries:\n"
        yield "| file | reason |"
        yield "|---|---|"
        yield from (f"| `{each.file}` | {each.reason} |" for each in refused)
        yield ""


if __name__ == "__main__":
    beside = Path(__file__).resolve().parents[2].parent / "shared"
    inputs = Path(os.environ.get("PAPERCLUB_SHARED") or beside)
    if not inputs.is_dir():
        sys.exit(f"There are no recordings at {inputs}.")
    PAGE.write_text(page([outcome(*each) for each in files(inputs)]), encoding="utf-8")
