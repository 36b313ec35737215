"""One tree of errors, cut in two by who is told.

A `UserError` is the fault of a request (or of the moment): the chat gets a short, clear answer and nothing is logged
above INFO. An `OperatorError` is the fault of the installation: whoever runs whobot is told what to do next. Anything
that is neither is a bug: it is logged with an id, and the chat gets that id.

Errors carry facts, not sentences: `bot.chat.words` words a `UserError` in the chat's language.
"""

from dataclasses import dataclass


class WhobotError(Exception):
    """Root of everything that whobot raises on purpose."""


class UserError(WhobotError):
    """A request that cannot be answered, for a reason that its author should hear."""

    @property
    def kind(self) -> str:
        """Name of this error in metrics and logs, for example ``too_many_pixels``."""
        name = type(self).__name__
        return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


class PictureError(UserError):
    """The picture itself cannot be used."""


class NoPicture(PictureError):
    """The message holds no picture to analyse."""


class UnsupportedFormat(PictureError):
    """The bytes are no picture in a format that whobot reads."""


class BrokenPicture(PictureError):
    """The bytes begin like a picture, but are truncated or damaged."""


class DecodingFailed(PictureError):
    """Its decoder came to an end over the picture before it had read it: by a crash, or for lack of memory."""


@dataclass(eq=False)
class TooManyBytes(PictureError):
    """The file is larger than the limit, whatever its sender declared."""

    limit: int


@dataclass(eq=False)
class TooManyPixels(PictureError):
    """The picture's header asks for more pixels than the limit."""

    pixels: int
    limit: int


@dataclass(eq=False)
class SideTooLong(PictureError):
    """The picture's header asks for more pixels on a side than `limit`."""

    limit: int


@dataclass(eq=False)
class TooManyFrames(PictureError):
    """The animation has more frames than the limit."""

    limit: int


@dataclass(eq=False)
class TooLong(PictureError):
    """The video lasts longer than the limit."""

    seconds: float


@dataclass(eq=False)
class TooManyPictures(PictureError):
    """One message holds more pictures than the limit."""

    limit: int


class DownloadFailed(UserError):
    """The platform did not deliver the picture."""


@dataclass(eq=False)
class DownloadTimeout(UserError):
    """The platform was too slow to deliver the picture."""

    seconds: float


@dataclass(eq=False)
class AnalysisTimeout(UserError):
    """Looking at the picture took longer than the limit."""

    seconds: float


class Busy(UserError):
    """The queue is full: nothing was started, asking again later may help."""


class Stopping(UserError):
    """whobot is shutting down and takes no new work."""


@dataclass(eq=False)
class RateLimited(UserError):
    """The user or the chat has asked too often; `retry_after` is in seconds, `told` whether they know it already."""

    retry_after: float
    told: bool = False


class NotAllowed(UserError):
    """The user may not do this in this chat."""


@dataclass(eq=False)
class BadSetting(UserError):
    """A chat's setting was given a value that it cannot take; `setting` is its name."""

    setting: str


class AdultsOnly(UserError):
    """The chat wants answers only where its platform marks it as age-restricted, and it is not."""


class Expired(UserError):
    """The button that was pressed is about something that is not remembered any more."""


class CannotLearn(UserError):
    """The running bundle gives no embeddings, so that nothing can be taught beside it."""


class TeachingOff(UserError):
    """Teaching and correcting are switched off in this chat."""


@dataclass(eq=False)
class BadName(UserError):
    """A name that no character can have: empty, longer than `limit`, or with characters that are no text."""

    limit: int


class ActiveName(UserError):
    """A name that no character can have: a chat would show a link, a command or a mention in it."""


@dataclass(eq=False)
class UnclearName(UserError):
    """A name that may mean one of `candidates`, as they are called. It stays out of logs: a user has written it.

    Where `misspelt`, none of them is called so, only nearly; else each has these words in its name, and others beside
    them. `new`: whether it may be a new character as well. `ids` are those of the candidates.
    """

    name: str
    candidates: tuple[str, ...]
    misspelt: bool
    new: bool
    ids: tuple[str, ...] = ()

    def __str__(self) -> str:
        return ""


@dataclass(eq=False)
class NameTaken(UserError):
    """A further name for a character that somebody else, `name`, has already. It stays out of logs."""

    name: str

    def __str__(self) -> str:
        return ""


@dataclass(eq=False)
class NotTaught(UserError):
    """The character called `name` was not taught in this chat. The name stays out of logs: a user has written it."""

    name: str

    def __str__(self) -> str:
        return ""


@dataclass(eq=False)
class TooManyExamples(UserError):
    """The chat has taught as many pictures as it may."""

    limit: int


class SecondPersonNeeded(UserError):
    """Only managers may confirm what they have taught themselves."""


class Settled(UserError):
    """What was to be confirmed, rejected or reverted has been already, or is gone."""


class OptedOut(UserError):
    """The author of the picture has asked whobot to leave their pictures alone."""


class OperatorError(WhobotError):
    """The installation needs its operator. The message says what is wrong and what to do next, without secrets."""


class ConfigError(OperatorError):
    """The configuration cannot be used."""


class BundleError(OperatorError):
    """A bundle is missing, damaged or of a kind that this version cannot run."""


class PackError(OperatorError):
    """A character pack cannot be used, or not be made."""


class StoreError(OperatorError):
    """The database cannot be opened or is of a version that this whobot does not know."""


class StoreOutgrown(StoreError):
    """A newer whobot has brought the database further while this one was running."""


class AdapterError(OperatorError):
    """A platform cannot be reached. The application tries again with backoff."""


class LoginRefused(AdapterError):
    """A platform refuses the credentials: trying again without a change is of little use."""
