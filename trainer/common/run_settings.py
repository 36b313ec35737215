"""Read the settings of a long training run from TOML."""

import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from trainer.common.errors import TrainerError

S = TypeVar("S", bound=BaseModel)


def read_run_settings(path: Path, kind: type[S]) -> S:
    """Read a settings file and check it against its declaration.

    Raises:
        TrainerError: the file is missing or holds something else; the message names the key.
    """
    try:
        return kind.model_validate(tomllib.loads(path.read_text()))
    except OSError as error:
        raise TrainerError(f"cannot read the settings {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValidationError) as error:
        raise TrainerError(f"the settings {path} do not fit: {error}") from error
