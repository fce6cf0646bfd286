"""`/setup` and `/settings`: what organisers set."""

from collections.abc import Sequence

import discord
from discord import app_commands
from discord.ext import commands

from bot.adapters.discord.actors import actor_of
from bot.adapters.discord.forms import open_form
from bot.adapters.discord.permissions import NEEDED_TO_TELL, missing_permissions
from bot.adapters.discord.replies import Interaction, show
from bot.communities.greeting import SET_UP
from bot.communities.service import Communities, CommunitySettings
from bot.core.errors import UserError
from bot.core.post import Job, Post, channel, member, role
from bot.core.text import escape, plural
from bot.papers.replies import dropped_row, schedule_card
from bot.papers.schedules import Schedules, ScheduleView
from bot.questions.rules import LONGEST_COOLDOWN
from bot.questions.settings import Preferences, QuestionPreferences
from cogs.choices import zones_like
from cogs.schedule import WEEKDAY_CHOICES
from cogs.setup_form import SetUpForm, Wanted


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class Setup(commands.GroupCog, name="setup", description="Set Paperclub up (organisers)"):
    def __init__(
        self, communities: Communities, schedules: Schedules, preferences: Preferences
    ) -> None:
        self._communities = communities
        self._schedules = schedules
        self._preferences = preferences
        self.actions = {SET_UP: self._open_form}

    @app_commands.command(description="Everything your group needs, in one go")
    @app_commands.describe(
        zone="Your time zone; type a city",
        papers="The channel for papers and discussions",
        weekday="The day of the meeting",
        time="The local time, such as 17:00 or 5pm",
        ping="A role to ping with each announcement; @everyone for none",
        experiences="The channel or forum for internship experiences that members hand in",
        questions="The channel or forum for members' questions",
        organisers="Where I tell organisers of trouble; the papers channel: I write to you instead",
        organiser_role="Members with this role are organisers too; @everyone for none",
    )
    @app_commands.choices(weekday=WEEKDAY_CHOICES)
    @app_commands.autocomplete(zone=zones_like)
    async def start(
        self,
        interaction: Interaction,
        zone: str,
        papers: discord.TextChannel,
        weekday: int,
        time: str,
        ping: discord.Role | None = None,
        experiences: discord.TextChannel | discord.ForumChannel | None = None,
        questions: discord.TextChannel | discord.ForumChannel | None = None,
        organisers: discord.TextChannel | None = None,
        organiser_role: discord.Role | None = None,
    ) -> None:
        actor = await actor_of(interaction)
        schedule = await self._schedules.set_up(
            actor,
            zone=zone,
            papers_channel_ref=str(papers.id),
            weekday=weekday,
            at=time,
            ping_role_ref=_role_ref(ping),
            organisers_channel_ref=None if organisers is None else str(organisers.id),
            organiser_role_ref=_role_ref(organiser_role),
        )
        if experiences is not None:
            await self._communities.set_experiences_channel(actor, str(experiences.id))
        channel_ref = None if questions is None else str(questions.id)
        await self._preferences.set(actor, channel_ref=channel_ref)  # the zone may be another one
        posted_in = [one for one in (papers, experiences, questions) if one is not None]
        await show(interaction, _ready_card(posted_in, schedule, ping, organisers))

    async def _open_form(self, interaction: Interaction, _: str) -> None:
        """The *Set up* button of the greeting."""
        actor = await actor_of(interaction)
        actor.require_organiser()
        if await self._communities.is_set_up(actor):
            raise UserError("Paperclub is set up already. `/setup start` changes what is set.")
        await open_form(interaction, SetUpForm(self._set_up, Wanted()))

    async def _set_up(self, interaction: Interaction, wanted: Wanted) -> None:
        papers = _text_channel(interaction, wanted.papers)
        if papers is None:
            raise UserError("I can't see that channel. Choose another one for papers.")
        organisers = _text_channel(interaction, wanted.organisers)
        schedule = await self._schedules.set_up(
            await actor_of(interaction),
            zone=wanted.zone,
            papers_channel_ref=str(papers.id),
            weekday=wanted.weekday,
            at=wanted.time,
            organisers_channel_ref=None if organisers is None else str(organisers.id),
        )
        await show(interaction, _ready_card([papers], schedule, None, organisers))


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class Settings(commands.GroupCog, name="settings", description="What is set here (organisers)"):
    def __init__(
        self, communities: Communities, schedules: Schedules, preferences: Preferences
    ) -> None:
        self._communities = communities
        self._schedules = schedules
        self._preferences = preferences

    @app_commands.command(name="show", description="Show what is set")
    async def show_settings(self, interaction: Interaction) -> None:
        actor = await actor_of(interaction)
        actor.require_organiser()
        settings = await self._communities.settings(actor)
        schedule = await self._schedules.show(actor)
        preferences = await self._preferences.show(actor)
        parked = len(await self._communities.parked(actor))
        await show(interaction, _settings_card(settings, schedule, preferences, parked))

    @app_commands.command(description="How members ask and answer")
    @app_commands.describe(
        channel="The channel or forum for questions",
        topics="The topics to choose from, separated by commas",
        anonymous="Whether members may ask without their name",
        anonymous_answers="Whether members may answer without their name",
        approval="Whether you look at what is asked without a name before it is posted",
        pause="Minutes between two questions of one member",
        digest="Whether I post a digest each Monday morning",
    )
    async def questions(
        self,
        interaction: Interaction,
        channel: discord.TextChannel | discord.ForumChannel | None = None,
        topics: app_commands.Range[str, 1, 1000] | None = None,
        anonymous: bool | None = None,
        anonymous_answers: bool | None = None,
        approval: bool | None = None,
        pause: app_commands.Range[int, 0, LONGEST_COOLDOWN] | None = None,
        digest: bool | None = None,
    ) -> None:
        preferences = await self._preferences.set(
            await actor_of(interaction),
            channel_ref=None if channel is None else str(channel.id),
            topics=topics,
            anonymous_questions=anonymous,
            anonymous_answers=anonymous_answers,
            approval=approval,
            cooldown_minutes=pause,
            digest=digest,
        )
        lines = [*_warnings([channel] if channel else []), *_question_lines(preferences)]
        await show(interaction, Post(title="Questions", details=tuple(lines), job=Job.QUESTIONS))


