"""A reading group on the simulated server, and how to look at what its people see."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import discord
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle, GuildHandle, RoleHandle, UserHandle
from simcord.env import Env
from simcord.results import InteractionResult, ResponseMessage

from bot.app import Application
from bot.communities.service import Actor
from bot.core.errors import UserError

Message = discord.Message | ResponseMessage
TEXT, BUTTON, SELECT = 10, 2, 3
OPENS_A_FORM = 9  # a response of this type
CHOICES = (SELECT, 5, 22)  # also of people, and boxes to tick: several values

ZONE = "Europe/Berlin"


@dataclass
class Club:
    """A community: one channel, an organiser, two members, an outsider's role to give."""

    env: Env
    application: Application
    guild: GuildHandle
    papers: ChannelHandle
    olga: MemberActor  # has Manage Server
    alice: MemberActor
    bob: MemberActor
    organisers: RoleHandle  # the organiser role; nobody has it yet

    async def set_up(self, **changes: Any) -> InteractionResult:
        """Meetings on Mondays at noon, the first one a week from the tests' present."""
        options = {
            "zone": ZONE,
            "papers": self.papers,
            "weekday": 0,
            "time": "12:00",
            "organiser_role": self.organisers,
        }
        return await self.olga.slash(self.papers, "setup start", **(options | changes))

    def add_member(self, name: str, *roles: RoleHandle) -> MemberActor:
        return self.guild.add_member(self.env.create_user(name), roles=roles)

    async def nominate(
        self, member: MemberActor, link: str, why: str | None = None
    ) -> discord.Message:
        """Nominate, and return the card that the channel sees."""
        before = {message.id for message in self.cards()}
        options = {"link": link} | ({"why": why} if why else {})
        await member.slash(self.papers, "paper nominate", **options)
        (card,) = (message for message in self.cards() if message.id not in before)
        return card

    def cards(self, channel: ChannelHandle | None = None) -> list[discord.Message]:
        """What the bot has posted in the channel (for papers, or another), the oldest first."""
        bot = self.env.bot.user
        assert bot is not None
        return [
            message
            for message in (channel or self.papers).history()
            if message.author.id == bot.id and message.components and not message.flags.ephemeral
        ]

    def card(self, text: str, channel: ChannelHandle | None = None) -> discord.Message:
        """The one card that has this text, as it is now."""
        (found,) = (message for message in self.cards(channel) if text in text_of(message))
        return found

    def actor(self, member: MemberActor, *, organiser: bool = False) -> Actor:
        """The member as services know them."""
        return Actor("discord", str(self.guild.id), str(member.id), organiser)

    async def queue(self) -> dict[str, int]:
        """Titles and votes of what is up."""
        up = await self.application.queue.nominations(self.actor(self.olga))
        return {nomination.paper.title: nomination.votes for nomination in up}

    async def press(self, member: MemberActor, custom_id: str) -> str:
        """Press a button that a message of the bot's once had; returns what the person is told."""
        return reply(await self.pressed(member, custom_id))

    async def pressed(self, member: MemberActor, custom_id: str) -> InteractionResult:
        """Press a button that a message of the bot's once had."""
        button = {"type": BUTTON, "style": 2, "label": "Press", "custom_id": custom_id}
        assert self.env.bot.user is not None
        message = self.env.backend.create_message(
            self.papers.id,
            self.env.bot.user.id,
            "an old message",
            components=[{"type": 1, "components": [button]}],
        )
        shown = next(m for m in self.papers.history() if m.id == message.id)
        return await member.click(shown, custom_id=custom_id)

    async def neighbours(self) -> "Club":
        """Another community on the same bot, before anybody has set it up."""
        return make_club(self.env, self.application, "Next door")

    async def restart(self, application: Application) -> None:
        """The bot ends, and `application` starts on the same database."""
        await self.application.scheduler.stop()
        await self.env.restart_bot(application.client)
        self.application = application

    @asynccontextmanager
    async def at_once(self) -> AsyncIterator[None]:
        """What is done inside is under way together: nobody waits until the bot is at rest."""

        async def go_on(**_: Any) -> None:
            return

        settle = self.env._settle_internal
        self.env._settle_internal = go_on  # type: ignore[method-assign] # simcord 3.2.1
        yield
        self.env._settle_internal = settle  # type: ignore[method-assign]
        await self.env.settle(timeout=20)

    def refused(self) -> None:
        """The simulator records every error, also those answered politely: there was one."""
        errors = [getattr(error, "original", error) for error in self.env.errors]
        assert errors, "nobody was refused"
        for error in errors:
            assert isinstance(error, UserError | discord.app_commands.AppCommandError), error


