"""RSA-SHA256 as both providers use it, on the audited primitives of ``cryptography``.

The comparison of a signature happens inside the primitive, on public values: it leaks nothing.
"""

from __future__ import annotations

import base64
import binascii
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from cryptography.x509 import load_pem_x509_certificate


@lru_cache(maxsize=32)
def _private(pem: str) -> RSAPrivateKey:
    key = load_pem_private_key(pem.encode(), None)
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("the merchant's key is not an RSA key")
    return key


@lru_cache(maxsize=32)
def _public(pem: str) -> RSAPublicKey:
    if "CERTIFICATE" in pem:
        key = load_pem_x509_certificate(pem.encode()).public_key()
    else:
        key = load_pem_public_key(pem.encode())  # type: ignore[assignment]  # the isinstance below narrows both
    if not isinstance(key, RSAPublicKey):
        raise ValueError("the provider's key is not an RSA key")
    return key


def sign(message: bytes, private_pem: str) -> str:
    """The signature of a message, in base64."""
    return base64.b64encode(_private(private_pem).sign(message, PKCS1v15(), SHA256())).decode()


def signed(message: bytes, signature: str, public_pem: str) -> bool:
    """Whether the holder of the key signed this message; a signature that is no base64 is none."""
    try:
        _public(public_pem).verify(base64.b64decode(signature, validate=True), message, PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True
