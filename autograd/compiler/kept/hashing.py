"""The hash by which entries are found and shown to be undamaged: BLAKE2b, RFC 7693.

It is imported from ``_blake2``, from which `hashlib` takes it, where there is such a module: `hashlib`
loads OpenSSL, which takes as long as finding, reading and linking an entry.
"""

from __future__ import annotations

try:
    from _blake2 import blake2b
except ImportError:
    from hashlib import blake2b

HASH = 32  # bytes


def hashed(content: bytes | memoryview) -> bytes:
    """The hash of some bytes."""
    return blake2b(content, digest_size=HASH).digest()
