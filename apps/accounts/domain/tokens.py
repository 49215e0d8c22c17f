import hashlib


def hash_token(token: str) -> str:
    """What is kept of a secret that was shown once. Tokens are 256 random bits, so one round of SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()
