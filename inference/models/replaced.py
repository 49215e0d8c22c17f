"""Whether a model's folder still holds what was loaded from it: training and unpacking replace folders by name."""

from collections.abc import Iterable
from pathlib import Path

FileState = tuple[str, int, int, int]  # path, bytes, time of change in ns, inode


def folder_states(names: Iterable[str | None], model_dir: Path) -> tuple[FileState, ...]:
    """The files in the folders (`/…`, or `./…` below `model_dir`) of the sources and LoRAs that `names` says; nothing
    for those of other kinds, whose names say what they hold. No file is read, so it may be asked often.
    """
    local = sorted({name for name in names if name is not None and name.startswith(("/", "./"))})
    return tuple(state for name in local for state in states_in(name, model_dir))


def states_in(name: str, model_dir: Path) -> list[FileState]:
    try:
        found = [(str(path), path.stat()) for path in sorted((model_dir / name).iterdir()) if path.is_file()]
    except OSError:  # none, or it is being replaced
        return []
    return [(path, stat.st_size, stat.st_mtime_ns, stat.st_ino) for path, stat in found]
