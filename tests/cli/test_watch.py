"""Files dropped into a folder are answered once, moved, and never lost, whatever happens."""

import os
import random
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from scrubber.cli.folders import FolderError, Folders, Taken
from scrubber.cli.main import main
from scrubber.cli.watch import Said, Watch
from tests.conftest import ROOT

SAMPLES = [ROOT / "samples" / name for name in ("professional.837", "institutional.837")]
STEPS = ("open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.scandir", "os.listdir")


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Return an empty inbox and the place of an outbox."""
    inbox = tmp_path / "in"
    inbox.mkdir()
    return inbox, tmp_path / "out"


def watch(inbox: Path, outbox: Path, *more: str) -> int:
    """Run the command until nothing is left; return the exit code."""
    return main(["watch", str(inbox), str(outbox), "--once", "--interval", "0.01", *more])


def tree(folder: Path) -> dict[str, bytes]:
    """Return all files below a folder, with their content."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def copied(file: Path, folder: Path) -> Said:
    """Answer a file by some of its bytes, in two steps; what is not text cannot be answered."""
    content = file.read_bytes()
    if content.startswith(b"\0"):
        return Said("", answered=False, reasons=["record 1, byte 0: not text"])
    (folder / ".outcomes.part").write_bytes(content[::-1])
    (folder / ".outcomes.part").rename(folder / "outcomes")
    (folder / "summary").write_text(f"{len(content)}")
    return Said(f"{len(content)} bytes", answered=True, reasons=[])


def all_of(inbox: Path, outbox: Path, scrub: Callable[[Path, Path], Said] = copied) -> Watch:
    """Watch until nothing is left, with another scrubber."""
    with Folders(inbox, outbox) as folders:
        watching = Watch(folders, scrub)
        watching.run(0.001, once=True)
    return watching


def test_a_file_is_answered_as_check_answers_it(folders: tuple[Path, Path], tmp_path: Path) -> None:
    """The same files with the same bytes, in a folder of its own; then it is in `done`."""
    inbox, outbox = folders
    for sample in SAMPLES:
        shutil.copy(sample, inbox)
    assert watch(inbox, outbox) == 0
    assert len(list(outbox.iterdir())) == 2
    for sample in SAMPLES:
        main(["check", str(sample), "--output", str(tmp_path / sample.stem), "--no-progress"])
        (answered,) = outbox.glob(f"{sample.name}-*")
        assert tree(answered) == tree(tmp_path / sample.stem)
        assert f"{sample.name}.clean.837" in tree(answered)
        (done,) = (inbox / "done").glob(f"{sample.stem}-*.837")
        assert done.read_bytes() == sample.read_bytes()
    assert [path for path in inbox.iterdir() if path.is_file()] == []


