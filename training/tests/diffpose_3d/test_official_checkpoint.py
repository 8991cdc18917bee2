"""Reading checkpoints: layouts, prefixes, and what must be refused."""

import os
import pickle
import re
from pathlib import Path

import pytest
import torch
from diffpose_training.diffpose_3d.official.build import build_denoiser, build_lifter
from diffpose_training.diffpose_3d.official.checkpoint import CheckpointError, read_weights
from diffpose_training.diffpose_3d.official.example import list_layout, randomise, video_layout
from diffpose_training.diffpose_3d.official.graformer import GCNdiff, GCNpose
from diffpose_training.diffpose_3d.official.mixste import MixSTE2

torch.set_num_threads(1)  # tiny tensors: more threads only wait for each other


def small() -> GCNdiff:
    return randomise(GCNdiff(8, 2), 1)


def save(folder: Path, content: object) -> Path:
    path = folder / "checkpoint.pth"
    torch.save(content, path)
    return path


@pytest.mark.parametrize("parallel", [True, False])
def test_list_layout_gives_the_weights_without_prefix(tmp_path: Path, parallel: bool) -> None:
    network = small()
    wanted = {key: value.clone() for key, value in network.state_dict().items()}
    states = list_layout(network, parallel=parallel)
    stored = {key.removeprefix("module."): value for key, value in states[0].items()}
    assert all(key.startswith("module.") == parallel for key in states[0])
    found = read_weights(save(tmp_path, states))
    assert list(found) == list(wanted)
    assert all(torch.equal(found[key], stored[key]) for key in wanted)


def test_ema_takes_the_fifth_entry(tmp_path: Path) -> None:
    states = list_layout(small())
    path = save(tmp_path, states)
    raw, average = read_weights(path), read_weights(path, "ema")
    assert raw.keys() == average.keys()
    assert all(torch.equal(average[key], raw[key] * 0.5) for key in raw)  # as example.py makes them
    build_denoiser("average", average)


def test_video_layout_is_read_although_it_holds_a_numpy_random_state(tmp_path: Path) -> None:
    network = randomise(MixSTE2(5, 16, 1, 32), 1)
    path = save(tmp_path, video_layout(network))
    with pytest.raises(pickle.UnpicklingError):
        torch.load(path, weights_only=True)  # what the plain safe loader says
    kind, lifter = build_lifter(str(path), read_weights(path))
    assert kind == "video"
    assert all(torch.equal(value, network.state_dict()[key]) for key, value in lifter.state_dict().items())


def test_bare_dictionary_of_tensors_is_read(tmp_path: Path) -> None:
    network = small()
    found = read_weights(save(tmp_path, network.state_dict()))
    assert found.keys() == network.state_dict().keys()


