"""Holds what the bot sends to Discord's own description of its API.

The description (`discord-openapi.json`) and the checker (`wire`) lie beside the checkout, in
`shared/` or PAPERCLUB_SHARED. What simcord records needs no amendment: discord.py strips nothing
after that, and the nulls in it are ones that Discord takes.
"""

import json
import os
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from multidict import MultiDict

SHARED = Path(
    os.environ.get("PAPERCLUB_SHARED") or Path(__file__).resolve().parents[1].parent / "shared"
)
COMMANDS = "bulk_set_application_commands"
MESSAGES = ("create_message", "update_message")
FOLLOW_UPS = ("execute_webhook", "update_original_webhook_message", "update_webhook_message")
CALLBACK = "create_interaction_response"
MODAL = 9

Fault = tuple[tuple[Any, ...], str, str]


class Request(Protocol):
    """What simcord records of a request."""

    method: str
    path: str
    params: Mapping[str, Any]
    json: Any


def missing() -> str | None:
    """Why nothing can be checked, if so."""
    for needed in (SHARED / "discord-openapi.json", SHARED / "wire" / "spec.py"):
        if not needed.is_file():
            return f"there is no {needed}"
    return None


def faults(requests: Iterable[Request]) -> list[str]:
    """What Discord would refuse, a line each."""
    return [
        f"{request.method} {request.path} {'.'.join(map(str, path))}: {message}"
        for request in requests
        for path, _, message in _faults_of(request)
    ]


def message_faults(body: dict[str, Any]) -> list[str]:
    """What Discord would refuse about a message that is to be sent."""
    return faults([_Made("POST", "/channels/1/messages", {}, body)])


class _Made:
    def __init__(self, method: str, path: str, params: Mapping[str, Any], json: Any) -> None:
        self.method, self.path, self.params, self.json = method, path, params, json


@cache
def _wire() -> tuple[Any, Any]:
    if str(SHARED) not in sys.path:
        sys.path.append(str(SHARED))
    from wire import limits, spec

    return spec.Spec(SHARED / "discord-openapi.json"), limits


def _faults_of(request: Request) -> list[Fault]:
    spec, limits = _wire()
    operation, _ = spec.match(request.method, request.path)
    if operation is None:
        return [((), "", "Discord has no such operation")]
    body = request.json
    if operation.id == COMMANDS:
        return _faults_of_commands(request.method, request.path, json.dumps(body))
    query = MultiDict({name: str(value) for name, value in request.params.items()})
    found, _ = operation.errors(body, query)
    if operation.id in MESSAGES + FOLLOW_UPS:
        found += limits.message(body, edit=request.method == "PATCH")
    elif operation.id == CALLBACK and "data" in body:
        check = limits.modal if body["type"] == MODAL else limits.message
        found += check(body["data"], ("data",))
    return list(found)


@cache
def _faults_of_commands(method: str, path: str, body: str) -> list[Fault]:
    """Every bot that starts sends the same long list of commands."""
    spec, limits = _wire()
    operation, _ = spec.match(method, path)
    commands = json.loads(body)
    found, _ = operation.errors(commands, MultiDict())
    return [*found, *limits.commands(commands)]
