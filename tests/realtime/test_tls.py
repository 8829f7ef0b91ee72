"""Under TLS frames go through it, not past it."""

import datetime
import ssl
import sys
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from websockets.asyncio.client import connect

from tests.realtime.interleaved import receive_interleaved
from tests.servers.chat import PROJECT
from tests.servers.program import Program, free_port, listens


class TlsServer(Program):
    def __init__(self, folder: Path):
        super().__init__(folder)
        self.port = free_port()
        self.certificate = folder / "certificate.pem"
        self.certificate.write_bytes(_certificate())

    def command(self):
        return [sys.executable, "-m", "tests.realtime.tls_server", str(self.port), str(self.certificate)]

    def environment(self):
        return super().environment() | {"PYTHONPATH": str(PROJECT)}

    def answers(self):
        return listens(self.port)


@pytest.fixture
def tls_server(tmp_path):
    server = TlsServer(tmp_path)
    server.start()
    yield server
    assert server.stop() == 0


async def test_framed_messages_are_encrypted_like_all_others(tls_server):
    trust = ssl.create_default_context(cafile=tls_server.certificate)
    async with connect(f"wss://localhost:{tls_server.port}/interleaved?100", ssl=trust, max_size=None) as client:
        await receive_interleaved(client, 100)


def _certificate() -> bytes:
    """A key and a certificate of it for localhost, both PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + certificate.public_bytes(serialization.Encoding.PEM)
