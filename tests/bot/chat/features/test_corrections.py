"""What people say of answers: counted, learnt from, and changed when they change their minds."""

import asyncio
from dataclasses import replace

import pytest

from bot.chat import lessons, verdicts
from bot.chat.features.history import ShowHistory
from bot.chat.model import Placement, Press, Reply, Trigger
from bot.chat.service import Service
from bot.storage.privacy import remove_scope
from bot.storage.store import Store
from bot.storage.values import Action, Keeping, Origin, Scope, Score, Teachers, Truth
from tests.support.learning_backend import LearningBackend, Member, action, choices, labels
from tests.support.service_harness import ANN, BOB, CHAT, MANAGER, WITH_BUTTONS, Source, asking, press

HERE = Scope.of(CHAT)


@pytest.fixture
def backend() -> LearningBackend:
    return LearningBackend()


@pytest.fixture
def ann(service: Service, source: Source) -> Member:
    return Member(service, source)


@pytest.fixture
def bob(service: Service, source: Source) -> Member:
    return Member(service, source, BOB)


async def wrong(member: Member, picture: str = "maki") -> Reply:
    """Ask who is in a picture, and press that it is wrong, or that its face has a name."""
    answer = await member.ask(picture)
    return await member.press(answer, "Wrong?" if "Wrong?" in labels(answer) else "Name this face")


@pytest.mark.parametrize("step", [Keeping.NOTHING, Keeping.NAMED])
async def test_a_right_answer_is_counted_and_nothing_of_the_picture_kept(
    ann: Member, store: Store, step: Keeping
) -> None:
    await store.change(CHAT, keep=step)
    reply = await ann.press(await ann.ask("maki"), "Right!")
    assert reply.placement is Placement.NOTICE
    assert reply.text == "Thank you! I am glad that I was right."
    (verdict,) = await store.verdicts(HERE)
    assert (verdict.said, verdict.truth, verdict.character) == ("nishikino_maki", Truth.CHARACTER, "nishikino_maki")
    assert (verdict.probability, verdict.bundle_id, verdict.by) == (0.9, "b1", ANN)
    assert (verdict.image, verdict.change) == (None, None)
    assert await store.examples(HERE, provisional=True) == []
    assert await store.history(HERE) == []
    assert await store.scores(HERE) == [Score("nishikino_maki", 1, 0)]


async def test_a_chat_that_wants_it_keeps_the_faces_of_right_answers(ann: Member, store: Store) -> None:
    await store.change(CHAT, keep=Keeping.JUDGED)
    reply = await ann.press(await ann.ask("maki"), "Right!")
    assert reply.placement is Placement.NOTICE
    assert reply.text == "Thank you! I am glad that I was right.\nI keep the cut-out face to learn from it."
    (verdict,) = await store.verdicts(HERE)
    assert (verdict.said, verdict.truth, verdict.character) == ("nishikino_maki", Truth.CHARACTER, "nishikino_maki")
    assert (verdict.probability, verdict.bundle_id, verdict.by) == (0.9, "b1", ANN)
    assert verdict.image is None, "the example holds it"
    (example,) = await store.examples(HERE)
    assert (example.character, example.origin, example.image) == ("nishikino_maki", Origin.CONFIRMED, b"maki")
    assert await store.scores(HERE) == [Score("nishikino_maki", 1, 0)]


async def test_all_faces_that_were_named_are_confirmed_at_once(ann: Member, store: Store) -> None:
    reply = await ann.press(await ann.ask("maki+umi+nico"), "Right!")
    assert reply.text == "Thank you! I am glad that I was right 2 times."
    assert len(await store.verdicts(HERE)) == 2
    await store.change(CHAT, keep=Keeping.JUDGED)
    reply = await ann.press(await ann.ask("maki+umi+nico"), "Right!")
    assert reply.text.endswith("\nI keep the cut-out faces to learn from them.")
    assert await store.taught(HERE) == {"nishikino_maki": 1, "yazawa_nico": 1}
    forged = action(await ann.ask("umi"), "Name this face").replace("name:", "right:")
    assert "expired" in (await ann.say(Press(forged))).text


