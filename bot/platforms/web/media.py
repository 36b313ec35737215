"""Pictures and videos, handed to the page that shows them."""

from typing import Final

from aiohttp import web

from bot.platforms.web.picture_store import ANYTHING, Media, PictureStore
from bot.platforms.web.refusal import Refusal
from bot.platforms.web.sessions import Sessions

POLICY: Final = "default-src 'none'; sandbox"


class MediaRoutes:
    """A session sees what is in its own thread, and nothing else."""

    def __init__(self, sessions: Sessions, pictures: PictureStore) -> None:
        self._sessions = sessions
        self._pictures = pictures

    def routes(self) -> list[web.RouteDef]:
        """Where each request arrives."""
        return [web.get(r"/api/media/{number:\d{1,18}}", self.serve)]

    async def serve(self, request: web.Request) -> web.Response:
        """A picture or video of the session's own thread, or a part of it: some browsers play no video otherwise."""
        session = self._sessions.require(request)
        media = self._pictures.get(session.name, int(request.match_info["number"]))
        if media is None:
            raise Refusal(404, "gone")
        headers = {
            "Accept-Ranges": "bytes",
            "Cache-Control": "private, max-age=3600",
            "Content-Security-Policy": POLICY,
        }
        if media.media_type == ANYTHING:
            headers["Content-Disposition"] = "attachment"
        return _part(request, media, headers) or web.Response(
            body=media.data, content_type=media.media_type, headers=headers
        )


def _part(request: web.Request, media: Media, headers: dict[str, str]) -> web.Response | None:
    """The bytes of a Range header, None where there is none that makes sense: the whole is a right answer then."""
    try:
        asked = request.http_range
    except ValueError:
        return None
    start, stop, _ = asked.indices(len(media.data))
    if (asked.start is None and asked.stop is None) or start >= stop:
        return None
    headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(media.data)}"
    return web.Response(status=206, body=media.data[start:stop], content_type=media.media_type, headers=headers)
