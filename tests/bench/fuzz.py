"""./run bench fuzz: changing people walk the whole site, sensibly and oddly, and nothing may break (see walks.py)."""

import argparse
import os
import sys

import pytest


def main() -> int:
    """Read the arguments; the walks are those of a test, since they need a test's database and people."""
    parser = argparse.ArgumentParser(prog="./run bench fuzz", description=__doc__)
    parser.add_argument("--steps", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=2011)
    options = parser.parse_args()
    os.environ |= {"FUZZ_STEPS": str(options.steps), "FUZZ_SEED": str(options.seed)}
    return int(pytest.main(["-q", "-s", "-p", "no:cacheprovider", "-p", "no:randomly", "tests/bench/test_fuzz.py"]))


if __name__ == "__main__":
    sys.exit(main())