async def test_wrong_offers_the_other_names_and_learns_the_one_that_is_chosen(ann: Member, store: Store) -> None:
    asked = await wrong(ann)
    assert asked.text == "Face 1: who is it really?\nIf you say who, I keep the cut-out face to learn from it."
    assert choices(asked) == ["Yazawa Nico"]
    assert labels(asked) == ["Search…", "Someone else…", "I don't know who", "Not a face", "◀ Back"]
    reply = await ann.press(asked, "Yazawa Nico")
    assert reply.text == "Thank you! So that is Yazawa Nico."
    assert reply.placement is Placement.EDIT
    assert "Yazawa Nico" in (await ann.ask("maki")).text
    (example,) = await store.examples(HERE)
    assert (example.character, example.origin) == ("yazawa_nico", Origin.CORRECTED)
    assert await store.scores(HERE) == [Score("nishikino_maki", 0, 1)]


async def test_a_face_that_nobody_knows_is_named_at_once(ann: Member, store: Store) -> None:
    answer = await ann.ask("umi")
    assert labels(answer) == ["Name this face", "Other guesses", "Delete"]
    asked = await ann.press(answer, "Name this face")
    assert asked.text == "Face 1: who is it?\nIf you say who, I keep the cut-out face to learn from it."
    assert choices(asked) == ["Yazawa Nico", "Nishikino Maki"]
    assert (await ann.press(asked, "Someone else…", "Umi")).text == "Thank you! So that is Umi."
    assert await store.taught(HERE) == {"Umi": 1}
    forged = action(await ann.ask("maki"), "Wrong?").replace("wrong", "name")
    assert "expired" in (await ann.say(Press(forged + ":7"))).text


async def test_faces_that_nobody_knows_are_chosen_among_themselves(ann: Member) -> None:
    asked = await ann.press(await ann.ask("maki+umi+eli"), "Name this face")
    assert asked.text == "Which face?"
    assert choices(asked) == ["Face 2", "Face 3"]
    assert (await ann.press(asked, "Face 3")).text.startswith("Face 3: who is it?")


async def test_faces_to_choose_from_are_pictures_where_the_platform_shows_some(
    service: Service, source: Source
) -> None:
    for able in (False, True):
        capabilities = replace(WITH_BUTTONS, thumbnails=able)
        answer = await service.handle(asking(source.picture("umi+maki"), capabilities=capabilities))
        asked = await service.handle(press(answer, "Other guesses", capabilities=capabilities))
        pictures = [option.picture for menu in asked.menus for option in menu.options]
        assert pictures == ([b"umi", b"maki"] if able else [b"", b""])


async def test_back_shows_the_answer_again(ann: Member) -> None:
    reply = await ann.press(await wrong(ann), "◀ Back")
    assert "Nishikino Maki, 90 %" in reply.text
    assert "Wrong?" in labels(reply)


async def test_which_of_several_faces_is_asked_first(ann: Member, store: Store) -> None:
    asked = await ann.press(await ann.ask("maki+umi"), "Wrong?")
    assert choices(asked) == ["Face 1: Nishikino Maki", "Face 2"]
    asked = await ann.press(asked, "Face 2")
    assert asked.text.startswith("Face 2: who is it?\n")
    await ann.press(asked, "Nishikino Maki")
    (verdict,) = await store.verdicts(HERE)
    assert (verdict.said, verdict.character) == (None, "nishikino_maki")
    assert await store.scores(HERE) == [], "whom nobody was named takes no precision from anybody"


async def test_the_search_covers_all_known_characters(ann: Member, store: Store) -> None:
    await ann.teach("Sonoda Umi", "umi")
    asked = await wrong(ann)
    assert choices(await ann.press(asked, "Search…", "love live")) == ["Nishikino Maki", "Yazawa Nico"]
    no_match = await ann.press(asked, "Search…", "hanayo")
    assert "I know nobody called hanayo" in no_match.text
    assert no_match.placement is Placement.NOTICE
    found = await ann.press(asked, "Search…", "sonodda umi")
    doubt = await ann.press(found, "Sonoda Umi")
    assert doubt.text == "This looks like somebody else, not like Sonoda Umi. Add it anyway?"
    assert labels(doubt) == ["Add anyway", "Cancel"]
    assert await store.taught(HERE) == {"Sonoda Umi": 1}, "nothing counts yet"
    assert "1. Nishikino Maki" in (await ann.press(doubt, "Cancel")).text, "the answer stands there again"
    assert "So that is Sonoda Umi" in (await ann.press(doubt, "Add anyway")).text
    assert await store.taught(HERE) == {"Sonoda Umi": 2}


