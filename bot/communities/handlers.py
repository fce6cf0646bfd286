"""`/help`, `/about`, `/settings show` and the *Try again* button of a problem, on any platform."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from bot.communities import help, replies
from bot.communities.calls import Call, FormHandler, Handler
from bot.communities.keys import HELP, RETRY
from bot.communities.service import Actor, Communities
from bot.core.paging import target_of
from bot.core.reply import Reply, instead, show

SettingLines = Callable[[Actor], Awaitable[Sequence[str]]]  # what a feature has set, a line each


class HelpHandlers:
    def __init__(self) -> None:
        self.actions: Mapping[str, Handler] = {HELP: self._turn}
        self.forms: Mapping[str, FormHandler] = {}

    async def help(self, call: Call, page: int = 0) -> Reply:
        """The commands that this person may use."""
        return show(help.help_page(call.commands(), page, organiser=call.actor.organiser))

    async def about(self, call: Call) -> Reply:
        """What the bot is, which version, and what it keeps."""
        return show(help.about_card())

    async def _turn(self, call: Call, target: str) -> Reply:
        page, _ = target_of(target)
        return instead(await self.help(call, page))


class SettingsHandlers:
    """What is set here; `features` add their lines."""

    def __init__(self, communities: Communities, features: Sequence[SettingLines]) -> None:
        self._communities = communities
        self._features = features
        self.actions: Mapping[str, Handler] = {RETRY: self._retry}
        self.forms: Mapping[str, FormHandler] = {}

    async def show(self, call: Call) -> Reply:
        """Everything that is set, for organisers."""
        call.actor.require_organiser()
        settings = await self._communities.settings(call.actor)
        lines = [line for feature in self._features for line in await feature(call.actor)]
        parked = len(await self._communities.parked(call.actor))
        return show(replies.settings_card(settings, lines, parked))

    async def _retry(self, call: Call, community_ref: str) -> Reply:
        """Send again what was refused. The button may be in a direct message."""
        actor = await call.organiser_of(community_ref)
        actor.require_organiser()
        waiting = await self._communities.problems.retry(
            actor.platform, actor.community_ref, actor.request
        )
        return replies.retried(waiting)
