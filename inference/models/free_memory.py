"""How much memory is free where a model would go."""

from pathlib import Path

import psutil
import torch

CGROUPS = Path("/sys/fs/cgroup")
LIMITS = (  # a container's limit, its use, and the part of its use that is files the kernel can drop: cgroup 2, then 1
    ("memory.max", "memory.current", "memory.stat", "inactive_file"),
    ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "memory/memory.stat", "total_inactive_file"),
)


def free_bytes(device: torch.device) -> int:
    """Of a GPU's own memory, or of the machine's within the limit of the container."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    return min(psutil.virtual_memory().available, container_free_bytes(CGROUPS))


def container_free_bytes(folder: Path) -> int:
    """2**63 where there is no limit."""
    free = 2**63
    for limit, used, stat, inactive in LIMITS:
        try:
            most = int((folder / limit).read_text())
            taken = int((folder / used).read_text())
            lines = dict(line.split() for line in (folder / stat).read_text().splitlines())
        except (OSError, ValueError):  # not there, or “max”
            continue
        free = min(free, most - taken + int(lines.get(inactive, 0)))
    return free


def gigabytes(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e8 else f"{count / 1e6:.1f} MB"
