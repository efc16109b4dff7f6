"""Processes: told apart by how they end, and none is left behind."""

import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from adapters.qemu import process
from adapters.qemu.process import Process, QemuDied, QemuHung, QemuSaidNo

ROOT = Path(__file__).parents[2]

MONITOR = """
import os, re, socket, sys, time
words = dict(word.split("=", 1) for word in sys.argv[2].split(",") if "=" in word)
monitor = socket.socket(fileno=int(words["fd"]))
def say(text):
    monitor.sendall(text.encode() + b"\\r\\n")
say('{"QMP": {"version": {"qemu": {"micro": 1, "minor": 2, "major": 9}, "package": ""}, '
    '"capabilities": []}}')
while command := monitor.recv(65536).decode():
    name = "".join(re.findall('"id": ?"([^"]*)"', command))
    if "qmp_capabilities" in command:
        say('{"return": {}}')
    elif "die" in command:
        print("out of luck", file=sys.stderr, flush=True)
        os.abort()
    elif "leave" in command:
        sys.exit(3)
    elif "hang" in command:
        time.sleep(600)
    else:
        say('{"error": {"class": "GenericError", "desc": "not today"}, "id": "%s"}' % name)
"""
"""A program that greets as a monitor does, and does what a command says."""


@pytest.fixture
def fake(tmp_path: Path) -> tuple[str, ...]:
    """The command of such a program; `Process` appends its options."""
    path = tmp_path / "monitor.py"
    path.write_text(MONITOR)
    return sys.executable, str(path)


@pytest.mark.parametrize(
    ("command", "status", "words"),
    [
        ("die", -6, "QEMU was killed by SIGABRT; it said: out of luck"),
        ("leave", 3, "QEMU exited with status 3; it said: nothing"),
    ],
)
def test_a_death_is_told_by_status_signal_and_words(
    command: str, status: int, words: str, fake: tuple[str, ...]
) -> None:
    """Who dies over a command is reported with all that is known of it."""
    one = Process(fake)
    with pytest.raises(QemuDied) as caught:
        one.execute(command)
    one.close()
    assert caught.value.status == status
    assert str(caught.value) == words


def test_a_shell_reports_a_signal_as_a_status(fake: tuple[str, ...]) -> None:
    """Behind a wrapper an abort is an abort, too."""
    one = Process(("sh", "-c", f'{fake[0]} {fake[1]} "$@"; exit $?', "sh"))
    with pytest.raises(QemuDied) as caught:
        one.execute("die")
    one.close()
    assert caught.value.how == "QEMU was killed by SIGABRT"


def test_what_does_not_answer_hangs(fake: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that does not come is waited for so long, and no longer."""
    one = Process(fake)
    one.connect()
    monkeypatch.setattr(process, "ANSWER_SECONDS", 0.2)
    with pytest.raises(QemuHung, match=r"no answer in 0\.2 s"):
        one.execute("hang")
    one.close()


def test_a_refused_command_is_no_death(fake: tuple[str, ...]) -> None:
    """Who says no to a command goes on."""
    one = Process(fake)
    for _ in range(2):
        with pytest.raises(QemuSaidNo, match="not today"):
            one.execute("device_add")
    one.close()


def is_running(group: int) -> bool:
    """Whether a process group has a process that is not just waiting to be buried (proc(5))."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            state, _, of = path.read_text().rpartition(")")[2].split()[:3]
            if int(of) == group and state != "Z":
                return True
    return False


def test_nothing_is_left_after_close(fake: tuple[str, ...]) -> None:
    """Whatever a process was doing, and whatever it had started, is over."""
    one = Process(("sh", "-c", f'sleep 600 <&- >&- 2>&- & exec {fake[0]} {fake[1]} "$@"', "sh"))
    one.connect()
    group = one.process.pid
    assert is_running(group)
    one.close()
    assert not is_running(group)


INTERRUPTED = """
import sys, time
from adapters.qemu.process import Process
one = Process(tuple(sys.argv[1:]))
one.connect()
print(one.process.pid, flush=True)
time.sleep(600)
"""


def test_nothing_is_left_when_the_run_is_killed(fake: tuple[str, ...]) -> None:
    """The guardian outlives who started it, and ends what that left behind."""
    with subprocess.Popen(  # noqa: S603 -- our own command
        (sys.executable, "-c", INTERRUPTED, *fake), cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout is not None
        group = int(run.stdout.readline())
        assert is_running(group)
        run.kill()
    for _ in range(600):
        if not is_running(group):
            return
        time.sleep(0.1)
    os.killpg(group, 9)
    pytest.fail("the process is still there a minute later")
