"""The health server answers three questions, and no other."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest

from scrubber.pipeline.settings import SettingsError
from scrubber.stream.health import HealthServer
from tests.kafka.cluster import free_ports


@dataclass
class Told:
    """A worker that says what the test tells it."""

    dead: list[str] = field(default_factory=list)
    unready: list[str] = field(default_factory=list)

    def alive(self) -> list[str]:
        """Return the test's words."""
        return self.dead

    def ready(self) -> list[str]:
        """Return the test's words."""
        return self.unready

    def partitions(self) -> list[dict[str, Any]]:
        """Return one partition."""
        return [{"topic": "claims-submitted", "partition": 3, "state": "ready"}]


@dataclass
class Asked:
    """A server, its worker, and a client."""

    report: Told
    session: aiohttp.ClientSession
    base: str

    async def get(self, path: str, method: str = "GET") -> tuple[int, str, Any]:
        """Return status, content type and body."""
        async with self.session.request(method, self.base + path) as answer:
            body = await answer.text()
            return answer.status, answer.headers.get("Content-Type", ""), body


@pytest.fixture(params=["127.0.0.1", "::1"])
async def server(request: pytest.FixtureRequest) -> AsyncIterator[Asked]:
    """Run a server on a free port, by IPv4 and IPv6."""
    report, (port,) = Told(), free_ports(1)
    health = HealthServer(request.param, port, report)
    await health.start()
    host = f"[{request.param}]" if ":" in request.param else request.param
    async with aiohttp.ClientSession() as session:
        yield Asked(report, session, f"http://{host}:{port}")
    await health.stop()
    await health.stop()


async def test_a_good_worker_is_alive_and_ready(server: Asked) -> None:
    """200, as JSON; the partitions with it."""
    assert await server.get("/healthz") == (
        200,
        "application/json",
        '{"ok":true,"problems":[]}',
    )
    partition = '{"topic":"claims-submitted","partition":3,"state":"ready"}'
    assert await server.get("/readyz") == (
        200,
        "application/json",
        f'{{"ok":true,"problems":[],"partitions":[{partition}]}}',
    )


async def test_problems_are_503_with_their_words(server: Asked) -> None:
    """Alive and ready are two questions."""
    server.report.unready = ["partition 3 is being restored"]
    assert (await server.get("/healthz"))[0] == 200
    status, _, body = await server.get("/readyz")
    assert status == 503
    assert '"ok":false,"problems":["partition 3 is being restored"]' in body
    server.report.dead = ["partition 3 has had no commit for 121 s"]
    status, _, body = await server.get("/healthz")
    assert (status, body) == (
        503,
        '{"ok":false,"problems":["partition 3 has had no commit for 121 s"]}',
    )


async def test_metrics_are_prometheus_text(server: Asked) -> None:
    """All of the table."""
    status, content_type, body = await server.get("/metrics")
    assert status == 200
    assert content_type.startswith("text/plain; version=")
    assert "# TYPE scrubber_claims_total counter" in body
    assert 'scrubber_claims_total{disposition="clean"}' in body


async def test_everything_else_is_not_there(server: Asked) -> None:
    """No index, no inside of the process, no other method, nothing said."""
    for path, method in (
        ("/", "GET"),
        ("/metrics/", "GET"),
        ("/healthz/x", "GET"),
        ("/agents/", "GET"),
        ("/healthz", "POST"),
        ("/metrics", "DELETE"),
    ):
        status, _, body = await server.get(path, method)
        assert (status, body) == (404, ""), path
    assert (await server.get("/healthz", "HEAD"))[0] == 200


async def test_nothing_is_logged_of_a_question(
    server: Asked, caplog: pytest.LogCaptureFixture
) -> None:
    """A probe every few seconds would drown the log."""
    caplog.set_level("INFO", logger="aiohttp")
    await server.get("/healthz")
    assert not caplog.records


async def test_a_port_in_use_is_a_fault_of_the_settings() -> None:
    """It says which, and leaves nothing open."""
    (port,) = free_ports(1)
    first, second = (HealthServer("127.0.0.1", port, Told()) for _ in range(2))
    await first.start()
    with pytest.raises(SettingsError, match=rf"SCRUBBER_HTTP_PORT.*{port}.*address already in use"):
        await second.start()
    await first.stop()
    await second.start()
    await second.stop()


async def test_a_host_that_is_nowhere_is_a_fault_of_the_settings() -> None:
    """An address that is not ours."""
    health = HealthServer("192.0.2.1", free_ports(1)[0], Told())
    with pytest.raises(SettingsError, match=r"cannot listen on 192\.0\.2\.1"):
        await health.start()
