"""How long each notebook computes, from a clean kernel: python tests/benchmarks/notebooks.py"""

import asyncio
import os
from pathlib import Path

import nbclient
import nbformat

FOLDER = Path(__file__).parents[2] / "notebooks"


def seconds(path):
    """The processor's seconds that a notebook takes."""
    notebook = nbformat.read(path, as_version=4)
    client = nbclient.NotebookClient(notebook, resources={"metadata": {"path": str(FOLDER)}})
    before = os.times()
    environment = {**os.environ, "PYTHONPATH": str(FOLDER.parent)}
    asyncio.run(client.async_execute(env=environment))
    after = os.times()
    return sum(b - a for a, b in zip(before[2:4], after[2:4], strict=True))


if __name__ == "__main__":
    for path in sorted(FOLDER.glob("*.ipynb")):
        print(f"{path.stem:30} {seconds(path):5.1f} s")
