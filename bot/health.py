"""`/healthz` for whoever watches over the process."""

from collections.abc import Awaitable, Callable
from typing import Self

from aiohttp import web


class HealthServer:
    """Answers 200 `ready` only while `is_ready` says so, else 503 `not ready`."""

    def __init__(self, port: int, is_ready: Callable[[], Awaitable[bool]]) -> None:
        self._port = port
        self._is_ready = is_ready
        application = web.Application()
        application.router.add_get("/healthz", self._answer)
        self._runner = web.AppRunner(application, access_log=None)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, None, self._port).start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        if await self._is_ready():
            return web.Response(text="ready\n")
        return web.Response(text="not ready\n", status=503)
