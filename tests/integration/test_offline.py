"""The program asks nothing of the outside: build, ask, search, the page and the retriever, with every way out watched.

Two ways of watching: a hook in every Python process that records and refuses each attempt at an outside address, and,
where this machine lets us, a network namespace of its own whose only way out is a device that counts packets.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assistant.settings import PROJECT
from tests.fakes import write_corpus
from tests.integration.conftest import CORPUS

pytestmark = pytest.mark.model

QUESTION = "Hoeveel geld is er voor de wijk?"
ANSWER = "Voor de wijk is € 256 miljoen beschikbaar tot en met 2025."

GUARD = """
import os, socket, sys

_HERE = ("127.", "::1", "localhost", "0.0.0.0", "::ffff:127.")

def _outside(host):
    if isinstance(host, bytes):
        host = host.decode("utf-8", "replace")
    return bool(host) and not str(host).startswith(_HERE) and str(host) != "::"

def _watch(event, arguments):
    host = None
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        if arguments[0].family in (socket.AF_INET, socket.AF_INET6) and isinstance(address, tuple):
            host = address[0]
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        host = arguments[0]
    if host is not None and _outside(host):
        record = os.open(os.environ["OFFLINE_RECORD"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(record, f"{sys.argv[:3]} {event} {host}\\n".encode())
        os.close(record)
        raise OSError(101, "Network is unreachable (watched)")

sys.addaudithook(_watch)
"""

RETRIEVE = """
import sys
from pathlib import Path
from assistant.assembly import Assistant
from assistant.langchain_retriever import AssistantRetriever
from assistant.settings import load
found = AssistantRetriever(assistant=Assistant(load()), limit=2).invoke(sys.argv[1])
print(found[0].page_content)
"""


def environment(folder: Path, **more: str) -> dict[str, str]:
    """As a user has it: none of the switches that silence a library, and a home of its own."""
    home = folder / "home"
    home.mkdir(parents=True, exist_ok=True)
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TMPDIR": str(folder),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(PROJECT),
        "ASSISTANT_MODELS": str(PROJECT / "indexes" / "models"),
        "ASSISTANT_INDEX": str(folder / "index"),
        "ASSISTANT_CORPUS": str(folder / "corpus"),
        **more,
    }


def run(command: list[str], folder: Path, **more: str) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment(folder, **more),
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


# ------------------------------------------------------------------------------------------------ what is done


def use(folder: Path) -> dict[str, Any]:
    """Use the program in every way, and give what came of it. Runs in a process of its own, see `__main__` below."""
    python = sys.executable
    program = [python, "-m", "assistant"]
    port = _free_port()
    found: dict[str, Any] = {"built": json.loads(_output([*program, "build", "--json"]))["documents"]}
    with ThreadPoolExecutor() as together, (folder / "serve.log").open("w") as log:
        asked = together.submit(_output, [*program, "ask", QUESTION, "--json"])
        searched = together.submit(_output, [*program, "search", "wijk", "--json"])
        retrieved = together.submit(_output, [python, "-c", RETRIEVE, QUESTION])
        server = subprocess.Popen([*program, "serve", "--port", str(port)], stdout=log, stderr=log)
        try:
            _wait(f"http://127.0.0.1:{port}/", server)
            found["page"] = "#question" in _get(f"http://127.0.0.1:{port}/")
            found["answered"] = _ask_page(f"http://127.0.0.1:{port}")
            time.sleep(1)  # for whatever a library does once it is up
        finally:
            server.terminate()
            server.wait(30)
        found["asked"] = json.loads(asked.result())["statements"][0]["text"]
        found["found"] = json.loads(searched.result())["hits"][0]["document_id"]
        found["retrieved"] = retrieved.result().strip()
    found["log"] = (folder / "serve.log").read_text()
    return found


def _output(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _get(address: str, data: object = None) -> str:
    body = None if data is None else json.dumps(data).encode()
    request = urllib.request.Request(address, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return str(answer.read().decode("utf-8"))


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert server.poll() is None, "the page stopped"
        try:
            _get(address)
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the page does not come up")


def _ask_page(address: str) -> str:
    """Ask as the page itself does: an endpoint over Gradio's queue, whose replies come as they are made."""
    prefix = json.loads(_get(f"{address}/config"))["api_prefix"]
    asked = {"data": [{"language": "nl", "question": QUESTION}]}
    event = json.loads(_get(f"{address}{prefix}/call/ask", asked))["event_id"]
    with urllib.request.urlopen(f"{address}{prefix}/call/ask/{event}", timeout=60) as lines:
        replies = [json.loads(line[6:]) for line in lines if line.startswith(b"data: ")]
    return json.dumps(replies, ensure_ascii=False)


# ------------------------------------------------------------------------------------------------ how it is watched

# The cable `out` is the only way out of the namespace, and leads nowhere; the kernel counts what is sent into it.
NAMESPACE = """
set -e
mount -t sysfs sysfs /sys
ip link set lo up
ip link add out type veth peer name nowhere
for end in out nowhere; do echo 1 > /proc/sys/net/ipv6/conf/$end/disable_ipv6; done
ip link set nowhere up
ip link set out arp off
ip link set out up
ip address add 192.0.2.2/24 dev out
ip route add default dev out
"""


def in_namespace(command: list[str], folder: Path, **more: str) -> tuple[str, int]:
    """Run a command with no network but its own; gives its output and how many packets wanted to leave."""
    script = f'{NAMESPACE}\n"$@"\ncat /sys/class/net/out/statistics/tx_packets'
    output = run(["unshare", "--net", "--mount", "sh", "-c", script, "sh", *command], folder, **more)
    shown, packets = f"\n{output}".rstrip().rsplit("\n", 1)
    return shown, int(packets)


def can_make_namespaces(folder: Path) -> bool:
    """Whether this machine lets us (it takes root, unshare and ip), and counts what wants to leave."""
    if os.geteuid() != 0 or shutil.which("unshare") is None or shutil.which("ip") is None:
        return False
    send = "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('198.51.100.1', 53))"
    try:
        nothing = in_namespace(["true"], folder)
        something = in_namespace([sys.executable, "-c", send], folder)
    except AssertionError:
        return False
    return (nothing[1], something[1]) == (0, 1)


@dataclass(frozen=True)
class Use:
    """What came of using the program, and what was seen meanwhile."""

    found: dict[str, Any]
    attempts: str
    packets: int | None  # None: no namespace could be made here
    left_at_home: list[str]


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Use:
    folder = tmp_path_factory.mktemp("offline")
    write_corpus(folder / "corpus", CORPUS)
    write_corpus(folder, {"guard/sitecustomize.py": GUARD})
    record = folder / "attempts"
    watched = {"PYTHONPATH": f"{folder / 'guard'}{os.pathsep}{PROJECT}", "OFFLINE_RECORD": str(record)}
    # The hook itself works, in child processes too:
    tries = "import urllib.request as u\ntry: u.urlopen('http://example.org')\nexcept OSError: pass\n"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {tries!r}])"
    run([sys.executable, "-c", parent], folder, **watched)
    assert "socket.getaddrinfo example.org" in record.read_text()
    record.unlink()

    command = [sys.executable, "-m", __name__, str(folder)]
    packets: int | None = None
    if can_make_namespaces(folder):
        output, packets = in_namespace(command, folder, **watched)
    else:
        output = run(command, folder, **watched)
    return Use(
        found=json.loads(output),
        attempts=record.read_text() if record.exists() else "",
        packets=packets,
        left_at_home=sorted(path.name for path in (folder / "home").rglob("*")),
    )


# ------------------------------------------------------------------------------------------------ what is seen


@pytest.mark.slow
def test_everything_works_without_a_network(used: Use) -> None:
    found = used.found
    assert found["built"] == len(CORPUS)
    assert found["asked"] == ANSWER
    assert found["found"] == "kst-1"
    assert ANSWER in found["retrieved"]
    assert found["page"]
    assert "answered" in found["answered"] and "256 miljoen" in found["answered"], found["log"]
    assert "Traceback" not in found["log"] and "Error" not in found["log"]


@pytest.mark.slow
def test_no_process_of_the_program_tries_an_outside_address(used: Use) -> None:
    assert used.attempts == ""


@pytest.mark.slow
def test_no_packet_wants_to_leave_a_network_of_its_own(used: Use) -> None:
    if used.packets is None:
        pytest.skip("a network namespace needs root, unshare and ip")
    assert used.packets == 0


@pytest.mark.slow
def test_nothing_stays_behind_in_the_home_folder(used: Use) -> None:
    """Such as an id to be recognised by, or events that wait to be sent (onnxruntime has both, unless told not to)."""
    assert used.left_at_home == []


if __name__ == "__main__":
    print(json.dumps(use(Path(sys.argv[1]))))
