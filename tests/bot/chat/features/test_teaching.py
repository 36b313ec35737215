"""Teaching, agreeing, undoing and forgetting, with a real store; the eyes compare faces with what was taught."""

import asyncio
from collections.abc import Callable

import pytest

from bot.chat import lessons
from bot.chat.features.forgetting import Forget
from bot.chat.features.history import ShowHistory
from bot.chat.features.my_data import ShowMyData
from bot.chat.features.teaching import Teach
from bot.chat.model import Chat, Left, Placement, Reply, User
from bot.chat.service import Service
from bot.storage.store import Store
from bot.storage.values import Action, Origin, Scope, State, Teachers
from tests.support.learning_backend import LearningBackend, Member, embedding_of, labels
from tests.support.service_harness import ANN, BOB, CHAT, MANAGER, REGISTRY, Source, incoming

HERE = Scope.of(CHAT)
ELSEWHERE = Chat("telegram", "-100")


@pytest.fixture
def backend() -> LearningBackend:
    return LearningBackend()


async def test_a_new_character_answers_at_once_and_only_here(ann: Member, service: Service, source: Source) -> None:
    assert "Nobody I know" in (await ann.ask("umi")).text
    reply = await ann.teach("  Sonoda   Umi ", "umi")
    assert reply.text == "Thank you! I know Sonoda Umi in this chat now, from 1 picture."
    assert labels(reply) == ["Undo"]
    assert "Sonoda Umi" in (await ann.ask("umi2")).text
    stranger = Member(service, source, User("telegram", "ann"), ELSEWHERE)
    assert "Sonoda Umi" not in (await stranger.ask("umi")).text


async def test_channels_of_one_server_learn_together(service: Service, source: Source) -> None:
    one, other = (Member(service, source, chat=Chat("discord", id_, home="server")) for id_ in ("1", "2"))
    await one.teach("Umi", "umi")
    assert "Umi" in (await other.ask("umi")).text


async def test_a_name_of_the_roster_adds_to_that_character(ann: Member, store: Store) -> None:
    await ann.teach("maki NISHIKINO", "umi")
    assert await store.taught(HERE) == {"nishikino_maki": 1}
    assert "Nishikino Maki" in (await ann.ask("umi")).text


async def test_words_of_a_name_are_enough_and_slips_are_asked_about(ann: Member, store: Store, source: Source) -> None:
    await ann.teach("maki", "umi")
    assert await store.taught(HERE) == {"nishikino_maki": 1}
    reply = await ann.teach("Nishikinno", "umi2")
    assert reply.text == "I know nobody called Nishikinno. Did you mean Nishikino Maki?"
    assert labels(reply) == ["Nishikino Maki", "A new character", "Cancel"]
    assert await store.taught(HERE) == {"nishikino_maki": 1}, "it is asked before it counts"
    learnt = await ann.press(reply, "Nishikino Maki")
    assert learnt.placement is Placement.EDIT
    assert learnt.text == "Thank you! I know Nishikino Maki in this chat now, from 2 pictures."
    assert "expired" in (await ann.press(reply, "A new character")).text, "it was answered"
    assert source.opened == ["umi", "umi2"]


async def test_a_name_that_is_nearly_known_may_be_somebody_new(ann: Member, store: Store) -> None:
    await ann.press(await ann.teach("Nishikinno", "umi"), "A new character")
    assert await store.taught(HERE) == {"Nishikinno": 1}
    await ann.teach("“Nishikinu”", "umi2")
    assert await store.taught(HERE) == {"Nishikinno": 1, "Nishikinu": 1}


async def test_without_buttons_a_name_that_is_not_clear_is_asked_about_before_a_download(
    service: Service, source: Source
) -> None:
    reply = await service.handle(incoming(Teach((source.picture("umi"),), "Nishikinno")))
    assert reply.text == (
        "I know nobody called Nishikinno. Did you mean Nishikino Maki? Please send it again with the whole name. "
        "In quotation marks, “Nishikinno” is somebody new."
    )
    assert source.opened == []


