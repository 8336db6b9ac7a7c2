"""Settings from the environment: the only place that reads it, and the one table of them."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from scrubber.reference.shelf import starter_directory

_PREFIX = "SCRUBBER_"
_FILE = "_FILE"
# (what the value must match, the same in words)
_NAME = (r"[A-Za-z0-9._-]{1,100}", "at most 100 letters, digits, `.`, `_` and `-`")
_SERVERS = (r"[^,\s@/]+:[0-9]{1,5}(,[^,\s@/]+:[0-9]{1,5})*", "`host:port`, with commas between")
_URL = (r"https?://[^\s@]+", "a URL that begins with `http://` or `https://`, without a password")
_KEY_BYTES = range(16, 65)  # blake2b takes a key of at most 64
NO_LIMIT = 2**31 - 1
_MS = {"ms": 1, "s": 1000}


@dataclass(frozen=True, slots=True)
class Setting:
    """
    One row of the table; `default` is what would stand in the environment, "" is none.

    `least` and `most` bound a whole number, `choices` and `form` a word. A secret may also
    stand in the file that the name with `_FILE` gives.
    """

    name: str
    what: str
    default: str = ""
    unit: str = ""
    least: int | None = None
    most: int = NO_LIMIT
    choices: tuple[str, ...] = ()
    form: tuple[str, str] | None = None
    required: bool = False
    secret: bool = False


SETTINGS = (
    Setting("SCRUBBER_REFERENCE", "Folder of reference snapshots, instead of the bundled ones."),
    Setting("SCRUBBER_PAYER_PACKS", "Folder of your payer packs, beside the bundled ones."),
    Setting(
        "SCRUBBER_SAMPLING_SECRET",
        "Key of the draw for quality audit, 16 bytes or more; without it nothing is drawn.",
        secret=True,
    ),
    Setting(
        "SCRUBBER_BOOTSTRAP_SERVERS",
        "Kafka brokers to ask first.",
        form=_SERVERS,
        required=True,
    ),
    Setting(
        "SCRUBBER_APP_ID",
        "Consumer group, and prefix of transactional ids; the same for all processes of a worker.",
        default="claims-scrubber",
        form=_NAME,
    ),
    Setting(
        "SCRUBBER_KEY_SECRET",
        "Key of the patient keys, 16 to 64 bytes; another one gives each patient another key.",
        required=True,
        secret=True,
    ),
    Setting(
        "SCRUBBER_STATE_DIR",
        "Folder for local claim history, one a process; what is lost is restored from Kafka.",
    ),
    Setting(
        "SCRUBBER_TOPIC_PREFIX",
        "Stands before each topic's name, so that several deployments share a cluster.",
        form=_NAME,
    ),
    Setting(
        "SCRUBBER_PARTITIONS",
        "Partitions of each topic, instead of what `topics/` says; fixed once topics exist.",
        least=1,
        most=10_000,
    ),
    Setting(
        "SCRUBBER_REPLICATION",
        "Copies of each topic, instead of what `topics/` says; for clusters of fewer brokers.",
        least=1,
        most=100,
    ),
    Setting(
        "SCRUBBER_INSTANCE_ID",
        "Name of this process for static membership; unique among living processes.",
        form=_NAME,
    ),
    Setting(
        "SCRUBBER_HISTORY_DAYS",
        "How long a patient's earlier claims are kept for edits across claims.",
        default="1100",
        unit="days",
        least=1,
    ),
    Setting(
        "SCRUBBER_BATCH_RECORDS",
        "Most records in one transaction.",
        default="500",
        unit="records",
        least=1,
        most=100_000,
    ),
    Setting("SCRUBBER_HTTP_HOST", "Address of the health server.", default="127.0.0.1"),
    Setting(
        "SCRUBBER_HTTP_PORT",
        "Port of `/healthz`, `/readyz` and `/metrics`.",
        default="6066",
        least=1,
        most=65535,
    ),
    Setting(
        "SCRUBBER_LOG_LEVEL",
        "Least level that is logged.",
        default="info",
        choices=("debug", "info", "warning", "error"),
    ),
    Setting(
        "SCRUBBER_TRACES_ENDPOINT",
        "Where traces go (OTLP over HTTP, such as `http://collector:4318/v1/traces`); without it "
        "none are made. Needs the extra `traces`.",
        form=_URL,
    ),
    Setting(
        "SCRUBBER_SESSION_TIMEOUT_MS",
        "Silence after which the broker gives a process's partitions to others.",
        default="45000",
        unit="ms",
        least=1,
    ),
    Setting(
        "SCRUBBER_REBALANCE_TIMEOUT_MS",
        "How long the group waits for a process to hand its partitions over.",
        default="60000",
        unit="ms",
        least=1,
    ),
    Setting(
        "SCRUBBER_TRANSACTION_TIMEOUT_MS",
        "When the broker aborts an open transaction; at most its `transaction.max.timeout.ms`.",
        default="60000",
        unit="ms",
        least=1,
    ),
    Setting(
        "SCRUBBER_COMMIT_DEADLINE_S",
        "A commit that takes longer ends the process.",
        default="30",
        unit="s",
        least=1,
    ),
    Setting(
        "SCRUBBER_REVOKE_DEADLINE_S",
        "A batch that is not finished so long after its partition was revoked ends the process.",
        default="40",
        unit="s",
        least=1,
    ),
    Setting(
        "SCRUBBER_STALL_S",
        "A partition with lag and no commit for so long ends the process.",
        default="120",
        unit="s",
        least=1,
    ),
    Setting(
        "SCRUBBER_LOOP_BLOCK_S",
        "An event loop that stands still for so long ends the process.",
        default="20",
        unit="s",
        least=1,
    ),
    Setting(
        "SCRUBBER_SECURITY_PROTOCOL",
        "How brokers are spoken to.",
        default="PLAINTEXT",
        choices=("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"),
    ),
    Setting("SCRUBBER_TLS_CA_FILE", "Certificates to trust (PEM), instead of the system's."),
    Setting("SCRUBBER_TLS_CERT_FILE", "This client's certificate (PEM), for mutual TLS."),
    Setting("SCRUBBER_TLS_KEY_FILE", "Key of that certificate (PEM, without a password)."),
    Setting(
        "SCRUBBER_SASL_MECHANISM",
        "How this client proves who it is, with a `SASL_` protocol.",
        choices=("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"),
    ),
    Setting("SCRUBBER_SASL_USERNAME", "User name, for `PLAIN` and `SCRAM`."),
    Setting("SCRUBBER_SASL_PASSWORD", "Password, for `PLAIN` and `SCRAM`.", secret=True),
    Setting(
        "SCRUBBER_SASL_TOKEN_FILE",
        "File of the token, for `OAUTHBEARER`; read at each connection, so it may be renewed.",
    ),
)
_BY_NAME = {setting.name: setting for setting in SETTINGS}
KNOWN = (*_BY_NAME, *(one.name + _FILE for one in SETTINGS if one.secret))

# (the shorter time, the longer one, what would happen otherwise)
SHORTER = (
    (
        "SCRUBBER_SESSION_TIMEOUT_MS",
        "SCRUBBER_REBALANCE_TIMEOUT_MS",
        "a rebalance would give up on a process that is still counted as alive",
    ),
    (
        "SCRUBBER_REVOKE_DEADLINE_S",
        "SCRUBBER_REBALANCE_TIMEOUT_MS",
        "a partition could go to another process while its batch still runs here",
    ),
    (
        "SCRUBBER_COMMIT_DEADLINE_S",
        "SCRUBBER_REVOKE_DEADLINE_S",
        "a revoked partition would not wait for its last commit",
    ),
    (
        "SCRUBBER_COMMIT_DEADLINE_S",
        "SCRUBBER_TRANSACTION_TIMEOUT_MS",
        "the broker would abort a transaction that is still being committed",
    ),
    (
        "SCRUBBER_COMMIT_DEADLINE_S",
        "SCRUBBER_STALL_S",
        "a slow commit would be taken for a stalled partition",
    ),
    (
        "SCRUBBER_LOOP_BLOCK_S",
        "SCRUBBER_SESSION_TIMEOUT_MS",
        "a blocked process would lose its partitions before it ends",
    ),
)


class SettingsError(ValueError):
    """Settings that cannot be used; `faults` names each with its remedy."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        """Keep all faults: the operator mends them in one go."""
        super().__init__("; ".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Settings:
    """
    Where reference snapshots and payer packs are, and what draws claims for audit.

    `payer_packs` adds to the bundled ones.
    """

    reference: Path
    payer_packs: Path | None
    sampling_secret: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Security:
    """How the brokers are spoken to; "" and None are "not set"."""

    protocol: str
    ca_file: Path | None
    cert_file: Path | None
    key_file: Path | None
    sasl_mechanism: str
    username: str
    password: str = field(repr=False)
    token_file: Path | None


@dataclass(frozen=True, slots=True)
class StreamSettings:
    """All that the stream worker is told; `SETTINGS` says what each is."""

    scrub: Settings
    bootstrap_servers: str
    app_id: str
    key_secret: bytes = field(repr=False)
    state_dir: Path | None
    topic_prefix: str
    partitions: int | None
    replication: int | None
    instance_id: str
    history_days: int
    batch_records: int
    http_host: str
    http_port: int
    log_level: str
    traces_endpoint: str
    session_timeout_ms: int
    rebalance_timeout_ms: int
    transaction_timeout_ms: int
    commit_deadline_s: int
    revoke_deadline_s: int
    stall_s: int
    loop_block_s: int
    security: Security


def read_settings(
    environment: Mapping[str, str] = os.environ,
    *,
    reference: Path | None = None,
    payer_packs: Path | None = None,
) -> Settings:
    """
    Return the settings; an argument wins over the environment, that over the default.

    The worker's settings are known here too, and not looked at: one host, one environment.
    Raises `SettingsError` for an unknown `SCRUBBER_...` or a folder that is not there.
    """
    values = _Values(environment)
    settings = _scrub(values, reference, payer_packs)
    values.raise_faults()
    return settings


def read_stream_settings(
    environment: Mapping[str, str] = os.environ, *, with_key: bool = True
) -> StreamSettings:
    """
    Return the settings of all that speaks to Kafka, or raise `SettingsError` with every fault.

    What computes no patient key does without its secret (`with_key` false): who sets up topics
    need not be trusted with it.
    """
    values = _Values(environment)
    settings = StreamSettings(
        scrub=_scrub(values, None, None),
        bootstrap_servers=values.text("SCRUBBER_BOOTSTRAP_SERVERS"),
        app_id=values.text("SCRUBBER_APP_ID"),
        key_secret=_key(values) if with_key else b"",
        state_dir=values.path("SCRUBBER_STATE_DIR"),
        topic_prefix=values.text("SCRUBBER_TOPIC_PREFIX"),
        partitions=values.number_if_set("SCRUBBER_PARTITIONS"),
        replication=values.number_if_set("SCRUBBER_REPLICATION"),
        instance_id=values.text("SCRUBBER_INSTANCE_ID"),
        history_days=values.number("SCRUBBER_HISTORY_DAYS"),
        batch_records=values.number("SCRUBBER_BATCH_RECORDS"),
        http_host=values.text("SCRUBBER_HTTP_HOST"),
        http_port=values.number("SCRUBBER_HTTP_PORT"),
        log_level=values.text("SCRUBBER_LOG_LEVEL"),
        traces_endpoint=values.text("SCRUBBER_TRACES_ENDPOINT"),
        session_timeout_ms=values.number("SCRUBBER_SESSION_TIMEOUT_MS"),
        rebalance_timeout_ms=values.number("SCRUBBER_REBALANCE_TIMEOUT_MS"),
        transaction_timeout_ms=values.number("SCRUBBER_TRANSACTION_TIMEOUT_MS"),
        commit_deadline_s=values.number("SCRUBBER_COMMIT_DEADLINE_S"),
        revoke_deadline_s=values.number("SCRUBBER_REVOKE_DEADLINE_S"),
        stall_s=values.number("SCRUBBER_STALL_S"),
        loop_block_s=values.number("SCRUBBER_LOOP_BLOCK_S"),
        security=_security(values),
    )
    for short, long, why in SHORTER:
        times = [values.number(name) * _MS[_BY_NAME[name].unit] for name in (short, long)]
        if times[0] >= times[1]:
            values.fault(f"{short}: must be shorter than {long}; {why}")
    values.raise_faults()
    return settings


class _Values:
    """The environment, read by the table; faults are collected, not raised one by one."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._faults: dict[str, None] = {}  # once each, in order
        for name in sorted(environment):
            if name.startswith(_PREFIX) and name not in KNOWN:
                ends = [known.removeprefix(_PREFIX) for known in KNOWN]
                near = get_close_matches(name.removeprefix(_PREFIX), ends, n=1)
                hint = (
                    f"did you mean {_PREFIX}{near[0]}?"
                    if near
                    else "docs/settings.md lists them all"
                )
                self.fault(f"{name}: no such setting; {hint}")

    def fault(self, text: str) -> None:
        self._faults[text] = None

    def raise_faults(self) -> None:
        if self._faults:
            raise SettingsError(tuple(self._faults))

    def text(self, name: str) -> str:
        """Return a word, "" when it is not set; an empty variable is one that is not set."""
        setting = _BY_NAME[name]
        value = self._environment.get(name) or setting.default
        if not value and setting.required:
            self.fault(f"{name}: not set. {setting.what}")
        elif value and setting.choices and value not in setting.choices:
            self.fault(f"{name}: {value!r} is not one of {', '.join(setting.choices)}")
        elif value and setting.form and not re.fullmatch(setting.form[0], value):
            self.fault(f"{name}: {value!r} is not {setting.form[1]}")
        return value

    def number(self, name: str) -> int:
        number = self.number_if_set(name)
        return int(_BY_NAME[name].default) if number is None else number

    def number_if_set(self, name: str) -> int | None:
        setting = _BY_NAME[name]
        value = self.text(name)
        if not value:
            return None
        least = setting.least or 0
        if re.fullmatch("[0-9]{1,10}", value) and least <= int(value) <= setting.most:
            return int(value)
        self.fault(f"{name}: {value!r} is not a whole number from {least} to {setting.most}")
        return None

    def path(self, name: str) -> Path | None:
        value = self.text(name)
        return Path(value) if value else None

    def file(self, name: str) -> Path | None:
        path = self.path(name)
        if path is not None and not path.is_file():
            self.fault(f"{name}: {path} is not a file")
        return path

    def secret(self, name: str) -> bytes:
        """Return a secret from its variable or its file; no fault of it ever says its value."""
        setting = _BY_NAME[name]
        value = self._environment.get(name, "")
        file = self._environment.get(name + _FILE, "")
        if value and file:
            self.fault(f"{name}: set both here and by {name}{_FILE}; keep one")
        if value:
            return value.encode("utf-8", "surrogateescape")
        if file:
            try:
                # Editors and `echo` end a file with a line break; it is not part of the secret.
                secret = re.sub(rb"\r?\n\Z", b"", Path(file).read_bytes())
            except OSError as error:
                self.fault(f"{name}{_FILE}: {file} cannot be read: {error.strerror}")
                return b""
            if not secret:
                self.fault(f"{name}{_FILE}: {file} is empty")
            return secret
        if setting.required:
            self.fault(f"{name}: not set, nor {name}{_FILE}. {setting.what}")
        return b""


