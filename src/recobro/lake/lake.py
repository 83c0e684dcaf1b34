"""A folder of Delta tables: which files make up a table at a version."""

import json
import shutil
import time
from collections.abc import Iterable, Mapping, Sequence
from math import inf
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import DeltaTable, PostCommitHookProperties, Schema
from deltalake.exceptions import DeltaError, TableNotFoundError
from deltalake.transaction import AddAction, RemoveAction, create_table_with_add_actions

from recobro.lake.disk import secure
from recobro.terms.refusal import Refusal

Versions = Mapping[str, int]
"""A version by table name; a table that is not named has never been written."""

_KEEPS_ITS_LOG = {"delta.enableExpiredLogCleanup": "false"}
"""Delta would delete the log of what is older than 30 days with every hundredth commit."""

_LOG_KEPT = PostCommitHookProperties(cleanup_expired_logs=False)
"""The same for one commit: the table may have been made by something else."""


class VersionGone(Refusal):
    """A version of a table that a caller names can no longer be read."""

    says = (
        "version {version} of table {table!r} is no longer in the lake; nothing was changed. Only "
        "versions that a published close or the last load names are kept: restore the bank's "
        "folder from a backup to read an older one."
    )

    def __init__(self, table: str, version: int) -> None:
        super().__init__(version=str(version), table=table)


class Lake:
    """The book's tables, each a Delta table in a folder of its own.

    Parquet files are written by an engine straight into `folder(table)` and become part of the
    table only when `commit` names them: what was not committed is swept away.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._listed: dict[tuple[str, int], list[str]] = {}

    def folder(self, table: str) -> Path:
        """Return the folder in which a table's files are to be written, made if need be."""
        folder = self.root / table
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def new_file(self, table: str) -> Path:
        """Return the path of a file of the table that does not exist yet."""
        return self.folder(table) / f"{uuid4().hex}.parquet"

    def versions(self) -> dict[str, int]:
        """Return the newest version of every table."""
        if not self.root.is_dir():
            return {}
        newest = {
            folder.name: self._newest(folder.name)
            for folder in sorted(self.root.iterdir())
            if folder.is_dir()
        }
        return {table: version for table, version in newest.items() if version is not None}

    def files(self, table: str, versions: Versions) -> list[str]:
        """Return the paths of a table's Parquet files at a version; none if never written.

        Raises VersionGone.
        """
        version = versions.get(table)
        if version is None:
            return []
        # A version never changes; reading a log takes as long as a small query.
        listed = self._listed.get((table, version))
        if listed is None or not _there(listed):
            listed = sorted(map(str, self.rows(table, version)))
            if not _there(listed):
                raise VersionGone(table, version)
            self._listed[table, version] = listed
        return listed

    def rows(self, table: str, version: int) -> dict[Path, int]:
        """Return the files of a table at a version with the rows that Delta says each has.

        Whether the files are there is not looked at. Raises VersionGone.
        """
        try:
            delta = DeltaTable(self._address(table), version=version)
        except (DeltaError, TableNotFoundError) as error:
            raise VersionGone(table, version) from error
        return {self.root / table / name: count for name, count in _listed(delta).items()}

    def log(self, table: str, version: int) -> list[Path]:
        """Return the files of a table's log that tell of its versions up to one."""
        log = (self.root / table / "_delta_log").glob("*")
        return sorted(each for each in log if _tells_of(each) <= version)

    def commit(self, table: str, files: Sequence[Path], *, replace: bool) -> int:
        """Add files to a table, or let them replace all that it had, in one step.

        Return the table's new version, which is on the disk by then. The files stand in
        `folder(table)` and have one schema.
        """
        secure(files, below=self.root.parent)
        schema = Schema.from_arrow(pq.read_schema(files[0]))
        added = [_add_action(file) for file in files]
        delta = self._open(table)
        first = 0 if delta is None else delta.version() + 1
        if delta is None:
            create_table_with_add_actions(
                self._address(table),
                schema,
                added,
                mode="error",
                configuration=_KEEPS_ITS_LOG,
                post_commithook_properties=_LOG_KEPT,
            )
        else:
            gone = [_remove_action(name) for name in _listed(delta)] if replace else []
            delta.create_write_transaction(
                [*added, *gone],
                mode="append",
                schema=schema,
                post_commithook_properties=_LOG_KEPT,
            )
        return self._secure_log(table, first)

    def restore(self, table: str, version: int | None) -> bool:
        """Bring a table back to a version, or to never written; tell whether anything came after.

        Raises VersionGone.
        """
        if self._newest(table) == version:
            return False
        self._drop_torn(table, -1 if version is None else version)
        newest = self._open(table)
        if newest is None:
            return False
        if version is None:
            shutil.rmtree(self.root / table)
            return True
        if _listed(newest).keys() == {Path(f).name for f in self.files(table, {table: version})}:
            return False
        first = newest.version() + 1
        newest.restore(version, post_commithook_properties=_LOG_KEPT)
        self._secure_log(table, first)
        return True

    def sweep(self, kept: Iterable[Versions]) -> None:
        """Delete files that neither a version in `kept` nor the newest one uses.

        A table of which a kept version cannot be opened is left alone: which files that version
        has is not known, and once its log is restored from a backup they are needed.
        """
        named = list(kept)
        for folder in sorted(self.root.iterdir()):
            versions = sorted({each[folder.name] for each in named if folder.name in each})
            delta = self._open(folder.name)
            if delta is None:
                if not versions:
                    shutil.rmtree(folder)  # files of a first commit that never came
                continue
            first = delta.version() + 1
            try:
                _vacuum(delta, versions)
            except DeltaError:
                if all(self._opens(folder.name, version) for version in versions):
                    raise
            self._secure_log(folder.name, first)

    def _drop_torn(self, table: str, version: int) -> None:
        """Delete what a machine that lost its power left of later entries of a log: no JSON.

        Delta could not open the table any more, and nothing names what such an entry says.
        """
        for entry in (self.root / table / "_delta_log").glob("*.json"):
            if entry.stem.isdigit() and int(entry.stem) > version and not _is_whole(entry):
                entry.unlink()

    def _secure_log(self, table: str, first: int) -> int:
        """See the log from a version on to the disk; return the table's newest version."""
        newest = self._newest(table) or 0
        log = self.root / table / "_delta_log"
        names = [
            f"{version:020}.{ending}"
            for version in range(first, newest + 1)
            for ending in ("json", "checkpoint.parquet")
        ]
        written = (log / name for name in [*names, "_last_checkpoint"])
        secure((file for file in written if file.exists()), below=self.root.parent)
        return newest

    def _newest(self, table: str) -> int | None:
        """Return the newest version by the names in the log, which Delta gives to versions."""
        log = self.root / table / "_delta_log"
        written = (file.stem for file in log.glob("*.json"))
        return max((int(name) for name in written if name.isdigit()), default=None)

    def _opens(self, table: str, version: int) -> bool:
        try:
            DeltaTable(self._address(table), version=version)
        except (DeltaError, TableNotFoundError):
            return False
        return True

    def _open(self, table: str) -> DeltaTable | None:
        try:
            return DeltaTable(self._address(table))
        except TableNotFoundError:
            return None

    def _address(self, table: str) -> str:
        """Return the address of a table; of a bare path Delta takes a space or 银 for another."""
        return (self.root / table).absolute().as_uri()