async def test_three_are_offered_at_most_for_a_name(ann: Member) -> None:
    for name in ("Hoshizora", "Tohsaka", "Hamano", "Kagamine"):
        await ann.teach(f"{name} Rin", name.lower())
    reply = await ann.teach("rin", "rin")
    assert labels(reply)[3:] == ["A new character", "Cancel"]
    assert await ann.press(reply, "Cancel") == Reply("I have added nothing.", placement=Placement.EDIT)
    assert "expired" in (await ann.press(reply, "Hamano Rin")).text


async def test_whom_a_name_means_is_asked_before_which_face_it_is(ann: Member, store: Store) -> None:
    asked = await ann.teach("Nishikinno", "nico+umi")
    assert len(asked.images) == 1
    which = await ann.press(asked, "A new character")
    assert which.text == "There are several faces. Which one is Nishikinno?"
    await ann.press(which, "2")
    assert await store.taught(HERE) == {"Nishikinno": 1}


# --- faces of somebody else ------------------------------------------------------------------------------------------


async def test_faces_of_somebody_else_count_only_if_they_are_meant(ann: Member, store: Store) -> None:
    await ann.teach("Umi", "umi", "umi2")
    asked = await ann.teach("Umi", "hanayo", "rin")
    assert asked.text == "These look like somebody else, not like Umi. Add them anyway?"
    assert labels(asked) == ["Add anyway", "Cancel"]
    assert await store.taught(HERE) == {"Umi": 2}
    assert (await ann.press(asked, "Cancel")).text == "I have added nothing."
    assert await store.taught(HERE) == {"Umi": 2}
    added = await ann.press(await ann.teach("Umi", "hanayo"), "Add anyway")
    assert added.text == "Thank you! I know Umi in this chat now, from 3 pictures."
    assert added.placement is Placement.EDIT
    assert labels(added) == ["Undo"]


async def test_faces_are_held_against_those_that_the_bundle_knows_by_itself(
    ann: Member, backend: LearningBackend, store: Store
) -> None:
    backend.known = {"nishikino_maki": [embedding_of("maki")]}
    asked = await ann.teach("Nishikino Maki", "umi")
    assert asked.text == "This looks like somebody else, not like Nishikino Maki. Add it anyway?"
    assert await store.taught(HERE) == {}
    assert "from 1 picture" in (await ann.teach("Nishikino Maki", "maki2")).text


async def test_one_face_that_fits_vouches_for_the_others(ann: Member) -> None:
    await ann.teach("Umi", "umi", "umi2")
    reply = await ann.teach("Umi", "umi3", "hanayo")
    assert reply.text.startswith("Thank you! I know Umi in this chat now, from 4 pictures.")
    assert "different characters" in reply.text


async def test_a_chosen_face_of_somebody_else_is_asked_about_as_well(ann: Member, store: Store) -> None:
    await ann.teach("Umi", "umi")
    which = await ann.teach("Umi", "maki+nico", "umi2+nico2")
    asked = await ann.press(which, "1.1")
    assert asked.text == "This looks like somebody else, not like Umi. Add it anyway?"
    rest = await ann.press(asked, "Add anyway")
    assert "Which one is Umi?" in rest.text
    await ann.press(rest, "1")
    assert await store.taught(HERE) == {"Umi": 3}


async def test_what_waits_for_a_word_is_not_for_other_chats(ann: Member, service: Service, source: Source) -> None:
    await ann.teach("Umi", "umi")
    asked = await ann.teach("Umi", "hanayo")
    elsewhere = Member(service, source, MANAGER, Chat("discord", "other"))
    for label in ("Add anyway", "Cancel"):
        assert "expired" in (await elsewhere.press(asked, label)).text
    assert "from 2 pictures" in (await ann.press(asked, "Add anyway")).text


async def test_who_opts_out_before_a_lesson_is_meant_is_left_alone(ann: Member, store: Store) -> None:
    await ann.teach("Umi", "umi")
    asked = await ann.teach("Umi", "hanayo", author=BOB)
    await store.opt_out(BOB, True)
    assert "leave their pictures alone" in (await ann.press(asked, "Add anyway")).text
    assert await store.taught(HERE) == {"Umi": 1}


