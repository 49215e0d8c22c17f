import os
import signal
import socket
import sys
import time
from pathlib import Path

import pytest

from sbs_platform.local import places
from sbs_platform.local.children import Child, ChildDied, stop_children
from sbs_platform.local.lock import AlreadyRunning, hold, read_holder
from sbs_platform.local.postgres import make_database, postgres_answers, start_postgres
from sbs_platform.local.site import listen


def wait_for_postgres(server: Child, var: Path) -> None:
    deadline = time.monotonic() + 60
    while not postgres_answers(var):
        server.check()
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("name", ["deep" * 40, "with space", "ключ"])
def test_sockets_move_to_a_short_folder_when_the_path_would_not_do(name: str) -> None:
    var = Path("/somewhere") / name
    assert len(os.fsencode(places.broker_socket(var))) < places.LONGEST_SOCKET_PATH
    assert " " not in places.broker_url(var)
    assert places.socket_dir(var) == places.socket_dir(var)
    assert places.socket_dir(var) != places.socket_dir(var.with_name("other" * 40))


def test_sockets_stay_in_a_short_var() -> None:
    assert places.socket_dir(Path("/srv/sbs/var")) == Path("/srv/sbs/var")


def test_the_secret_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    key = places.secret_key(tmp_path / "var")
    assert len(key) >= 50
    assert places.secret_key(tmp_path / "var") == key
    assert (tmp_path / "var" / "secret_key").stat().st_mode & 0o077 == 0


def test_a_child_that_has_ended_is_reported_with_its_last_30_lines(tmp_path: Path) -> None:
    program = "for n in range(100): print('line', n)\nraise SystemExit(3)"
    child = Child("teller", [sys.executable, "-c", program], log=tmp_path / "teller.log")
    child.process.wait(10)
    with pytest.raises(ChildDied) as caught:
        child.check()
    assert "teller has ended (exit code 3)" in str(caught.value)
    assert "line 99" in str(caught.value)
    assert "line 69" not in str(caught.value)


def test_a_child_that_ignores_the_request_to_stop_is_killed(tmp_path: Path) -> None:
    program = (
        "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('on', flush=True)\ntime.sleep(60)"
    )
    child = Child("deaf", [sys.executable, "-c", program], log=tmp_path / "deaf.log")
    while "on" not in (tmp_path / "deaf.log").read_text():
        time.sleep(0.02)
    stop_children([child], patience=0.3)
    assert child.exit_code == -signal.SIGKILL


def test_the_lock_lets_one_in_and_says_who(tmp_path: Path) -> None:
    path = tmp_path / "up.lock"
    with hold(path) as lock:
        lock.say("http://127.0.0.1:8000")
        with pytest.raises(AlreadyRunning, match=f"at http://127.0.0.1:8000 .process {os.getpid()}"), hold(path):
            pass
    with hold(path):
        assert read_holder(path) is not None


def test_a_port_that_is_taken_gives_the_next(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with listen(port) as listener:
            assert port < listener.getsockname()[1] <= port + 100


@pytest.mark.slow
def test_postgres_starts_beside_a_stale_pid_that_is_now_somebody_elses(passable_path: Path) -> None:
    var = passable_path / ("deep" * 30)
    var.mkdir()
    for _ in range(2):
        server = start_postgres(var, var / "postgres.log")
        wait_for_postgres(server, var)
        make_database(var)
        stop_children([server], patience=20)
        (var / "pg" / "postmaster.pid").write_text(f"{os.getpid()}\n{var / 'pg'}\n")


@pytest.mark.slow
def test_a_server_that_lost_its_supervisor_is_ended_first(passable_path: Path) -> None:
    (passable_path / "var").mkdir()
    orphan = start_postgres(passable_path / "var", passable_path / "postgres.log")
    wait_for_postgres(orphan, passable_path / "var")
    heir = start_postgres(passable_path / "var", passable_path / "postgres.log")
    wait_for_postgres(heir, passable_path / "var")
    assert orphan.exit_code == 0
    stop_children([heir], patience=20)
