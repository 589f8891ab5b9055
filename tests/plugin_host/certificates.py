"""A certificate for a test's own https server."""

import ssl
import subprocess
from pathlib import Path


def certified(folder: Path, *hosts: str) -> tuple[Path, ssl.SSLContext]:
    """A file with a certificate for some hosts, and the context of a server that shows it."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    names = ",".join(f"DNS:{host}" for host in hosts)
    making = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    making += ["-subj", "/CN=test", "-addext", f"subjectAltName={names}", "-days", "2"]
    subprocess.run([*making, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return certificate, context
