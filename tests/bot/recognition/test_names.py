"""Names that do something to those who read them, and names that look like others."""

import pytest

from bot.recognition.characters import Character, Characters
from bot.recognition.names import is_active, lookalike


@pytest.mark.parametrize(
    "name",
    [
        "https://evil.example/x",
        "Maki evil.com",
        "evil.рф",
        "evil.moe",
        "www.evil.example",
        "t.me/joinme",
        "//evil.com",
        "tg://resolve?domain=evil",
        "maki@evil.com",
        "/forget Maki",
        "Maki /forget",
        "(/forget)",
        "@everyone",
        "Maki @admin",
        "#maki",
        "<@123>",
        "<:a:1>",
    ],
)
def test_links_commands_and_mentions_are_found(name: str) -> None:
    assert is_active(name)


@pytest.mark.parametrize(
    "name",
    [
        "Nishikino Maki",
        "D.Va",
        "C.C.",
        "K.K. Slider",
        "Dr.Stone",
        "Mr.Me",
        "M.O.M.O",
        "Fate/Zero",
        "A / B",
        "THE iDOLM@STER",
        "Re:Zero",
        "NieR:Automata",
        "C#",
        "一伊那尓栖",
    ],
)
def test_names_with_the_signs_of_those_are_names(name: str) -> None:
    assert not is_active(name)


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("Nіshikino Mаki", "Nishikino Maki"),  # Cyrillic і and а
        ("nishikinо maki", "Nishikino Maki"),  # Cyrillic о
        ("Мaki", "Maki"),  # a Cyrillic capital whose small letter looks like none
        ("Ηonoka", "Honoka"),  # Greek Eta
        ("lris", "Iris"),
        ("0range", "Orange"),
        ("力一ビィ", "カービィ"),
    ],
)
def test_a_lookalike_of_a_known_name_is_found(name: str, known: str) -> None:
    assert lookalike(name, ["Somebody", known]) == known


@pytest.mark.parametrize("name", ["Maki", "Ram", "Маша", "星野 茜", "Maki 2"])
def test_a_distinct_name_has_no_lookalike(name: str) -> None:
    assert lookalike(name, ["Maki", "Rem", "Nishikino Maki"]) is None


def test_a_characters_name_and_aliases_are_what_can_be_mistaken() -> None:
    characters = Characters([Character("ninomae_inanis", "Ninomae Ina'nis", aliases=("Ina",))])
    assert characters.lookalike("Inа") == "Ina"
    assert characters.lookalike("Ina") is None
    assert characters.lookalike("ninomae INANIS") is None
