# A worker: takes jobs from PostgreSQL and audio from the object store, and answers health checks.
# Build deploy/server.Dockerfile with the tag `earwitness` first.
ARG IMAGE=earwitness:latest
FROM ${IMAGE}
ENV EARWITNESS_ROLE=worker
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s CMD ["/opt/earwitness/bin/python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"EARWITNESS_PORT\"]}/readyz', timeout=4)"]
CMD ["--host", "127.0.0.1"]
