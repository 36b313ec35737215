"""The report: the published table's layout, and an HTML page that needs nothing from elsewhere."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.trainer.conftest import COLOURS, draw_crop, save
from trainer.classifier.report import markdown, picture_table, summary_table, write_report
from trainer.classifier.scoring import Evaluation, Scored
from trainer.common.dataset import Example
from trainer.common.documents import replace_section
from trainer.common.errors import TrainerError

LABELS = ("akane_hoshino", "aoi_umino", "<b>rei</b>")


@pytest.fixture
def evaluation(tmp_path: Path) -> Evaluation:
    scores = [("akane_hoshino", (0.75, 0.15, 0.1)), ("aoi_umino", (0.6, 0.3, 0.1)), ("<b>rei</b>", (0.1, 0.2, 0.7))]
    scored = []
    for number, (character, probabilities) in enumerate(scores):
        folder = character.strip("<b>/")
        path = save(tmp_path / "tests" / folder / f"{number}.png", draw_crop(COLOURS["aoi_umino"], number))
        scored.append(Scored(Example(character, path), probabilities))
    return Evaluation("friends-int8", LABELS, tuple(scored))


def test_the_table_is_laid_out_as_the_published_one(evaluation: Evaluation) -> None:
    lines = picture_table([evaluation]).splitlines()
    assert lines[0] == "| Picture | Classification | OK/NG |"
    assert lines[2] == (
        "| tests/akane_hoshino/0.png | Akane Hoshino (score = 0.75000)<br>Aoi Umino (score = 0.15000)"
        "<br>&lt;b&gt;rei&lt;/b&gt; (score = 0.10000) | OK |"
    )
    assert lines[3].endswith("| **NG** |")


def test_two_networks_stand_side_by_side(evaluation: Evaluation) -> None:
    lines = picture_table([evaluation, evaluation]).splitlines()
    assert lines[0] == "| Picture | friends-int8 | OK/NG | friends-int8 | OK/NG |"
    assert lines[3].count("**NG**") == 2


def test_figures_are_summed_up(evaluation: Evaluation) -> None:
    assert "| `friends-int8` | 3 | 2 | 66.7% | 100.0% | 66.7% |" in summary_table([evaluation])
    assert "| Top-1 | 66.7% |" in markdown(evaluation)


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.sources: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.sources += [value for name, value in attrs if name in ("src", "href") and value]


def test_the_page_holds_all_that_it_shows(evaluation: Evaluation, tmp_path: Path) -> None:
    paths = write_report(evaluation, tmp_path / "report")
    assert [path.name for path in paths] == ["report.md", "report.html"]
    text = paths[1].read_text()
    page = Page(text)
    assert page.tags.count("article") == 3
    assert len(page.sources) == 4  # the confusion matrix and three thumbnails
    assert all(re.match("data:image/(png|jpeg);base64,", source) for source in page.sources)
    assert "http://" not in text
    assert "https://" not in text


def test_names_cannot_become_markup(evaluation: Evaluation, tmp_path: Path) -> None:
    text = write_report(evaluation, tmp_path)[1].read_text()
    assert "<b>rei" not in text.lower()
    assert "&lt;b&gt;rei" in text.lower()


def test_wrong_answers_come_first(evaluation: Evaluation, tmp_path: Path) -> None:
    text = write_report(evaluation, tmp_path)[1].read_text()
    assert text.index("tests/aoi_umino/1.png") < text.index("tests/akane_hoshino/0.png")


def test_the_same_evaluation_gives_the_same_files(evaluation: Evaluation, tmp_path: Path) -> None:
    first, second = write_report(evaluation, tmp_path / "1"), write_report(evaluation, tmp_path / "2")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_only_the_marked_section_of_a_document_is_rewritten(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_text("above\n<!-- begin: figures -->\nold\n<!-- end: figures -->\nbelow\n")
    replace_section(path, "figures", r"| \1 |")
    replace_section(path, "figures", r"| \2 |")
    assert path.read_text() == ("above\n<!-- begin: figures -->\n\n| \\2 |\n\n<!-- end: figures -->\nbelow\n")


@pytest.mark.parametrize("text", ["no marks", "<!-- end: figures --><!-- begin: figures -->"])
def test_a_document_without_marks_is_left_alone(text: str, tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_text(text)
    with pytest.raises(TrainerError, match="begin: figures"):
        replace_section(path, "figures", "new")
    assert path.read_text() == text
    with pytest.raises(TrainerError, match="cannot read"):
        replace_section(tmp_path / "missing.md", "figures", "new")
