"""Every way to prove who we are works against a real Kafka, and a wrong proof is refused."""

import ssl
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path
from time import time

import orjson
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaConnectionError

from scrubber.pipeline.settings import SettingsError, StreamSettings, read_stream_settings
from scrubber.stream.connection import TokenFile, client_options, connection_faults
from tests.kafka.certificates import Certificates, make_certificates, openssl
from tests.kafka.cluster import Cluster, free_ports

TOPIC = "connection-test"
USER, PASSWORD = "worker", "sample-password"


def settings_of(servers: str, protocol: str, **more: object) -> StreamSettings:
    """Return the settings of an environment."""
    return read_stream_settings(
        {
            "SCRUBBER_BOOTSTRAP_SERVERS": servers,
            "SCRUBBER_KEY_SECRET": "sample-key-of-32-bytes-for-tests",
            "SCRUBBER_SECURITY_PROTOCOL": protocol,
        }
        | {f"SCRUBBER_{name}": str(value) for name, value in more.items()}
    )


def word(servers: str, mechanism: str, password: str = PASSWORD) -> StreamSettings:
    """Return settings with user name and password."""
    return settings_of(
        servers,
        "SASL_PLAINTEXT",
        SASL_MECHANISM=mechanism,
        SASL_USERNAME=USER,
        SASL_PASSWORD=password,
    )


async def round_trip(settings: StreamSettings) -> None:
    """Make a topic, write a record and read it again: all three kinds of client."""
    options = client_options(settings)
    admin = AIOKafkaAdminClient(**options)
    await admin.start()
    if TOPIC not in await admin.list_topics():
        await admin.create_topics([NewTopic(TOPIC, 1, 1)])
    await admin.close()
    value = urlsafe_b64encode(str(time()).encode())
    async with AIOKafkaProducer(**options) as producer:
        sent = await producer.send_and_wait(TOPIC, value)
    async with AIOKafkaConsumer(TOPIC, auto_offset_reset="earliest", **options) as consumer:
        async for record in consumer:
            if record.offset == sent.offset:
                assert record.value == value
                break


async def assert_refused(settings: StreamSettings, words: str) -> None:
    """No client starts, and the fault says why."""
    (fault,) = await connection_faults(settings)
    assert words in fault
    assert settings.bootstrap_servers.partition(":")[0] in fault
    assert PASSWORD not in fault
    producer = AIOKafkaProducer(**client_options(settings))
    with pytest.raises(KafkaConnectionError, match="Unable to bootstrap"):
        await producer.start()
    await producer.stop()


def token(subject: str, *, seconds: int = 600) -> str:
    """Return an unsecured token, which this test's broker takes until it has expired."""
    parts = {"alg": "none"}, {"sub": subject, "iat": time() - 60, "exp": time() + seconds}
    return ".".join(
        [*(urlsafe_b64encode(orjson.dumps(p)).rstrip(b"=").decode() for p in parts), ""]
    )


