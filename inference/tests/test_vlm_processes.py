"""Several processes of `accelerate launch` train one model together, in mixed precision, by the same call."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
import torch
from safetensors.torch import load_file

from inference.tests.test_vlm_training import STAGES, make_recipe, quiet
from inference.vlm.training.run import train
from inference.vlm.training.work import must_match

pytestmark = pytest.mark.slow

HALF = STAGES.replace("steps: 12", "steps: 4\n    precision: bfloat16").replace("epochs: 10", "epochs: 4")
TOGETHER = """
import sys
from pathlib import Path
from accelerate import PartialState
from torch.distributed.launcher.api import LaunchConfig, elastic_launch
from inference.tests.test_vlm_training import make_recipe
from inference.tests.test_vlm_processes import HALF
from inference.vlm.training.run import train
folder = Path(sys.argv[1])
def tell(facts):
    (folder / f"told-{PartialState().process_index}").touch()
def together():
    with PartialState(cpu=True).main_process_first():
        recipe = make_recipe(folder, HALF)
    train(recipe, folder, tell, device="cpu")
    (folder / f"ended-{PartialState().process_index}-of-{PartialState().num_processes}").touch()
# What `accelerate launch` and torchrun do with several GPUs, by forks: the libraries are loaded once.
place = {"run_id": "one", "rdzv_backend": "c10d", "rdzv_endpoint": "localhost:0"}
elastic_launch(LaunchConfig(1, 1, 2, **place, max_restarts=0, start_method="fork"), together)()
"""


def test_two_processes_train_one_model_and_one_of_them_writes(tmp_path: Path) -> None:
    script = tmp_path / "together.py"
    script.write_text(TOGETHER)
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path)],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path.cwd()), "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert {path.name for path in tmp_path.glob("ended-*")} == {"ended-0-of-2", "ended-1-of-2"}
    assert {path.name for path in tmp_path.glob("told-*")} == {"told-0"}
    card = json.loads((tmp_path / "vlm" / "tiny" / "card.json").read_text())
    assert [row["steps"] for row in card["training"]] == [1, 4]


def test_processes_that_begin_at_once_never_read_half_a_mark(tmp_path: Path) -> None:
    stage, together = make_recipe(tmp_path, HALF).stages[0], Barrier(4)

    def begin(folder: Path) -> None:
        together.wait()
        must_match(folder, "f" * 64, stage)

    with ThreadPoolExecutor(4) as pool:
        for number in range(50):
            (tmp_path / str(number)).mkdir()
            list(pool.map(begin, [tmp_path / str(number)] * 4))
    assert {path.name for path in (tmp_path / "0").iterdir()} == {"fingerprint"}


def test_bfloat16_learns_and_keeps_weights_in_full_precision(tmp_path: Path) -> None:
    folder = train(make_recipe(tmp_path, HALF), tmp_path, quiet, device="cpu")
    learned = [value for value in load_file(folder / "model.safetensors").values() if value.is_floating_point()]
    assert all(value.dtype == torch.float32 and value.isfinite().all() for value in learned)
