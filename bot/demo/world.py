"""The simulated server: its channels, the people to be, and others who have voted already."""

from collections.abc import Mapping
from dataclasses import dataclass

import discord
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle, GuildHandle
from simcord.env import Env

from bot.demo.blog import blog_pictures
from bot.demo.portraits import bot_portrait, person_portrait
from bot.demo.pump import adopt_bot_identity, picture_address

_PORTRAIT = "portrait"
_TOPIC = (
    "Paste a link into /paper nominate, vote with the buttons, then run /demo next to skip ahead; "
    "/demo look leads to the other channels"
)
_EXPERIENCES_TOPIC = "Internship experiences: ask about them, look for more with /experience search"
_QUESTIONS_TOPIC = (
    "Ask with /ask, by name or without it; press Answer, Me too or Follow; find what is answered "
    "with /question search; /demo look leads into the newest thread"
)
_ORGANISERS_TOPIC = "What waits for the organisers: members don't see this channel"


@dataclass(frozen=True)
class World:
    """Whom and what the demo consists of."""

    guild: GuildHandle
    channel: ChannelHandle  # of the papers
    experiences: ChannelHandle
    questions: ChannelHandle
    organisers: ChannelHandle  # which members don't see
    member: MemberActor
    organiser: MemberActor
    guest: MemberActor  # whom a session can be opened with
    others: tuple[MemberActor, ...]
    pictures: Mapping[str, tuple[str, bytes]]  # address -> file name and content

    @property
    def channels(self) -> tuple[ChannelHandle, ...]:
        return self.channel, self.experiences, self.questions, self.organisers

    @property
    def people(self) -> tuple[MemberActor, ...]:
        """Whom a visitor can be, the first one from the start."""
        return self.member, self.organiser, self.others[0], self.guest


def build_world(env: Env) -> World:
    """Before the bot starts, which then finds the server as after a restart: nobody joins."""
    bot = adopt_bot_identity(env, "Paperclub", _PORTRAIT)
    pictures = {picture_address(bot.id, _PORTRAIT): ("paperclub.png", bot_portrait())}
    pictures.update(blog_pictures())

    guild = env.create_guild("Deep Learning Paper Club")
    channel = guild.create_text_channel("papers", topic=_TOPIC)
    experiences = guild.create_text_channel("experiences", topic=_EXPERIENCES_TOPIC)
    questions = guild.create_text_channel("questions", topic=_QUESTIONS_TOPIC)
    organisers = guild.create_role(
        "Organisers", permissions=discord.Permissions(manage_guild=True), color=0xD97706
    )
    sees, sees_not = (discord.PermissionOverwrite(view_channel=seen) for seen in (True, False))
    organisers_channel = guild.create_text_channel(
        "organisers",
        topic=_ORGANISERS_TOPIC,
        overwrites={guild.default_role: sees_not, organisers: sees, bot: sees},
    )

    def person(name: str, colour: str, *, organiser: bool = False) -> MemberActor:
        user = env.create_user(name.split()[0].lower(), global_name=name, avatar=_PORTRAIT)
        pictures[picture_address(user.id, _PORTRAIT)] = (
            f"{user.name}.png",
            person_portrait(name, colour),
        )
        return guild.add_member(user, roles=[organisers] if organiser else [])

    return World(
        guild=guild,
        channel=channel,
        experiences=experiences,
        questions=questions,
        organisers=organisers_channel,
        member=person("Mina", "#0d9488"),
        organiser=person("Jonas (organiser)", "#d97706", organiser=True),
        guest=person("Sofia (guest)", "#7c3aed"),
        others=(person("Priya", "#be185d"), person("Tomás", "#2563eb"), person("Wei", "#65a30d")),
        pictures=pictures,
    )
