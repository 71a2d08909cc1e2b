"""The temporary folder of this process: nobody else can read it, and nothing of it outlives the process for long.

    <temporary folder>/assistant-eigen-<user id>/lock       held while folders are made and cleared
                                                run-XXXX/   one for each process, locked by it as long as it lives

A process that ends normally takes its folder away, and the last one all of it. What a killed one left is cleared by the next one
that starts: a folder that nobody holds a lock on is nobody's.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.errors import AssistantError


class Scratch:
    """A folder of this process, mode 0700.

    Args:
        parent: where to make it; None is the machine's folder for temporary files.

    Raises:
        AssistantError: it cannot be made.
    """

    def __init__(self, parent: Path | None = None) -> None:
        base = (parent or Path(tempfile.gettempdir())) / f"assistant-eigen-{os.getuid()}"
        self._held: int | None = None
        try:
            while self._held is None:
                if not _is_ours(base):
                    # someone else has that name: a folder of another name, which no later process can know of
                    base = Path(tempfile.mkdtemp(prefix="assistant-eigen-", dir=base.parent))
                with _locked(base) as is_there:
                    if not is_there:
                        continue  # another process took it away just now
                    _clear(base)
                    self.folder = Path(tempfile.mkdtemp(prefix="run-", dir=base))
                    self._held = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
                    fcntl.flock(self._held, fcntl.LOCK_EX)
        except OSError as error:
            raise AssistantError(
                f"there is no room for uploads in {base.parent} ({error.strerror or error}); name another folder for "
                "temporary files with TMPDIR, or switch uploads off with ASSISTANT_UPLOADS=off"
            ) from error

    def close(self) -> None:
        """Take the folder away with everything in it, and what it stands in when no other process has one. Again does nothing."""
        held, self._held = self._held, None
        if held is None:
            return
        base = self.folder.parent
        with _locked(base) as is_there:
            shutil.rmtree(self.folder, ignore_errors=True)
            os.close(held)
            if is_there and not any(base.glob("run-*")):
                (base / _LOCK).unlink()
                try:
                    base.rmdir()
                except OSError as error:
                    if error.errno != errno.ENOTEMPTY:  # a process that came in just now has put its own lock there
                        raise


_LOCK = "lock"


def _is_ours(base: Path) -> bool:
    """Whether the folder is there, is ours and is ours alone; it is made when nothing has its name."""
    while True:
        try:
            base.mkdir(mode=0o700)
            return True
        except FileExistsError:
            pass
        try:
            status = base.lstat()
        except FileNotFoundError:
            continue  # another process took it away just now
        return stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid() and not status.st_mode & 0o077


@contextmanager
def _locked(base: Path) -> Iterator[bool]:
    """Whether the folder is still there, with its lock held; it may be taken away while the lock is waited for."""
    try:
        descriptor = os.open(base / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except FileNotFoundError:
        yield False
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield os.fstat(descriptor).st_nlink > 0
    finally:
        os.close(descriptor)


def _clear(base: Path) -> None:
    """Remove the folders of processes that are no more."""
    for folder in base.glob("run-*"):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue  # its process lives
        else:
            shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(descriptor)
