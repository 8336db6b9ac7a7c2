"""Settings are read by one table, whole or not at all."""

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from scrubber.pipeline.settings import (
    KNOWN,
    SETTINGS,
    SHORTER,
    SettingsError,
    read_settings,
    read_stream_settings,
)

SECRET = "sample-key-of-32-bytes-for-tests"
LEAST = {"SCRUBBER_BOOTSTRAP_SERVERS": "localhost:9092", "SCRUBBER_KEY_SECRET": SECRET}


def faults_of(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return what is wrong with the environment."""
    with pytest.raises(SettingsError) as caught:
        read_stream_settings(environment)
    return caught.value.faults


def test_two_settings_are_enough() -> None:
    """Everything else has a safe default."""
    settings = read_stream_settings(LEAST)
    assert settings.bootstrap_servers == "localhost:9092"
    assert settings.key_secret == SECRET.encode()
    assert (settings.app_id, settings.topic_prefix, settings.log_level) == (
        "claims-scrubber",
        "",
        "info",
    )
    assert (settings.http_host, settings.http_port) == ("127.0.0.1", 6066)
    assert (settings.state_dir, settings.partitions, settings.replication) == (None, None, None)
    assert (settings.history_days, settings.batch_records) == (1100, 500)
    assert (settings.session_timeout_ms, settings.rebalance_timeout_ms) == (45000, 60000)
    assert settings.security.protocol == "PLAINTEXT"
    assert settings.scrub == read_settings({})


def test_what_is_set_counts(tmp_path: Path) -> None:
    """Each kind of value: word, number, path."""
    settings = read_stream_settings(
        LEAST
        | {
            "SCRUBBER_APP_ID": "scrubber-b",
            "SCRUBBER_PARTITIONS": "4",
            "SCRUBBER_STATE_DIR": str(tmp_path),
            "SCRUBBER_LOG_LEVEL": "",
        }
    )
    assert settings.app_id == "scrubber-b"
    assert settings.partitions == 4
    assert settings.state_dir == tmp_path
    assert settings.log_level == "info"


def test_the_worker_reads_every_row_of_the_table_and_nothing_else() -> None:
    """A row nobody reads would be a setting that does nothing."""

    class Watched(Mapping[str, str]):
        def __init__(self) -> None:
            self.asked: set[str] = set()

        def __getitem__(self, name: str) -> str:
            self.asked.add(name)
            return LEAST[name]

        def __iter__(self) -> Iterator[str]:
            return iter(LEAST)

        def __len__(self) -> int:
            return len(LEAST)

    environment = Watched()
    read_stream_settings(environment)
    assert environment.asked == set(KNOWN)


def test_all_faults_are_told_at_once() -> None:
    """The operator mends them in one go; the required ones are among them."""
    faults = faults_of({"SCRUBBER_HTTP_PORT": "http", "SCRUBBER_LOG_LEVEL": "loud"})
    assert [fault.partition(":")[0] for fault in faults] == [
        "SCRUBBER_BOOTSTRAP_SERVERS",
        "SCRUBBER_KEY_SECRET",
        "SCRUBBER_HTTP_PORT",
        "SCRUBBER_LOG_LEVEL",
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SCRUBBER_BOOTSTRAP_SERVERS", "localhost"),
        ("SCRUBBER_BOOTSTRAP_SERVERS", "a b:1"),
        ("SCRUBBER_BOOTSTRAP_SERVERS", "a:1, b:2"),
        ("SCRUBBER_BOOTSTRAP_SERVERS", "http://a:1"),
        ("SCRUBBER_APP_ID", "a b"),
        ("SCRUBBER_TOPIC_PREFIX", "a/"),
        ("SCRUBBER_PARTITIONS", "0"),
        ("SCRUBBER_PARTITIONS", "-1"),
        ("SCRUBBER_BATCH_RECORDS", "1_0"),
        ("SCRUBBER_HTTP_PORT", "65536"),
        ("SCRUBBER_SECURITY_PROTOCOL", "TLS"),
        ("SCRUBBER_SASL_MECHANISM", "GSSAPI"),
        ("SCRUBBER_TLS_CA_FILE", "/nowhere"),
        ("SCRUBBER_REFERENCE", "/nowhere"),
    ],
)
def test_a_value_that_cannot_be_used_is_a_fault_of_its_name(name: str, value: str) -> None:
    """It says the name and the value."""
    assert any(
        fault.startswith(name) and value in fault for fault in faults_of(LEAST | {name: value})
    )


@pytest.mark.parametrize(
    "servers", ["a:1,b:2", "[::1]:9092", "kafka-0.kafka.claims.svc.cluster.local:9093"]
)
def test_servers_are_host_and_port(servers: str) -> None:
    """IPv6 stands in brackets."""
    environment = LEAST | {"SCRUBBER_BOOTSTRAP_SERVERS": servers}
    assert read_stream_settings(environment).bootstrap_servers == servers


@pytest.mark.parametrize("read", [read_settings, read_stream_settings])
def test_a_misspelt_setting_is_answered_with_the_right_one(read: object) -> None:
    """`check` says it too."""
    assert callable(read)
    with pytest.raises(SettingsError, match=r"STATE_DIRR: no such.*mean SCRUBBER_STATE_DIR\?"):
        read(LEAST | {"SCRUBBER_STATE_DIRR": "x"})
    with pytest.raises(SettingsError, match=r"SCRUBBER_5: no such setting; docs/settings.md"):
        read(LEAST | {"SCRUBBER_5": "x"})


def test_check_lets_the_settings_of_the_worker_stand() -> None:
    """One host, one environment: even values that the worker would refuse."""
    assert read_settings(dict.fromkeys(set(KNOWN) - {"SCRUBBER_REFERENCE", "SCRUBBER_PAYER_PACKS"}))


@pytest.mark.parametrize(("short", "long", "why"), SHORTER)
def test_times_keep_their_order(short: str, long: str, why: str) -> None:
    """Equal is not shorter, whatever the units."""
    rows = {setting.name: setting for setting in SETTINGS}
    scale = {"ms": 1, "s": 1000}
    value = int(rows[long].default) * scale[rows[long].unit] // scale[rows[short].unit]
    assert any(
        fault == f"{short}: must be shorter than {long}; {why}"
        for fault in faults_of(LEAST | {short: str(value)})
    )


@pytest.mark.parametrize("size", [16, 64])
def test_a_key_of_16_to_64_bytes_will_do(size: int) -> None:
    """Both limits."""
    settings = read_stream_settings(LEAST | {"SCRUBBER_KEY_SECRET": "k" * size})
    assert settings.key_secret == b"k" * size


@pytest.mark.parametrize("size", [15, 65])
def test_a_key_of_another_length_is_refused_unseen(size: int) -> None:
    """One byte less, one more; the fault says how many."""
    (fault,) = faults_of(LEAST | {"SCRUBBER_KEY_SECRET": "k" * size})
    assert fault == f"SCRUBBER_KEY_SECRET: {size} bytes; it takes 16 to 64"


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_a_secret_may_stand_in_a_file(tmp_path: Path, end: bytes) -> None:
    """The line break at the end is the editor's."""
    file = tmp_path / "key"
    file.write_bytes(b"\xff" * 16 + end)
    environment = {"SCRUBBER_BOOTSTRAP_SERVERS": "a:1", "SCRUBBER_KEY_SECRET_FILE": str(file)}
    assert read_stream_settings(environment).key_secret == b"\xff" * 16


def test_a_secret_stands_in_one_place_that_can_be_read(tmp_path: Path) -> None:
    """Not in two, not nowhere, not in an empty file."""
    empty = tmp_path / "empty"
    empty.write_text("\n")
    file = "SCRUBBER_KEY_SECRET_FILE"
    assert faults_of(LEAST | {file: str(empty)}) == (
        "SCRUBBER_KEY_SECRET: set both here and by SCRUBBER_KEY_SECRET_FILE; keep one",
    )
    servers = {"SCRUBBER_BOOTSTRAP_SERVERS": "a:1"}
    assert faults_of(servers | {file: str(empty)}) == (f"{file}: {empty} is empty",)
    assert faults_of(servers | {file: "/no"}) == (
        f"{file}: /no cannot be read: No such file or directory",
    )


def sasl(**more: str) -> dict[str, str]:
    """Return an environment with SASL, and more of it."""
    return (
        LEAST
        | {"SCRUBBER_SECURITY_PROTOCOL": "SASL_SSL"}
        | {f"SCRUBBER_{name}": value for name, value in more.items()}
    )


def test_passwords_and_tokens_belong_to_their_mechanisms(tmp_path: Path) -> None:
    """What is missing and what would do nothing are both faults."""
    token = tmp_path / "token"
    token.touch()
    settings = read_stream_settings(
        sasl(SASL_MECHANISM="SCRAM-SHA-512", SASL_USERNAME="u", SASL_PASSWORD="geheim")
    )
    assert (settings.security.username, settings.security.password) == ("u", "geheim")
    settings = read_stream_settings(sasl(SASL_MECHANISM="OAUTHBEARER", SASL_TOKEN_FILE=str(token)))
    assert settings.security.token_file == token
    for environment, named in (
        (sasl(), ["SASL_MECHANISM"]),
        (sasl(SASL_MECHANISM="PLAIN"), ["SASL_USERNAME", "SASL_PASSWORD"]),
        (sasl(SASL_MECHANISM="OAUTHBEARER"), ["SASL_TOKEN_FILE"]),
        (LEAST | {"SCRUBBER_SASL_PASSWORD": "geheim"}, ["SASL_PASSWORD"]),
        (LEAST | {"SCRUBBER_TLS_CA_FILE": str(token)}, ["TLS_CA_FILE"]),
        (
            LEAST | {"SCRUBBER_SECURITY_PROTOCOL": "SSL", "SCRUBBER_TLS_CERT_FILE": str(token)},
            ["TLS_KEY_FILE"],
        ),
    ):
        assert [fault.partition(":")[0] for fault in faults_of(environment)] == [
            f"SCRUBBER_{name}" for name in named
        ]


def test_a_password_is_text(tmp_path: Path) -> None:
    """The fault does not show it."""
    file = tmp_path / "password"
    file.write_bytes(b"\xffgeheim")
    environment = sasl(SASL_MECHANISM="PLAIN", SASL_USERNAME="u", SASL_PASSWORD_FILE=str(file))
    assert faults_of(environment) == ("SCRUBBER_SASL_PASSWORD: not UTF-8",)


def test_no_secret_comes_out_in_a_repr_or_a_fault() -> None:
    """Not in the settings, not in an error about another setting."""
    environment = sasl(SASL_MECHANISM="PLAIN", SASL_USERNAME="u", SASL_PASSWORD="geheim")
    settings = read_stream_settings(environment)
    assert SECRET not in repr(settings)
    assert "geheim" not in repr(settings)
    assert {one.name for one in dataclasses.fields(settings) if not one.repr} == {"key_secret"}
    told = " ".join(faults_of(environment | {"SCRUBBER_X": "", "SCRUBBER_SASL_MECHANISM": "NO"}))
    assert "geheim" not in told
    assert SECRET not in told
