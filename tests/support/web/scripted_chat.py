"""A handler that behaves like whobot in a chat that teaches it, for the page's tests; everything in it is made up."""

import io

from PIL import Image, ImageDraw

from bot.chat.features.settings import ShowSettings
from bot.chat.features.teaching import Teach
from bot.chat.model import (
    Ask,
    Button,
    ButtonStyle,
    Incoming,
    Menu,
    Option,
    Placement,
    Press,
    Prompt,
    Reply,
    ReplyImage,
    Suggest,
)
from tests.support.artwork import CAST, draw_scene

NAMES = ("Hoshina Sora", "Hoshino Akari", "<img src=x onerror=alert(1)>")
CROWD = ("hoshina_sora", "kurose_akane", "minase_yuzu")


def marked() -> ReplyImage:
    """Our own artwork with numbered boxes, as an answer marks faces."""
    scene = draw_scene([CAST[name] for name in CROWD], 5, height=420)
    canvas = Image.fromarray(scene.image)
    pen = ImageDraw.Draw(canvas)
    for number, (_, box) in enumerate(scene.faces, 1):
        pen.rectangle((box.x, box.y, box.x + box.width, box.y + box.height), outline="#c2452d", width=5)
        pen.rectangle((box.x, box.y, box.x + 34, box.y + 36), fill="#c2452d")
        pen.text((box.x + 9, box.y), str(number), fill="white", font_size=28)
    encoded = io.BytesIO()
    canvas.save(encoded, "JPEG", quality=88)
    return ReplyImage(encoded.getvalue(), "image/jpeg", "faces.jpg", "The picture with 3 faces marked.")


IMAGE = marked()


async def community(incoming: Incoming) -> Reply:
    """Answer as the service would, with a little of everything."""
    match incoming.request:
        case Ask(pictures):
            return _answer("1. Hoshina Sora, 97 %\n2. Kurose Akane, 88 %\n3. Nobody I know", pictures[0].spoiler)
        case Teach(name=name):
            rows = (tuple(Button(str(number), f"face:{number}") for number in (1, 2, 3)), (CANCEL,))
            return Reply(f"There are 3 faces. Which one is {name}?", (IMAGE,), buttons=rows)
        case ShowSettings():
            return _settings("50 %")
        case Suggest(text, taught):
            return Reply(suggestions=tuple(name for name in NAMES[taught:] if name.lower().startswith(text.lower())))
        case Press(action, text):
            return _pressed(action, text)
    return Reply("Hello.")


CANCEL = Button("Cancel", "cancel")
BUTTONS = (
    (
        Button("◀", "page:0"),
        Button("▶", "page:1", ButtonStyle.PRIMARY),
        Button("Other guesses", "more"),
        Button("Wrong?", "wrong"),
        Button("Delete", "delete", ButtonStyle.DANGER),
    ),
)


def _answer(text: str, spoiler: bool = False) -> Reply:
    image = ReplyImage(IMAGE.data, IMAGE.media_type, IMAGE.filename, IMAGE.alt, spoiler)
    return Reply(text, (image,), buttons=BUTTONS)


def _settings(threshold: str) -> Reply:
    def menu(label: str, chosen: str, *others: str) -> Menu:
        options = (Option(name, f"set:{name}", selected=name == chosen) for name in sorted((chosen, *others)))
        return Menu(label, tuple(options))

    return Reply(
        "How I am set in this chat:",
        buttons=((Button("Keep corrected faces: on", "keep"), Button("Ask a second person: off", "confirm")),),
        menus=(
            menu("Name a face from", threshold, *({"50 %", "60 %", "70 %"} - {threshold})),
            menu("Language", "Everybody’s own", "English", "日本語"),
            menu("Who may teach", "Everyone", "Managers", "Nobody"),
        ),
    )


def _pressed(action: str, text: str | None) -> Reply:  # noqa: PLR0911 - one for each button
    match action.split(":"):
        case ["page", "1"]:
            return Reply("4. Kurogane Rin, 71 %", buttons=BUTTONS, placement=Placement.EDIT)
        case ["page", _]:
            return Reply("This is the first page.", placement=Placement.NOTICE)
        case ["more"]:
            return Reply("More like the first face:\n1. Hoshina Sora, 97 %\n2. Minase Yuzu, 1 %")
        case ["wrong"]:
            menus = (Menu("Who is it?", tuple(Option(name, f"is:{name[:20]}") for name in NAMES)),)
            other = Button("Someone else…", "other", prompt=Prompt("Who is it?", "For example Hoshina Sora"))
            rows = ((other, Button("Not a face", "none"), CANCEL),)
            return Reply("Who is face 1?", buttons=rows, menus=menus, placement=Placement.EDIT)
        case ["other"]:
            return Reply(f"Thank you! Face 1 is {text}.", placement=Placement.EDIT)
        case ["set", choice]:
            reply = _settings(choice)
            return Reply(reply.text, buttons=reply.buttons, menus=reply.menus, placement=Placement.EDIT)
        case ["delete"]:
            return Reply(placement=Placement.DELETE)
    return Reply("Done.", placement=Placement.NOTICE)
