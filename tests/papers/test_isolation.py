"""Two communities on one database never see or change what is the other's."""

import asyncio
import contextlib
import shutil
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from bot.app import Application, build
from bot.communities.model import Community
from bot.communities.service import Actor
from bot.core.courier import Delivery, Sent
from bot.core.errors import UserError
from bot.papers.schedule.setup import Wanted
from tests.conftest import FakeClock, FakeResolver
from tests.world import make_quick

SERVERS = ("100", "200")
OWNED = ("paper", "paper_reference", "nomination", "schedule", "round", "outbox", "incident")
BY_PARENT = {
    "vote": "nomination_id IN (SELECT id FROM nomination WHERE community_id = :id)",
    "rsvp": "round_id IN (SELECT id FROM round WHERE community_id = :id)",
    "round_step": "round_id IN (SELECT id FROM round WHERE community_id = :id)",
    "schedule_skip": "schedule_id IN (SELECT id FROM schedule WHERE community_id = :id)",
}


class Platform:
    """Takes everything."""

    async def find(self, delivery: Delivery) -> None:
        return None

    async def send(self, delivery: Delivery) -> Sent:
        return Sent(f"1/{delivery.id}", "1")


@dataclass
class Seen:
    """What a community's organiser can look at."""

    papers: set[int]
    nominations: set[int]
    texts: tuple[Any, ...]


@dataclass
class Act:
    """Somebody of a server does something; `first` and `second` are ids, perhaps the other's."""

    server: str
    member: str
    organiser: bool
    verb: str
    first: int
    second: int

    async def do(self, app: Application, clock: FakeClock) -> None:
        actor = Actor("discord", self.server, self.member, self.organiser)
        match self.verb:
            case "nominate":
                link = f"arXiv:2401.0000{self.first}"
                await app.nominations.nominate(actor, link, "a reason of " + self.server)
            case "type":
                await app.nominations.nominate_typed(
                    actor, title=f"Typed {self.first}", authors="", link=""
                )
            case "vote":
                await app.queue.toggle_vote(actor, self.first)
            case "withdraw":
                await app.queue.withdraw(actor, self.first)
            case "same":
                await app.queue.merge(actor, self.first, self.second)
            case "pick":
                await app.picks.pick(actor, self.first if self.second % 2 else None)
            case "answer":
                answer = ("going", "maybe", "cant")[self.second % 3]
                await app.rsvps.answer(actor, self.first, answer)
            case "skip":
                await app.skips.skip(actor, f"2026-01-{5 + 7 * self.first}", "because")
            case "pause":
                await app.schedules.pause(actor)
            case "resume":
                await app.schedules.resume(actor)
            case "set":
                await app.schedules.set(actor, weekday=self.first, at="18:00", zone="Asia/Tokyo")
            case "look":
                shown = await app.library.show(actor, self.first)
                assert shown.paper.id in (await seen(app, self.server)).papers
            case "wait":
                clock.advance(days=self.first)


VERBS = (
    *("nominate", "nominate", "nominate", "type", "vote", "vote", "withdraw", "same", "pick"),
    *("answer", "answer", "skip", "pause", "resume", "set", "look", "wait"),
)
acts = st.builds(
    Act,
    server=st.sampled_from(SERVERS),
    member=st.sampled_from(["1", "2"]),
    organiser=st.booleans(),
    verb=st.sampled_from(VERBS),
    first=st.integers(1, 6),
    second=st.integers(1, 6),
)


async def rows(app: Application, server: str) -> dict[str, list[Any]]:
    """All that the database holds of a community."""
    async with app.database.reading() as session:
        found = await session.execute(select(Community.id).where(Community.external_id == server))
        values = {"id": found.scalar_one()}
        conditions = (
            dict.fromkeys(OWNED, "community_id = :id") | BY_PARENT | {"community": "id = :id"}
        )
        return {
            table: [*await session.execute(text(f"SELECT * FROM {table} WHERE {which}"), values)]
            for table, which in conditions.items()
        }


async def seen(app: Application, server: str) -> Seen:
    actor = Actor("discord", server, "9", organiser=True)
    queue = await app.queue.nominations(actor)
    found = await app.library.search(actor, "", limit=1000)
    history = await app.library.history(actor)
    papers = {up.paper.id for up in queue}
    papers |= {paper.id for paper in found} | {one.paper.id for one in history}
    settings = await app.communities.settings(actor)
    return Seen(
        papers=papers,
        nominations={up.id for up in queue},
        texts=(queue, found, history, settings, await app.schedules.show(actor)),
    )


async def run(app: Application, clock: FakeClock, sequence: list[Act]) -> None:
    for server in SERVERS:
        await app.setup.start(
            Actor("discord", server, "1", organiser=True),
            Wanted(
                zone="Europe/Berlin",
                papers_channel_ref="5" + server,
                weekday=0,
                at="12:00",
            ),
        )
    await app.tick()
    before = {server: await everything(app, server) for server in SERVERS}
    for act in sequence:
        with contextlib.suppress(UserError):
            await act.do(app, clock)
        await app.tick()  # what it says of its own accord goes out
        after = {server: await everything(app, server) for server in SERVERS}
        (other,) = set(SERVERS) - {act.server}
        if act.verb != "wait":  # time passes for both
            assert after[other] == before[other]
        before = after


async def everything(app: Application, server: str) -> tuple[dict[str, list[Any]], Seen]:
    """What the database holds of a community, and what it sees: no more than that."""
    own, shown = await rows(app, server), await seen(app, server)
    assert shown.papers <= {row.id for row in own["paper"]}
    assert shown.nominations <= {row.id for row in own["nomination"]}
    destinations = {row.destination for row in own["outbox"]}
    assert destinations <= {"5" + server, f"community:{server}", "user:1"}
    assert {row.reason for row in own["nomination"]} <= {None, "a reason of " + server}
    return own, shown


@given(st.lists(acts, min_size=8, max_size=25))
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_nothing_done_here_shows_or_changes_anything_there(
    tmp_path_factory, settings, migrated, sequence
) -> None:
    path = tmp_path_factory.mktemp("isolation") / "paperclub.db"
    shutil.copy(migrated, path)
    here = settings.model_copy(update={"database_url": f"sqlite+aiosqlite:///{path}"})

    async def main() -> None:
        clock = FakeClock()
        app = build(here, clock=clock, resolver=FakeResolver(), sender=Platform())
        make_quick(app.database)
        try:
            await run(app, clock, sequence)
        finally:
            await app.scheduler.stop()
            await app.database.close()

    asyncio.run(main())