def test_the_same_content_again_is_not_answered_again(
    folders: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """Under its own name or another, and it is said; another content of one name is answered."""
    inbox, outbox = folders
    (inbox / "a.837").write_bytes(b"first")
    all_of(inbox, outbox)
    before = tree(outbox)
    (inbox / "a.837").write_bytes(b"first")
    (inbox / "b.837").write_bytes(b"first")
    capsys.readouterr()
    all_of(inbox, outbox)
    assert tree(outbox) == before
    assert capsys.readouterr().out.count("answered before, in ") == 2
    (inbox / "a.837").write_bytes(b"second")
    all_of(inbox, outbox)
    assert len(list(outbox.iterdir())) == 2
    assert sorted(tree(inbox / "done").values()) == [b"first", b"first", b"second"]


def test_a_file_that_is_written_on_is_left_alone(folders: tuple[Path, Path]) -> None:
    """Until two looks agree; so are names that say so, folders and links."""
    inbox, outbox = folders
    looking = Folders(inbox, outbox)
    for name in (".hidden", "a.837.TMP", "b.part", "c.filepart", "d.crdownload"):
        (inbox / name).write_bytes(b"x")
    (inbox / "folder").mkdir()
    (inbox / "link").symlink_to(SAMPLES[0])
    growing = inbox / "growing.837"
    growing.write_bytes(b"ISA")
    assert looking.whole() == []
    growing.write_bytes(b"ISA*")
    assert looking.whole() == []
    assert looking.whole() == ["growing.837"]
    path = looking.take("growing.837")
    assert path
    assert not looking.changed(path)
    path.write_bytes(b"ISA*00")
    assert looking.changed(path)
    assert not looking.changed(path)


def test_two_files_of_one_name_do_not_meet(folders: tuple[Path, Path]) -> None:
    """The next of a name waits until the one that was taken is finished; one that went is none."""
    inbox, outbox = folders
    looking = Folders(inbox, outbox)
    for content in (b"first", b"second"):
        (inbox / "a.837").write_bytes(content)
        looking.take("a.837")
    assert (inbox / "a.837").read_bytes() == b"second"
    assert (inbox / ".taken" / "a.837").read_bytes() == b"first"
    assert looking.take("gone.837") is None


def test_a_file_that_cannot_be_answered_moves_with_its_reason(
    folders: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """No claim can be read, the name is too long, the scrubber fails at it: the others go on."""
    inbox, outbox = folders
    (inbox / "a.txt").write_bytes(b"not a claim of SAMPLE PAT")
    (inbox / "b.837").write_bytes(SAMPLES[0].read_bytes()[:900])  # it has its 999
    (inbox / ("c" * 220)).write_bytes(b"{}")
    assert watch(inbox, outbox) == 3
    assert [path.name.split("-")[0] for path in outbox.iterdir()] == ["b.837"]
    failed = tree(inbox / "failed")
    reasons = "".join(
        text.decode() for name, text in failed.items() if name.endswith(".reason.txt")
    )
    assert len(failed) == 4
    assert "nothing in it can be answered\nrecord 1, byte 0: not valid JSON" in reasons
    assert "its name is longer than 200 bytes" in reasons
    assert "SAMPLE" not in reasons + capsys.readouterr().err
    assert not list(outbox.glob(".*"))

    def failing(_: Path, __: Path) -> Said:
        raise ZeroDivisionError

    (inbox / "d.837").write_bytes(b"d")
    assert all_of(inbox, outbox, failing).failed == 1
    (reason,) = (inbox / "failed").glob("d-*.reason.txt")
    assert "ZeroDivisionError" in reason.read_text()


def test_a_file_that_cannot_be_opened_moves_too(folders: tuple[Path, Path]) -> None:
    """It has no digest, so its time tells it apart."""
    looking = Folders(*folders)
    gone = looking.read(folders[0] / ".taken" / "gone.837")
    assert gone.fault == "it cannot be read: no such file or directory"


def test_a_full_disk_is_tried_again(
    folders: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """The file is not at fault, and waits; a file that comes later waits behind it."""
    inbox, outbox = folders

    class FullOnce(Folders):
        full = True

        def commit(self, file: Taken, folder: Path) -> Path:
            if self.full:
                self.full = False
                raise OSError(28, "No space left on device")
            return super().commit(file, folder)

        def done(self, file: Taken) -> None:
            super().done(file)
            watching.end()

    (inbox / "a.837").write_bytes(b"first")
    with FullOnce(inbox, outbox) as full:
        watching = Watch(full, copied)
        watching.run(0.001, once=False)
    assert "No space left on device; tried again" in capsys.readouterr().err
    assert [path.name.split("-")[0] for path in outbox.iterdir()] == ["a.837"]
    assert len(tree(inbox / "done")) == 1
    (inbox / "b.837").write_bytes(b"second")
    with FullOnce(inbox, outbox) as full, pytest.raises(OSError, match="No space left"):
        Watch(full, copied).run(0.001, once=True)
    assert (inbox / ".taken" / "b.837").read_bytes() == b"second"


def test_folders_have_one_watcher(
    folders: tuple[Path, Path], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The second is told, and so is who names no folder or one for both; bad packs come first."""
    inbox, outbox = folders
    with Folders(inbox, outbox):
        assert watch(inbox, outbox) == 2
        assert f"{inbox}: another process watches it" in capsys.readouterr().err
    (tmp_path / "other").mkdir()
    with Folders(tmp_path / "other", outbox):
        assert watch(inbox, outbox) == 2
    assert watch(inbox, outbox) == 0
    assert watch(tmp_path / "none", outbox) == 2
    with pytest.raises(FolderError):
        Folders(inbox, inbox)
    bad = tmp_path / "packs"
    bad.mkdir()
    (bad / "x.yaml").write_text("payer: x\nwrong: 1\n")
    assert watch(inbox, outbox, "--payer-packs", str(bad)) == 2
    with pytest.raises(SystemExit):
        watch(inbox, outbox, "--interval", "0")


def test_sigterm_ends_between_two_files(folders: tuple[Path, Path]) -> None:
    """The file at hand is finished, the next stays where it is; the exit code is 0."""
    inbox, outbox = folders
    for number, sample in enumerate(SAMPLES * 20):
        content = sample.read_bytes().replace(b"CLM*X12", b"CLM*%03d" % number)
        (inbox / f"{number:02}.837").write_bytes(content)

    def end() -> None:
        while not list(outbox.glob("0*")):
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGTERM)

    ending = threading.Thread(target=end)
    ending.start()
    assert main(["watch", str(inbox), str(outbox), "--interval", "0.05"]) == 0
    ending.join()
    answered, left = list(outbox.iterdir()), [path for path in inbox.iterdir() if path.is_file()]
    assert answered
    assert left
    assert len(answered) + len(left) == 40
    assert not list((inbox / ".taken").iterdir())


# A process that is killed.


def forked(inbox: Path, outbox: Path, step: int, run: Callable[[], object]) -> bool:
    """Run in a child that is killed before a file operation of this number; tell whether it was."""
    pid = os.fork()
    if pid == 0:
        left = step
        below = (str(inbox), str(outbox))

        def hook(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal left
            if event in STEPS and str(arguments[0]).startswith(below):
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            sys.addaudithook(hook)
            run()
        finally:
            os._exit(0)
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def seen(outbox: Path) -> dict[str, tuple[int, dict[str, bytes]]]:
    """Return what a reader of the outbox sees: folders that are not hidden."""
    return {
        path.name: (path.stat().st_ino, tree(path))
        for path in (outbox.iterdir() if outbox.exists() else ())
        if not path.name.startswith(".")
    }


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # fork beside a thread
def test_a_crash_before_any_step_loses_no_file_and_answers_none_twice(tmp_path: Path) -> None:
    """Killed at each step in turn, then started again: as if nothing had been, and once."""
    files = {"a.837": b"first", "b.837": b"second", "bad.txt": b"\0"}

    def filled(name: str) -> tuple[Path, Path]:
        inbox = tmp_path / name / "in"
        inbox.mkdir(parents=True)
        for file, content in files.items():
            (inbox / file).write_bytes(content)
        return inbox, tmp_path / name / "out"

    whole = filled("whole")
    all_of(*whole)
    step, killed, between = 0, True, 0
    while killed:
        inbox, outbox = filled(str(step))
        killed = forked(inbox, outbox, step, lambda i=inbox, o=outbox: all_of(i, o))
        before = seen(outbox)
        between += 0 < len(before) < 2
        again = all_of(inbox, outbox)
        after = seen(outbox)
        assert tree(outbox) == tree(whole[1])
        assert tree(inbox) == tree(whole[0])
        assert all(after[name] == one for name, one in before.items())  # not written anew
        assert again.failed <= 1
        step += 1
    assert step > 40
    assert between > 5


@pytest.mark.long
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_many_files_and_a_kill_at_random_again_and_again(tmp_path: Path) -> None:
    """The real command over 60 files, killed until it gets through: each is answered once."""
    draw = random.Random(20260702)
    inbox, outbox = tmp_path / "in", tmp_path / "out"
    inbox.mkdir()
    for number in range(60):
        sample = SAMPLES[number % 2].read_bytes()
        (inbox / f"{number:02}.837").write_bytes(sample.replace(b"CLM*X12", b"CLM*%03d" % number))
    contents = sorted(tree(inbox).values())
    kills, before = 0, seen(outbox)
    while forked(inbox, outbox, draw.randint(0, 400), lambda: watch(inbox, outbox)):
        kills += 1
        after = seen(outbox)
        assert all(after[name] == one for name, one in before.items())
        before = after
    assert kills > 10
    assert len(seen(outbox)) == 60
    assert sorted(tree(inbox / "done").values()) == contents
    assert not [path for path in inbox.iterdir() if path.is_file()]
    for name, (_, files) in seen(outbox).items():
        assert len(files) == 8, name
