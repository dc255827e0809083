"""The capture on scene: one screen a step, large targets, everything optional, each step saved as it is left."""
