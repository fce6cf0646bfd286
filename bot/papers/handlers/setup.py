"""`/setup start`, and the form behind *Set up*, which the greeting offers."""

from collections.abc import Mapping

from bot.communities.calls import Call, ChannelKind, FormHandler, Handler, Need
from bot.communities.keys import SET_UP
from bot.communities.replies import posting_warnings
from bot.communities.service import Communities
from bot.core.errors import UserError
from bot.core.form import Values
from bot.core.reply import Reply, ask, show
from bot.papers.forms import set_up_form
from bot.papers.replies import setup as replies
from bot.papers.schedule.setup import Setup, Wanted


class SetupHandlers:
    def __init__(self, setup: Setup, communities: Communities) -> None:
        self._setup = setup
        self._communities = communities
        self.actions: Mapping[str, Handler] = {SET_UP: self._open_form}
        self.forms: Mapping[str, FormHandler] = {SET_UP: self._take_form}

    async def start(self, call: Call, wanted: Wanted) -> Reply:
        """Set everything up that a group needs, and say what is in the way of it."""
        schedule = await self._setup.start(call.actor, wanted)
        return show(
            replies.ready_card(schedule, wanted.papers_channel_ref, _warnings(call, wanted))
        )

    async def _open_form(self, call: Call, _: str) -> Reply:
        call.actor.require_organiser()
        if await self._communities.is_set_up(call.actor):
            raise UserError("Paperclub is already set up. `/setup start` changes the settings.")
        return ask(set_up_form())

    async def _take_form(self, call: Call, _: str, values: Values) -> Reply:
        papers = _text_channel(call, values.text("papers"))
        if papers is None:
            raise UserError("I can't see that channel. Please choose another one for papers.")
        wanted = Wanted(
            zone=values.text("zone"),
            papers_channel_ref=papers,
            weekday=int(values.text("weekday")),
            at=values.text("time"),
            organisers_channel_ref=_text_channel(call, values.text("organisers")),
        )
        return await self.start(call, wanted)


def _text_channel(call: Call, channel_ref: str) -> str | None:
    """The channel, if it is one that the bot sees and can post in."""
    if channel_ref and call.channel_kind(channel_ref) is ChannelKind.TEXT:
        return channel_ref
    return None


def _warnings(call: Call, wanted: Wanted) -> list[str]:
    """What is in the way of what was set."""
    papers, organisers = wanted.papers_channel_ref, wanted.organisers_channel_ref
    posted_in = (papers, wanted.experiences_channel_ref, wanted.questions_channel_ref)
    warnings = posting_warnings(call, filter(None, posted_in))
    if organisers and organisers != papers and (lacking := call.lacks(organisers, Need.TELL)):
        warnings.append(replies.cannot_report(organisers, lacking))
    if lacking := call.lacks(papers, Need.CALENDAR):
        warnings.append(replies.cannot_keep_calendar(lacking))
    if wanted.ping_role_ref and not call.can_ping(wanted.ping_role_ref, papers):
        warnings.append(replies.cannot_ping(wanted.ping_role_ref))
    return warnings
