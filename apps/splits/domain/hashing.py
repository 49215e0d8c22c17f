"""Where a unit falls in [0, 1): GrowthBook's hash, version 2, so that its client libraries agree with the server."""

_OFFSET, _PRIME = 0x811C9DC5, 0x01000193


def fnv1a32(text: str) -> int:
    """32-bit FNV-1a over characters. `text` is ASCII: on anything else GrowthBook's own libraries disagree."""
    digest = _OFFSET
    for character in text.encode("ascii"):
        digest = (digest ^ character) * _PRIME & 0xFFFFFFFF
    return digest


def hash_v2(seed: str, value: str) -> float:
    """One of 10,000 places, the same for ever for one `seed` and `value`. Raises UnicodeEncodeError beyond ASCII."""
    return fnv1a32(str(fnv1a32(seed + value))) % 10_000 / 10_000