async def test_words_that_several_have_are_asked_about(ann: Member, store: Store) -> None:
    await ann.teach("Sonoda Umi", "umi")
    await ann.teach("Ryuuguu Umi", "ryuuguu")
    reply = await ann.teach("umi", "umi2")
    assert "umi could be any of these: Ryuuguu Umi, Sonoda Umi. Which one do you mean?" in reply.text
    assert await store.taught(HERE) == {"Ryuuguu Umi": 1, "Sonoda Umi": 1}


async def test_forget_searches_among_the_taught(ann: Member, store: Store) -> None:
    await ann.teach("Kousaka Maki", "umi")
    reply = await ann.say(Forget("Kosaka"))
    assert reply.text == "I know nobody called Kosaka. Did you mean Kousaka Maki?"
    assert "I have forgotten Kousaka Maki" in (await ann.say(Forget("maki"))).text
    assert await store.taught(HERE) == {}


async def test_a_picture_that_was_taught_before_counts_once(ann: Member, store: Store) -> None:
    await ann.teach("Umi", "umi")
    reply = await ann.teach("Umi", "umi")
    assert reply.text == "I knew this picture of Umi already: it counts once."
    assert labels(reply) == []
    reply = await ann.teach("Umi", "umi", "umi2", "umi2")
    assert reply.text.splitlines() == [
        "Thank you! I know Umi in this chat now, from 2 pictures.",
        "I knew 2 of these pictures of Umi already: each counts once.",
    ]
    assert await store.taught(HERE) == {"Umi": 2}
    assert "I know Eli" in (await ann.teach("Eli", "umi")).text, "it was taught as somebody else"


async def test_the_same_picture_from_a_second_person_confirms_it(ann: Member, bob: Member, store: Store) -> None:
    await store.change(CHAT, confirm=True)
    assert "as soon as a second person" in (await ann.teach("Umi", "umi")).text
    assert "I knew this picture of Umi already" in (await ann.teach("Umi", "umi")).text
    assert await store.taught(HERE) == {}
    assert (await bob.teach("Umi", "umi")).text == "Thank you! I know Umi in this chat now, from 1 picture."
    assert await store.taught(HERE) == {"Umi": 1}


async def test_doubts_come_from_earlier_pictures_and_the_bundles_own_kinship(
    ann: Member, backend: LearningBackend
) -> None:
    await ann.teach("Umi", "umi", "umi2")
    assert "different characters" in (await ann.teach("Umi", "umi3", "hanayo")).text
    backend.kinship = -1.0
    assert "different characters" not in (await ann.teach("Umi", "umi4", "rin")).text


async def test_several_pictures_teach_together_and_doubts_are_told(ann: Member, store: Store) -> None:
    reply = await ann.teach("Umi", "umi", "umi2")
    assert "from 2 pictures" in reply.text
    assert "different characters" not in reply.text
    reply = await ann.teach("Eli", "eli", "hanayo")
    assert "different characters" in reply.text
    assert len(await store.history(HERE)) == 2


async def test_a_character_that_resembles_another_is_reported(ann: Member) -> None:
    reply = await ann.teach("Umi", "maki")
    assert "Umi looks a lot like Nishikino Maki" in reply.text


async def test_a_lookalike_of_a_known_name_is_reported(ann: Member) -> None:
    assert "only looks like" not in (await ann.teach("Umi", "umi")).text
    reply = await ann.teach("Nishikino M\N{CYRILLIC SMALL LETTER A}ki", "eli")
    assert "only looks like Nishikino Maki: it is written with other letters" in reply.text
    reply = await ann.teach("Um\N{CYRILLIC SMALL LETTER BYELORUSSIAN-UKRAINIAN I}", "eli")
    assert "only looks like Umi" in reply.text


@pytest.mark.parametrize("name", ["https://evil.example", "/forget Umi", "@everyone", "t.me/evil"])
async def test_a_name_with_a_link_a_command_or_a_mention_is_refused(ann: Member, store: Store, name: str) -> None:
    reply = await ann.teach(name, "umi")
    assert reply.text == "A name cannot hold a link, a command or a mention. Write it without."
    assert await store.taught(HERE) == {}


