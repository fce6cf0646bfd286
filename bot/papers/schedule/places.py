"""The place of the group's meetings, or of one of them."""

from collections.abc import Callable

from sqlalchemy import bindparam, delete, select, union, update

from bot.communities.model import Community
from bot.communities.service import Actor, Communities
from bot.core.database import Database
from bot.core.post import Job, Post
from bot.core.requests import once
from bot.core.time.clock import Clock
from bot.core.time.parsing import parse_date
from bot.papers.model import MeetingPlace, Schedule
from bot.papers.rounds.queries import active_round
from bot.papers.rounds.rounds import Rounds
from bot.papers.schedule.meetings import local_day, meeting_on, place_of, require_schedule
from bot.papers.schedule.place import channel_ref_of, parse_place
from bot.papers.views import Meeting

IsThere = Callable[[str, str], bool]  # whether this community has this channel
GONE = Post(
    title="The channel you meet in was deleted",
    text="Your meetings have no place now; in the calendar they link to the announcement. Set "
    "another place with `/schedule place`.",
    job=Job.NOTICE,
)
_OWN = select(MeetingPlace.schedule_id, MeetingPlace.place)
_ALL = union(select(Schedule.id, Schedule.place), _OWN).subquery()
_PLACES = (
    select(Community.id, Community.external_id, _ALL.c.place)
    .join(Schedule, Schedule.community_id == Community.id)
    .join(_ALL, _ALL.c.id == Schedule.id)
    .where(Community.platform == bindparam("platform"), Community.left_at.is_(None))
    .where(_ALL.c.place.like("<#%"))
)


class Places:
    """Use cases around places. What stands of an announced meeting follows a change."""

    def __init__(
        self, database: Database, communities: Communities, rounds: Rounds, clock: Clock
    ) -> None:
        self._database = database
        self._communities = communities
        self._rounds = rounds
        self._clock = clock

    async def set(self, actor: Actor, text: str) -> str | None:
        """Where the group meets; `none` takes the place away. For organisers."""
        actor.require_organiser()
        place = parse_place(text)
        async with self._database.transaction() as session:
            await once(session, actor.request, "places.set", self._clock.now())
            community = await self._communities.require(session, actor)
            schedule = await require_schedule(session, community.id)
            await self._rounds.catch_up(session, schedule)
            schedule.place = place
            await session.flush()
            await self._rounds.refresh(session, community.id)
            return place

    async def set_for(self, actor: Actor, day_text: str, text: str) -> Meeting:
        """Where the meeting of one day is; with `none`, where the group always meets."""
        actor.require_organiser()
        place = parse_place(text)
        async with self._database.transaction() as session:
            await once(session, actor.request, "places.set_for", self._clock.now())
            community = await self._communities.require(session, actor)
            schedule = await require_schedule(session, community.id)
            await self._rounds.catch_up(session, schedule)
            round_ = await active_round(session, community.id)
            day = parse_date(day_text, local_day(community.zone, self._clock.now()))
            meets_at = meeting_on(day, schedule, community.zone, round_)
            own = await session.get(MeetingPlace, (schedule.id, day))
            if own is not None and place is None:
                await session.delete(own)
            elif own is not None and place is not None:
                own.place = place
            elif place is not None:
                session.add(MeetingPlace(schedule_id=schedule.id, day=day, place=place))
            await session.flush()
            await self._rounds.refresh(session, community.id)
            return Meeting(day, meets_at, place=await place_of(session, schedule.id, day))

    async def check(self, platform: str, is_there: IsThere) -> None:
        """Let go of channels that were deleted, and tell the organisers, once for each."""
        async with self._database.reading() as session:
            places = (await session.execute(_PLACES, {"platform": platform})).all()
        for community_id, community_ref, place in places:
            channel_ref = channel_ref_of(place)
            if channel_ref is not None and not is_there(community_ref, channel_ref):
                await self._let_go(community_id, place)

    async def _let_go(self, community_id: int, place: str) -> None:
        async with self._database.transaction() as session:
            schedule = await require_schedule(session, community_id)
            await session.execute(
                update(Schedule)
                .where(Schedule.id == schedule.id, Schedule.place == place)
                .values(place=None)
            )
            await session.execute(
                delete(MeetingPlace).where(
                    MeetingPlace.schedule_id == schedule.id, MeetingPlace.place == place
                )
            )
            key = f"place:{community_id}:{channel_ref_of(place)}"
            await self._communities.notices.post(session, community_id, key, GONE)
            await self._rounds.refresh(session, community_id)
