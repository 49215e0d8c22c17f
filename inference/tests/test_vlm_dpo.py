"""Preferences move what a model does on tasks it has not seen; what can't be preferred is named by row."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from inference.declare import Request, Result
from inference.engines import engines
from inference.errors import ModelUnavailable, NotANumber, SpecError
from inference.spec.model import ModelSpec, Sampling
from inference.tests.preference_makers import ALIGN, SPEAK, make_preferences, pair, short, tasks, unseen, write
from inference.tests.vlm_makers import told
from inference.vlm.build import Vlm, build_vlm
from inference.vlm.data.preference_rows import read_pair
from inference.vlm.data.preferences import CollatePairs, Pairs, PairWriter
from inference.vlm.data.preview import preview
from inference.vlm.data.rows import BadData
from inference.vlm.training.run import train
from inference.vlm.training.trainer import Watch

ALONE = ALIGN.replace("steps: 20", "steps: 6").replace("save_every: 10", "save_every: 2")


def quiet(facts: Mapping[str, Any]) -> None:
    pass


def answers(folder: Path) -> list[str]:
    """What the finished model says, greedily, to the tasks that no pair is about."""
    spec = ModelSpec(engine="transformers", source="./vlm/tiny", device="cpu")
    model = engines()["transformers"].load(spec, folder)
    greedy = Sampling(temperature=0, max_tokens=16)
    asked = [
        Request(task["asked"], None, (folder / task["image"],) if task["image"] else (), greedy, 0) for task in unseen()
    ]
    return [said.text for said in model.generate(asked, lambda: False) if isinstance(said, Result)]


def words(said: list[str]) -> float:
    return sum(len(text.split()) for text in said) / len(said)


@pytest.mark.slow
def test_short_answers_that_were_preferred_become_the_rule_on_tasks_never_seen(tmp_path: Path) -> None:
    train(make_preferences(tmp_path, SPEAK), tmp_path, quiet, device="cpu")
    before = answers(tmp_path)
    facts: dict[str, Any] = {}
    train(make_preferences(tmp_path), tmp_path, facts.update, device="cpu")
    after = answers(tmp_path)
    assert (words(before) > 6, words(after) < 3) == (True, True), (before, after)
    assert sum(task["word"] in said.split() for task, said in zip(unseen(), after, strict=True)) >= 5
    assert facts["eval_rewards/accuracies"] > 0.8


class Killed(BaseException):
    pass


@pytest.mark.slow
def test_alignment_that_was_cut_off_goes_on_exactly_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    for folder in (whole, cut):
        folder.mkdir()
    train(make_preferences(whole, ALONE), whole, quiet, device="cpu")

    def kill(self: Watch, args: Any, state: Any, control: Any, **rest: Any) -> None:
        if state.global_step == 5:
            raise Killed

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(Watch, "on_step_end", kill)
        train(make_preferences(cut, ALONE), cut, quiet, device="cpu")
    train(make_preferences(cut, ALONE), cut, quiet, device="cpu")
    ours, theirs = (load_file(folder / "vlm" / "tiny" / "model.safetensors") for folder in (cut, whole))
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)
    log = (cut / "vlm" / ".work" / "tiny" / "align" / "log.jsonl").read_text()
    assert min(json.loads(line)["step"] for line in log.splitlines()[-2:]) > 4


@pytest.mark.slow
def test_both_families_are_aligned_and_begin_at_the_reference(tmp_path: Path) -> None:
    heard: list[Mapping[str, Any]] = []
    recipe = make_preferences(tmp_path, ALONE.replace("steps: 6", "steps: 1"), "cross_attention")
    train(recipe, tmp_path, heard.append, device="cpu")
    assert next(facts["train_loss"] for facts in heard if "train_loss" in facts) == pytest.approx(math.log(2), abs=1e-5)
    with pytest.raises(ModelUnavailable, match=r"Stage align.*adapter qformer can't be aligned.*cross_attention"):
        train(make_preferences(tmp_path, ALONE, "qformer"), tmp_path, quiet, again=True, device="cpu")


@pytest.mark.slow
def test_a_loss_that_is_no_number_ends_alignment_and_leaves_a_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trl.trainer.dpo_trainer import DPOTrainer

    whole: Any = DPOTrainer.compute_loss

    def breaks(self: Any, *rest: Any, **more: Any) -> Any:
        return whole(self, *rest, **more) * (float("nan") if self.state.global_step >= 4 else 1.0)

    monkeypatch.setattr(DPOTrainer, "compute_loss", breaks)
    with pytest.raises(NotANumber, match=r"nan at step 5.*learning rates"):
        train(make_preferences(tmp_path, ALONE.replace("held_out: 0.25, ", "")), tmp_path, quiet, device="cpu")
    assert (tmp_path / "vlm" / ".work" / "tiny" / "align" / "checkpoint-4" / "whole").exists()


@pytest.fixture(scope="module")
def vlm(tmp_path_factory: pytest.TempPathFactory) -> Vlm:
    folder = tmp_path_factory.mktemp("models")
    return build_vlm(make_preferences(folder).model, folder)


def test_answers_alone_are_compared_and_pictures_go_with_both(vlm: Vlm, tmp_path: Path) -> None:
    recipe = make_preferences(tmp_path)
    pairs = Pairs([tmp_path / "pairs.jsonl"], PairWriter(vlm), 64)
    batch = CollatePairs(vlm.adapter, vlm.processor)([pairs[0], pairs[len(pairs) - 1]])
    shown, decode = batch["input_ids"], vlm.processor.tokenizer.decode
    compared = [decode(row[mask.bool()]) for row, mask in zip(shown, batch["completion_mask"], strict=True)]
    assert compared == [
        "red </s>",
        "text </s>",
        "this is a long red and the red is here </s>",
        "this is a long text and the text is here </s>",
    ]
    assert torch.equal(*batch["pixel_values"].chunk(2))
    text = "\n".join(preview(vlm, recipe.stages[1], tmp_path, 3))
    assert "stage align: 15 pairs, 5 held out, 0 bad rows" in text
    assert text.count("chosen: <user>") == text.count("rejected: <user>") == 3


def test_earlier_turns_plain_texts_and_pictures_without_a_place_are_read(vlm: Vlm, tmp_path: Path) -> None:
    Image.new("RGB", (16, 16), "red").save(tmp_path / "red.png")
    talk = [
        {"role": "user", "content": "what is this"},
        {"role": "assistant", "content": "a cat"},
        {"role": "user", "content": "is this red"},
    ]
    stored = {"bytes": (tmp_path / "red.png").read_bytes(), "path": None}
    row = {"prompt": talk, "chosen": "red", "rejected": "one cat", "images": [stored]}
    found = PairWriter(vlm).tokens([read_pair(row, tmp_path).chosen])
    decode = vlm.processor.tokenizer.decode
    assert decode(found.ids).startswith("<user> <image> <image> <image> <image> what is this </s>")
    assert decode([target for target in found.targets if target >= 0]) == "red </s>"


GOOD = pair(next(task for task in tasks() if not task["image"]))
SHOWN = pair(tasks()[0])


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (GOOD | {"chosen": None}, "chosen"),
        ({"prompt": "what", "chosen": "red"}, "rejected: Field required; a row has prompt, chosen, rejected, images"),
        (GOOD | {"rejected": GOOD["chosen"]}, "chosen and rejected are the same"),
        (GOOD | {"chosen": [{"role": "user", "content": "red"}]}, "chosen: give one message of the assistant"),
        (GOOD | {"rejected": "</s> red"}, "a text holds </s>, a mark of the tokenizer"),
        (GOOD | {"rejected": "cat " * 90}, "more than 64; raise max_tokens"),
        (GOOD | {"prompt": [{"role": "assistant", "content": "red"}]}, "prompt: nobody asks"),
        (SHOWN | {"images": []}, "prompt: it shows 1 pictures, but images has 0"),
        (SHOWN | {"images": ["gone.png"]}, "The picture gone.png can't be opened"),
        (SHOWN | {"images": ["pairs.jsonl"]}, "The picture pairs.jsonl can't be opened"),
    ],
)
def test_a_bad_pair_is_named_by_row_and_refused_unless_it_may_be_skipped(
    vlm: Vlm, tmp_path: Path, row: Any, says: str
) -> None:
    pairs = Pairs([write(tmp_path / "pairs.jsonl", [GOOD, row])], PairWriter(vlm), 64)
    with pytest.raises(BadData) as error:
        pairs.refuse_bad_rows(skip=False)
    assert "pairs.jsonl, row 2: " in told(error)
    assert says in told(error)
    pairs.refuse_bad_rows(skip=True)
    assert len(pairs) == 1


def test_preferences_train_an_update_and_nothing_else(tmp_path: Path) -> None:
    for old, new, says in (
        ("lora: {rate: 0.001, rank: 4}", "llm: 0.001", "preferences train lora and nothing else"),
        ("steps: 20", "steps: 20\n    pack: 2", "preferences train lora and nothing else"),
        ("rank: 4", "layers: [lm_head]", "take it out of lora.layers"),
    ):
        with pytest.raises(SpecError, match=says):
            make_preferences(tmp_path, ALIGN.replace(old, new))


def test_whole_prompts_are_held_out(vlm: Vlm, tmp_path: Path) -> None:
    task = tasks()[-1]
    rows = [pair(task) | {"rejected": f"one {short(task)} {number}"} for number in ("one", "two", "three")]
    rows += [pair(other) for other in tasks()[15:20]]
    pairs = Pairs([write(tmp_path / "pairs.jsonl", rows)], PairWriter(vlm), 64, held_out=0.5)
    assert len(pairs) + len(pairs.held_out) == 8
    assert sum(place < 3 for _, place in pairs.held_out) in (0, 3)