async def test_one_of_several_faces_is_chosen_with_a_button(ann: Member, store: Store) -> None:
    reply = await ann.teach("Umi", "maki+umi")
    assert "Which one is Umi?" in reply.text
    assert labels(reply) == ["1", "2", "None of them"]
    assert len(reply.images) == 1
    assert await store.taught(HERE) == {}
    reply = await ann.press(reply, "2")
    assert "I know Umi" in reply.text
    assert "Umi" in (await ann.ask("umi")).text
    assert "Umi" not in (await ann.ask("maki")).text


async def test_faces_of_several_pictures_are_chosen_one_after_the_other(ann: Member, store: Store) -> None:
    asked = await ann.teach("Umi", "maki+umi", "umi3", "nico+umi2")
    assert "from 1 picture" in asked.text
    assert labels(asked) == ["1.1", "1.2", "3.1", "3.2", "None of them", "Undo"]
    reply = await ann.press(asked, "1.2")
    assert labels(reply)[:2] == ["1", "2"]
    assert "expired" in (await ann.press(asked, "1.1")).text
    reply = await ann.press(reply, "2")
    assert await store.taught(HERE) == {"Umi": 3}


async def test_none_of_several_faces_may_be_meant(ann: Member, store: Store) -> None:
    asked = await ann.teach("Umi", "maki+nico", "umi")
    reply = await ann.press(asked, "None of them")
    assert reply.placement is Placement.EDIT
    assert reply.text == "None of them, then: I have learnt none of these faces."
    assert "expired" in (await ann.press(asked, "1")).text
    assert await store.taught(HERE) == {"Umi": 1}, "what was clear is learnt"


async def test_a_face_is_chosen_once_however_many_press(ann: Member, bob: Member, store: Store) -> None:
    asked = await ann.teach("Umi", "maki+umi")
    replies = await asyncio.gather(ann.press(asked, "1"), bob.press(asked, "2"), ann.press(asked, "1"))
    assert sum("I know Umi" in reply.text for reply in replies) == 1
    assert await store.taught(HERE) == {"Umi": 1}


async def test_an_open_question_goes_with_its_askers_data(ann: Member, bob: Member) -> None:
    asked, other = await ann.teach("Umi", "maki+umi"), await bob.teach("Eli", "maki+eli")
    await ann.teach("Umi", "umi2")
    sure = await ann.press(await ann.say(ShowMyData()), "Delete my data")
    await ann.press(sure, "Yes, delete it")
    assert "expired" in (await ann.press(asked, "2")).text
    assert "I know Eli" in (await bob.press(other, "2")).text, "somebody else's stays"


@pytest.mark.parametrize("gone", [Chat("discord", "room"), Chat("discord", "club", home="club")])
async def test_an_open_question_goes_with_its_chat_or_server(service: Service, source: Source, gone: Chat) -> None:
    here = Member(service, source, ANN, Chat("discord", "room", home="club"))
    elsewhere = Member(service, source, ANN, Chat("discord", "den", home="other"))
    asked, other = [await member.teach("Umi", "maki+umi") for member in (here, elsewhere)]
    await service.handle(Left(gone))
    assert "expired" in (await here.press(asked, "2")).text
    assert "I know Umi" in (await elsewhere.press(other, "2")).text


async def test_more_faces_than_there_is_room_to_choose_from_are_chosen_later(ann: Member) -> None:
    crowd = "+".join(["maki"] * 15)
    asked = await ann.teach("Umi", crowd, crowd)
    assert len(labels(asked)) == 20
    assert labels(asked)[-1] == "None of them"
    assert labels(await ann.press(asked, "1.1")) == [*map(str, range(1, 16)), "None of them", "Undo"]


async def test_pictures_without_use_are_told_one_by_one(ann: Member) -> None:
    reply = await ann.teach("Umi", "umi", "landscape", "broken")
    assert "from 1 picture" in reply.text
    assert "Picture 2: I found no anime face" in reply.text
    assert "Picture 3: This picture is damaged" in reply.text
    reply = await ann.teach("Umi", "landscape")
    assert reply.text.startswith("I found no anime face")


