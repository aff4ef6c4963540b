"""The exported Python file, run where this program is not."""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from backprop_gui.formats import export
from backprop_gui.network import dense
from tests.formats.models import model_of, outputs_by_hand, random_model, small_model
from tests.formats.test_data_formats import nasty_model


def run(path: Path) -> subprocess.CompletedProcess[str]:
    # Isolated and elsewhere, so that nothing of this program can be imported; warnings are errors.
    return subprocess.run(
        [sys.executable, "-I", "-W", "error", path.name],
        cwd=path.parent,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("seed", range(6))
def test_the_script_proves_itself(seed: int, tmp_path: Path) -> None:
    export(random_model(seed), tmp_path / "model.py")
    result = run(tmp_path / "model.py")
    assert result.stderr == ""
    assert result.stdout.startswith("16 examples, largest difference ")
    assert result.returncode == 0


def test_the_script_notices_a_changed_weight(tmp_path: Path) -> None:
    model = small_model()
    export(model, tmp_path / "model.py")
    text = (tmp_path / "model.py").read_text("utf-8")
    weight = repr(model.weights[-1])
    assert text.count(weight) == 1
    (tmp_path / "model.py").write_text(text.replace(weight, repr(model.weights[-1] + 1e-9)), "utf-8")
    result = run(tmp_path / "model.py")
    assert "largest difference 1.37e-09, allowed 2.5e-12" in result.stdout
    assert result.returncode == 1


def test_predict_takes_one_example_or_many_or_any_stack_of_them(tmp_path: Path) -> None:
    model = random_model(1)
    export(model, tmp_path / "model.py")
    predict = runpy.run_path(str(tmp_path / "model.py"))["predict"]
    x = model.examples
    np.testing.assert_allclose(predict(x.tolist()), outputs_by_hand(model, x), atol=1e-12)
    np.testing.assert_allclose(predict(x[3]), predict(x)[3], atol=1e-14)
    assert predict(x.reshape(4, 4, -1)).shape == (4, 4, len(model.output_names))
    with pytest.raises(ValueError, match="x must have"):
        predict(np.zeros(len(model.mean) + 1))
    with pytest.raises(ValueError, match="x must have"):
        predict(1.0)


def test_a_student_can_read_it(tmp_path: Path) -> None:
    export(small_model(), tmp_path / "model.py")
    text = (tmp_path / "model.py").read_text("utf-8")
    assert 'INPUTS = ("column x1", "column x2")' in text
    assert 'CLASSES = ("no", "yes")' in text
    assert "# Columns: x2, h1, h2\nW2 = np.array(" in text
    assert 'def tanh(z):\n    """Activation: tanh."""\n    return np.tanh(z)\n' in text
    assert "        z1 = a0 @ W1.T + B1\n" in text
    assert "        a1 = np.concatenate([tanh(z1[..., 0:1]), softplus(z1[..., 1:2])], axis=-1)\n" in text
    assert "        a2 = identity(np.concatenate([a0[..., [1]], a1], axis=-1) @ W2.T + B2)\n" in text


@pytest.mark.parametrize("seed", [1, 2])
def test_it_keeps_to_the_linter(seed: int, tmp_path: Path) -> None:
    export(random_model(seed), tmp_path / "random.py")
    export(nasty_model(), tmp_path / "nasty.py")
    rules = "E,F,W,I,B,D,UP,N,NPY,PL,S,Q,SIM"
    # Numbers and their formulas may be long; the mathematics keeps its letters.
    ignored = "E501,D203,D213,N803,N806"
    command = [
        "ruff",
        "check",
        "--isolated",
        "--no-cache",
        "--select",
        rules,
        "--ignore",
        ignored,
        str(tmp_path),
    ]
    result = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_nasty_names_stay_names(tmp_path: Path) -> None:
    model = nasty_model()
    export(model, tmp_path / "model.py")
    found = runpy.run_path(str(tmp_path / "model.py"))
    assert found["INPUTS"] == model.input_names
    assert found["TITLE"] == model.title
    assert run(tmp_path / "model.py").returncode == 0


def test_a_large_network_is_exported_whole(tmp_path: Path) -> None:
    model = model_of(dense([784, 256, 128, 10], output_activation="identity"), loss="cross-entropy")
    for suffix in (".py", ".onnx", ".npz"):
        assert export(model, tmp_path / f"model{suffix}").largest_difference < 1e-9
    namespace = runpy.run_path(str(tmp_path / "model.py"))
    assert namespace["W1"].shape == (256, 784)
    assert namespace["main"]() == 0
