"""`/setup` and `/settings`: what organisers set."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.adapters.discord.ui import (
    NEEDED_TO_TELL,
    Interaction,
    actor_of,
    missing_permissions,
    show,
)
from bot.communities.service import Communities, CommunitySettings
from bot.core.post import Post, channel, member, role
from bot.core.text import escape
from bot.papers.cards import dropped_row, schedule_card
from bot.papers.schedules import Schedules, ScheduleView
from cogs.choices import zones_like
from cogs.schedule import WEEKDAY_CHOICES


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class Setup(commands.GroupCog, name="setup", description="Set Paperclub up (organisers)"):
    def __init__(self, communities: Communities, schedules: Schedules) -> None:
        self._communities = communities
        self._schedules = schedules

    @app_commands.command(description="Everything your group needs, in one go")
    @app_commands.describe(
        zone="Your time zone; type a city",
        papers="The channel for papers and discussions",
        weekday="The day of the meeting",
        time="The local time, such as 17:00 or 5pm",
        ping="A role to ping with each announcement; @everyone for none",
        experiences="The channel or forum for internship accounts that members hand in",
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
        await show(interaction, _ready_card(papers, schedule, ping, experiences, organisers))


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class Settings(commands.GroupCog, name="settings", description="What is set here (organisers)"):
    def __init__(self, communities: Communities, schedules: Schedules) -> None:
        self._communities = communities
        self._schedules = schedules

    @app_commands.command(name="show", description="Show what is set")
    async def show_settings(self, interaction: Interaction) -> None:
        actor = await actor_of(interaction)
        actor.require_organiser()
        settings = await self._communities.settings(actor)
        schedule = await self._schedules.show(actor)
        await show(interaction, _settings_card(settings, schedule))


def _ready_card(
    papers: discord.TextChannel,
    schedule: ScheduleView,
    ping: discord.Role | None,
    experiences: discord.TextChannel | discord.ForumChannel | None,
    organisers: discord.TextChannel | None,
) -> Post:
    """What comes now, and what is in the way of it."""
    meetings = schedule_card(schedule)
    warnings = []
    for posted_in in (papers, experiences):
        lacking = missing_permissions(posted_in) if posted_in else ""
        if posted_in is not None and lacking:
            warnings.append(f"**I can't post in {posted_in.mention} yet**: give me {lacking}.")
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


def _settings_card(settings: CommunitySettings, schedule: ScheduleView) -> Post:
    def named(what: str, shown: str | None) -> str:
        return f"**{what}:** {shown or 'not set'}"

    refs = settings
    trouble = refs.organisers_channel_ref and channel(refs.organisers_channel_ref)
    return Post(
        title="Settings",
        details=(
            named("Time zone", escape(refs.zone)),
            named("Papers", refs.papers_channel_ref and channel(refs.papers_channel_ref)),
            named(
                "Experiences",
                refs.experiences_channel_ref and channel(refs.experiences_channel_ref),
            ),
            named("Meetings", schedule_card(schedule).text),
            named("Role to ping", refs.ping_role_ref and role(refs.ping_role_ref)),
            named("Trouble is told", trouble or f"to {member(refs.set_up_by_ref or '')}"),
            named("Organiser role", refs.organiser_role_ref and role(refs.organiser_role_ref)),
            *map(dropped_row, schedule.dropped),
        ),
        footnote="Change these with /setup start and /schedule set.",
    )


def _role_ref(chosen: discord.Role | None) -> str | None:
    """None leaves what is set. Everybody has *@everyone*: to choose that is to choose no role."""
    if chosen is None:
        return None
    return "" if chosen.is_default() else str(chosen.id)
