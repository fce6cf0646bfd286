"""`/healthz` for whoever watches over the process."""

import os
from collections.abc import Awaitable, Callable
from typing import Self

from aiohttp import web

from bot.core.errors import PaperclubError


class HealthServer:
    """Answers 200 `ready` only while `is_ready` says so, else 503 `not ready`.

    A port that is not to be had is a PaperclubError.
    """

    def __init__(self, port: int, is_ready: Callable[[], Awaitable[bool]]) -> None:
        self._port = port
        self._is_ready = is_ready
        application = web.Application()
        application.router.add_get("/healthz", self._answer)
        self._runner = web.AppRunner(application, access_log=None)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, None, self._port).start()
        except OSError as error:
            await self._runner.cleanup()
            reason = os.strerror(error.errno) if error.errno else str(error)
            raise PaperclubError(
                f"PAPERCLUB_HTTP_PORT is wrong: port {self._port} is not to be had ({reason}). "
                "Choose another one. For example: PAPERCLUB_HTTP_PORT=8080"
            ) from error
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        if await self._is_ready():
            return web.Response(text="ready\n")
        return web.Response(text="not ready\n", status=503)
