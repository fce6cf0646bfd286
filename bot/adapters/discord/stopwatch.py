"""What all deliveries to Discord share."""

import asyncio

from bot.core.courier import Anchor, Delivery

# Seconds. discord.py waits so long before it repeats what Discord answered with an error, done or
# not. After such a call no refusal is certain: it may answer the second request.
REPEATED_AFTER = 1


class Stopwatch:
    """Times a call of discord.py."""

    def __init__(self) -> None:
        self._time = asyncio.get_running_loop().time
        self._began = self._time()

    @property
    def may_have_repeated(self) -> bool:
        """Whether it has taken long enough for discord.py to make its request again."""
        return self._time() - self._began >= REPEATED_AFTER


def anchor_of(delivery: Delivery) -> Anchor:
    """The row that a follow-up goes out after."""
    assert delivery.anchor is not None, "a follow-up goes out after what it follows"
    return delivery.anchor
