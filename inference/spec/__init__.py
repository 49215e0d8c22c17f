"""Pipelines as data: `parse_spec` reads YAML, `load_spec` what was stored. Knows no torch."""

from inference.errors import SpecError, SpecProblem
from inference.spec.model import PipelineSpec
from inference.spec.parse import load_spec, parse_spec

__all__ = ["PipelineSpec", "SpecError", "SpecProblem", "load_spec", "parse_spec"]
