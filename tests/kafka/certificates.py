"""A certificate authority of the tests' own, and what it signs, made by `openssl` as PEM files."""

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Certificates:
    """PEM files; `broker` holds key and certificate, as Kafka wants them."""

    authority: Path
    broker: Path
    client_certificate: Path
    client_key: Path


def make_certificates(folder: Path, client: str = "client") -> Certificates:
    """Make an authority, a broker's certificate for 127.0.0.1 and one for a client `CN=<client>`."""
    folder.mkdir(parents=True, exist_ok=True)
    new_key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc")
    authority, authority_key = folder / "authority.pem", folder / "authority.key"
    openssl(
        *("req", "-x509", *new_key, "-days", "30", "-subj", "/CN=scrubber test authority"),
        *("-addext", "keyUsage=critical,keyCertSign,cRLSign"),
        *("-keyout", authority_key, "-out", authority),
    )
    for name, subject in (("broker", "broker"), ("client", client)):
        openssl(
            *("req", "-x509", *new_key, "-days", "30", "-subj", f"/CN={subject}"),
            *("-CA", authority, "-CAkey", authority_key),
            *("-addext", "basicConstraints=critical,CA:FALSE"),
            *("-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"),
            *("-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem"),
        )
    broker = folder / "broker-key-and-certificate.pem"
    broker.write_text(
        "".join((folder / name).read_text() for name in ("broker.key", "broker.pem"))
        + authority.read_text()
    )
    return Certificates(authority, broker, folder / "client.pem", folder / "client.key")


def openssl(*arguments: str | Path) -> None:
    """Run `openssl`, which must succeed."""
    done = subprocess.run(["openssl", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
