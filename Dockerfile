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
RUN python -m venv /opt/build && python -m venv /opt/venv
COPY requirements.lock requirements-dev.lock /tmp/
# What builds the project itself comes from the lock as well, and stays behind.
RUN awk '/^[a-z]/ { ours = /^(hatchling|packaging|pathspec|pluggy|tomlkit|trove-classifiers)==/ } ours' /tmp/requirements-dev.lock \
  > /tmp/build.lock \
 && /opt/build/bin/pip install --no-deps --require-hashes -r /tmp/build.lock \
 && /opt/venv/bin/pip install --require-hashes -r /tmp/requirements.lock
WORKDIR /src
COPY . .
COPY --from=pages /src/server/static server/static
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /tmp/wheel . \
 && /opt/venv/bin/pip install --no-deps /tmp/wheel/*.whl

FROM python:3.13.7-slim-bookworm
RUN useradd --uid 10001 --create-home novelfoundry
COPY --from=packages /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 NF_DATA=/home/novelfoundry/data
WORKDIR /home/novelfoundry
USER 10001
EXPOSE 8000
# Of the api, which is the default; docker-compose.yml gives the other processes their own.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
  CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/livez', timeout=4)"]
ENTRYPOINT ["novelfoundry"]
CMD ["api", "--host", "0.0.0.0"]
