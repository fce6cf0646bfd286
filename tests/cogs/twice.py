"""Everything that people do arrives more than once.

`Twice` has Discord deliver each interaction again under the same id, and each form under another
one, as if it had been sent again: afterwards, when the bot has forgotten its reply, too, or both
together. After each the database is as before, nothing was posted, and the person has an answer.
"""

import sqlite3
from contextlib import closing
from copy import deepcopy
from typing import Any

import pytest
from simcord import _modal, actors
from simcord.backend.models import Interaction
from simcord.enums import InteractionType
from simcord.results import InteractionResult

from bot.adapters.discord.forms import NOT_TAKEN, FormModal
from bot.adapters.discord.replies import TWICE, Replies
from bot.app import Application
from bot.core.errors import Repeated
from tests.people import Club, text_of

LOGGED = "handled_request"
CREATED = "INTERACTION_CREATE"
ANSWERS = ("/interactions/", "/webhooks/")
WITHOUT_A_MESSAGE = ("modal", "update", "deferred_update")
MESSAGE_MENU = 3
Tables = dict[str, list[str]]


class Twice:
    """`done` are the names of what was done: commands, menus, `button …` and `form …`."""

    def __init__(
        self, club: Club, monkeypatch: pytest.MonkeyPatch, *, together: bool = False
    ) -> None:
        self.club = club
        self.done: set[str] = set()
        self._together = together
        deliver = actors._dispatch_actor_interaction

        async def deliver_again(
            actor: Any, kind: int, channel: Any, data: dict[str, Any], **more: Any
        ) -> InteractionResult:
            if kind == InteractionType.APPLICATION_COMMAND_AUTOCOMPLETE:
                return await deliver(actor, kind, channel, data, **more)
            name, before = self._name(kind, data), rows_of(club.application)
            if together:
                self._double_the_next()
            first = await deliver(actor, kind, channel, data, **more)
            assert first.acknowledged, name
            self._assert_no_errors(name)
            followups = list(first._interaction.followup_ids)
            await club.application.tick()
            await self._again(name, first, wrote=rows_of(club.application) != before)
            first._interaction.followup_ids = followups  # the story goes on from the first answer
            self.done.add(name)
            return first

        for module in (actors, _modal):
            monkeypatch.setattr(module, "_dispatch_actor_interaction", deliver_again)

    async def _again(self, name: str, first: InteractionResult, *, wrote: bool) -> None:
        """Deliver it again; unless it came together, once more when the reply is forgotten."""
        application, texts = self.club.application, said(first)
        payload = next(
            payload
            for _, event, payload in reversed(self.club.env.backend.transcript)
            if event == CREATED
        )
        for kept in (True,) if self._together else (True, False):
            if not kept:
                application.client.replies = Replies()
            tables, answers = rows_of(application), len(first.followups)
            requests = len(self.club.env.http_requests)
            result = await self._deliver(payload)
            await application.tick()
            self._assert_no_errors(name)
            self._assert_nothing_changed(name, tables, requests)
            new = said(result)
            if result._interaction is first._interaction:
                new = new[-1:] if len(first.followups) > answers else []
            if first._interaction.response_kind not in WITHOUT_A_MESSAGE:
                assert new, f"{name} got no answer"
            forgotten = (TWICE,) if wrote else (TWICE, NOT_TAKEN)  # and its text is given back
            for text in new:
                as_before = text in texts or (not kept and text.startswith(forgotten))
                assert as_before, f"{name} was answered: {text}"

    def _assert_no_errors(self, name: str) -> None:
        for error in self.club.env.errors:  # which the simulator takes as looked at
            cause = getattr(error, "original", error)
            assert isinstance(cause, Repeated), f"{name}: {cause!r}"

    def _assert_nothing_changed(self, name: str, tables: Tables, requests: int) -> None:
        for table, rows in rows_of(self.club.application).items():
            changed = [row for row in rows if row not in tables[table]]
            assert rows == tables[table], f"{name} changed {table}: {changed}"
        posted = [
            f"{request.method} {request.path}"
            for request in self.club.env.http_requests[requests:]
            if request.method != "GET" and not request.path.startswith(ANSWERS)
        ]
        assert not posted, f"{name} posted something"

    async def _deliver(self, payload: dict[str, Any]) -> InteractionResult:
        record, payload = self._repeated(payload)
        self.club.env.backend.emit(CREATED, payload)
        await self.club.env._settle_internal(dispatch=CREATED)
        return InteractionResult(self.club.env, record)

    def _double_the_next(self) -> None:
        """The next interaction is delivered twice before the bot has a turn."""
        backend = self.club.env.backend
        emit = backend.emit

        def emit_twice(event: str, payload: dict[str, Any]) -> None:
            emit(event, payload)
            if event == CREATED:
                backend.emit = emit
                _, again = self._repeated(payload)
                emit(event, again)

        backend.emit = emit_twice

    def _repeated(self, payload: dict[str, Any]) -> tuple[Interaction, dict[str, Any]]:
        """The same again; a form as if it was sent again."""
        backend, payload = self.club.env.backend, deepcopy(payload)
        record = backend.interactions[int(payload["id"])]
        if payload["type"] == InteractionType.MODAL_SUBMIT:
            before = record
            place = before.channel_id, before.user_id, before.guild_id
            record = backend.new_interaction(payload["type"], *place)
            record.source_message_id = before.source_message_id
            payload |= {"id": str(record.id), "token": record.token}
        return record, payload

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
        assert isinstance(form, FormModal)
        return f"form {form.form.action}"


def rows_of(application: Application) -> Tables:
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
