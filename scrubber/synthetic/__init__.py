"""Synthetic claims with known defects, for demos, benchmarks and load; nobody in them is real."""

from scrubber.synthetic.defects import DEFECTS, Defect
from scrubber.synthetic.generate import SyntheticClaim, generate

__all__ = ["DEFECTS", "Defect", "SyntheticClaim", "generate"]
