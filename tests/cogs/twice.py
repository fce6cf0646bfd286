"""Everything that people do arrives three times: once, again, and again when replies are forgotten.

`Twice` has Discord deliver each interaction again under the same id, and each form under new ids
as if it had been sent again. After each of these the database is as after the first, nothing was
posted, and the person has an answer.
"""

import sqlite3
from contextlib import closing
from copy import deepcopy
from typing import Any

import pytest
from simcord import _modal, actors
from simcord.enums import InteractionType
from simcord.results import InteractionResult

from bot.adapters.discord.forms import NOT_TAKEN, Form
from bot.adapters.discord.replies import TWICE, Replies
from bot.app import Application
from bot.core.errors import Repeated
from tests.people import Club, text_of

LOGGED = "handled_request"
ANSWERS = ("/interactions/", "/webhooks/")
WITHOUT_A_MESSAGE = ("modal", "update", "deferred_update")
MESSAGE_MENU = 3


class Twice:
    """`done` are the names of what was done: commands, menus, `button …` and `form …`."""

    def __init__(self, club: Club, monkeypatch: pytest.MonkeyPatch) -> None:
        self.club = club
        self.done: set[str] = set()
        deliver = actors._dispatch_actor_interaction

        async def deliver_again(
            actor: Any, kind: int, channel: Any, data: dict[str, Any], **more: Any
        ) -> InteractionResult:
            if kind == InteractionType.APPLICATION_COMMAND_AUTOCOMPLETE:
                return await deliver(actor, kind, channel, data, **more)
            name, before = self._name(kind, data), rows_of(self.club.application)
            first = await deliver(actor, kind, channel, data, **more)
            followups = list(first._interaction.followup_ids)
            await self._again(name, first, before)
            first._interaction.followup_ids = followups  # the story goes on from the first answer
            self.done.add(name)
            return first

        for module in (actors, _modal):
            monkeypatch.setattr(module, "_dispatch_actor_interaction", deliver_again)

    async def _again(
        self, name: str, first: InteractionResult, before: dict[str, list[str]]
    ) -> None:
        env, client = self.club.env, self.club.application.client
        payload = next(
            payload
            for _, event, payload in reversed(env.backend.transcript)
            if event == "INTERACTION_CREATE"
        )
        texts = said(first)
        assert first.acknowledged, name
        await self.club.application.tick()
        wrote = rows_of(self.club.application) != before
        for kept in (True, False):
            if not kept:
                client.replies = Replies()
            tables, requests, errors = (
                rows_of(self.club.application),
                len(env.http_requests),
                env.error_cursor,
            )
            answers = len(first.followups)
            result = await self._deliver(deepcopy(payload))
            await self.club.application.tick()
            for table, rows in rows_of(self.club.application).items():
                changed = [row for row in rows if row not in tables[table]]
                assert rows == tables[table], f"{name} changed {table}: {changed}"
            posted = [
                f"{request.method} {request.path}"
                for request in env.http_requests[requests:]
                if request.method != "GET" and not request.path.startswith(ANSWERS)
            ]
            assert not posted, f"{name} posted something"
            for error in env.errors[errors:]:  # which are no others' then
                cause = getattr(error, "original", error)
                assert isinstance(cause, Repeated), f"{name}: {cause!r}"
            new = (
                said(result)
                if result._interaction is not first._interaction
                else (said(first)[-1:] if len(first.followups) > answers else [])
            )
            if first._interaction.response_kind not in WITHOUT_A_MESSAGE:
                assert new, f"{name} got no answer"
            forgotten = (TWICE,) if wrote else (TWICE, NOT_TAKEN)  # and its text is given back
            for text in new:
                as_before = text in texts or (not kept and text.startswith(forgotten))
                assert as_before, f"{name} was answered: {text}"

    async def _deliver(self, payload: dict[str, Any]) -> InteractionResult:
        """The same again; a form as if it was sent again."""
        backend = self.club.env.backend
        record = backend.interactions[int(payload["id"])]
        if payload["type"] == InteractionType.MODAL_SUBMIT:
            place = record.channel_id, record.user_id, record.guild_id
            before, record = record, backend.new_interaction(payload["type"], *place)
            record.source_message_id = before.source_message_id
            payload |= {"id": str(record.id), "token": record.token}
        backend.emit("INTERACTION_CREATE", payload)
        await self.club.env._settle_internal(dispatch="INTERACTION_CREATE")
        return InteractionResult(self.club.env, record)

    def _name(self, kind: int, data: dict[str, Any]) -> str:
        if kind == InteractionType.APPLICATION_COMMAND:
            names = [data["name"]]
            options = data.get("options") or ()
            while data.get("type") != MESSAGE_MENU and options and options[0]["type"] in (1, 2):
                names.append(options[0]["name"])
                options = options[0].get("options") or ()
            return " ".join(names)
        if kind == InteractionType.MESSAGE_COMPONENT:
            return f"button {data['custom_id'].split(':')[1]}"
        view_store = self.club.application.client._connection._view_store
        form = view_store._modals[data["custom_id"]]
        assert isinstance(form, Form)
        return f"form {type(form).__name__}"


def rows_of(application: Application) -> dict[str, list[str]]:
    """All rows of all tables but the log of requests."""
    url = application.settings.database_url
    with closing(sqlite3.connect(url.removeprefix("sqlite+aiosqlite:///"))) as connection:
        found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {
            table: sorted(map(repr, connection.execute(f'SELECT * FROM "{table}"')))
            for (table,) in found.fetchall()
            if table != LOGGED
        }


def said(result: InteractionResult) -> list[str]:
    """All that the person was answered, in order."""
    shown = [result.response] if result.response is not None else []
    return [text_of(message) for message in (*shown, *result.followups)]
