"""Settings of the trainer: what its commands take as options, and what ``whobot-train all`` reads from one TOML file.

Every key is declared here with its default and its meaning. Paths are relative to the working directory.
"""

import difflib
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.errors import ConfigError

Positive = Annotated[int, Field(gt=0)]
Natural = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, lt=1)]


class Precision(StrEnum):
    """How a bundle stores its numbers."""

    FLOAT16 = "float16"
    INT8 = "int8"


BASE_NETWORK = "base"
"""Names whobot's own network among those to start from."""
MARGIN = 0.4
"""What the base network has learnt to see: so far beyond our detector's boxes."""


class Section(BaseModel):
    """A table of the TOML file: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Pictures(Section):
    """Where the pictures are: whole pictures to crop, face crops, or face crops that are divided already."""

    source: Path | None = None
    """A folder of whole pictures for each character. They are cropped, then split."""
    crops: Path | None = None
    """A folder of face crops for each character, such as `whobot export-dataset` writes. They are split. Instead of
    source."""
    train: tuple[Path, ...] = ()
    """Folders of face crops to train on, each with a folder for each character. Instead of source."""
    test: tuple[Path, ...] = ()
    """Folders of face crops to test on."""

    @model_validator(mode="after")
    def _either(self) -> "Pictures":
        given = [bool(self.source), bool(self.crops), bool(self.train)]
        if bool(self.train) != bool(self.test) or sum(given) != 1:
            raise ValueError("give either source, or both train and test, or crops")
        return self


class Crop(Section):
    """How faces are cut out of whole pictures."""

    detector: Literal["ours", "cascade", "animeface"] = "ours"
    """What finds the faces."""
    bundle: Path | None = None
    """A bundle of a detector of our own kind; without it the one that ships with whobot."""
    cascade: Path | None = None
    """An OpenCV LBP or Haar cascade; without it the one that ships with whobot."""
    margin: Annotated[float, Field(ge=0, le=2)] | None = None
    """How far a crop reaches beyond the face's box on each side, as a share of the box's longer side. Without it 0.4
    for our detector, and none for the others, whose boxes are wider."""

    @property
    def reach(self) -> float:
        """The margin to crop with."""
        if self.margin is not None:
            return self.margin
        return MARGIN if self.detector == "ours" else 0.0


class Splitting(Section):
    """How pictures are divided."""

    test: Share = 0.2
    """Share of each character's pictures to test on."""
    validation: Share = 0.1
    """Share of each character's remaining pictures to validate on."""
    first: Positive | None = None
    """The first so many pictures of each character train, the rest test: the published protocol."""
    seed: Natural = 1
    """The same seed divides the same pictures in the same way."""


class Fit(Section):
    """How the network is trained."""

    backbone: str = BASE_NETWORK
    """The network to start from: base, which is whobot's own and knows drawn faces, or one that knows ImageNet:
    efficientnet-lite0, mobilenet-v2 or inception-v3."""
    weights: Path | None = None
    """Its weights, in the file of another base network or one that Keras reads; base and efficientnet-lite0 bring
    their own."""
    size: Positive | None = None
    """Side of the square picture that the network sees, in pixels; without it what base was trained on, or 96."""
    penalty: Annotated[float, Field(gt=0)] = 0.1
    """How strongly the new head's weights are held down; the fewer pictures, the more it matters."""
    fine_tune_epochs: Natural | None = None
    """Epochs in which the last blocks are trained along; without it none on base, and 30 on the others."""
    fine_tune_blocks: Natural = 4
    """How many of the last blocks."""
    fine_tune_rate: Annotated[float, Field(gt=0)] = 1e-3
    """Learning rate of fine-tuning, at its start."""
    label_smoothing: Annotated[float, Field(ge=0, lt=1)] = 0.05
    """How much of the target fine-tuning spreads over all characters, so that the network does not become too sure."""
    seed: Natural = 1
    """The same seed trains the same network from the same pictures."""


