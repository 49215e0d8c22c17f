"""Compositions of the library's classes that it has not itself. Importing this package makes them known to
`AutoConfig` and `AutoModelForImageTextToText`, so that saved folders load like any other.
"""

from inference.vlm.classes.one_tile_mllama import OneTileMllama, OneTileMllamaConfig
from inference.vlm.classes.perceiver_llava import PerceiverLlava, PerceiverLlavaConfig

__all__ = ["OneTileMllama", "OneTileMllamaConfig", "PerceiverLlava", "PerceiverLlavaConfig"]
