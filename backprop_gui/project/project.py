"""One document: the drawing, the data, the training settings, and where training stands."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from backprop_gui.data import Dataset, DataSettings, Prepared, Task
from backprop_gui.engine.conventions import Conventions
from backprop_gui.engine.examples import Decision, Examples
from backprop_gui.engine.initializers import INITIALIZERS, drawer
from backprop_gui.engine.losses import LOSSES
from backprop_gui.engine.run import Run
from backprop_gui.engine.settings import TrainingSettings
from backprop_gui.engine.stepper import check_fit
from backprop_gui.engine.trainer import Trainer
from backprop_gui.errors import UserError
from backprop_gui.network import Kind, Network, check_trainable, dense, reshaped
from backprop_gui.project.kept import Kept


@dataclass(frozen=True, slots=True)
class Project:
    """Everything a person works on.

    Attributes
    ----------
    run : Run or None
        Where training stands; None until it has moved.
    conventions : Conventions
        How its deltas and gradients are written.
    kept : tuple of KeptRun
        What was trained before, in the order in which it was kept.
    """

    network: Network
    data: DataSettings
    training: TrainingSettings
    name: str = "untitled"
    run: Run | None = None
    conventions: Conventions = field(default_factory=Conventions)
    kept: Kept = ()


@dataclass(frozen=True, slots=True)
class Suit:
    """What suits a kind of task: an activation for the outputs, a loss, and how answers are judged."""

    output_activation: str
    loss: str
    decision: Decision


SUITS = {
    Task.REGRESSION: Suit("identity", "half-squared", Decision.NONE),
    Task.BINARY: Suit("sigmoid", "binary-cross-entropy", Decision.THRESHOLD),
    Task.CLASSES: Suit("identity", "cross-entropy", Decision.LARGEST),
}


def examples_of(prepared: Prepared) -> Examples:
    """Return prepared data in the engine's terms."""
    decision = SUITS[prepared.dataset.task].decision
    return Examples(prepared.x_train, prepared.t_train, prepared.x_test, prepared.t_test, decision)


def obstacle(project: Project, prepared: Prepared) -> UserError | None:
    """Return why ``project`` cannot be trained as it is drawn, or None if it can.

    A drawing may be incomplete for as long as a person works on it: empty at first, or with an input more than the
    data has columns.
    """
    try:
        check_trainable(project.network)
        check_fit(project.network, examples_of(prepared))
    except UserError as error:
        return error
    return None


def trainer_of(project: Project, prepared: Prepared) -> Trainer:
    """Return a trainer that stands where ``project`` stands.

    If there are fewer examples than when the run was saved, because its table was shortened meanwhile, an epoch
    that had gone beyond the last one begins anew.

    Raises
    ------
    UserError
        If the network, the data and the settings do not fit together.
    """
    run = project.run
    if run is not None and run.position >= len(prepared.x_train):
        run = replace(run, position=0)
    return Trainer(project.network, examples_of(prepared), project.training, run)


def project_for(
    dataset: Dataset,
    data: DataSettings,
    hidden: tuple[int, ...],
    training: TrainingSettings | None = None,
    *,
    activation: str = "tanh",
    name: str = "untitled",
) -> Project:
    """Return a project with a layered network that fits ``dataset``: its columns, and an output and loss that suit.

    Parameters
    ----------
    hidden : tuple of int
        Sizes of the hidden layers.
    training : TrainingSettings, optional
        Taken as they are; without them, defaults with the loss that suits the task.
    """
    suit = SUITS[dataset.task]
    training = training or replace(TrainingSettings(), loss=suit.loss)
    network = dense(
        [dataset.x.shape[1], *hidden, dataset.t.shape[1]],
        activation=activation,
        output_activation=suit.output_activation,
    )
    return initialized(Project(_named(network, dataset), data, training, name))


def initialized(project: Project) -> Project:
    """Draw all starting weights anew, as the training settings' initializer and seed say, and begin again."""
    settings = project.training
    network = project.network.redrawn(
        drawer(settings.initializer, settings.seed), INITIALIZERS[settings.initializer].bias
    )
    return replace(project, network=network, run=None)


def with_new_weights(project: Project) -> Project:
    """Draw other starting weights, those of the next seed, and begin again."""
    training = replace(project.training, seed=project.training.seed + 1)
    return initialized(replace(project, training=training))


def with_data(project: Project, dataset: Dataset, data: DataSettings) -> Project:
    """Exchange the data; the network changes only where it must to fit the columns and the kind of task.

    Hidden layers stay as they are. If the numbers of inputs and outputs stay the same, so do all starting weights,
    and a trainer that is given the new drawing and examples keeps all that was learned. The loss and the output
    activation change only when the kind of answer does. The run belongs to the old data and is left out.
    """
    network, training = project.network, project.training
    if not _is_complete(network):
        # What is half drawn is left as it is: to be told what is missing beats finding it drawn by somebody else.
        return replace(project, data=data, run=None)
    sizes = [len(network.members[layer.id]) for layer in network.layers]
    wanted = [dataset.x.shape[1], *sizes[1:-1], dataset.t.shape[1]]
    if (len(network.inputs), len(network.outputs)) != (wanted[0], wanted[-1]):
        network = reshaped(network, wanted, drawer(training.initializer, training.seed))
    suit = SUITS[dataset.task]
    if not _answers(network, training, dataset.task):
        network = network.with_activation([neuron.id for neuron in network.outputs], suit.output_activation)
        training = replace(training, loss=suit.loss)
    return replace(project, network=_named(network, dataset), data=data, training=training, run=None)


def with_shape(project: Project, hidden: tuple[int, ...]) -> Project:
    """Give the network other hidden layers; what stays keeps its weights."""
    network, training = project.network, project.training
    sizes = [len(network.inputs), *hidden, len(network.outputs)]
    changed = reshaped(network, sizes, drawer(training.initializer, training.seed + network.next_id))
    return replace(project, network=changed, run=None)


def _is_complete(network: Network) -> bool:
    try:
        check_trainable(network)
    except UserError:
        return False
    return True


def _answers(network: Network, training: TrainingSettings, task: Task) -> bool:
    """Return whether the outputs and the loss can already give the kind of answer that the task asks for."""
    loss, outputs = LOSSES[training.loss], {neuron.activation for neuron in network.outputs}
    if task.value not in loss.tasks:
        return False
    if task is Task.BINARY:
        return outputs <= ({loss.fused.activation} if loss.fused else {"sigmoid", "tanh"})
    return outputs == {"identity"}


def _named(network: Network, dataset: Dataset) -> Network:
    """Give the inputs and outputs the names of the data's columns and classes."""
    outputs = dataset.class_names if dataset.task is Task.CLASSES else dataset.target_names
    automatic = dataset.task is not Task.CLASSES and len(network.outputs) == 1
    named = [replace(n, name=name) for n, name in zip(network.inputs, dataset.input_names, strict=False)]
    if not automatic:
        named += [replace(n, name=name) for n, name in zip(network.outputs, outputs, strict=False)]
    else:
        named += [replace(n, name="ŷ") for n in network.outputs if n.kind is Kind.OUTPUT]
    return network.with_neurons(named)
