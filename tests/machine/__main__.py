"""``python -m tests.machine``: the property machine for as many steps as one likes."""

import argparse
import logging
import sys
from collections.abc import Sequence
from functools import partial


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.machine", description=__doc__)
    parser.add_argument("--steps", type=int, default=10_000, help="operations to carry out, at the least")
    parser.add_argument("--seed", type=int, default=1, help="of the first batch; each further one has the next seed")
    parser.add_argument("--shrink", action="store_true", help="look for the fewest steps that break a law (minutes)")
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> int:
    """Return 0 if every law held."""
    options = arguments(given)
    logging.disable(logging.CRITICAL)
    # here and not above: the engine and its SDK take their time
    from tests.machine.operations import EXECUTED
    from tests.machine.running import run_batch, run_steps

    done, number = 0, options.seed
    try:
        for batch in run_steps(options.steps, options.seed, partial(run_batch, shrink=options.shrink)):
            done, number = done + batch.steps, batch.seed + 1
            each = 1000 * batch.seconds / max(batch.steps, 1)
            print(f"seed {batch.seed}: {batch.steps} steps, {each:.1f} ms each; {done} in all", flush=True)
    except Exception as error:  # noqa: BLE001  outermost loop: whatever it is, it is told with its seed
        print("\n".join([f"{type(error).__name__}: {error}", *getattr(error, "__notes__", ())]))
        print(f"\nA law was broken. Repeat it with: python -m tests.machine --steps 1 --seed {number} --shrink")
        return 1
    for name, times in sorted(EXECUTED.items(), key=lambda each: each[1]):
        print(f"{times:8} {name}")
    print(f"{done} steps, every law held.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
