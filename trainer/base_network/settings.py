"""The settings of a training run, read from TOML once."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from trainer.common.run_settings import read_run_settings

DEFAULT = Path(__file__).with_name("base_network.toml")

Share = Annotated[float, Field(ge=0, le=1)]
Part = Annotated[float, Field(ge=0, lt=1)]
Count = Annotated[int, Field(gt=0)]
Positive = Annotated[float, Field(gt=0)]


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DataSettings(_Settings):
    """How the pictures are cropped and split.

    `sharpest`: see `bot.recognition.bundle.InputSpec`. Crops are softened alike before they train.
    """

    test: Part
    validation: Part
    side: Count
    sharpest: Count
    margin: Annotated[float, Field(ge=0, le=2)]
    seed: Annotated[int, Field(ge=0)]


class HeldBackSettings(_Settings):
    """Which characters of the boxed sets never train: how strangers and taught characters fare is measured on them.

    The share `lessons` of the characters, and all of `lesson_sets`, say what a score means. The share `unseen` and all
    of the set `franchise` are for the last figures alone.
    """

    lessons: Share
    unseen: Share
    lesson_sets: tuple[str, ...] = ()
    franchise: str = ""


class SetSettings(_Settings):
    """A folder with a folder for each character: of face crops, or, if `whole`, of pictures to crop.

    A `boxed` set has a ``boxes.json`` that says where the face is in each crop, and from which drawing it comes. Where
    another set uses an id too, the set's name goes before it, unless the id is among `same`: one character.

    Crops are enlarged by `zoom` at random. `lower` is how far the face's middle lies under the crop's, as a share of
    its side: the more a crop is enlarged, the nearer the face comes to the middle, where the bot has it. Where there
    are folders `tests`, they are what is tested on, and all of `folder` is for training and validation.
    """

    name: str
    folder: Path
    zoom: tuple[Positive, Positive]
    lower: Annotated[float, Field(ge=-0.5, le=0.5)] = 0
    whole: bool = False
    boxed: bool = False
    same: tuple[str, ...] = ()
    tests: tuple[Path, ...] = ()


class OthersSettings(_Settings):
    """Unnamed faces: in training and in tests they stand for all other characters.

    `boxes` is a file of hand-drawn boxes; only pictures of `sources` count, and faces of `smallest` pixels at least.
    """

    boxes: Path
    sources: tuple[str, ...]
    smallest: Count
    test: Part


class AugmentSettings(_Settings):
    """How crops are changed at random, and how often each character is drawn.

    `framed` is the share of crops that are shown as our detector frames them, within `framed_zoom`, rather than as
    their set does; `others` the share of a batch that shows no character of the roster, and `recast` that of
    characters with other hues, which makes them other characters.
    """

    framed: Share
    framed_zoom: tuple[Positive, Positive]
    others: Share
    recast: Share
    tilt: Annotated[float, Field(ge=0)]
    shift: Share
    colour: Share
    grey: Share
    blur: Share
    jpeg: Share
    erase: Share
    mix: Share
    balance: Share


class NetworkSettings(_Settings):
    """The shape of the network beyond its backbone. The embedding serves the loss; another one is fitted for export.

    It starts from the base network that ships, or from ImageNet. `casts` is how many characters each one is while
    training: itself, and with its hues turned in even steps.
    """

    start: Literal["base", "imagenet"] = "base"
    casts: Count = 1
    side: Annotated[int, Field(ge=32)]
    embedding: Count
    dropout: Part


class LossSettings(_Settings):
    """What is minimised."""

    scale: Positive
    margin: Share
    smoothing: Part


class ExportSettings(_Settings):
    """The faces that calibrate the 8-bit network, the dimensions of the embedding, a character's prototypes at most.

    What ships is the mean of the weights of so many stages, the last ones, as `averaged` says, and of the base network
    that the run started from, which has the share `start_share`. A character gives `cohort` faces at most to those that
    others are compared with.
    """

    averaged: Count
    start_share: Part = 0
    cohort: Count
    calibration: Count
    embedding: Count
    prototypes: Count


class Stage(_Settings):
    """One stretch of fitting, beginning with the weights of the one before."""

    name: str
    steps: Count
    batch: Count
    rate: Positive
    side: Annotated[int, Field(ge=32)]
    frozen: Annotated[int, Field(ge=0)]


class Settings(_Settings):
    """Everything that a run depends on, its data apart.

    `other_folders` corrects the labels of boxed sets: a folder, ``"set/id"``, shows the character of another one, or of
    an id in a set without boxes, or, where that is empty, nobody in particular.
    """

    data: DataSettings
    sets: Annotated[tuple[SetSettings, ...], Field(min_length=1)]
    other_folders: dict[str, str] = Field(default_factory=dict)
    held_back: HeldBackSettings
    others: OthersSettings | None = None
    augment: AugmentSettings
    network: NetworkSettings
    loss: LossSettings
    export: ExportSettings
    stages: Annotated[tuple[Stage, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _check_start(self) -> "Settings":
        if self.export.start_share and self.network.start != "base":
            raise ValueError('export.start_share is a share of the base network: it needs network.start = "base"')
        return self


def read_settings(path: Path) -> Settings:
    """Read the settings of a run.

    Raises:
        TrainerError: the file is missing or holds something else; the message names the key.
    """
    return read_run_settings(path, Settings)