async def test_a_written_name_that_is_not_clear_is_asked_about(ann: Member, store: Store) -> None:
    asked = await ann.press(await wrong(ann, "umi"), "Someone else…", "Nishikinno")
    assert asked.text == "I know nobody called Nishikinno. Did you mean Nishikino Maki?"
    assert labels(asked) == ["Nishikino Maki", "A new character", "◀ Back"]
    assert "So that is Nishikinno" in (await ann.press(asked, "A new character")).text
    assert "So that is Nishikino Maki" in (await ann.press(asked, "Nishikino Maki")).text
    assert await store.taught(HERE) == {"nishikino_maki": 1}, "people change their minds"


async def test_a_new_name_is_a_new_character(ann: Member) -> None:
    reply = await ann.press(await wrong(ann, "umi"), "Someone else…", " Sonoda  Umi ")
    assert "So that is Sonoda Umi" in reply.text
    assert "Sonoda Umi" in (await ann.ask("umi2")).text
    assert "A name needs" in (await ann.press(await wrong(ann), "Someone else…", " ")).text
    assert "cannot hold a link" in (await ann.press(await wrong(ann), "Someone else…", "/forget Umi")).text


async def test_a_lookalike_of_a_known_name_is_reported(ann: Member) -> None:
    reply = await ann.press(await wrong(ann, "umi"), "Someone else…", "Nishikino M\N{CYRILLIC SMALL LETTER A}ki")
    assert "only looks like Nishikino Maki" in reply.text


@pytest.mark.parametrize(
    ("step", "told", "named", "denied"),
    [
        (Keeping.NOTHING, "I keep nothing of the picture.", False, False),
        (Keeping.NAMED, "If you say who, I keep the cut-out face to learn from it.", True, False),
        (Keeping.JUDGED, "I keep the cut-out face to learn from it.", True, True),
    ],
)
async def test_what_will_be_kept_is_announced_and_then_kept(
    ann: Member, store: Store, step: Keeping, told: str, named: bool, denied: bool
) -> None:
    await store.change(CHAT, keep=step)
    for label, text, kept in (("Someone else…", "Umi", named), ("Not a face", None, denied)):
        asked = await wrong(ann)
        assert asked.text == f"Face 1: who is it really?\n{told}"
        assert (await ann.press(asked, "Search…", "nico")).text == asked.text
        thanks = await ann.press(asked, label, text)
        assert ("counts in /stats only; I keep nothing of the picture" not in thanks.text) is kept
        crops = [verdict.image for verdict in await store.verdicts(HERE) if verdict.image]
        crops += [example.image for example in await store.examples(HERE, provisional=True)]
        assert crops == [b"maki"] * kept
        assert await store.taught(HERE) == ({"Umi": 1} if text and kept else {})
        assert len(await store.history(HERE)) == kept
        assert len(await store.verdicts(HERE)) == 1, "it is counted all the same"
        async with store._transaction() as connection:
            await remove_scope(connection, HERE)


@pytest.mark.parametrize("step", Keeping)
async def test_what_the_trainer_gets_is_what_the_chat_keeps(ann: Member, store: Store, step: Keeping) -> None:
    await store.change(CHAT, keep=step)
    await ann.press(await ann.ask("maki"), "Right!")
    await ann.press(await wrong(ann, "nico"), "Someone else…", "Umi")
    await ann.press(await wrong(ann, "eli"), "I don't know who")
    await ann.teach("Hanayo", "hanayo")
    given = [(example.character, example.origin) for example in await store.lessons(HERE)]
    right, named = ("nishikino_maki", Origin.CONFIRMED), ("Umi", Origin.CORRECTED)
    kept = {Keeping.NOTHING: [], Keeping.NAMED: [named], Keeping.JUDGED: [right, named]}[step]
    assert given == [*kept, ("Hanayo", Origin.TAUGHT)], "who teaches wants it to be kept"
    assert len(await store.verdicts(HERE)) == 3


