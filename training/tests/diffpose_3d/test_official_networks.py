"""The networks of the official mode: key names, sizes, and every equation against a slow NumPy formula."""

import math

import numpy as np
import pytest
import torch
from diffpose_training.diffpose_3d.official.build import build_denoiser, build_lifter
from diffpose_training.diffpose_3d.official.example import randomise
from diffpose_training.diffpose_3d.official.graformer import (
    GCNdiff,
    GCNpose,
    GraphNet,
    JointAttention,
    StdNorm,
    StepEmbedding,
)
from diffpose_training.diffpose_3d.official.graph import EDGES, ChebConv, adjacency
from diffpose_training.diffpose_3d.official.mixste import MixSTE2

torch.set_num_threads(1)  # tiny tensors: more threads only wait for each other

# float32 in PyTorch against float64 in NumPy, values of order 1 to 10 after a few layers.
TOLERANCE = 2e-5
RNG = np.random.default_rng(5)


def close(found: torch.Tensor, wanted: np.ndarray) -> None:
    np.testing.assert_allclose(found.detach().numpy(), wanted, atol=TOLERANCE, rtol=TOLERANCE)


def as_numpy(network: torch.nn.Module) -> dict[str, np.ndarray]:
    return {key: value.double().numpy() for key, value in network.state_dict().items()}


# The equations once more, in NumPy, on the published key names. W is the dictionary of weights, p a prefix in it.


def slow_adjacency() -> np.ndarray:
    matrix = np.zeros((17, 17))
    for a, b in EDGES:
        matrix[a, b] = matrix[b, a] = 1
    matrix += np.eye(17)
    return matrix / matrix.sum(1)[:, None]


def slow_cheb(w: dict[str, np.ndarray], p: str, x: np.ndarray) -> np.ndarray:
    adj = slow_adjacency()
    degrees = np.diag(adj.sum(1) ** -0.5)
    laplacian = np.eye(17) - degrees @ adj @ degrees
    terms = [np.eye(17), laplacian, 2 * laplacian @ laplacian - np.eye(17)]
    return sum(terms[i] @ x @ w[p + "weight"][i, 0] for i in range(3)) + w[p + "bias"][0, 0]


def slow_std_norm(w: dict[str, np.ndarray], p: str, x: np.ndarray) -> np.ndarray:
    out = np.empty_like(x)
    for joint in range(len(x)):
        mean = sum(x[joint]) / len(x[joint])
        std = math.sqrt(sum((value - mean) ** 2 for value in x[joint]) / (len(x[joint]) - 1))
        out[joint] = w[p + "a_2"] * (x[joint] - mean) / (std + 1e-6) + w[p + "b_2"]
    return out


def slow_linear(w: dict[str, np.ndarray], p: str, x: np.ndarray) -> np.ndarray:
    return x @ w[p + "weight"].T + w[p + "bias"]


def slow_heads(query: np.ndarray, key: np.ndarray, value: np.ndarray, heads: int) -> np.ndarray:
    out = np.empty_like(query)
    size = query.shape[1] // heads
    for head in range(heads):
        columns = slice(head * size, (head + 1) * size)
        for row in range(len(query)):
            scores = np.array([query[row, columns] @ key[other, columns] for other in range(len(key))])
            weights = np.exp(scores / math.sqrt(size))
            out[row, columns] = weights / weights.sum() @ value[:, columns]
    return out


def slow_attention(w: dict[str, np.ndarray], p: str, x: np.ndarray) -> np.ndarray:
    parts = [slow_linear(w, f"{p}linears.{i}.", x) for i in range(3)]
    return slow_linear(w, f"{p}linears.3.", slow_heads(*parts, heads=4))


def slow_graph_net(w: dict[str, np.ndarray], p: str, x: np.ndarray) -> np.ndarray:
    learned = w[p + "A_hat"]
    spread = np.empty((17, 17))
    for i in range(17):
        for j in range(17):
            # The degree of a joint is the sum over its column.
            degrees = (learned[:, i].sum() + 1e-5) * (learned[:, j].sum() + 1e-5)
            spread[i, j] = learned[i, j] / math.sqrt(degrees)
    hidden = np.maximum(slow_linear(w, p + "gconv1.fc.", spread @ x), 0)
    return slow_linear(w, p + "gconv2.fc.", spread @ hidden)


