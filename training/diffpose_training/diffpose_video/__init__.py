"""DiffPose-Video: heatmaps of a key frame by diffusion, conditioned on a window of frames."""