def _text_channel(interaction: Interaction, ref: str | None) -> discord.TextChannel | None:
    channel = interaction.guild and ref and interaction.guild.get_channel(int(ref))
    return channel if isinstance(channel, discord.TextChannel) else None


def _ready_card(
    channels: Sequence[discord.TextChannel | discord.ForumChannel],
    schedule: ScheduleView,
    ping: discord.Role | None,
    organisers: discord.TextChannel | None,
) -> Post:
    """What comes now, and what is in the way of it. The first channel is for papers."""
    papers = channels[0]
    meetings = schedule_card(schedule)
    warnings = _warnings(channels)
    if organisers is not None and organisers != papers:
        lacking = missing_permissions(organisers, NEEDED_TO_TELL)
        if lacking:
            warnings.append(
                f"**I can't tell of trouble in {organisers.mention} yet**: give me {lacking}."
            )
    allowed = papers.permissions_for(papers.guild.me)
    if not (allowed.create_events or allowed.manage_events):
        warnings.append("Meetings can't go into the calendar yet: give me *Create Events*.")
    if ping is not None and not (ping.is_default() or ping.mentionable or allowed.mention_everyone):
        warnings.append(
            f"{ping.mention} can't be pinged by me: make it mentionable, or give me "
            "*Mention Everyone*."
        )
    return Post(
        title="Paperclub is ready",
        text=f"Papers go to {papers.mention}. {meetings.text}",
        details=(
            *warnings,
            *meetings.details[:1],
            "Nominate the first paper with `/paper nominate`. I pick three days before a meeting, "
            "or when you run `/schedule pick`.",
        ),
    )


def _warnings(channels: Sequence[discord.TextChannel | discord.ForumChannel]) -> list[str]:
    """Where I can't post yet, and what that takes."""
    return [
        f"**I can't post in {posted_in.mention} yet**: give me {lacking}."
        for posted_in in dict.fromkeys(channels)
        if (lacking := missing_permissions(posted_in))
    ]


def _question_lines(preferences: QuestionPreferences) -> list[str]:
    """How questions are set, a line each."""
    by_name = "also without a name"
    unnamed = by_name if preferences.anonymous_questions else "by name"
    if preferences.anonymous_questions and preferences.approval:
        unnamed += ", which you approve first"
    answers = by_name if preferences.anonymous_answers else "by name"
    return [
        _named("Questions", preferences.channel_ref and channel(preferences.channel_ref)),
        _named("Topics", ", ".join(map(escape, preferences.topics))),
        _named("Members ask", unnamed),
        _named("Members answer", answers),
        _named("Pause between questions", plural(preferences.cooldown_minutes, "minute")),
        _named("Digest on Mondays", "yes" if preferences.digest else "no"),
    ]


def _named(what: str, shown: str | None) -> str:
    return f"**{what}:** {shown or 'not set'}"


def _settings_card(
    settings: CommunitySettings,
    schedule: ScheduleView,
    preferences: QuestionPreferences,
    parked: int,
) -> Post:
    refs = settings
    trouble = refs.organisers_channel_ref and channel(refs.organisers_channel_ref)
    return Post(
        title="Settings",
        details=(
            _named("Time zone", escape(refs.zone)),
            _named("Papers", refs.papers_channel_ref and channel(refs.papers_channel_ref)),
            _named(
                "Experiences",
                refs.experiences_channel_ref and channel(refs.experiences_channel_ref),
            ),
            _named("Meetings", schedule_card(schedule).text),
            *_question_lines(preferences),
            _named("Role to ping", refs.ping_role_ref and role(refs.ping_role_ref)),
            _named("Trouble is told", trouble or f"to {member(refs.set_up_by_ref or '')}"),
            _named("Organiser role", refs.organiser_role_ref and role(refs.organiser_role_ref)),
            *([f"**Not delivered:** {parked:,} · `/moderate queue`"] if parked else []),
            *map(dropped_row, schedule.dropped),
        ),
        footnote="Change these with /setup start, /schedule set and /settings questions.",
    )


def _role_ref(chosen: discord.Role | None) -> str | None:
    """None leaves what is set. Everybody has *@everyone*: to choose that is to choose no role."""
    if chosen is None:
        return None
    return "" if chosen.is_default() else str(chosen.id)
