"""The simulated server: two channels, a member, an organiser, and others who have voted already."""

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
    "/demo look leads to #experiences"
)
_EXPERIENCES_TOPIC = (
    "Accounts of internships: ask about them, look for more with /experience search"
)


@dataclass(frozen=True)
class World:
    """Whom and what the demo consists of."""

    guild: GuildHandle
    channel: ChannelHandle  # of the papers
    experiences: ChannelHandle
    member: MemberActor
    organiser: MemberActor
    others: tuple[MemberActor, ...]
    pictures: Mapping[str, tuple[str, bytes]]  # address -> file name and content

    @property
    def channels(self) -> tuple[ChannelHandle, ...]:
        return self.channel, self.experiences


def build_world(env: Env) -> World:
    """Before the bot starts, which then finds the server as after a restart: nobody joins."""
    bot_id = adopt_bot_identity(env, "Paperclub", _PORTRAIT)
    pictures = {picture_address(bot_id, _PORTRAIT): ("paperclub.png", bot_portrait())}
    pictures.update(blog_pictures())

    guild = env.create_guild("Deep Learning Paper Club")
    channel = guild.create_text_channel("papers", topic=_TOPIC)
    experiences = guild.create_text_channel("experiences", topic=_EXPERIENCES_TOPIC)
    organisers = guild.create_role(
        "Organisers", permissions=discord.Permissions(manage_guild=True), color=0xD97706
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
        member=person("Mina", "#0d9488"),
        organiser=person("Jonas (organiser)", "#d97706", organiser=True),
        others=(person("Priya", "#be185d"), person("Tomás", "#2563eb"), person("Wei", "#65a30d")),
        pictures=pictures,
    )