def make_club(env: Env, application: Application, name: str = "Reading group") -> Club:
    """A server with people in it, before anybody has set the bot up."""
    guild = env.create_guild(name)
    manager = guild.create_role("Manager", permissions=discord.Permissions(manage_guild=True))
    return Club(
        env=env,
        application=application,
        guild=guild,
        papers=guild.create_text_channel("papers"),
        olga=guild.add_member(env.create_user("olga"), roles=[manager]),
        alice=guild.add_member(env.create_user("alice")),
        bob=guild.add_member(env.create_user("bob")),
        organisers=guild.create_role("Organisers"),
    )


def components_of(message: Message) -> Iterator[dict[str, Any]]:
    """All components, as Discord has them."""

    def walk(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for row in rows:
            yield row
            yield from walk(row.get("components") or [])
            if row.get("accessory"):
                yield row["accessory"]

    yield from walk(
        [
            component if isinstance(component, dict) else component.to_dict()  # type: ignore[misc]
            for component in message.components
        ]
    )


def text_of(message: Message) -> str:
    """Everything there is to read in a message, buttons excepted."""
    texts = [part["content"] for part in components_of(message) if part["type"] == TEXT]
    return "\n".join(([message.content] if message.content else []) + texts)


def buttons_of(message: Message) -> dict[str, str]:
    """What a message offers: labels, and custom ids or addresses."""
    return {
        part["label"]: part.get("custom_id") or part["url"]
        for part in components_of(message)
        if part["type"] == BUTTON
    }


def reply(result: InteractionResult) -> str:
    """What the person got, which nobody else sees."""
    message = message_of(result)
    assert message.ephemeral, "the others see this too"
    return text_of(message)


def message_of(result: InteractionResult) -> ResponseMessage:
    """The last message that answers the person."""
    assert result.acknowledged, "Discord says: the application did not respond"
    message = result.followups[-1] if result.followups else result.response
    assert message is not None, "there was no answer"
    return message


def fields_of(result: InteractionResult) -> dict[str, dict[str, Any]]:
    """The fields of the form that was opened, by their labels."""
    assert result.modal is not None, "no form was opened"
    return {
        label["label"]: label["component"]
        for label in result.modal["components"]
        if "label" in label  # or it is a text to read
    }


def _preset(field: dict[str, Any]) -> list[str]:
    """What is chosen already."""
    return [option["value"] for option in field.get("options", ()) if option.get("default")]


async def fill_in(
    member: MemberActor | UserHandle, shown: InteractionResult, **values: Any
) -> InteractionResult:
    """Send a form with what it is filled in with already, and `values` by label.

    Where several can be chosen, a value is a list.
    """
    fields = fields_of(shown)
    typed = {label: field.get("value") or _preset(field) for label, field in fields.items()}
    sent = {
        fields[label]["custom_id"]: [value]
        if fields[label]["type"] in CHOICES and not isinstance(value, list)
        else value
        for label, value in (typed | values).items()
        if value
    }
    return await member.submit_modal(shown, sent)


def assert_nothing_pings(club: Club) -> int:
    """No message that was sent may mention anybody; returns how many there were."""
    checked = 0
    for request in club.env.http_requests:
        body = request.json if isinstance(request.json, dict) else {}
        if body.get("type") == OPENS_A_FORM:
            continue
        message = body.get("data", body.get("message", body))
        if "components" in message or "content" in message:
            mentions = message["allowed_mentions"]
            assert mentions.get("parse") == []
            assert not mentions.get("users")
            assert not mentions.get("roles")
            checked += 1
    return checked
