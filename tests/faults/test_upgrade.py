"""
Old and new release side by side on one group, and back: nothing is lost, repeated or unreadable.

The short test's older release is today's code with fewer edits and other versions: it shows that
versions may mix on one group, one state and one set of transactional ids, not that older code
reads what newer code writes. The long one takes the older code itself from the repository: the
last tag, or an earlier commit while there is none. It needs the history of the checkout.
"""

import asyncio
import io
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from scrubber.contracts.outcome import OutcomeEvent
from tests.conftest import ROOT
from tests.faults.harness import Deployment, Worker
from tests.faults.kubelet import Probe, grace_s
from tests.faults.load import Sent, answered, make_load
from tests.kafka.fixtures import Kafka

#: How far back the older code is taken from, in merges that changed the code.
MERGES_BACK = 25


@dataclass(frozen=True)
class Release:
    """How a worker of a release is started."""

    hook: str = ""
    command: Sequence[str] = ()


NEW = Release()
#: The worker as its command runs it, from wherever PYTHONPATH points first.
RUN = "from scrubber.cli.main import main; raise SystemExit(main(['worker']))"
READY = Probe.of("readinessProbe", speed=10)
READY_S = 120.0


def earlier_code(folder: Path) -> Release:
    """Return the last tagged release, or an earlier commit, from the repository's history."""
    ref = git("describe", "--tags", "--abbrev=0", "HEAD~1") or git(
        "rev-list", "--first-parent", f"--skip={MERGES_BACK}", "--max-count=1", "HEAD", "scrubber"
    )
    if not ref:
        pytest.skip("the checkout has no history to take an earlier release from")
    folder.mkdir()
    archive = subprocess.run(
        ["git", "archive", ref, "scrubber", "topics"], cwd=ROOT, capture_output=True, check=True
    ).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(folder, filter="data")
    # -P: this checkout, where it is started, is not looked into.
    return Release(command=["env", f"PYTHONPATH={folder}", sys.executable, "-P", "-c", RUN])


def git(*words: str) -> str:
    """Return what git says, nothing where it knows nothing."""
    ran = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return "" if ran.returncode else ran.stdout.strip()


async def roll(worker: Worker, to: Release) -> None:
    """Stop a worker, start it as another release, and return when it is ready."""
    assert await asyncio.to_thread(worker.stop, grace_s()) == 0
    worker.start(to.hook, to.command)
    await READY.until(worker.port, well=True, within_s=READY_S)


async def rehearse(kafka: Kafka, folder: Path, old: Release, load: list[Sent]) -> None:
    """Roll two workers from old to new and back, one at a time, with claims before them."""
    async with Deployment(
        kafka.bootstrap_servers,
        folder,
        "upgrade",
        partitions=4,
        # The session outlives a restart, as in production.
        settings={
            "SCRUBBER_BATCH_RECORDS": "20",
            "SCRUBBER_REBALANCE_TIMEOUT_MS": "40000",
            "SCRUBBER_SESSION_TIMEOUT_MS": "30000",
        },
    ) as deployment:
        pods = [
            deployment.worker(name, hook=old.hook, command=old.command, SCRUBBER_INSTANCE_ID=name)
            for name in ("scrubber-worker-0", "scrubber-worker-1")
        ]
        for pod in pods:
            await READY.until(pod.port, well=True, within_s=READY_S)
        waves = iter(waves_of(load, 9))
        await deployment.publish(next(waves))
        seen = []
        # A StatefulSet begins at its last.
        for pod, release in ((1, NEW), (0, NEW), (1, old), (0, old)):
            await deployment.publish(next(waves))
            await roll(pods[pod], release)
            await deployment.until_answered()
            wave = next(waves)
            await deployment.publish(wave)
            await deployment.until_answered()
            seen.append({versions(deployment, one) for one in answered(wave)})
        verdict = await deployment.verdict()
        assert verdict.exact, str(verdict)
        half, new, back, first = seen
        assert len(new) == len(first) == 1
        assert new != first
        assert half == back == new | first
        assert all(code == 0 for pod in pods for code in pod.exits)
        # What either wrote can be read, by the contract of today.
        for topic in ("claims-clean", "claims-rejected", "claims-review"):
            for record in await deployment.records(topic):
                OutcomeEvent.model_validate_json(record.value)
        assert await deployment.records("claims-dead-letter") == []


def waves_of(load: list[Sent], count: int) -> list[list[Sent]]:
    """Divide a load; its patients have claims in every part."""
    size = len(load) // count
    return [load[number * size : (number + 1) * size] for number in range(count)]


def versions(deployment: Deployment, submission_id: str) -> str:
    """Return the set of edits that answered."""
    edits: str = deployment.outcome(submission_id)["versions"]["edits"]
    return edits


async def test_releases_may_stand_side_by_side_and_go_back(kafka: Kafka, tmp_path: Path) -> None:
    """One after the other to a release with more edits, and back."""
    old = Release(hook="release 0.0.9")
    await rehearse(kafka, tmp_path, old, make_load(900, patients=60))


@pytest.mark.long
async def test_earlier_code_and_today_s_may_stand_side_by_side(
    kafka: Kafka, tmp_path: Path
) -> None:
    """One after the other from the code of before to today's, and back."""
    old = earlier_code(tmp_path / "earlier")
    await rehearse(kafka, tmp_path, old, make_load(4_500, patients=150))
