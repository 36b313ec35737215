"""What a chat can set, a row for each setting: storage, parsing and /settings read nothing else.

A row stands here, below both of its readers, the store and `bot.chat.chat_settings`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from bot.texts import N_


class Teachers(StrEnum):
    """Who may teach and correct in a chat."""

    EVERYONE = "everyone"
    MANAGERS = "managers"
    NOBODY = "nobody"


class Keeping(StrEnum):
    """What is kept of a picture when an answer is judged. What people teach with is kept in any case."""

    NOTHING = "nothing"
    NAMED = "named"
    """The face, if a user says who it is: that is teaching."""
    JUDGED = "judged"
    """The face, also if a user says no more than that an answer was right or wrong."""


class Gathering(StrEnum):
    """What stays of faces that nobody knows."""

    NOTHING = "nothing"
    UNKNOWN = "unknown"
    """The face, for a while, so that those who manage the chat can name it."""


class Values(StrEnum):
    """What values a setting has."""

    SWITCH = "switch"
    """On or off."""
    PROBABILITY = "probability"
    """From 0 to 1, shown and read in percent."""
    LANGUAGE = "language"
    """A BCP 47 tag of a language that is spoken."""
    WORD = "word"
    """A member of an enumeration of words."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What there is to a setting beside its name, type and default; None is a value where the default is None.

    The texts are keys of the catalogues.

    Args:
        values: What values it has.
        label: Names a switch; heads a menu.
        choices: Values that can be chosen from a menu, each with its label; an empty one for the value in words.
        sentences: How /settings tells each value; what is not among them is told by `sentence`.
        sentence: Tells any other value, as ``{percent}`` or ``{language}``; empty to say nothing.
        shared: It matters only in chats of many people.
        capability: It matters only on platforms with this one of `bot.chat.model.Capabilities`.
        when: Whether it matters beside the other settings.
    """

    values: Values
    label: str
    choices: Mapping[Any, str] = field(default_factory=dict)
    sentences: Mapping[Any, str] = field(default_factory=dict)
    sentence: str = ""
    shared: bool = False
    capability: str = ""
    when: Callable[["ChatSettings"], bool] = lambda _settings: True


ROW = "setting"
"""The key of a row among what a field of `ChatSettings` says of itself."""


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """What a chat has set. None leaves it to the configuration, the bundle or the reader's locale."""

    watch: bool = field(
        default=False,
        metadata={
            ROW: Setting(
                Values.SWITCH,
                N_("Watch"),
                sentences={
                    False: N_("I look at pictures when I am asked to. With /watch on I look at every one."),
                    True: N_("I look at every picture that is posted here. /watch off ends that."),
                },
                shared=True,
            )
        },
    )
    """Whether every picture that is posted is analysed."""

    quiet: bool = field(
        default=False,
        metadata={
            ROW: Setting(
                Values.SWITCH,
                N_("Quiet"),
                sentences={
                    False: N_("Where nobody asked, I speak of every face. /quiet on limits that to those I know."),
                    True: N_("Where nobody asked, I speak only when I know somebody."),
                },
                shared=True,
                when=lambda settings: settings.watch,
            )
        },
    )
    """Whether, in a watched chat, an answer needs a known character."""

    threshold: float | None = field(
        default=None,
        metadata={
            ROW: Setting(
                Values.PROBABILITY,
                N_("How sure must I be to name a face?"),
                choices={None: N_("As I see fit"), 0.5: "", 0.6: "", 0.7: "", 0.8: "", 0.9: ""},
                sentences={None: N_("I name a face when I am sure enough.")},
                sentence=N_("I name a face from {percent} % on."),
            )
        },
    )
    """The probability from which a face is named."""

    language: str | None = field(
        default=None,
        metadata={
            ROW: Setting(
                Values.LANGUAGE,
                N_("Which language should I speak?"),
                choices={None: N_("Everybody's own")},
                sentences={None: N_("I speak everybody's own language, where I know it.")},
                sentence=N_("I speak this language: {language}"),
            )
        },
    )

    teachers: Teachers = field(
        default=Teachers.EVERYONE,
        metadata={
            ROW: Setting(
                Values.WORD,
                N_("Who may teach and correct me?"),
                choices={
                    Teachers.EVERYONE: N_("Everybody"),
                    Teachers.MANAGERS: N_("Those who manage this chat"),
                    Teachers.NOBODY: N_("Nobody"),
                },
                sentences={
                    Teachers.EVERYONE: N_("Everybody may teach and correct me."),
                    Teachers.MANAGERS: N_("Only those who manage this chat may teach and correct me."),
                    Teachers.NOBODY: N_("Nobody may teach or correct me here."),
                },
                shared=True,
            )
        },
    )

    keep: Keeping = field(
        default=Keeping.NAMED,
        metadata={
            ROW: Setting(
                Values.WORD,
                N_("What should I keep when I am corrected?"),
                choices={
                    Keeping.NOTHING: N_("Nothing of the picture"),
                    Keeping.NAMED: N_("Faces that are named"),
                    Keeping.JUDGED: N_("Every face that is judged"),
                },
                sentences={
                    Keeping.NOTHING: N_("When I am corrected, I keep nothing of the picture."),
                    Keeping.NAMED: N_(
                        "When I am told who somebody really is, I keep the cut-out face to learn from it."
                    ),
                    Keeping.JUDGED: N_(
                        "When I am told that I was right or wrong, I keep the cut-out face to learn from it."
                    ),
                },
            )
        },
    )
    """Which judgements keep the face crop, so that they count as examples."""

    gather: Gathering = field(
        default=Gathering.NOTHING,
        metadata={
            ROW: Setting(
                Values.WORD,
                N_("What should I keep of faces that I do not know?"),
                choices={
                    Gathering.NOTHING: N_("Nothing"),
                    Gathering.UNKNOWN: N_("The face, for thirty days"),
                },
                sentences={
                    Gathering.UNKNOWN: N_(
                        "I keep faces that I do not know for thirty days, so that the people who manage this chat "
                        "can name them on the people page."
                    )
                },
            )
        },
    )
    """Whether faces that nobody knows are kept for a while, to be named."""

    confirm: bool = field(
        default=False,
        metadata={
            ROW: Setting(
                Values.SWITCH,
                N_("Second opinion"),
                sentences={
                    True: N_("What one person teaches counts when a second one, or a manager, has confirmed it.")
                },
                shared=True,
                when=lambda settings: settings.teachers is not Teachers.NOBODY,
            )
        },
    )
    """Whether what one person teaches is provisional until a second one or a manager confirms it."""

    adults_only: bool = field(
        default=False,
        metadata={
            ROW: Setting(
                Values.SWITCH,
                N_("Age-restricted only"),
                sentences={True: N_("I answer only while this chat is marked as age-restricted.")},
                shared=True,
                capability="age_restricted_chats",
            )
        },
    )
    """Whether to stay silent unless the platform marks the chat as age-restricted."""

    least_guess: float = field(
        default=0.15,
        metadata={
            ROW: Setting(
                Values.PROBABILITY,
                N_("How likely must a guess be for me to show it?"),
                choices={0.0: N_("I show every one"), 0.05: "", 0.15: "", 0.3: "", 0.5: ""},
                sentences={0.0: N_("I show every guess, however unlikely.")},
                sentence=N_("I show guesses from {percent} % on."),
            )
        },
    )
    """The probability from which an answer shows a guess; whoever asks for more like it is shown others too."""


SETTINGS: Mapping[str, Setting] = {one.name: one.metadata[ROW] for one in fields(ChatSettings)}
"""Each setting's row, by its name, in the order in which they are told."""
DEFAULTS: Mapping[str, Any] = {one.name: one.default for one in fields(ChatSettings)}
