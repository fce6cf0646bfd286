"""Keeps the simulated server and its page alive. Written for simcord 3.2.1.

simcord is made for tests: its clock moves only when told, what the bot posts by itself shows only
after a refresh, one operation may run at a time (a second one leaves the page waiting for ever),
and whatever is published between a person's look and click makes the click stale. A demo is not a
test, so the `Pump`

- runs every step, a person's or the clock's, under one lock;
- moves the clock along with the machine's, and far ahead when asked (`jump`);
- wakes the bot, whose own timers read the machine's clock and not this one;
- publishes when something happened, and scrolls to what is new;
- lets each page look into another channel, or into the direct messages of whoever looks;
- lets a click count although the page has been published again since.

For this it uses names that simcord keeps to itself. They are all in this file.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import discord
from simcord.actors import MemberActor
from simcord.backend.access import can_access_channel, can_access_message
from simcord.backend.cdn import CDN_BASE
from simcord.builders import ChannelHandle, UserHandle
from simcord.env import Env
from simcord.preview import Preview

from bot.core.errors import UserError
from bot.demo.timekeeper import DemoClock

SIMCORD_VERSION = "3.2.1"

log = logging.getLogger(__name__)

_T = TypeVar("_T")

_SUGGESTING = "autocomplete_command"
_LOOK = 0.002  # seconds between two looks whether the bot is at rest
_BEAT = 0.5  # seconds between two looks at the clock
_TICK = 5.0  # seconds between two looks at what is due
_REDRAW = 20.0  # seconds after which "in 5 minutes" is drawn anew although nothing happened
_NAP = 60.0  # seconds behind after which the machine must have slept


def adopt_clock(env: Env, clock: DemoClock) -> None:
    """Let the simulated server live in the demo's time from now on."""
    env.backend.clock = clock  # type: ignore[assignment]


def adopt_bot_identity(env: Env, name: str, avatar: str) -> UserHandle:
    """Give the bot's account its name and picture, and return it; before it starts."""
    user = env.backend.edit_bot_profile(name)
    user.avatar = avatar
    return UserHandle(env, user)


def picture_address(user_id: int, avatar: str) -> str:
    """Where the page looks for the picture of a user."""
    return f"{CDN_BASE}/avatars/{user_id}/{avatar}.png"


def may_see(person: MemberActor, channel: ChannelHandle) -> bool:
    """Whether a channel, and what was written in it, is open to this person."""
    return can_access_channel(person.guild._env, channel.id, person, history=True)


def settle_quickly(env: Env) -> None:
    """Have people wait for the bot no longer than it takes; simcord looks every 50 ms only."""
    env._settle_internal = partial(env._settle_internal, idle=_LOOK)  # type: ignore[method-assign]


def ignore_refusals(env: Env) -> None:
    """Let a polite refusal pass for the answer that it is.

    simcord counts every exception in a command as a failure of the bot, also one that is answered
    with a sentence; the page would say "Action was not completed" beside that sentence.
    """
    record = env._record_error

    def record_failures(error: BaseException) -> None:
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, UserError | discord.app_commands.CheckFailure):
                return
            cause = getattr(cause, "original", None) or cause.__cause__
        log.error("the bot failed", exc_info=error)
        record(error)

    env._record_error = record_failures  # type: ignore[method-assign]


async def stop_bot(env: Env, closing: Coroutine[Any, Any, None]) -> None:
    """Let the bot close itself; simcord would only cut it off."""
    with env._bot_scope():
        await asyncio.get_running_loop().create_task(closing)


