"""How this process speaks to Kafka: the one place that turns settings into client arguments."""

import asyncio
import ssl
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.abc import AbstractTokenProvider
from aiokafka.conn import collect_hosts, create_conn
from aiokafka.errors import KafkaError, SaslAuthenticationFailed, UnsupportedSaslMechanismError
from aiokafka.protocol.metadata import MetadataRequest

from scrubber.pipeline.settings import Security, SettingsError, StreamSettings
from scrubber.stream.topics import UnreachableError

_PROBE_MS = 10_000
_REFUSED = "user name, password or token was refused"


class TokenFile(AbstractTokenProvider):  # type: ignore[misc] # aiokafka has no types
    """A bearer token in a file that somebody renews; each connection reads it again."""

    def __init__(self, file: Path) -> None:
        """Read nothing yet."""
        self._file = file

    async def token(self) -> str:
        """Return the token as it stands in the file now."""
        return (await asyncio.to_thread(self._file.read_text)).strip()


def client_options(settings: StreamSettings) -> dict[str, Any]:
    """
    Return the arguments that consumer, producer and admin client share; they hold the password.

    Raises `SettingsError` for a file that holds no certificate or no key.
    """
    security = settings.security
    options: dict[str, Any] = {
        "bootstrap_servers": settings.bootstrap_servers,
        "security_protocol": security.protocol,
    }
    if security.protocol.endswith("SSL"):
        options["ssl_context"] = _tls(security)
    if security.protocol.startswith("SASL_"):
        options["sasl_mechanism"] = security.sasl_mechanism
        if security.token_file:
            options["sasl_oauth_token_provider"] = TokenFile(security.token_file)
        else:
            options["sasl_plain_username"] = security.username
            options["sasl_plain_password"] = security.password
    return options


def committed_reader(options: dict[str, Any], **more: Any) -> AIOKafkaConsumer:
    """
    Return a consumer that reads what has committed and stands where it is told to; not started.

    The clients' own defaults of these three would lose or repeat claims; `more` adds to them.
    """
    return AIOKafkaConsumer(
        **options,
        isolation_level="read_committed",
        enable_auto_commit=False,
        auto_offset_reset="none",
        **more,
    )


def _tls(security: Security) -> ssl.SSLContext:
    """Return a context that checks the broker's certificate and that it is for this host."""
    try:
        context = ssl.create_default_context(cafile=security.ca_file)
    except ssl.SSLError as error:
        raise SettingsError(
            (f"SCRUBBER_TLS_CA_FILE: {security.ca_file} holds no certificate (PEM)",)
        ) from error
    if security.cert_file:
        try:
            # Without a password OpenSSL would ask for one on the terminal, and wait.
            context.load_cert_chain(security.cert_file, security.key_file, password="")
        except ssl.SSLError as error:
            fault = (
                f"SCRUBBER_TLS_CERT_FILE, SCRUBBER_TLS_KEY_FILE: {security.cert_file} and"
                f" {security.key_file} are no certificate and its unencrypted key (PEM)"
            )
            raise SettingsError((fault,)) from error
    return context


async def reach(settings: StreamSettings) -> dict[str, Any]:
    """Return the clients' arguments; raises `UnreachableError` when no broker lets us in."""
    if faults := await connection_faults(settings):
        raise UnreachableError("; ".join(faults))
    return client_options(settings)


async def connection_faults(settings: StreamSettings) -> list[str]:
    """
    Return why no bootstrap server lets us in, a sentence each; none when one does.

    The clients themselves only say "Unable to bootstrap", whatever the reason.
    """
    options = client_options(settings)
    faults = []
    for host, port, _ in collect_hosts(options.pop("bootstrap_servers")):
        try:
            fault = await _probe(host, port, options)
        except (KafkaError, OSError, TimeoutError, ValueError) as error:
            fault = _words(error)
        if not fault:
            return []
        faults.append(f"{host}:{port}: {fault}")
    return sorted(faults)


async def _probe(host: str, port: int, options: dict[str, Any]) -> str:
    connection = await create_conn(host, port, request_timeout_ms=_PROBE_MS, **options)
    try:
        # aiokafka 0.14 does not read the broker's answer to a token: a refused one looks like a
        # connection, and the next question gets an empty answer.
        answer = await connection.send(MetadataRequest([]))
    finally:
        connection.close()
    if answer.brokers:
        return ""
    return _REFUSED if "sasl_oauth_token_provider" in options else "it names no brokers"


def _words(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {error.verify_message}"
    if isinstance(error, SaslAuthenticationFailed):
        return _REFUSED
    if isinstance(error, UnsupportedSaslMechanismError):
        return "it does not offer this SCRUBBER_SASL_MECHANISM"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return f"no Kafka answer under this SCRUBBER_SECURITY_PROTOCOL ({type(error).__name__})"