async def test_naming_a_confirmed_face_teaches_it(ann: Member, store: Store) -> None:
    """Whoever names a face was told that it stays, also if it is who the bot has said."""
    answer = await ann.ask("maki")
    await ann.press(answer, "Right!")
    found = await ann.press(await ann.press(answer, "Wrong?"), "Search…", "nishikino")
    for _ in range(2):
        await ann.press(found, "Nishikino Maki")
    assert await store.taught(HERE) == {"nishikino_maki": 1}
    assert await store.scores(HERE) == [Score("nishikino_maki", 1, 0)]


async def test_a_name_that_is_taken_back_takes_the_face_along(ann: Member, store: Store) -> None:
    asked = await wrong(ann)
    await ann.press(asked, "Someone else…", "Umi")
    reply = await ann.press(asked, "I don't know who")
    assert "I keep nothing of the picture" in reply.text
    assert await store.examples(HERE, provisional=True) == []
    (verdict,) = await store.verdicts(HERE)
    assert (verdict.truth, verdict.image, verdict.change) == (Truth.STRANGER, None, None)


@pytest.mark.parametrize(("label", "truth"), [("I don't know who", Truth.STRANGER), ("Not a face", Truth.NOT_A_FACE)])
async def test_a_name_that_is_wrong_is_not_said_again_where_its_face_is_kept(
    ann: Member, store: Store, label: str, truth: Truth
) -> None:
    await store.change(CHAT, keep=Keeping.JUDGED)
    reply = await ann.press(await wrong(ann), label)
    assert reply.text == "Thank you! I have taken note."
    assert "Nobody I know" in (await ann.ask("maki")).text
    (verdict,) = await store.verdicts(HERE)
    assert (verdict.truth, verdict.character) == (truth, None)
    assert await store.taught(HERE) == {}
    assert await store.scores(HERE) == [Score("nishikino_maki", 0, 1)]


async def test_an_unknown_face_has_no_name_to_deny(ann: Member, store: Store) -> None:
    await store.change(CHAT, keep=Keeping.JUDGED)
    await ann.press(await wrong(ann, "umi"), "I don't know who")
    (verdict,) = await store.verdicts(HERE)
    assert verdict.image == b"umi", "what shows whether another bundle does better"
    assert await store.examples(HERE) == []


async def test_a_change_of_mind_takes_the_first_lesson_back(ann: Member, store: Store) -> None:
    asked = await wrong(ann)
    for _ in range(2):
        await ann.press(asked, "Someone else…", "Umi")
    assert await store.taught(HERE) == {"Umi": 1}, "saying the same twice counts once"
    await ann.press(asked, "Yazawa Nico")
    assert await store.taught(HERE) == {"yazawa_nico": 1}
    assert [verdict.character for verdict in await store.verdicts(HERE)] == ["yazawa_nico"]
    assert [c.action for c in await store.history(HERE)] == [Action.CORRECTED, Action.REVERTED, Action.CORRECTED]


async def test_a_correction_can_be_undone(ann: Member, store: Store) -> None:
    await ann.press(await ann.press(await wrong(ann), "Yazawa Nico"), "Undo")
    assert "Nishikino Maki" in (await ann.ask("maki")).text


@pytest.mark.parametrize("answer", ["Yazawa Nico", "I don't know who", "Not a face"])
async def test_what_is_undone_does_not_count_and_counts_again_when_that_is_undone(
    ann: Member, store: Store, answer: str
) -> None:
    await store.change(CHAT, keep=Keeping.JUDGED)
    asked = await wrong(ann)
    undone = await ann.press(await ann.press(asked, answer), "Undo")
    assert await store.scores(HERE) == []
    await ann.press(undone, "Undo")
    assert await store.scores(HERE) == [Score("nishikino_maki", 0, 1)]
    await ann.press(asked, answer)
    assert len(await store.examples(HERE)) == 1
    assert await store.scores(HERE) == [Score("nishikino_maki", 0, 1)], "saying it again changes nothing"


async def test_what_is_rejected_does_not_count_until_that_is_taken_back(ann: Member, bob: Member, store: Store) -> None:
    await store.change(CHAT, confirm=True)
    corrected = await ann.press(await wrong(ann), "Yazawa Nico")
    rejected = await bob.press(corrected, "Reject")
    assert await store.scores(HERE) == []
    assert "settled" in (await ann.press(corrected, "Confirm")).text
    back = await bob.press(rejected, "Undo")
    assert await store.scores(HERE) == [Score("nishikino_maki", 0, 1)]
    await bob.press(back, "Reject")
    assert await store.scores(HERE) == []


