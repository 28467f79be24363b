"""The README's pictures: each can be made again, is small, and is shown."""

import importlib.util
from pathlib import Path

import pytest
from browsing import CHROMIUM

import autograd

ROOT = Path(autograd.__file__).parent.parent
SCRIPT = ROOT / "notebooks" / "images" / "make_images.py"
KILOBYTE = 1000


def images():
    spec = importlib.util.spec_from_file_location("make_images", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.IMAGES


IMAGES = images()


@pytest.mark.parametrize("name", IMAGES)
def test_a_picture_is_made_again(name, tmp_path):
    if name.endswith(".gif") and not CHROMIUM:
        pytest.skip("there is no chromium-headless-shell")
    IMAGES[name](tmp_path / name)
    begins = {".png": b"\x89PNG", ".svg": b"<?xml", ".gif": b"GIF89a"}[Path(name).suffix]
    assert (tmp_path / name).read_bytes().startswith(begins)


@pytest.mark.parametrize("name", IMAGES)
def test_a_picture_in_the_repository_is_small_and_shown(name):
    assert 0 < (SCRIPT.parent / name).stat().st_size < 200 * KILOBYTE
    assert f'src="notebooks/images/{name}"' in (ROOT / "README.md").read_text(encoding="utf-8")


def test_no_other_picture_lies_there():
    found = {
        path.name for path in SCRIPT.parent.iterdir() if path.suffix in (".png", ".svg", ".gif")
    }
    assert found == {*IMAGES}
