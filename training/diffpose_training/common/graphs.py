"""PyTorch modules to ONNX files, and their int8 versions."""

import hashlib
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import nn

OPSET = 17  # has LayerNormalization as one operator
LARGE = 1024  # weights from this many numbers are stored in half precision
SMALLEST_QUANTISED = 32  # inner size from which a product is worth int8; the first layers mix units and stay float


def export_graph(net: nn.Module, inputs: tuple, file: Path, input_names: list[str], output_names: list[str], axes: dict | None = None) -> None:
    """One graph; `axes` names the dynamic axes, by default the first one of everything."""
    axes = axes or {name: {0: "batch"} for name in [*input_names, *output_names]}
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


@torch.no_grad()
def round_large_weights(net: nn.Module) -> None:
    """Rounds large weights to half precision in place, so that storing them so loses nothing more."""
    for weight in net.parameters():
        if weight.numel() >= LARGE:
            weight.copy_(weight.half().float())


def store_half(file: Path) -> None:
    """Stores large weights as float16 with a Cast behind; the runtime folds the casts and computes in float32 as before."""
    model = onnx.load(str(file))
    casts = []
    for weight in model.graph.initializer:
        if weight.data_type == onnx.TensorProto.FLOAT and int(np.prod(weight.dims)) >= LARGE:
            name, values = weight.name, onnx.numpy_helper.to_array(weight)
            weight.CopyFrom(onnx.numpy_helper.from_array(values.astype(np.float16), name + "_half"))
            casts.append(onnx.helper.make_node("Cast", [name + "_half"], [name], name=name + "_cast", to=onnx.TensorProto.FLOAT))
    for node in reversed(casts):
        model.graph.node.insert(0, node)
    onnx.checker.check_model(model)
    onnx.save(model, str(file))


def store_int8(file: Path) -> None:
    """Stores large convolution weights as int8 with a scale for each output channel; the runtime folds Cast and Mul and computes in float32."""
    model = onnx.load(str(file))
    kernels = {node.input[1] for node in model.graph.node if node.op_type == "Conv"}
    added = []
    for weight in [w for w in model.graph.initializer if w.name in kernels and int(np.prod(w.dims)) >= LARGE]:
        values, name = onnx.numpy_helper.to_array(weight), weight.name
        scale = np.maximum(np.abs(values).max(axis=(1, 2, 3), keepdims=True) / 127, 1e-12).astype(np.float32)
        weight.CopyFrom(onnx.numpy_helper.from_array(np.round(values / scale).astype(np.int8), name + "_int8"))
        model.graph.initializer.append(onnx.numpy_helper.from_array(scale, name + "_scale"))
        cast = onnx.helper.make_node("Cast", [name + "_int8"], [name + "_cast"], name=name + "_cast", to=onnx.TensorProto.FLOAT)
        added += [cast, onnx.helper.make_node("Mul", [name + "_cast", name + "_scale"], [name], name=name + "_mul")]
    for node in reversed(added):
        model.graph.node.insert(0, node)
    onnx.checker.check_model(model)
    onnx.save(model, str(file))


def sha256(file: Path) -> str:
    """Hex digest of a file."""
    return hashlib.sha256(file.read_bytes()).hexdigest()
