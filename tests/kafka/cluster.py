"""
One or three nodes of Apache Kafka (KRaft, broker and controller in one) on 127.0.0.1.

Every call blocks; from a coroutine use `await asyncio.to_thread(cluster.kill, 1)`.
Clients use `bootstrap_servers`, which speaks `security`. The nodes speak plain text with each
other and with the test itself (`plain_bootstrap_servers`), so a test can always look.
"""

import asyncio
import contextlib
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from aiokafka.protocol.admin import CreateAclsRequest

from tests.kafka.certificates import Certificates, make_certificates
from tests.kafka.jars import CACHE, DEFAULT_VERSION, find_jars, find_java

Security = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
Operation = Literal[
    "ALL", "READ", "WRITE", "CREATE", "DELETE", "ALTER", "DESCRIBE",
    "DESCRIBE_CONFIGS", "ALTER_CONFIGS", "IDEMPOTENT_WRITE",
]  # fmt: skip
Resource = Literal["TOPIC", "GROUP", "CLUSTER", "TRANSACTIONAL_ID"]
T = TypeVar("T")

#: The protocol's numbers (org.apache.kafka.common.acl.AclOperation, ...resource.ResourceType).
OPERATIONS: dict[Operation, int] = {
    "ALL": 2,
    "READ": 3,
    "WRITE": 4,
    "CREATE": 5,
    "DELETE": 6,
    "ALTER": 7,
    "DESCRIBE": 8,
    "DESCRIBE_CONFIGS": 10,
    "ALTER_CONFIGS": 11,
    "IDEMPOTENT_WRITE": 12,
}
RESOURCES: dict[Resource, int] = {"TOPIC": 2, "GROUP": 3, "CLUSTER": 4, "TRANSACTIONAL_ID": 5}

HERE = Path(__file__).parent
START_TIMEOUT_S = 180.0
STOP_TIMEOUT_S = 20.0
#: Small and quick to start: no second compiler, no collector threads.
JAVA_OPTIONS = (
    "-Xmx512m",
    "-XX:TieredStopAtLevel=1",
    "-Xshare:auto",
    "-XX:+UseSerialGC",
    "-Djava.awt.headless=true",
    f"-Dlog4j2.configurationFile={HERE / 'log4j2.properties'}",
    f"-Dlog4j.configuration=file:{HERE / 'log4j1.properties'}",
)
#: Same names in 3.9 and 4.x.
SETTINGS = {
    "auto.create.topics.enable": "false",
    "broker.heartbeat.interval.ms": "500",
    # A node that was killed loses its leaderships, and may register again, after this.
    "broker.session.timeout.ms": "3000",
    "group.initial.rebalance.delay.ms": "0",
    "group.min.session.timeout.ms": "1000",
    # 128 MiB else, out of 512.
    "log.cleaner.dedupe.buffer.size": "4194304",
    "num.partitions": "1",
    "offsets.topic.num.partitions": "4",
    "transaction.abort.timed.out.transaction.cleanup.interval.ms": "2000",
    "transaction.state.log.num.partitions": "4",
}
SCRAM = ("SCRAM-SHA-256", "SCRAM-SHA-512")


class KafkaStartError(RuntimeError):
    """A node ended or never answered; the text ends with its log's last lines."""


