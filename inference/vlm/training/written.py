"""What a finished folder writes when it is asked as pipelines ask: captions, and a sample of the questions."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from inference.contracts import Failure
from inference.declare import Request, Result
from inference.engines import engines
from inference.errors import ModelUnavailable
from inference.spec.model import ModelSpec, Sampling
from inference.vlm.data.dataset import Sources
from inference.vlm.recipe import DataSpec, EvaluationSpec
from inference.vlm.training.evaluate import Counts, Score
from inference.vlm.training.hooks import Hooks

GREEDY = Sampling(temperature=0, max_tokens=24)


@dataclass(frozen=True)
class Asked:
    row: int
    picture: Path
    instruction: str
    answer: str


@dataclass(frozen=True)
class Written:
    """Of `questions`, `same` were as right or wrong as the evaluation found them without generating; their prompts had
    `prompt_tokens` on average.
    """

    captions: Counts | None
    questions: int
    same: int
    prompt_tokens: float


def written(finished: ModelSpec, spec: EvaluationSpec, score: Score, model_dir: Path, hooks: Hooks) -> Written:
    """Raises ModelUnavailable when the model can't be loaded or fails on a question, BadData, TrainingStopped."""
    rows = read(spec.path, model_dir) if spec.generated else []
    rows = rows[:: max(1, len(rows) // max(spec.generated, 1))][: spec.generated]
    found = ask(finished, rows, model_dir, hooks)
    same = sum((result.text == row.answer) == score.rows[row.row][1] for row, result in zip(rows, found, strict=True))
    tokens = sum(result.prompt_tokens for result in found) / max(len(found), 1)
    return Written(captions(finished, spec, model_dir, hooks), len(rows), same, tokens)


def captions(finished: ModelSpec, spec: EvaluationSpec, model_dir: Path, hooks: Hooks) -> Counts | None:
    if spec.captions is None:
        return None
    words = {word for name in spec.captions.words for word in spec.groups[name]}
    rows = read(spec.captions.path, model_dir)
    found = ask(finished, rows, model_dir, hooks)
    right = sum(named(row.answer, words) == named(result.text, words) for row, result in zip(rows, found, strict=True))
    return len(rows), right


def named(text: str, words: set[str]) -> set[str]:
    return set(re.findall(r"\w+", text.lower())) & words


def read(path: str, model_dir: Path) -> list[Asked]:
    sources = Sources([DataSpec(path=path, kind="triplets")], model_dir)
    found = []
    for place in sources.places():
        told = sources.told(place)
        question, answer = told.messages
        instruction = next(part.text for part in question.content if not isinstance(part, str) and part.text)
        found.append(Asked(place.row, Path(told.images[0]), instruction, str(answer.content)))
    return found


def ask(finished: ModelSpec, rows: Sequence[Asked], model_dir: Path, hooks: Hooks) -> list[Result]:
    """By the engine that pipelines use, greedily."""
    if not rows:
        return []
    model = engines()[finished.engine].load(finished, model_dir)
    requests = [Request(row.instruction, None, (row.picture,), GREEDY, 0) for row in rows]
    answers = model.generate(requests, hooks.stop)
    hooks.go_on()
    return [must_answer(found) for found in answers]


def must_answer(found: Result | Failure) -> Result:
    if isinstance(found, Failure):
        raise ModelUnavailable(f"The finished model can't answer: {found.message}")
    return found