class Pump:
    """Drives an entered preview for as long as this context manager is open."""

    def __init__(
        self,
        env: Env,
        preview: Preview,
        clock: DemoClock,
        *,
        tick: Callable[[], Coroutine[Any, Any, None]],
        respond: Callable[[], Awaitable[None]],
    ) -> None:
        self._env = env
        self._preview = preview
        self._clock = clock
        self._tick = tick  # has the bot do what is due
        self._respond = respond  # has the others do something about what has happened
        self._lock = asyncio.Lock()
        self._ahead = clock.now() - datetime.now(UTC)
        self._seen = -1  # how much of the transcript the others have seen
        self._shown: dict[str, int] = {}  # how much of it each page shows
        self._newest: dict[str, int] = {}  # the newest message on each page
        self._home = preview.channel
        self._acting: Any = None  # the page on which somebody acts
        self._drawn = self._ticked = 0.0
        self._afterwards: list[Callable[[], Awaitable[None]]] = []
        self._beating: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Pump":
        self._preview._action = self._act  # type: ignore[method-assign]
        self._preview._publish = self._draw  # type: ignore[method-assign]
        self._beating = asyncio.create_task(self._beat(), name="demo pump")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._beating is not None:
            self._beating.cancel()
            await asyncio.gather(self._beating, return_exceptions=True)
        async with self._lock:  # a click that is under way is finished first
            del self._preview._action, self._preview._publish

    # For the demo's commands. A bot cannot move its own world from inside a command, so the
    # command leaves a step, and the step does it.

    def afterwards(self, step: Callable[[], Awaitable[None]]) -> None:
        """Run `step` as soon as the action under way is over."""
        self._afterwards.append(step)

    async def jump(self, when: datetime, asked_by: discord.Interaction) -> None:
        """Put the clock to `when`, as for a machine that wakes up; only within a step.

        `Env.advance_time` would stop at every timer on the way: a job that looks around twice a
        minute is then woken thousands of times a day. Whoever asked for it can still be answered
        afterwards, which Discord allows for 15 minutes only.
        """
        self._env.backend.interactions[asked_by.id].expires_at = None
        ahead = when - self._clock.now()
        if ahead > timedelta(0):
            self._ahead += ahead
            self._skip(ahead.total_seconds())
        await self._settle()

    async def run(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Do `work` as the bot, with all that it sets off; only within a step."""
        with self._env._bot_scope():
            task = asyncio.get_running_loop().create_task(work)
        await self._settle()
        if not task.done():
            raise TimeoutError("the bot is still busy")
        return task.result()

    def show(self, channel: ChannelHandle) -> None:
        """Let the page under way look into this channel, thread or person's direct messages."""
        page = self._acting
        self._preview.channel = channel
        person = self._preview._viewer(page.viewer.id)
        page.viewer = person.user if channel.guild is None else person
        page.channel_id = channel.id
        page.target_id = page.window_end_id = None
        self._newest.pop(page.id, None)  # begin at the end of what is said there
        page.modal = page.modal_handle = None
        page.generation += 1
        self._preview._reset_queries(page)

    @property
    def channel(self) -> ChannelHandle:
        """What the page under way looks into."""
        return self._preview.channel

    # What happens under the lock.

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(_BEAT)
            try:
                async with self._alone():
                    await self._keep_time()
                    if self._has_passed(_TICK, self._ticked):
                        self._ticked = asyncio.get_running_loop().time()
                        await self.run(self._tick())
                    redraw = self._has_passed(_REDRAW, self._drawn)
                    if redraw or self._something_happened():
                        await self._publish(anyway=redraw)
            except Exception:
                log.exception("the simulated server missed a beat")

    async def _act(self, context_id: str | None, body: Mapping[str, Any]) -> dict[str, Any]:
        """In the place of `Preview._action`: what a person does on the page."""
        async with self._alone():
            with contextlib.suppress(TimeoutError):  # the action counts more than the second
                await self._keep_time()
            kind = body.get("kind") if isinstance(body, dict) else None
            page = self._preview._pages.get(context_id or "")
            if page is not None and isinstance(body, dict) and "published_revision" in body:
                body = {**body, "published_revision": page.revision}
            self._acting = page
            if page is not None:
                self._preview.channel = self._looked_into(page)
                if kind == "viewer":
                    self._leave_what_is_not_theirs(page, body.get("viewer_id"))
            self._preview._advance_presentation_time()
            result = await Preview._action(self._preview, context_id, body)
            steps, self._afterwards = self._afterwards, []
            for step in steps:
                try:
                    await step()
                except Exception:
                    log.exception("what was to follow an action failed")
            # Suggestions change nothing, and come with every key that is pressed.
            if steps or (self._something_happened() and kind != _SUGGESTING):
                await self._publish(anyway=bool(steps))
            self._preview.channel = self._home  # where a new page begins
            return result

    def _looked_into(self, page: Any) -> ChannelHandle:
        channel = self._env.backend.get_channel(page.channel_id)
        guild = self._home.guild if channel.guild_id is not None else None
        return ChannelHandle(self._env, guild, channel)

    def _leave_what_is_not_theirs(self, page: Any, viewer_id: Any) -> None:
        """Whoever becomes somebody else doesn't stay where that one may not look."""
        channel = self._preview.channel
        person = next((one for one in self._preview.viewers if str(one.id) == str(viewer_id)), None)
        if person is not None and (channel.guild is None or not may_see(person, channel)):
            self._preview.channel = self._home
            page.channel_id = self._home.id

    @contextlib.asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        async with self._lock:
            with self._env.time_context():
                yield

    async def _keep_time(self) -> None:
        behind = (datetime.now(UTC) + self._ahead - self._clock.now()).total_seconds()
        if behind > _NAP:
            self._skip(behind)
            await self._settle()
        elif behind > 0:
            await self._env.advance_time(behind)

    def _skip(self, seconds: float) -> None:
        self._env._move_clock(self._env._virtual_time + seconds)

    async def _settle(self) -> None:
        """Wait for the bot to finish; a slow one is left to finish in its own time."""
        self._env._begin_operation("demo")
        try:
            await self._env._settle_internal()
        except TimeoutError as slow:
            log.warning("%s", slow)
        finally:
            self._env._end_operation()

    def _something_happened(self) -> bool:
        return len(self._env.backend.transcript) != self._seen

    def _has_passed(self, seconds: float, since: float) -> bool:
        return asyncio.get_running_loop().time() - since > seconds

    async def _publish(self, *, anyway: bool = False) -> None:
        """Show what happened on the pages that do not show it yet, or on all of them."""
        if self._something_happened():
            await self._respond()
            self._seen = len(self._env.backend.transcript)
        await self._settle()
        self._drawn = asyncio.get_running_loop().time()
        self._preview._advance_presentation_time()
        for page in tuple(self._preview._pages.values()):
            if anyway or self._shown.get(page.id) != len(self._env.backend.transcript):
                self._preview._publish(page, reason="refresh")

    def _draw(self, page: Any, **why: Any) -> None:
        """In the place of `Preview._publish`: also scrolls, and leaves out the page nobody sees."""
        if page is self._preview._python:
            return
        self._scroll_to_news(page)
        self._shown[page.id] = len(self._env.backend.transcript)
        Preview._publish(self._preview, page, **why)

    def _scroll_to_news(self, page: Any) -> None:
        """Make the newest message the one that the page shows; it would stay where it is."""
        newest = max(
            (
                message.id
                for message in self._env.backend.messages.get(page.channel_id, {}).values()
                if can_access_message(
                    self._env, page.channel_id, message, page.viewer, history=True
                )
            ),
            default=0,
        )
        if newest > self._newest.get(page.id, 0):
            page.target_id, page.window_end_id = newest, None
        self._newest[page.id] = newest
