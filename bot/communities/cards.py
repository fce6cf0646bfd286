"""What communities are greeted with, and what their organisers are notified of."""

from bot.communities.keys import RETRY, SET_UP
from bot.communities.model import Community
from bot.communities.queries import in_person
from bot.core.courier import Problem
from bot.core.post import Button, Job, Post, Style, channel, member, moment

NOTHING_SAVED = Post(
    title="I couldn't save anything for a while",
    text="My disk was full or broken. Anyone who used me then was told that nothing had changed, "
    "and can try again. Please tell the person who hosts me.",
    job=Job.NOTICE,
)


def greeting_card() -> Post:
    return Post(
        title="Hello, I'm Paperclub",
        text="I run your reading group: a paper of the week with votes and reminders, internship "
        "experiences from blogs, and your questions.",
        details=(
            "An organiser can press *Set up*; it takes two minutes. `/help` shows what I can do.",
        ),
        buttons=(Button(SET_UP, "", "Set up", Style.PRIMARY),),
    )


def problem_notice(problem: Problem, community: Community) -> Post:
    """A delivery that doesn't get through, and what to do about it."""
    what = _refused(problem, community)
    if problem.instead is not None:
        return Post(
            title=f"I can't {what}",
            text=f"{problem.reason} Until then, I'll post in {channel(problem.instead)} instead.",
            job=Job.NOTICE,
        )
    if problem.lasting:
        return Post(
            title=f"I can't {what}",
            text=f"{problem.reason} I keep what I couldn't post, and post it once that's fixed.",
            buttons=(Button(RETRY, community.external_id, "Try again", Style.PRIMARY),),
            job=Job.NOTICE,
        )
    return Post(
        title=f"I couldn't {what} for a while",
        text=f"{problem.reason} I kept trying since {moment(problem.since)}. "
        "Late posts say so; reminders for meetings that have started are dropped.",
        job=Job.NOTICE,
    )


def waiting_count(count: int) -> Post:
    """How many notices wait for an organiser. Everyone reads it, so it doesn't say about what."""
    if not count:
        return Post(title="Nothing is waiting for an organiser any more", job=Job.NOTICE)
    waiting = "1 thing is waiting" if count == 1 else f"{count:,} things are waiting"
    return Post(
        title=f"{waiting} for an organiser",
        text="I couldn't reach you any other way. `/moderate queue` lists what's waiting; "
        "`/setup start` sets a channel for organisers.",
        job=Job.NOTICE,
    )


def _refused(problem: Problem, community: Community) -> str:
    """What can't be done, in words that follow "I can't"."""
    kind, _, ref = problem.destination.rpartition(":")
    if kind == "community":
        return "update the calendar"
    if kind == "user":
        is_reader = problem.destination == in_person(community)
        return "write to you" if is_reader else f"write to {member(ref)}"
    return f"post in {channel(ref)}"
