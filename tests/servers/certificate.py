"""A certificate for this machine alone, which nobody trusts unasked."""

import atexit
import datetime
import os
import shutil
import ssl
import tempfile
from functools import cache
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAYS = 30


@cache
def shared_certificates() -> Path:
    """A folder with a certificate that this process and its children trust from now on, until its end."""
    folder = Path(tempfile.mkdtemp(prefix="parley-tls-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    make_certificate(folder)
    os.environ["SSL_CERT_FILE"] = str(folder / "fullchain.pem")
    trust.cache_clear()
    return folder


@cache
def trust() -> ssl.SSLContext:
    """Whom this process trusts."""
    return ssl.create_default_context()


def make_certificate(folder: Path) -> None:
    """Puts `fullchain.pem` and `privkey.pem` for the loopback into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    (folder / "privkey.pem").chmod(0o600)
    (folder / "fullchain.pem").write_bytes(_signed(key).public_bytes(serialization.Encoding.PEM))


def _signed(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=DAYS))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
