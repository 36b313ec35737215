"""Who is this? asked by programs."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot import errors
from bot.chat.model import User
from bot.cli.analysing import AnalysedPicture
from bot.cli.answers import as_json
from bot.config import Access
from bot.platforms.api.problems import KINDS
from bot.recognition.options import AnalysisOptions
from bot.recognition.results import Analysis
from bot.storage.values import Grant
from tests.support.api import MANY, Bench, Program, serving
from tests.support.service_harness import IMAGE, FakeBackend, seen


def form(*fields: tuple[str, bytes]) -> aiohttp.FormData:
    made = aiohttp.FormData(default_to_multipart=True)
    for name, data in fields:
        made.add_field(name, data, filename="a.png", content_type="image/png")
    return made


async def test_a_picture_is_answered_with_the_faces_that_the_command_line_tells_of(api: Bench) -> None:
    said = await (await api.program()).ask(b"maki")
    assert said.status == 200
    [options] = api.backend.calls
    analysis = await api.backend.analyse(b"maki", options)
    told = json.loads(as_json(AnalysedPicture("a.png", analysis)))
    assert {name: said.body[name] for name in ("width", "height", "faces")} == {
        name: told[name] for name in ("width", "height", "faces")
    }
    assert said.body["faces"][0]["guesses"][0]["character"] == "nishikino_maki"
    assert "Nishikino Maki" in said.body["text"]
    assert said.body["answer"]
    assert "annotated" not in said.body


async def test_the_sentence_is_in_the_language_that_the_program_reads(api: Bench) -> None:
    program = await api.program()
    english, german = [
        (await program.ask(b"landscape", headers={"Accept-Language": tag})).body["text"] for tag in ("en", "de-DE, en")
    ]
    assert "face" in english
    assert "Gesicht" in german


async def test_a_picture_may_come_in_a_form_among_other_fields(api: Bench) -> None:
    program = await api.program()
    assert (await program.ask(form(("note", b"nico"), ("picture", b"maki")))).body["faces"][0]["guesses"][0][
        "name"
    ] == "Nishikino Maki"
    assert (await program.ask(form(("note", b"nico")))).kind == "no_picture"


async def test_the_annotated_picture_comes_where_it_is_asked_for_and_is_not_drawn_otherwise(api: Bench) -> None:
    program = await api.program()
    said = await program.ask(b"maki", annotated="true")
    assert base64.b64decode(said.body["annotated"]["data"]) == IMAGE.data
    assert said.body["annotated"]["media_type"] == IMAGE.media_type
    assert (await program.ask(b"landscape", annotated="true")).body["annotated"] is None
    await program.ask(b"maki")
    assert [options.annotate for options in api.backend.calls] == [True, True, False]
    assert (await program.ask(b"maki", annotated="perhaps")).kind == "bad_request"


# --- who may ----------------------------------------------------------------------------------------------------------


async def test_without_a_token_that_holds_nothing_is_answered(api: Bench) -> None:
    program = await api.program()
    stranger = Program(api.http, "", "")
    assert (said := await stranger.ask()).kind == "no_token"
    assert said.status == 401
    assert said.headers["WWW-Authenticate"] == 'Bearer realm="whobot"'
    for secret in ("", "x", "whobot_" + "x" * 43, program.secret[:-1], program.secret.swapcase()):
        said = await stranger.ask(headers={"Authorization": f"Bearer {secret}"})
        assert (said.status, said.kind) == (401, "bad_token")
        assert 'error="invalid_token"' in said.headers["WWW-Authenticate"]
    assert (await stranger.ask(headers={"Authorization": f"bearer {program.secret}"})).status == 200
    assert await api.store.withdraw_token(program.id)
    assert (await program.ask()).kind == "bad_token"
    assert len(api.backend.calls) == 1


async def test_a_token_does_what_its_scopes_say_and_admin_does_all(api: Bench) -> None:
    teacher, admin = await api.program(Grant.TEACH, name="teacher"), await api.program(Grant.ADMIN, name="admin")
    said = await teacher.ask()
    assert (said.status, said.kind, said.body["scope"]) == (403, "missing_scope", "ask")
    assert 'error="insufficient_scope", scope="ask"' in said.headers["WWW-Authenticate"]
    assert (await admin.ask()).status == 200


async def test_whom_the_operator_blocks_gets_no_answer() -> None:
    async with serving(access=Access(block=("api:*",))) as api:
        said = await (await api.program()).ask()
        assert (said.status, said.kind) == (403, "not_admitted")


async def test_pictures_of_a_program_that_has_opted_out_are_left_alone(api: Bench) -> None:
    program = await api.program()
    await api.store.opt_out(User("api", program.id), True)
    assert (await program.ask()).kind == "opted_out"
    assert api.backend.calls == []


# --- what goes wrong --------------------------------------------------------------------------------------------------


async def test_a_file_that_is_too_large_is_refused_by_its_header_and_while_it_arrives(api: Bench) -> None:
    program, limit = await api.program(), MANY.bytes

    async def trickle() -> AsyncIterator[bytes]:
        for _ in range(4):
            yield b"x" * (limit // 3)

    declared = await program.ask(b"x" * (limit + 1))
    counted = await program.ask(trickle(), headers={"Content-Type": "image/png"})
    in_form = await program.ask(form(("picture", b"x" * (limit + 1))))
    for said in (declared, counted, in_form):
        assert (said.status, said.kind, said.body["limit"]) == (413, "too_many_bytes", limit)
    assert api.backend.calls == []


async def test_what_cannot_be_read_is_told_with_the_reason(api: Bench) -> None:
    program = await api.program()
    assert (said := await program.ask(b"broken")).kind == "broken_picture"
    assert said.status == 422
    assert "damaged" in said.body["detail"]
    assert (await program.ask(b"")).kind == "no_picture"
    for kind in ("application/json", "text/html", "application/x-www-form-urlencoded"):
        said = await program.ask(b"maki", headers={"Content-Type": kind})
        assert (said.status, said.kind) == (415, "unsupported_media_type")
    for kind in ("multipart/form-data", "multipart/form-data; boundary=x"):
        said = await program.ask(b"maki", headers={"Content-Type": kind})
        assert (said.status, said.kind) == (400, "download_failed")


async def test_who_asks_too_often_is_told_each_time_when_to_come_back() -> None:
    async with serving(limits=MANY.model_copy(update={"user_requests": 1})) as api:
        program, other = await api.program(), await api.program(name="other")
        assert (await program.ask()).status == 200
        for _ in range(2):
            said = await program.ask()
            assert (said.status, said.kind) == (429, "rate_limited")
            assert 1 <= int(said.headers["Retry-After"]) <= 60
        assert (await other.ask()).status == 200


async def test_a_full_queue_is_told_before_the_picture_is_read(api: Bench) -> None:
    api.backend.waiting = MANY.queue
    said = await (await api.program()).ask()
    assert (said.status, said.kind) == (503, "busy")
    assert int(said.headers["Retry-After"]) >= 1


async def test_a_bug_is_told_by_its_id_alone() -> None:
    async with serving(FakeBackend()) as api:
        said = await (await api.program()).ask(b"bug")
        assert (said.status, said.kind) == (500, "internal")
        assert said.body["id"] in said.body["detail"]
        assert "S3CR3T" not in json.dumps(said.body)


async def test_addresses_and_methods_that_there_are_not_are_problems_too(api: Bench) -> None:
    program = await api.program()
    assert (await program.call("GET", "nothing")).kind == "not_found"
    said = await program.call("DELETE", "ask")
    assert (said.kind, said.headers["Allow"]) == ("method_not_allowed", "POST")


async def test_a_request_in_hand_is_answered_while_whobot_stops_and_a_later_one_is_not() -> None:
    class Slow(FakeBackend):
        def __init__(self) -> None:
            super().__init__()
            self.begun, self.go_on = asyncio.Event(), asyncio.Event()

        async def analyse(self, data: bytes, options: AnalysisOptions) -> Analysis:
            self.begun.set()
            await self.go_on.wait()
            return seen("nishikino_maki")

    backend = Slow()
    async with serving(backend) as api:
        program = await api.program()
        asked = asyncio.create_task(program.ask())
        await backend.begun.wait()
        stopping = asyncio.create_task(api.adapter.stop())
        await asyncio.sleep(0)
        backend.go_on.set()
        assert (await asked).status == 200
        await stopping
        with pytest.raises(aiohttp.ClientConnectionError):
            await program.ask()


def test_every_error_that_a_chat_is_told_has_a_status_of_its_own() -> None:
    def below(kind: type[errors.UserError]) -> set[type[errors.UserError]]:
        return {kind, *(one for child in kind.__subclasses__() for one in below(child))}

    abstract = {errors.UserError, errors.PictureError}
    for kind in below(errors.UserError) - abstract:
        if kind.__module__ == errors.__name__:
            assert KINDS[kind.__new__(kind).kind].status >= 400


async def test_health_and_the_description_need_no_token(api: Bench) -> None:
    stranger = Program(api.http, "", "")
    assert (await stranger.call("GET", "health")).body == {
        "ok": True,
        "parts": {"store": True},
        "platforms": {"api": True},
    }
    description = (await stranger.call("GET", "openapi.json")).body
    assert description["openapi"] == "3.1.0"
    problem = await stranger.ask()
    fragment = problem.body["type"].partition("#/")[2].split("/")
    assert description[fragment[0]][fragment[1]]["title"] == problem.body["title"]
