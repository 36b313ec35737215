"""The bundles that ship, on the real test crops of the published experiment, and the documents that tell of them."""

from pathlib import Path

import pytest

from bot.recognition.bundle import read_bundle
from tests.trainer.conftest import Transcript
from trainer.classifier.report import picture_table, summary_table
from trainer.classifier.scoring import BundleScorer, Evaluation, evaluate
from trainer.common.documents import bundle_table
from trainer.common.settings import read_settings
from trainer.common.split import Split, make_split

REPOSITORY = Path(__file__).resolve().parents[3]
MODELS = REPOSITORY / "models"
PRECISIONS = ("float16", "int8")
PUBLISHED_LOWEST = 0.474


@pytest.fixture(scope="module")
def split(shared: Path) -> Split:
    settings = read_settings(REPOSITORY / "trainer" / "experiments" / "published.toml")
    train, test = ([REPOSITORY / path for path in paths] for paths in (settings.pictures.train, settings.pictures.test))
    return make_split(None, train, test, settings.split, settings.rosters[-1].characters, Transcript())


@pytest.fixture(scope="module")
def evaluations(split: Split) -> list[Evaluation]:
    bundles = [read_bundle(MODELS / f"three-characters-{precision}.tflite") for precision in PRECISIONS]
    return [evaluate(BundleScorer(bundle), split.test, Transcript()) for bundle in bundles]


def test_the_published_split(split: Split) -> None:
    assert len(split.train) + len(split.validation) == 90
    assert len(split.test) == 31


@pytest.mark.parametrize("index", range(len(PRECISIONS)), ids=PRECISIONS)
def test_all_are_right_and_surer_than_published(index: int, evaluations: list[Evaluation]) -> None:
    figures = evaluations[index].figures
    assert round(figures.top1 * figures.count) == 31
    assert figures.lowest_right > PUBLISHED_LOWEST


def test_the_documents_hold_what_the_bundles_say(evaluations: list[Evaluation]) -> None:
    readme = (MODELS / "README.md").read_text()
    assert picture_table(evaluations) in readme
    assert summary_table(evaluations) in (MODELS / "three-characters.md").read_text()


def test_the_index_lists_the_bundles_that_are_there() -> None:
    listed = (MODELS / "README.md").read_text()
    for row in bundle_table(MODELS).splitlines():
        assert row in listed
