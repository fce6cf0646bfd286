"""Takes the posts of a site into a community's archive. Nothing is posted.

files ─ read, a batch at a time ─> posts ─ one transaction a batch ─> what is new is kept

Comparing and recording are one transaction, for the bot may be at work in another process.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.model import Community
from bot.core.database import Database
from bot.core.errors import UserError
from bot.core.time.clock import Clock
from bot.experiences.feeds.decisions import decide
from bot.experiences.feeds.entries import add_experiences, experience_row, recall
from bot.experiences.feeds.rules import Filter, Verdict
from bot.experiences.importing.folder import Failure, Posts, Site, read_posts
from bot.experiences.model import ExperienceState, Origin
from bot.experiences.search import catch_up

_AT_A_TIME = 50  # posts; the bot waits while they are compared and recorded
_LISTED = 20  # communities


@dataclass(frozen=True)
class Place:
    """A community, as far as its archive needs it."""

    id: int
    zone: ZoneInfo


@dataclass(frozen=True)
class TakenIn:
    """What became of the files. `hidden` are drafts, and posts whose date lies ahead."""

    added: int = 0
    known: int = 0
    hidden: int = 0
    failures: tuple[Failure, ...] = ()

    def __add__(self, other: "TakenIn") -> "TakenIn":
        return TakenIn(
            self.added + other.added,
            self.known + other.known,
            self.hidden + other.hidden,
            self.failures + other.failures,
        )


class Backfill:
    """Use cases of the host's, who works on the database itself."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def place(self, wanted: str | None) -> Place:
        """The community with this id, the platform's or ours; without one, the only community.

        Raises UserError, which lists the communities where there are several.
        """
        async with self._database.reading() as session:
            found = await _community(session, wanted)
            return Place(found.id, ZoneInfo(found.zone))

    async def take_in(
        self,
        place: Place,
        files: Sequence[Path],
        site: Site,
        on_read: Callable[[], object] = lambda: None,
    ) -> TakenIn:
        """Keep the posts that the community doesn't have, in the archive.

        `on_read` is called for each file, in another thread. Cut off, it has kept a part; again,
        it keeps the rest.
        """
        taken = TakenIn()
        for start in range(0, len(files), _AT_A_TIME):
            read = partial(read_posts, zone=place.zone, now=self._clock.now(), on_read=on_read)
            posts = await asyncio.to_thread(read, files[start : start + _AT_A_TIME], site)
            added = await self._keep(place, posts, site) if posts.found else 0
            taken += TakenIn(added, len(posts.found) - added, posts.hidden, posts.failures)
        return taken

    async def _keep(self, place: Place, posts: Posts, site: Site) -> int:
        """Record those that are new; returns how many."""
        now = self._clock.now()
        async with self._database.transaction() as session:
            known = await recall(session, place.id, None, [fresh for _, fresh in posts.found])
            decisions = decide(posts.found, known, Filter(), first=False, latest=0, now=now)
            rows = [
                experience_row(decision, place.id, site.name, now)
                | {"origin": Origin.ARCHIVE, "state": ExperienceState.KEPT}
                for decision in decisions
                if decision.verdict is Verdict.POST
            ]
            added = len(await add_experiences(session, rows))
            while await catch_up(session):
                pass
            return added


async def _community(session: AsyncSession, wanted: str | None) -> Community:
    if wanted is not None:
        return await _named(session, wanted)
    found = (await session.execute(select(Community).limit(2))).scalars().all()
    if not found:
        raise UserError("There is no community yet. An organiser runs `/setup start` first.")
    if len(found) > 1:
        raise UserError(f"Say which community it is for.\n{await _listed(session)}")
    return found[0]


async def _named(session: AsyncSession, wanted: str) -> Community:
    named = await session.execute(select(Community).where(Community.external_id == wanted))
    found = named.scalars().first()
    if found is None and wanted.isascii() and wanted.isdecimal() and len(wanted) < 10:
        found = await session.get(Community, int(wanted))
    if found is None:
        raise UserError(f"There is no such community.\n{await _listed(session)}")
    return found


async def _listed(session: AsyncSession) -> str:
    """The communities there are, a line each, as `--community` takes them."""
    count = (await session.execute(select(func.count()).select_from(Community))).scalar_one()
    rows = await session.execute(
        select(Community.id, Community.external_id, Community.created_at)
        .order_by(Community.id)
        .limit(_LISTED)
    )
    lines = [
        f"  --community {row.id}  (server {row.external_id}, set up {row.created_at:%Y-%m-%d})"
        for row in rows
    ]
    if count > len(lines):
        lines.append(f"  and {count - len(lines):,} more")
    return "\n".join(lines) if lines else "There is none yet."
