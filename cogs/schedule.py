"""`/schedule`, and the buttons with which members say whether they come."""

from datetime import timedelta

from discord import app_commands
from discord.ext import commands

from bot.adapters.discord.replies import Interaction
from bot.adapters.discord.ui import actor_of, say, show
from bot.core.clock import Clock
from bot.core.ids import chosen, pressed
from bot.core.post import moment
from bot.papers.calendar import Cadence
from bot.papers.cards import schedule_card
from bot.papers.nominations import Nominations
from bot.papers.posts import RSVP, paper_link
from bot.papers.rounds import Rounds
from bot.papers.schedules import LONGEST, LONGEST_REASON, SHORTEST, Schedules
from bot.papers.when import WEEKDAYS
from bot.questions.preferences import Preferences
from cogs.choices import Choices, suggestions, titled, zones_like

WEEKDAY_CHOICES: list[app_commands.Choice[str | int | float]] = [
    app_commands.Choice(name=name, value=number) for number, name in enumerate(WEEKDAYS)
]
CADENCE_CHOICES: list[app_commands.Choice[str | int | float]] = [
    app_commands.Choice(name="Every week", value="weekly"),
    app_commands.Choice(name="Every two weeks", value="fortnightly"),
    app_commands.Choice(name="The first one of each month", value="1"),
    app_commands.Choice(name="The second one of each month", value="2"),
    app_commands.Choice(name="The third one of each month", value="3"),
    app_commands.Choice(name="The fourth one of each month", value="4"),
    app_commands.Choice(name="The last one of each month", value="-1"),
]
SAID = {
    "going": "See you there.",
    "maybe": "Noted: maybe. Press *Going* when you know; only those who go are reminded.",
    "cant": "Noted: you can't. The thread stays open for you.",
}


@app_commands.guild_only()
class Schedule(commands.GroupCog, name="schedule", description="When this group meets"):
    """Members may look; what changes something is for organisers, which the services check."""

    def __init__(
        self,
        schedules: Schedules,
        rounds: Rounds,
        nominations: Nominations,
        preferences: Preferences,
        clock: Clock,
    ) -> None:
        self._clock = clock
        self._preferences = preferences
        self._schedules = schedules
        self._rounds = rounds
        self._nominations = nominations
        self.actions = {RSVP: self._answer}

    @app_commands.command(name="show", description="Show the next five meetings")
    async def show_schedule(self, interaction: Interaction) -> None:
        await show(
            interaction, schedule_card(await self._schedules.show(await actor_of(interaction)))
        )

    @app_commands.command(name="set", description="Set when the group meets (organisers)")
    @app_commands.describe(
        weekday="The day of the meeting",
        time="The local time, such as 17:00 or 5pm",
        cadence="How often; every week if left out",
        duration="How long, in minutes; 60 if left out",
        zone="Another time zone; type a city",
        starting="The first day that counts, such as 2026-10-06",
    )
    @app_commands.choices(weekday=WEEKDAY_CHOICES, cadence=CADENCE_CHOICES)
    @app_commands.autocomplete(zone=zones_like)
    async def set_schedule(
        self,
        interaction: Interaction,
        weekday: int,
        time: str,
        cadence: str = "weekly",
        duration: app_commands.Range[int, SHORTEST, LONGEST] = 60,
        zone: str | None = None,
        starting: str | None = None,
    ) -> None:
        monthly = cadence not in ("weekly", "fortnightly")
        actor = await actor_of(interaction)
        schedule = await self._schedules.set(
            actor,
            weekday=weekday,
            at=time,
            cadence=Cadence.MONTHLY if monthly else Cadence(cadence),
            nth=int(cadence) if monthly else None,
            duration_minutes=duration,
            zone=zone,
            starting=starting,
        )
        if zone is not None:
            await self._preferences.set(actor)  # the week's digest goes by it, too
        await show(interaction, schedule_card(schedule))

    @app_commands.command(description="Call off the meeting of one day (organisers)")
    @app_commands.describe(date="The day, such as 2026-12-24", reason="Shown to members")
    async def skip(
        self,
        interaction: Interaction,
        date: str,
        reason: app_commands.Range[str, 1, LONGEST_REASON] | None = None,
    ) -> None:
        meeting = await self._schedules.skip(await actor_of(interaction), date, reason)
        await say(interaction, f"There is no meeting on {moment(meeting.meets_at)}.")

    @app_commands.command(description="Hold no meetings for a while (organisers)")
    @app_commands.describe(until="The first day with meetings again; open-ended if left out")
    async def pause(self, interaction: Interaction, until: str | None = None) -> None:
        day, announced = await self._schedules.pause(await actor_of(interaction), until)
        end = f"until {day.day} {day:%B %Y}" if day else "until `/schedule resume`"
        stays = (
            " The meeting that is announced already stays; `/schedule skip` calls it off."
            if announced
            else ""
        )
        await say(interaction, f"No meetings {end}.{stays}")

    @app_commands.command(description="Hold meetings again (organisers)")
    async def resume(self, interaction: Interaction) -> None:
        schedule = await self._schedules.resume(await actor_of(interaction))
        await show(interaction, schedule_card(schedule))

    @app_commands.command(description="Decide the next paper now (organisers)")
    @app_commands.describe(paper="Which one; by votes if left out")
    async def pick(self, interaction: Interaction, paper: str | None = None) -> None:
        actor = await actor_of(interaction)
        round_ = await self._rounds.pick(actor, chosen(paper) if paper else None)
        picked = paper_link(round_.nomination.paper)
        await say(interaction, f"{picked} it is, for {moment(round_.meets_at)}.")

    @skip.autocomplete("date")
    @suggestions
    async def _days_like(self, interaction: Interaction, typed: str) -> Choices:
        schedule = await self._schedules.show(await actor_of(interaction))
        days = [meeting.day for meeting in schedule.meetings]
        names = {day.isoformat(): f"{day:%A} {day.day} {day:%B %Y}" for day in days}
        return [
            app_commands.Choice(name=name, value=value)
            for value, name in names.items()
            if typed.casefold() in f"{value} {name}".casefold()
        ]

    @pick.autocomplete("paper")
    @suggestions
    async def _papers_up_like(self, interaction: Interaction, typed: str) -> Choices:
        queue = await self._nominations.queue(await actor_of(interaction))
        return titled(((up.paper.title, up.paper.id) for up in queue), typed)

    async def _answer(self, interaction: Interaction, argument: str) -> None:
        round_id, _, answer = argument.partition(".")
        round_ = await self._rounds.answer(await actor_of(interaction), pressed(round_id), answer)
        left = round_.meets_at - self._clock.now()
        await say(interaction, SAID[answer] + (_reminders(left) if answer == "going" else ""))


def _reminders(left: timedelta) -> str:
    """Which reminders are still to come, that long before the meeting."""
    if left > timedelta(days=1):
        return " I'll remind you in the thread a day and an hour before."
    if left > timedelta(hours=1):
        return " I'll remind you in the thread an hour before."
    return ""
