"""Says which Java Spark would run on, or what to do about a missing one, before half a gigabyte is installed."""

import sys

from reports.engine import EngineMissing, need_java

if __name__ == "__main__":
    try:
        print(f"Java: {need_java()}")
    except EngineMissing as missing:
        sys.exit(f"make test-spark cannot run: {missing}")
