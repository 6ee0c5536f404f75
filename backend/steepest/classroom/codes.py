"""Codes and secrets of rooms. A log holds digests of secrets only."""

import base64
import hashlib
import hmac
import re
import secrets

# Without characters that look alike on a projector: 0 O, 1 I L, 2 Z, 5 S, 8 B.
ALPHABET = "34679ACDEFGHJKMNPQRTUVWXY"
LENGTH = 6


def new_code() -> str:
    """A random code, one of some 240 million."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def as_code(typed: str) -> str | None:
    """The code that a person typed, whatever its case, spaces and dashes; None for what cannot be one."""
    code = re.sub(r"[\s-]", "", typed).upper()
    return code if len(code) == LENGTH and all(letter in ALPHABET for letter in code) else None


def new_secret() -> str:
    """A random secret of 144 bits."""
    return secrets.token_urlsafe(18)


def screen_secret(teacher: str) -> str:
    """The secret of a room's projector, which whoever has the teacher's can tell; not the other way round."""
    return base64.urlsafe_b64encode(hashlib.sha256(b"screen " + teacher.encode()).digest()[:18]).decode()


def digest(secret: str) -> str:
    """What a log holds instead of a secret. Secrets are random and long, so a plain hash cannot be reversed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def matches(secret: str, kept: str) -> bool:
    """Whether a secret has this digest, in constant time."""
    return hmac.compare_digest(digest(secret), kept)
