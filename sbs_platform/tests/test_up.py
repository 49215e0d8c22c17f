"""`manage.py up` as a person meets it. A start takes seconds, so one var folder goes through a whole life."""

import contextlib
from pathlib import Path

import psycopg2
import pytest
from django.core.management import call_command

from sbs_platform.local.places import database_url
from sbs_platform.tests.site import Site, gone_within, status
from tests.live_worker import environment_of_test

pytestmark = pytest.mark.worker


def test_a_life_of_refused_twins_kill_9_and_a_dead_child(passable_path: Path) -> None:
    var = passable_path / "var"
    first = Site(var, "--no-demo")
    address = first.wait_until_ready()
    assert status(address) == 200
    twin_is_refused(var, address)
    keep_a_row(var)

    first.process.kill()
    second = Site(var, "--no-demo")
    assert status(second.wait_until_ready()) == 200
    assert kept_rows(var) == [(1,)]

    second.child("celery -A sbs_platform worker").kill()
    assert second.wait() != 0
    assert "worker has ended (killed by SIGKILL)" in second.said
    assert "ready." in second.said.partition("Its last lines")[2]
    assert gone_within(var, 1)
    assert not (var / "pg" / "postmaster.pid").exists()


def twin_is_refused(var: Path, address: str) -> None:
    twin = Site(var, "--no-demo")
    assert twin.wait() != 0
    assert f"already running at {address}" in twin.said
    assert status(address) == 200


def keep_a_row(var: Path) -> None:
    with contextlib.closing(psycopg2.connect(database_url(var))) as connection, connection:
        connection.cursor().execute("CREATE TABLE kept AS SELECT 1 AS row")


def kept_rows(var: Path) -> list[tuple[int]]:
    with contextlib.closing(psycopg2.connect(database_url(var))) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT row FROM kept")
        return cursor.fetchall()


def test_the_environment_wins_and_stop_stops(tmp_path: Path, transactional_db: None) -> None:
    given = environment_of_test()
    var = tmp_path / "var"
    site = Site(var, "--no-demo", **{name: given[name] for name in ("DATABASE_URL", "CELERY_BROKER_URL")})
    assert status(site.wait_until_ready()) == 200
    assert "Starting PostgreSQL" not in site.said
    assert "Starting Valkey" not in site.said
    assert not (var / "pg").exists()

    asked = Site(var, "--stop")
    assert asked.wait() == 0
    assert site.wait() == 0
    assert gone_within(var, 1)


def test_a_database_that_does_not_answer_is_named(tmp_path: Path) -> None:
    site = Site(tmp_path / "var", "--no-demo", DATABASE_URL="postgresql://sbs:secret@127.0.0.1:1/sbs")
    assert site.wait() == 1
    assert "The database does not answer" in site.said
    assert "secret" not in site.said
    assert "Traceback" not in site.said


def test_nothing_to_stop_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("up", "--stop")
    assert "Nothing is running" in capsys.readouterr().out
