"""Damages files as disks and transfers do."""

from pathlib import Path

import pyarrow.parquet as pq


def damage_pages(path: Path, column: str) -> None:
    """Flip the bytes of one column's pages in a Parquet file; footer and length stay as they were."""
    metadata = pq.read_metadata(path)
    whole = bytearray(path.read_bytes())
    for group in range(metadata.num_row_groups):
        for place in range(metadata.num_columns):
            chunk = metadata.row_group(group).column(place)
            if chunk.path_in_schema == column:
                start = min(
                    offset for offset in (chunk.dictionary_page_offset, chunk.data_page_offset) if offset
                )
                for byte in range(start, start + chunk.total_compressed_size):
                    whole[byte] ^= 0xFF
    path.write_bytes(whole)
