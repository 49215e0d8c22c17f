"""What the choices about its leaks mean for a comparison."""

from collections.abc import Collection


def settle(choices: Collection[str | None]) -> str:
    """`excluded` as soon as one choice says so, `held` while one is missing (None), else `released`."""
    if "exclude" in choices:
        return "excluded"
    return "held" if None in choices else "released"
