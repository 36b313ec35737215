# The bot in a container: no TensorFlow, no root, nothing written outside /data.
# Three stages, so that a change of whobot's own code installs no package again and changes no layer but its own.

FROM python:3.12-slim-bookworm AS packages
RUN python -m venv --without-pip /opt/whobot
WORKDIR /src
COPY requirements/bot.txt .ci/slim.py ./
# Only the very files whose hashes are in the lock that `make lock` writes. The languages are those of bot/chat/locales.
RUN pip --python /opt/whobot/bin/python install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes --requirement bot.txt \
    && python slim.py /opt/whobot/lib/python3.12/site-packages en de es id ja zh

FROM python:3.12-slim-bookworm AS wheel
RUN pip install --no-cache-dir --disable-pip-version-check "hatchling>=1.27"
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY trainer trainer
COPY bot bot
COPY models models
RUN python -m hatchling build --target wheel --directory /wheel

FROM python:3.12-slim-bookworm
LABEL org.opencontainers.image.title="whobot" \
      org.opencontainers.image.description="Tells who is in an anime picture, in Discord, Telegram and a web chat" \
      org.opencontainers.image.licenses="MIT"
# One small font for names in Chinese, Japanese and Korean.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends fonts-droid-fallback \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt /var/cache/debconf \
    && useradd --uid 10001 --user-group --no-create-home --home-dir /data --shell /usr/sbin/nologin whobot \
    && install --directory --owner=whobot --group=whobot /data
COPY --from=packages /opt/whobot /opt/whobot
RUN --mount=type=bind,from=wheel,source=/wheel,target=/wheel \
    pip --python /opt/whobot/bin/python install --no-cache-dir --disable-pip-version-check --no-deps --no-index /wheel/*.whl
ENV PATH=/opt/whobot/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    WHOBOT_STORE__URL=sqlite+aiosqlite:////data/whobot.db \
    WHOBOT_LOG__FORMAT=json
USER whobot
WORKDIR /data
VOLUME /data
# The web chat listens inside the container only. To publish it, set WHOBOT_WEB__HOST to 0.0.0.0 and give a password: see
# compose.yaml.
EXPOSE 8080
# It asks where the settings have the bot listen, or the bot's process where no page runs.
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["whobot", "health"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["whobot"]
CMD ["run"]
