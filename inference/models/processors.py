"""Processors: what turns prompts and pictures into a model's inputs."""

from typing import Any

from transformers import AutoProcessor, AutoTokenizer, ImageProcessingMixin
from transformers.utils.import_utils import is_torchvision_available

Source = dict[str, Any]


class NoVideo(ImageProcessingMixin):
    """Stands where a processor wants one for videos, which needs torchvision; a task has pictures only."""

    num_frames = fps = 1  # SmolVLM's processor looks at them whenever it fills in a chat template

    @classmethod
    def from_pretrained(cls, *args: Any, **kwargs: Any) -> "NoVideo":
        return cls()


def load_processor(path: Any, where: Source, *, reads_images: bool) -> Any:
    """A tokenizer, or for a model that reads pictures its processor; Pillow does the work where torchvision is not
    installed. Raises what transformers raises.
    """
    if not reads_images:
        return AutoTokenizer.from_pretrained(path, trust_remote_code=False, **where)
    if not is_torchvision_available():
        do_without_videos()
    return AutoProcessor.from_pretrained(path, trust_remote_code=False, **where)  # type: ignore[no-untyped-call]


def do_without_videos() -> None:
    """Qwen-VL, SmolVLM and others can't be loaded without torchvision (transformers 5.23) unless something stands in
    for their video processor. Checked by the tests with their real classes.
    """
    from transformers import processing_utils

    names = processing_utils.MODALITY_TO_AUTOPROCESSOR_MAPPING._MAPPING_NAMES
    names["video_processor"] = (NoVideo.__module__, NoVideo.__name__)
    processing_utils.MODALITY_TO_BASE_CLASS_MAPPING["video_processor"] = ImageProcessingMixin.__name__
