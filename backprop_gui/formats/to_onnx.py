"""ONNX: the network for the runtimes of many languages, scaling and softmax included.

The graph takes raw inputs ``x``, (examples, inputs), and gives predictions ``y``, (examples, outputs), for any number
of examples. Its tensors have the precision of training:

- float64, the default: ONNX Runtime gives the very outputs of this program, to about 1e-15. Feed it float64 arrays.
- float32, for a network trained in float32: what most other runtimes and accelerators expect. Its outputs are as near
  as float32 arithmetic allows, about 1e-6 of their size.

Rounding a float64 network to float32 would not keep the promise of 1e-6 for every network: a logit of 20 is off by
that much already. So the file is never less precise than the training was. The operators of the activations are all
ones that ONNX Runtime has in both precisions (it has no float64 Elu, Softplus or Erf, and the slope of LeakyRelu is an
attribute, which is always float32, so these are made of others).

Opset 17 and IR version 8, because runtimes refuse files that are newer than themselves.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

import backprop_gui
from backprop_gui.engine.activations import ACTIVATIONS
from backprop_gui.engine.arrays import Array
from backprop_gui.formats.calculation import Calculation, Indices
from backprop_gui.formats.expression import Attribute, emit_expression
from backprop_gui.formats.format import Check, Format, register
from backprop_gui.formats.model import Model

if TYPE_CHECKING:
    import onnx

OPSET, IR_VERSION = 17, 8


class Graph:
    """Nodes and constants of one graph while it grows.

    Parameters
    ----------
    dtype : dtype
        Of every constant that is a number of the network.
    """

    def __init__(self, dtype: np.dtype[np.floating]) -> None:
        self.dtype = dtype
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: dict[str, onnx.TensorProto] = {}

    def constant(self, name: str, array: NDArray[Any]) -> str:
        """Add a constant under ``name``, unless it is there, and return the name."""
        from onnx import numpy_helper

        if name not in self.initializers:
            self.initializers[name] = numpy_helper.from_array(np.ascontiguousarray(array), name)
        return name

    def number(self, value: float) -> str:
        """Add a number as a constant and return its name."""
        return self.constant(f"number {value!r}", np.array(value, self.dtype))

    def node(
        self, operator: str, inputs: Sequence[str], outputs: Sequence[str] | str, **attributes: Attribute
    ) -> str:
        """Add a node and return the name of its first output."""
        from onnx import helper

        names = [outputs] if isinstance(outputs, str) else list(outputs)
        node = helper.make_node(operator, list(inputs), names, name=names[0])
        node.attribute.extend(helper.make_attribute(key, value) for key, value in attributes.items())
        self.nodes.append(node)
        return names[0]

    def expression(self, text: str, argument: str, value: str, name: str) -> str:
        """Add the nodes of an expression, whose value is then called ``name``."""
        count = 0

        def emit(operator: str, inputs: list[str], attributes: Mapping[str, Attribute]) -> str:
            nonlocal count
            count += 1
            return self.node(operator, inputs, f"{name}.{count}", **attributes)

        return self.node("Identity", [emit_expression(text, argument, value, self.number, emit)], name)

    def chosen(self, calculation: Calculation, values: Indices, name: str) -> str:
        """Add what brings ``values`` together as the columns of one tensor, and return its name."""
        found: list[str] = []
        for number, part in enumerate(calculation.parts(values), start=1):
            tensor = f"a{part.rank}"
            if part.places is not None:
                places = self.constant(f"{name}.{number}.places", np.array(part.places, np.int64))
                tensor = self.node("Gather", [tensor, places], f"{name}.{number}", axis=1)
            found.append(tensor)
        return found[0] if len(found) == 1 else self.node("Concat", found, name, axis=1)


def model_proto(model: Model) -> onnx.ModelProto:
    """Return the ONNX model, checked."""
    import onnx
    from onnx import helper

    calculation, dtype = model.calculation, model.theta.dtype
    graph = Graph(dtype)
    _add_inputs(graph, model)
    for k in range(1, len(calculation.ranks) + 1):
        _add_rank(graph, calculation, k)
    graph.expression(model.loss.onnx, "a", graph.chosen(calculation, calculation.outputs, "outputs"), "y")
    kind = helper.np_dtype_to_tensor_dtype(dtype)
    names = {
        "input_names": model.input_names,
        "output_names": model.output_names,
        "class_names": model.class_names,
    }
    proto = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "network",
            [
                helper.make_tensor_value_info(
                    "x", kind, ["examples", len(model.mean)], f"raw inputs: {', '.join(model.input_names)}"
                )
            ],
            [
                helper.make_tensor_value_info(
                    "y",
                    kind,
                    ["examples", len(calculation.outputs)],
                    f"predictions: {', '.join(model.output_names)}",
                )
            ],
            list(graph.initializers.values()),
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="Backprop Lab",
        producer_version=backprop_gui.__version__,
        doc_string=(
            f"{model.title or 'A trained network'}: y = network(x) for x of shape (examples, {len(model.mean)}), "
            f"{dtype.name}. Raw inputs go in; the scaling is part of the graph."
        ),
    )
    helper.set_model_props(
        proto, {name: json.dumps(texts, ensure_ascii=False) for name, texts in names.items()}
    )
    onnx.checker.check_model(proto, full_check=True)
    return proto


def _add_inputs(graph: Graph, model: Model) -> None:
    """Add a0, the standardised inputs."""
    mean = graph.constant("mean", model.mean.astype(graph.dtype))
    scale = graph.constant("scale", model.scale.astype(graph.dtype))
    graph.node("Div", [graph.node("Sub", ["x", mean], "x - mean"), scale], "a0")


def _add_rank(graph: Graph, calculation: Calculation, k: int) -> None:
    """Add a{k}, the values of rank k."""
    rank = calculation.ranks[k - 1]
    sources = graph.chosen(calculation, rank.sources, f"sources{k}")
    weights = graph.constant(f"W{k}", rank.weights)
    bias = graph.constant(f"b{k}", rank.bias)
    z = graph.node("Gemm", [sources, weights, bias], f"z{k}", transB=1)
    if len(rank.groups) == 1:
        graph.expression(ACTIVATIONS[rank.activations[0]].onnx, "z", z, f"a{k}")
        return
    sizes = np.array([members.stop - members.start for _, members in rank.groups], np.int64)
    parts = [f"z{k}.{name}" for name, _ in rank.groups]
    graph.node("Split", [z, graph.constant(f"z{k}.sizes", sizes)], parts, axis=1)
    values = [
        graph.expression(ACTIVATIONS[name].onnx, "z", part, f"a{k}.{name}")
        for (name, _), part in zip(rank.groups, parts, strict=True)
    ]
    graph.node("Concat", values, f"a{k}", axis=1)


def write(model: Model, path: Path) -> None:
    """Write an ONNX file."""
    path.write_bytes(model_proto(model).SerializeToString(deterministic=True))


def verify(path: Path, x: Array) -> Check:
    """Answer for raw inputs through ONNX Runtime if it is installed, else through ONNX's reference evaluator."""
    import onnx

    proto = onnx.load(path, load_external_data=False)
    onnx.checker.check_model(proto, full_check=True)
    dtype = onnx.helper.tensor_dtype_to_np_dtype(proto.graph.input[0].type.tensor_type.elem_type)
    try:
        runtime = importlib.import_module("onnxruntime")
    except ImportError:
        from onnx.reference import ReferenceEvaluator

        results: Any = ReferenceEvaluator(proto).run(None, {"x": x.astype(dtype)})
        y = results[0]
        return Check(y.astype(np.float64), f"ONNX's reference evaluator {onnx.__version__}", dtype)
    session = runtime.InferenceSession(path.read_bytes(), _quiet(runtime), providers=["CPUExecutionProvider"])
    y = session.run(None, {"x": x.astype(dtype)})[0]
    return Check(y.astype(np.float64), f"ONNX Runtime {runtime.__version__}", dtype)


def _quiet(runtime: Any) -> Any:
    """Return session options for one small run: one thread, errors only."""
    options = runtime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return options


register(
    Format(
        "onnx",
        "ONNX",
        (".onnx",),
        "The ready network for ONNX Runtime and others, scaling and softmax included.",
        write,
        verify,
    )
)