class Cluster:
    """
    A real Kafka cluster in a folder of its own, with nodes numbered from 1.

    `settings` are broker settings that win over those of this module. `users` (name to password)
    may log in by PLAIN, SCRAM-SHA-256 and SCRAM-SHA-512 where `security` is SASL; OAUTHBEARER
    takes any unsecured token. `acls` lets nobody do anything but `superuser` and whom it allows.
    """

    def __init__(
        self,
        directory: Path,
        nodes: int = 1,
        version: str = DEFAULT_VERSION,
        settings: dict[str, str] | None = None,
        security: Security = "PLAINTEXT",
        *,
        users: dict[str, str] | None = None,
        acls: bool = False,
        superuser: str = "admin",
        port: int | None = None,
        proxied: bool = False,
    ) -> None:
        """
        Find Java and jars and choose ports; `port` is the first node's, else all are free ones.

        Where `proxied`, clients are sent to `proxy_ports`, where the test must pass them on to
        `client_ports`.
        """
        self.directory = directory
        self.version = version
        self.security = security
        self.users = users or {}
        self._settings = settings or {}
        self._acls = acls
        self._superuser = superuser
        self._java = find_java()
        self._jars = find_jars(version)
        self.nodes = tuple(range(1, nodes + 1))
        ports = free_ports(4 * nodes)
        self._proxied = proxied
        if port is not None:
            ports[0] = port
        self._ports = {
            name: dict(zip(self.nodes, ports[i * nodes :], strict=False))
            for i, name in enumerate(("PLAIN", "CONTROLLER", "CLIENT", "PROXY"))
        }
        self._cluster_id = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        self._running: dict[int, subprocess.Popen[bytes]] = {}
        self._keeper: subprocess.Popen[bytes] | None = None
        self.certificates: Certificates | None = None
        self._archive = f"-XX:SharedArchiveFile={class_archive(self._java, version)}"

    def __enter__(self) -> Self:
        """Start, and close at the end of the block."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave no process behind."""
        self.close()

    @property
    def plain_bootstrap_servers(self) -> str:
        """Where the test itself may look, whatever the security of the clients."""
        return self._addresses("PLAIN")

    @property
    def bootstrap_servers(self) -> str:
        """Where clients connect, with the protocol `security`."""
        if self._proxied:
            return self._addresses("PROXY")
        return self._addresses("CLIENT" if self._apart else "PLAIN")

    @property
    def proxy_ports(self) -> dict[int, int]:
        """Where clients of each node go, when `proxied`."""
        return self._ports["PROXY"]

    @property
    def client_ports(self) -> dict[int, int]:
        """Where each node listens to its clients, when `proxied`."""
        return self._ports["CLIENT"]

    @property
    def _apart(self) -> bool:
        """Clients have a listener of their own."""
        return self._proxied or self.security != "PLAINTEXT"

    def _addresses(self, listener: str) -> str:
        return ",".join(f"127.0.0.1:{port}" for port in self._ports[listener].values())

    def start(self) -> None:
        """Format the nodes, start them, and return when they truly serve."""
        make_class_archive(self._java, self.version)
        self._start_all()

    def _start_all(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        if self.security.endswith("SSL"):
            self.certificates = make_certificates(self.directory / "certificates")
        try:
            with ThreadPoolExecutor(len(self.nodes)) as pool:
                list(pool.map(self._format, self.nodes))
            for node in self.nodes:
                self._spawn(node)
            self.wait_until_ready()
        except BaseException:
            self.close()
            raise

    def start_node(self, node: int) -> None:
        """Start a node that is down, on its ports and with its data, and wait until it serves."""
        if not (self.data_of(node) / "meta.properties").is_file():
            self._format(node)
        self._spawn(node)
        self.wait_until_ready()

    def kill(self, node: int) -> None:
        """End a node as a power cut does (SIGKILL), and return when it is gone."""
        self._end(node, signal.SIGKILL)

    def terminate(self, node: int) -> None:
        """Ask a node to shut down (SIGTERM), and return when it is gone."""
        self._end(node, signal.SIGTERM)

    def pause(self, node: int) -> None:
        """Freeze a node: its connections stay open, and it says nothing."""
        os.killpg(self.pid_of(node), signal.SIGSTOP)

    def resume(self, node: int) -> None:
        """Let a frozen node go on."""
        os.killpg(self.pid_of(node), signal.SIGCONT)

    def wipe(self, node: int) -> None:
        """Remove the data of a node that is down: its disk is lost."""
        assert node not in self._running, "a running node's disk cannot be taken away"
        shutil.rmtree(self.data_of(node))

    def close(self) -> None:
        """End every node at once, and return when all are gone; may be called twice."""
        for process in self._running.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        for node in tuple(self._running):
            self._end(node, signal.SIGKILL)
        if self._keeper:
            assert self._keeper.stdin
            self._keeper.stdin.close()
            self._keeper.wait(STOP_TIMEOUT_S)
            self._keeper = None

    def data_of(self, node: int) -> Path:
        """Return the node's folder of data."""
        return self.directory / f"node-{node}"

    def log_of(self, node: int) -> Path:
        """Return the node's log file, which goes on over restarts."""
        return self.directory / f"node-{node}.log"

    def pid_of(self, node: int) -> int:
        """Return the running node's process id, which is its process group's too."""
        return self._running[node].pid

    def rss_of(self, node: int) -> int:
        """Return the node's resident memory in KiB (Linux)."""
        status = Path(f"/proc/{self.pid_of(node)}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0])

    def leader_of(self, topic: str, partition: int = 0) -> int:
        """Return the node that leads this partition, -1 for none."""

        async def ask(admin: AIOKafkaAdminClient) -> int:
            (described,) = await admin.describe_topics([topic])
            found = {one["partition"]: one["leader"] for one in described["partitions"]}
            return int(found[partition])

        return self._with_admin(ask)

    def fewest_in_sync(self) -> int:
        """Return how many copies the partition with the fewest of them has, of all topics."""

        async def ask(admin: AIOKafkaAdminClient) -> int:
            topics = await admin.describe_topics()
            return min(len(one["isr"]) for topic in topics for one in topic["partitions"])

        return self._with_admin(ask)

    def allow(
        self,
        user: str,
        operations: tuple[Operation, ...],
        kind: Resource,
        name: str,
        *,
        prefix: bool = False,
    ) -> None:
        """Allow this user these operations on a resource, or on all whose name begins so."""

        async def ask(admin: AIOKafkaAdminClient) -> None:
            for operation in operations:
                answer = await admin._send_request(
                    CreateAclsRequest(
                        RESOURCES[kind],
                        name,
                        4 if prefix else 3,
                        f"User:{user}",
                        "*",
                        OPERATIONS[operation],
                        3,
                    )
                )
                for code, message in answer.creation_responses:
                    assert code == 0, message

        self._with_admin(ask)

    def wait_until_ready(self, timeout_s: float = START_TIMEOUT_S) -> None:
        """Return when all running nodes are registered and groups and transactions work."""

        async def registered(admin: AIOKafkaAdminClient) -> None:
            cluster = await admin.describe_cluster()
            seen = {broker["node_id"] for broker in cluster["brokers"]}
            if not seen >= self._running.keys():
                raise NotReadyError(f"nodes {sorted(seen)} have registered")
            await admin.find_coordinator("cluster-ready")

        async def ready() -> None:
            await with_admin(self.plain_bootstrap_servers, registered)
            producer = AIOKafkaProducer(
                bootstrap_servers=self.plain_bootstrap_servers, transactional_id="cluster-ready"
            )
            try:
                await producer.start()
            finally:
                await producer.stop()

        deadline = time.monotonic() + timeout_s
        while True:
            for node, process in self._running.items():
                if process.poll() is not None:
                    raise KafkaStartError(f"node {node} ended: {self._last_words(node)}")
            try:
                if all(self._listens(node) for node in self._running):
                    run(lambda: asyncio.wait_for(ready(), deadline - time.monotonic()))
                    return
                why: object = "a node does not listen"
            except (KafkaError, NotReadyError, OSError, TimeoutError) as error:
                why = repr(error)
            if time.monotonic() > deadline:
                words = "\n".join(self._last_words(node) for node in self._running)
                raise KafkaStartError(f"not ready after {timeout_s} s: {why}\n{words}")
            time.sleep(0.05)

    def _listens(self, node: int) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self._ports["PLAIN"][node]), 1).close()
        except OSError:
            return False
        return True

    def _with_admin(self, ask: Callable[[AIOKafkaAdminClient], Coroutine[Any, Any, T]]) -> T:
        return run(lambda: with_admin(self.plain_bootstrap_servers, ask))

    def _last_words(self, node: int) -> str:
        return f"{self.log_of(node)}\n{self.log_of(node).read_text()[-3000:]}"

    def _command(self, main_class: str, *arguments: str) -> list[str]:
        classes = ":".join(map(str, self._jars))
        return [
            str(self._java),
            *JAVA_OPTIONS,
            self._archive,
            "-cp",
            classes,
            main_class,
            *arguments,
        ]

    def _format(self, node: int) -> None:
        """Write the node's settings and its empty storage; one that has data keeps it."""
        settings = self.directory / f"node-{node}.properties"
        values = self._properties(node)
        settings.write_text("".join(f"{key}={value}\n" for key, value in values.items()))
        scram = [
            f"--add-scram={mechanism}=[name={user},password={password}]"
            for user, password in self.users.items()
            for mechanism in SCRAM
        ]
        done = subprocess.run(
            self._command(
                "kafka.tools.StorageTool",
                "format",
                f"--cluster-id={self._cluster_id}",
                f"--config={settings}",
                "--ignore-formatted",
                *scram,
            ),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise KafkaStartError(f"node {node} was not formatted: {done.stdout}{done.stderr}")

    def _properties(self, node: int) -> dict[str, str]:
        replicas = str(len(self.nodes))
        in_sync = str(len(self.nodes) // 2 + 1)
        names = ["PLAIN", "CONTROLLER"] + (["CLIENT"] if self._apart else [])
        listeners = [f"{name}://127.0.0.1:{self._ports[name][node]}" for name in names]
        shown = [one for one in listeners if "CONTROLLER" not in one]
        if self._proxied:
            shown[-1] = f"CLIENT://127.0.0.1:{self.proxy_ports[node]}"
        protocols = {"PLAIN": "PLAINTEXT", "CONTROLLER": "PLAINTEXT", "CLIENT": self.security}
        voters = self._ports["CONTROLLER"].items()
        return {
            "process.roles": "broker,controller",
            "node.id": str(node),
            "controller.quorum.voters": ",".join(f"{one}@127.0.0.1:{port}" for one, port in voters),
            "controller.listener.names": "CONTROLLER",
            "inter.broker.listener.name": "PLAIN",
            "listeners": ",".join(listeners),
            "advertised.listeners": ",".join(shown),
            "listener.security.protocol.map": ",".join(f"{n}:{protocols[n]}" for n in names),
            "log.dirs": str(self.data_of(node)),
            "offsets.topic.replication.factor": replicas,
            "transaction.state.log.replication.factor": replicas,
            "transaction.state.log.min.isr": in_sync,
            "default.replication.factor": replicas,
            "min.insync.replicas": in_sync,
            **SETTINGS,
            **self._security_properties(),
            **self._settings,
        }

    def _security_properties(self) -> dict[str, str]:
        found: dict[str, str] = {}
        if self.security.startswith("SASL"):
            module = "org.apache.kafka.common.security"
            known = "".join(f' user_{name}="{word}"' for name, word in self.users.items())
            at = "listener.name.client"
            found |= {
                "sasl.enabled.mechanisms": ",".join(("PLAIN", *SCRAM, "OAUTHBEARER")),
                f"{at}.plain.sasl.jaas.config": f"{module}.plain.PlainLoginModule required{known};",
                f"{at}.oauthbearer.sasl.jaas.config": (
                    f"{module}.oauthbearer.OAuthBearerLoginModule required "
                    'unsecuredLoginStringClaim_sub="broker";'
                ),
            } | {
                f"{at}.{mechanism.lower()}.sasl.jaas.config": (
                    f"{module}.scram.ScramLoginModule required;"
                )
                for mechanism in SCRAM
            }
        if self.certificates:
            # Under ACLs a client of the SSL listener is its certificate's name, never ANONYMOUS.
            by_name = self._acls and self.security == "SSL"
            found |= {
                "ssl.keystore.type": "PEM",
                "ssl.keystore.location": str(self.certificates.broker),
                "ssl.truststore.type": "PEM",
                "ssl.truststore.location": str(self.certificates.authority),
                "ssl.client.auth": "required" if by_name else "requested",
            }
        if self._acls:
            found |= {
                "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                # The nodes themselves, and the test's own look, come by the plain listener.
                "super.users": f"User:ANONYMOUS;User:{self._superuser}",
            }
        return found

    def _spawn(self, node: int) -> None:
        assert node not in self._running, f"node {node} runs already"
        if self._keeper is None:
            self._keeper = subprocess.Popen(
                [sys.executable, "-I", "-S", str(HERE / "keeper.py")],
                stdin=subprocess.PIPE,
                start_new_session=True,
            )
        with self.log_of(node).open("ab") as log:
            process = subprocess.Popen(
                self._command("kafka.Kafka", str(self.directory / f"node-{node}.properties")),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.directory,
                start_new_session=True,
            )
        self._tell_keeper(f"+{process.pid}\n")
        self._running[node] = process

    def _tell_keeper(self, line: str) -> None:
        assert self._keeper
        assert self._keeper.stdin
        self._keeper.stdin.write(line.encode())
        self._keeper.stdin.flush()

    def _end(self, node: int, how: signal.Signals) -> None:
        process = self._running.pop(node)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        try:
            process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._tell_keeper(f"-{process.pid}\n")


class _Recorder(Cluster):
    """A node that writes down which classes it loaded, parsed, when it ends."""

    def record(self, archive: Path) -> bool:
        """Start, serve and end once; return whether the archive was written to its end."""
        self.directory.mkdir(parents=True)
        self._format(1)
        self._archive = f"-XX:ArchiveClassesAtExit={archive}"
        self._spawn(1)
        self.wait_until_ready()
        process = self._running[1]
        self.terminate(1)
        return archive.exists() and process.returncode != -signal.SIGKILL


def class_archive(java: Path, version: str) -> Path:
    """Return where this Java's parsed classes of this Kafka lie; Java does without if not there."""
    release = java.resolve().parent.parent / "release"
    key = release.read_bytes() if release.is_file() else str(java.resolve()).encode()
    return CACHE / version / f"{hashlib.sha256(key).hexdigest()[:16]}.jsa"


def make_class_archive(java: Path, version: str) -> None:
    """Spend ten seconds once, so that every start of a node takes half as long from then on."""
    archive = class_archive(java, version)
    if archive.exists():
        return
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        made = Path(folder) / archive.name
        recorder = _Recorder(Path(folder) / "node", version=version)
        try:
            if recorder.record(made):
                made.rename(archive)
        finally:
            recorder.close()


class NotReadyError(RuntimeError):
    """The cluster answers, but not yet with all its nodes."""


async def with_admin(
    bootstrap_servers: str, ask: Callable[[AIOKafkaAdminClient], Coroutine[Any, Any, T]]
) -> T:
    """Ask one question with an admin client of its own."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers)
    try:
        await admin.start()
        return await ask(admin)
    finally:
        await admin.close()


def run(job: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine to its end in a thread of its own, whatever loop the caller is in."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(job())).result()


def free_ports(count: int) -> list[int]:
    """Return ports that were free a moment ago, all different."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
