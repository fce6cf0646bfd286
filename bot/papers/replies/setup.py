"""What organisers are answered who set the group up."""

from collections.abc import Sequence

from bot.core.post import Post, channel, role
from bot.papers.replies.schedule import schedule_card
from bot.papers.schedule.views import ScheduleView


def ready_card(schedule: ScheduleView, papers_channel_ref: str, warnings: Sequence[str]) -> Post:
    """What happens next, and what is in the way of it."""
    meetings = schedule_card(schedule)
    return Post(
        title="Paperclub is ready",
        text=f"Papers are posted in {channel(papers_channel_ref)}. {meetings.text}",
        details=(
            *warnings,
            *meetings.details[:1],
            "Nominate the first paper with `/paper nominate`. I'll pick one three days before a "
            "meeting, or when you run `/schedule pick`.",
        ),
    )


def cannot_report(channel_ref: str, lacking: str) -> str:
    return f"**I can't post problems in {channel(channel_ref)} yet.** Please give me {lacking}."


def cannot_keep_calendar(lacking: str) -> str:
    return f"**I can't put meetings into the calendar yet.** Please give me {lacking}."


def cannot_ping(role_ref: str) -> str:
    return (
        f"**I can't ping {role(role_ref)} yet.** Please make it mentionable, or give me "
        "*Mention Everyone*."
    )
