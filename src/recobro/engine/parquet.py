"""How Parquet files of the book are written, in the words of DuckDB's COPY."""

PARQUET = (
    "format parquet, "
    # DuckDB's own batch, so that its threads share a file
    "row_group_size 122880, "
    # as small as zstd with the encodings of version 1, read in two thirds of the time
    "parquet_version v2, compression lz4_raw, "
    # beyond so many values a column of a row group is no longer written as a dictionary: gathering
    # more of them cost a quarter of the writing of a close
    "dictionary_size_limit 5000"
)
"""The options of COPY, without their brackets."""
