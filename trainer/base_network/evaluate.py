"""Judge a bundle by faces of characters that never trained: who of them is given a name, and which."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.recognition.bundle import Bundle, read_bundle
from bot.recognition.naming.classifier import Classifier
from bot.recognition.naming.recogniser import Recogniser
from trainer.base_network.data import Faces, Indices
from trainer.base_network.outputs import Outputs, ask_classifier
from trainer.base_network.strangers import as_crops
from trainer.common.console import Console
from trainer.common.measure import Measured, OpenSet, open_set, share
from trainer.evaluation.taught import SURE, Crops, Lesson, TaughtFigures, judge_taught

WORST = 20
LESSONS = (1, 3, 5)
"""Drawings that teach each of five characters."""
AT_ONCE = 54


@dataclass(frozen=True)
class Strangers:
    """How a bundle meets strangers of one group, as the bot frames their faces.

    `open_set` compares their scores with those of held-back faces of the roster; `named` are the shares that are given
    a name at the bundle's threshold, and `sure` those with `SURE` and more.
    """

    bundle: str
    group: str
    open_set: OpenSet
    named: Measured
    sure: Measured


@dataclass(frozen=True)
class Mistaken:
    """A stranger who is called by a name of the roster: so many of her faces."""

    stranger: str
    name: str
    times: int
    faces: int


@dataclass(frozen=True)
class Met:
    """How a bundle meets characters that never trained: as strangers, and once they are taught."""

    strangers: list[Strangers]
    mistaken: list[Mistaken]
    taught: list[TaughtFigures]


def judge_strangers(path: Path, faces: Faces, console: Console) -> Met:
    """Measure how characters that nothing was fitted to fare, one franchise, and faces of posters.

    Raises:
        BundleError: the bundle is damaged or does not load.
    """
    bundle = read_bundle(path)
    groups = {
        "characters of today's games": faces.strangers("unseen"),
        "one franchise": faces.strangers("franchise"),
        "posters, screenshots, cards": faces.strangers("test"),
    }
    groups["all"] = np.concatenate([*groups.values()])
    asked = np.concatenate([faces.of("test"), groups["all"]])
    said = ask_classifier(Classifier(bundle), faces.framed[asked], console, f"Asking {path.stem} about strangers")
    row_of = np.full(len(faces.truth), -1)
    row_of[asked] = np.arange(len(asked))

    def crops(indices: Indices) -> Crops:
        return as_crops(faces, indices, said.at(row_of[indices]))

    unseen, franchise = crops(groups["characters of today's games"]), crops(groups["one franchise"])
    known = crops(faces.of("test"))
    name = bundle.info.name
    taught = [
        *judge_taught(bundle, unseen, known, [Lesson(f"today's games ({name})", 5, n) for n in LESSONS]),
        *judge_taught(bundle, unseen, known, [Lesson(f"today's games ({name})", AT_ONCE, 3)]),
        *judge_taught(bundle, franchise, known, [Lesson(f"one franchise ({name})", 3, n) for n in (1, 5, 10)]),
    ]
    return Met(*_as_strangers(bundle, faces, groups, asked, said), taught)


def _as_strangers(
    bundle: Bundle, faces: Faces, groups: Mapping[str, Indices], asked: Indices, said: Outputs
) -> tuple[list[Strangers], list[Mistaken]]:
    ranking = Recogniser(bundle).rank(said.logits, said.embeddings)
    confidence = np.zeros(len(faces.truth), np.float32)
    names = np.full(len(faces.truth), "", object)
    confidence[asked] = ranking.probabilities.max(axis=1)
    names[asked] = [ranking.characters[place] for place in ranking.probabilities.argmax(axis=1)]
    known = confidence[faces.of("test")]
    found = [
        Strangers(
            bundle.info.name,
            group,
            open_set(known, confidence[rows]),
            share(confidence[rows] >= bundle.info.threshold),
            share(confidence[rows] >= SURE),
        )
        for group, rows in groups.items()
        if len(rows)
    ]
    named = [i for i in groups["all"] if confidence[i] >= bundle.info.threshold and faces.characters[i]]
    return found, _worst(faces, groups["all"], [(str(faces.characters[i]), str(names[i])) for i in named])


def _worst(faces: Faces, asked: Indices, named: list[tuple[str, str]]) -> list[Mistaken]:
    counts = Counter(str(one) for one in faces.characters[asked])
    pairs = sorted(Counter(named).items(), key=lambda pair: (-pair[1], -pair[1] / counts[pair[0][0]], pair[0]))
    return [Mistaken(stranger, name, times, counts[stranger]) for (stranger, name), times in pairs[:WORST]]
