"""PyTorch modules to ONNX files, and their int8 versions."""

import warnings
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import nn

OPSET = 17  # has LayerNormalization as one operator
SMALLEST_QUANTISED = 32  # inner size from which a product is worth int8; the first layers mix units and stay float


def export_graph(net: nn.Module, inputs: tuple, file: Path, input_names: list[str], output_names: list[str]) -> None:
    """One graph with a dynamic first axis."""
    axes = {name: {0: "batch"} for name in [*input_names, *output_names]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            net, inputs, str(file), input_names=input_names, output_names=output_names, dynamic_axes=axes,
            opset_version=OPSET, dynamo=False, do_constant_folding=True,
        )  # fmt: skip
    onnx.checker.check_model(str(file))


def float_products(file: Path) -> list[str]:
    """Products that stay float: small inner or outer size, or no constant weight."""
    model = onnx.load(str(file))
    shapes = {w.name: list(w.dims) for w in model.graph.initializer}
    names = []
    for node in model.graph.node:
        if node.op_type == "MatMul":
            shape = shapes.get(node.input[1])
            if shape is None or len(shape) != 2 or shape[0] < SMALLEST_QUANTISED or shape[1] < SMALLEST_QUANTISED:
                names.append(node.name)
    return names


def quantise(source: Path, target: Path) -> None:
    """Weights int8 per output channel, activations uint8 per tensor at run time; only products with constant weights."""
    quantize_dynamic(
        source, target, op_types_to_quantize=["MatMul"], per_channel=True, weight_type=QuantType.QInt8,
        nodes_to_exclude=float_products(source), extra_options={"MatMulConstBOnly": True},
    )  # fmt: skip
