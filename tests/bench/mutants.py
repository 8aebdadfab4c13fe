"""./run bench mutants: small changes of the rules, one at a time; the tests beside each module have to notice them.

A random sample where a module has more mutants than --sample; the same --seed gives the same ones. It prints how many
were tried of how many there are, and each survivor with its line. Only the tests that mirror a module are run.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from random import Random

from tests.bench.mutant_running import PLUGIN, ROOT
from tests.bench.mutations import Mutant, mutants

# The sources of each module that is tried, and the tests that mirror it.
MODULES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "levels": (("riskpoints/levels.py",), ("tests/riskpoints/test_levels.py",)),
    "workflow": (
        tuple(f"riskpoints/tables/{name}.py" for name in ("workflow", "demands", "effects")),
        ("tests/riskpoints/tables/test_workflow.py", "tests/riskpoints/tables/test_workflow_refusals.py"),
    ),
    "permissions": (
        ("riskpoints/permissions.py",),
        ("tests/riskpoints/test_permissions.py", "tests/access/test_roles.py"),
    ),
    "completeness": (("riskpoints/content/completeness.py",), ("tests/riskpoints/content/test_completeness.py",)),
    "snapshot": (("riskpoints/content/content.py",), ("tests/riskpoints/content/test_content.py",)),
    "verification": (
        ("riskpoints/evidence/verification.py",),
        ("tests/riskpoints/evidence/test_faults.py", "tests/riskpoints/evidence/test_verification.py"),
    ),
    "numbering": (("riskpoints/register/numbers.py",), ("tests/riskpoints/register/test_numbers.py",)),
    "importing": (("riskpoints/importing",), ("tests/riskpoints/importing",)),
}
ALL = 100_000


def of_module(name: str) -> list[Mutant]:
    """Every mutant of a module, in the order of its files."""
    found = []
    for source in MODULES[name][0]:
        path = ROOT / source
        for file in sorted(path.glob("*.py")) if path.is_dir() else [path]:
            found += mutants(str(file.relative_to(ROOT)), file.read_text())
    return found


def run(name: str, *, sample: int, seed: int) -> bool:
    """Try a module's mutants and print what came of them; whether nine in ten were killed."""
    every = of_module(name)
    chosen = sorted(Random(f"{seed} {name}").sample(range(len(every)), min(sample, len(every))))  # noqa: S311
    tried, tests = [every[place] for place in chosen], list(MODULES[name][1])
    with tempfile.TemporaryDirectory() as folder:
        answers, job = Path(folder, "answers"), Path(folder, "job")
        told = {"mutants": [asdict(mutant) for mutant in tried], "tests": tests, "answers": str(answers)}
        job.write_text(json.dumps(told))
        environment = os.environ | {"MUTANT_JOB": str(job), "CI": "1"}  # CI: hypothesis tries the same examples
        command = [sys.executable, "-m", "pytest", "-q", "-s", "-p", PLUGIN, *tests]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        lines = answers.read_text().splitlines() if answers.exists() else []
    if len(lines) != len(tried):
        print(f"{name}: after {len(lines)} of {len(tried)} mutants:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
        return False
    found = [json.loads(line)["answer"] for line in lines]
    counts = Counter(answer.split()[0] for answer in found)
    share = counts["killed"] / max(1, len(tried))
    print(
        f"{name}: {len(tried)} of {len(every)} mutants, {counts['killed']} killed ({share:.0%}), "
        f"{counts['survived']} survived, {counts['not']} reached by no test",
        flush=True,
    )
    for mutant, answer in zip(tried, found, strict=True):
        if not answer.startswith("killed"):
            print(f"  {answer:11}  {mutant.words}", flush=True)
    return share >= 0.9


def main() -> int:
    """Read the command line; 1 where fewer than nine in ten of a module's mutants were killed."""
    parser = argparse.ArgumentParser(prog="./run bench mutants", description=__doc__)
    parser.add_argument("modules", nargs="*", choices=[*MODULES, []], help="all of them unless named")
    parser.add_argument("--sample", type=int, default=60, help="how many mutants of a module; 0: all of them")
    parser.add_argument("--seed", type=int, default=2011)
    given = parser.parse_args()
    os.nice(10)
    print(f"seed {given.seed}", flush=True)
    good = [run(name, sample=given.sample or ALL, seed=given.seed) for name in given.modules or MODULES]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
