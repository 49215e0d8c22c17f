"""One small cast of test people, defined once, and the settings that make tests quick and their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import Settings

    from apps.accounts.models import User


@dataclass(frozen=True)
class Cast:
    """`researcher` owns the bucket, `assessor` judges in it, `outsider` is a researcher who must see nothing of it."""

    researcher: User
    assessor: User
    outsider: User
    admin: User


@pytest.fixture(autouse=True)
def quick_and_separate(settings: Settings, tmp_path: Path) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def cast(db: None) -> Cast:
    from apps.accounts.tests.makers import make_user

    return Cast(
        researcher=make_user("researcher@example.org", role="researcher"),
        assessor=make_user("assessor@example.org", role="assessor"),
        outsider=make_user("outsider@example.org", role="researcher"),
        admin=make_user("admin@example.org", role="admin"),
    )
