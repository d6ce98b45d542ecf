# The server with the page and the models, for every role.
# docker build -f deploy/server.Dockerfile -t earwitness .
FROM python:3.11-slim AS build
WORKDIR /build
COPY . .
RUN python3 build.py build
RUN python3 -m venv /opt/earwitness && \
    /opt/earwitness/bin/pip install --no-cache-dir --require-hashes --only-binary=:all: -r requirements/run.txt

FROM python:3.11-slim
ENV PYTHONPATH=/app/py:/app/server:/app/models \
    PYTHONUNBUFFERED=1 \
    ORT_DISABLE_TELEMETRY=1 \
    EARWITNESS_DIST=/app/dist \
    EARWITNESS_MODELS=/app/build/server-models \
    EARWITNESS_DATA=/data \
    EARWITNESS_PORT=8000
RUN useradd --uid 10001 --create-home earwitness && mkdir /data && chown earwitness /data
COPY --from=build /opt/earwitness /opt/earwitness
COPY --from=build /build/py /app/py
COPY --from=build /build/server /app/server
COPY --from=build /build/models /app/models
COPY --from=build /build/dist /app/dist
COPY --from=build /build/build/server-models /app/build/server-models
USER 10001
WORKDIR /app
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s CMD ["/opt/earwitness/bin/python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"EARWITNESS_PORT\"]}/healthz', timeout=4)"]
ENTRYPOINT ["/opt/earwitness/bin/python", "-m", "earwitness_server"]
CMD ["--host", "0.0.0.0", "--behind-proxy"]
