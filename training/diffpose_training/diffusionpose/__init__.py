"""DiffusionPose: heatmaps of one person in a still picture, by diffusion of coordinates, guided by the structure of the body."""
