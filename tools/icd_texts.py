"""Makes reports/codes/texts/icd10cm.csv.gz anew, the text of every ICD-10-CM code, when a new year is in force.

The package `simple-icd-10-cm` carries the tabular list of the year. Install it where this is run, then:
`python -m tools.icd_texts`, and write the year into reports/codes/NOTICE.md.
"""

import csv
import gzip
import io
import sys
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "reports" / "codes" / "texts" / "icd10cm.csv.gz"


def packed(rows: Iterable[tuple[str, str]]) -> bytes:
    """The file for (code without dot, text): the same bytes for the same rows."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("code", "text"))
    writer.writerows(sorted(rows))
    return gzip.compress(text.getvalue().encode(), 9, mtime=0)


def main() -> int:
    """Write the file; 2 where the package is missing."""
    try:
        book = import_module("simple_icd_10_cm")
    except ModuleNotFoundError:
        print("simple-icd-10-cm is not installed", file=sys.stderr)
        return 2
    codes = [code for code in book.get_all_codes(with_dots=False) if book.is_category_or_subcategory(code)]
    TARGET.write_bytes(packed((code, " ".join(book.get_description(code).split())) for code in codes))
    print(f"{len(codes):,} codes, {TARGET.stat().st_size / 1024:,.0f} KB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
