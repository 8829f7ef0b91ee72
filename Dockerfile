# The chat in one image: the workers, and by other commands the migrate step and every `manage.py` command.
# For builds that are the same to the byte, name the base by its digest: --build-arg PYTHON=3.13-slim-bookworm@sha256:...
ARG PYTHON=3.13-slim-bookworm

FROM python:${PYTHON} AS packages
COPY requirements.txt deploy/constraints.txt /tmp/
RUN python -m venv /opt/parley
RUN /opt/parley/bin/pip install --no-cache-dir --disable-pip-version-check -r /tmp/requirements.txt -c /tmp/constraints.txt

FROM python:${PYTHON}
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin parley \
    && install --directory --owner=parley --group=parley /data /data/static
COPY --from=packages /opt/parley /opt/parley
WORKDIR /srv/parley
COPY manage.py ./
COPY config config
COPY chat chat
COPY templates templates
ENV PATH=/opt/parley/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PARLEY_DATA_DIR=/data
RUN python -m compileall -q config chat
USER 10001:10001
EXPOSE 8000
# Whether the process lives, and no more: an outage of the database is no reason to restart anybody.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/livez', timeout=4)"]
CMD ["python", "manage.py", "serve", "--host", "0.0.0.0", "--port", "8000"]
