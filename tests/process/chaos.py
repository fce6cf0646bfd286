"""One seeded run: reading groups live through a week while everything goes wrong.

    evening   the next step is due; the process starts into faults, is killed, starts again
              meanwhile people vote, answer and nominate
    morning   Discord is well again; the process works off what is left, and is killed or stopped
    night     time passes until the next step, or until a later one (the rest is then too late)

What people were told is remembered, and at the end everything that Discord has is counted.
"""

import asyncio
import random
import re
import signal
import traceback
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.papers.schedule.setup import Wanted
from tests.process.harness import PAPERS, Stage, group, mark_of, pings_of, text_of

LANES = (
    "POST /channels/*/messages",
    "POST /channels/*/messages/*/threads",
    "POST /guilds/*/scheduled-events",
    "PATCH /channels/*/messages/*",
    "PATCH /guilds/*/scheduled-events/*",
    "GET /channels/*/messages*",
    "GET /guilds/*/scheduled-events*",
)
POSTS = LANES[:3]  # what would be seen twice
EVENINGS = ("pick", "remind_day", "remind_hour", "start", "close")
BEFORE = {
    "remind_day": timedelta(hours=24),
    "remind_hour": timedelta(hours=1),
    "start": timedelta(0),
    "close": -timedelta(hours=1),
}
MEMBERS = ("alice", "bob", "carol", "dave")
SCHEDULED, ACTIVE, COMPLETED = 1, 2, 3


@dataclass
class Told:
    """What people know, because the bot has told them."""

    votes: dict[tuple[str, int], bool] = field(default_factory=dict)
    answers: dict[tuple[str, int], str] = field(default_factory=dict)
    unknown: set[tuple[str, str, int]] = field(default_factory=set)  # pressed without an answer
    nominated: set[tuple[str, str]] = field(default_factory=set)