async def test_where_nothing_is_kept_a_denial_says_so_and_can_be_replaced(ann: Member, store: Store) -> None:
    asked = await wrong(ann)
    denied = await ann.press(asked, "I don't know who")
    assert "It counts in /stats only; I keep nothing of the picture." in denied.text
    assert labels(denied) == ["◀ Back"], "there is no lesson to undo"
    await ann.press(await ann.press(denied, "◀ Back"), "Right!")
    assert await store.scores(HERE) == [Score("nishikino_maki", 1, 0)]


async def test_what_was_learnt_from_a_right_answer_is_reverted_like_all_else(
    ann: Member, service: Service, source: Source, store: Store
) -> None:
    await store.change(CHAT, keep=Keeping.JUDGED)
    await ann.press(await ann.ask("maki"), "Right!")
    manager = Member(service, source, MANAGER)
    page = await manager.press(await manager.say(ShowHistory()), "Revert 1")
    assert "Boss took back a change about Nishikino Maki" in page.text
    assert await store.taught(HERE) == {}
    assert await store.scores(HERE) == [], "what was taken back does not count"
    await manager.press(await manager.say(ShowHistory()), "Revert 1")
    assert await store.scores(HERE) == [Score("nishikino_maki", 1, 0)]


async def test_a_right_answer_waits_for_a_second_person_where_its_face_is_kept(
    ann: Member, service: Service, source: Source, store: Store
) -> None:
    await store.change(CHAT, keep=Keeping.JUDGED, confirm=True)
    await ann.press(await ann.ask("maki"), "Right!")
    assert await store.taught(HERE) == {}
    manager = Member(service, source, MANAGER)
    await manager.press(await manager.say(ShowHistory()), "Confirm 1")
    assert await store.taught(HERE) == {"nishikino_maki": 1}


async def test_a_verdict_repeated_after_an_undo_counts(ann: Member, store: Store) -> None:
    asked = await wrong(ann)
    await ann.press(await ann.press(asked, "Someone else…", "Umi"), "Undo")
    assert await store.taught(HERE) == {}
    reply = await ann.press(asked, "Someone else…", "Umi")
    assert reply.text == "Thank you! So that is Umi."
    assert await store.taught(HERE) == {"Umi": 1}
    assert len(await store.verdicts(HERE)) == 1


async def test_a_chat_that_keeps_no_faces_only_counts(ann: Member, store: Store) -> None:
    await store.change(CHAT, keep=Keeping.NOTHING)
    reply = await ann.press(await wrong(ann), "Yazawa Nico")
    assert "counts in /stats only" in reply.text
    await ann.press(await wrong(ann, "umi"), "I don't know who")
    assert [verdict.image for verdict in await store.verdicts(HERE)] == [None, None]
    assert await store.examples(HERE) == []
    assert await store.scores(HERE) == [Score("nishikino_maki", 0, 1)]


@pytest.mark.parametrize("owner", [ANN, BOB])
async def test_pictures_are_not_kept_after_an_opt_out_meanwhile(
    ann: Member, bob: Member, store: Store, owner: object
) -> None:
    await store.change(CHAT, keep=Keeping.JUDGED)
    answer = await ann.ask("maki", author=BOB, trigger=Trigger.REPLY)
    await store.opt_out(ANN if owner is ANN else BOB, True)
    asked = await ann.press(answer, "Wrong?")
    assert asked.text.endswith("\nI keep nothing of the picture.")
    for label, text in (("I don't know who", None), ("Someone else…", "Umi")):
        assert "I keep nothing of the picture" in (await ann.press(asked, label, text)).text
    assert (await ann.press(answer, "Right!")).text == "Thank you! I am glad that I was right."
    (verdict,) = await store.verdicts(HERE)
    assert verdict.image is None
    assert await store.examples(HERE) == []


async def test_the_chats_setting_decides_who_may_correct(ann: Member, store: Store) -> None:
    answer, asked = await ann.ask("maki"), await wrong(ann)
    await store.change(CHAT, teachers=Teachers.NOBODY)
    for reply in (
        await ann.press(answer, "Right!"),
        await ann.press(answer, "Wrong?"),
        await ann.press(asked, "Yazawa Nico"),
        await ann.press(asked, "Search…", "maki"),
        await ann.press(asked, "Not a face"),
    ):
        assert "switched off" in reply.text
    assert await store.verdicts(HERE) == []


