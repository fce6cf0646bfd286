FROM python:3.11-slim AS build

WORKDIR /src
RUN python -m venv /opt/paperclub
COPY requirements-run.lock ./
RUN /opt/paperclub/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements-run.lock
COPY . .
RUN /opt/paperclub/bin/pip install --no-cache-dir --no-deps --no-build-isolation . \
    && /opt/paperclub/bin/pip check \
    && /opt/paperclub/bin/pip uninstall --yes setuptools pip


FROM python:3.11-slim

RUN useradd --system --user-group --uid 10001 --home-dir /data --shell /usr/sbin/nologin paperclub \
    && install --directory --owner paperclub --group paperclub --mode 0750 /data
COPY --from=build /opt/paperclub /opt/paperclub

ENV PATH="/opt/paperclub/bin:$PATH" \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PAPERCLUB_DATABASE_URL="sqlite+aiosqlite:////data/paperclub.db" \
    PAPERCLUB_CACHE_DIR=/data/cache \
    PAPERCLUB_HTTP_PORT=8080

USER paperclub
WORKDIR /data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM

HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"PAPERCLUB_HTTP_PORT\"]}/healthz', timeout=4)"]

ENTRYPOINT ["paperclub"]
CMD ["run"]