def _listed(delta: DeltaTable) -> dict[str, int]:
    """Return the names of a table's files, as they are on the disk, with the rows of each."""
    # pa.table() would import pandas, to see whether it is given a table of it.
    told = pa.RecordBatchReader.from_stream(delta.get_add_actions(flatten=True)).read_all()
    return dict(zip(told["path"].to_pylist(), told["num_records"].to_pylist(), strict=True))


def _is_whole(entry: Path) -> bool:
    try:
        lines = entry.read_text(encoding="utf-8").splitlines()
        return bool(lines) and all(isinstance(json.loads(line), dict) for line in lines)
    except ValueError:
        return False


def _tells_of(entry: Path) -> float:
    """Return the version that a file of a log is named by; a hint at the newest is of none."""
    number = entry.name.partition(".")[0]
    return int(number) if number.isdigit() else inf


def _there(files: Iterable[str]) -> bool:
    return all(Path(file).exists() for file in files)


def _vacuum(delta: DeltaTable, versions: Sequence[int]) -> None:
    if not _KEEPS_ITS_LOG.items() <= delta.metadata().configuration.items():
        # a vacuum minds what the table says, not what it is told
        delta.alter.set_table_properties(_KEEPS_ITS_LOG, post_commithook_properties=_LOG_KEPT)
    delta.vacuum(
        retention_hours=0,
        dry_run=False,
        enforce_retention_duration=False,
        full=True,
        keep_versions=list(versions),
        post_commithook_properties=_LOG_KEPT,
    )


def _add_action(file: Path) -> AddAction:
    return AddAction(
        path=file.name,
        size=file.stat().st_size,
        partition_values={},
        modification_time=time.time_ns() // 1_000_000,
        data_change=True,
        stats=json.dumps({"numRecords": pq.read_metadata(file).num_rows}),
    )


def _remove_action(name: str) -> RemoveAction:
    return RemoveAction(
        path=name,
        data_change=True,
        deletion_timestamp=time.time_ns() // 1_000_000,
    )
