"""Who acts: a member of a community, as the services know them."""

from dataclasses import replace

import discord

from bot.adapters.discord import replies
from bot.adapters.discord.replies import Interaction
from bot.communities.service import Actor
from bot.core.errors import UserError
from bot.core.ids import GONE, number_in

PLATFORM = "discord"
LONGEST_REF = 20  # digits of an id of Discord's


async def actor_of(interaction: Interaction) -> Actor:
    """Who presses or types. An organiser has *Manage Server* or the organiser role."""
    return await _actor(
        interaction,
        str(interaction.guild_id),
        interaction.user,
        manages=interaction.permissions.manage_guild,
    )


async def organiser_behind(interaction: Interaction, community_ref: str) -> Actor:
    """Who presses a button of a notice, which names its community: it may be in a DM.

    There Discord does not say what they may do in the community, so that it has to be asked.
    """
    if interaction.guild_id is not None:
        if community_ref != str(interaction.guild_id):
            raise UserError(GONE)
        return await actor_of(interaction)
    guild = interaction.client.get_guild(number_in(community_ref, GONE, LONGEST_REF))
    if guild is None:
        raise UserError("I'm not in that server any more.")
    try:
        member = await guild.fetch_member(interaction.user.id)
    except discord.NotFound as error:
        raise UserError("You're not in that server any more.") from error
    manages = member.guild_permissions.manage_guild
    return await _actor(interaction, str(guild.id), member, manages=manages)


async def person_behind(interaction: Interaction, target: str) -> tuple[Actor, str]:
    """Who presses a button, and its argument; in a direct message it begins with the community.

    There, nobody is taken for an organiser; whoever has left is nobody there any more.
    """
    community_ref, _, argument = target.rpartition(".")
    if interaction.guild_id is not None and not community_ref:
        return await actor_of(interaction), argument
    actor = await organiser_behind(interaction, community_ref)
    return (replace(actor, organiser=False) if interaction.guild_id is None else actor), argument


async def _actor(
    interaction: Interaction,
    community_ref: str,
    person: discord.User | discord.Member,
    *,
    manages: bool,
) -> Actor:
    organiser_role = await interaction.client.communities.organiser_role(PLATFORM, community_ref)
    roles = {str(role.id) for role in getattr(person, "roles", ())}
    return Actor(
        platform=PLATFORM,
        community_ref=community_ref,
        member_ref=str(person.id),
        organiser=manages or organiser_role in roles,
        name=person.display_name,
        request=replies.request_of(interaction),
    )
