"""A migrated, empty database that test databases are copied from, as long as no migration changes: migrating anew
costs each process of a test run some seconds.
"""

import contextlib
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import django
import psycopg2

from sbs_platform.local.places import database_url

VARIABLE = "SBS_TEST_TEMPLATE"
ROOT = Path(__file__).parent.parent


def make_template(var: Path) -> str:
    """Its name. Older ones are dropped."""
    name = f"migrated_{fingerprint()}"
    with contextlib.closing(psycopg2.connect(database_url(var, "postgres"))) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, 'migrated_')")
        found = {row[0] for row in cursor.fetchall()}
        for old in found - {name}:
            cursor.execute(f'DROP DATABASE "{old}" WITH (FORCE)')
        if name not in found:
            draft = f"{name}_draft"
            cursor.execute(f'CREATE DATABASE "{draft}"')
            migrate(database_url(var, draft))
            cursor.execute(f'ALTER DATABASE "{draft}" RENAME TO "{name}"')
    return name


def fingerprint() -> str:
    found = sorted((ROOT / "apps").glob("*/migrations/*.py"))
    parts = [django.__version__.encode(), *(path.name.encode() + path.read_bytes() for path in found)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


def migrate(url: str) -> None:
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    env = {**os.environ, "DATABASE_URL": url, "CELERY_BROKER_URL": "memory://"}
    subprocess.run(command, cwd=ROOT, env=env, check=True)
