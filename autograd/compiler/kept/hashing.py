"""The hash by which entries are found and proved whole: BLAKE2b, RFC 7693.

It is taken from where `hashlib` has it, if this Python says where: `hashlib` loads OpenSSL first, which
takes as long as looking for an entry, reading it and joining its code.
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
