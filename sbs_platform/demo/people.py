"""The demo's sign-ins: one person per role, and programs that judge and say so."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from apps.accounts.models import Role, User
from apps.accounts.services import create_user

SIMULATED = 6


@dataclass(frozen=True)
class People:
    admin: User
    researcher: User
    assessor: User


def load_people(var: Path) -> People:
    """Make the three accounts once; their passwords are kept in `var/sign-in.txt` (owner only) and nowhere else."""
    people = {role: User.objects.filter(email=email_of(role)).first() for role in Role.values}
    missing = [role for role, user in people.items() if user is None]
    if missing:
        passwords = {role: secrets.token_urlsafe(12) for role in missing}
        for role, password in passwords.items():
            people[role] = create_user(
                actor=None, email=email_of(role), name=f"Demo {role}", role=role, password=password
            )
        write_sign_ins(var / "sign-in.txt", passwords)
    return People(**{role: user for role, user in people.items() if user is not None})


def load_simulated() -> list[tuple[User, str]]:
    """The programs that judge, each with a password that lives only as long as this process."""
    return [with_new_password(number) for number in range(1, SIMULATED + 1)]


def with_new_password(number: int) -> tuple[User, str]:
    email, password = f"simulated-{number}@demo.example", secrets.token_urlsafe(24)
    user = User.objects.filter(email=email).first()
    if user is None:
        user = create_user(
            actor=None,
            email=email,
            name=f"Simulated assessor {number}",
            role=Role.ASSESSOR,
            password=password,
            simulated=True,
        )
    else:
        user.set_password(password)
        user.save(update_fields=["password"])
    return user, password


def email_of(role: str) -> str:
    return f"{role}@demo.example"


def write_sign_ins(path: Path, passwords: dict[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a") as file:
        file.writelines(f"{role:<11} {email_of(role):<28} {password}\n" for role, password in passwords.items())
