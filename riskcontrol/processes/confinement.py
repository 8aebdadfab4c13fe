"""The child's side of confined: limits first, then one function on the bytes of the standard input."""

import json
import resource
import sys
from importlib import import_module

REFUSED, OUT_OF_MEMORY = 3, 4


class RefusedError(Exception):
    """What was sent can't be read; the message is Chinese and says what to do."""


def limit(memory: int, seconds: int, answer: int) -> None:
    """Bound this process for good: address space, processor time, size of what it writes, open files, no core dump."""
    bounds = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_FSIZE: answer,
        resource.RLIMIT_NOFILE: 64,
        resource.RLIMIT_CORE: 0,
    }
    for kind, most in bounds.items():
        resource.setrlimit(kind, (most, most))


def main(module: str, name: str, memory: str, seconds: str, answer: str) -> int:
    """Do the function and write its answer as JSON to the standard output."""
    limit(int(memory), int(seconds), int(answer))
    try:
        result = getattr(import_module(module), name)(sys.stdin.buffer.read())
        sys.stdout.write(json.dumps(result))
        sys.stdout.flush()
    except RefusedError as error:
        sys.stderr.buffer.write(str(error).encode())
        return REFUSED
    except MemoryError:
        return OUT_OF_MEMORY
    return 0


if __name__ == "__main__":
    from riskcontrol.processes import confinement  # the functions raise its RefusedError, not that of __main__

    raise SystemExit(confinement.main(*sys.argv[1:]))
