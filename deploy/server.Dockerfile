# The server with the page and the models, for every role.
# docker build -f deploy/server.Dockerfile -t earwitness .
FROM python:3.11-slim AS build
WORKDIR /build
COPY . .
RUN python3 build.py package
RUN python3 -m venv /opt/earwitness && \
    /opt/earwitness/bin/pip install --no-cache-dir --require-hashes --only-binary=:all: -r requirements/run.txt && \
    /opt/earwitness/bin/pip install --no-cache-dir --no-index --no-deps build/package/*.whl

FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1 \
    ORT_DISABLE_TELEMETRY=1 \
    EARWITNESS_MODELS=/app/models \
    EARWITNESS_DATA=/data \
    EARWITNESS_PORT=8000
RUN useradd --uid 10001 --create-home earwitness && mkdir /data && chown earwitness /data
COPY --from=build /opt/earwitness /opt/earwitness
COPY --from=build /build/build/server-models /app/models
USER 10001
WORKDIR /app
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s CMD ["/opt/earwitness/bin/python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"EARWITNESS_PORT\"]}/healthz', timeout=4)"]
ENTRYPOINT ["/opt/earwitness/bin/earwitness"]
CMD ["--host", "0.0.0.0", "--behind-proxy"]