class Trap:
    """What an attacker pickles: a call that leaves a trace when it is run."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.trace),)


@pytest.mark.parametrize("place", ["weights", "optimiser", "model_pos", "plain pickle"])
def test_pickled_code_is_refused_and_not_run(tmp_path: Path, place: str) -> None:
    trace = tmp_path / "trace"
    trap = Trap(trace)
    contents = {
        "weights": [{"gconv_input.weight": trap}],
        "optimiser": [small().state_dict(), trap],
        "model_pos": {"random_state": trap, "model_pos": {}},
        "plain pickle": trap,
    }
    path = tmp_path / "checkpoint.pth"
    if place == "plain pickle":
        path.write_bytes(pickle.dumps(contents[place], protocol=2))
    else:
        torch.save(contents[place], path)
    with pytest.raises(CheckpointError, match="must hold tensors and plain values only: .*mkdir"):
        read_weights(path)
    assert not trace.exists()
    # The trap is real: the unsafe loader would have run it.
    if place == "weights":
        torch.load(path, weights_only=False)
        assert trace.exists()


@pytest.mark.parametrize("content", [b"", b"not a checkpoint at all", b"PK\x03\x04" + bytes(200)])
def test_damaged_files_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "checkpoint.pth"
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match="whole PyTorch checkpoint"):
        read_weights(path)


def test_truncated_file_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path, list_layout(small()))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(CheckpointError, match="whole PyTorch checkpoint"):
        read_weights(path)


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="nothing there"):
        read_weights(tmp_path / "none.pth")


def test_wrong_contents_name_the_rule_and_the_value(tmp_path: Path) -> None:
    weights = small().state_dict()
    for content, message in [
        ([], "must have an entry 0 (weights): 0 entries"),
        ([[1, 2]], "must be a dictionary of tensors: list"),
        ([{}], "must be a dictionary of tensors: dictionary with 0 entries"),
        ({**weights, "step": 3}, "'step': every value must be a tensor: int"),
        ({"a": torch.ones(2, dtype=torch.int64)}, "'a': every tensor must hold floating-point numbers: torch.int64"),
        ({"a": torch.tensor([1.0, float("nan")])}, "'a': every number must be finite: 1 are not"),
    ]:
        with pytest.raises(CheckpointError, match=re.escape(message)):
            read_weights(save(tmp_path, content))
    with pytest.raises(CheckpointError, match=re.escape("must have an entry 4 (running average): 4 entries")):
        read_weights(save(tmp_path, list_layout(small(), average=False)), "ema")
    with pytest.raises(CheckpointError, match="list layout .* only: dictionary"):
        read_weights(save(tmp_path, weights), "ema")


def refusal(build: object, weights: dict[str, torch.Tensor]) -> str:
    with pytest.raises(CheckpointError) as caught:
        build("file.pth", weights)
    return str(caught.value)


def test_the_first_wrong_key_is_named() -> None:
    weights = small().state_dict()
    key = "atten_layers.1.feed_forward.A_hat"
    missing = {name: value for name, value in weights.items() if name != key}
    assert refusal(build_denoiser, missing) == f"file.pth: {key!r}: the key must be there: missing"
    turned = {**weights, key: torch.eye(16)}
    assert refusal(build_denoiser, turned) == f"file.pth: {key!r}: the shape must be (17, 17): (16, 16)"
    more = {**weights, "extra.weight": torch.ones(1)}
    assert refusal(build_denoiser, more) == (
        "file.pth: 'extra.weight': the network must have a place for every key: it has none"
    )
    flat = {**weights, "gconv_input.weight": torch.ones(15, 8)}
    assert "'gconv_input.weight': the shape must be (3, 1, channels, width): (15, 8)" in refusal(build_denoiser, flat)


def test_a_gap_in_the_layers_is_a_missing_key() -> None:
    weights = {key: value for key, value in small().state_dict().items() if not key.startswith("gconv_layers.0.gconv")}
    assert "'gconv_layers.0.gconv1.gconv.weight': the key must be there" in refusal(build_denoiser, weights)


def test_swapped_roles_are_told() -> None:
    assert "reads u, v, x, y, z, so it must have 5 input channels: 2" in refusal(
        build_denoiser, GCNpose(8, 1).state_dict()
    )
    assert "a lifter reads u, v, so it must have 2 input channels: 5" in refusal(build_lifter, small().state_dict())
    assert "the first key is 'other'" in refusal(build_lifter, {"other": torch.ones(1)})
    assert "'gconv_input.weight': the key must be there" in refusal(
        build_denoiser, MixSTE2(5, 16, 1, 32).state_dict()
    )


def test_widths_that_the_heads_cannot_share_are_refused() -> None:
    weights = {**small().state_dict(), "gconv_input.weight": torch.ones(3, 1, 5, 10)}
    assert "must be a multiple of the 4 heads: 10" in refusal(build_denoiser, weights)
    weights = {
        "Spatial_pos_embed": torch.ones(1, 17, 12),
        "Temporal_pos_embed": torch.ones(1, 5, 12),
        "STEblocks.0.mlp.fc1.weight": torch.ones(24, 12),
    }
    assert "must be a multiple of the 8 heads: 12" in refusal(build_lifter, weights)