class Run:
    """Everything about it follows from the seed, but for the instants at which things happen."""

    def __init__(self, wire: Any, folder: Any, seed: int) -> None:
        self.chance = random.Random(seed)
        self.guilds = ["Reading", "Theory"][: self.chance.choice((1, 1, 2))]
        groups = [group(name) for name in self.guilds]
        self.stage = Stage(wire, folder, *groups, seed=seed)
        self.counts: Counter[str] = Counter()
        self.told = Told()
        self.path = self._path()

    def _path(self) -> list[str]:
        """The evenings on which the process is up; the steps of others come too late."""
        up = [evening for evening in EVENINGS[1:4] if self.chance.random() < 0.6]
        return ["pick", *up, *(["close"] if self.chance.random() < 0.4 or not up else [])]

    async def live(self) -> Counter[str]:
        async with self.stage:
            await self._begin()
            for evening in self.path:
                self._sleep_until(evening)
                await self._evening(evening)
                await self._morning()
            self._judge()
        self.counts["runs"] += 1
        return self.counts

    async def _begin(self) -> None:
        async with self.stage.seed() as application:
            for guild in self.guilds:
                organiser = self.stage.actor("alice", guild, organiser=True)
                channel = self.stage.wire.channel(f"{guild}#papers").id
                at = datetime.now(UTC) + timedelta(days=4)
                await application.setup.start(
                    organiser,
                    Wanted(
                        zone="UTC",
                        papers_channel_ref=channel,
                        weekday=at.weekday(),
                        at=f"{at:%H:%M}",
                    ),
                )
                for member, number in zip(MEMBERS, list(PAPERS)[:3], strict=False):
                    actor = self.stage.actor(member, guild)
                    await application.nominations.nominate(actor, f"arXiv:{number}")

    # -- time ------------------------------------------------------------------------------------

    def _sleep_until(self, evening: str) -> None:
        if evening == "pick":
            due_at = self.stage.instant("SELECT max(next_due_at) FROM schedule")
        else:
            due_at = self.stage.instant("SELECT max(meets_at) FROM round") - BEFORE[evening]
        self.stage.sleep_until(due_at - timedelta(seconds=self.chance.uniform(-0.5, 1)))
        self._note(f"the evening of {evening}")

    async def _evening(self, evening: str) -> None:
        """The process meets faults, and is killed up to three times."""
        kills = self.chance.choice((0, 1, 1, 2) if evening == "pick" else (0, 0, 1))
        for _ in range(kills):
            self._break_things(evening)
            await self._run()
            people = asyncio.create_task(self._people())
            await self._kill()
            people.cancel()
            await asyncio.gather(people, return_exceptions=True)
            self._mend_things()
        self._break_things(evening)
        await self._run()
        await self._is_at_work()
        await asyncio.gather(self._people(), self._disturb_the_gateway())
        await self.stage.wire.wait_for(self._nothing_happens, 4, fail=False)

    async def _morning(self) -> None:
        wire = self.stage.wire
        self._mend_things()
        if not wire.bot.running:
            await self._run()
        await self.stage.quiet()
        how = self.chance.choice((signal.SIGKILL, signal.SIGTERM))
        status = await wire.kill_bot(how)
        assert how == signal.SIGKILL or status == 0, wire.bot.log[-3000:]

    # -- what goes wrong -------------------------------------------------------------------------

    async def _run(self) -> None:
        self.counts["starts"] += 1
        await self.stage.run(env={"PAPERCLUB_RETRY_SECONDS": "0.2"})

    def _break_things(self, evening: str) -> None:
        likely = POSTS * 3 if evening == "pick" else POSTS[:1] * 9
        for _ in range(self.chance.choice((1, 2, 3, 4))):
            route = self.chance.choice((*LANES, *likely))
            kind, how = self.chance.choice(
                [
                    (503, {}),
                    (503, {"when": "after"}),
                    (500, {}),
                    (502, {"when": "after"}),
                    ("reset", {}),
                    ("reset", {"when": "after"}),
                    ("reset", {"when": "after"}),
                    ("hang", {"seconds": 0.4}),
                    ("hang", {"when": "after", "seconds": 0.4}),
                    ("slow", {"seconds": 0.6}),
                    ("slow", {"when": "after", "seconds": 0.6}),
                    (429, {"seconds": 0.4}),
                    (429, {"seconds": 0.4, "everywhere": True}),
                    ("cloudflare", {"seconds": 1}),
                ]
            )
            times = 1 if kind in (500, 502) else self.chance.choice((1, 1, 2))
            self.stage.wire.faults.add(route, kind, times=times, **how)
            self._note(f"{kind} {how} for {route}, {times} times")

    def _mend_things(self) -> None:
        for fault in self.stage.wire.faults.active:
            lost = fault.when == "after" and fault.kind != "slow"
            self.counts["lost answers" if lost else "other faults"] += fault.hits
        self.stage.wire.faults.clear()

    async def _kill(self) -> None:
        """SIGKILL: while it starts, as a certain request arrives, or at any other instant."""
        when = self.chance.choice(("start", *["request"] * 4, *["work"] * 2))
        if when == "start":
            await asyncio.sleep(self.chance.uniform(0, 1.5))
        else:
            await self._is_at_work()
            if when == "request":
                await self._request_arrives(self.chance.choice((*POSTS, "PATCH")))
            else:
                await asyncio.sleep(self.chance.uniform(0, 0.6))
        self._note(f"kill: {when}")
        self.counts["kills"] += 1
        await self.stage.crash()

    async def _request_arrives(self, route: str) -> None:
        wire = self.stage.wire
        seen = len(wire.requests)
        wanted = re.compile(route.replace("*", "[^/]+") + ("" if route == "PATCH" else "$"))
        await wire.wait_for(
            lambda: any(wanted.match(f"{r.method} {r.path}") for r in wire.requests[seen:]),
            2.5,
            fail=False,
            poll=0.005,
        )
        await asyncio.sleep(self.chance.choice((0, 0, 0.005, 0.02)))

    async def _is_at_work(self) -> None:
        """discord.py waits two seconds for more servers before it says that it is ready."""
        bot = self.stage.wire.bot
        await self.stage.until(lambda: "ready in" in bot.log)

    def _nothing_happens(self) -> bool:
        """All that could go wrong went wrong, or everything is said."""
        faults = self.stage.wire.faults.active
        return all(fault.hits >= fault.times for fault in faults) or self.stage.is_quiet()

    async def _disturb_the_gateway(self) -> None:
        gateway = self.stage.wire.gateway
        await asyncio.sleep(self.chance.uniform(0, 0.5))
        how = self.chance.choice(("leave", "leave", "reset", "drop", "invalidate", "reconnect"))
        self._note(f"gateway: {how}")
        match how:
            case "reset":
                await gateway.drop()
            case "drop":
                await gateway.drop(4000)
            case "invalidate":
                gateway.invalidate(resumable=self.chance.random() < 0.5)
            case "reconnect":
                gateway.ask_reconnect()
            case _:
                return
        self.counts["gateway losses"] += 1

    # -- what people do --------------------------------------------------------------------------

    async def _people(self) -> None:
        """Each member does a thing or two; what they are told is kept."""
        await asyncio.gather(*(self._member(name) for name in MEMBERS))

    async def _member(self, name: str) -> None:
        for _ in range(self.chance.choice((0, 1, 2))):
            await asyncio.sleep(self.chance.uniform(0, 0.4))
            guild = self.chance.choice(self.guilds)
            cards = [m for m in self.stage.posted("", f"{guild}#papers") if self._buttons(m)]
            if self.chance.random() < 0.1:
                await self._nominate(name, guild)
            elif cards:
                card = self.chance.choice(cards)
                await self._press(name, card, self.chance.choice(self._buttons(card)))

    def _buttons(self, message: Any) -> list[str]:
        return re.findall(r"pc:(?:vote|rsvp):[\w.]+", str(message.components))

    async def _press(self, name: str, card: Any, button: str) -> None:
        _, action, argument = button.split(":")
        number = int(argument.split(".")[0])
        told = self.told.votes if action == "vote" else self.told.answers
        before = told.pop((name, number), None)
        key = (action, name, number)
        was_known = key not in self.told.unknown
        self.told.unknown.add(key)
        pressed = await self.stage.wire.click(name, card, button, settle=2)
        if not pressed.acked or pressed.message is None:
            self.counts["unanswered"] += 1  # it may still arrive, even after a later press
            return
        if was_known:
            self.told.unknown.discard(key)
        answer = text_of(pressed.message)
        self.counts["presses"] += 1
        if "is over" in answer:
            if before is not None:
                told[name, number] = before
        elif action == "vote":
            assert answer.startswith(("\nVote", "Vote")), answer
            told[name, number] = "Vote added" in answer
        else:
            assert "went wrong" not in answer, answer
            told[name, number] = argument.split(".")[1]

    async def _nominate(self, name: str, guild: str) -> None:
        paper = list(PAPERS)[3]
        # If it is up already, this adds a vote, which these members may know to be there or not.
        seeded = 3 * len(self.guilds)
        cast = [key for key in self.told.votes if key[0] == name and key[1] > seeded]
        for key in cast:
            del self.told.votes[key]
        asked = await self.stage.wire.slash(
            name, f"{guild}#general", "paper nominate", link=f"arXiv:{paper}", settle=2
        )
        if asked.acked and asked.message and "is up for vote" in text_of(asked.message):
            self.told.nominated.add((guild, PAPERS[paper]))
            self.counts["nominated"] += 1

    # -- what there is in the end ----------------------------------------------------------------

    def _judge(self) -> None:
        self._everything_is_said_once()
        for guild in self.guilds:
            self._the_round_is_right(guild)
        self._what_was_told_is_so()
        self._cards_show_the_votes()
        self.stage.clean()

    def _everything_is_said_once(self) -> None:
        """Each row of the outbox that was sent is one message, and each message is such a row."""
        rows = dict(self.stage.query("SELECT id, state FROM outbox WHERE kind = 'post'"))
        there = Counter(mark_of(message) for message in self.stage.posted(""))
        assert None not in there, "every message bears the mark of its row"
        twice = [row for row, times in there.items() if times > 1]
        assert twice == [], "nothing is posted twice"
        sent = {row for row, state in rows.items() if state == "sent"}
        assert sent == set(there), "what was sent is there, and nothing else"
        assert set(rows.values()) <= {"sent", "expired"}, rows
        assert self.stage.unfinished() == []
        self.counts["posts"] += len(sent)

    def _the_round_is_right(self, guild: str) -> None:
        wire, stage = self.stage.wire, self.stage
        papers = f"{guild}#papers"
        # Seeded long before: it may go out in the last second, or be dropped at the pick.
        assert len(stage.posted("What shall we read next", papers)) <= 1
        (announcement,) = stage.posted("Paper of the week", papers)
        (thread,) = wire.threads(papers)
        assert thread.id == announcement.id
        (event,) = wire.events(guild)
        assert announcement.id in event.entity_metadata["location"]
        last = EVENINGS.index(self.path[-1])
        started = "start" in self.path
        expected = COMPLETED if last == 4 else ACTIVE if started else SCHEDULED
        assert event.status == expected, (event.status, expected)
        reminders = sum(step in self.path for step in ("remind_day", "remind_hour"))
        assert len(stage.posted("We meet <t:", thread.id)) == reminders
        assert len(stage.posted("We're starting", thread.id)) == started
        for message in stage.posted("We", thread.id):
            assert set(pings_of(message)) <= {wire.user(name).id for name in MEMBERS}
        self.counts["announcements"] += 1
        self.counts["reminders"] += reminders
        self.counts["starts of a meeting"] += started

    def _what_was_told_is_so(self) -> None:
        names = {user.id: user.username for user in self.stage.wire.world.users.values()}
        rows = self.stage.query("SELECT member_ref, nomination_id FROM vote")
        votes = {(names[member], number) for member, number in rows}
        for key, counted in self.told.votes.items():
            unknown = ("vote", *key) in self.told.unknown
            assert unknown or (key in votes) == counted, f"the vote of {key}"
        rows = self.stage.query("SELECT member_ref, round_id, answer FROM rsvp")
        answers = {(names[member], number): answer for member, number, answer in rows}
        known = {("vote", *key) for key in self.told.votes}
        known |= {("rsvp", *key) for key in self.told.answers}
        self.counts["answers checked"] += len(known - self.told.unknown)
        for key, answer in self.told.answers.items():
            unknown = ("rsvp", *key) in self.told.unknown
            assert unknown or answers.get(key) == answer, f"the answer of {key}"
        for guild, title in self.told.nominated:
            assert self.stage.posted(f"{re.escape(title)}", f"{guild}#papers")

    def _cards_show_the_votes(self) -> None:
        votes = dict(
            self.stage.query(
                "SELECT n.id, count(v.member_ref) FROM nomination n"
                " LEFT JOIN vote v ON v.nomination_id = n.id GROUP BY n.id"
            )
        )
        keys = dict(self.stage.query("SELECT id, dedupe_key FROM outbox WHERE kind = 'post'"))
        cards = [m for m in self.stage.posted("Nominated by") if "We meet" not in text_of(m)]
        assert len(cards) == len(votes), "each nomination has one card"
        for card in cards:
            number = int(keys[mark_of(card)].split(":")[1])
            shown = int(re.search(r"\*\*(\d+) votes?\*\*", text_of(card))[1])
            assert shown == votes[number], text_of(card)
        for announcement in self.stage.posted("Paper of the week"):
            shown = re.findall(r"\*\*(\d+)\*\* (?:going|maybe|can't)", text_of(announcement))
            number = int(keys[mark_of(announcement)].split(":")[1])
            stored = dict(
                self.stage.query(
                    "SELECT answer, count(*) FROM rsvp WHERE round_id = ? GROUP BY answer", number
                )
            )
            expected = [str(stored.get(answer, 0)) for answer in ("going", "maybe", "cant")]
            assert shown == expected, text_of(announcement)

    def report(self, failure: BaseException) -> str:
        """What a failed run tells whoever looks into it."""
        where = "".join(traceback.format_exception(failure)[-3:])
        told = "\n".join(bot.log[-3000:] for bot in self.stage.wire.bots[-2:])
        return f"{where}\n{self.stage.wire.transcript()}\n\nthe last logs:\n{told}"

    def _note(self, what: str) -> None:
        self.stage.wire.line(f"-- {what}")
