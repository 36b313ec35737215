"""A reply's way into its thread: where it goes, and what becomes of the pictures."""

from collections.abc import Iterable

from bot.chat.model import Placement, Reply, ReplyImage
from bot.platforms.web.message import Author, Content, MediaItem, Message
from bot.platforms.web.picture_store import Media, PictureStore, media_type_of
from bot.platforms.web.sessions import Session
from bot.platforms.web.uploads import File


class Delivery:
    """Writes into threads. The pictures of a message leave the picture store with it."""

    def __init__(self, pictures: PictureStore) -> None:
        self._pictures = pictures

    def post(self, session: Session, text: str, files: tuple[File, ...]) -> int:
        """Add a person's message; returns its id."""
        return session.thread.add(Author.YOU, Content(text, tuple(self._keep_file(session, file) for file in files)))

    def answer(self, session: Session, answer_id: int, reply: Reply) -> None:
        """Put a reply where an answer was announced. Silence, and what has nowhere to go, takes the place away."""
        if session.thread.closed or session.thread.get(answer_id) is None:
            return
        if reply.silent or reply.placement is Placement.DELETE:
            session.thread.remove(answer_id)
        else:
            session.thread.fill(answer_id, self._content(session, reply))

    def react(self, session: Session, pressed_id: int, reply: Reply) -> str | None:
        """Do what a reply to a press asks for; returns the notice for the one who pressed, where it is one."""
        if reply.silent:
            return None
        if reply.placement is Placement.NOTICE:
            return reply.text
        if not session.thread.closed and (pressed := session.thread.get(pressed_id)):
            match reply.placement:
                case Placement.DELETE:
                    self._remove(session, pressed)
                case Placement.EDIT:
                    self._edit(session, pressed, reply)
                case _:
                    session.thread.add(Author.WHOBOT, self._content(session, reply), to=pressed.to)
        return None

    def take_back(self, session: Session, question: Message) -> None:
        """Remove a person's message, and all answers to it."""
        for message in (*session.thread.answers(question.id), question):
            self._remove(session, message)

    def _edit(self, session: Session, pressed: Message, reply: Reply) -> None:
        before = pressed.content
        if reply.images:
            pictures = tuple(self._keep_image(session, image) for image in reply.images)
        else:
            pictures = before.pictures
        after = self._written(session, reply, pictures)
        session.thread.fill(pressed.id, after)
        self._drop(session, set(before.shelved) - set(after.shelved))

    def _remove(self, session: Session, message: Message) -> None:
        self._drop(session, message.content.shelved)
        session.thread.remove(message.id)

    def _drop(self, session: Session, numbers: Iterable[int]) -> None:
        for number in numbers:
            self._pictures.drop(session.name, number)

    def _content(self, session: Session, reply: Reply) -> Content:
        pictures = tuple(self._keep_image(session, image) for image in reply.images)
        return self._written(session, reply, pictures)

    def _written(self, session: Session, reply: Reply, pictures: tuple[MediaItem, ...]) -> Content:
        spoiler = reply.spoiler or any(shown.spoiler for shown in pictures)
        pressable = [(button.action, button.picture) for row in reply.buttons for button in row]
        choosable = [(option.action, option.picture) for menu in reply.menus for option in menu.options]
        thumbnails = {
            action: self._pictures.put(session.name, Media(picture, media_type_of(picture)))
            for action, picture in (*pressable, *choosable)
            if picture
        }
        return Content(reply.text, pictures, spoiler, reply.buttons, reply.menus, thumbnails, reply.times)

    def _keep_image(self, session: Session, image: ReplyImage) -> MediaItem:
        number = self._pictures.put(session.name, Media(image.data, image.media_type))
        return MediaItem(number, image.filename, _kind(image.media_type), image.alt, image.spoiler)

    def _keep_file(self, session: Session, file: File) -> MediaItem:
        media_type = media_type_of(file.data)
        number = self._pictures.put(session.name, Media(file.data, media_type))
        return MediaItem(number, file.name, _kind(media_type), spoiler=file.spoiler)


def _kind(media_type: str) -> str:
    return media_type.partition("/")[0]
