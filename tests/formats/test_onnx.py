"""ONNX as its users meet it: in ONNX Runtime, with arrays of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest

from backprop_gui.formats import export
from backprop_gui.formats.expression import emit_expression
from backprop_gui.network import dense
from tests.formats.models import model_of, outputs_by_hand, random_model, small_model


def run(path: Path, x: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    kind = {"tensor(float)": np.float32, "tensor(double)": np.float64}[session.get_inputs()[0].type]
    result: np.ndarray = session.run(["y"], {"x": x.astype(kind)})[0]
    return result


@pytest.mark.parametrize("seed", range(12))
def test_onnx_runtime_reproduces_any_graph_for_any_number_of_examples(seed: int, tmp_path: Path) -> None:
    model = random_model(seed)
    export(model, tmp_path / "model.onnx")
    for examples in (1, 7):
        x = model.mean + model.scale * np.random.default_rng(seed).normal(size=(examples, len(model.mean)))
        y = run(tmp_path / "model.onnx", x)
        assert y.dtype == np.float64
        np.testing.assert_allclose(y, outputs_by_hand(model, x), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("seed", range(12))
def test_float32_stays_within_a_millionth_of_an_ordinary_network(seed: int, tmp_path: Path) -> None:
    model = model_of(dense([4, 8, 3]), dtype="float32", seed=seed, loss="cross-entropy")
    export(model, tmp_path / "model.onnx")
    y = run(tmp_path / "model.onnx", model.examples)
    assert y.dtype == np.float32
    np.testing.assert_allclose(y, outputs_by_hand(model, model.examples), atol=1e-6)


def test_the_file_is_for_runtimes_that_are_not_new_and_says_what_it_is(tmp_path: Path) -> None:
    export(small_model(), tmp_path / "model.onnx")
    proto = onnx.load(tmp_path / "model.onnx")
    assert (proto.ir_version, proto.opset_import[0].version) == (8, 17)
    assert proto.doc_string.startswith("small: y = network(x)")
    assert proto.graph.input[0].type.tensor_type.shape.dim[0].dim_param == "examples"
    properties = {entry.key: json.loads(entry.value) for entry in proto.metadata_props}
    assert properties == {
        "input_names": ["column x1", "column x2"],
        "output_names": ["y"],
        "class_names": ["no", "yes"],
    }


def test_without_onnx_runtime_the_reference_evaluator_checks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    report = export(random_model(3), tmp_path / "model.onnx")
    assert report.checked_with.startswith("ONNX's reference evaluator 1.")


def test_nothing_heavy_is_imported_before_it_is_used() -> None:
    code = (
        "import sys, backprop_gui.formats; "
        "print([name for name in ('onnx', 'onnxruntime', 'safetensors') if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


# ---- the expressions that registries hold


def nodes_of(text: str) -> tuple[list[object], str]:
    nodes: list[object] = []

    def emit(operator: str, inputs: list[str], attributes: object) -> str:
        nodes.append((operator, inputs, attributes))
        return f"t{len(nodes)}"

    return nodes, emit_expression(text, "z", "input", str, emit)


def test_calls_become_nodes_from_the_inside_out() -> None:
    nodes, result = nodes_of("Add(Mul(z, -0.5), Clip(z, 1))")
    assert nodes == [
        ("Mul", ["input", "-0.5"], {}),
        ("Clip", ["input", "1.0"], {}),
        ("Add", ["t1", "t2"], {}),
    ]
    assert result == "t3"


def test_keywords_become_attributes_with_their_type() -> None:
    nodes, _ = nodes_of("Softmax(z, axis=-1, alpha=0.5, mode='tanh')")
    assert nodes == [("Softmax", ["input"], {"axis": -1, "alpha": 0.5, "mode": "tanh"})]


def test_a_name_alone_is_the_argument_itself() -> None:
    assert nodes_of("z") == ([], "input")


@pytest.mark.parametrize(
    "text", ["Mul(z, y)", "z + 1", "np.exp(z)", "Mul(z, 'text')", "Mul(z, [1])", "f()(z)"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r" in |no number"):
        nodes_of(text)
