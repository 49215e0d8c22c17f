"""What is minimised: cross-entropy on the tokens that the model should say, and on nothing else."""

import inspect
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from inference.vlm.data.tokens import NOTHING


def answer_logits(model: Any, batch: Mapping[str, Tensor]) -> tuple[Tensor, Tensor]:
    """(learned tokens, vocabulary) and (learned tokens). Where the class can, no other places reach the LLM's head,
    which saves most of the memory: a vocabulary is a hundred times wider than a hidden state.
    """
    inputs = {name: value for name, value in batch.items() if name != "targets"}
    wanted = batch["targets"] != NOTHING
    inner = getattr(model, "module", model)
    if "logits_to_keep" in inspect.signature(inner.forward).parameters:
        logits = model(**inputs, logits_to_keep=wanted, use_cache=False).logits
        return logits.reshape(-1, logits.shape[-1]), batch["targets"][wanted]
    return model(**inputs).logits[wanted], batch["targets"][wanted]


def answer_loss(model: Any, batch: Mapping[str, Tensor]) -> Tensor:
    logits, targets = answer_logits(model, batch)
    return nn.functional.cross_entropy(logits.float(), targets)


@torch.no_grad()
def said_right(model: Any, batch: Mapping[str, Tensor]) -> Tensor:
    """(learned tokens,) whether each comes out greedily after those before it: all of an answer's do exactly when the
    model, generating greedily, would write it.
    """
    logits, targets = answer_logits(model, batch)
    return logits.argmax(dim=-1) == targets
