"""Where a meeting is: a voice or stage channel, a link, or words such as a room.

A place is stored as text: a channel as `core.post.channel` writes it, anything else as typed.
"""

import re

from bot.core.errors import UserError
from bot.core.text import INVITE, harmless, one_line, safe_address, shown

LONGEST_PLACE = 200
NO_PLACE = ("none", "-")
_CHANNEL = re.compile(r"<#(\d{1,20})>")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):(?://|\S*[(;,])", re.IGNORECASE)
_WAYS = "Please give a voice or stage channel, a link that begins with https://, or a room."


def parse_place(text: str) -> str | None:
    """The place as it is stored; None for the words that take one away."""
    place = one_line(text)
    if place.casefold() in NO_PLACE:
        return None
    if not any(character.isalnum() for character in place):
        raise UserError(f"I need a place. {_WAYS}")
    if len(place) > LONGEST_PLACE:
        raise UserError(
            f"Please write up to {LONGEST_PLACE} characters; that place has {len(place):,}."
        )
    if INVITE.search(place):
        raise UserError(f"I don't show invites to other servers. {_WAYS}")
    scheme = _SCHEME.match(place)
    if scheme and " " not in place and safe_address(place) is None:
        raise UserError(f"I can't use that link. {_WAYS}")
    return place


def channel_ref_of(place: str | None) -> str | None:
    """The channel that is the place, if one is."""
    found = _CHANNEL.fullmatch(place or "")
    return found[1] if found else None


def place_shown(place: str | None) -> str:
    """The place as cards show it: a channel or a link can be pressed, the rest is plain."""
    if place is None or channel_ref_of(place):
        return place or ""
    return shown(place, 2 * LONGEST_PLACE)


def place_named(place: str | None) -> str:
    """The place where nothing can be pressed, as in a calendar."""
    return harmless(place or "")
