"""The book at rest: Delta tables of Parquet files, every version readable."""

from recobro.lake.disk import secure
from recobro.lake.lake import Lake, VersionGone
from recobro.lake.rows import current, replaced_table

__all__ = ["Lake", "VersionGone", "current", "replaced_table", "secure"]
