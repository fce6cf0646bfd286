"""Asks the demo's page for what a browser would, without one."""

import itertools
from collections.abc import Iterator
from typing import Any

import aiohttp
from simcord.actors import MemberActor


class Page:
    """Asks the preview's server as its page does, and counts as it does."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._base, _, capability = url.partition("/#")
        self._headers = {"X-Simcord-Capability": capability}
        self._numbers = itertools.count(1)
        self.state: dict[str, Any] = {}

    async def open(self) -> None:
        self.state = await self._ask("POST", "/api/pages", {})
        self._headers["X-Simcord-Context"] = self.state["context"]["id"]

    async def another(self) -> "Page":
        """The same address, opened once more."""
        page = Page(self._session, f"{self._base}/#{self._headers['X-Simcord-Capability']}")
        await page.open()
        return page

    async def texts(self) -> list[str]:
        """What the page shows now, a text a message."""
        await self._look()
        return [
            "\n".join(one["content"] for one in components_of(message) if "content" in one)
            for message in map(self.state["messages"].get, self.state["timeline"])
        ]

    async def _look(self) -> None:
        self.state = await self._ask("GET", "/api/state")

    async def slash(self, command: str, **options: str) -> dict[str, Any]:
        entries = (await self._ask("GET", "/api/commands"))["entries"]
        entry = next(one for one in entries if one["invocation"] == command)
        return await self.act(
            "run_command",
            command_id=entry["commandId"],
            path=entry["path"],
            schema_fingerprint=entry["schemaFingerprint"],
            options=options,
        )

    async def become(self, who: MemberActor) -> dict[str, Any]:
        return await self.act("viewer", viewer_id=str(who.id))

    async def press(self, label: str) -> dict[str, Any]:
        """The newest button with this label, as the page showed it when it was last looked at."""
        for message in reversed(self.state["timeline"]):
            for component in components_of(self.state["messages"][message]):
                if component.get("label") == label:
                    return await self.act(
                        "click", control_key=component["control_key"], target_id=message
                    )
        raise AssertionError(f"no button {label!r}")

    async def submit(self, **typed: Any) -> dict[str, Any]:
        """Send the form that is open, with `typed` by the last words of its fields' labels."""
        modal = self.state["modal"]
        fields = {
            label["label"].split()[-1].lower(): label["component"]["custom_id"]
            for label in modal["payload"]["components"]
            if "label" in label
        }
        values = {fields[name]: value for name, value in typed.items()}
        return await self.act("modal_submit", modal_handle=modal["handle"], values=values)

    async def act(self, kind: str, **more: Any) -> dict[str, Any]:
        receipt = await self._send(kind, **more)
        await self._look()
        return receipt

    async def end(self) -> dict[str, Any]:
        return await self._send("close")

    async def _send(self, kind: str, **more: Any) -> dict[str, Any]:
        number = next(self._numbers)
        return await self._ask(
            "POST",
            "/api/action",
            {
                "protocol_version": 3,
                "kind": kind,
                "sequence": number,
                "request_id": f"test-{number}",
                "generation": self.state["context"]["generation"],
                "bot_generation": self.state["botGeneration"],
                "published_revision": self.state["publishedRevision"],
                **more,
            },
        )

    async def _ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        async with self._session.request(
            method, self._base + path, json=body, headers=self._headers
        ) as response:
            assert response.status == 200, await response.text()
            answer: dict[str, Any] = await response.json()
            return answer


def components_of(message: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield message
    for component in message.get("components", ()):
        yield from components_of(component)
    if "accessory" in message:
        yield message["accessory"]


def went_well(receipt: dict[str, Any]) -> bool:
    return receipt["settlement"] == "settled" and not receipt["rejected"]
