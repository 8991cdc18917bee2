"""Does the spread of the hypotheses tell the error? Scale factors fitted on val, reliability and rank correlation.

sigma of a joint = root mean over the axes of the variance over N hypotheses, times the joint's scale. Were the error
Gaussian with that sigma on each axis, |error| / sigma would follow a chi distribution with three degrees of freedom.
"""

import numpy as np
from scipy import stats
from torch import Tensor

from ..common.calibration import LEVELS, calibration_error, coverage, fit_scale

AXES = 3
GRID = (0.3, 30, 139)  # factors that are tried: from, to, how many


def spread_and_error(poses: Tensor, target: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Hypotheses (N, n, 17, 3) and truth (n, 17, 3) -> sigma (n, 17) and |mean - truth| (n, 17), metres."""
    sigma = poses.var(0).mean(-1).sqrt()
    error = (poses.mean(0) - target).norm(dim=-1)
    return sigma.numpy().astype(np.float64), error.numpy().astype(np.float64)


def fit_scales(sigma: np.ndarray, error: np.ndarray) -> np.ndarray:
    """Per joint the factor (17,) with the least calibration error; 1 for the hip, which is exact."""
    return np.array([1.0, *(fit_scale(sigma[:, joint], error[:, joint], AXES, *GRID) for joint in range(1, sigma.shape[1]))])


def summary(sigma: np.ndarray, error: np.ndarray, scales: np.ndarray) -> dict:
    """Reliability table, expected calibration error before and after scaling, and rank correlations without the hip."""
    raw, error = sigma[:, 1:], error[:, 1:]
    scaled = raw * scales[1:]
    within = [stats.spearmanr(raw[:, j], error[:, j]).statistic for j in range(raw.shape[1])]
    return {
        "levels": LEVELS.round(2).tolist(),
        "observed": coverage(scaled, error, AXES).round(3).tolist(),
        "eceRaw": round(calibration_error(raw, error, AXES), 4),
        "ece": round(calibration_error(scaled, error, AXES), 4),
        "spearmanAll": round(float(stats.spearmanr(scaled.ravel(), error.ravel()).statistic), 3),
        "spearmanWithinJoint": round(float(np.mean(within)), 3),
        "meanSigmaMm": round(float(1000 * scaled.mean()), 2),
        "rmsErrorPerAxisMm": round(float(1000 * np.sqrt((error**2).mean() / 3)), 2),
    }