async def test_teach_alone_tells_what_to_send(ann: Member, source: Source) -> None:
    reply = await ann.say(REGISTRY.parse("teach"))
    assert reply.text.startswith("Whom shall I learn? Send /teach with the name and a picture")
    assert reply.private


async def test_pictures_without_a_name_are_asked_about(ann: Member, store: Store, source: Source) -> None:
    asked = await ann.say(REGISTRY.parse("teach", "", [source.picture("umi"), source.picture("maki+umi2")]))
    assert asked.text == "Who is it?"
    assert labels(asked) == ["Say who it is…", "Cancel"]
    assert all(button.prompt for row in asked.buttons for button in row[:1])
    assert "A name needs" in (await ann.press(asked, "Say who it is…", " ")).text
    unclear = await ann.press(asked, "Say who it is…", "Nishikinno")
    assert labels(unclear) == ["Nishikino Maki", "A new character", "Cancel"]
    which = await ann.press(asked, "Say who it is…", "Sonoda Umi")
    assert "from 1 picture" in which.text
    await ann.press(which, "2")
    assert await store.taught(HERE) == {"Sonoda Umi": 2}


async def test_without_buttons_a_lesson_needs_its_name(service: Service, source: Source) -> None:
    assert "A name needs" in (await service.handle(incoming(Teach((source.picture("umi"),), "")))).text
    assert source.opened == []


@pytest.mark.parametrize("name", [" ", "x" * 65, "a\0b"])
async def test_a_name_that_is_none_is_refused_before_a_download(ann: Member, source: Source, name: str) -> None:
    assert "A name needs" in (await ann.teach(name, "umi")).text
    assert source.opened == []


@pytest.mark.parametrize(
    ("teachers", "words"), [(Teachers.MANAGERS, "Only people who manage"), (Teachers.NOBODY, "switched off")]
)
async def test_the_chats_setting_decides_who_may_teach(
    ann: Member, store: Store, source: Source, teachers: Teachers, words: str
) -> None:
    await ann.teach("Umi", "umi")
    await store.change(CHAT, teachers=teachers)
    for reply in (await ann.teach("Eli", "eli"), await ann.say(Forget("Umi"))):
        assert words in reply.text
    assert source.opened == ["umi"]
    assert await store.taught(HERE) == {"Umi": 1}


async def test_managers_teach_where_only_they_may(manager: Member, store: Store) -> None:
    await store.change(CHAT, teachers=Teachers.MANAGERS)
    assert "I know Umi" in (await manager.teach("Umi", "umi")).text


async def test_a_bundle_that_cannot_be_taught_says_so(ann: Member, backend: LearningBackend, source: Source) -> None:
    backend.embeds = False
    assert "cannot be taught" in (await ann.teach("Umi", "umi")).text
    assert source.opened == []


async def test_teaching_is_rate_limited(make: Callable[..., Service], source: Source) -> None:
    ann = Member(make(user_requests=1), source)
    await ann.teach("Umi", "umi")
    assert "ask again" in (await ann.teach("Eli", "eli")).text
    assert source.opened == ["umi"]


async def test_a_chat_for_adults_only_is_taught_only_while_it_is_one(ann: Member, store: Store, source: Source) -> None:
    await store.change(CHAT, adults_only=True)
    assert "marked as age-restricted" in (await ann.teach("Umi", "umi")).text
    assert source.opened == []
    ann.chat = Chat("discord", "room", age_restricted=True)
    assert "I know Umi" in (await ann.teach("Umi", "umi")).text


async def test_pictures_of_people_who_opted_out_do_not_teach(ann: Member, store: Store, source: Source) -> None:
    await store.opt_out(BOB, True)
    assert "leave their pictures alone" in (await ann.teach("Umi", "umi", author=BOB)).text
    assert source.opened == []


