"""What every format must keep, whatever it is: new ones are tested by being registered."""

from __future__ import annotations

import errno
import os
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backprop_gui.engine import ACTIVATIONS, LOSSES
from backprop_gui.engine.plan import compile_network
from backprop_gui.formats import FORMATS, Check, ExportError, Format, Model, export, format_of
from backprop_gui.formats.export import allowed_difference
from backprop_gui.network import Edge, Kind, Layer, Network, Neuron, dense
from tests.formats.models import model_of, one_neuron, outputs_by_hand, random_model, small_model

every_format = pytest.mark.parametrize("format", FORMATS.values(), ids=list(FORMATS))


def path_of(folder: Path, format: Format, name: str = "model") -> Path:
    return folder / f"{name}{format.suffixes[0]}"


def test_the_six_formats_are_found_in_their_folder() -> None:
    assert set(FORMATS) == {"csv", "json", "npz", "onnx", "python", "safetensors"}


@given(st.integers(0, 2**32 - 1))
def test_a_model_predicts_what_a_pocket_calculator_finds(seed: int) -> None:
    model = random_model(seed)
    by_hand = outputs_by_hand(model, model.examples)
    np.testing.assert_allclose(model.predict(model.examples), by_hand, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(model.calculation.predict(model.examples), by_hand, rtol=1e-9, atol=1e-9)


@every_format
@example(seed=1238499)  # a rank of eight neurons, where NumPy 2.4's negative is wrong for columns
@given(seed=st.integers(0, 2**32 - 1))
def test_any_graph_is_written_and_answers_as_the_program_does(format: Format, seed: int) -> None:
    model = random_model(seed)
    with tempfile.TemporaryDirectory() as folder:
        path = path_of(Path(folder), format)
        report = export(model, path)
        assert list(Path(folder).iterdir()) == [path]
        assert report.bytes == path.stat().st_size
        # Other examples than those that the export itself compared.
        x = model.mean + 2 * model.scale * np.random.default_rng(seed).normal(size=(5, len(model.mean)))
        check = format.verify(path, x)
    assert report.examples == len(model.examples)
    assert report.checked_with == check.tool
    np.testing.assert_allclose(check.outputs, outputs_by_hand(model, x), rtol=1e-8, atol=1e-8)


@every_format
@given(seed=st.integers(0, 2**32 - 1))
def test_a_network_trained_in_float32_is_exported_too(format: Format, seed: int) -> None:
    model = random_model(seed, "float32")
    with tempfile.TemporaryDirectory() as folder:
        report = export(model, path_of(Path(folder), format))
    expected = model.predict(model.examples)
    assert report.largest_difference <= 1e-4 * max(1, np.abs(expected).max())


@every_format
@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_predicts_the_same_outside(format: Format, loss: str, tmp_path: Path) -> None:
    model = model_of(dense([3, 4, 3], output_activation="sigmoid"), loss=loss)
    assert export(model, path_of(tmp_path, format)).largest_difference < 1e-14


@every_format
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_is_the_same_outside(
    format: Format, activation: str, dtype: str, tmp_path: Path
) -> None:
    model = one_neuron(activation, dtype)
    x = np.concatenate([np.linspace(-8, 8, 161), [-800, -90, -1e-4, 1e-4, 90, 800]])[:, None]
    x = x.astype(dtype).astype(np.float64)
    format.write(model, path := path_of(tmp_path, format))
    check = format.verify(path, x)
    allowed = 1e-6 if check.precision == np.float32 else 1e-14
    np.testing.assert_allclose(check.outputs, model.predict(x), rtol=allowed, atol=allowed)


@every_format
def test_neurons_that_only_have_a_bias_or_not_even_that(format: Format, tmp_path: Path) -> None:
    # Rank 1 holds only c and d, which nothing reaches; y reads both of them and, beside them, x.
    neurons = (
        Neuron(1, 1, Kind.INPUT, "x", "identity", None),
        Neuron(2, 1, Kind.HIDDEN, "c", "tanh", 0.4),
        Neuron(3, 1, Kind.HIDDEN, "d", "sigmoid", None),
        Neuron(4, 1, Kind.OUTPUT, "y", "identity", None),
    )
    edges = (Edge(1, 4, 1.0), Edge(2, 4, 2.0), Edge(3, 4, 3.0))
    model = model_of(Network(neurons, edges, (Layer(1, "all"),), 5))
    export(model, path := path_of(tmp_path, format))
    x = np.array([[0.0], [1.5]])
    np.testing.assert_allclose(format.verify(path, x).outputs, outputs_by_hand(model, x), atol=1e-14)


# ---- nothing wrong is kept


@every_format
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_wrong_sign_of_any_single_parameter_is_noticed(
    format: Format, dtype: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = small_model(dtype)
    path = path_of(tmp_path, format)
    path.write_bytes(b"what was here before")
    for slot in model.plan.slots:
        theta = model.theta.copy()
        theta[slot] *= -1
        wrong = replace(model, theta=theta)
        _replace_writer(monkeypatch, format, lambda _, file, wrong=wrong: format.write(wrong, file))
        with pytest.raises(ExportError, match=r"was not kept: .* its outputs differ"):
            export(model, path)
    assert path.read_bytes() == b"what was here before"
    assert list(tmp_path.iterdir()) == [path]


@every_format
@pytest.mark.parametrize("field", ["mean", "scale"])
def test_a_forgotten_scaling_is_noticed(
    format: Format, field: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = small_model()
    unscaled = replace(model, **{field: np.array([0.0, 0.0] if field == "mean" else [1.0, 1.0])})
    _replace_writer(monkeypatch, format, lambda _, file: format.write(unscaled, file))
    with pytest.raises(ExportError, match="its outputs differ"):
        export(model, path_of(tmp_path, format))
    assert not list(tmp_path.iterdir())


@every_format
def test_a_forgotten_softmax_is_noticed(
    format: Format, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = model_of(dense([2, 3], output_activation="identity"), loss="cross-entropy")
    logits = replace(model, loss=LOSSES["huber"])
    _replace_writer(monkeypatch, format, lambda _, file: format.write(logits, file))
    with pytest.raises(ExportError, match="its outputs differ"):
        export(model, path_of(tmp_path, format))


@every_format
def test_half_a_file_is_noticed(format: Format, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def write_half(model: Model, file: Path) -> None:
        format.write(model, file)
        content = file.read_bytes()
        file.write_bytes(content[: len(content) // 2])

    _replace_writer(monkeypatch, format, write_half)
    with pytest.raises(ExportError, match="was not kept: it could not be read again"):
        export(small_model(), path_of(tmp_path, format))
    assert not list(tmp_path.iterdir())


def test_answers_of_another_shape_are_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    format = FORMATS["json"]
    scalar = replace(format, verify=lambda _, x: Check(np.zeros((len(x), 2)), "a tool"))
    monkeypatch.setitem(FORMATS._items, "json", scalar)
    with pytest.raises(ExportError, match=r"could not be read again .*shape \(16, 2\)"):
        export(small_model(), tmp_path / "a.json")


def test_what_is_allowed_is_rounding_and_grows_only_with_what_the_network_amplifies() -> None:
    model = small_model()
    assert allowed_difference(model, np.dtype(np.float64)).max() < 1e-11
    assert allowed_difference(model, np.dtype(np.float32)).max() < 1e-4
    network = dense([1, 1, 1, 1], activation="identity", output_activation="sine")
    plan = compile_network(network)
    theta = plan.start.copy()
    theta[plan.weight_slots] = 1e4
    steep = Model(network, plan, theta, LOSSES["huber"], np.zeros(1), np.ones(1), ("x",), ("y",))
    # sin(1e12 x) is what it is to about 1e12 times the last digit of x.
    assert 1e-5 < allowed_difference(steep, np.dtype(np.float64)).max() < 1


# ---- refusals


def test_parameters_that_are_not_finite_are_refused_by_name(tmp_path: Path) -> None:
    model = small_model()
    theta = model.theta.copy()
    theta[model.plan.slot[2, 5]] = np.nan
    with pytest.raises(ExportError, match="cannot be exported: the weight x2 → y is nan"):
        export(replace(model, theta=theta), tmp_path / "model.npz")
    assert not list(tmp_path.iterdir())


def test_outputs_that_overflow_are_refused(tmp_path: Path) -> None:
    model = small_model()
    with pytest.raises(ExportError, match="its outputs overflow"):
        export(replace(model, theta=np.full_like(model.theta, 1e200)), tmp_path / "model.npz")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("net.onxx", "no export format with the suffix “.onxx”. Did you mean “net.onnx”?"),
        ("net.docx", "There are: .csv, .json, .npz, .onnx, .py, .safetensors."),
        ("net", "does not say which format to export to: end it with one of .csv"),
    ],
)
def test_an_unknown_suffix_is_explained(name: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(ExportError) as error:
        export(small_model(), tmp_path / name)
    assert sentence in str(error.value)


def test_suffixes_may_be_upper_case(tmp_path: Path) -> None:
    assert format_of(Path("A.ONNX")) is FORMATS["onnx"]
    assert export(small_model(), tmp_path / "A.NPZ").path.exists()


def test_places_that_cannot_be_written_are_explained(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(ExportError, match="is a folder: choose a file name in it"):
        export(small_model(), tmp_path / "folder.csv")
    with pytest.raises(ExportError, match=r"The folder “.*gone” does not exist: create it"):
        export(small_model(), tmp_path / "gone" / "model.csv")
    with pytest.raises(ExportError, match="is too long for this system"):
        export(small_model(), tmp_path / f"{'n' * 300}.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["folder.csv"]


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.EACCES, "You may not write to"),
        (errno.EROFS, "You may not write to"),
        (errno.ENOSPC, "There is no room for “model.csv”"),
        (errno.EIO, "could not be written"),
    ],
)
def test_a_refusal_of_the_system_is_a_sentence_and_leaves_nothing(
    number: int, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(model: Model, file: Path) -> None:
        file.write_bytes(b"the beginning")
        raise OSError(number, os.strerror(number))

    _replace_writer(monkeypatch, FORMATS["csv"], refuse)
    with pytest.raises(ExportError, match=sentence):
        export(small_model(), tmp_path / "model.csv")
    assert not list(tmp_path.iterdir())


def test_an_interruption_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(model: Model, file: Path) -> None:
        file.write_bytes(b"the beginning")
        raise KeyboardInterrupt

    _replace_writer(monkeypatch, FORMATS["csv"], interrupted)
    with pytest.raises(KeyboardInterrupt):
        export(small_model(), tmp_path / "model.csv")
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(os.name == "nt", reason="symbolic links and file modes are POSIX")
@pytest.mark.parametrize("mode", [0o600, 0o644])
def test_a_link_stays_a_link_and_the_file_keeps_its_permissions(mode: int, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    target, link = tmp_path / "real" / "model.json", tmp_path / "link.json"
    target.write_text("old")
    target.chmod(mode)
    link.symlink_to(target)
    export(small_model(), link)
    assert link.is_symlink()
    assert target.read_text().startswith("{")
    assert target.stat().st_mode & 0o777 == mode


@pytest.mark.skipif(os.name == "nt", reason="file modes are POSIX")
@every_format
def test_a_new_file_may_be_read_as_any_new_file(format: Format, tmp_path: Path) -> None:
    mask = os.umask(0o022)
    try:
        path = export(small_model(), path_of(tmp_path, format, "new")).path
    finally:
        os.umask(mask)
    assert path.stat().st_mode & 0o777 == 0o644


@every_format
def test_the_same_model_gives_the_same_bytes(format: Format, tmp_path: Path) -> None:
    for name in ("one", "two"):
        export(small_model(), path_of(tmp_path, format, name))
    one, two = (path_of(tmp_path, format, name).read_bytes() for name in ("one", "two"))
    assert one == two


def test_the_report_is_a_sentence_for_people(tmp_path: Path) -> None:
    sentence = export(small_model(), tmp_path / "model.json").sentence
    assert sentence.startswith("Wrote model.json (2.")
    assert " kB). Python's json reproduces the outputs of 16 examples; the largest difference is " in sentence


def _replace_writer(monkeypatch: pytest.MonkeyPatch, format: Format, write: object) -> None:
    monkeypatch.setitem(FORMATS._items, format.name, replace(format, write=write))