def slow_silu(x: np.ndarray) -> np.ndarray:
    return x / (1 + np.exp(-x))


def slow_step(w: dict[str, np.ndarray], p: str, step: float) -> np.ndarray:
    half = w[p + "dense.0.weight"].shape[1] // 2
    angles = [step * 10000 ** (-i / (half - 1)) for i in range(half)]
    sinusoid = np.array([math.sin(a) for a in angles] + [math.cos(a) for a in angles])
    return slow_linear(w, p + "dense.1.", slow_silu(slow_linear(w, p + "dense.0.", sinusoid)))


def slow_graformer(w: dict[str, np.ndarray], x: np.ndarray, layers: int, step: float | None) -> np.ndarray:
    x = slow_cheb(w, "gconv_input.", x)
    for i in range(layers):
        p = f"atten_layers.{i}."
        x = x + slow_attention(w, p + "self_attn.", slow_std_norm(w, p + "sublayer.0.norm.", x))
        x = x + slow_graph_net(w, p + "feed_forward.", slow_std_norm(w, p + "sublayer.1.norm.", x))
        p = f"gconv_layers.{i}."
        hidden = np.maximum(slow_cheb(w, p + "gconv1.gconv.", x), 0)
        if step is not None:
            hidden = hidden + slow_linear(w, p + "temb_proj.", slow_silu(slow_step(w, "temb.", step)))
        x = x + np.maximum(slow_cheb(w, p + "gconv2.gconv.", hidden), 0)
    return slow_cheb(w, "gconv_output.", x)


def slow_layer_norm(w: dict[str, np.ndarray], p: str, x: np.ndarray, eps: float) -> np.ndarray:
    scale = np.sqrt(x.var(axis=1, keepdims=True) + eps)
    return (x - x.mean(axis=1, keepdims=True)) / scale * w[p + "weight"] + w[p + "bias"]


def slow_block(w: dict[str, np.ndarray], p: str, x: np.ndarray) -> np.ndarray:
    query, key, value = np.split(slow_linear(w, p + "attn.qkv.", slow_layer_norm(w, p + "norm1.", x, 1e-6)), 3, axis=1)
    x = x + slow_linear(w, p + "attn.proj.", slow_heads(query, key, value, heads=8))
    hidden = slow_linear(w, p + "mlp.fc1.", slow_layer_norm(w, p + "norm2.", x, 1e-6))
    hidden = hidden * (1 + np.vectorize(math.erf)(hidden / math.sqrt(2))) / 2
    return x + slow_linear(w, p + "mlp.fc2.", hidden)


def slow_mixste(w: dict[str, np.ndarray], points: np.ndarray, layers: int) -> np.ndarray:
    frames = len(points)
    x = np.stack([slow_linear(w, "Spatial_patch_to_embedding.", p) + w["Spatial_pos_embed"][0] for p in points])
    for i in range(layers):
        for f in range(frames):
            x[f] = slow_layer_norm(w, "Spatial_norm.", slow_block(w, f"STEblocks.{i}.", x[f]), 1e-6)
        for j in range(17):
            track = x[:, j] + (w["Temporal_pos_embed"][0] if i == 0 else 0)
            x[:, j] = slow_layer_norm(w, "Temporal_norm.", slow_block(w, f"TTEblocks.{i}.", track), 1e-6)
    return np.stack([slow_linear(w, "head.1.", slow_layer_norm(w, "head.0.", pose, 1e-5)) for pose in x])


def test_cheb_conv_is_the_sum_of_three_terms() -> None:
    layer = randomise(ChebConv(4, 6), 1)
    x = RNG.normal(size=(3, 17, 4))
    wanted = np.stack([slow_cheb({k: v for k, v in as_numpy(layer).items()}, "", one) for one in x])
    close(layer(torch.tensor(x).float()), wanted)


