"""Whether a stage fits into memory, estimated before it starts."""

from torch import device, nn

from inference.errors import ModelUnavailable
from inference.models.free_memory import free_bytes, gigabytes
from inference.vlm.recipe import Stage

FLOAT = 4
KEPT_PER_LAYER = (
    34  # numbers kept for the backward pass for each token, layer and hidden unit (Korthikanti et al. 2023)
)


def stage_bytes(model: nn.Module, stage: Stage, tokens: int, layers: int, hidden: int) -> int:
    """Weights; gradients and two moments of what is trained; activations of a batch of `tokens` tokens a sample."""
    weights = sum(value.numel() for value in model.parameters()) * FLOAT
    trained = sum(value.numel() for value in model.parameters() if value.requires_grad) * FLOAT * 3
    activations = stage.batch_size * tokens * layers * hidden * KEPT_PER_LAYER // 2 * FLOAT
    return weights + trained + activations


def refuse_what_cannot_fit(need: int, loaded: int, on: device, stage: Stage) -> None:
    """`loaded` bytes of it are in memory already. Raises ModelUnavailable with what would help."""
    free = free_bytes(on) + loaded
    if need > free:
        raise ModelUnavailable(
            f"Stage {stage.id} can't fit: it needs about {gigabytes(need)} on {on}, but {gigabytes(free)} are free. "
            "Use a smaller batch_size with accumulate, a smaller pack, lora in place of llm, or a larger machine."
        )
