"""How a community's settings read, and what is in the way of them."""

from collections.abc import Iterable, Sequence

from bot.communities.calls import Call, Need
from bot.communities.service import CommunitySettings
from bot.core.post import Post, channel, member, role
from bot.core.reply import Reply, say
from bot.core.text import escape, plural


def setting(name: str, value: str | None) -> str:
    """A line of the settings."""
    return f"**{name}:** {value or 'not set'}"


def settings_card(settings: CommunitySettings, features: Sequence[str], parked: int) -> Post:
    """Everything that is set; `parked` counts the messages that could not be delivered."""
    organisers = settings.organisers_channel_ref
    reported = (
        f"in {channel(organisers)}" if organisers else f"to {member(settings.set_up_by_ref or '')}"
    )
    return Post(
        title="Settings",
        details=(
            setting("Time zone", escape(settings.zone)),
            setting("Papers", _channel(settings.papers_channel_ref)),
            setting("Experiences", _channel(settings.experiences_channel_ref)),
            *features,
            setting("Role to ping", _role(settings.ping_role_ref)),
            f"**Problems are reported** {reported}",
            setting("Organiser role", _role(settings.organiser_role_ref)),
            *([f"**Not delivered:** {parked:,} · `/moderate queue`"] if parked else []),
        ),
        footnote="Change these with /setup start, /schedule set and /settings questions.",
    )


def posting_warnings(call: Call, channel_refs: Iterable[str]) -> list[str]:
    """The channels in which I can't post yet, and what that takes."""
    return [
        f"**I can't post in {channel(ref)} yet.** Please give me {lacking}."
        for ref in dict.fromkeys(channel_refs)
        if (lacking := call.lacks(ref, Need.POST))
    ]


def retried(waiting: int) -> Reply:
    if not waiting:
        return say("Nothing is waiting to be sent.")
    return say(f"I'm trying again to send {plural(waiting, 'message')}.")


def _channel(ref: str | None) -> str | None:
    return ref and channel(ref)


def _role(ref: str | None) -> str | None:
    return ref and role(ref)
