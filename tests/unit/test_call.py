"""A call to a language model's server that is hung up."""

from __future__ import annotations

import contextlib
import socket
import threading

from assistant.answering.call import Call


def test_a_server_that_waits_for_room_learns_at_once_that_the_caller_has_hung_up() -> None:
    """What had arrived is read to its end before the connection closes: a close would then not be a reset of itself."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        caller = socket.create_connection(listening.getsockname())
        server, _ = listening.accept()

        def send_without_end() -> None:
            with contextlib.suppress(ConnectionError):
                while True:
                    server.sendall(b"woord " * 10_000)

        sending = threading.Thread(target=send_without_end, daemon=True)
        sending.start()
        sending.join(0.3)  # both buffers are full by now
        call = Call()
        call.connected(caller)
        call.hang_up()
        while caller.recv(1_000_000):
            pass
        caller.close()
        sending.join(2)
        assert not sending.is_alive()
        server.close()


def test_a_connection_made_after_hanging_up_is_ended_too() -> None:
    one, other = socket.socketpair()
    call = Call()
    call.hang_up()
    call.connected(one)
    assert other.recv(1) == b""
    one.close()
    other.close()
