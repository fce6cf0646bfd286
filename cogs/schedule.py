"""`/schedule`: when and where the group meets, and what it reads."""

from discord import app_commands
from discord.ext import commands

from bot.adapters.discord.calls import Choices, handle, suggest
from bot.adapters.discord.choices import voice_channels_like, zones_like
from bot.adapters.discord.replies import Interaction
from bot.papers.handlers.attendance import AttendanceHandlers
from bot.papers.handlers.schedule import ScheduleHandlers
from bot.papers.schedule.schedules import LONGEST, SHORTEST
from bot.papers.schedule.skips import LONGEST_REASON
from cogs.choices import CADENCE_CHOICES, WEEKDAY_CHOICES


@app_commands.guild_only()
class Schedule(commands.GroupCog, name="schedule", description="When this group meets"):
    def __init__(self, schedule: ScheduleHandlers, attendance: AttendanceHandlers) -> None:
        self._schedule = schedule
        self._attendance = attendance

    @app_commands.command(name="show", description="Show the next five meetings")
    async def show_schedule(self, interaction: Interaction) -> None:
        await handle(interaction, self._schedule.show)

    @app_commands.command(name="set", description="Set when the group meets (organisers)")
    @app_commands.describe(
        weekday="The day of the meeting",
        time="The local time, such as 17:00 or 5pm",
        cadence="How often; every week by default",
        duration="How long, in minutes; 60 by default",
        zone="Another time zone; type a city",
        starting="The first day that counts, such as 2026-10-06",
        place="A voice or stage channel, a link or a room; none takes it away",
        reminders="How long before, such as 1 day, 1 hour; or none",
    )
    @app_commands.choices(weekday=WEEKDAY_CHOICES, cadence=CADENCE_CHOICES)
    @app_commands.autocomplete(zone=zones_like, place=voice_channels_like)
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
        await handle(
            interaction,
            self._schedule.set,
            weekday=weekday,
            time=time,
            cadence=cadence,
            duration=duration,
            zone=zone,
            starting=starting,
            place=place,
            reminders=reminders,
        )

    @app_commands.command(description="Call off the meeting of one day (organisers)")
    @app_commands.describe(date="The day, such as 2026-12-24", reason="Shown to members")
    async def skip(
        self,
        interaction: Interaction,
        date: str,
        reason: app_commands.Range[str, 1, LONGEST_REASON] | None = None,
    ) -> None:
        await handle(interaction, self._schedule.skip, date, reason)

    @app_commands.command(description="Set where you meet, always or on one day (organisers)")
    @app_commands.describe(
        place="A voice or stage channel, a link or a room; none takes it away",
        date="The day, for one meeting only; all meetings if left out",
    )
    @app_commands.autocomplete(place=voice_channels_like)
    async def place(self, interaction: Interaction, place: str, date: str | None = None) -> None:
        await handle(interaction, self._schedule.place, place, date)

    @app_commands.command(description="Turn your own meeting reminders on or off")
    @app_commands.describe(on="Whether I remind you of meetings you're going to")
    async def reminders(self, interaction: Interaction, on: bool) -> None:
        await handle(interaction, self._attendance.turn_reminders, "on" if on else "off")

    @app_commands.command(description="Hold no meetings for a while (organisers)")
    @app_commands.describe(until="The first day with meetings again; open-ended if left out")
    async def pause(self, interaction: Interaction, until: str | None = None) -> None:
        await handle(interaction, self._schedule.pause, until)

    @app_commands.command(description="Hold meetings again (organisers)")
    async def resume(self, interaction: Interaction) -> None:
        await handle(interaction, self._schedule.resume)

    @app_commands.command(description="Pick the next paper now (organisers)")
    @app_commands.describe(paper="Which one; by votes if left out")
    async def pick(self, interaction: Interaction, paper: str | None = None) -> None:
        await handle(interaction, self._schedule.pick, paper)

    @app_commands.command(description="Replace the announced paper (organisers)")
    @app_commands.describe(paper="Which one to read; type a part of its title")
    async def change(self, interaction: Interaction, paper: str) -> None:
        await handle(interaction, self._schedule.change, paper)

    @skip.autocomplete("date")
    @place.autocomplete("date")
    async def _days_like(self, interaction: Interaction, typed: str) -> Choices:
        return await suggest(interaction, self._schedule.days_like, typed)

    @pick.autocomplete("paper")
    @change.autocomplete("paper")
    async def _papers_up_like(self, interaction: Interaction, typed: str) -> Choices:
        return await suggest(interaction, self._schedule.papers_up_like, typed)
