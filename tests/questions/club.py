"""A club on a platform in memory, where nothing happens at the same time as anything else."""

from dataclasses import dataclass, field
from datetime import datetime

from tests.group import Bot
from tests.world import World


class Places(World):
    """Messages have ids that tell nothing of how many others there were, as Discord's do."""

    def number(self) -> str:
        return str(1000 + self.sends[-1].id)


@dataclass
class Threads:
    """Who has written in which thread, and when."""

    written: list[tuple[str, str, datetime]] = field(default_factory=list)

    async def has_reply(self, thread_ref: str, since: datetime, besides: str | None) -> bool:
        return any(
            ref == thread_ref and who != besides and at > since for ref, who, at in self.written
        )


@dataclass
class OneByOne(Bot):
    """Its work is done when `settle` is called, in one order, so that two lives can be compared."""

    threads: Threads = field(default_factory=Threads)

    async def restart(self) -> None:
        await self.stop()
        self.start()
        await self.application.scheduler.stop()

    async def settle(self) -> datetime | None:
        """Do all that is due; returns when something other than a delivery is due next."""
        app = self.application
        due = [
            await app.question_reminders.advance_due(),
            await app.amas.advance_due(),
            await app.question_submissions.forget_drafts(),
        ]
        await app.courier.run()
        return min((at for at in due if at is not None), default=None)
