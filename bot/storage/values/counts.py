"""How much is stored: over all chats, and of one person."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts over all chats.

    Args:
        chats: Chats that have set something.
        watched: Chats in which every picture is analysed.
        opted_out: People whose pictures are ignored.
        characters: Characters that were taught, each counted once.
        examples: Face crops that were taught, those that wait for a second opinion included.
        provisional: Those that wait for one.
        verdicts: What people have said of answers.
    """

    chats: int
    watched: int
    opted_out: int
    characters: int
    examples: int
    provisional: int
    verdicts: int


@dataclass(frozen=True, slots=True)
class UserData:
    """How much is stored of what a person did.

    Args:
        opted_out: Whether their pictures are ignored.
        examples: Face crops that they have taught with.
        removed: Face crops of theirs that were forgotten, and can still be put back for a while.
        verdicts: What they have said of answers.
        crops: How many of the verdicts keep a face crop.
        changes: Entries of the history that name them.
        questions: Questions of theirs to which the answers are still known.
        open: Questions of theirs that are being answered, or were left open by a crash.
        strangers: Faces in their pictures that nobody knew, kept to be named.
    """

    opted_out: bool
    examples: int
    removed: int
    verdicts: int
    crops: int
    changes: int
    questions: int = 0
    open: int = 0
    strangers: int = 0
