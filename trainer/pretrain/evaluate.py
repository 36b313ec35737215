"""Judge the base network by strangers: with the stage that never saw them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trainer.measure import Measured, OpenSet, Truth, Values, few_shot, nearest_mean, open_set
from trainer.pretrain.data import Faces, Indices
from trainer.pretrain.outputs import Outputs, Shown
from trainer.pretrain.strangers import Ground, fit

SHOTS = (1, 5, 20)
NEIGHBOURS = 5
FOLDS = 2


@dataclass(frozen=True)
class Strangers:
    """Figures for characters that trained nothing.

    `open_sets` by the score of a face and by whom it is told from; `few_shots` by group and pictures a character.
    """

    open_sets: dict[tuple[str, str], OpenSet]
    few_shots: dict[tuple[str, int], Measured]


def judge_strangers(ground: Ground, strangers: Sequence[str], prototypes: int) -> Strangers:
    """Measure what happens to strangers, from what a stage without them says of all crops.

    Known are the crops held back of all other characters, in both framings. The bot's answer is fitted to half of the
    strangers and measured on the other half, then the other way round: the figures are means of both.
    """
    faces = ground.faces
    folds = [list(strangers[start::FOLDS]) for start in range(FOLDS)]
    held = ground.part("test")
    measured: dict[tuple[str, str], list[OpenSet]] = {}
    for fold in range(FOLDS):
        asked = [name for other, members in enumerate(folds) if other != fold for name in members]
        fitted = fit(ground, folds[fold], prototypes, with_nobody=False)
        groups = {
            "all": ground.all_of(asked),
            **{name: ground.all_of(members) for name, members in _groups(faces, asked).items()},
            "posters, screenshots, cards": faces.nobody("test"),
        }
        for group, indices in ((name, indices) for name, indices in groups.items() if len(indices)):
            unknown = ground.shown(indices)
            said = open_set(*(fitted.rank(shown, ground.known).max(axis=1) for shown in (held, unknown)))
            measured.setdefault(("the bot's answer", group), []).append(said)
    everybody = ground.shown(ground.all_of(strangers))
    trained = ground.said.own.at(faces.of("train", ground.known)).embeddings
    nearest = (nearest_mean(shown.embeddings, trained, NEIGHBOURS) for shown in (held, everybody))
    softmax = (_softmax(shown).max(axis=1) for shown in (held, everybody))
    return Strangers(
        {
            **{key: _mean(found) for key, found in measured.items()},
            (f"{NEIGHBOURS} nearest neighbours", "all"): open_set(*nearest),
            ("softmax", "all"): open_set(*softmax),
        },
        {
            (f"{len(group)} of {name}", shots): _taught(faces, ground.said.own, group, shots)
            for name, group in {"all sets": list(strangers), **_groups(faces, strangers)}.items()
            for shots in SHOTS
        },
    )


def _mean(found: Sequence[OpenSet]) -> OpenSet:
    values = [(one.wrongly_named.value, one.wrongly_named.low, one.wrongly_named.high) for one in found]
    value, low, high = (float(number) for number in np.mean(values, axis=0))
    count = sum(one.wrongly_named.count for one in found)
    return OpenSet(float(np.mean([one.auroc for one in found])), Measured(value, low, high, count), found[0].known)


def _softmax(shown: Shown) -> Values:
    exponentials = np.exp(shown.logits - shown.logits.max(axis=1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(axis=1, keepdims=True))


def _groups(faces: Faces, strangers: Sequence[str]) -> dict[str, list[str]]:
    """The strangers of each set that has several."""
    groups = {}
    for name in faces.set_names:
        members = [one for one in strangers if len(faces.of("test", [one], name))]
        if 1 < len(members) < len(strangers):
            groups[name] = members
    return groups


def _taught(faces: Faces, outputs: Outputs, group: Sequence[str], shots: int) -> Measured:
    def some(*parts: Indices) -> tuple[Values, Truth]:
        chosen = np.concatenate(parts)
        return outputs.embeddings[chosen], faces.truth[chosen]

    held = some(faces.of("test", group), faces.of("validation", group))
    return few_shot(some(faces.of("train", group)), held, shots)
