"""The two families of adapters beside each other: what their cards say, and how fast they answer here.

Nothing is trained or evaluated: `manage.py vlm train NAME` (or `vlm unpack`) comes before.
"""

import argparse
import json
import os
import time
from pathlib import Path
from typing import Any

from inference.declare import Request, Result
from inference.engines import engines
from inference.spec.model import ModelSpec, Sampling
from inference.vlm.training.written import Asked, read
from perf.table import write_section

NAMES = ("easy-vqa", "easy-vqa-cross")
BATCH = 16


def answers_per_second(name: str, asked: list[Asked], model_dir: Path) -> tuple[float, float]:
    """By the clock, and by processor time of all cores; loading and a first batch are not counted."""
    spec = ModelSpec(engine="transformers", source=f"./vlm/{name}", device="cpu", batch_size=BATCH)
    model = engines()["transformers"].load(spec, model_dir)
    requests = [
        Request(row.instruction, None, (row.picture,), Sampling(temperature=0, max_tokens=8), 0) for row in asked
    ]
    model.generate(requests[:BATCH], lambda: False)
    wall, cpu = time.perf_counter(), time.process_time()
    found = model.generate(requests, lambda: False)
    if failed := [result for result in found if not isinstance(result, Result)]:
        raise SystemExit(f"{name} can't answer: {failed[0].message}")
    return len(found) / (time.perf_counter() - wall), len(found) / (time.process_time() - cpu)


def column(name: str, questions: int, model_dir: Path) -> dict[str, str]:
    card = json.loads((model_dir / "vlm" / name / "card.json").read_text())
    found, cost, training = card["evaluation"], card["cost"], card["training"]
    rows = read(card["recipe"]["evaluation"]["path"], model_dir)
    clock, cpu = answers_per_second(name, rows[:: max(1, len(rows) // questions)][:questions], model_dir)
    return {
        "adapter": card["architecture"]["adapter"]["kind"],
        f"right, of {found['questions']:,} questions": f"{found['exact_match']:.2%}",
        **{f"right, {group}": f"{row['exact_match']:.2%}" for group, row in found["groups"].items()},
        "captions that name what is shown": f"{found['captions']['right']:.2%}",
        "image tokens a picture": f"{cost['image_tokens']:,}",
        "tokens of context a question": f"{found['generated']['prompt_tokens']:.1f}",
        "parameters in all": f"{sum(cost['parameters'].values()) / 1e6:.1f} M",
        "parameters of the adapter": f"{cost['parameters']['adapter'] / 1e6:.1f} M",
        "parameters trained": f"{cost['trained'] / 1e6:.1f} M",
        "answers a second": f"{clock:.1f}",
        "answers a second of processor time": f"{cpu:.1f}",
        "training steps": " + ".join(f"{row['steps']:,}" for row in training),
        "training, minutes of processor time": minutes(training, "cpu_minutes"),
        "training, minutes of the clock": minutes(training, "clock_minutes"),
    }


def minutes(training: list[dict[str, Any]], key: str) -> str:
    return " + ".join("?" if row[key] is None else f"{row[key]:.0f}" for row in training)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path, default=Path("var/models"), help="MODEL_DIR")
    parser.add_argument("--questions", type=int, default=200)
    given = parser.parse_args()
    before = os.getloadavg()[0]
    columns = {name: column(name, given.questions, given.models.resolve()) for name in NAMES}
    first = columns[NAMES[0]]
    write_section(
        "Two families of adapters for vision-language models",
        f"`python -m perf.vlm --questions {given.questions}`: from the models' cards; speed measured on "
        f"{given.questions} test questions, batches of {BATCH}, {os.cpu_count()} cores, load {before:.1f} before the "
        "start. Stages of the training stand in their order; “?” where a log did not keep it.",
        ["", *NAMES],
        [[what, *(columns[name][what] for name in NAMES)] for what in first],
    )


if __name__ == "__main__":
    main()
