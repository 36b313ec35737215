"""What can go wrong while training: always told to whoever trains, with what to do next."""

from bot.errors import OperatorError


class TrainerError(OperatorError):
    """Training cannot go on as asked. The message says what is wrong and what to do next."""


class DatasetError(TrainerError):
    """The folders of pictures cannot be used as they are."""


class WeightsError(TrainerError):
    """The weights of a backbone are missing, or belong to another network."""


class ExportRefused(TrainerError):
    """The exported network is not good enough to be written."""
