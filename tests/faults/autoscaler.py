"""
What KEDA and the HorizontalPodAutoscaler do with the workers, by the ScaledObject's own numbers.

The lag is what KEDA's Kafka scaler reads: the group's committed offsets and the ends of the topics
that it has offsets of. `cooldownPeriod` is of no matter: KEDA waits for it before it scales to 0,
and the least here is more.
"""

import asyncio
import time
from dataclasses import dataclass, field
from math import ceil
from typing import Any, Self

import yaml
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from tests.conftest import ROOT
from tests.faults.harness import Deployment, admin_of
from tests.faults.kubelet import grace_s

MANIFEST = ROOT / "deploy" / "components" / "autoscaling" / "scaled-object.yaml"
#: The autoscaler leaves what is off by so little as it is.
TOLERANCE = 0.1


@dataclass
class ScaleRule:
    """How many workers there are to be; seconds are the cluster's."""

    least: int
    most: int
    threshold: int
    up_percent: int
    up_period_s: float
    down_window_s: float
    down_pods: int
    down_period_s: float
    _recommended: list[tuple[float, int]] = field(default_factory=list)
    _changes: list[tuple[float, int]] = field(default_factory=list)

    @classmethod
    def of_manifest(cls, *, most: int, shrunk: int = 1) -> Self:
        """Read it; a test has fewer partitions, and a load that is so many times smaller."""
        spec: dict[str, Any] = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))["spec"]
        behaviour = spec["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]
        (up,), (down,) = (behaviour[way]["policies"] for way in ("scaleUp", "scaleDown"))
        assert (up["type"], down["type"]) == ("Percent", "Pods")
        assert behaviour["scaleUp"]["stabilizationWindowSeconds"] == 0
        (trigger,) = spec["triggers"]
        return cls(
            least=spec["minReplicaCount"],
            most=most,
            threshold=int(trigger["metadata"]["lagThreshold"]) // shrunk,
            up_percent=up["value"],
            up_period_s=up["periodSeconds"],
            down_window_s=behaviour["scaleDown"]["stabilizationWindowSeconds"],
            down_pods=down["value"],
            down_period_s=down["periodSeconds"],
        )

    def replicas(self, now: float, current: int, lag: int) -> int:
        """Return the number wanted now, and remember what was decided."""
        wanted = ceil(lag / self.threshold)
        if abs(lag / (self.threshold * current) - 1) <= TOLERANCE:
            wanted = current
        wanted = min(max(wanted, self.least), self.most)
        self._recommended = [
            (at, number) for at, number in self._recommended if at > now - self.down_window_s
        ] + [(now, wanted)]
        lowest = max(number for _, number in self._recommended)
        if wanted > current:
            began = current - self._changed(now - self.up_period_s, up=True)
            room = max(current, ceil(began * (1 + self.up_percent / 100)))
            decided = min(wanted, room)
        elif lowest < current:
            began = current + self._changed(now - self.down_period_s, up=False)
            decided = max(lowest, min(current, began - self.down_pods))
        else:
            decided = current
        if decided != current:
            self._changes.append((now, decided - current))
        return decided

    def _changed(self, since: float, *, up: bool) -> int:
        return sum(abs(by) for at, by in self._changes if at > since and (by > 0) == up)


class Autoscaler:
    """Starts and ends a deployment's workers as pods of a StatefulSet, `speed` times as fast."""

    def __init__(self, deployment: Deployment, rule: ScaleRule, speed: float) -> None:
        """Keep the parts; nothing is started."""
        self.replicas = 0
        #: What was seen and decided: lag, workers.
        self.history: list[tuple[int, int]] = []
        self._deployment = deployment
        self._rule = rule
        self._speed = speed
        self._group = deployment.environment["SCRUBBER_APP_ID"]

    async def run(self) -> None:
        """Start the least workers, then look and act for as long as the task runs."""
        await self._scale(self._rule.least)
        poll_s = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))["spec"]["pollingInterval"]
        reader = AIOKafkaConsumer(bootstrap_servers=self._deployment.bootstrap_servers)
        await reader.start()
        try:
            async with admin_of(self._deployment.bootstrap_servers) as admin:
                while True:
                    lag = await self._lag(admin, reader)
                    now = time.monotonic() * self._speed
                    await self._scale(self._rule.replicas(now, self.replicas, lag))
                    self.history.append((lag, self.replicas))
                    await asyncio.sleep(poll_s / self._speed)
        finally:
            await reader.stop()

    async def _lag(self, admin: AIOKafkaAdminClient, reader: AIOKafkaConsumer) -> int:
        committed = await admin.list_consumer_group_offsets(self._group)
        places = [
            TopicPartition(topic, number)
            for topic in {place.topic for place in committed}
            for number in range(self._deployment.partitions)
        ]
        ends = await reader.end_offsets(places) if places else {}
        # offsetResetPolicy earliest: where nothing is committed yet, all of it waits.
        known = {place: found.offset for place, found in committed.items()}
        return sum(end - max(known.get(place, 0), 0) for place, end in ends.items())

    async def _scale(self, replicas: int) -> None:
        """Start the next ordinals, or end the last."""
        workers = self._deployment.workers
        for name in map(ordinal, range(self.replicas, replicas)):
            if name in workers:
                workers[name].start()
            else:
                self._deployment.worker(name, SCRUBBER_INSTANCE_ID=name)
        gone = [workers[ordinal(number)] for number in range(replicas, self.replicas)]
        await asyncio.gather(*(asyncio.to_thread(worker.stop, grace_s()) for worker in gone))
        self.replicas = replicas


def ordinal(number: int) -> str:
    """Return the name of a pod of the StatefulSet."""
    return f"scrubber-worker-{number}"
