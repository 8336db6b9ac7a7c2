"""
What the kubelet does with a worker, by the worker's own manifest: asks, counts, gives time to end.

`speed` lets the times of a probe run so many times faster; how often it may fail stays.
"""

import asyncio
import time
from dataclasses import dataclass
from functools import cache
from typing import Any, Self

import aiohttp
import yaml

from tests.conftest import ROOT

MANIFEST = ROOT / "deploy" / "base" / "worker" / "stateful-set.yaml"
WORKER_TICK_S = 1.0
#: A machine that others use as well asks and answers late.
LATE_S = 5.0


@cache
def pod() -> dict[str, Any]:
    """Return the pod of the manifest."""
    found: dict[str, Any] = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    spec: dict[str, Any] = found["spec"]["template"]["spec"]
    return spec


def grace_s() -> float:
    """Return how long a pod has from SIGTERM to SIGKILL."""
    return float(pod()["terminationGracePeriodSeconds"])


@dataclass(frozen=True)
class Probe:
    """One of the manifest's probes, sped up."""

    path: str
    period_s: float
    timeout_s: float
    failures: int

    @classmethod
    def of(cls, name: str, speed: float = 1.0) -> Self:
        """Read it from the manifest; what it leaves out is as Kubernetes says."""
        (container,) = pod()["containers"]
        probe = container[name]
        return cls(
            probe["httpGet"]["path"],
            probe.get("periodSeconds", 10) / speed,
            probe.get("timeoutSeconds", 1) / speed,
            probe.get("failureThreshold", 3),
        )

    @property
    def bound_s(self) -> float:
        """Return the longest from a fault to the verdict: it came just after a good answer."""
        return self.period_s * self.failures + self.timeout_s

    async def asks(self, port: int) -> bool:
        """Tell whether the worker answers in time and well."""
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(self.timeout_s)) as session,
                session.get(f"http://127.0.0.1:{port}{self.path}") as answer,
            ):
                return 200 <= answer.status < 400
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def until(self, port: int, *, well: bool, within_s: float) -> float:
        """
        Ask until the verdict is well (one good answer) or not (so many bad ones in a row).

        Return the seconds that it took; fails after `within_s` of them.
        """
        started = time.monotonic()
        bad = 0
        while (took := time.monotonic() - started) < within_s:
            due = time.monotonic() + self.period_s
            answer = await self.asks(port)
            bad = 0 if answer else bad + 1
            if answer if well else bad == self.failures:
                return time.monotonic() - started
            await asyncio.sleep(max(0.0, due - time.monotonic()))
        verdict = "well" if well else "unwell"
        raise AssertionError(f"not {verdict} by {self.path} within {within_s:.1f} s ({took:.1f} s)")
