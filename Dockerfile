# The bot in a container: no TensorFlow, no root, nothing written outside /data.

FROM python:3.12-slim-bookworm AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY trainer trainer
COPY models models
RUN python -m venv /opt/whobot \
    && /opt/whobot/bin/pip install --no-cache-dir --disable-pip-version-check ".[postgres,sentry]"

FROM python:3.12-slim-bookworm
LABEL org.opencontainers.image.title="whobot" \
      org.opencontainers.image.description="Tells who is in an anime picture, in Discord, Telegram and a web chat" \
      org.opencontainers.image.licenses="MIT"
# One small font for names in Chinese, Japanese and Korean.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends fonts-droid-fallback \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --user-group --no-create-home --home-dir /data --shell /usr/sbin/nologin whobot \
    && install --directory --owner=whobot --group=whobot /data
COPY --from=build /opt/whobot /opt/whobot
ENV PATH=/opt/whobot/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    WHOBOT_STORE__URL=sqlite+aiosqlite:////data/whobot.db \
    WHOBOT_LOG__FORMAT=json
USER whobot
WORKDIR /data
VOLUME /data
# The web chat listens inside the container only, which the health check needs. To publish it, set WHOBOT_WEB__HOST to
# 0.0.0.0 and give a password: see compose.yaml.
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["whobot"]
CMD ["run"]
