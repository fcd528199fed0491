"""``python -m tests.machine``: the property machine for as many steps as one likes."""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.machine", description=__doc__)
    parser.add_argument("--steps", type=int, default=10_000, help="operations to carry out, at the least")
    parser.add_argument("--each", type=int, default=0, help="and each of them so often, at the least")
    parser.add_argument("--seed", type=int, default=1, help="of the first batch; each further one has the next seed")
    parser.add_argument("--jobs", type=int, default=1, help="processes; what they do does not depend on their number")
    parser.add_argument("--life", action="store_true", help="the machine for what happens to people in the target")
    parser.add_argument("--shrink", action="store_true", help="look for the fewest steps that break a law (minutes)")
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> int:
    """Return 0 if every law held."""
    options = arguments(given)
    # here and not above: the engine and its SDK take their time
    from tests.machine.running import ANY, LIFE, run_steps

    executed, kind = Counter[str](), replace(LIFE if options.life else ANY, shrink=options.shrink)
    for batch in run_steps(options.steps, options.seed, kind, each=options.each, jobs=options.jobs):
        if batch.broken:
            print(batch.broken)
            again = f"--steps 1 --seed {batch.seed}{' --life' if options.life else ''} --shrink"
            print(f"\nA law was broken. Repeat it with: python -m tests.machine {again}")
            return 1
        executed.update(batch.executed)
        each = 1000 * batch.seconds / max(batch.steps, 1)
        print(f"seed {batch.seed}: {batch.steps} steps, {each:.1f} ms each; {executed.total()} in all", flush=True)
    for name, times in sorted(executed.items(), key=lambda each: each[1]):
        print(f"{times:8} {name}")
    print(f"{executed.total()} steps, every law held.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
