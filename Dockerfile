# Three stages: the page, the Python environment, and the final image, without Node.js and compilers.

# ---- the page ----
FROM node:22-slim AS page
WORKDIR /src/frontend
# Packages first, so that this layer is rebuilt only when the lock file changes.
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci
COPY frontend/ ./
# Writes /src/backend/steepest/page, as in a checkout.
RUN npm run build

# ---- the Python environment ----
FROM python:3.11-slim-bookworm AS environment
# A further index for pip, such as PyTorch's index of CPU builds, which are gigabytes smaller than those with CUDA.
ARG PIP_EXTRA_INDEX_URL=""
ENV PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_EXTRA_INDEX_URL=${PIP_EXTRA_INDEX_URL} \
    STEEPEST_PAGE_IS_BUILT=1
WORKDIR /src
RUN python -m venv /opt/steepest
ENV PATH=/opt/steepest/bin:$PATH
COPY pyproject.toml constraints.txt hatch_build.py README.md LICENSE ./
# Packages first, so that this layer is rebuilt only when a version changes. pyproject.toml has the only list of them.
RUN python -c "import tomllib; print('\n'.join(tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies']))" \
      > /tmp/requirements.txt \
    && pip install --constraint constraints.txt --requirement /tmp/requirements.txt
COPY tools/node.py tools/node.py
COPY backend/ backend/
COPY --from=page /src/backend/steepest/page backend/steepest/page
RUN pip install --constraint constraints.txt --no-deps .

# ---- the final image ----
FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin steepest \
    && install --directory --owner 10001 /data
COPY --from=environment /opt/steepest /opt/steepest
ENV PATH=/opt/steepest/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    STEEPEST_HOST=0.0.0.0 \
    STEEPEST_PORT=8000 \
    STEEPEST_DATA=/data
USER 10001
EXPOSE 8000
# The server answers after the workers have made their first step, which takes some seconds.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"STEEPEST_PORT\"]}/api/health', timeout=4)"]
# The server ends within 6 s of SIGTERM.
STOPSIGNAL SIGTERM
CMD ["steepest", "serve", "--no-open"]
