"""A first schedule, a blog, first nominations and questions, made by commands as people would."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from simcord.actors import MemberActor
from simcord.env import Env
from tzlocal import get_localzone_name

from bot.core.time.zones import suggest_zones
from bot.demo.asked import ask, first_questions
from bot.demo.blog import SITE
from bot.demo.reading import custom_ids
from bot.demo.timekeeper import DemoClock
from bot.demo.world import World
from bot.papers.keys import VOTE

_DAYS_AHEAD = 6  # of the first meeting: the ballot is open, and the pick is days away
_TIME = "17:00"
_PAUSE = timedelta(minutes=14)  # between two of them; the page groups what comes at once
AGO = 4 * _PAUSE  # when it all began


@dataclass(frozen=True)
class _Nomination:
    by: MemberActor
    link: str
    why: str
    voters: tuple[MemberActor, ...]


async def seed(env: Env, world: World, clock: DemoClock, *, zone: str) -> None:
    """Set the server up, over what is the last hour by then; before the page is there."""
    weekday = (clock.now() + timedelta(days=_DAYS_AHEAD)).weekday()
    await world.organiser.slash(
        world.channel,
        "setup start",
        zone=zone,
        papers=world.channel,
        weekday=weekday,
        time=_TIME,
        questions=world.questions,
        organisers=world.organisers,
    )
    await world.organiser.slash(world.channel, "feed add", url=SITE, channel=world.experiences)
    for nomination, asked in zip(_nominations(world), first_questions(world), strict=True):
        await env.advance_time(_PAUSE.total_seconds())
        await nomination.by.slash(
            world.channel, "paper nominate", link=nomination.link, why=nomination.why
        )
        card = world.channel.history(viewer=world.organiser)[-1]
        upvote = next(one for one in custom_ids(card) if one.startswith(f"pc:{VOTE}:"))
        for voter in nomination.voters:
            await voter.click(card, custom_id=upvote)
        await ask(world, asked)
    left = datetime.now(UTC) - clock.now()
    await env.advance_time(max(0.0, left.total_seconds()))


def local_zone() -> str:
    """The machine's zone, if it has a name that people use."""
    name = get_localzone_name() or "UTC"
    return name if suggest_zones(name, 1) else "UTC"


def _nominations(world: World) -> tuple[_Nomination, ...]:
    # Two lead with the same number of votes: the newcomer's decides.
    priya, tomas, wei = world.others
    return (
        _Nomination(
            tomas,
            "https://arxiv.org/abs/1706.03762",
            "We cite it every week and half of us have never read it.",
            (priya,),
        ),
        _Nomination(
            priya,
            "https://arxiv.org/abs/1512.03385",
            "Everything since has skip connections; let's read where they come from.",
            (),
        ),
        _Nomination(
            wei,
            "https://arxiv.org/abs/2006.11239",
            "I want to understand diffusion from the beginning.",
            (priya,),
        ),
    )