async def test_an_opt_out_before_the_choice_of_a_face_counts(ann: Member, bob: Member, store: Store) -> None:
    reply = await ann.teach("Umi", "maki+umi", author=BOB)
    await store.opt_out(BOB, True)
    assert "leave their pictures alone" in (await ann.press(reply, "2")).text
    assert await store.taught(HERE) == {}


async def test_a_full_store_says_so(ann: Member, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lessons, "EXAMPLES_LIMIT", 1)
    await ann.teach("Umi", "umi")
    assert "that is all I keep" in (await ann.teach("Eli", "eli")).text
    assert await store.taught(HERE) == {"Umi": 1}


async def test_what_was_forgotten_comes_back_only_where_there_is_room(
    ann: Member, manager: Member, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lessons, "EXAMPLES_LIMIT", 2)
    await ann.teach("Umi", "umi", "umi2")
    forgotten = await ann.say(Forget("Umi"))
    taught = await ann.teach("Eli", "eli")
    assert "that is all I keep" in (await ann.press(forgotten, "Undo")).text
    assert "that is all I keep" in (await manager.press(await manager.say(ShowHistory()), "Revert 2")).text
    assert await store.taught(HERE) == {"Eli": 1}
    await ann.press(taught, "Undo")
    assert "Taken back" in (await ann.press(forgotten, "Undo")).text
    assert "settled" in (await ann.press(forgotten, "Undo")).text
    assert await store.taught(HERE) == {"Umi": 2}


# --- taking back -----------------------------------------------------------------------------------------------------


async def test_a_lesson_can_be_undone_and_redone(ann: Member, store: Store) -> None:
    reply = await ann.press(await ann.teach("Umi", "umi"), "Undo")
    assert "Taken back" in reply.text
    assert "Nobody I know" in (await ann.ask("umi")).text
    await ann.press(reply, "Undo")
    assert "Umi" in (await ann.ask("umi")).text
    assert [change.action for change in await store.history(HERE)] == [Action.REVERTED, Action.REVERTED, Action.TAUGHT]


async def test_only_its_author_or_a_manager_undoes_a_change(
    ann: Member, bob: Member, manager: Member, store: Store
) -> None:
    taught = await ann.teach("Umi", "umi")
    assert "Only people who manage" in (await bob.press(taught, "Undo")).text
    assert await store.taught(HERE) == {"Umi": 1}
    assert "Taken back" in (await manager.press(taught, "Undo")).text
    assert "settled" in (await ann.press(taught, "Undo")).text


async def test_a_former_teacher_cannot_undo(ann: Member, manager: Member, store: Store) -> None:
    await ann.teach("Umi", "umi")
    forgotten = await ann.say(Forget("Umi"))
    await store.change(CHAT, teachers=Teachers.MANAGERS)
    assert "Only people who manage" in (await ann.press(forgotten, "Undo")).text
    assert await store.taught(HERE) == {}
    await manager.press(forgotten, "Undo")
    assert await store.taught(HERE) == {"Umi": 1}


async def test_forgetting_and_undoing_that(ann: Member, store: Store) -> None:
    await ann.teach("Sonoda Umi", "umi", "umi2")
    reply = await ann.say(Forget("sonoda UMI"))
    assert reply.text == "I have forgotten Sonoda Umi, and 2 pictures with it."
    assert "Nobody I know" in (await ann.ask("umi")).text
    await ann.press(reply, "Undo")
    assert "Sonoda Umi" in (await ann.ask("umi")).text
    assert await store.taught(HERE) == {"Sonoda Umi": 2}


async def test_a_name_may_be_spelt_in_many_ways(ann: Member, store: Store) -> None:
    await ann.teach("Sonoda Umi", "umi")
    await ann.teach("umi SONODA", "umi2")
    assert await store.taught(HERE) == {"Sonoda Umi": 2}


async def test_a_taught_character_of_a_later_bundle_is_one_character(
    ann: Member, backend: LearningBackend, store: Store, source: Source
) -> None:
    await ann.teach("Sonoda Umi", "umi")
    backend.characters = backend.characters.including(("sonoda_umi",))
    backend.bundle_id = "b2"
    await store.set_embedding(1, embedding_of("umi"), "b2")
    await ann.ask("umi")
    assert backend.calls[-1].gallery.characters == ("sonoda_umi",)
    assert "forgotten Sonoda Umi" in (await ann.say(Forget("sonoda umi"))).text


