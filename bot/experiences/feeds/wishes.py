"""How organisers want a feed followed, and the record that follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.communities.model import Community
from bot.core.errors import UserError
from bot.experiences.feeds.rules import MOST_LATEST, phrases
from bot.experiences.model import Delivery, Feed

CLEAR = "-"
NO_PLACE = "I can't post experiences in this channel. Choose another one with `channel:`."


@dataclass(frozen=True)
class Wishes:
    """How an organiser wants a feed followed. Texts are as typed; a single "-" clears one.

    What is None wasn't given: a new feed gets the default, another one stays as it is. `here_ref`
    is where a new one posts if neither its organiser nor the community chose a channel.
    """

    channel_ref: str | None = None
    categories: str | None = None
    keywords: str | None = None
    excluded: str | None = None
    latest: int | None = None
    delivery: Delivery | None = None
    here_ref: str | None = None


def columns_of(wishes: Wishes) -> dict[str, Any]:
    """The columns of a feed for which something was given. Raises UserError."""
    if wishes.latest is not None and not 0 <= wishes.latest <= MOST_LATEST:
        raise UserError(f"I can post 0 to {MOST_LATEST} of the latest experiences.")
    given = {
        "channel_ref": wishes.channel_ref,
        "categories": _words(wishes.categories),
        "keywords": _words(wishes.keywords),
        "excluded": _words(wishes.excluded),
        "latest": wishes.latest,
        "delivery": wishes.delivery,
    }
    return {name: value for name, value in given.items() if value is not None}


def _words(typed: str | None) -> list[str] | None:
    if typed is None:
        return None
    return [] if typed.strip() == CLEAR else phrases(typed)


def apply(feed: Feed, wished: Mapping[str, Any]) -> bool:
    """Whether anything is otherwise now."""
    changed = {name for name, value in wished.items() if getattr(feed, name) != value}
    for name in changed:
        setattr(feed, name, wished[name])
    if "delivery" in changed:
        feed.digest_at = None  # that of a digest long ago would be due at once
    return bool(changed)


def place_for(wishes: Wishes, community: Community) -> str:
    place = wishes.channel_ref or community.experiences_channel_ref or wishes.here_ref
    if place is None:
        raise UserError(NO_PLACE)
    return place
