from pathlib import Path

from trainer.detector.data import collect


def test_everything_finds_its_place_and_nothing_is_on_both_sides(artwork_data: Path) -> None:
    data = collect(artwork_data, 0.2)
    fit, held = ({picture.path for picture in part} for part in (data.fit, data.held))
    assert len(fit) + len(held) == 15
    assert not fit & held
    assert {picture.source for picture in data.held} == {"heads", "scenes/town"}
    assert [len(part) for part in (data.seed, data.empty, data.empty_held, data.heads)] == [2, 8, 2, 3]


def test_pictures_without_boxes_are_those_on_the_fitted_side(artwork_data: Path) -> None:
    assert [picture.path.name for picture in collect(artwork_data, 0.2).unlabelled] == ["town_0.png"]
