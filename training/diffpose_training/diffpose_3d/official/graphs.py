"""Networks to ONNX files: float32, 8-bit weights, and the comparison with PyTorch."""

import ast
import logging
import warnings
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import onnxscript.optimizer
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

OPSET = 18
# Matrices below this size stay float32: the first and last layers, where rounding hurts most and saves nothing.
SMALLEST_QUANTISED = 4096
# The Chebyshev filters of the graph layers stay float32 too: their input, the residual stream and its neighbour sums,
# has a wide range, and on random weights they alone made five times the error of all other layers together.
KEPT = ".gconv/"
FOLD_LIMIT = 1 << 24  # values


class ContextGraph(nn.Module):
    """One port for both lifters: points (B, F, 17, 2) -> pose (B, F, 17, 3). The frame lifter has F = 1."""

    def __init__(self, lifter: nn.Module, frames: int) -> None:
        super().__init__()
        self.lifter = lifter
        self.frames = frames

    def forward(self, points: Tensor) -> Tensor:
        if self.frames > 1:
            return self.lifter(points)
        return self.lifter(points.reshape(-1, *points.shape[2:])).reshape(-1, 1, points.shape[2], 3)


def export_fp32(network: nn.Module, feeds: Mapping[str, Tensor], output: str, path: Path) -> None:
    """Writes `network` with a free batch size. `feeds` are example inputs by name, all with the batch first."""
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    batch = torch.export.Dim("batch")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # notes of the exporter on its own internals
        program = torch.onnx.export(
            network.eval(),
            tuple(feeds.values()),
            input_names=list(feeds),
            output_names=[output],
            dynamic_shapes=tuple({0: batch} for _ in feeds),
            opset_version=OPSET,
            dynamo=True,
            verbose=False,
        )
    # The exporter folds small constants only; the reshaped filter weights must be plain matrices to be quantised.
    onnxscript.optimizer.fold_constants(program.model, input_size_limit=FOLD_LIMIT, output_size_limit=FOLD_LIMIT)
    onnxscript.optimizer.remove_unused_nodes(program.model)
    model = program.model_proto
    _name_nodes(model)
    _strip(model)
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString(deterministic=True))


def export_q8(source: Path, path: Path) -> None:
    """Stores the large matrices of `source` as 8-bit numbers, one scale a column; products run on integers."""
    model = onnx.load(source)
    sizes = {tensor.name: int(np.prod(tensor.dims)) for tensor in model.graph.initializer}
    kept = [
        name
        for node in model.graph.node
        if sizes.get(node.input[1] if len(node.input) > 1 else "", 0) < SMALLEST_QUANTISED or KEPT in node.name
        for name in (node.name, f"{node.name}_MatMul")  # the second is how the quantiser renames a Gemm
    ]
    logging.getLogger().setLevel(logging.ERROR)  # the quantiser advises a step that the exporter has already done
    quantize_dynamic(
        model, path, op_types_to_quantize=["MatMul"], nodes_to_exclude=kept, per_channel=True,
        weight_type=QuantType.QUInt8, extra_options={"MatMulConstBOnly": True},
    )  # fmt: skip
    model = onnx.load(path)
    _strip(model)
    path.write_bytes(model.SerializeToString(deterministic=True))


def largest_error(path: Path, network: nn.Module, feeds: Mapping[str, Tensor]) -> float:
    """Largest absolute difference between ONNX Runtime and PyTorch on `feeds`."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1  # small batches: more threads only wait for each other
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    (found,) = session.run(None, {name: value.numpy() for name, value in feeds.items()})
    with torch.no_grad():
        wanted = network(*feeds.values()).numpy()
    if found.shape != wanted.shape:
        raise ValueError(f"Cannot compare {path.name} as shapes must be equal: {found.shape} and {wanted.shape}")
    return float(np.abs(found - wanted).max())


def _name_nodes(model: onnx.ModelProto) -> None:
    """Names each node after the module that it came from ("gconv_layers.0.gconv1.gconv/node_matmul_12")."""
    for node in model.graph.node:
        for note in node.metadata_props:
            if note.key == "pkg.torch.onnx.name_scopes":
                scopes = ast.literal_eval(note.value)
                node.name = f"{scopes[-2]}/{node.name}"


def _strip(model: onnx.ModelProto) -> None:
    """Removes the exporter's notes: they triple the size of small graphs and hold paths of this machine."""
    model.doc_string = ""
    del model.metadata_props[:]
    graph = model.graph
    del graph.metadata_props[:]
    graph.doc_string = ""
    graph.name = "graph"
    for part in [*graph.node, *graph.initializer, *graph.input, *graph.output, *graph.value_info]:
        part.doc_string = ""
        del part.metadata_props[:]
    del graph.value_info[:]