class Export(Section):
    """How bundles are written."""

    directory: Path = Path("models")
    """Where the bundles go."""
    precisions: tuple[Precision, ...] = (Precision.FLOAT16, Precision.INT8)
    """One bundle for each."""
    require: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Top-1 accuracy on the test pictures below which nothing is written."""
    threshold: Annotated[float, Field(ge=0, le=1)] | None = None
    """Probability below which the bot calls a face unknown; without it, from base, the one that 95 % of the pictures
    reach in cross-validation, else 0.5."""
    margin: Annotated[float, Field(ge=0, le=2)] = MARGIN
    """How far beyond our detector's boxes the crops reach that were trained on: the bot cuts faces out as wide."""


class Published(Section):
    """Figures that others have reported on the same pictures, for comparison."""

    network: str
    """The network that they used."""
    right: Natural
    """How many pictures it had right."""
    pictures: Positive
    """Of how many."""
    lowest_right: Annotated[float, Field(ge=0, le=1)]
    """The lowest score of a right answer."""
    source: str
    """Where that is written."""


class Roster(Section):
    """One network to train, for some of the characters."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    """The name of its bundles: small letters, digits and hyphens."""
    characters: tuple[str, ...] = ()
    """The characters that it knows; all folders where empty."""
    ship: bool = True
    """Whether its bundles go to the export directory. Otherwise they stay in the working folder."""
    published: Published | None = None
    """Results to compare with."""
    card: Path | None = None
    """A model card in Markdown whose marked section "figures" takes the figures of the bundles."""


class Settings(Section):
    """Everything that ``whobot-train all`` needs to know."""

    work: Path
    """Where intermediate results lie; the same settings go on from there. Delete it to start from the beginning."""
    pictures: Pictures
    rosters: tuple[Roster, ...] = Field(min_length=1)
    beside: Path | None = None
    """The bundle that the characters are added to: all that it knows stay known. Without it the one that ships. The
    same bundle in the other precision, where it lies beside it, is added to as well."""
    alone: bool = False
    """Whether a network is trained that knows these characters alone. [fit] and compare are for that."""
    compare: tuple[str, ...] = ()
    """Other networks to start from, as fit.backbone: the tables show them beside, their bundles stay in the working
    folder."""
    crop: Crop = Crop()
    split: Splitting = Splitting()
    fit: Fit = Fit()
    export: Export = Export()
    document: Path | None = None
    """A Markdown file whose marked sections "bundles" and "comparison" take the tables."""

    @model_validator(mode="after")
    def _either(self) -> "Settings":
        if self.alone and self.beside is not None:
            raise ValueError("give either beside, or alone = true")
        if not self.alone and (self.compare or "fit" in self.model_fields_set):
            raise ValueError("[fit] and compare are for a network of its own: set alone = true, or leave them out")
        return self


def read_settings(path: Path) -> Settings:
    """Read a settings file.

    Raises:
        ConfigError: it is missing, is no TOML, or a key or a value is wrong; the nearest right key is named.
    """
    try:
        return Settings.model_validate(tomllib.loads(path.read_text()))
    except OSError as error:
        raise ConfigError(f"cannot read the settings {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is no TOML: {error}") from error
    except ValidationError as error:
        mistakes = "\n".join(
            f"  {_explain(details['loc'], details['type'], details['msg'])}" for details in error.errors()
        )
        raise ConfigError(f"{path} cannot be used:\n{mistakes}") from error


def _explain(location: tuple[int | str, ...], kind: str, message: str) -> str:
    key = ".".join(str(part) for part in location)
    if kind != "extra_forbidden":
        return f"{key}: {message}" if key else message
    known = _fields(location[:-1])
    near = difflib.get_close_matches(str(location[-1]), known, n=1, cutoff=0.4)
    return f"{key}: there is no such key" + (
        f", did you mean {near[0]}?" if near else f"; known are {', '.join(known)}"
    )


def _fields(location: tuple[int | str, ...]) -> list[str]:
    """List the keys of the table at `location`."""
    tables = [part for part in location if isinstance(part, str)]
    return list((TABLES[tables[-1]] if tables else Settings).model_fields)


TABLES: Mapping[str, type[Section]] = {
    "pictures": Pictures,
    "rosters": Roster,
    "published": Published,
    "crop": Crop,
    "split": Splitting,
    "fit": Fit,
    "export": Export,
}
