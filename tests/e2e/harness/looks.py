"""What any process of this run has looked at or found out already: what is slow and comes out alike is done once."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

#: Without a folder there is no run: what an earlier one looked at must be looked at again.
_folder: Path


def keep_in(folder: Path) -> None:
    """Note what was looked at in this folder, which the processes of a run share."""
    global _folder
    _folder = folder
    folder.mkdir(exist_ok=True)


def is_first(*what: str) -> bool:
    """Whether nobody has looked at this yet; whoever asks is taken to look at it now."""
    try:
        os.close(os.open(_file(what), os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


def once(find_out: Callable[[], str], *what: str) -> str:
    """What finding this out gave, whoever of the run did it first."""
    kept = _file(what)
    if not kept.exists():
        draft = kept.with_suffix(f".{os.getpid()}")
        draft.write_text(find_out(), encoding="utf-8")
        draft.replace(kept)
    return kept.read_text(encoding="utf-8")


def _file(what: tuple[str, ...]) -> Path:
    return _folder / hashlib.sha256("\0".join(what).encode()).hexdigest()
