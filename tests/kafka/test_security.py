"""The brokers that the tests start know TLS, logins and ACLs, in both versions."""

import ssl
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.abc import AbstractTokenProvider
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAuthorizationFailedError
from aiokafka.helpers import create_ssl_context

from tests.kafka.cluster import Cluster, run, with_admin
from tests.kafka.jars import VERSIONS

# {"alg":"none"} . {"sub":"reader","iat":0,"exp":9999999999} and no signature
UNSECURED = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJyZWFkZXIiLCJpYXQiOjAsImV4cCI6OTk5OTk5OTk5OX0."


class Token(AbstractTokenProvider):  # type: ignore[misc]
    """A provider that always has the same unsecured token."""

    async def token(self) -> str:
        """Return it."""
        return UNSECURED


def send(cluster: Cluster, topic: str = "open", **settings: Any) -> None:
    """Write one record through the clients' listener with these settings."""

    async def job() -> None:
        producer = AIOKafkaProducer(
            bootstrap_servers=cluster.bootstrap_servers,
            security_protocol=cluster.security,
            request_timeout_ms=5000,
            enable_idempotence=False,
            **settings,
        )
        try:
            await producer.start()
            await producer.send_and_wait(topic, b"one")
        finally:
            await producer.stop()

    run(job)


def create(cluster: Cluster, *topics: str) -> None:
    """Create topics through the plain listener."""

    async def ask(admin: AIOKafkaAdminClient) -> None:
        await admin.create_topics([NewTopic(topic, 1, 1) for topic in topics])

    run(lambda: with_admin(cluster.plain_bootstrap_servers, ask))


@pytest.mark.parametrize("version", VERSIONS)
def test_logins_tls_and_acls_hold(tmp_path: Path, version: str) -> None:
    """Every mechanism logs in over TLS; a wrong word does not; ACLs allow what was allowed."""
    cluster = Cluster(
        tmp_path, version=version, security="SASL_SSL", users={"reader": "word"}, acls=True
    )
    with cluster:
        create(cluster, "open", "closed")
        cluster.allow("reader", ("WRITE", "DESCRIBE"), "TOPIC", "open")
        assert cluster.certificates
        login: dict[str, Any] = {
            "ssl_context": create_ssl_context(cafile=str(cluster.certificates.authority)),
            "sasl_plain_username": "reader",
        }
        for mechanism in ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"):
            send(cluster, sasl_mechanism=mechanism, sasl_plain_password="word", **login)
            with pytest.raises(KafkaError):
                send(cluster, sasl_mechanism=mechanism, sasl_plain_password="wrong", **login)
        send(cluster, sasl_mechanism="OAUTHBEARER", sasl_oauth_token_provider=Token(), **login)
        with pytest.raises(TopicAuthorizationFailedError):
            send(cluster, "closed", sasl_mechanism="PLAIN", sasl_plain_password="word", **login)


def test_a_client_certificate_is_a_name(tmp_path: Path) -> None:
    """Under ACLs the TLS listener knows a client by its certificate, and takes none without."""
    with Cluster(tmp_path, security="SSL", acls=True) as cluster:
        create(cluster, "open")
        cluster.allow("CN=client", ("WRITE", "DESCRIBE"), "TOPIC", "op", prefix=True)
        made = cluster.certificates
        assert made
        named = ssl.create_default_context(cafile=made.authority)
        with pytest.raises(KafkaError):
            send(cluster, ssl_context=named)
        named.load_cert_chain(made.client_certificate, made.client_key)
        send(cluster, ssl_context=named)
        with pytest.raises(KafkaError):
            send(cluster, ssl_context=ssl.create_default_context())
