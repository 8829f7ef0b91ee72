"""Backups: one file that holds the rows of a moment and what people have uploaded, to be restored on any database.

A zip of `manifest.json`, of `rows/<model>.jsonl` for each table, and of the files of the data folder. The manifest
names the migrations and, for each part, how much it is and its digest.
"""

import hashlib
import json
import os
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from chat.domain.errors import Conflict, Invalid
from chat.models import Installation
from chat.services._moment import one_moment, take_time
from chat.services._record import write_transaction
from chat.services._tables import Digest, columns, count_on, empty, fill, lines, tables

FORMAT = 1
MANIFEST = "manifest.json"
UPLOADS = "uploads/"

Manifest = dict[str, Any]


def back_up(*, path: Path) -> Manifest:
    """Writes a backup of this moment while the chat goes on; its manifest. Raises Conflict if the file is there."""
    if path.exists():
        raise Conflict(f"{path} is there already.")
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "w+b") as file:
            with ZipFile(file, "w", ZIP_DEFLATED) as archive:
                manifest = _write(archive)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)
    return manifest


def restore(*, path: Path) -> Manifest:
    """Fills a migrated, empty installation from a backup and begins another history there; the backup's manifest.

    Raises Invalid for what is no whole backup of this version, Conflict where people are already.
    """
    try:
        with ZipFile(path) as archive, write_transaction():
            take_time()
            manifest = _manifest(archive)
            _require_clean()
            _restore_rows(archive, manifest)
            _restore_files(archive, manifest)
    except (BadZipFile, OSError, KeyError, ValueError) as error:
        raise Invalid(f"{path} is no whole backup: {error}") from error
    return manifest


def _write(archive: ZipFile) -> Manifest:
    # Before the rows: heads of acts that the rows do not hold would look like acts that were taken away.
    files = {name: _write_file(archive, name, file) for name, file in _files()}
    with one_moment():
        parts = {name: _write_rows(archive, name) for name in sorted(tables())}
        migrations = _migrations()
    manifest = {
        "format": FORMAT,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "migrations": migrations,
        "tables": parts,
        "data": _digest_of(parts),
        "files": files,
    }
    archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
    return manifest


def _write_rows(archive: ZipFile, name: str) -> Manifest:
    model, digest = tables()[name], Digest()
    with archive.open(f"rows/{name}.jsonl", "w", force_zip64=True) as file:
        for line in lines(model):
            file.write(line)
            digest.add(line)
    return {"columns": columns(model), "rows": digest.count, "digest": str(digest)}


def _write_file(archive: ZipFile, name: str, file: Path) -> Manifest:
    data = file.read_bytes()
    archive.writestr(f"files/{name}", data)
    return {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def _files() -> list[tuple[str, Path]]:
    """What people have uploaded, the heads of the audit log, and the key, without which second factors are lost."""
    uploads = Path(settings.UPLOADS)
    found = [(UPLOADS + str(file.relative_to(uploads)), file) for file in sorted(uploads.rglob("[!.]*"))]
    return [(name, file) for name, file in [*found, *_beside().items()] if file.is_file()]


def _beside() -> dict[str, Path]:
    """The files that are kept beside the database."""
    return {"secret_key": Path(settings.DATA_DIR) / "secret_key", "audit_heads.log": Path(settings.AUDIT_HEADS)}


def _migrations() -> list[list[str]]:
    return sorted([app, name] for app, name in MigrationRecorder(connection).applied_migrations())


def _digest_of(parts: dict[str, Manifest]) -> str:
    named = "".join(f"{name} {part['digest']}\n" for name, part in sorted(parts.items()))
    return hashlib.sha256(named.encode()).hexdigest()


def _manifest(archive: ZipFile) -> Manifest:
    manifest: Manifest = json.loads(archive.read(MANIFEST))
    if manifest["format"] != FORMAT:
        raise ValueError(f"it is of format {manifest['format']}")
    here, there = _migrations(), manifest["migrations"]
    if here != there:
        different = [".".join(each) for each in [*here, *there] if (each in here) != (each in there)]
        raise ValueError(f"it is of another version, which differs in {different[0]}; restore it there, then upgrade")
    return manifest


def _require_clean() -> None:
    if get_user_model()._default_manager.exists():
        raise Conflict("There are people here already; restore into an empty database.")


def _restore_rows(archive: ZipFile, manifest: Manifest) -> None:
    models = tables()
    empty(models.values())
    for name, part in manifest["tables"].items():
        with archive.open(f"rows/{name}.jsonl") as file:
            fill(models[name], part["columns"], file)
    for name, part in manifest["tables"].items():
        digest = Digest()
        for line in lines(models[name]):
            digest.add(line)
        if (digest.count, str(digest)) != (part["rows"], part["digest"]):
            raise ValueError(f"the rows of {name} are not those of its manifest")
    count_on(list(models.values()))
    Installation.objects.update(epoch=secrets.token_hex(8))


def _restore_files(archive: ZipFile, manifest: Manifest) -> None:
    for name, part in manifest["files"].items():
        data = archive.read(f"files/{name}")
        if hashlib.sha256(data).hexdigest() != part["sha256"]:
            raise ValueError(f"{name} is not what its manifest says")
        target = _place(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".{target.name}.{os.getpid()}")
        draft.touch(0o600)
        draft.write_bytes(data)
        draft.rename(target)


def _place(name: str) -> Path:
    """Where a file of a backup belongs. Raises ValueError for one that would leave the data folder."""
    if beside := _beside().get(name):
        return beside
    uploads = Path(settings.UPLOADS).resolve()
    place = (uploads / name.removeprefix(UPLOADS)).resolve()
    if not name.startswith(UPLOADS) or uploads not in place.parents:
        raise ValueError(f"{name} belongs nowhere")
    return place
