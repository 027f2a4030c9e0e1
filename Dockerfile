# Two images from the locks: `serve` (API, refresh) and `train` (adds the models, for the nightly run).
#   docker build --target serve -t knowledge-twin-serve .
#   docker build --target train -t knowledge-twin-train .

FROM python:3.13-slim-bookworm AS base
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
# Not root; /data/twin is made here so that a new volume there belongs to this user.
RUN useradd --uid 10001 --no-create-home --home-dir /nonexistent twin \
 && install -d -o twin -g twin /data/twin
WORKDIR /app
COPY requirements/build.lock requirements/serve.lock requirements/
RUN pip install --require-hashes --no-deps -r requirements/build.lock -r requirements/serve.lock

FROM base AS serve
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY cypher cypher
COPY graph graph
COPY gnn gnn
COPY api api
COPY deploy deploy
RUN pip install --no-deps --no-build-isolation .
USER twin
EXPOSE 8000
CMD ["twin", "serve"]

FROM base AS train
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libgomp1 \
 && rm -rf /var/lib/apt/lists/*
COPY requirements/train.lock requirements/torch.lock requirements/
RUN pip install --require-hashes --no-deps -r requirements/train.lock
# On Linux x86_64 the public build of torch brings CUDA along: about 2.7 GB.
RUN pip install --require-hashes --no-deps -r requirements/torch.lock
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY cypher cypher
COPY graph graph
COPY gnn gnn
COPY api api
COPY deploy deploy
RUN pip install --no-deps --no-build-isolation .
USER twin
CMD ["sh", "/app/deploy/every_night.sh", "twin", "nightly", "--from", "/data/deliveries"]
