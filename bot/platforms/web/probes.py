"""What other programs ask: is whobot well, and what has it done?

/healthz is open to whoever reaches the port: it says which parts work and nothing else, and container engines and load
balancers cannot log in. It is ill only where a restart may help: a platform that is down is named in it, and retried.
/metrics says how much the bot is used, so it asks for the password where there is one (Prometheus sends it with
`basic_auth`, under any user name).
"""

from collections.abc import Awaitable, Callable

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from bot.platforms.base import Health
from bot.platforms.web.login import Login
from bot.platforms.web.refusal import Refusal


class Probes:
    """The requests of monitoring."""

    def __init__(self, login: Login, health: Callable[[], Awaitable[Health]], metrics: Callable[[], bytes]) -> None:
        self._login = login
        self._health = health
        self._metrics = metrics

    def routes(self) -> list[web.RouteDef]:
        """Where each request arrives."""
        return [web.get("/healthz", self.healthz), web.get("/metrics", self.metrics)]

    async def healthz(self, _request: web.Request) -> web.Response:
        """200 while whobot can answer, 503 otherwise; the body names every part and platform."""
        health = await self._health()
        return web.json_response(health.report(), status=200 if health.ok else 503)

    async def metrics(self, request: web.Request) -> web.Response:
        """Prometheus text."""
        try:
            self._login.check_basic(request)
        except Refusal as refusal:
            refusal.headers["WWW-Authenticate"] = 'Basic realm="whobot", charset="UTF-8"'
            raise
        return web.Response(body=self._metrics(), headers={"Content-Type": CONTENT_TYPE_LATEST})