def test_adjacency_rows_sum_to_one_and_follow_the_bones() -> None:
    found = adjacency()
    assert torch.allclose(found.sum(1), torch.ones(17, dtype=torch.float64))
    assert found[0].nonzero().flatten().tolist() == [0, 1, 4, 7]  # pelvis: hips and spine
    assert found[10].nonzero().flatten().tolist() == [9, 10]  # head hangs on the neck only
    assert float(found[8, 9]) == pytest.approx(1 / 5)  # thorax: spine, neck, shoulders, itself


def test_graph_net_takes_its_degrees_from_columns() -> None:
    layer = randomise(GraphNet(6), 2)
    with torch.no_grad():
        layer.A_hat.add_(torch.rand(17, 17, generator=torch.Generator().manual_seed(1)))  # far from symmetric
    x = RNG.normal(size=(2, 17, 6))
    close(layer(torch.tensor(x).float()), np.stack([slow_graph_net(as_numpy(layer), "", one) for one in x]))


def test_std_norm_uses_the_unbiased_std() -> None:
    layer = randomise(StdNorm(5), 3)
    x = RNG.normal(size=(2, 17, 5)) * 3 + 1
    close(layer(torch.tensor(x).float()), np.stack([slow_std_norm(as_numpy(layer), "", one) for one in x]))


def test_joint_attention_matches_loops_over_heads_and_joints() -> None:
    layer = randomise(JointAttention(8, 4), 4).eval()
    x = RNG.normal(size=(2, 17, 8))
    close(layer(torch.tensor(x).float()), np.stack([slow_attention(as_numpy(layer), "", one) for one in x]))


def test_step_embedding_is_a_sinusoid_of_the_raw_index() -> None:
    layer = randomise(StepEmbedding(8), 5)
    steps = [0.0, 6.0, 12.0, 50.0]
    wanted = np.stack([slow_step(as_numpy(layer), "", step) for step in steps])
    close(layer(torch.tensor(steps)), wanted)


def test_denoiser_matches_the_slow_formula() -> None:
    network = randomise(GCNdiff(8, 2), 6).eval()
    state = RNG.normal(size=(3, 17, 5))
    steps = [0.0, 12.0, 50.0]
    wanted = np.stack([slow_graformer(as_numpy(network), s, 2, k) for s, k in zip(state, steps, strict=True)])
    close(network(torch.tensor(state).float(), torch.tensor(steps)), wanted)


def test_frame_lifter_matches_the_slow_formula() -> None:
    network = randomise(GCNpose(8, 2), 7).eval()
    points = RNG.normal(size=(2, 17, 2))
    wanted = np.stack([slow_graformer(as_numpy(network), one, 2, None) for one in points])
    close(network(torch.tensor(points).float()), wanted)


def test_video_lifter_matches_the_slow_formula() -> None:
    network = randomise(MixSTE2(5, 16, 3, 32), 8).eval()
    points = RNG.normal(size=(2, 5, 17, 2))
    wanted = np.stack([slow_mixste(as_numpy(network), one, 3) for one in points])
    close(network(torch.tensor(points).float()), wanted)


