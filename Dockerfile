# One image for every process: `docker run IMAGE api|worker|scheduler|migrate|doctor`. No embedded engines in it.

FROM node:24.8.0-bookworm-slim AS pages
WORKDIR /src
COPY package.json package-lock.json .npmrc tsconfig.base.json ./
COPY dashboard/package.json dashboard/
COPY client_contract/ts/package.json client_contract/ts/
RUN npm ci
COPY dashboard dashboard
COPY client_contract client_contract
RUN npm run build --workspace @novelfoundry/dashboard

FROM python:3.13.7-slim-bookworm AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY requirements.lock requirements-dev.lock /tmp/
# setuptools, to build the project itself, comes from the lock as well.
RUN awk '/^[a-z]/ { ours = /^setuptools==/ } ours' /tmp/requirements-dev.lock > /tmp/build.lock \
 && pip install --require-hashes -r /tmp/build.lock \
 && pip install --require-hashes -r /tmp/requirements.lock
WORKDIR /app
COPY pyproject.toml README.md LICENSE ./
COPY jobs jobs
COPY schema schema
COPY server server
COPY client_contract client_contract
COPY supabase supabase
RUN pip install --no-deps --no-build-isolation --editable . \
 && python -m compileall -q jobs schema server client_contract

FROM python:3.13.7-slim-bookworm
RUN useradd --uid 10001 --create-home novelfoundry
COPY --from=packages /opt/venv /opt/venv
COPY --from=packages /app /app
COPY --from=pages /src/server/static /app/server/static
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 NF_DATA=/home/novelfoundry/data
WORKDIR /app
USER 10001
EXPOSE 8000
# Of the api, which is the default; docker-compose.yml gives the other processes their own.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
  CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/livez', timeout=4)"]
ENTRYPOINT ["novelfoundry"]
CMD ["api", "--host", "0.0.0.0"]
