"""What fit, files and plots load late: where it is missing, the way out is said."""

import sys

import pytest

from nn import MLP, fit, load, save


@pytest.mark.parametrize(
    ("missing", "use"),
    [
        ("tqdm", lambda path: fit(MLP(1, [1]), [[0.0]], [0.0], "mse_loss", epochs=1)),
        ("safetensors.numpy", lambda path: save(MLP(1, [1]), path)),
        ("safetensors", load),
    ],
)
def test_a_package_that_is_missing_is_named_with_the_extra_that_has_it(
    missing, use, tmp_path, monkeypatch
):
    path = tmp_path / "model.safetensors"
    save(MLP(1, [1]), path)
    before = path.read_bytes()
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(ImportError, match=rf"needs {missing.split('.')[0]}: .*chainrule\[nn\]"):
        use(path)
    assert path.read_bytes() == before
