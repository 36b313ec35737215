"""The settings of a training run, read from TOML once."""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from trainer.common.run_settings import read_run_settings

DEFAULT = Path(__file__).with_name("detector.toml")

Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(gt=0)]


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DataSettings(_Settings):
    """How the pictures are split."""

    held_back: Annotated[float, Field(gt=0, lt=1)]


class SampleSettings(_Settings):
    """What a sample looks like."""

    side: Annotated[int, Field(gt=0, multiple_of=32)]
    collages: Share
    pasted: Share
    decoys: Share
    seed: int


class ProposalSettings(_Settings):
    """What counts among the boxes that an earlier stage proposes, and how many crops of heads are used."""

    sure: Share
    sure_head: Share
    doubtful: Share
    heads: Count
    decoy: Share


class ExportSettings(_Settings):
    """The size at which the network sees a picture, and the number of pictures that calibrate it."""

    longest: Annotated[int, Field(gt=0, multiple_of=32)]
    calibration: Count


class Stage(_Settings):
    """One stretch of fitting: its length, samples a step, highest learning rate, and the shares of what it sees.

    `mined` shows it again what the weights that it begins with falsely took for faces; `afresh` lets those weights
    propose the boxes that are missing, in place of the first stage's.
    """

    name: str
    steps: Count
    batch: Count
    rate: float
    fit: Share = 0
    empty: Share = 0
    proposed: Share = 0
    heads: Share = 0
    mined: bool = False
    afresh: bool = False


class Settings(_Settings):
    """Everything that a run depends on, its data apart."""

    data: DataSettings
    samples: SampleSettings
    proposals: ProposalSettings
    export: ExportSettings
    stages: Annotated[tuple[Stage, ...], Field(min_length=1)]


def read_settings(path: Path) -> Settings:
    """Read the settings of a run.

    Raises:
        TrainerError: the file is missing or holds something else; the message names the key.
    """
    return read_run_settings(path, Settings)
