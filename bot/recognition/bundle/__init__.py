"""Bundles: one ``.tflite`` file with a network, its labels and all the numbers to run it with.

The numbers of preprocessing live here once. Trainer and bot both call `InputSpec.prepare`, so they cannot drift apart.
"""

from bot.recognition.bundle.file import SMALLEST_NETWORK, Bundle, read_bundle, write_bundle
from bot.recognition.bundle.info import BundleInfo, InputSpec, Kind, soften
from bot.recognition.bundle.recognition import ENOUGH, Comparison, Feature, Recognition, Teaching
from bot.recognition.bundle.reference import Reference

__all__ = [
    "ENOUGH",
    "SMALLEST_NETWORK",
    "Bundle",
    "BundleInfo",
    "Comparison",
    "Feature",
    "InputSpec",
    "Kind",
    "Recognition",
    "Reference",
    "Teaching",
    "read_bundle",
    "soften",
    "write_bundle",
]
