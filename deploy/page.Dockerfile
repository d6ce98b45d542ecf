# The page as static files on nginx, with the headers for cross-origin isolation.
# docker build -f deploy/page.Dockerfile -t earwitness-page .
FROM python:3.11-slim AS build
WORKDIR /build
COPY . .
RUN python3 build.py build

FROM nginxinc/nginx-unprivileged:stable
COPY deploy/nginx.conf /etc/nginx/conf.d/default.conf
COPY --from=build /build/dist /usr/share/nginx/html
HEALTHCHECK --interval=30s --timeout=5s CMD ["curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:8080/"]
