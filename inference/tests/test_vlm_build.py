"""Encoder, adapter and LLM from a YAML: every kind becomes a model that pipelines load from its folder."""

from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from inference.declare import Request, Result
from inference.engines import engines
from inference.errors import ModelUnavailable, SpecError
from inference.spec.model import ModelSpec, Sampling
from inference.tests.vlm_makers import KINDS, architecture_yaml, make_architecture, told
from inference.vlm.architecture import parse_architecture
from inference.vlm.build import build_vlm
from inference.vlm.describe import describe

pytestmark = pytest.mark.model
IMAGE_TOKENS = {"mlp": 4, "linear": 4, "qformer": 3, "perceiver": 3, "cross_attention": 1, "one_tile": 1}


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    return make_red(tmp_path)


@pytest.mark.parametrize("kind", KINDS)
def test_a_saved_model_answers_in_a_pipeline_as_it_did_when_it_was_built(
    tmp_path: Path, picture: Path, kind: str
) -> None:
    vlm = build_vlm(make_architecture(tmp_path, kind), tmp_path)
    make_louder(vlm.model)
    vlm.save(tmp_path / "vlm" / "tiny")
    spec = ModelSpec(engine="transformers", source="./vlm/tiny", device="cpu")
    model = engines()["transformers"].load(spec, tmp_path)
    sampling = Sampling(temperature=0, max_tokens=4)
    asked = Request("what is this picture", None, (picture,), sampling, 0)
    answer = model.generate([asked, asked], lambda: False)[0]
    assert isinstance(answer, Result), answer
    assert model.reads_images
    assert answer.completion_tokens > 0
    assert answer.text == greedy(vlm, picture, 4)


def make_louder(model: Any) -> None:
    """Random weights as they come hardly look at the picture; and gates of cross-attention begin closed."""
    torch.manual_seed(1)
    with torch.no_grad():
        for name, value in model.named_parameters():
            if value.dim() > 1:
                value.mul_(6)
            if "gate" in name and value.numel() == 1:
                value.fill_(1.0)


def greedy(vlm: Any, picture: Path, tokens: int) -> str:
    content = [{"type": "image"}, {"type": "text", "text": "what is this picture"}]
    prompt = vlm.processor.apply_chat_template([{"role": "user", "content": content}], add_generation_prompt=True)
    with Image.open(picture) as image:
        inputs = vlm.processor(text=[prompt], images=[[image]], return_tensors="pt", add_special_tokens=False)
    inputs.pop("token_type_ids", None)
    written = vlm.model.eval().generate(**inputs, max_new_tokens=tokens, do_sample=False)
    return str(vlm.processor.tokenizer.decode(written[0, inputs["input_ids"].shape[1] :], skip_special_tokens=True))


@pytest.mark.parametrize("kind", KINDS)
def test_the_families_cost_what_they_cost(tmp_path: Path, kind: str) -> None:
    found = describe(build_vlm(make_architecture(tmp_path, kind), tmp_path))
    assert found.image_tokens == IMAGE_TOKENS[kind]
    assert found.family == ("cross-attention" if kind in {"cross_attention", "one_tile"} else "prompt-based")
    assert found.context_left == 128 - IMAGE_TOKENS[kind]
    assert all(found.parameters.values())