async def test_a_correction_waits_for_a_second_person_where_the_chat_wants_it(
    ann: Member, bob: Member, store: Store
) -> None:
    await store.change(CHAT, confirm=True)
    reply = await ann.press(await wrong(ann), "Yazawa Nico")
    assert "as soon as a second person" in reply.text
    assert labels(reply)[:2] == ["Confirm", "Reject"]
    assert "Nishikino Maki" in (await ann.ask("maki")).text
    await bob.press(reply, "Confirm")
    assert "Yazawa Nico" in (await ann.ask("maki")).text


async def test_enough_right_answers_are_kept_and_the_rest_counted(
    ann: Member, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verdicts, "CONFIRMED_LIMIT", 2)
    await store.change(CHAT, keep=Keeping.JUDGED)
    for number in range(4):
        await ann.press(await ann.ask(f"maki{number}"), "Right!")
    assert await store.taught(HERE) == {"nishikino_maki": 2}
    assert await store.scores(HERE) == [Score("nishikino_maki", 4, 0)]


async def test_a_repeated_press_counts_once(ann: Member, store: Store) -> None:
    await store.change(CHAT, keep=Keeping.JUDGED)
    answer = await ann.ask("maki")
    await asyncio.gather(*(ann.press(answer, "Right!") for _ in range(3)))
    assert await store.taught(HERE) == {"nishikino_maki": 1}
    assert await store.scores(HERE) == [Score("nishikino_maki", 1, 0)]


async def test_one_face_is_learnt_once_however_many_say_so(ann: Member, bob: Member, store: Store) -> None:
    await store.change(CHAT, keep=Keeping.JUDGED)
    answer = await ann.ask("maki")
    for member in (ann, bob):
        await member.press(answer, "Right!")
    assert await store.taught(HERE) == {"nishikino_maki": 1}
    assert await store.scores(HERE) == [Score("nishikino_maki", 2, 0)]


async def test_the_same_verdict_of_another_person_agrees(ann: Member, bob: Member, store: Store) -> None:
    await store.change(CHAT, confirm=True)
    answer = await ann.ask("maki")
    await ann.press(await ann.press(answer, "Wrong?"), "Yazawa Nico")
    assert await store.taught(HERE) == {}
    reply = await bob.press(await bob.press(answer, "Wrong?"), "Yazawa Nico")
    assert reply.text == "Thank you! So that is Yazawa Nico."
    assert await store.taught(HERE) == {"yazawa_nico": 1}
    assert [change.action for change in await store.history(HERE)] == [Action.APPROVED, Action.CORRECTED]


async def test_a_user_cannot_agree_with_themselves(ann: Member, store: Store) -> None:
    await store.change(CHAT, confirm=True)
    answer = await ann.ask("maki")
    for label in ("Yazawa Nico", "Not a face", "Yazawa Nico"):
        await ann.press(await ann.press(answer, "Wrong?"), label)
    assert await store.examples(HERE) == []
    assert len(await store.examples(HERE, provisional=True)) == 1


async def test_denied_faces_count_towards_the_limit(ann: Member, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lessons, "EXAMPLES_LIMIT", 1)
    await store.change(CHAT, keep=Keeping.JUDGED)
    for picture in ("maki", "nico"):
        await ann.press(await wrong(ann, picture), "I don't know who")
    assert [example.character for example in await store.examples(HERE)] == ["nishikino_maki"]
    assert len(await store.verdicts(HERE)) == 2


async def test_two_people_say_what_they_think_of_one_answer(ann: Member, bob: Member, store: Store) -> None:
    answer = await ann.ask("maki")
    await ann.press(answer, "Right!")
    await bob.press(await bob.press(answer, "Wrong?"), "Yazawa Nico")
    assert await store.scores(HERE) == [Score("nishikino_maki", 1, 1)]


async def test_forged_arguments_lead_nowhere(ann: Member, service: Service, source: Source) -> None:
    asked = await wrong(ann)
    manager = Member(service, source, MANAGER)
    menu = asked.menus[0].options[0].action
    for forged in (menu[:-1] + "7", menu[:-1] + "x", "pick:none:0", "wrong:none:0"):
        assert "expired" in (await manager.say(Press(forged))).text
