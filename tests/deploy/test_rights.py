"""The rights in the generated users are enough on a broker that lets nobody do more."""

import asyncio
import re
from pathlib import Path

from scrubber.stream.topics import load_topics
from tests.faults.harness import Deployment
from tests.faults.load import Sent, make_load
from tests.kafka.cluster import Cluster
from tools.write_manifests import APP_ID, users

RESOURCES = {"topic": "TOPIC", "group": "GROUP", "transactionalId": "TRANSACTIONAL_ID"}


def grant(cluster: Cluster, deployment: Deployment) -> None:
    """Give the broker's user `worker` what claims-worker has, under the deployment's names."""
    (user,) = (one for one in users(load_topics()) if one["metadata"]["name"] == "claims-worker")
    for right in user["spec"]["authorization"]["acls"]:
        resource = right["resource"]
        name = resource["name"]
        cluster.allow(
            "worker",
            tuple(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", one).upper() for one in right["operations"]),
            RESOURCES[resource["type"]],
            deployment.prefix + name
            if resource["type"] == "topic"
            else name.replace(APP_ID, deployment.environment["SCRUBBER_APP_ID"]),
            prefix=resource["patternType"] == "prefix",
        )


def no_key(_: Sent) -> bytes | None:
    """Return no key, so that the worker has to write to claims-rekeyed."""
    return None


def patient_s_partition(one: Sent) -> int:
    """Return one partition for all records of a patient, right or wrong."""
    return one.patient % 2


async def test_a_worker_does_its_work_with_the_rights_of_its_user(tmp_path: Path) -> None:
    """Claims without a key, poison and all: each is answered once, none is refused."""
    with Cluster(
        tmp_path / "kafka", security="SASL_PLAINTEXT", users={"worker": "word"}, acls=True
    ) as cluster:
        async with Deployment(
            cluster.plain_bootstrap_servers,
            tmp_path,
            "rights",
            partitions=2,
            settings={
                "SCRUBBER_BOOTSTRAP_SERVERS": cluster.bootstrap_servers,
                "SCRUBBER_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
                "SCRUBBER_SASL_MECHANISM": "PLAIN",
                "SCRUBBER_SASL_USERNAME": "worker",
                "SCRUBBER_SASL_PASSWORD": "word",
            },
        ) as deployment:
            await asyncio.to_thread(grant, cluster, deployment)
            worker = deployment.worker()
            load = make_load(300, poison=0.05)
            await deployment.publish(load, key=no_key, partition=patient_s_partition)
            await deployment.until_answered(timeout_s=60)
            assert worker.stop() == 0
            verdict = await deployment.verdict()
            assert verdict.exact, str(verdict)
