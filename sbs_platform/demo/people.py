"""The demo's sign-ins: one person per role, and programs that judge and say so."""

import secrets
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

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
        people |= make_people(missing, var / "sign-in.txt")
    return People(**{role: user for role, user in people.items() if user is not None})


@transaction.atomic
def make_people(roles: list[str], kept: Path) -> dict[str, User]:
    """The accounts and the file with their passwords, or neither."""
    passwords = {role: secrets.token_urlsafe(12) for role in roles}
    made = {
        role: create_user(actor=None, email=email_of(role), name=f"Demo {role}", role=role, password=password)
        for role, password in passwords.items()
    }
    write_sign_ins(kept, passwords)
    return made


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
    known = {line.split()[0]: line for line in path.read_text().splitlines()} if path.exists() else {}
    known |= {role: f"{role:<11} {email_of(role):<28} {password}" for role, password in passwords.items()}
    draft = path.with_name(f".{path.name}")
    draft.touch(0o600)
    draft.write_text("".join(f"{line}\n" for line in known.values()))
    draft.replace(path)
