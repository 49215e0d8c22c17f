"""Encoders of our own. Importing this package makes them known to `AutoConfig` and `AutoModel`."""

from inference.vlm.encoders.convolutional import ConvolutionalVisionConfig, ConvolutionalVisionModel

__all__ = ["ConvolutionalVisionConfig", "ConvolutionalVisionModel"]
