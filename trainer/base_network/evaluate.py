"""Judge the base network by strangers: with the stage that never saw them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.recognition.bundle import Bundle
from bot.recognition.naming.classifier import Classifier
from bot.recognition.naming.recogniser import Recogniser
from trainer.base_network.data import Faces, Indices
from trainer.base_network.outputs import Shown, ask_classifier
from trainer.base_network.strangers import Ground, fit
from trainer.common.console import Console
from trainer.common.measure import Measured, OpenSet, Truth, Values, few_shot, nearest_mean, open_set

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


def judge_strangers(
    ground: Ground, bundle: Bundle, strangers: Sequence[str], prototypes: int, console: Console
) -> Strangers:
    """Measure what happens to strangers.

    Known are the crops held back of all other characters, in both framings. The bot's answer is fitted to half of the
    strangers and measured on the other half, then the other way round: the figures are means of both.

    Args:
        ground: What a stage without the strangers says of all crops.
        bundle: What would ship of that stage, with nothing fitted to it yet; its labels are those that `ground` knows.
        strangers: Characters that the stage has not met.
        prototypes: Most prototypes a character.
        console: Told how far it is.
    """
    faces = ground.faces
    folds = [list(strangers[start::FOLDS]) for start in range(FOLDS)]
    held, cohort = faces.of("test", ground.known), faces.cohort("test")
    measured: dict[tuple[str, str], list[OpenSet]] = {}
    vectors = np.zeros((len(faces.truth), ground.said.own.embeddings.shape[1]), np.float32)
    for fold in range(FOLDS):
        asked = [name for other, members in enumerate(folds) if other != fold for name in members]
        fitted = fit(ground, folds[fold], prototypes, with_cohort=False).given_to(bundle)
        everybody = np.concatenate([held, ground.all_of(asked), cohort])
        confidence, embeddings = _ask(fitted, faces, everybody, console)
        groups = {
            "all": ground.all_of(asked),
            **{name: ground.all_of(members) for name, members in _groups(faces, asked).items()},
            "posters, screenshots, cards": cohort,
        }
        for group, indices in ((name, indices) for name, indices in groups.items() if len(indices)):
            said = open_set(confidence[held].ravel(), confidence[indices].ravel())
            measured.setdefault(("the bot's answer", group), []).append(said)
        vectors[everybody] = embeddings
    known, unknown = ground.shown(held), ground.shown(ground.all_of(strangers))
    trained = ground.said.own.at(faces.of("train", ground.known)).embeddings
    nearest = (nearest_mean(shown.embeddings, trained, NEIGHBOURS) for shown in (known, unknown))
    softmax = (_softmax(shown).max(axis=1) for shown in (known, unknown))
    return Strangers(
        {
            **{key: _mean(found) for key, found in measured.items()},
            (f"{NEIGHBOURS} nearest neighbours", "all"): open_set(*nearest),
            ("softmax", "all"): open_set(*softmax),
        },
        {
            (f"{len(group)} of {name}", shots): _taught(faces, vectors, group, shots)
            for name, group in {"all sets": list(strangers), **_groups(faces, strangers)}.items()
            for shots in SHOTS
        },
    )


def _ask(bundle: Bundle, faces: Faces, indices: Indices, console: Console) -> tuple[Values, Values]:
    """Show some faces to a bundle as the bot does.

    Returns:
        For all faces the probability of the best guess in each framing, ``(count, 2)``, 0 for those not asked; and the
        embeddings of those asked, as their sets have them.
    """
    classifier, recogniser = Classifier(bundle), Recogniser(bundle)
    confidence = np.zeros((len(faces.truth), 2), np.float32)
    answers = []
    for framing, images in enumerate((faces.images, faces.framed)):
        title = f"Asking about strangers{' in crops of the bot' if framing else ''}"
        said = ask_classifier(classifier, images[indices], console, title)
        answers.append(said)
        confidence[indices, framing] = recogniser.rank(said.logits, said.embeddings).probabilities.max(axis=1)
    return confidence, answers[0].embeddings


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


def _taught(faces: Faces, embeddings: Values, group: Sequence[str], shots: int) -> Measured:
    def some(*parts: Indices) -> tuple[Values, Truth]:
        chosen = np.concatenate(parts)
        return embeddings[chosen], faces.truth[chosen]

    held = some(faces.of("test", group), faces.of("validation", group))
    return few_shot(some(faces.of("train", group)), held, shots)