def test_the_llm_keeps_its_weights_and_the_size_of_its_embeddings(tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM

    architecture = make_architecture(tmp_path)
    language = build_vlm(architecture, tmp_path).model.model.language_model
    for (name, ours), theirs in zip(
        language.named_parameters(),
        AutoModelForCausalLM.from_pretrained(tmp_path / "llm").model.parameters(),
        strict=True,
    ):
        assert torch.equal(ours, theirs), name


def test_an_encoder_comes_pre_trained_with_its_own_image_processor(tmp_path: Path) -> None:
    """The vision half of a CLIP checkpoint; its first state is of the whole picture, and is left out."""
    from transformers import CLIPConfig, CLIPModel
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    small = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
    clip = CLIPModel(CLIPConfig(text_config=small, vision_config={**small, "image_size": 16, "patch_size": 8}))
    clip.save_pretrained(tmp_path / "clip")
    square = {"height": 16, "width": 16}
    CLIPImageProcessorPil(size={"shortest_edge": 16}, crop_size=square, image_mean=[0.1] * 3).save_pretrained(
        tmp_path / "clip"
    )
    make_architecture(tmp_path)
    source = architecture_yaml().replace(f"config: {KINDS['mlp'][0]}", "source: ./clip")
    vlm = build_vlm(parse_architecture(source), tmp_path)
    ours, theirs = vlm.encoder.state_dict(), clip.vision_model.state_dict()
    assert all(torch.equal(value, theirs[name.removeprefix("vision_model.")]) for name, value in ours.items())
    assert list(vlm.processor.image_processor.image_mean) == [0.1] * 3
    assert describe(vlm).image_tokens == 4
    assert greedy(vlm, make_red(tmp_path), 2) is not None


def make_red(folder: Path) -> Path:
    Image.new("RGB", (20, 14), "red").save(folder / "red.png")
    return folder / "red.png"


def test_new_layers_of_cross_attention_are_the_adapter_and_begin_silent(tmp_path: Path) -> None:
    """Without a picture, and with one whose gates are closed, the model writes as its LLM does."""
    from transformers import AutoModelForCausalLM

    vlm = build_vlm(make_architecture(tmp_path, "one_tile"), tmp_path)
    model = vlm.model.eval()
    assert {name.split("layers.")[-1][:5] for name, _ in vlm.parameters("adapter") if ".mlp." in name} == {"1.mlp"}
    llm = AutoModelForCausalLM.from_pretrained(tmp_path / "llm").train(False)
    tokens = torch.tensor([[7, 8, 9, 10]])
    with torch.no_grad():
        assert torch.allclose(model(input_ids=tokens).logits, llm(input_ids=tokens).logits, atol=1e-5)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("kind: mlp", "kind: mpl", ["adapter.kind", "mpl", "cross_attention, linear, mlp, perceiver, qformer"]),
        ("kind: mlp", "kind: mlp, config: {depth: 2}", ["adapter.config.depth", "feature_layer"]),
        ("llm:", "llms:", ["llms", "name, encoder, adapter, llm"]),
        ("image_token: <image>", "image_token: <nothing>", ["<nothing>", "image_token", "<user>"]),
        ("./llm", "./nowhere", ["llm", "nowhere", "config.json"]),
        ("convolutional_vision", "no_such_type", ["encoder", "no_such_type"]),
        ("kind: mlp", "kind: qformer", ["qformer", "blip_2_vision_model", "convolutional_vision"]),
        ("source: ./llm", "source: owner/model", ["llm", "40-digit commit"]),
        ("[8, 8, 16]", "[100000, 100000]", ["encoder.config", "GB", "smaller sizes"]),
        ("image_size: 16", "attn_implementation: owner/kernel", ["encoder", "“attn_implementation” can't be set"]),
        ("{% endfor %}{% if add", "{% if add", ["chat_template", "line 1 of the template", "endfor"]),
    ],
)
def test_what_is_wrong_is_named_with_the_remedy(tmp_path: Path, old: str, new: str, says: list[str]) -> None:
    make_architecture(tmp_path)
    with pytest.raises((SpecError, ModelUnavailable)) as error:
        build_vlm(parse_architecture(architecture_yaml().replace(old, new)), tmp_path)
    assert [word for word in says if word not in told(error)] == []


def test_a_huge_adapter_is_refused_before_it_is_made(tmp_path: Path) -> None:
    make_architecture(tmp_path)
    huge = architecture_yaml("qformer").replace(
        "queries: 3, hidden_size: 32, layers: 2", "hidden_size: 80000, layers: 9"
    )
    with pytest.raises(ModelUnavailable, match=r"Blip2ForConditionalGeneration can't be made.*GB"):
        build_vlm(parse_architecture(huge), tmp_path)
