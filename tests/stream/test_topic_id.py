"""A topic's id tells it from every other, one of its own name too."""

import pytest
from aiokafka.errors import UnknownTopicOrPartitionError

from scrubber.stream.topic_id import topic_id
from tests.faults.harness import Deployment, admin_of


async def test_a_topic_has_one_id_and_no_other_has_it(deployment: Deployment) -> None:
    """However often it is asked for."""
    async with admin_of(deployment.bootstrap_servers) as admin:
        names = [deployment.prefix + name for name in ("claims-history", "claims-clean")]
        ids = [await topic_id(admin._client, name) for name in (*names, *names)]
    assert ids[:2] == ids[2:]
    assert len(set(ids)) == len(names)
    assert {len(one) for one in ids} == {16}


async def test_a_topic_that_is_not_there_is_an_error(deployment: Deployment) -> None:
    """And asking does not make it."""
    name = deployment.prefix + "nothing"
    async with admin_of(deployment.bootstrap_servers) as admin:
        with pytest.raises(UnknownTopicOrPartitionError):
            await topic_id(admin._client, name)
        assert name not in await admin.list_topics()
