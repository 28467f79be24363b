"""One contestant: a process of its own that runs and times one step whenever it is asked.

    python contestant.py MODULE NAME SIZE

``MODULE.contestant(NAME, SIZE)`` makes the step, a function that returns its seconds by part and its
results. Each line on standard input asks for one step; each answer is a line of JSON. So contestants
take turns, and none walks through another's garbage.
"""

import importlib
import json
import sys


def main():
    module, name, size = sys.argv[1:]
    answers, sys.stdout = sys.stdout, sys.stderr  # what a library prints is no answer
    try:
        step = importlib.import_module(module).contestant(name, int(size))
    except ModuleNotFoundError as error:
        print(json.dumps({"missing": error.name}), file=answers, flush=True)
        return
    print(json.dumps({"missing": None}), file=answers, flush=True)
    for _ in sys.stdin:
        print(json.dumps(step()), file=answers, flush=True)


if __name__ == "__main__":
    main()
