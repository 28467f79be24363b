"""The table of notebook 6, twelve draws of every remedy: python tests/benchmarks/remedies.py"""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2] / "notebooks")]

from test_notebooks import remedies  # noqa: E402  (needs the path above)

if __name__ == "__main__":
    draws = [remedies()["compared"](seed) for seed in range(100, 112)]
    for name in draws[0]:
        errors = [draw[name] for draw in draws]
        better = sum(draw[name] < draw["nothing"] for draw in draws)
        print(f"{name:30} {sum(errors) / 12:.2f}   better in {better:2} of 12")
