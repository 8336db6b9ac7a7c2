"""
What the supervisor and Prometheus ask: is it alive, is it ready, how does it do.

Not Faust's web: that opens pages which show the inside of the process.
"""

from typing import Any, Protocol

import orjson
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from scrubber.pipeline.settings import SettingsError
from scrubber.telemetry.metrics import REGISTRY

_SHUTDOWN_S = 1.0


class Report(Protocol):
    """What the worker says of itself; problems are sentences without a word of a claim."""

    def alive(self) -> list[str]:
        """Return why the process should be started again; nothing when it should not."""
        ...

    def ready(self) -> list[str]:
        """Return why the process does not do its work yet; nothing when it does."""
        ...

    def partitions(self) -> list[dict[str, Any]]:
        """Return the assigned partitions, each with its state."""
        ...


class HealthServer:
    """`/healthz`, `/readyz` and `/metrics`; anything else is 404."""

    def __init__(self, host: str, port: int, report: Report) -> None:
        """Listen to nobody yet."""
        self._host = host
        self._port = port
        self._report = report
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen, or raise `SettingsError` when the address cannot be had."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=_SHUTDOWN_S)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError as error:
            await self.stop()
            fault = (
                f"SCRUBBER_HTTP_HOST, SCRUBBER_HTTP_PORT: cannot listen on {self._host}"
                f" port {self._port}: {error.strerror}"
            )
            raise SettingsError((fault,)) from error

    async def stop(self) -> None:
        """Listen no more; may be called twice."""
        if self._runner:
            await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        path = request.path if request.method in {"GET", "HEAD"} else ""
        if path == "/healthz":
            return _judged(self._report.alive(), {})
        if path == "/readyz":
            return _judged(self._report.ready(), {"partitions": self._report.partitions()})
        if path == "/metrics":
            return web.Response(
                body=generate_latest(REGISTRY), headers={"Content-Type": CONTENT_TYPE_LATEST}
            )
        return web.Response(status=404)


def _judged(problems: list[str], more: dict[str, Any]) -> web.Response:
    body = {"ok": not problems, "problems": problems} | more
    return web.Response(
        body=orjson.dumps(body),
        status=503 if problems else 200,
        content_type="application/json",
    )
