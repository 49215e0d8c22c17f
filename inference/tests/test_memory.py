"""The estimate of a model's memory, and the refusals that come before a model is loaded."""

from pathlib import Path

import pytest
import torch

from inference.engines import engines
from inference.errors import ModelUnavailable
from inference.models import memory, weights
from inference.models.free_memory import container_free_bytes
from inference.models.gguf import sha256_of
from inference.models.memory import Tensor, estimate, weights_bytes
from inference.spec.model import ModelSpec
from inference.tests.makers import make_text_model

pytestmark = pytest.mark.model


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_text_model(tmp_path_factory.mktemp("models") / "text").parent


def spec_of(**keys: object) -> ModelSpec:
    return ModelSpec.model_validate({"engine": "transformers", "source": "./text", "device": "cpu", **keys})


def need(folder: Path, dtype: torch.dtype = torch.float32, **keys: object) -> memory.MemoryNeed:
    spec = spec_of(**keys)
    return estimate(spec, weights.locate(spec, folder), dtype)


def test_the_estimate_is_what_the_loaded_model_takes(folder: Path) -> None:
    model = weights.load_weights(spec_of(), folder).model
    assert need(folder).weights == sum(parameter.nbytes for parameter in model.parameters())
    cache = model(torch.zeros((3, 7), dtype=torch.long)).past_key_values
    kept = sum(layer.keys.nbytes + layer.values.nbytes for layer in cache.layers)
    assert need(folder).cache_per_token * 3 * 7 == kept


def test_bounds_follow_dtype_batch_and_context(folder: Path) -> None:
    whole, half = need(folder), need(folder, torch.bfloat16)
    assert (half.weights * 2, half.cache_per_token * 2) == (whole.weights, whole.cache_per_token)
    assert (whole.rows, whole.least_tokens, whole.most_tokens) == (16, 128, 128)
    short = need(folder, batch_size=2, context_tokens=20)
    assert short.least == short.most == whole.weights + 2 * 20 * whole.cache_per_token


def test_quantised_matrices_are_smaller_and_stored_ones_stay() -> None:
    tensors = [Tensor("layers.0.q_proj.weight", "BF16", (64, 64)), Tensor("embed_tokens.weight", "BF16", (10, 64))]
    assert weights_bytes(tensors, 2, "8bit") == 64 * 64 + 10 * 64 * 2
    assert weights_bytes(tensors, 2, "4bit") == 64 * 64 * 0.5625 + 10 * 64 * 2
    stored = [Tensor("layers.0.q_proj.qweight", "I32", (64, 8)), Tensor("layers.0.q_proj.scales", "F16", (64, 1))]
    assert weights_bytes(stored, 4, "as stored") == 64 * 8 * 4 + 64 * 2


def test_what_cannot_fit_is_refused_with_numbers_before_it_is_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def must_not_load(*args: object) -> None:
        raise AssertionError("the weights were read")

    monkeypatch.setattr(memory, "free_bytes", lambda device: 200_000)
    monkeypatch.setattr(weights, "from_pretrained", must_not_load)
    with pytest.raises(
        ModelUnavailable, match=r"at least 1\.1 MB on cpu.*0\.2 MB are free.*smaller batch_size.*bfloat16"
    ):
        engines()["transformers"].load(spec_of(dtype="float32"), folder)


def test_a_model_of_the_hub_is_told_from_its_cache(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    commit, cache = "0" * 39 + "a", tmp_path / "hub" / "models--org--tiny"
    snapshot = cache / "snapshots" / commit
    snapshot.mkdir(parents=True)
    (cache / "blobs").mkdir()
    for file in (folder / "text").iterdir():
        blob = cache / "blobs" / sha256_of(file)
        blob.write_bytes(file.read_bytes())
        (snapshot / file.name).symlink_to(blob)
    spec = ModelSpec(engine="transformers", source="org/tiny", revision=commit, device="cpu")
    assert weights.memory_of(spec, tmp_path)[0] == need(folder)
    record = engines()["transformers"].load(spec, tmp_path).describe()
    assert record["revision"] == commit
    assert record["files"] == {"model.safetensors": sha256_of(folder / "text" / "model.safetensors")}


def test_a_container_s_limit_counts(tmp_path: Path) -> None:
    assert container_free_bytes(tmp_path) == 2**63
    (tmp_path / "memory.max").write_text("1000\n")
    (tmp_path / "memory.current").write_text("700\n")
    (tmp_path / "memory.stat").write_text("anon 300\ninactive_file 200\n")
    assert container_free_bytes(tmp_path) == 500
    (tmp_path / "memory.max").write_text("max\n")
    assert container_free_bytes(tmp_path) == 2**63


def test_quantisation_is_refused_where_it_cannot_be_had(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelUnavailable, match=r"4bit.*NVIDIA GPU.*device here is cpu.*worker with a GPU"):
        engines()["transformers"].load(spec_of(quantisation="4bit"), folder)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ModelUnavailable, match="pip install bitsandbytes"):
        weights.quantisation(spec_of(quantisation="8bit"), torch.bfloat16, torch.device("cuda"))


def test_a_lost_gpu_is_not_hidden_and_a_lack_of_memory_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class AcceleratorError(RuntimeError):
        pass

    def fails(error: Exception) -> None:
        def read(*args: object) -> None:
            raise error

        monkeypatch.setattr(weights, "from_pretrained", read)

    fails(AcceleratorError("CUDA error: device-side assert"))
    with pytest.raises(AcceleratorError):
        weights.load_weights(spec_of(dtype="float16"), folder)
    fails(torch.OutOfMemoryError("CUDA out of memory"))
    with pytest.raises(ModelUnavailable, match="out of memory"):
        weights.load_weights(spec_of(dtype="float16"), folder)