async def test_only_what_was_taught_here_can_be_forgotten(ann: Member) -> None:
    assert "Nobody has taught me Nishikino Maki" in (await ann.say(Forget("Nishikino Maki"))).text
    assert "Nobody has taught me Umi" in (await ann.say(Forget("Umi"))).text


async def test_buttons_of_another_chat_do_nothing_here(ann: Member, service: Service, source: Source) -> None:
    taught = await ann.teach("Umi", "umi")
    asked = await ann.teach("Eli", "eli+umi")
    elsewhere = Member(service, source, MANAGER, Chat("discord", "other"))
    assert "settled" in (await elsewhere.press(taught, "Undo")).text
    assert "expired" in (await elsewhere.press(asked, "1")).text


# --- a second person -------------------------------------------------------------------------------------------------


@pytest.fixture
async def careful(store: Store) -> None:
    """The chat wants lessons confirmed."""
    await store.change(CHAT, confirm=True)


@pytest.mark.usefixtures("careful")
async def test_a_lesson_counts_once_a_second_person_agrees(ann: Member, bob: Member, store: Store) -> None:
    reply = await ann.teach("Umi", "umi")
    assert "as soon as a second person" in reply.text
    assert labels(reply) == ["Confirm", "Reject"]
    assert "Nobody I know" in (await ann.ask("umi")).text
    assert "takes a second person" in (await ann.press(reply, "Confirm")).text
    agreed = await bob.press(reply, "Confirm")
    assert agreed.text == "Bob has confirmed Umi. It counts from now on."
    assert "Umi" in (await ann.ask("umi")).text
    assert "settled" in (await bob.press(reply, "Confirm")).text
    assert "settled" in (await bob.press(reply, "Reject")).text, "what counts is reverted, not rejected"
    assert [change.action for change in await store.history(HERE)] == [Action.APPROVED, Action.TAUGHT]


@pytest.mark.usefixtures("careful")
async def test_a_lesson_that_is_rejected_never_counts(ann: Member, bob: Member, store: Store) -> None:
    reply = await ann.teach("Umi", "umi")
    assert "Bob has rejected Umi" in (await bob.press(reply, "Reject")).text
    assert await store.examples(HERE, provisional=True) == []
    assert "settled" in (await bob.press(reply, "Confirm")).text


@pytest.mark.usefixtures("careful")
async def test_the_teacher_cannot_confirm_a_lesson_that_another_put_back(
    ann: Member, bob: Member, store: Store
) -> None:
    rejected = await bob.press(await ann.teach("Umi", "umi"), "Reject")
    back = await bob.press(rejected, "Undo")
    assert labels(back) == ["Confirm", "Reject", "Undo"]
    assert "takes a second person" in (await ann.press(back, "Confirm")).text
    assert await store.taught(HERE) == {}
    assert "Bob has confirmed Umi" in (await bob.press(back, "Confirm")).text
    assert await store.taught(HERE) == {"Umi": 1}


@pytest.mark.usefixtures("careful")
async def test_what_a_manager_teaches_counts_at_once(manager: Member, ann: Member, store: Store) -> None:
    assert "I know Umi" in (await manager.teach("Umi", "umi")).text
    reply = await ann.teach("Umi", "umi2")
    await manager.press(reply, "Confirm")
    (first, second) = await store.examples(HERE)
    assert (first.by, second.by) == (User("discord", "boss"), ANN)
    assert {example.state for example in (first, second)} == {State.CONFIRMED}
    assert {example.origin for example in (first, second)} == {Origin.TAUGHT}


@pytest.mark.usefixtures("careful")
async def test_confirming_needs_the_right_to_teach(ann: Member, bob: Member, store: Store) -> None:
    reply = await ann.teach("Umi", "umi")
    await store.change(CHAT, teachers=Teachers.MANAGERS)
    assert "Only people who manage" in (await bob.press(reply, "Confirm")).text
    assert await store.taught(HERE) == {}
