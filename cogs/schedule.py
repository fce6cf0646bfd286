"""`/schedule`, and the buttons with which members say whether they come."""

from dataclasses import replace

from discord import app_commands
from discord.ext import commands

from bot.adapters.discord.actors import actor_of
from bot.adapters.discord.calls import handle
from bot.adapters.discord.replies import Interaction, say, show
from bot.core.ids import chosen
from bot.core.post import moment
from bot.core.time.parsing import WEEKDAYS
from bot.core.time.recurrence import Cadence
from bot.papers.cards import paper_link
from bot.papers.handlers.attendance import AttendanceHandlers
from bot.papers.meetings import OPEN_ENDED
from bot.papers.nominations import Nominations
from bot.papers.place import place_shown
from bot.papers.places import Places
from bot.papers.replies import schedule_card
from bot.papers.rounds import Rounds
from bot.papers.schedules import LONGEST, LONGEST_REASON, SHORTEST, Schedules
from bot.papers.undo import Undo
from bot.questions.settings import Preferences
from cogs.choices import Choices, suggestions, titled, zones_like
from cogs.place_choices import place_in, place_warning, places_like
from cogs.schedule_undo import ScheduleUndo, undo_change, undo_pause, undo_pick

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


@app_commands.guild_only()
class Schedule(commands.GroupCog, name="schedule", description="When this group meets"):
    """Members may look; what changes something is for organisers, which the services check."""

    def __init__(
        self,
        schedules: Schedules,
        rounds: Rounds,
        nominations: Nominations,
        preferences: Preferences,
        places: Places,
        undo: Undo,
        attendance: AttendanceHandlers,
    ) -> None:
        self._places = places
        self._undo = ScheduleUndo(schedules, undo)
        self._attendance = attendance
        self._preferences = preferences
        self._schedules = schedules
        self._rounds = rounds
        self._nominations = nominations
        self.actions = self._undo.actions

    @app_commands.command(name="show", description="Show the next five meetings")
    async def show_schedule(self, interaction: Interaction) -> None:
        await show(
            interaction, schedule_card(await self._schedules.show(await actor_of(interaction)))
        )

    @app_commands.command(name="set", description="Set when the group meets (organisers)")
    @app_commands.describe(
        weekday="The day of the meeting",
        time="The local time, such as 17:00 or 5pm",
        cadence="How often; every week at first",
        duration="How long, in minutes; 60 at first",
        zone="Another time zone; type a city",
        starting="The first day that counts, such as 2026-10-06",
        place="A voice or stage channel, a link or a room; none takes it away",
        reminders="How long before, such as 1 day, 1 hour; or none",
    )
    @app_commands.choices(weekday=WEEKDAY_CHOICES, cadence=CADENCE_CHOICES)
    @app_commands.autocomplete(zone=zones_like, place=places_like)
    async def set_schedule(
        self,
        interaction: Interaction,
        weekday: int | None = None,
        time: str | None = None,
        cadence: str | None = None,
        duration: app_commands.Range[int, SHORTEST, LONGEST] | None = None,
        zone: str | None = None,
        starting: str | None = None,
        place: str | None = None,
        reminders: str | None = None,
    ) -> None:
        monthly = cadence not in (None, "weekly", "fortnightly")
        actor = await actor_of(interaction)
        schedule = await self._schedules.set(
            actor,
            weekday=weekday,
            at=time,
            cadence=_cadence(cadence),
            nth=int(cadence) if monthly and cadence else None,
            duration_minutes=duration,
            zone=zone,
            starting=starting,
            place=None if place is None else place_in(interaction, place),
            reminders=reminders,
        )
        if zone is not None:
            await self._preferences.set(actor)  # the week's digest goes by it, too
        warning = place_warning(interaction, schedule.place) if place is not None else ""
        await show(interaction, replace(schedule_card(schedule), footnote=warning))

    @app_commands.command(description="Call off the meeting of one day (organisers)")
    @app_commands.describe(date="The day, such as 2026-12-24", reason="Shown to members")
    async def skip(
        self,
        interaction: Interaction,
        date: str,
        reason: app_commands.Range[str, 1, LONGEST_REASON] | None = None,
    ) -> None:
        await self._undo.skip(interaction, date, reason)

    @app_commands.command(description="Say where you meet, always or on one day (organisers)")
    @app_commands.describe(
        place="A voice or stage channel, a link or a room; none takes it away",
        date="The day, for one meeting only; all meetings if left out",
    )
    @app_commands.autocomplete(place=places_like)
    async def place(self, interaction: Interaction, place: str, date: str | None = None) -> None:
        actor, text = await actor_of(interaction), place_in(interaction, place)
        if date is None:
            where, which = await self._places.set(actor, text), "Your meetings"
        else:
            meeting = await self._places.set_for(actor, date, text)
            where, which = meeting.place, f"The meeting on {moment(meeting.meets_at)}"
        now = f"now: {place_shown(where)}" if where else "taken away"
        warning = place_warning(interaction, where)
        await say(interaction, f"{which}: the place is {now}. {warning}".strip())

    @app_commands.command(description="Turn your own reminders of meetings on or off")
    @app_commands.describe(on="Whether I remind you of meetings you go to")
    async def reminders(self, interaction: Interaction, on: bool) -> None:
        await handle(interaction, self._attendance.turn_reminders, "on" if on else "off")

    @app_commands.command(description="Hold no meetings for a while (organisers)")
    @app_commands.describe(until="The first day with meetings again; open-ended if left out")
    async def pause(self, interaction: Interaction, until: str | None = None) -> None:
        actor = await actor_of(interaction)
        before = (await self._schedules.show(actor)).pause
        day, announced = await self._schedules.pause(actor, until)
        end = f"until {day.day} {day:%B %Y}" if day else "until `/schedule resume`"
        stays = (
            " The meeting that is announced already stays; `/schedule skip` calls it off."
            if announced
            else ""
        )
        button = undo_pause(day.isoformat() if day else OPEN_ENDED, before)
        await say(interaction, f"No meetings {end}.{stays}", button)

    @app_commands.command(description="Hold meetings again (organisers)")
    async def resume(self, interaction: Interaction) -> None:
        actor = await actor_of(interaction)
        before = (await self._schedules.show(actor)).pause
        schedule = await self._schedules.resume(actor)
        button = undo_pause("", before)
        await show(interaction, replace(schedule_card(schedule), buttons=(button,)))

    @app_commands.command(description="Decide the next paper now (organisers)")
    @app_commands.describe(paper="Which one; by votes if left out")
    async def pick(self, interaction: Interaction, paper: str | None = None) -> None:
        actor = await actor_of(interaction)
        round_ = await self._rounds.pick(actor, chosen(paper) if paper else None)
        picked = paper_link(round_.nomination.paper)
        button = undo_pick(round_.id, round_.nomination.id)
        await say(interaction, f"Picked {picked} for {moment(round_.meets_at)}.", button)

    @app_commands.command(description="Replace the paper that is announced (organisers)")
    @app_commands.describe(paper="Which one to read; type a part of its title")
    async def change(self, interaction: Interaction, paper: str) -> None:
        actor = await actor_of(interaction)
        round_, before = await self._rounds.change(actor, chosen(paper))
        button = undo_change(round_.id, before.id, round_.nomination.id)
        new, old = paper_link(round_.nomination.paper), paper_link(before.paper)
        when = moment(round_.meets_at)
        await say(interaction, f"Changed: {new} replaces {old} for {when}.", button)

    @skip.autocomplete("date")
    @place.autocomplete("date")
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
    @change.autocomplete("paper")
    @suggestions
    async def _papers_up_like(self, interaction: Interaction, typed: str) -> Choices:
        queue = await self._nominations.queue(await actor_of(interaction))
        return titled(((up.paper.title, up.paper.id) for up in queue), typed)


def _cadence(choice: str | None) -> Cadence | None:
    """What a choice of `CADENCE_CHOICES` means; the numbers are of months."""
    if choice is None:
        return None
    return Cadence(choice) if choice in tuple(Cadence) else Cadence.MONTHLY