def graph_layout(channels_in: int, channels_out: int, denoiser: bool) -> dict[str, tuple[int, ...]]:
    """Keys and shapes of the published graph networks, written out from the specification: width 96, 5 layers."""
    keys: dict[str, tuple[int, ...]] = {
        "gconv_input.weight": (3, 1, channels_in, 96), "gconv_input.bias": (1, 1, 96),
        "gconv_output.weight": (3, 1, 96, channels_out), "gconv_output.bias": (1, 1, channels_out),
        "temb.dense.0.weight": (384, 96), "temb.dense.0.bias": (384,),
        "temb.dense.1.weight": (384, 384), "temb.dense.1.bias": (384,),
    }  # fmt: skip
    for i in range(5):
        for c in (1, 2):
            keys[f"gconv_layers.{i}.gconv{c}.gconv.weight"] = (3, 1, 96, 96)
            keys[f"gconv_layers.{i}.gconv{c}.gconv.bias"] = (1, 1, 96)
        if denoiser:
            keys[f"gconv_layers.{i}.temb_proj.weight"] = (96, 384)
            keys[f"gconv_layers.{i}.temb_proj.bias"] = (96,)
        for n in range(4):
            keys[f"atten_layers.{i}.self_attn.linears.{n}.weight"] = (96, 96)
            keys[f"atten_layers.{i}.self_attn.linears.{n}.bias"] = (96,)
        keys[f"atten_layers.{i}.feed_forward.A_hat"] = (17, 17)
        keys[f"atten_layers.{i}.feed_forward.gconv1.fc.weight"] = (192, 96)
        keys[f"atten_layers.{i}.feed_forward.gconv1.fc.bias"] = (192,)
        keys[f"atten_layers.{i}.feed_forward.gconv2.fc.weight"] = (96, 192)
        keys[f"atten_layers.{i}.feed_forward.gconv2.fc.bias"] = (96,)
        for n in range(2):
            keys[f"atten_layers.{i}.sublayer.{n}.norm.a_2"] = (96,)
            keys[f"atten_layers.{i}.sublayer.{n}.norm.b_2"] = (96,)
    return keys


def mixste_layout() -> dict[str, tuple[int, ...]]:
    """Keys and shapes of the published video lifter: 243 frames, width 512, 8 pairs of blocks."""
    keys: dict[str, tuple[int, ...]] = {
        "Spatial_pos_embed": (1, 17, 512), "Temporal_pos_embed": (1, 243, 512),
        "Spatial_patch_to_embedding.weight": (512, 2), "Spatial_patch_to_embedding.bias": (512,),
        "head.1.weight": (3, 512), "head.1.bias": (3,),
    }  # fmt: skip
    for norm in ("Spatial_norm", "Temporal_norm", "head.0"):
        keys[f"{norm}.weight"] = keys[f"{norm}.bias"] = (512,)
    for block in (f"{kind}blocks.{i}" for kind in ("STE", "TTE") for i in range(8)):
        for norm in ("norm1", "norm2"):
            keys[f"{block}.{norm}.weight"] = keys[f"{block}.{norm}.bias"] = (512,)
        for name, rows, columns in (
            ("attn.qkv", 1536, 512), ("attn.proj", 512, 512), ("mlp.fc1", 1024, 512), ("mlp.fc2", 512, 1024),
        ):  # fmt: skip
            keys[f"{block}.{name}.weight"] = (rows, columns)
            keys[f"{block}.{name}.bias"] = (rows,)
    return keys


def shapes(network: torch.nn.Module) -> dict[str, tuple[int, ...]]:
    return {key: tuple(value.shape) for key, value in network.state_dict().items()}


def count(network: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def test_denoiser_has_the_published_keys_and_1025674_parameters() -> None:
    network = GCNdiff()
    assert shapes(network) == graph_layout(5, 5, denoiser=True)
    assert count(network) == 1_025_674


def test_frame_lifter_has_the_published_keys_and_0_654_million_used_parameters() -> None:
    assert shapes(GCNpose()) == graph_layout(2, 3, denoiser=False)
    assert count(GCNpose(step_embedding=False)) == 654_344


def test_video_lifter_has_the_published_keys() -> None:
    with torch.device("meta"):
        network = MixSTE2()
    assert shapes(network) == mixste_layout()
    assert count(network) == sum(math.prod(shape) for shape in mixste_layout().values())


def test_sizes_are_read_from_the_shapes() -> None:
    denoiser = build_denoiser("d", GCNdiff(12, 3).state_dict())
    assert (denoiser.width, len(denoiser.gconv_layers)) == (12, 3)
    kind, lifter = build_lifter("l", MixSTE2(9, 24, 2, 40, qkv_bias=False).state_dict())
    assert (kind, lifter.frames, len(lifter.STEblocks)) == ("video", 9, 2)
    assert shapes(lifter)["STEblocks.1.mlp.fc1.weight"] == (40, 24)
    kind, lifter = build_lifter("l", GCNpose(8, 1, step_embedding=False).state_dict())
    assert (kind, lifter.width, hasattr(lifter, "temb")) == ("frame", 8, False)
