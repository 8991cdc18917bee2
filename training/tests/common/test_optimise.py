"""Stored optimisation: fewer operators, the same bits, a manifest that still fits its files."""

import hashlib
import json

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from torch import nn

from diffpose_training.common.graphs import export_graph, quantise
from diffpose_training.common.optimise import optimise_graph, optimise_pack


class Block(nn.Module):
    """Products, a normalisation and a scaled product of two inputs, as the networks here have them."""

    def __init__(self):
        super().__init__()
        self.first, self.second, self.norm = nn.Linear(64, 64), nn.Linear(64, 64), nn.LayerNorm(64)

    def forward(self, x):
        y = self.norm(x + self.first(x))
        return self.second(torch.softmax(y @ y.transpose(1, 2) * 0.125, -1) @ y)


@pytest.fixture
def pack(tmp_path):
    torch.manual_seed(0)
    plain, small = tmp_path / "block_fp32.onnx", tmp_path / "block_q8.onnx"
    export_graph(Block().eval(), (torch.randn(2, 5, 64),), plain, ["x"], ["y"])
    quantise(plain, small)
    entries = {
        dtype: {"file": f.name, "bytes": f.stat().st_size, "sha256": hashlib.sha256(f.read_bytes()).hexdigest()}
        for dtype, f in (("fp32", plain), ("q8", small))
    }
    report = [{"dtype": dtype, "bytes": entry["bytes"], "mpjpe": 74.0} for dtype, entry in entries.items()]
    described = {"name": "block", "graphs": {"block": entries | {"threads": 1}}, "dtypes": report}
    (tmp_path / "manifest.json").write_text(json.dumps(described, indent=1) + "\n")
    return tmp_path


def answers(file, x, level=onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level, options.intra_op_num_threads = level, 1
    return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"]).run(None, {"x": x})[0]


def test_a_stored_optimisation_computes_the_same_bits_with_fewer_operators(pack):
    file = pack / "block_q8.onnx"
    before = onnx.load(str(file))
    x = np.random.default_rng(0).standard_normal((3, 5, 64)).astype(np.float32)
    expected = answers(file, x)
    optimise_graph(file)
    after = onnx.load(str(file))
    assert len(after.graph.node) < len(before.graph.node) / 2
    assert {entry.domain for entry in after.opset_import} == {"", "com.microsoft"}
    assert after.ir_version == before.ir_version
    np.testing.assert_array_equal(answers(file, x), expected)
    np.testing.assert_array_equal(answers(file, x, onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL), expected)


def test_the_manifest_names_the_new_files_and_a_second_run_changes_nothing(pack):
    old = json.loads((pack / "manifest.json").read_text())["graphs"]["block"]
    assert optimise_pack(pack) == ["block_q8.onnx"]
    manifest = json.loads((pack / "manifest.json").read_text())
    new = manifest["graphs"]["block"]
    content = (pack / "block_q8.onnx").read_bytes()
    assert new["q8"] == {"file": "block_q8.onnx", "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest(), "optimised": True}
    assert new["q8"]["sha256"] != old["q8"]["sha256"]
    assert new["fp32"] == old["fp32"] and new["threads"] == 1
    assert [row["bytes"] for row in manifest["dtypes"]] == [old["fp32"]["bytes"], len(content)]
    text = (pack / "manifest.json").read_text()
    assert optimise_pack(pack) == []
    assert (pack / "manifest.json").read_text() == text