@pytest.fixture(scope="module")
def sasl(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Return a broker that wants a proof."""
    folder = tmp_path_factory.mktemp("sasl")
    with Cluster(folder, security="SASL_PLAINTEXT", users={USER: PASSWORD}) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Return a broker with TLS that wants a client's certificate as well."""
    folder = tmp_path_factory.mktemp("tls")
    wanted = {"ssl.client.auth": "required"}
    with Cluster(folder, security="SSL", settings=wanted) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def sasl_tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Return a broker with TLS and passwords."""
    folder = tmp_path_factory.mktemp("sasl-tls")
    with Cluster(folder, security="SASL_SSL", users={USER: PASSWORD}) as cluster:
        yield cluster


def certificates_of(cluster: Cluster) -> Certificates:
    """Return the PEM files of a cluster with TLS."""
    assert cluster.certificates
    return cluster.certificates


def mutual(cluster: Cluster, authority: Path | None = None, servers: str = "") -> StreamSettings:
    """Return settings with both certificates."""
    files = certificates_of(cluster)
    return settings_of(
        servers or cluster.bootstrap_servers,
        "SSL",
        TLS_CA_FILE=authority or files.authority,
        TLS_CERT_FILE=files.client_certificate,
        TLS_KEY_FILE=files.client_key,
    )


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
async def test_a_password_lets_us_in_and_a_wrong_one_does_not(
    sasl: Cluster, mechanism: str
) -> None:
    """PLAIN and both kinds of SCRAM."""
    right = word(sasl.bootstrap_servers, mechanism)
    assert await connection_faults(right) == []
    await round_trip(right)
    wrong = word(sasl.bootstrap_servers, mechanism, "another-password")
    await assert_refused(wrong, "user name, password or token was refused")


async def test_a_token_lets_us_in_and_is_read_anew_at_each_connection(
    sasl: Cluster, tmp_path: Path
) -> None:
    """An expired one does not; the same settings do again once the file is renewed."""
    file = tmp_path / "token"
    file.write_text(token(USER) + "\n")
    settings = settings_of(
        sasl.bootstrap_servers, "SASL_PLAINTEXT", SASL_MECHANISM="OAUTHBEARER", SASL_TOKEN_FILE=file
    )
    await round_trip(settings)
    options = client_options(settings)
    file.write_text(token(USER, seconds=-5))
    (fault,) = await connection_faults(settings)
    assert "user name, password or token was refused" in fault
    file.write_text(token(USER))
    async with AIOKafkaProducer(**options) as producer:
        await producer.send_and_wait(TOPIC, b"renewed")
    file.unlink()
    (fault,) = await connection_faults(settings)
    assert "No such file" in fault


async def test_a_mechanism_that_is_not_offered_is_told(tmp_path: Path) -> None:
    """The broker has PLAIN only."""
    at = "listener.name.client.plain.sasl.jaas.config"
    module = "org.apache.kafka.common.security.plain.PlainLoginModule required"
    only = {"sasl.enabled.mechanisms": "PLAIN", at: f'{module} user_{USER}="{PASSWORD}";'}
    with Cluster(tmp_path, security="SASL_PLAINTEXT", settings=only) as cluster:
        await assert_refused(
            word(cluster.bootstrap_servers, "SCRAM-SHA-512"), "SCRUBBER_SASL_MECHANISM"
        )


async def test_both_certificates_let_us_in(tls: Cluster) -> None:
    """Mutual TLS."""
    assert await connection_faults(mutual(tls)) == []
    await round_trip(mutual(tls))


async def test_a_broker_of_another_authority_is_refused(tls: Cluster, tmp_path: Path) -> None:
    """Ours is not the one that signed it; nor is one of the system's."""
    other = make_certificates(tmp_path)
    await assert_refused(mutual(tls, other.authority), "not trusted")
    await assert_refused(settings_of(tls.bootstrap_servers, "SSL"), "not trusted")


async def test_a_certificate_for_another_host_is_refused(tls: Cluster) -> None:
    """The right authority is not enough: 0.0.0.0 reaches this machine, but is not its name."""
    port = tls.bootstrap_servers.partition(":")[2]
    await assert_refused(mutual(tls, servers=f"0.0.0.0:{port}"), "not valid for '0.0.0.0'")


async def test_plain_text_and_tls_do_not_meet(tls: Cluster) -> None:
    """Either way the fault leads to the protocol."""
    for servers, protocol in (
        (tls.bootstrap_servers, "PLAINTEXT"),
        (tls.plain_bootstrap_servers, "SSL"),
    ):
        (fault,) = await connection_faults(settings_of(servers, protocol))
        assert "SCRUBBER_SECURITY_PROTOCOL" in fault


async def test_a_password_goes_through_tls(sasl_tls: Cluster) -> None:
    """SASL_SSL, and a wrong password there."""
    more = {
        "TLS_CA_FILE": certificates_of(sasl_tls).authority,
        "SASL_MECHANISM": "PLAIN",
        "SASL_USERNAME": USER,
    }
    servers = sasl_tls.bootstrap_servers
    await round_trip(settings_of(servers, "SASL_SSL", SASL_PASSWORD=PASSWORD, **more))
    await assert_refused(
        settings_of(servers, "SASL_SSL", SASL_PASSWORD="another-password", **more), "was refused"
    )


async def test_nobody_there_is_told_for_each_server() -> None:
    """Both ports are closed; one reachable server would be enough."""
    servers = ",".join(f"127.0.0.1:{port}" for port in free_ports(2))
    faults = await connection_faults(settings_of(servers, "PLAINTEXT"))
    assert len(faults) == 2
    assert all("Connect call failed" in fault for fault in faults)


def test_files_that_hold_no_certificate_are_faults_of_their_settings(tmp_path: Path) -> None:
    """Name and file; a key with a password asks nobody on a terminal."""
    files = make_certificates(tmp_path)
    empty, locked = tmp_path / "empty.pem", tmp_path / "locked.key"
    empty.touch()
    openssl(
        *("pkey", "-in", files.client_key, "-out", locked, "-aes256", "-passout", "pass:sample")
    )
    with pytest.raises(SettingsError, match=rf"SCRUBBER_TLS_CA_FILE: {empty} holds no"):
        client_options(settings_of("a:1", "SSL", TLS_CA_FILE=empty))
    for key in (empty, locked):
        settings = settings_of(
            "a:1", "SSL", TLS_CERT_FILE=files.client_certificate, TLS_KEY_FILE=key
        )
        with pytest.raises(SettingsError, match=rf"SCRUBBER_TLS_KEY_FILE: .* and {key} are no"):
            client_options(settings)


def test_tls_checks_certificate_and_host() -> None:
    """There is no setting that switches either off."""
    context = client_options(settings_of("a:1", "SSL"))["ssl_context"]
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


def test_plain_text_has_no_more_than_the_servers() -> None:
    """No stale context or password goes along."""
    assert client_options(settings_of("a:1,b:2", "PLAINTEXT")) == {
        "bootstrap_servers": "a:1,b:2",
        "security_protocol": "PLAINTEXT",
    }


async def test_a_token_is_read_at_each_call(tmp_path: Path) -> None:
    """Without the line break at its end."""
    file = tmp_path / "token"
    file.write_text("one\n")
    provider = TokenFile(file)
    assert await provider.token() == "one"
    file.write_text("two")
    assert await provider.token() == "two"
