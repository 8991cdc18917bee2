"""Does the spread of the hypotheses tell the error? Scale factors fitted on val, reliability and rank correlation.

sigma of a joint = root mean over the axes of the variance over N hypotheses, times the joint's scale. Were the error
Gaussian with that sigma on each axis, |error| / sigma would follow a chi distribution with three degrees of freedom.
"""

import numpy as np
from scipy import stats
from torch import Tensor

LEVELS = np.arange(0.1, 0.95, 0.1)
QUANTILES = stats.chi.ppf(LEVELS, 3)


def spread_and_error(poses: Tensor, target: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Hypotheses (N, n, 17, 3) and truth (n, 17, 3) -> sigma (n, 17) and |mean - truth| (n, 17), metres."""
    sigma = poses.var(0).mean(-1).sqrt()
    error = (poses.mean(0) - target).norm(dim=-1)
    return sigma.numpy().astype(np.float64), error.numpy().astype(np.float64)


def coverage(sigma: np.ndarray, error: np.ndarray) -> np.ndarray:
    """Share of errors inside of each nominal level."""
    return np.array([(error <= q * sigma).mean() for q in QUANTILES])


def calibration_error(sigma: np.ndarray, error: np.ndarray) -> float:
    """Mean |observed - nominal| over the levels."""
    return float(np.abs(coverage(sigma, error) - LEVELS).mean())


def fit_scales(sigma: np.ndarray, error: np.ndarray) -> np.ndarray:
    """Per joint the factor (17,) with the least calibration error; 1 for the hip, which is exact."""
    grid = np.exp(np.linspace(np.log(0.3), np.log(30), 139))
    scales = np.ones(sigma.shape[1])
    for joint in range(1, sigma.shape[1]):
        scales[joint] = min(grid, key=lambda g: calibration_error(g * sigma[:, joint], error[:, joint]))
    return scales


def summary(sigma: np.ndarray, error: np.ndarray, scales: np.ndarray) -> dict:
    """Reliability table, expected calibration error before and after scaling, and rank correlations without the hip."""
    raw, error = sigma[:, 1:], error[:, 1:]
    scaled = raw * scales[1:]
    within = [stats.spearmanr(raw[:, j], error[:, j]).statistic for j in range(raw.shape[1])]
    return {
        "levels": LEVELS.round(2).tolist(),
        "observed": coverage(scaled, error).round(3).tolist(),
        "eceRaw": round(calibration_error(raw, error), 4),
        "ece": round(calibration_error(scaled, error), 4),
        "spearmanAll": round(float(stats.spearmanr(scaled.ravel(), error.ravel()).statistic), 3),
        "spearmanWithinJoint": round(float(np.mean(within)), 3),
        "meanSigmaMm": round(float(1000 * scaled.mean()), 2),
        "rmsErrorPerAxisMm": round(float(1000 * np.sqrt((error**2).mean() / 3)), 2),
    }
