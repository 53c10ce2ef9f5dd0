"""A certificate authority of one hall: devices install its root, the laptop serves https with a leaf of it."""

import ipaddress
import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

GOOD_FOR = timedelta(days=90)
"""Longer than any hall; browsers refuse leaves of more than 398 days."""
_EARLIER = timedelta(days=1)  # for devices whose clock is behind


def fingerprint_lines(pem: bytes) -> list[str]:
    """SHA-256 in pairs, as every device shows it, in four lines that can be compared one by one."""
    pairs = x509.load_pem_x509_certificate(pem).fingerprint(hashes.SHA256()).hex(":").upper().split(":")
    return [":".join(pairs[start : start + 8]) for start in range(0, len(pairs), 8)]


def write_authority(folder: Path, hosts: Sequence[str], *, at: datetime) -> None:
    """`ca.crt`, and for these names and addresses `server.crt` with `server.key`. The root's private half is kept nowhere.

    For other hosts later a new root is needed: a stolen laptop must not be able to speak for any other site.
    """
    root_key = ec.generate_private_key(ec.SECP256R1())
    root = _root(root_key, hosts, at)
    key = ec.generate_private_key(ec.SECP256R1())
    leaf = _leaf(root, root_key, key, hosts, at)
    pem = serialization.Encoding.PEM
    (folder / "ca.crt").write_bytes(root.public_bytes(pem))
    (folder / "server.crt").write_bytes(leaf.public_bytes(pem) + root.public_bytes(pem))
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    descriptor = os.open(folder / "server.key", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(private)


def serves(folder: Path, hosts: Sequence[str], *, at: datetime) -> bool:
    """Is there a certificate for exactly these hosts that is still good?"""
    path = folder / "server.crt"
    if not path.is_file():
        return False
    leaf = x509.load_pem_x509_certificate(path.read_bytes())
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return list(names) == _names(hosts) and leaf.not_valid_before_utc <= at < leaf.not_valid_after_utc


def _root(key: ec.EllipticCurvePrivateKey, hosts: Sequence[str], at: datetime) -> x509.Certificate:
    """Good for these hosts only: name constraints keep it from vouching for anybody else."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Diancai hall {at:%Y-%m-%d}")])
    permitted = [*(_permitted(one) for one in _names(hosts)), x509.DNSName("invalid")]  # or any DNS name would do
    builder = _begun(name, name, key.public_key(), at)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(x509.NameConstraints(permitted, None), critical=True)
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    return builder.add_extension(usage, critical=True).sign(key, hashes.SHA256())


def _leaf(
    root: x509.Certificate,
    root_key: ec.EllipticCurvePrivateKey,
    key: ec.EllipticCurvePrivateKey,
    hosts: Sequence[str],
    at: datetime,
) -> x509.Certificate:
    # No host: where a leaf has one here, OpenSSL takes it for a DNS name, which the root does not permit.
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Diancai hall server")])
    builder = _begun(name, root.subject, key.public_key(), at)
    builder = builder.add_extension(x509.SubjectAlternativeName(_names(hosts)), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    builder = builder.add_extension(usage, critical=False)
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
    return builder.add_extension(issuer, critical=False).sign(root_key, hashes.SHA256())


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, at: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - _EARLIER)
        .not_valid_after(at + GOOD_FOR)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _names(hosts: Sequence[str]) -> list[x509.GeneralName]:
    return [_name(host) for host in hosts]


def _name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _permitted(name: x509.GeneralName) -> x509.GeneralName:
    """A name constraint wants a network where a name has one address."""
    if isinstance(name, x509.IPAddress):
        return x509.IPAddress(ipaddress.ip_network(name.value))
    return name
