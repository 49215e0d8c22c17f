"""Encoders of our own and models around them. Importing this package makes them known to transformers' Auto classes."""

from inference.vlm import classes
from inference.vlm.encoders.convolutional import ConvolutionalVisionConfig, ConvolutionalVisionModel

__all__ = ["ConvolutionalVisionConfig", "ConvolutionalVisionModel", "classes"]
