"""Sentences as vectors by any sentence encoder that transformers loads, to re-order what was found. Imports torch."""

import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModel, AutoTokenizer

from inference.errors import ModelUnavailable
from inference.retrieval.encoders import Matrix, weights_record

BATCH = 32
KEPT = 20_000  # vectors by their texts' hashes, so that a document found again is not encoded again
MAX_TOKENS = 256


class TransformersSentences:
    """float32. The last token vectors are averaged, or the first one is taken where `1_Pooling/config.json` says so."""

    def __init__(self, model: Any, tokenizer: Any, takes_first: bool, record: Mapping[str, Any]) -> None:
        self.model, self.tokenizer, self.takes_first, self.record = model, tokenizer, takes_first, record
        self.kept: OrderedDict[bytes, torch.Tensor] = OrderedDict()

    def encode(self, texts: Sequence[str]) -> Matrix:
        keys = [sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts]
        wanted = {key: text for key, text in zip(keys, texts, strict=True) if key not in self.kept}
        missing = sorted(wanted, key=lambda key: len(wanted[key]))
        new: dict[bytes, torch.Tensor] = {}
        for start in range(0, len(missing), BATCH):
            some = missing[start : start + BATCH]
            new.update(zip(some, self.encode_batch([wanted[key] for key in some]), strict=True))
        found = torch.stack([new[key] if key in new else self.kept[key] for key in keys]).numpy()
        self.kept.update(new)
        while len(self.kept) > KEPT:
            self.kept.popitem(last=False)
        return found

    def encode_batch(self, texts: Sequence[str]) -> torch.Tensor:
        inputs = self.tokenizer(
            list(texts), padding=True, truncation=True, max_length=MAX_TOKENS, return_tensors="pt"
        ).to(self.model.device)
        with torch.inference_mode():
            tokens = self.model(**inputs).last_hidden_state
        mask = inputs["attention_mask"][..., None].float()
        pooled = tokens[:, 0] if self.takes_first else (tokens * mask).sum(dim=1) / mask.sum(dim=1)
        return torch.nn.functional.normalize(pooled.float(), dim=-1).cpu()


def load_sentences(name: str, where: Mapping[str, Any]) -> TransformersSentences:
    """On the CPU, for a GPU's memory is the models'. `where`: see `locate`. Never runs code that comes with a model,
    never unpickles. Raises ModelUnavailable.
    """
    path, how = where["path"], {key: value for key, value in where.items() if key != "path"}
    try:
        model = AutoModel.from_pretrained(path, **how, dtype=torch.float32, use_safetensors=True)
        tokenizer = AutoTokenizer.from_pretrained(path, **how)
    except (OSError, ValueError, ImportError, KeyError, RuntimeError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise ModelUnavailable(f"The sentence encoder {name} can't be loaded: {reason}") from error
    model = model.requires_grad_(False).train(False)
    tokenizer.padding_side = "right"
    return TransformersSentences(model, tokenizer, takes_first(path, how), weights_record(name, where))


def takes_first(path: Path | str, where: Mapping[str, Any]) -> bool:
    """Whether the model was trained with its first token as the sentence; without a word on it, with the mean."""
    if "revision" in where:
        from transformers.utils.hub import cached_file

        found = cached_file(str(path), "1_Pooling/config.json", **where, _raise_exceptions_for_missing_entries=False)
        file = Path(found) if found else None
    else:
        file = Path(path) / "1_Pooling" / "config.json"
    if file is None or not file.is_file():
        return False
    return bool(json.loads(file.read_text()).get("pooling_mode_cls_token"))
