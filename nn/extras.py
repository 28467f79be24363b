"""Packages that are loaded when they are needed: they take as long to load as all of nn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def from_extra(name: str = "nn") -> Iterator[None]:
    """Imports of what an extra installs; ImportError, with the extra, where it is not there.

    >>> with from_extra("plots"):
    ...     import unheard_of
    Traceback (most recent call last):
    ImportError: this needs unheard_of: pip install "chainrule[plots]"
    """
    try:
        yield
    except ImportError as error:
        package = (error.name or str(error)).partition(".")[0]
        raise ImportError(f'this needs {package}: pip install "chainrule[{name}]"') from error