def _scrub(values: _Values, reference: Path | None, payer_packs: Path | None) -> Settings:
    reference = reference or values.path("SCRUBBER_REFERENCE")
    payer_packs = payer_packs or values.path("SCRUBBER_PAYER_PACKS")
    for option, folder in (
        ("SCRUBBER_REFERENCE or --reference", reference),
        ("SCRUBBER_PAYER_PACKS or --payer-packs", payer_packs),
    ):
        if folder is not None and not folder.is_dir():
            values.fault(f"{option}: {folder} is not a directory")
    return Settings(reference or starter_directory(), payer_packs, _sampling_secret(values))


def _sampling_secret(values: _Values) -> bytes:
    secret = values.secret("SCRUBBER_SAMPLING_SECRET")
    if secret and len(secret) < _KEY_BYTES.start:
        values.fault(f"SCRUBBER_SAMPLING_SECRET: {len(secret)} bytes; it takes 16 or more")
    return secret


def _key(values: _Values) -> bytes:
    key = values.secret("SCRUBBER_KEY_SECRET")
    if key and len(key) not in _KEY_BYTES:
        values.fault(f"SCRUBBER_KEY_SECRET: {len(key)} bytes; it takes 16 to 64")
    return key


def _security(values: _Values) -> Security:
    password = values.secret("SCRUBBER_SASL_PASSWORD")
    try:
        password_text = password.decode()
    except UnicodeDecodeError:
        password_text = ""
        values.fault("SCRUBBER_SASL_PASSWORD: not UTF-8")
    security = Security(
        protocol=values.text("SCRUBBER_SECURITY_PROTOCOL"),
        ca_file=values.file("SCRUBBER_TLS_CA_FILE"),
        cert_file=values.file("SCRUBBER_TLS_CERT_FILE"),
        key_file=values.file("SCRUBBER_TLS_KEY_FILE"),
        sasl_mechanism=values.text("SCRUBBER_SASL_MECHANISM"),
        username=values.text("SCRUBBER_SASL_USERNAME"),
        password=password_text,
        token_file=values.file("SCRUBBER_SASL_TOKEN_FILE"),
    )
    tls = security.protocol.endswith("SSL")
    sasl = security.protocol.startswith("SASL_")
    token = sasl and security.sasl_mechanism == "OAUTHBEARER"
    word = sasl and security.sasl_mechanism not in {"", "OAUTHBEARER"}
    cert, key = bool(security.cert_file), bool(security.key_file)
    # What is set in vain is a fault: who names a CA or a password does not expect plain text.
    for name, given, used, needed, use in (
        ("SCRUBBER_TLS_CA_FILE", bool(security.ca_file), tls, False, "SSL or SASL_SSL"),
        ("SCRUBBER_TLS_CERT_FILE", cert, tls, key, "SSL or SASL_SSL and SCRUBBER_TLS_KEY_FILE"),
        ("SCRUBBER_TLS_KEY_FILE", key, tls, cert, "SSL or SASL_SSL and SCRUBBER_TLS_CERT_FILE"),
        ("SCRUBBER_SASL_MECHANISM", bool(security.sasl_mechanism), sasl, sasl, "SASL_..."),
        ("SCRUBBER_SASL_USERNAME", bool(security.username), word, word, "PLAIN and SCRAM-..."),
        ("SCRUBBER_SASL_PASSWORD", bool(password), word, word, "PLAIN and SCRAM-..."),
        ("SCRUBBER_SASL_TOKEN_FILE", bool(security.token_file), token, token, "OAUTHBEARER"),
    ):
        if needed and not given:
            values.fault(f"{name}: not set; it is needed with {use}")
        elif given and not used:
            values.fault(
                f"{name}: set, but only used with {use}; see SCRUBBER_SECURITY_PROTOCOL"
                " and SCRUBBER_SASL_MECHANISM"
            )
    return security
