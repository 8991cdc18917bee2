"""The import as a user runs it: files in, pack out; the graphs against PyTorch; schedule and step lists."""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from diffpose_training.diffpose_3d.import_official import import_official, main
from diffpose_training.diffpose_3d.official import graphs, sampler, schedule
from diffpose_training.diffpose_3d.official.example import write_pair
from diffpose_training.diffpose_3d.official.pack import LARGEST_ERROR

torch.set_num_threads(1)  # tiny tensors: more threads only wait for each other

# 8-bit weights on a random network whose output is of order 1; a wrong scale or axis gives errors above 1.
Q8_ERROR = 0.2
# ONNX Runtime against PyTorch through two sampler steps, float32.
GOLDEN_ERROR = 1e-5
SIZES = {"width": 8, "layers": 1, "frames": 5, "lifter_width": 16, "lifter_layers": 2}


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One pack of each kind; the frame one is wide enough that its weights are really stored in 8 bits."""
    folder = tmp_path_factory.mktemp("official")
    made = {}
    for kind, points, sizes in (("frame", "cpn", SIZES | {"width": 64}), ("video", "gt", SIZES)):
        lifter, denoiser = write_pair(kind, folder / kind, **sizes)
        made[kind] = folder / f"{kind}-pack"
        code = main(
            ["--lifter", str(lifter), "--denoiser", str(denoiser), "--out", str(made[kind]), "--input", points]
        )
        assert code == 0
    return made


def read_json(path: Path) -> dict:
    return json.loads(path.read_text())


def test_alpha_bar_has_the_digits_of_the_specification() -> None:
    found = schedule.alpha_bar()
    assert len(found) == 51
    digits = {0: 0.99990, 6: 0.99892, 12: 0.99730, 24: 0.99213, 50: 0.97233}
    assert {step: round(found[step], 5) for step in digits} == digits
    by_hand = 1.0
    for step in range(51):
        by_hand *= 1 - (1e-4 + (1e-3 - 1e-4) * step / 50)
        assert found[step] == pytest.approx(by_hand, abs=1e-15)


def test_step_lists_are_those_of_the_evaluations() -> None:
    keys = [(kind, points) for kind in ("frame", "video") for points in ("cpn", "gt")]
    found = {key: schedule.step_list(*key) for key in keys}
    assert found == {
        ("frame", "cpn"): [12, 0],
        ("frame", "gt"): [6, 0],
        ("video", "cpn"): [0],
        ("video", "gt"): [6, 0],
    }
    with pytest.raises(ValueError, match="must be frame or video, cpn or gt: frame, hrnet"):
        schedule.step_list("frame", "hrnet")


@pytest.mark.parametrize("kind", ["frame", "video"])
def test_manifest_describes_the_files(packs: dict[str, Path], kind: str) -> None:
    manifest = read_json(packs[kind] / "manifest.json")
    assert (manifest["format"], manifest["system"], manifest["mode"]) == ("diffpose-pack/1", "diffpose_3d", "official")
    frames = 1 if kind == "frame" else 5
    assert manifest["input"] == {"skeleton": "h36m17", "frames": frames, "channels": 2, "normalisation": "width"}
    assert manifest["official"]["kind"] == kind
    assert manifest["official"]["state"] == ["u", "v", "x", "y", "z"]
    assert manifest["official"]["flipAverage"] == (kind == "video")
    assert manifest["official"]["centredStart"] == (kind == "frame")
    diffusion = manifest["diffusion"]
    assert diffusion["alphaBar"] == schedule.alpha_bar()
    assert diffusion["prediction"] == "eps"
    assert diffusion["stepList"] == ([12, 0] if kind == "frame" else [6, 0])
    for graph in manifest["graphs"].values():
        assert graph["prefer"] == {"wasm": "fp32"}
        for dtype in ("fp32", "q8"):
            content = (packs[kind] / graph[dtype]["file"]).read_bytes()
            assert graph[dtype]["bytes"] == len(content)
            assert graph[dtype]["sha256"] == hashlib.sha256(content).hexdigest()
            model = onnx.load_from_string(content)
            for ports, entries in ((model.graph.input, graph["inputs"]), (model.graph.output, graph["outputs"])):
                shapes = [[d.dim_param or d.dim_value for d in port.type.tensor_type.shape.dim] for port in ports]
                assert [port.name for port in ports] == [entry["name"] for entry in entries]
                assert shapes == [entry["shape"] for entry in entries]
    assert all(row["largestError"] <= LARGEST_ERROR for row in manifest["dtypes"] if row["dtype"] == "fp32")


def test_files_hold_no_path_of_the_machine_that_made_them(packs: dict[str, Path]) -> None:
    for folder in packs.values():
        for path in folder.iterdir():
            content = path.read_bytes()
            assert b".py" not in content, path.name
            assert str(Path.cwd()).encode() not in content, path.name


@pytest.mark.parametrize("dtype", ["fp32", "q8"])
@pytest.mark.parametrize("batch", [1, 7])
def test_denoise_graph_agrees_with_pytorch_at_any_batch(packs: dict[str, Path], dtype: str, batch: int) -> None:
    folder = packs["frame"].parent / "frame"
    official = import_official(folder / "gcn_xyz.pth", folder / "diffpose_frame.pth")
    generator = torch.Generator().manual_seed(batch)
    state = torch.randn(batch, 17, 5, generator=generator)
    step = torch.randint(0, 51, (batch,), generator=generator).float()
    session = onnxruntime.InferenceSession(packs["frame"] / f"denoise_{dtype}.onnx")
    (found,) = session.run(None, {"state": state.numpy(), "step": step.numpy()})
    wanted = official.denoiser(state, step).detach().numpy()
    assert np.abs(found - wanted).max() <= (LARGEST_ERROR if dtype == "fp32" else Q8_ERROR)
    assert np.abs(wanted).max() > 0.3  # so that the bound means something


def test_q8_is_smaller_and_really_stored_in_8_bits(packs: dict[str, Path]) -> None:
    plain, small = packs["frame"] / "denoise_fp32.onnx", packs["frame"] / "denoise_q8.onnx"
    assert small.stat().st_size < 0.75 * plain.stat().st_size
    assert any(node.op_type == "MatMulInteger" for node in onnx.load(small).graph.node)


@pytest.mark.parametrize("kind", ["frame", "video"])
def test_golden_fixture_follows_from_the_graphs(packs: dict[str, Path], kind: str) -> None:
    """The whole window in NumPy on ONNX Runtime, written apart from the sampler that made the fixture."""
    folder = packs[kind]
    golden, manifest = read_json(folder / "golden.json"), read_json(folder / "manifest.json")
    frames = manifest["input"]["frames"]
    width, height = golden["width"], golden["height"]
    points = np.array(golden["points"], np.float32).reshape(frames, 17, 2)
    u = 2 * points[..., 0] / width - 1
    v = 2 * points[..., 1] / width - height / width
    screen = np.stack([u, v], axis=2)
    context = onnxruntime.InferenceSession(folder / "context_fp32.onnx")
    (initial,) = context.run(None, {"points": screen[None]})
    initial = initial[0]
    left, right = [4, 5, 6, 11, 12, 13], [1, 2, 3, 14, 15, 16]
    if kind == "video":
        mirrored = screen.copy()
        mirrored[..., 0] *= -1
        mirrored[:, left + right] = mirrored[:, right + left]
        (other,) = context.run(None, {"points": mirrored[None]})
        other = other[0].copy()
        other[..., 0] *= -1
        other[:, left + right] = other[:, right + left]
        initial = (initial + other) / 2
    chosen = golden["frames"]
    start = initial - initial[:, :1] if kind == "frame" else initial
    denoise = onnxruntime.InferenceSession(folder / "denoise_fp32.onnx")
    state = np.concatenate([screen, start], axis=2)
    levels = manifest["diffusion"]["alphaBar"]
    steps = manifest["diffusion"]["stepList"]
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        (noise,) = denoise.run(None, {"state": state, "step": np.full(frames, step, np.float32)})
        a, b = np.float32(levels[step]), np.float32(1 if following is None else levels[following])
        state = np.sqrt(b) * (state - np.sqrt(1 - a) * noise) / np.sqrt(a) + np.sqrt(1 - b) * noise
    pose = state[..., 2:] - state[:, :1, 2:]
    for name, value in (("normalised", screen), ("initial", initial), ("state", state), ("pose", pose)):
        assert np.abs(np.array(golden[name]) - value[chosen].flatten()).max() < GOLDEN_ERROR, name
    assert np.abs(pose - (start - start[:, :1])).max() > 100 * GOLDEN_ERROR  # the diffusion moves the pose


def test_mirror_table_is_its_own_inverse_and_swaps_sides() -> None:
    assert [sampler.FLIP[j] for j in sampler.FLIP] == list(range(17))
    assert [j for j in range(17) if sampler.FLIP[j] == j] == [0, 7, 8, 9, 10]


def run(packs: dict[str, Path], out: Path, *more: str, lifter: str = "gcn_xyz.pth") -> int:
    folder = packs["frame"].parent / "frame"
    files = ["--lifter", str(folder / lifter), "--denoiser", str(folder / "diffpose_frame.pth")]
    return main([*files, "--out", str(out), *more])


def test_ema_weights_are_taken_for_the_denoiser_only(packs: dict[str, Path]) -> None:
    folder = packs["frame"].parent / "frame"
    files = folder / "gcn_xyz.pth", folder / "diffpose_frame.pth"
    raw, average = import_official(*files), import_official(*files, weights="ema")
    assert (raw.weights, average.weights) == ("raw", "ema")
    for key, value in raw.denoiser.state_dict().items():
        assert torch.equal(average.denoiser.state_dict()[key], value * 0.5), key  # as example.py makes them
    for key, value in raw.lifter.state_dict().items():
        assert torch.equal(average.lifter.state_dict()[key], value), key


def reuse_graphs(packs: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """The exporter takes seconds a graph: give it the files that it has already made."""
    monkeypatch.setattr(graphs, "export_fp32", lambda *a: shutil.copy(packs["frame"] / a[3].name, a[3]))


def test_q8_alone_leaves_no_other_file(
    packs: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reuse_graphs(packs, monkeypatch)
    assert run(packs, tmp_path, "--dtypes", "q8") == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "context_q8.onnx", "denoise_q8.onnx", "golden.json", "manifest.json",
    ]  # fmt: skip
    graphs_made = read_json(tmp_path / "manifest.json")["graphs"]
    assert [list(graph) for graph in graphs_made.values()] == [["q8", "inputs", "outputs"]] * 2


def test_a_graph_that_disagrees_with_pytorch_is_refused(
    packs: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reuse_graphs(packs, monkeypatch)
    # The graphs hold the raw weights, PyTorch the running average.
    assert run(packs, tmp_path, "--dtypes", "fp32", "--weights", "ema") == 1
    assert "denoise_fp32.onnx must agree with PyTorch within 0.0001: the largest error is" in capsys.readouterr().err
    assert not (tmp_path / "manifest.json").exists()


def test_a_refused_checkpoint_ends_with_code_1_and_no_manifest(
    packs: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(packs, tmp_path / "out", lifter="diffpose_frame.pth") == 1
    message = capsys.readouterr().err
    assert "diffpose_frame.pth: 'gconv_input.weight': a lifter reads u, v" in message
    assert not (tmp_path / "out").exists()


def test_unknown_dtype_is_a_usage_error(packs: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as caught:
        run(packs, tmp_path, "--dtypes", "fp32,q4")
    assert caught.value.code == 2
