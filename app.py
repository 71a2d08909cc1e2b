"""The chat page on http://127.0.0.1:7860: settings → assembly → page. `assistant serve` does the same with options."""

from __future__ import annotations

import sys

from assistant import web
from assistant.assembly import Assistant
from assistant.errors import AssistantError
from assistant.settings import load

HOST, PORT = "127.0.0.1", 7860


def main() -> int:
    """Serve the page until Ctrl-C: 0 when stopped, 1 when it cannot be served."""
    try:
        web.serve(Assistant(load()), host=HOST, port=PORT)
    except AssistantError as error:
        print(f"app: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
