"""./run bench tampering: the sample school changed past the program, and what verify_register finds of it."""

import argparse
import os
import sys

import pytest


def main() -> int:
    """Read the arguments; the forgeries are those of a test, since they need a test's database."""
    parser = argparse.ArgumentParser(prog="./run bench tampering", description=__doc__)
    parser.add_argument("--random", type=int, default=1000, help="so many changes of random rows as well")
    parser.add_argument("--seed", type=int, default=2011)
    options = parser.parse_args()
    os.environ |= {"TAMPERING_RANDOM": str(options.random), "TAMPERING_SEED": str(options.seed)}
    return int(
        pytest.main(["-q", "-s", "-p", "no:cacheprovider", "-p", "no:randomly", "tests/bench/test_tampering.py"])
    )


if __name__ == "__main__":
    sys.exit(main())
